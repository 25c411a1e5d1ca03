"""Who may do what: the one table of promise 4, and the one function that reads it.

A cell says how far a role reaches:

- ``-``       never;
- ``unit``    cases of the units of the duty (``*``: all); for what is about no case, those units;
- ``own``     such cases, assigned to this official;
- ``other``   such cases, but not one's own work: an answer, like an announcement, is released by a
              second person;
- ``urgent``  such cases in which a life is in danger, each by its code: they are in no list.

Reaching says nothing about the case's status: `handlers.tickets.MOVES` does. *see* is the card
(code, topic, area, unit, status, due date); *read* the texts and files; *identify* the name and the
telephone number, and every such view is an entry of the history. An announcement is its unit's as a
case is: *announce* writes it and sees to it, *release* lets it go out. What is told in confidence
of somebody's breach of the law is no case at all, and for whoever is *restricted* alone.
"""

from collections.abc import Mapping
from typing import Literal, cast, get_args

from handlers.announcing import Announcement
from handlers.desk.dossier import DeskCard
from handlers.desk.people import EVERYWHERE, Official, Role

CaseDeed = Literal[
    "see", "read", "identify", "take", "assign", "return", "ask", "note", "inform", "answer",
    "approve", "send_back", "extend", "refer", "refuse", "close", "reopen", "merge", "link",
    "prioritise", "classify", "history",
]  # fmt: skip
OfficeDeed = Literal["invite", "people", "units", "routes", "templates", "undo", "log", "figures",
                     "intake", "announce", "release", "rules", "block", "alarms", "restricted",
                     "requests"]  # fmt: skip
Deed = CaseDeed | OfficeDeed
DEEDS: tuple[Deed, ...] = (*get_args(CaseDeed), *get_args(OfficeDeed))
Reach = Literal["-", "unit", "own", "other", "urgent"]

_TABLE = """
           administrator dispatcher officer approver leader monitor clerk watch  inspector dpo
see        unit          unit       unit    unit     unit   unit    -     urgent -         -
read       -             unit       unit    unit     unit   -       -     urgent -         -
identify   -             -          own     unit     -      -       -     urgent -         -
take       -             -          unit    unit     -      -       -     -      -         -
assign     -             unit       -       unit     -      -       -     -      -         -
return     -             -          own     unit     -      -       -     -      -         -
ask        -             -          own     own      -      -       -     -      -         -
note       -             unit       unit    unit     unit   -       -     urgent -         -
inform     -             unit       unit    unit     unit   -       -     urgent -         -
answer     -             -          own     own      -      -       -     -      -         -
approve    -             -          -       other    -      -       -     -      -         -
send_back  -             -          -       other    -      -       -     -      -         -
extend     -             -          own     unit     -      -       -     -      -         -
refer      -             unit       own     unit     -      -       -     -      -         -
refuse     -             unit       own     unit     -      -       -     -      -         -
close      -             -          own     unit     -      -       -     -      -         -
reopen     -             unit       -       unit     -      -       -     -      -         -
merge      -             unit       own     unit     -      -       -     -      -         -
link       -             unit       own     unit     -      -       -     -      -         -
prioritise -             unit       -       unit     unit   -       -     -      -         -
classify   -             unit       own     unit     -      -       -     -      -         -
history    unit          -          -       unit     unit   -       -     -      -         -
invite     unit          -          -       -        -      -       -     -      -         -
people     unit          -          -       -        -      -       -     -      -         -
units      unit          -          -       -        -      -       -     -      -         -
routes     unit          -          -       -        -      -       -     -      -         -
templates  unit          -          -       unit     -      -       -     -      -         -
undo       unit          -          -       -        -      -       -     -      -         -
log        unit          -          -       -        unit   -       -     -      -         -
figures    unit          unit       unit    unit     unit   unit    -     -      -         -
intake     -             unit       unit    unit     -      -       unit  -      -         -
announce   -             unit       -       unit     unit   -       -     -      -         -
release    -             -          -       other    other  -       -     -      -         -
rules      -             -          -       -        unit   -       -     -      -         -
block      unit          unit       -       unit     -      -       -     -      -         -
alarms     -             -          -       -        -      -       -     unit   -         -
restricted -             -          -       -        -      -       -     -      unit      -
requests   -             -          -       -        -      -       -     -      -         unit
"""


def _read(table: str) -> Mapping[tuple[Role, Deed], Reach]:
    head, *rows = (line.split() for line in table.strip().splitlines())
    cells = {
        (role, row[0]): reach for row in rows for role, reach in zip(head, row[1:], strict=True)
    }
    return cast("Mapping[tuple[Role, Deed], Reach]", cells)  # held to them by tests/desk


REACHES = _read(_TABLE)


def may(
    official: Official | None, deed: Deed, case: DeskCard | Announcement | str = EVERYWHERE
) -> bool:
    """Whether *official* may do *deed* to *case*, or in the unit *case* names when there is none.

    None is nobody's official and may nothing.
    """
    if official is None:
        return False
    unit = case if isinstance(case, str) else case.unit
    for duty in official.duties:
        if duty.covers(unit) and _reaches(REACHES[duty.role, deed], official, case):
            return True
    return False


def _reaches(reach: Reach, official: Official, case: DeskCard | Announcement | str) -> bool:
    match reach:
        case "-":
            return False
        case "unit":
            return True
        case "own":
            return isinstance(case, DeskCard) and case.assignee == official.id
        case "other":
            selves = {official.id, *official.elsewhere}
            return not isinstance(case, str) and case.author not in selves
        case "urgent":
            return isinstance(case, DeskCard) and case.kind == "emergency"


def anywhere(official: Official | None, deed: Deed) -> bool:
    """Whether *official* may do *deed* in some unit at least: what menus and commands ask."""
    return official is not None and bool(units(official, deed))


def units(official: Official, deed: Deed) -> frozenset[str]:
    """The units in which *official* may do *deed*; `EVERYWHERE` stands for all of them.

    What reaches ``urgent`` cases only is not among them: these are in no list.
    """
    held = frozenset(
        duty.unit for duty in official.duties if REACHES[duty.role, deed] not in {"-", "urgent"}
    )
    return frozenset({EVERYWHERE}) if EVERYWHERE in held else held
