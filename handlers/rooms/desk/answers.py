"""An official's answers: read by the kind of the question, or offered to choose from."""

from typing import NamedTuple

from rapidfuzz import fuzz, process

from handlers.codes import read_code
from handlers.content import Unit
from handlers.desk.people import EVERYWHERE, Official
from handlers.desk.permission import REACHES, may, units
from handlers.desk.places import Doing
from handlers.reading.choices import read_choice
from handlers.reading.dates import read_date
from handlers.reading.moments import read_moment
from handlers.reading.numbers import read_number
from handlers.rooms.desk.task import Slot, dossier
from handlers.territory import Found, Unsure
from handlers.text import fold, is_blank
from handlers.unsent import Option
from handlers.view import View, cut

OFFERED = 6  # options for what was typed
LIKE = 60  # how alike a unit's name must be to be offered, of 100
SURE = 95  # and to be taken
# How all units are called, folded.
WHOLE = frozenset({"toan tinh", "toan thanh pho", "toan tinh, thanh pho", "tat ca"})


class Unread(NamedTuple):
    """Why an answer could not be taken, and what is offered in its place."""

    notice: str = ""
    options: tuple[Option, ...] = ()


def read(slot: Slot, typed: str, room: Doing, view: View) -> tuple[str | None, Unread]:
    """The value of what was *typed*, or None with why not."""
    match slot.kind:
        case "text":
            return _or(None if is_blank(typed) else typed, view.say("text.blank"))
        case "date":
            day = read_date(typed, view.facts.now.date())
            return _or(day.isoformat() if day else None, view.say("date.unclear"))
        case "moment":
            at = read_moment(typed, view.facts.now)
            return _or(at.isoformat() if at else None, view.say("moment.unclear"))
        case "number":
            number = read_number(typed)
            whole = number is not None and number == int(number) and number >= 0
            return _or(str(int(number)) if whole and number is not None else None,
                       view.say("number.unclear"))  # fmt: skip
        case "code":
            return _or(read_code(typed), view.say("code.mistyped"))
        case "unit":
            return _unit(typed, view)
        case "scope":
            return _scope(slot, typed, view)
        case "commune":
            return _commune(typed, view)
        case "choice" | "member" | "topic":
            return _offered(slot, typed, room, view)
        case "files":
            return None, Unread(view.say("media.expected"))


def _or(value: str | None, notice: str) -> tuple[str | None, Unread]:
    return value, Unread("" if value is not None else notice)


def _offered(slot: Slot, typed: str, room: Doing, view: View) -> tuple[str | None, Unread]:
    options = offered(slot, room, view)
    if exact := next((option for option in options if option.value == typed.strip()), None):
        return exact.value, Unread()
    index = read_choice(typed, [option.text for option in options])
    if index is None:
        said = set(fold(typed).split())
        index = _only([bool(said) and said <= set(fold(o.text).split()) for o in options])
    return _or(None if index is None else options[index].value, view.say("desk.again"))


def _only(fits: list[bool]) -> int | None:
    return fits.index(True) if fits.count(True) == 1 else None


def _scope(slot: Slot, typed: str, view: View) -> tuple[str | None, Unread]:
    """All units in a word, one that is offered by its label, or any by its name."""
    if typed.strip() == EVERYWHERE or fold(typed) in WHOLE:
        return EVERYWHERE, Unread()
    named = (option.value for option in slot.options if fold(option.text) == fold(typed))
    value = next(named, None)
    return _unit(typed, view) if value is None else (value, Unread())


def _unit(typed: str, view: View) -> tuple[str | None, Unread]:
    """A unit by its id or its name, whole or nearly; several are offered."""
    units = view.content.units
    if typed in units:
        return typed, Unread()
    names = {id_: fold(unit.name.vi) for id_, unit in units.items()}
    found = process.extract(
        fold(typed), names, scorer=fuzz.WRatio, limit=OFFERED, score_cutoff=LIKE
    )
    exact = [id_ for name, _, id_ in found if name == fold(typed)]
    if len(exact) == 1:
        return exact[0], Unread()
    if len(found) == 1 and found[0][1] >= SURE:
        return found[0][2], Unread()
    options = tuple(Option(value=id_, text=unit_label(units[id_])) for _, _, id_ in found)
    return None, Unread(view.say("desk.which" if options else "desk.no_unit"), options)


def _commune(typed: str, view: View) -> tuple[str | None, Unread]:
    if typed.strip() == "*" or fold(typed) in WHOLE:
        return "*", Unread()
    match view.content.territory.find(typed):
        case Found(commune=commune):
            return commune.id, Unread()
        case Unsure(options=found):
            options = tuple(
                Option(value=o.commune.id, text=o.commune.name) for o in found[:OFFERED]
            )
            return None, Unread(view.say("desk.which"), options)
        case _:
            return None, Unread(view.say("commune.unknown", typed=cut(typed, 60)))


# -- offered ---------------------------------------------------------------------------------------


def offered(slot: Slot, room: Doing, view: View) -> tuple[Option, ...]:
    """What a question offers by itself."""
    match slot.kind:
        case "choice" | "scope" if slot.options:
            return slot.options
        case "choice":
            return tuple(Option(value=key, text=view.say(f"pick.{key}")) for key in slot.keys)
        case "scope":
            return _scopes(view)
        case "topic":
            titles = tuple((t.id, t.button.vi) for t in view.content.in_order)
            return tuple(Option(value=id_, text=title) for id_, title in titles)
        case "member":
            return tuple(
                Option(value=str(member.id), text=cut(member.name or str(member.id), 35))
                for member in _candidates(room, view)
            )
        case _:
            return ()


def _scopes(view: View) -> tuple[Option, ...]:
    """All units for who administers all, else those administered."""
    official = view.facts.official
    held = units(official, "people") if official else frozenset()
    if EVERYWHERE in held:
        return (Option(value=EVERYWHERE, text=view.say("desk.everywhere")),)
    known = view.content.units
    mine = (known[unit] for unit in sorted(held) if unit in known)
    return tuple(Option(value=unit.id, text=unit_label(unit)) for unit in mine)[:OFFERED]


def _candidates(room: Doing, view: View) -> tuple[Official, ...]:
    """Colleagues who may work on the room's case; without one, all of them."""
    found = dossier(room.code, view) if room.code else None
    if found is None:
        return view.facts.members
    card = found.card
    able = (m for m in view.facts.members if may(m, "take", card) and m.id != card.not_for)
    return tuple(sorted(able, key=lambda m: (not _in(m, card.unit), m.name)))[:20]


def _in(member: Official, unit: str) -> bool:
    """Whether a colleague works in *unit* itself, not everywhere."""
    return any(d.unit == unit and REACHES[d.role, "take"] != "-" for d in member.duties)


def unit_label(unit: Unit) -> str:
    """A unit's name on a button."""
    return cut(unit.name.vi, 35)
