"""A case on the desk: its card, its story, and a button for each thing its reader may do."""

from collections.abc import Mapping
from datetime import date

from handlers.answers import told
from handlers.desk.contract import shown
from handlers.desk.dossier import DeskCard, Dossier, Line, Reply
from handlers.desk.permission import CaseDeed, anywhere, may
from handlers.desk.places import Desk
from handlers.effects import Effect, Witness
from handlers.masking import HIDDEN
from handlers.messages import Choice, choice
from handlers.pending import MAX_TEXT
from handlers.reading.dates import show_date
from handlers.reading.phones import show_phone
from handlers.rooms.desk import reaching
from handlers.rooms.desk.task import denied, dossier, home, refused
from handlers.tickets import OPEN, Action, AnswerLine, move
from handlers.view import Next, Prompt, View, cut, enter

TELLS = 6  # latest entries of a story that are shown at first
LETTERS = 600  # of an answer, shown at first
WORDS = 300  # letters of an entry, shown at first
BUTTONS = 6  # things to do that are offered at first
# How many entries of a story are shown.
TOLD: Mapping[str, int] = {"brief": 1, "card": TELLS, "whole": 40}

# What may be done to a case, in the order it is offered: the deed, and its move.
DEEDS: tuple[tuple[CaseDeed, Action], ...] = (
    ("inform", "inform"),
    ("take", "take"),
    ("approve", "approve"),
    ("send_back", "send_back"),
    ("answer", "answer"),
    ("assign", "assign"),
    ("ask", "ask"),
    ("refer", "refer"),
    ("return", "return"),
    ("extend", "extend"),
    ("refuse", "refuse"),
    ("note", "note"),
    ("classify", "classify"),
    ("prioritise", "prioritise"),
    ("link", "link"),
    ("merge", "merge"),
    ("reopen", "reopen"),
    ("close", "close"),
)


def show_desk(room: Desk, view: View) -> Prompt:
    """The card; the text only for who may read it."""
    found = dossier(room.code, view)
    official = view.facts.official
    if found is None or not may(official, "see", found.card):
        return Prompt(view.say("desk.unknown", code=room.code), (view.choice("queue"),))
    parts = [head(found.card, view)]
    if found.restricted:
        parts.append(view.say("desk.restricted"))
    if found.same:
        codes = ", ".join(card.code for card in found.same)
        parts.append(view.say("desk.same", codes=codes))
    if copies := alike(found, view):
        codes = ", ".join(card.code for card in copies)
        parts.append(view.say("abuse.copies", codes=codes))
    if may(official, "read", found.card):
        parts.append(reaching.told(found, room, view))
        parts += _body(found, room, view)
    return Prompt("\n\n".join(filter(None, parts)), _choices(found, room, view))


def alike(found: Dossier, view: View) -> tuple[DeskCard, ...]:
    """Cases of other people that tell the same and are not one matter with this one yet."""
    linked = {card.code for card in found.same}
    if not may(view.facts.official, "link", found.card):
        return ()
    return tuple(card for card in view.facts.alike if card.code not in linked)


def head(card: DeskCard, view: View) -> str:
    """The first lines of a card: nothing a citizen wrote is in them."""
    commune = view.content.territory.get(card.commune)
    lines = [
        view.say(
            "desk.head",
            code=card.code,
            topic=view.content.topic_title(card.topic),
            place=commune.name if commune else view.say("desk.nowhere"),
        ),
        view.say(
            "desk.state",
            status=view.say(f"desk_status.{card.status}"),
            unit=view.content.unit_name(card.unit),
            who=card.assignee_name or view.say("desk.nobody"),
        ),
        view.say("desk.dates", opened=view.day(card.opened_at), due=due(card, view)),
        view.say("desk.kind", kind=view.content.say("vi", f"kind.{card.kind}")),
    ]
    if card.seems:
        seems = view.content.say("vi", f"kind.{card.seems}")
        lines.append(view.say("desk.seems", kind=seems))
    if card.priority:
        lines.append(view.say(f"priority.{card.priority}"))
    if card.bounces:
        lines.append(view.say("desk.bounces", times=card.bounces))
    return "\n".join(lines)


def due(card: DeskCard, view: View) -> str:
    """When a case is due and what is left of it, in working days."""
    day = show_date(card.due_on)
    if card.status not in OPEN:
        return day
    if card.asked_on:
        return view.say("desk.paused", day=day, since=show_date(card.asked_on))
    left = view.content.calendar.working_days_between(view.facts.now.date(), card.due_on)
    if left < 0:
        return view.say("desk.late", day=day, days=-left)
    return (
        view.say("desk.left_days", day=day, days=left) if left else view.say("desk.today", day=day)
    )


