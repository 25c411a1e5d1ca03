"""What a turn wants done: the closed union the shell carries out in the turn's own transaction.

Effects are imperative. The message a turn answers with is not among them: it is `Turn.say`, so that
"one turn, one message" is a fact of the types.
"""

from datetime import date, datetime
from typing import Literal

from handlers import announcing
from handlers.announcing import Audience, Wording
from handlers.confiding import ConfidentialEffect
from handlers.desk.people import Duty
from handlers.events import Media
from handlers.limits import LimitEffect
from handlers.masking import Searchable
from handlers.messages import Say
from handlers.model import Frozen
from handlers.petition import PetitionEffect
from handlers.rights import DataEffect
from handlers.tickets import Action, AnswerLine, Kind

Purpose = Literal["handling", "statistics", "announcements"]


class OpenTicket(Frozen):
    """Record a new case with its code, receipt and first entry of history.

    *name* and *phone* are the person's own; they go to `people`, never into the case. *search* is
    the text the case is found by, with nothing of *name* and *phone* in it; see `masking`.
    *calendar* says by which calendar *due_on* was computed. *by* is the member who files it for
    somebody at the counter or by telephone, *consent* how that person agreed to what was
    *read_out*: then the case is held by nobody's chat until its receipt is shown. *kind* is what it
    is by its sender's choice, *seems* what its words speak for where the sender chose otherwise.
    *marks* find its copies (`handlers.repeats`).
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
    search: Searchable
    name: str = ""
    phone: str = ""
    by: int = 0
    consent: str = ""
    read_out: str = ""
    marks: tuple[int, ...] = ()
    kind: Kind = "feedback"
    seems: Kind | Literal[""] = ""
    priority: Literal[0, 1, 2] = 0


class AddToTicket(Frozen):
    """Append what the citizen added to a case: text, files or both.

    What is added to a question answers it; *due_on* is then the due date with the pause added.
    """

    type: Literal["add_to_ticket"] = "add_to_ticket"
    code: str
    text: str
    media: tuple[Media, ...]
    search: Searchable
    due_on: date | None = None


class MoveTicket(Frozen):
    """Do *action* to a case by the table of moves; nothing happens when the table forbids it.

    *by* is the member who does it; 0 is the citizen, or the clock. *words* is what was written for
    it (a reason, a question, the JSON of a `Reply`), kept beside the history; *data* says nothing
    personal and is kept in it. The rest is what changes: None and empty leave it.
    *assignee* 0 takes it from everybody; *other* is the case it is merged into or linked with.
    With *seen*, the length of its history when it was read, nothing is done if it changed since.
    """

    type: Literal["move_ticket"] = "move_ticket"
    code: str
    action: Action
    by: int = 0
    words: str = ""
    data: dict[str, str | int] = {}
    unit: str = ""
    assignee: int | None = None
    not_for: int | None = None
    due_on: date | None = None
    asked_on: date | None = None
    priority: int | None = None
    kind: Kind | Literal[""] = ""
    other: str = ""
    media: tuple[Media, ...] = ()
    seen: int = 0


class Notify(Frozen):
    """Wake conversations about the case *code*: each tells, in a turn of its own, what is new.

    *to* is whom: the contacts that follow it, the one that sent it, its assignee, or those of its
    unit who may release or dispatch (``unit``: of just this unit, if there are any), or are on duty
    (``watch``: all who can be reached, else whoever dispatches or administers). *what* names
    the reason: for staff a key of the texts ``desk_news.*``, for the sender ``expire``. *after* is
    when, in seconds.
    """

    type: Literal["notify"] = "notify"
    code: str
    to: Literal[
        "citizens", "sender", "assignee", "approvers", "dispatchers", "unit", "member", "watch"
    ]  # fmt: skip
    what: str = ""
    after: float = 0
    member: int = 0


class MarkTold(Frozen):
    """This contact was told of the case *code* up to the entry *seq* of its history.

    *since* is how far it had been told before: where it is again, should the message not arrive.
    """

    type: Literal["mark_told"] = "mark_told"
    code: str
    seq: int
    since: int = 0


class Witness(Frozen):
    """Write down what was seen or refused: in the case's history, or the log when *code* is empty.

    *kind* ``identified`` (a person's identity was shown), ``alarmed`` (an officer on duty was told
    of danger) or ``denied`` (*deed* was not allowed).
    """

    type: Literal["witness"] = "witness"
    kind: Literal["identified", "alarmed", "denied"]
    by: int
    deed: str
    code: str = ""


class HoldTicket(Frozen):
    """Let this contact follow a case it proved to hold the receipt of."""

    type: Literal["hold_ticket"] = "hold_ticket"
    code: str


class KeepFile(Frozen):
    """Keep a file for the case or draft it belongs to: fetch it if its bytes are elsewhere."""

    type: Literal["keep_file"] = "keep_file"
    media: Media


class LetGoOfFile(Frozen):
    """Let go of a file that was not taken, unless something else of this contact has it."""

    type: Literal["let_go_of_file"] = "let_go_of_file"
    key: str


class SaveConsent(Frozen):
    """Prove what a person agreed to or took back: the *purpose* and *version* of the notice.

    *text* is what they were shown when they agreed, word for word; empty when they take it back.
    Announcements begin and end with the consent to them, and end with that to ``handling``.
    """

    type: Literal["save_consent"] = "save_consent"
    purpose: Purpose
    given: bool
    version: str
    lang: Literal["vi", "en"]
    text: str = ""


class SetTimer(Frozen):
    """Tell this conversation `TimedOut(timer)` after *seconds*; a second one replaces the first."""

    type: Literal["set_timer"] = "set_timer"
    timer: str
    seconds: float


class DropTimer(Frozen):
    """Forget a timer."""

    type: Literal["drop_timer"] = "drop_timer"
    timer: str


class Invite(Frozen):
    """Make a one-time invitation to *duty* for somebody called *name*, valid *hours*."""

    type: Literal["invite"] = "invite"
    by: int
    invitation: str
    duty: Duty
    name: str
    hours: int


class JoinStaff(Frozen):
    """Use up an invitation: this contact has its duty from now on, and is called *name*."""

    type: Literal["join_staff"] = "join_staff"
    invitation: str


class ChangeDuty(Frozen):
    """Give a *member* a duty, or end it (*given* False); whoever has none left has left."""

    type: Literal["change_duty"] = "change_duty"
    by: int
    member: int
    duty: Duty
    given: bool


class Amend(Frozen):
    """Change what the province edits, from now on: see `handlers.desk.amendments`.

    *value* is JSON; empty takes the amendment of this *key* away again. *undoes* is the entry of
    the log that is taken back by it.
    """

    type: Literal["amend"] = "amend"
    by: int
    kind: Literal["unit", "route", "template", "rule", "approval"]
    key: str
    value: str
    undoes: int = 0


class Announce(Frozen):
    """Record an announcement of *unit* that waits for its release; *code* is unused.

    *begins_at* is the time it was asked to begin, None: as soon as it is released.
    """

    type: Literal["announce"] = "announce"
    by: int
    code: str
    unit: str
    urgent: bool
    wording: Wording
    audience: Audience
    begins_at: datetime | None = None


class MoveAnnouncement(Frozen):
    """Do *action* to an announcement by its table of moves; nothing happens when it forbids it.

    *by* is the member, 0 the clock. *reason* goes with a return, a cancelling, a withdrawal;
    *wording* with a correction and with what is submitted again, which may change *audience*,
    *urgent* and *begins_at* too. With *seen*, its `entries` when it was read, nothing is done if it
    changed since.
    """

    type: Literal["move_announcement"] = "move_announcement"
    by: int
    code: str
    action: announcing.Action
    reason: str = ""
    wording: Wording | None = None
    audience: Audience | None = None
    urgent: bool | None = None
    begins_at: datetime | None = None
    seen: int = 0


class TrySending(Frozen):
    """Tell an announcement to this contact alone: *say* is what its audience would be told."""

    type: Literal["try_sending"] = "try_sending"
    say: Say


class Follow(Frozen):
    """Whether this person wants announcements about a commune or a topic, by its id."""

    type: Literal["follow"] = "follow"
    kind: Literal["commune", "topic"]
    name: str
    wanted: bool


class MakeLink(Frozen):
    """Make a link by which another chat becomes one of this person's, valid *minutes*."""

    type: Literal["make_link"] = "make_link"
    token: str
    minutes: int


class JoinChats(Frozen):
    """Use up a link: whoever made it and whoever is in this chat are one person from now on."""

    type: Literal["join_chats"] = "join_chats"
    token: str


class MarkReachable(Frozen):
    """Remember whether this contact can be written to."""

    type: Literal["mark_reachable"] = "mark_reachable"
    reachable: bool


Effect = (
    OpenTicket
    | AddToTicket
    | MoveTicket
    | Notify
    | MarkTold
    | Witness
    | HoldTicket
    | KeepFile
    | LetGoOfFile
    | SaveConsent
    | SetTimer
    | DropTimer
    | Invite
    | JoinStaff
    | ChangeDuty
    | Amend
    | Announce
    | MoveAnnouncement
    | TrySending
    | Follow
    | MakeLink
    | JoinChats
    | DataEffect
    | LimitEffect
    | ConfidentialEffect
    | PetitionEffect
    | MarkReachable
)
