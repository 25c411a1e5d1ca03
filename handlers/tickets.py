"""A case: its statuses, the table of moves between them, and the pictures of it that are shown.

The words of the statuses keep to the law: what is sent here is *recorded*; "accepted", "settled"
and "concluded" are words only a competent person may sign (Law on Complaints 02/2011/QH13, Law on
Denunciations 25/2018/QH14), so no status is called by them.
"""

from datetime import date, datetime
from typing import Literal

from handlers.events import Media
from handlers.model import Frozen

Status = Literal["recorded", "sorting", "forwarded", "answered", "guided", "closed", "withdrawn"]
Action = Literal["add", "withdraw"]

OPEN: frozenset[Status] = frozenset({"recorded", "sorting", "forwarded"})

# (status, action) -> status after it. What is not in the table cannot be done.
MOVES: dict[tuple[Status, Action], Status] = {
    # A citizen may add to a case as long as somebody is working on it.
    ("recorded", "add"): "recorded",
    ("sorting", "add"): "sorting",
    ("forwarded", "add"): "forwarded",
    # What was voluntarily given may be voluntarily taken back until it is answered.
    ("recorded", "withdraw"): "withdrawn",
    ("sorting", "withdraw"): "withdrawn",
    ("forwarded", "withdraw"): "withdrawn",
}


def move(status: Status, action: Action) -> Status | None:
    """Status after *action*, or None when the table does not allow it."""
    return MOVES.get((status, action))


class AnswerLine(Frozen):
    """One answered question of a case, as people read it: *label* of the field, *text* given."""

    name: str
    label: str
    value: str
    text: str


class Happening(Frozen):
    """One entry of a case's history, as its citizen may see it."""

    at: datetime
    kind: Literal["opened", "added", "withdrawn", "held", "moved"]
    text: str = ""
    files: int = 0


class Card(Frozen):
    """A case in a list."""

    code: str
    topic: str
    status: Status
    unit: str
    commune: str
    opened_at: datetime
    due_on: date


class Story(Frozen):
    """A case with all its citizen may read, oldest happening first."""

    card: Card
    lines: tuple[AnswerLine, ...]
    media: tuple[Media, ...]
    happenings: tuple[Happening, ...]
