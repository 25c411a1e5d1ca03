"""Composing an announcement: what is said, to whom, when; looked at as each channel will show it.

The words come first, then whom they concern; whatever is seldom wanted (a link, files, a language,
an hour) has a button at the last look. The same questions put right what was returned, and those of
the words alone make a correction. What a unit may not say, or not to these people, is refused where
it is asked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import get_args
from urllib.parse import urlsplit

from handlers.announcing import MOST_FILES, MOST_TEXT, Announcement, Audience, Wording, move, said
from handlers.desk.audience import is_commune, within
from handlers.desk.people import EVERYWHERE, Role
from handlers.desk.permission import may, units
from handlers.desk.places import Bulletin, Doing
from handlers.effects import Announce, MoveAnnouncement
from handlers.messages import Choice
from handlers.rooms.desk.answers import OFFERED
from handlers.rooms.desk.bulletin_acts import act, announcement, look_again, unknown
from handlers.rooms.desk.bulletin_words import message, no_time, preview, speaker, when, whom
from handlers.rooms.desk.task import Kind, Slot, Task, denied, me, with_words
from handlers.unsent import Option
from handlers.view import Next, View, cut, enter

WHOM = ("people", "cases", "staff")
URGENCY = ("not_urgent", "is_urgent")
MOST_PLACES = 20  # communes or topics of one audience
LONGEST_LINK = 300
LONGEST_WORDS = 60
# Asked only when somebody wants them: until then they are answered so.
ANY: Mapping[Kind, str] = {"commune": "any_commune", "topic": "any_topic"}
NO_CODE = "TB-XXXX-XXX"  # of an announcement that is not recorded yet
SELDOM = ("link", "files", "lang", "urgent", "begins", "matter", "words", "role1")


# -- questions -------------------------------------------------------------------------------------


def _slots(room: Doing, view: View) -> tuple[Slot, ...]:
    given = room.given
    unit = (_ask("unit", view, "scope", options=_units(view)),)
    asks_unit = room.task == "announce" and _own(view) is None
    first = (*_wording(view), *(unit if asks_unit else ()))
    last = (
        _ask("lang", view, "choice", optional=True, keys=("vi", "en"), skip="any_language"),
        _ask("urgent", view, "choice", keys=URGENCY),
        _ask("begins", view, "moment", optional=True, skip="at_once"),
    )
    return (*first, _ask("whom", view, "choice", keys=WHOM), *_audience(given, room, view), *last)


def _ask(  # noqa: PLR0913 - a slot, and its words
    name: str,
    view: View,
    kind: Kind = "text",
    *,
    optional: bool = False,
    keys: tuple[str, ...] = (),
    options: tuple[Option, ...] = (),
    skip: str = "skip",
) -> Slot:
    text = view.say(f"task.announce.{name}")
    return Slot(name, kind, optional=optional, keys=keys, text=text, options=options, skip=skip)


def _wording(view: View) -> tuple[Slot, ...]:
    return (
        Slot("text", text=view.say("task.announce.text"), most=2 * MOST_TEXT),
        _ask("link", view, optional=True, skip="no_link"),
        Slot(
            "files",
            "files",
            optional=True,
            text=view.say("task.announce.files"),
            skip="no_files",
            most=MOST_FILES,
            media=frozenset({"photo", "document"}),
        ),
    )


def _audience(given: dict[str, str], room: Doing, view: View) -> tuple[Slot, ...]:
    """Where, about what: as many as are named, one after another."""
    unit = given.get("unit", "")
    places = () if is_commune(unit, view.content) else _several("commune", room, view)
    match given.get("whom"):
        case "people":
            return (*places, *_several("topic", room, view))
        case "cases":
            matter = _ask("matter", view, "code", optional=True)
            words = _ask("words", view, optional=True)
            return (*places, *_several("topic", room, view), matter, words)
        case "staff":
            roles = get_args(Role)
            return (_ask("role1", view, "choice", optional=True, keys=roles, skip="any_role"),)
        case _:
            return ()


def _several(name: Kind, room: Doing, view: View) -> tuple[Slot, ...]:
    """The same question until somebody says that it is enough."""
    slots = []
    for number in range(1, MOST_PLACES + 1):
        here = f"{name}{number}"
        skip = "enough" if number > 1 else ANY[name]
        key = name if number == 1 else f"next_{name}"
        text = view.say(f"task.announce.{key}")
        slots.append(Slot(here, name, optional=True, text=text, skip=skip))
        if room.given.get(here, "") in {"", EVERYWHERE}:
            break
    return tuple(slots)


def _scopes(view: View) -> frozenset[str]:
    official = view.facts.official
    return units(official, "announce") if official else frozenset()


def _own(view: View) -> str | None:
    """The one unit that whoever composes may speak for; None when there are several."""
    scopes = _scopes(view)
    return next(iter(scopes)) if len(scopes) == 1 and EVERYWHERE not in scopes else None


def _units(view: View) -> tuple[Option, ...]:
    """The units whoever composes may speak for, as far as there is room to offer them."""
    scopes = sorted(_scopes(view))[:OFFERED]
    return tuple(Option(value=unit, text=cut(speaker(unit, view), 35)) for unit in scopes)


def _prepare(room: Doing, view: View) -> Doing:
    """Answer what follows, and what is seldom asked; forget whom it is to when that is anew."""
    given = room.given
    if given.get("anew"):
        of_audience = ("whom", "commune", "topic", "role", "matter", "words", "anew")
        given = {name: v for name, v in given.items() if not name.startswith(of_audience)}
    if room.task == "announce" and (own := _own(view)):
        given = {"unit": own, **given}
    seldom = {name: given.get(name, "") for name in SELDOM}
    given = given | seldom | {"urgent": seldom["urgent"] or URGENCY[0]}
    return room.model_copy(update={"given": given})


def _unfit(room: Doing, view: View) -> str:
    """Why an answer can't stay."""
    given = room.given
    unit = given.get("unit", "")
    if (over := len(given.get("text", "")) + len(given.get("link", "")) - MOST_TEXT) > 0:
        return view.say("announce.too_long", most=MOST_TEXT, over=over)
    if given.get("link") and not _sound(given["link"]):
        return view.say("announce.bad_link", most=LONGEST_LINK)
    if len(given.get("words", "")) > LONGEST_WORDS:
        return view.say("text.too_long", length=len(given["words"]), most=LONGEST_WORDS)
    if given.get("begins") and (why := no_time(datetime.fromisoformat(given["begins"]), view)):
        return why
    if unit and not may(view.facts.official, "announce", unit):
        return view.say("announce.not_your_unit")
    return ""


