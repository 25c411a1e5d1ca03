"""What people may ask of their own data: the requests, their clock, their table of moves.

The rights are those of Law 91/2025/QH15, art. 4; the clock is Decree 356/2025/NĐ-CP, art. 5, whose
figures are rules of `content/law.toml`. A request is acknowledged by the very message that answers
it. Days are calendar days.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal, cast

from handlers.codes import read_code
from handlers.content import Content, Lang
from handlers.events import Media
from handlers.model import Frozen
from handlers.tickets import Status

Kind = Literal[
    "copy",  # a copy of all that is theirs
    "correct",  # name, telephone
    "erase",
    "restrict",  # or object
    "withdraw",  # a consent, one purpose at a time
]
State = Literal[
    "open",  # an official is to decide
    "doing",  # it was decided; the machine is at it
    "done",
    "refused",
    "cancelled",  # taken back by the person
]
Action = Literal["carry_out", "finish", "refuse", "extend", "cancel"]
Scope = Literal["", "everything", "identity"]
"""What an erasing takes: all that can go, or who they are alone, the words of cases staying."""

WAITING: frozenset[State] = frozenset({"open", "doing"})
SOON = timedelta(days=3)  # before its due date a request is called to mind

# The rule of its time limit, and of its one extension.
LIMITS: Mapping[Kind, tuple[str, str]] = {
    "copy": ("data_copy_days", "data_copy_more_days"),
    "correct": ("data_copy_days", "data_copy_more_days"),
    "erase": ("data_erase_days", "data_erase_more_days"),
    "restrict": ("data_object_days", "data_object_more_days"),
    "withdraw": ("data_object_days", "data_object_more_days"),
}

# The states an action is possible in, and the state after it. What is not in it cannot be done.
_MOVES = """
carry_out  open         > doing
finish     doing        > done
refuse     open         > refused
extend     open         > open
cancel     open         > cancelled
"""


def _read(table: str) -> Mapping[tuple[State, Action], State]:
    rows = (line.split() for line in table.strip().splitlines())
    moves = {(state, row[0]): row[-1] for row in rows for state in row[1 : row.index(">")]}
    return cast("Mapping[tuple[State, Action], State]", moves)  # held to them by tests/handlers


MOVES = _read(_MOVES)


def move(state: State, action: Action) -> State | None:
    """State after *action*, or None when the table does not allow it."""
    return MOVES.get((state, action))


def due(kind: Kind, content: Content, today: date) -> date:
    """The last day on which a request made *today* is in time."""
    return today + timedelta(days=content.rule(LIMITS[kind][0]).value or 0)


def extended(kind: Kind, content: Content, due_on: date) -> date:
    """The last day after the one extension there may be."""
    return due_on + timedelta(days=content.rule(LIMITS[kind][1]).value or 0)


class OwnCase(Frozen):
    """One of a person's cases as their request names it: nothing of what is in it."""

    code: str
    status: Status
    open: bool
    held: bool = False


class DataRequest(Frozen):
    """A request; *entries* counts what was done to it, so that who looked before is noticed.

    *reason* is why it was refused or extended, *files* the copy that was made. *cases* are the
    person's; *several* whether they have more chats than one; *here* whether it was asked for in
    the chat that reads it.
    """

    code: str
    kind: Kind
    state: State
    lang: Lang
    opened_at: datetime
    due_on: date
    extended: bool = False
    reason: str = ""
    scope: Scope = ""
    files: tuple[Media, ...] = ()
    entries: int = 1
    done_at: datetime | None = None
    cases: tuple[OwnCase, ...] = ()
    several: bool = False
    staff: bool = False
    here: bool = True

    @property
    def waiting(self) -> bool:
        """Whether something is still to be done."""
        return self.state in WAITING


class Agreed(Frozen):
    """The last word on one purpose: given or not, which text, when."""

    purpose: Literal["handling", "statistics", "announcements"]
    given: bool
    version: str
    at: datetime


class Mine(Frozen):
    """What is kept of a person, in short. *cases* are counted over all their chats, *open* too.

    *channels* has one for each chat; *agreed* is of this chat, *requests* are newest first.
    """

    name: str = ""
    phone: str = ""
    cases: int = 0
    open: int = 0
    channels: tuple[str, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    requests: tuple[DataRequest, ...] = ()
    restricted: bool = False
    staff: bool = False

    def gave(self, purpose: str) -> bool:
        """Whether the last word on *purpose* was yes."""
        return any(one.given for one in self.agreed if one.purpose == purpose)

    def at_once(self) -> bool:
        """Whether an erasing needs nobody's decision: one chat, no case, no duty."""
        return not self.cases and len(self.channels) == 1 and not self.staff


_REQUEST = re.compile(r"\W*D\W*L((?:\W*[^\W_]){7})\W*", re.IGNORECASE)
LONGEST = 100  # characters


def request_code(typed: str) -> str:
    """The code of a request in what somebody typed and nothing else; empty when it is none.

    It is a case's code with other letters before it, and read as leniently.
    """
    written = _REQUEST.fullmatch(typed[:LONGEST])
    code = read_code(f"PA{written[1]}") if written else None
    return f"DL{code.removeprefix('PA')}" if code else ""


# -- what turns want done --------------------------------------------------------------------------


class AskData(Frozen):
    """Record what a person asks of their own data; *state* is what it begins in.

    What is done at once begins as ``done``, what the machine does as ``doing``. To ``restrict``
    takes effect at once, whoever decides later.
    """

    type: Literal["ask_data"] = "ask_data"
    code: str
    kind: Kind
    state: State
    due_on: date
    lang: Lang


class MoveRequest(Frozen):
    """Do *action* to a request by the table of moves, and tell the person.

    *by* is the member, 0 the person. *reason* goes with a refusal or an extension, *due_on* with
    the latter, *scope* with an erasing. With *seen*, its `entries` when it was read, nothing is
    done if it changed since.
    """

    type: Literal["move_request"] = "move_request"
    code: str
    action: Action
    by: int = 0
    reason: str = ""
    due_on: date | None = None
    scope: Scope = ""
    seen: int = 0


class Correct(Frozen):
    """Replace what a person said of themselves; what is empty stays."""

    type: Literal["correct"] = "correct"
    name: str = ""
    phone: str = ""


class HoldCase(Frozen):
    """Put a case out of reach of every erasing, or back within it, and say why in the log."""

    type: Literal["hold_case"] = "hold_case"
    by: int
    code: str
    held: bool
    reason: str


DataEffect = AskData | MoveRequest | Correct | HoldCase
