"""One announcement on the desk: its card, what may be done to it, how far it has come.

While it changes by itself its card is shown anew every few seconds, in the place of the last one,
for whoever still stands before it.
"""

from dataclasses import replace
from datetime import timedelta

from handlers.announcing import Announcement
from handlers.desk.permission import anywhere
from handlers.desk.places import Bulletin, Doing, Office, Queue
from handlers.effects import TrySending
from handlers.events import SentMedia
from handlers.messages import Choice, choice
from handlers.reading.moments import show_moment
from handlers.rooms.desk import doing
from handlers.rooms.desk.bulletin_acts import (
    AT_ONCE,
    act,
    announcement,
    at,
    looks_again,
    offered,
    permitted,
    unknown,
)
from handlers.rooms.desk.bulletin_words import (
    counted,
    look_name,
    looks,
    message,
    progress,
    quiet,
    report,
    shown,
    speaker,
    when,
    whom,
)
from handlers.rooms.desk.composing import begin_correcting, begin_resubmitting
from handlers.rooms.desk.task import denied
from handlers.rooms.desk.unfinished import apart, shown_again
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

LETTERS = 900  # of an announcement, shown on its card
IDLE = timedelta(minutes=30)  # after which nobody is thought to look
ENDED = frozenset({"done", "cancelled", "withdrawn"})


def open_bulletin(code: str, view: View) -> Next:
    """To the card of an announcement, for whoever may see it."""
    found = announcement(code, view)
    return unknown(code, view) if found is None else at(found, view)


# -- showing ---------------------------------------------------------------------------------------


def show_bulletin(room: Bulletin, view: View) -> Prompt:
    """The announcement as it stands now, or what each channel shows of it."""
    found = announcement(room.code, view)
    if found is None:
        return Prompt(view.say("announce.unknown", code=room.code), _ways(view))
    if room.shows == "preview":
        return _preview(found, room, view)
    parts = (_head(found, view), cut_lines(found.wording.text), *_after(found, view))
    return Prompt("\n\n".join(filter(None, parts)), _choices(found, view))


def cut_lines(text: str) -> str:
    """The text with its lines, up to what a card shows of it."""
    return text if len(text) <= LETTERS else f"{text[:LETTERS].rstrip()}…"


def _head(found: Announcement, view: View) -> str:
    urgent = f" · {view.say('announce.is_urgent')}" if found.urgent else ""
    state = view.say(f"announcement_state.{found.state}")
    lines = [
        view.say("announce.title", code=found.code, state=f"{state}{urgent}"),
        view.say(
            "announce.who",
            unit=speaker(found.unit, view),
            author=_member(found.author, view),
            releaser=_member(found.releaser, view) if found.releaser else "—",
        ),
        view.say("announce.to", whom=whom(found.audience, view)),
        _begins(found, view),
    ]
    if held := quiet(found, view):
        lines.append(held)
    if found.version > 1:
        lines.append(view.say("announce.version", version=found.version))
    if found.reason:
        lines.append(view.say("announce.reason", reason=found.reason))
    return "\n".join(lines)


def _begins(found: Announcement, view: View) -> str:
    if found.begun_at is None:
        return when(found.begins_at, view, urgent=found.urgent)
    return view.say("announce.began", time=show_moment(view.local(found.begun_at)))


def _member(number: int, view: View) -> str:
    found = next((m for m in view.facts.members if m.id == number), None)
    return found.name if found and found.name else view.say("people.nameless", number=number)


def _after(found: Announcement, view: View) -> tuple[str, ...]:
    """Below the text: what goes along, a correction that waits, and how far it has come."""
    wording = found.wording
    along = view.say("announce.along", files=len(wording.media)) if wording.media else ""
    proposed = ""
    if found.proposed is not None:
        proposed = view.say("announce.proposed", text=cut_lines(found.proposed.text))
    below = "\n".join(filter(None, (wording.link, along)))
    if found.state in ENDED:
        return below, proposed, report(found, view)
    if found.begun_at is not None:
        return below, proposed, progress(found, view)
    return below, proposed, counted(found, view)


def _choices(found: Announcement, view: View) -> tuple[Choice, ...]:
    looks_at = (view.choice("preview", "choice.see_preview"), view.choice("try", "choice.try_send"))
    given = found.report if found.state in ENDED else None
    files = (view.choice("report", "choice.see_report"),) if given is not None else ()
    return (*_heard(found.code, view), *offered(found, view), *looks_at, *files, *_ways(view))


def _heard(shown_code: str, view: View) -> tuple[Choice, ...]:
    news = view.session.news
    if not news or news == shown_code:
        return ()
    return (choice(f"open:{news}", view.say("desk.open", code=news)),)


