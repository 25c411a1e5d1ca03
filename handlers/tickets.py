"""A case: its statuses, the table of moves between them, and the pictures of it that are shown.

The words of the statuses keep to the law: what is sent here is *recorded*; "accepted", "settled"
and "concluded" are words only a competent person may sign (Law on Complaints 02/2011/QH13, Law on
Denunciations 25/2018/QH14), so no status is called by them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, cast

from handlers.events import Media
from handlers.model import Frozen

Status = Literal[
    "recorded",  # nobody has it yet
    "sorting",  # given back: a dispatcher finds the right unit
    "forwarded",  # given to a unit or an official, not yet taken up
    "working",  # an official is at work on it
    "asking",  # the citizen was asked something; the clock stands still
    "approving",  # an answer waits for its release by a second person
    "answered",
    "refused",  # not for this channel: the citizen was told the right door
    "guided",  # told how to lodge a formal letter
    "closed",
    "withdrawn",
    "merged",  # its text went on in another case of the same person
]
Kind = Literal[
    "question",
    "feedback",
    "suggestion",
    "complaint",
    "denunciation",  # never a case: it goes where only inspectors are
    "emergency",
    "data_request",
    "other",  # thanks, greetings
]
Action = Literal[
    "add", "withdraw", "rate", "resume",  # the citizen's
    "take", "assign", "return", "ask", "note", "inform", "answer", "submit", "approve", "send_back",
    "extend", "refer", "refuse", "close", "reopen", "merge", "link", "prioritise", "classify",
    "leave",  # the desk's
    "expire",  # nobody's: a question was not answered in time
]  # fmt: skip

OPEN: frozenset[Status] = frozenset(
    {"recorded", "sorting", "forwarded", "working", "asking", "approving"}
)
# Nobody is waited for any more: its sender took it back, or it goes on in another case of theirs.
OVER: frozenset[Status] = frozenset({"withdrawn", "merged"})
DONE: frozenset[Status] = frozenset({"answered", "refused", "guided", "closed"})

# The statuses an action is possible in, and the status after it ("" leaves it as it is). What is
# not in the table cannot be done.
_MOVES = """
# A citizen may add to a case, and take it back, as long as somebody is to work on it; what is added
# to a question is its answer.
add         recorded sorting forwarded working approving             >
add         asking                                                   > working
withdraw    recorded sorting forwarded working asking approving      > withdrawn
rate        answered refused guided closed                           >
# A question that nobody answered in time may still be answered: then the same official goes on.
resume      closed                                                   > working
# Whoever takes a case up that lay with nobody works on it.
take        recorded sorting forwarded                               > working
assign      recorded sorting forwarded working asking                > forwarded
return      recorded forwarded working                               > sorting
ask         working                                                  > asking
expire      asking                                                   > closed
note        recorded sorting forwarded working asking approving      >
note        answered refused guided closed                           >
# Told by other means what no message of ours could tell.
inform      recorded sorting forwarded working asking approving      >
inform      answered refused guided closed                           >
answer      forwarded working asking                                 > answered
submit      forwarded working asking                                 > approving
approve     approving                                                > answered
send_back   approving                                                > working
extend      recorded sorting forwarded working asking approving      >
refer       recorded sorting forwarded working                       > forwarded
refuse      recorded sorting forwarded working                       > refused
# Only what was answered is closed: a case closed without an answer is what citizens resent most.
close       answered refused guided                                  > closed
reopen      answered refused guided closed                           > forwarded
merge       recorded sorting forwarded working asking                > merged
link        recorded sorting forwarded working asking                >
prioritise  recorded sorting forwarded working asking approving      >
# What it is, by content and demand; its sender takes an alarm back by it.
classify    recorded sorting forwarded working asking approving      >
classify    answered refused guided closed                           >
# Whoever had it left; nobody waits for their question, and an answer waits for its release.
leave       recorded sorting forwarded approving                     >
leave       working asking                                           > forwarded
"""


def _read(table: str) -> Mapping[tuple[Status, Action], Status]:
    rows = (line.split() for line in table.strip().splitlines() if not line.startswith("#"))
    moves = {}
    for action, *statuses in rows:
        end = statuses.index(">")
        for status in statuses[:end]:
            moves[status, action] = statuses[-1] if statuses[-1] != ">" else status
    return cast("Mapping[tuple[Status, Action], Status]", moves)  # held to them by tests/handlers


MOVES = _read(_MOVES)


def move(status: Status, action: Action) -> Status | None:
    """Status after *action*, or None when the table does not allow it."""
    return MOVES.get((status, action))


# What its citizen must come to know, by a message or in some other way, by the kinds of entries.
WEIGHTY = frozenset({"asked", "answered", "refused", "extended", "referred", "expired"})

# What a citizen is told of, by the kinds of the entries of history; the rest is the desk's own.
Told = Literal[
    "opened", "added", "withdrawn", "held", "moved", "taken", "assigned", "asked", "answered",
    "extended", "referred", "refused", "closed", "reopened", "merged", "expired", "rated",
    "classified",
]  # fmt: skip


PASSED_ON = "passed_on"  # the kind of the entry of a case that was taken out of sight


class AnswerLine(Frozen):
    """One answered question of a case, as people read it: *label* of the field, *text* given."""

    name: str
    label: str
    value: str
    text: str


class Happening(Frozen):
    """One entry of a case's history, as its citizen may see it; *seq* is its place in it.

    *mine*: done by the contact that reads it.
    """

    at: datetime
    kind: Told
    text: str = ""
    files: int = 0
    seq: int = 0
    mine: bool = False
    data: dict[str, str | int] = {}


class Card(Frozen):
    """A case in a list. *done_on* is the day it was last answered, refused or closed.

    *kind* is what it is by its content and demand, not by its title (Circular 05/2021/TT-TTCP).
    """

    code: str
    topic: str
    status: Status
    unit: str
    commune: str
    opened_at: datetime
    due_on: date
    done_on: date | None = None
    kind: Kind = "feedback"


class Story(Frozen):
    """A case with all its citizen may read, oldest happening first.

    *told* is the *seq* up to which this contact was told of it; *rated* whether they said how the
    last answer was. *passed_on*: its words are told in confidence now, and nothing is done here.
    """

    card: Card
    lines: tuple[AnswerLine, ...]
    media: tuple[Media, ...]
    happenings: tuple[Happening, ...]
    told: int = 0
    rated: bool = False
    passed_on: bool = False
