"""What is said to the bot in a group of officials: whose cases it shows, and nothing else.

A group is no place for a citizen's words, nor for a case's: whoever answers there is shown the way
to the private chat.
"""

import re
from dataclasses import dataclass
from typing import Final

from handlers.content import Content, Unit
from handlers.desk.people import EVERYWHERE, Official
from handlers.desk.permission import OfficeDeed, anywhere, may
from handlers.model import Frozen
from handlers.text import fold

COMMANDS: Final = frozenset({"nhom", "group"})
STOP: Final = frozenset({"tat", "off"})
_COMMAND: Final = re.compile(r"/(\w{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_SHOWN: Final = 60


class Bind(Frozen):
    """Show the cases of *unit* here from now on."""

    unit: str


class Unbind(Frozen):
    """Show no more cases here."""


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """Who speaks (None: nobody of the staff; *hidden*: in the name of the group) and what is bound.

    *bound* is the unit whose cases are shown where it was said.
    """

    content: Content
    official: Official | None
    hidden: bool = False
    bound: str | None = None


class Refuse(Frozen):
    """Write down that *deed* was not allowed to a member of staff."""

    deed: OfficeDeed


Effect = Bind | Unbind | Refuse


class Reaction(Frozen):
    """What to do, and the sentence to answer with. A *hint* is not said to a person every time."""

    text: str
    effect: Effect | None = None
    hint: bool = False


def hear(text: str, facts: GroupFacts) -> Reaction:
    """Answer *text*, which was said to the bot in a group."""
    command = _COMMAND.fullmatch(text.strip())
    content = facts.content
    if command is None or command[1].lower() not in COMMANDS:
        return _hint(facts)
    if not anywhere(facts.official, "units"):
        if facts.hidden:
            return Reaction(text=content.say("vi", "group.hidden"), hint=True)
        return _hint(facts)
    typed = (command[2] or "").strip()
    if not typed:
        return _whose(facts)
    return _unbind(facts) if fold(typed) in STOP else _bind(typed, facts)


def _hint(facts: GroupFacts) -> Reaction:
    key = "group.member" if facts.official else "group.stranger"
    return Reaction(text=facts.content.say("vi", key), hint=True)


def _whose(facts: GroupFacts) -> Reaction:
    if facts.bound is None:
        return Reaction(text=facts.content.say("vi", "group.unbound"))
    name = _name(facts.bound, facts.content)
    return Reaction(text=facts.content.say("vi", "group.bound", unit=name))


def _unbind(facts: GroupFacts) -> Reaction:
    if facts.bound is None:
        return _whose(facts)
    if not may(facts.official, "units", facts.bound):
        return _refused(facts)
    return Reaction(text=facts.content.say("vi", "group.stopped"), effect=Unbind())


def _bind(typed: str, facts: GroupFacts) -> Reaction:
    content = facts.content
    unit = _unit(typed, content)
    if unit is None:
        return Reaction(text=content.say("vi", "group.unit_unknown", typed=typed[:_SHOWN]))
    both = {unit, unit if facts.bound is None else facts.bound}
    if not all(may(facts.official, "units", each) for each in both):
        return _refused(facts)
    told = content.say("vi", "group.started", unit=_name(unit, content))
    return Reaction(text=told, effect=Bind(unit=unit))


def _refused(facts: GroupFacts) -> Reaction:
    told = facts.content.say("vi", "group.not_yours")
    return Reaction(text=told, effect=Refuse(deed="units"))


def _unit(typed: str, content: Content) -> str | None:
    """The unit by its id or by its name; None when none or several are meant."""
    wanted = fold(typed)
    if typed == EVERYWHERE or typed in content.units:
        return typed
    named = [unit.id for unit in content.units.values() if wanted in _names(unit)]
    return named[0] if len(named) == 1 else None


def _names(unit: Unit) -> tuple[str, str]:
    return fold(unit.id), fold(unit.name.vi)


def _name(unit: str, content: Content) -> str:
    if unit == EVERYWHERE:
        return content.say("vi", "desk.everywhere")
    return content.unit_name(unit)
