"""A case as the desk sees it: in the queue, and whole."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from handlers.events import Media
from handlers.masking import masked
from handlers.model import Frozen
from handlers.tickets import AnswerLine, Card, Kind

Priority = Literal[0, 1, 2]  # ordinary, soon, urgent
View = Literal["all", "mine", "unassigned", "waiting", "sorting", "approving", "overdue",
               "unreached", "emergency", "complaint", "doubtful"]  # fmt: skip


class DeskCard(Card):
    """A case in the queue.

    *assignee* is the member in charge (0: nobody), *author* who wrote the answer that waits for
    release, *not_for* who answered before it was reopened. *bounces* counts how often it was given
    back. *asked_on* is the day the citizen was asked something; the clock stands still since then.
    *entries* is the length of its history: it tells whether somebody did something meanwhile.
    *unreached* is the entry of it that nobody who follows the case could be told of; 0: none.
    *seems* is the kind its words spoke for when its sender chose another, until that was seen to.
    """

    id: int
    lang: Literal["vi", "en"] = "vi"
    priority: Priority = 0
    assignee: int = 0
    assignee_name: str = ""
    author: int = 0
    not_for: int = 0
    bounces: int = 0
    asked_on: date | None = None
    entries: int = 0
    unreached: int = 0
    seems: Kind | Literal[""] = ""


class Line(Frozen):
    """One entry of a case's history, as the desk sees it.

    *by* is the member's name, or empty; *whom* that of the member it was given to.
    """

    seq: int
    at: datetime
    kind: str
    by: str = ""
    whom: str = ""
    words: str = ""
    data: dict[str, str | int] = {}


class Reply(Frozen):
    """An answer as it was composed: the parts of the contract (see `handlers.desk.contract`).

    *files* are the keys of what proves it.
    """

    finding: str
    basis: str = ""
    action: str = ""
    next: str = ""
    until: str = ""
    private: str = ""
    files: tuple[str, ...] = ()


class Delivery(Frozen):
    """How far a chat that follows a case has come to know of the last thing it must know.

    *state* ``coming``: its turn is still to come; ``nowhere``: there is no chat. *at* is when it
    was sent or given up; of what is queued, when it is tried again, None: now.
    """

    channel: str
    state: Literal[
        "coming", "queued", "sending", "sent", "unreachable", "failed", "unknown", "nowhere"
    ]
    at: datetime | None = None


class Dossier(Frozen):
    """A case whole. *draft* is the answer that waits for release; *same* the cases of one matter.

    *drafts* are those of the same matter that wait, or were sent back, while one of this case is.
    *person* tells whether two cases are of one person, and nothing else. *reached*: somebody who
    follows it can be written to. *weighty* is the kind of the last entry its citizen must know of,
    empty when there is none, *ledger* who of those who follow it came to know of that.
    *restricted*: its sender asked that it be used no further than the law demands.
    """

    card: DeskCard
    lines: tuple[AnswerLine, ...]
    media: tuple[Media, ...]
    story: tuple[Line, ...]
    draft: Reply | None = None
    same: tuple[DeskCard, ...] = ()
    drafts: Mapping[str, Reply] = {}
    person: int = 0
    reached: bool = True
    weighty: str = ""
    ledger: tuple[Delivery, ...] = ()
    restricted: bool = False


class Filter(Frozen):
    """Which open cases a page of the queue shows, of those the reader may see.

    *mine* are the reader's own. The page begins after the case (*after_due*, *after_id*).
    """

    view: View = "all"
    topic: str = ""
    commune: str = ""
    unit: str = ""
    after_due: str = ""
    after_id: int = 0


class Identity(Frozen):
    """Who sent a case, as far as they said."""

    name: str = ""
    phone: str = ""


_OF_OFFICIALS = {"submitted", "answered"}  # the JSON of a `Reply`: official words, for the citizen


def unnamed(found: Dossier) -> Dossier:
    """The case with nobody's numbers in its words."""
    lines = tuple(line.model_copy(update={"text": masked(line.text)}) for line in found.lines)
    story = tuple(
        line
        if line.kind in _OF_OFFICIALS
        else line.model_copy(update={"words": masked(line.words)})
        for line in found.story
    )
    return found.model_copy(update={"lines": lines, "story": story})