def _sound(link: str) -> bool:
    """Whether it is an address on the web that shows where it leads."""
    if len(link) > LONGEST_LINK or any(c.isspace() for c in link):
        return False
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in (parts.hostname or "") and "@" not in parts.netloc


# -- what was composed -----------------------------------------------------------------------------


def worded(room: Doing) -> Wording:
    """The words of a composition."""
    return Wording(text=room.given["text"], link=room.given.get("link", ""), media=room.media)


def audience_of(room: Doing, view: View) -> Audience:
    """Whom a composition is to."""
    given, unit = room.given, room.given.get("unit", EVERYWHERE)
    kind = given.get("whom", "people")
    communes = _named("commune", given)
    if kind == "people" and is_commune(unit, view.content):
        communes = (unit,)
    return Audience.model_validate(
        {
            "whom": kind,
            "communes": communes if kind != "staff" else (),
            "topics": _named("topic", given) if kind != "staff" else (),
            "lang": given.get("lang", ""),
            "matter": given.get("matter", "") if kind == "cases" else "",
            "words": " ".join(given.get("words", "").split()) if kind == "cases" else "",
            "unit": unit if kind != "people" else EVERYWHERE,
            "roles": _named("role", given) if kind == "staff" else (),
        }
    )


def _named(name: str, given: dict[str, str]) -> tuple[str, ...]:
    """The answers to a question that was asked again and again, each once."""
    every = (given.get(f"{name}{n}", "") for n in range(1, MOST_PLACES + 1))
    return tuple(dict.fromkeys(value for value in every if value not in {"", EVERYWHERE}))


def _begins(room: Doing) -> datetime | None:
    return datetime.fromisoformat(room.given["begins"]) if room.given.get("begins") else None


def _urgent(room: Doing) -> bool:
    return room.given.get("urgent") == URGENCY[1]


# -- the last look ---------------------------------------------------------------------------------


def _preview(room: Doing, view: View) -> str:
    """Just what will be told, as each channel shows it, and to whom and when."""
    if room.task == "announce_correct":
        found = announcement(room.code, view)
        if found is None:
            return view.say("announce.unknown", code=room.code)
        corrected = found.model_copy(update={"proposed": worded(room)})
        return preview(message(corrected, view.content), view)
    audience = audience_of(room, view)
    say = said(
        view.content,
        audience.lang or "vi",
        room.given.get("unit", EVERYWHERE),
        worded(room),
        code=room.code or NO_CODE,
        urgent=_urgent(room),
        public=audience.whom != "staff",
    )
    begins = when(_begins(room), view, urgent=_urgent(room))
    to, beyond = view.say("announce.to", whom=whom(audience, view)), _beyond(room, view)
    lines = (preview(say, view), to, begins, f"⚠️ {beyond}" if beyond else "")
    return "\n".join(filter(None, lines))


def _beyond(room: Doing, view: View) -> str:
    """Why its unit may not tell these people, or nothing."""
    unit = room.given.get("unit", EVERYWHERE)
    beyond = within(unit, audience_of(room, view), view.content)
    return view.say(f"announce_beyond.{beyond}") if beyond else ""


