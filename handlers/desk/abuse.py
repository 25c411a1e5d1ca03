"""Who is kept from sending, and who sends too much: by the codes of cases, never by a name."""

from datetime import datetime

from handlers.limits import Stage
from handlers.model import Frozen

DAYS = 90  # the longest that anybody is kept from sending at once


class Blocked(Frozen):
    """Somebody's messages are not taken *until* then; *code* is the case they were found by.

    *by* is the member's name.
    """

    code: str
    unit: str
    since: datetime
    until: datetime
    by: str = ""
    reason: str = ""


class Slowed(Frozen):
    """Somebody sent *count* messages beyond the limits, the last at *last_at*.

    *code* is their newest case and *unit* has it; both are empty when they have none. *number*
    tells chats apart and nothing else.
    """

    number: int
    stage: Stage
    count: int
    last_at: datetime
    until: datetime | None = None
    code: str = ""
    unit: str = ""