def _body(found: Dossier, room: Desk, view: View) -> list[str]:
    if room.shows == "brief":
        return ["\n".join(told_line(line, view) for line in found.story[-1:])]
    whole = room.shows == "whole"
    lines = (_answer(line, found.card.topic, view) for line in found.lines)
    answers = "\n".join(line if whole else cut(line, LETTERS) for line in lines)
    files = view.say("case.files", files=len(found.media)) if found.media else ""
    latest = found.story[-TOLD[room.shows] :]
    words = max(WORDS, MAX_TEXT // len(latest)) if whole and latest else WORDS
    tale = "\n".join(told_line(line, view, words) for line in latest)
    earlier = len(found.story) - len(latest)
    more = view.say("desk.earlier", entries=earlier) if earlier else ""
    hidden = view.say("desk.masked") if HIDDEN in answers + tale else ""
    story = "\n".join(filter(None, (view.say("case.history"), more, tale)))
    return [answers, files, story, hidden]


def _answer(line: AnswerLine, topic_id: str, view: View) -> str:
    field = view.content.field(topic_id, line.name)
    text = told(field, line.value, line.text, view) if field else line.text
    return f"• {field.label.vi if field else line.label}: {text}"


def told_line(line: Line, view: View, letters: int = WORDS) -> str:
    """One entry of the story, as the desk reads it: at most so many *letters* of what was said."""
    what = view.say(f"entry.{line.kind}")
    by = f" · {line.by}" if line.by else ""
    words = cut(_words(line, view), letters)
    return f"{view.local(line.at):%d/%m %H:%M} · {what}{by}{f': {words}' if words else ''}"


def _words(line: Line, view: View) -> str:
    match line.kind:
        case "opened":
            return ""
        case "submitted" | "answered" if line.words:
            return shown(Reply.model_validate_json(line.words), view)
        case "assigned":
            return line.whom
        case "referred":
            unit = view.content.units.get(str(line.data.get("unit")))
            return " – ".join(filter(None, (unit.name.vi if unit else "", line.words)))
        case "classified" if line.data.get("kind"):
            return view.content.say("vi", f"kind.{line.data['kind']}")
        case "extended":
            return f"{_day(line, 'due_on')} {line.words}"
        case "prioritised":
            return view.say(f"priority.{line.data.get('priority', 0)}")
        case "rated":
            score = line.data.get("score")
            rating = view.content.say("vi", f"rating.{score}") if score else ""
            return " – ".join(filter(None, (rating, line.words)))
        case "unreached" | "reached" | "rerouted" | "informed":
            return reaching.words(line, view)
        case "denied":
            return view.say(f"deed.{line.data.get('deed', 'see')}")
        case _:
            return line.words


def _day(line: Line, name: str) -> str:
    day = line.data.get(name)
    return show_date(date.fromisoformat(str(day))) if day else ""


def allowed(card: DeskCard, view: View) -> list[CaseDeed]:
    """What this reader may do to the case as it stands."""
    return [
        deed
        for deed, action in DEEDS
        if move(card.status, action) is not None and may(view.facts.official, deed, card)
        if deed != "take" or not _answered_before(card, view)
        if deed != "inform" or card.unreached
    ]


def _answered_before(card: DeskCard, view: View) -> bool:
    """Whether the reader is whom the case was answered by before it was reopened."""
    return view.facts.official is not None and card.not_for == view.facts.official.id


def _choices(found: Dossier, room: Desk, view: View) -> tuple[Choice, ...]:
    official, card = view.facts.official, found.card
    deeds = allowed(card, view)
    hidden = len(deeds) > BUTTONS + 1 and room.shows != "whole"
    shown_deeds = deeds[:BUTTONS] if hidden else deeds
    choices = [view.choice(f"do:{deed}", f"deed.{deed}") for deed in shown_deeds]
    if found.media and may(official, "read", card):
        choices.append(view.choice("files", "choice.see_files"))
    if may(official, "identify", card):
        choices.append(view.choice("identify", "deed.identify"))
    if copies := alike(found, view):
        code = copies[0].code
        choices.append(choice(f"same:{code}", view.say("choice.link_copy", code=code)))
    if hidden or (room.shows != "whole" and _more(found, room, view)):
        choices.append(view.choice("whole", "choice.see_all"))
    home = view.choice("queue" if anywhere(official, "see") else "menu")
    return (*heard_of(card.code, view), *choices, home)


def heard_of(shown: str, view: View) -> tuple[Choice, ...]:
    """The way to the case last heard of, unless it is the one *shown*."""
    code = view.session.news
    return (choice(f"open:{code}", view.say("desk.open", code=code)),) if code not in shown else ()


def _more(found: Dossier, room: Desk, view: View) -> bool:
    if room.shows == "brief" or len(found.story) > TELLS:
        return True
    answers = (_answer(line, found.card.topic, view) for line in found.lines)
    if any(len(answer) > LETTERS for answer in answers):
        return True
    return any(len(_words(line, view)) > WORDS for line in found.story)


def identify(code: str, view: View) -> Next:
    """Show who sent it, once, and write down who looked."""
    official, found = view.facts.official, dossier(code, view)
    if official is None or found is None or not may(official, "identify", found.card):
        return refused("identify", code, view)
    who = view.facts.identity
    seen = Witness(kind="identified", by=official.id, deed="identify", code=code)
    if who is None or not (who.name or who.phone):
        return Next(view.session, view.say("desk.anonymous"), (seen,))
    phone = show_phone(who.phone) if who.phone else view.say("desk.no_phone")
    said = view.say("desk.identity", name=who.name or view.say("desk.no_name"), phone=phone)
    return Next(view.session, said, (seen,))


def files(code: str, view: View) -> Next:
    """Send the files of a case to who may read it."""
    official, found = view.facts.official, dossier(code, view)
    if official is None or found is None or not may(official, "read", found.card):
        return refused("read", code, view)
    if not found.media:
        return Next(view.session, view.say("desk.no_media"))
    return Next(view.session, view.say("desk.files", files=len(found.media)), files=found.media)


def open_case(code: str, view: View) -> Next:
    """To the card of a case for who may see it; for anybody else there is none of that code."""
    official, found = view.facts.official, dossier(code, view)
    if official is None or not (anywhere(official, "see") or anywhere(official, "alarms")):
        return denied("see", code, view)
    if found is None:
        return Next(home(view), view.say("desk.unknown", code=code))
    if not may(official, "see", found.card):
        effects: tuple[Effect, ...] = (
            Witness(kind="denied", by=official.id, deed="see", code=code),
        )
        return Next(home(view), view.say("desk.unknown", code=code), effects)
    heard = "" if view.session.news == code else view.session.news
    return Next(enter(view.session, Desk(code=code), hand=code, news=heard, staff=True))