def _changes(room: Doing, view: View) -> tuple[Choice, ...]:
    names = ["text", "link", "files"]
    if room.task != "announce_correct":
        names += ["lang", "urgent", "begins"]
        names += ["matter", "words"] if room.given.get("whom") == "cases" else []
        names += ["role1"] if room.given.get("whom") == "staff" else []
    edits = tuple(view.choice(f"edit:{name}", f"announce_edit.{name}") for name in names)
    if room.task == "announce_correct":
        return edits
    return (*edits, view.choice("set:anew:audience", "announce_edit.audience"))


# -- the end ---------------------------------------------------------------------------------------


def _announce(room: Doing, view: View) -> Next:
    """Recorded; it waits for somebody else to release it."""
    unit = room.given.get("unit", EVERYWHERE)
    if not may(view.facts.official, "announce", unit):
        return with_words(room.given["text"], denied("announce", "", view), view)
    if beyond := _beyond(room, view):
        return Next(enter(view.session, room), beyond)
    if (begins := _begins(room)) and begins <= view.facts.now:
        return Next(enter(view.session, room), view.say("announce.past"))
    code = f"TB{view.facts.code[2:]}"
    made = Announce(
        by=me(view),
        code=code,
        unit=unit,
        urgent=_urgent(room),
        wording=worded(room),
        audience=audience_of(room, view),
        begins_at=_begins(room),
    )
    there = enter(view.session, Bulletin(code=code, seen=1), staff=True)
    return Next(there, view.say("task.announce.done"), (made, look_again(code)))


def begin_resubmitting(found: Announcement, view: View) -> Next:
    """Its words and audience again, each to be changed before it waits for its release anew."""
    if move(found.state, "resubmit") is None:
        return act("resubmit", found.code, view)
    audience = found.audience
    given = {
        "text": found.wording.text,
        "link": found.wording.link,
        "files": str(len(found.wording.media) or ""),
        "unit": found.unit,
        "whom": audience.whom,
        **_numbered("commune", audience.communes),
        **_numbered("topic", audience.topics),
        **_numbered("role", audience.roles[:1]),
        "lang": audience.lang,
        "matter": audience.matter,
        "words": audience.words,
        "urgent": URGENCY[found.urgent],
        "begins": view.local(found.begins_at).isoformat() if found.begins_at else "",
    }
    room = Doing(
        task="announce_resubmit",
        code=found.code,
        seen=found.entries,
        given=given,
        media=found.wording.media,
    )
    return Next(enter(view.session, room))


def _numbered(name: str, values: tuple[str, ...]) -> dict[str, str]:
    """Values as the answers to a question that is asked until it is enough."""
    named = {f"{name}{n}": value for n, value in enumerate(values, 1)}
    return named | {f"{name}{len(values) + 1}": ""}


def _resubmit(room: Doing, view: View) -> Next:
    found = announcement(room.code, view)
    if found is None:
        return unknown(room.code, view)
    if beyond := _beyond(room, view):
        return Next(enter(view.session, room), beyond)
    # An hour that was asked for and is not any more: it begins as soon as it is released.
    begins = _begins(room) or (view.facts.now if found.begins_at else None)
    change = MoveAnnouncement(
        by=me(view),
        code=room.code,
        action="resubmit",
        wording=worded(room),
        audience=audience_of(room, view),
        urgent=_urgent(room),
        begins_at=begins,
        seen=room.seen,
    )
    return _done(change, room, view)


def _done(change: MoveAnnouncement, room: Doing, view: View) -> Next:
    """What was done; whoever can't do it any more is shown what they wrote."""
    after = act(change.action, room.code, view, change)
    if change in after.effects:
        return after
    return with_words(room.given["text"], after, view)


def begin_correcting(found: Announcement, view: View) -> Next:
    """Other words in the place of those that were told."""
    if move(found.state, "correct") is None:
        return act("correct", found.code, view)
    wording = found.wording
    room = Doing(
        task="announce_correct",
        code=found.code,
        seen=found.entries,
        asking="text",
        given={"text": wording.text, "link": wording.link, "files": str(len(wording.media) or "")},
        proposed={"text": wording.text},
        media=wording.media,
    )
    return Next(enter(view.session, room))


def _correct(room: Doing, view: View) -> Next:
    found = announcement(room.code, view)
    if found is None:
        return unknown(room.code, view)
    if worded(room) == found.wording:
        return Next(enter(view.session, room), view.say("announce.unchanged"))
    change = MoveAnnouncement(
        by=me(view), code=room.code, action="correct", wording=worded(room), seen=room.seen
    )
    return _done(change, room, view)


def _correcting(_room: Doing, view: View) -> tuple[Slot, ...]:
    return _wording(view)


TASKS = (
    Task("announce", "announce", _announce, _slots, preview=_preview, prepare=_prepare,
         unfit=_unfit, more=_changes),
    Task("announce_resubmit", "announce", _resubmit, _slots, preview=_preview, prepare=_prepare,
         unfit=_unfit, more=_changes),
    Task("announce_correct", "announce", _correct, _correcting, preview=_preview, unfit=_unfit,
         more=_changes),
)  # fmt: skip
