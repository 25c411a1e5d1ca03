"""What a turn wants done: the closed union the shell carries out in the turn's own transaction.

Effects are imperative. The message a turn answers with is not among them: it is `Turn.say`, so that
"one turn, one message" is a fact of the types.
"""

from datetime import date
from typing import Literal

from handlers.events import Media
from handlers.model import Frozen
from handlers.tickets import Action, AnswerLine

Purpose = Literal["handling", "statistics"]
Role = Literal["administrator"]


class OpenTicket(Frozen):
    """Record a new case with its code, receipt and first entry of history.

    *name* and *phone* are the person's own; they go to `people`, never into the case. *search* is
    the folded text the case is found by, with nothing of *name* and *phone* in it.
    *calendar* says by which calendar *due_on* was computed.
    """

    type: Literal["open_ticket"] = "open_ticket"
    code: str
    receipt: str
    topic: str
    commune: str
    unit: str
    due_on: date
    calendar: str
    lang: Literal["vi", "en"]
    lines: tuple[AnswerLine, ...]
    media: tuple[Media, ...]
    search: str
    name: str = ""
    phone: str = ""


class AddToTicket(Frozen):
    """Append what the citizen added to a case: text, files or both."""

    type: Literal["add_to_ticket"] = "add_to_ticket"
    code: str
    text: str
    media: tuple[Media, ...]
    search: str


class MoveTicket(Frozen):
    """Change a case's status by the table of moves; nothing happens when the table forbids it."""

    type: Literal["move_ticket"] = "move_ticket"
    code: str
    action: Action
    reason: str = ""


class HoldTicket(Frozen):
    """Let this contact follow a case it proved to hold the receipt of."""

    type: Literal["hold_ticket"] = "hold_ticket"
    code: str


class KeepFile(Frozen):
    """Keep a file for the case or draft it belongs to: fetch it if its bytes are elsewhere."""

    type: Literal["keep_file"] = "keep_file"
    media: Media


class SaveConsent(Frozen):
    """Prove what a person agreed to or took back: the *purpose* and *version* of the text."""

    type: Literal["save_consent"] = "save_consent"
    purpose: Purpose
    given: bool
    version: str
    lang: Literal["vi", "en"]


class SetTimer(Frozen):
    """Tell this conversation `TimedOut(timer)` after *seconds*; a second one replaces the first."""

    type: Literal["set_timer"] = "set_timer"
    timer: str
    seconds: float


class DropTimer(Frozen):
    """Forget a timer."""

    type: Literal["drop_timer"] = "drop_timer"
    timer: str


class JoinStaff(Frozen):
    """Use up an invitation: this contact acts for the province in *role* from now on."""

    type: Literal["join_staff"] = "join_staff"
    role: Role
    invitation: str


class MarkReachable(Frozen):
    """Remember whether this contact can be written to."""

    type: Literal["mark_reachable"] = "mark_reachable"
    reachable: bool


Effect = (
    OpenTicket
    | AddToTicket
    | MoveTicket
    | HoldTicket
    | KeepFile
    | SaveConsent
    | SetTimer
    | DropTimer
    | JoinStaff
    | MarkReachable
)