def _ways(view: View) -> tuple[Choice, ...]:
    every = anywhere(view.facts.official, "announce")
    way = (view.choice("bulletins"),) if every else ()
    return (*way, view.choice("queue"))


def _preview(found: Announcement, room: Bulletin, view: View) -> Prompt:
    """Exactly what is told, as the channels of one look show it; the others by a button each."""
    say = message(found, view.content)
    every = looks(say.text, view)
    look = next((each for each in every if room.channel in each.channels), every[0])
    others = tuple(
        choice(f"look:{each.channels[0]}", cut(look_name(each, view), 35))
        for each in every
        if each != look
    )
    ways = (view.choice("try", "choice.try_send"), view.choice("card", "choice.see_card"))
    return Prompt(shown(say, look, view), (*others, *ways))


# -- answering -------------------------------------------------------------------------------------


def at_bulletin(room: Bulletin, did: Input, view: View) -> Next:
    """Do what was chosen; words alone do nothing here."""
    if view.facts.official is None:
        return denied("announce", "", view)
    match did:
        case Picked(key):
            return _picked(key, room, view)
        case Wrote() | SentMedia():
            return Next(view.session, view.say("announce.say_what_for"))
        case _:
            return Next(view.session, view.say("desk.again"))


def _picked(key: str, room: Bulletin, view: View) -> Next:
    what, _, rest = key.partition(":")
    found = announcement(room.code, view)
    match what:
        case "queue":
            return Next(enter(view.session, Queue() if _sees_cases(view) else Office(page="guide")))
        case "bulletins":
            return Next(enter(view.session, Office(page="announcements"), staff=True))
        case _ if found is None:
            return unknown(room.code, view)
        case "do":
            return _do(rest, found, view)
        case "preview" | "look":
            return Next(enter(view.session, _looking(room, rest)))
        case "try":
            return _try(found, view)
        case "report":
            given = found.report
            return Next(view.session, files=(given,) if given else ())
        case _:
            return at(found, view)


def _sees_cases(view: View) -> bool:
    return anywhere(view.facts.official, "see")


def _looking(room: Bulletin, channel: str) -> Bulletin:
    return room.model_copy(update={"shows": "preview", "channel": channel})


def _try(found: Announcement, view: View) -> Next:
    """Told to this chat alone, just as it would be told."""
    tried = TrySending(say=message(found, view.content))
    return Next(view.session, view.say("announce.tried"), (tried,))


def _do(action: str, found: Announcement, view: View) -> Next:
    """At once what can be undone; the rest by its task."""
    for direct in AT_ONCE:
        if action == direct:
            return act(direct, found.code, view)
    match action:
        case "resubmit" if permitted(view.facts.official, "resubmit", found):
            return _taken_up(action, begin_resubmitting(found, view), found, view)
        case "correct" if permitted(view.facts.official, "correct", found):
            return _taken_up(action, begin_correcting(found, view), found, view)
        case _:
            return doing.begin(f"announce_{action}", found.code, "", view)


def _taken_up(action: str, begun: Next, found: Announcement, view: View) -> Next:
    """Go on with what was set aside of it; if it changed since, that is shown, to be copied."""
    same = Doing(task=f"announce_{action}", code=found.code)
    kept, others = apart(same, view.session)
    if kept is None:
        return begun
    session = begun.session.model_copy(update={"aside": others})
    if isinstance(session.room, Doing) and kept.seen == found.entries:
        return Next(enter(session, kept), view.say("desk.taken_up"))
    unchanged = kept.given.get("text") == found.wording.text
    return shown_again(replace(begun, session=session), None if unchanged else kept, view)


# -- what nobody typed -----------------------------------------------------------------------------


def live(code: str, view: View) -> Next:
    """How far it has come now, in the place of the card, for whoever still looks at it."""
    room, found = view.session.room, announcement(code, view)
    here = isinstance(room, Bulletin) and room.code == code and room.shows == "card"
    if not here or found is None or _idle(view):
        return Next(view.session, silent=True)
    session = enter(view.session, Bulletin(code=code, seen=found.entries))
    return Next(session, effects=looks_again(found, view.facts.now), instead=True)


def _idle(view: View) -> bool:
    seen = view.session.seen_at
    return seen is not None and view.facts.now - seen > IDLE


NEWS = frozenset(
    {"to_release", "released", "announcement_returned", "announced", "announcement_stopped"}
)


def woken(what: str, code: str, view: View) -> Next:
    """Tell an official what became of an announcement, with a button to it."""
    found = announcement(code, view)
    if found is None or what not in NEWS:
        return Next(view.session, silent=True)
    told = view.say("desk.news", code=code, what=view.say(f"desk_news.{what}"))
    room = view.session.room
    if isinstance(room, Bulletin) and room.code == code:
        return at(found, view, told)
    return Next(view.session.model_copy(update={"news": code}), told)
