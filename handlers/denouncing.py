"""What is told in confidence of somebody's breach of the law: no case, and never "an application".

A message has the *content* of a denunciation; it is none by the Law on Denunciations, which wants a
letter or the person (art. 22). Whoever receives it must still look into it, or pass it on, when it
names the violator clearly and can be checked (art. 25(2)), and keep secret who told it (art. 9).
"""

import re
from datetime import date, datetime
from typing import Literal

from handlers.codes import read_code
from handlers.desk.people import EVERYWHERE, Official
from handlers.events import Media
from handlers.model import Frozen

State = Literal["draft", "received", "forwarded", "guided", "closed"]
Action = Literal["view", "identify", "files", "note", "forward", "guide", "close", "reply", "move"]

FEW = 5  # a smaller count might tell who somebody is
LONGEST = 100  # characters of what is read as a code
_CODE = re.compile(r"\W*T\W*T((?:\W*[^\W_]){7})\W*", re.IGNORECASE)

LOOKS: frozenset[Action] = frozenset({"view", "identify", "files"})
# What each leads to; None: it stays where it is.
MOVES: dict[Action, State | None] = {
    "view": None,
    "identify": None,
    "files": None,
    "note": None,
    "reply": None,
    "move": None,
    "forward": "forwarded",
    "guide": "guided",
    "close": "closed",
}
KINDS: dict[Action, str] = {
    "view": "viewed",
    "identify": "identified",
    "files": "files_viewed",
    "note": "noted",
    "reply": "replied",
    "move": "moved",
    "forward": "forwarded",
    "guide": "guided",
    "close": "closed",
}


class Line(Frozen):
    """One entry: what was told or done; *by* is the inspector, empty for whoever told it."""

    seq: int
    at: datetime
    kind: str
    by: str = ""
    words: str = ""


class Denunciation(Frozen):
    """What is told of one message to whom; which of it is there, depends on who looks.

    *unit* is the unit or commune of the person named, empty when it is not known. *due_on* is the
    day until which it is to be logged and classified. *told* counts messages, *files* what came
    along, the name of each only for an inspector; *reply* is the last message to the sender.
    *named* and *callable*: there is a name, a number. Who that is, *name* and *phone*, is read
    apart. *entries* tells whether somebody did something meanwhile.
    """

    id: int
    code: str
    state: State
    opened_at: datetime
    due_on: date | None = None
    entries: int = 0
    unit: str = ""
    told: int = 0
    files: tuple[Media, ...] = ()
    named: bool = False
    callable: bool = False
    lines: tuple[Line, ...] = ()
    reply: str = ""
    name: str = ""
    phone: str = ""


def confidential_code(typed: str) -> str:
    """The code of a confidential message in what somebody typed, and nothing else; else empty.

    It is a case's code with other letters before it, and read as leniently.
    """
    written = _CODE.fullmatch(typed[:LONGEST])
    code = read_code(f"PA{written[1]}") if written else None
    return f"TT{code.removeprefix('PA')}" if code else ""


def may_read(unit: str, inspects: frozenset[str], barred: frozenset[str]) -> bool:
    """Whether somebody may know of a message that names *unit*.

    *inspects* are the units of their duties as an inspector, *barred* those in which they, from
    whichever chat, have any duty. While the unit is not known it could be anybody's: only who
    inspects everything and has no duty in any unit may.
    """
    if not unit:
        return EVERYWHERE in inspects and not barred
    return bool(inspects) and unit not in barred


def inspects(official: Official | None) -> frozenset[str]:
    """The units in which somebody is an inspector."""
    duties = official.duties if official else ()
    return frozenset(duty.unit for duty in duties if duty.role == "inspector")


def count_shown(count: int) -> str:
    """A count as anybody may be told it; empty when it is too small to be told."""
    return "" if count < FEW else str(count)
