"""What a turn wants done with what is told in confidence: see `handlers.denouncing`.

No effect here says anything in a table of cases, and none leaves words in the conversation.
"""

from datetime import date, datetime
from typing import Literal

from handlers.denouncing import Action
from handlers.events import Media
from handlers.model import Frozen


class Confide(Frozen):
    """Take in *texts* and files for the message *code*, which begins with the first of them.

    *unit* is the unit or commune of the person named, *name* and *phone* the sender's own; None
    leaves what was said before, empty takes it away.
    """

    type: Literal["confide"] = "confide"
    code: str
    texts: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    unit: str | None = None
    name: str | None = None
    phone: str | None = None


class SendConfided(Frozen):
    """Receive the message *code*: inspectors who may know of it are told that there is one."""

    type: Literal["send_confided"] = "send_confided"
    code: str
    receipt: str
    due_on: date
    lang: Literal["vi", "en"]


class AddedConfided(Frozen):
    """Tell inspectors that more was told in a message that had been received."""

    type: Literal["added_confided"] = "added_confided"
    code: str


class DropConfided(Frozen):
    """Forget a message that was not sent, for ever."""

    type: Literal["drop_confided"] = "drop_confided"
    code: str


class Hush(Frozen):
    """Forget what this chat was told since an instant: it may repeat what is confidential."""

    type: Literal["hush"] = "hush"
    since: datetime


class MoveConfided(Frozen):
    """Do *action* to a message, or look at it: see `handlers.denouncing.MOVES`.

    *words* is the reason, the note or what its sender is told; *unit* goes with ``move``. Nothing
    is done when its chain is no longer *seen* entries long; a look is always written down.
    """

    type: Literal["move_confided"] = "move_confided"
    code: str
    by: int
    action: Action
    seen: int
    words: str = ""
    unit: str = ""


class Restrict(Frozen):
    """A case has the content of a denunciation: all told in it becomes a message of its own.

    The case is left with its history and nothing that was written. *into* is the unused code of the
    message, *due_on* as in `SendConfided`. The receipt of the case opens the message, too. Whose
    unit is named an inspector finds out: until then it may be that of whoever had the case.
    """

    type: Literal["restrict"] = "restrict"
    code: str
    by: int
    into: str
    due_on: date


ConfidentialEffect = (
    Confide | SendConfided | AddedConfided | DropConfided | Hush | MoveConfided | Restrict
)
