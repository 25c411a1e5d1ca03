"""What is new about a case, told to its citizen in a turn of their own."""

from datetime import date

from handlers.effects import Effect, MarkTold, MoveTicket, Notify
from handlers.events import Media
from handlers.following import lapsed, question, ratable, reopen_until, the_story
from handlers.reading.dates import show_date
from handlers.rooms.story import answer_files, answer_text, until
from handlers.session import Adding, Case, Cases, Menu, Place, Rating, Room, Session, Topics
from handlers.tickets import Card, Happening, Story
from handlers.unsent import Pending
from handlers.view import Next, View, enter

# Who stands here is doing nothing that news could get between.
IDLE = Menu | Cases | Case | Rating | Topics
# News that asks for nothing leaves its reader where they are.
SHORT = frozenset({"taken", "assigned"})


def woken(code: str, view: View) -> Next:
    """Tell what this contact was not told of yet; silent when that is nothing."""
    story = the_story(code, view)
    fresh = _fresh(story) if story else ()
    if story is None or not fresh:
        return Next(view.session, silent=True)
    lines = [_line(entry, story, view) for entry in fresh]
    told = MarkTold(code=code, seq=story.happenings[-1].seq, since=story.told)
    seen: tuple[Effect, ...] = (told,)
    files = tuple(file for entry in fresh for file in _files(entry, story))
    if not _idle(view.session):
        lines.append(_later(story, view))
        said = "\n\n".join(filter(None, lines))
        return Next(view.session, said, seen, files=files, about=code)
    room = _room(fresh, story) or view.session.room
    said = "\n\n".join(lines)
    return Next(enter(view.session, room), said, seen, files=files, about=code)


def expired(code: str, view: View) -> Next:
    """The time for answering a question is over: close the case for now, and have that told."""
    story = the_story(code, view)
    asked = question(story) if story else None
    if story is None or story.card.status != "asking" or asked is None:
        return Next(view.session, silent=True)
    if view.facts.now.date() <= until(asked):
        return Next(view.session, silent=True)
    effects: tuple[Effect, ...] = (
        MoveTicket(code=code, action="expire"),
        Notify(code=code, to="citizens"),
        Notify(code=code, to="assignee", what="expired"),
    )
    return Next(view.session, effects=effects, silent=True)


def _fresh(story: Story) -> tuple[Happening, ...]:
    """What others did since this contact was last told."""
    return tuple(
        entry
        for entry in story.happenings
        if entry.seq > story.told and not entry.mine and _concerns(entry)
    )


def _concerns(entry: Happening) -> bool:
    """Whether its citizen is told of it; that another case was joined with this one, there."""
    if entry.kind == "merged":
        return "other" in entry.data
    if entry.kind == "classified":  # a complaint needs something of its sender
        return entry.data.get("kind") == "complaint"
    return entry.kind not in {"opened", "added", "held", "moved", "rated"}


def _idle(session: Session) -> bool:
    room, busy = session.room, session.pending != Pending()
    if isinstance(room, Rating) and room.score:
        return False
    if isinstance(room, Topics) and (session.draft or room.behalf):
        return False
    return isinstance(room, IDLE) and not busy


def _room(fresh: tuple[Happening, ...], story: Story) -> Room | None:
    """Where the news is answered, as the case stands now; None: nothing is asked."""
    code = story.card.code
    if story.card.status == "asking" or lapsed(story):
        return Adding(code=code)
    if ratable(story) and any(entry.kind in {"answered", "refused"} for entry in fresh):
        return Rating(code=code)
    place: Place = Case(code=code)
    return place if any(entry.kind not in SHORT for entry in fresh) else None


def _later(story: Story, view: View) -> str:
    """How to come back to it, for who is busy with something else."""
    code = story.card.code
    if story.card.status == "asking" or lapsed(story):
        return view.say("news.later_answer", code=code)
    return view.say("news.later_rate" if ratable(story) else "news.later", code=code)


def _files(entry: Happening, story: Story) -> tuple[Media, ...]:
    return answer_files(entry, story) if entry.kind == "answered" else ()


# -- in plain words --------------------------------------------------------------------------------


def _line(entry: Happening, story: Story, view: View) -> str:  # noqa: C901, PLR0911, PLR0912 - a table
    card, code = story.card, story.card.code
    match entry.kind:
        case "asked":
            day = show_date(until(entry))
            return view.say("news.asked", code=code, text=entry.text, until=day)
        case "answered":
            return view.say("news.answered", code=code, text=answer_text(entry, view))
        case "refused":
            return _refused(entry, card, view)
        case "extended":
            due = _day(entry, card)
            return view.say("news.extended", code=code, due=due, reason=entry.text)
        case "referred":
            unit = view.content.unit_name(str(entry.data.get("unit") or card.unit), view.lang)
            return view.say("news.referred", code=code, unit=unit, reason=entry.text)
        case "assigned":
            return view.say(
                "news.assigned", code=code, unit=view.content.unit_name(card.unit, view.lang)
            )
        case "merged":
            return view.say("news.merged", code=code, other=entry.data.get("other", ""))
        case "reopened":
            return view.say("news.reopened", code=code, due=_day(entry, card))
        case "closed" if last := reopen_until(card, view):
            return view.say("news.closed", code=code, until=show_date(last))
        case "closed":
            return view.say("news.closed_before", code=code)
        case "classified":
            return view.say("news.classified", code=code, days=view.figure("complaint_file_days"))
        case "expired":
            asked = question(story)
            return view.say("news.expired", code=code, text=asked.text if asked else "")
        case kind:  # taken, withdrawn: there is nothing more to say of them
            return view.say(f"news.{kind}", code=code)


def _day(entry: Happening, card: Card) -> str:
    """The due date as this entry set it."""
    given = entry.data.get("due_on")
    return show_date(date.fromisoformat(str(given)) if given else card.due_on)


def _refused(entry: Happening, card: Card, view: View) -> str:
    """Why not here, and where instead: the door is what begins with the name of its unit."""
    unit = view.content.units.get(str(entry.data.get("unit", "")))
    names = (unit.name.vi, unit.name.en) if unit else ()
    begins = max((entry.text.rfind(f"\n{name} · ") for name in names), default=-1)
    begins = entry.text.rfind("\n") if begins < 0 else begins
    reason, door = entry.text[: max(begins, 0)], entry.text[begins + 1 :]
    days = view.content.desk.reopen_days
    return view.say("news.refused", code=card.code, reason=reason, door=door, days=days)
