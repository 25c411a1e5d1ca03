"""How long what is kept: rules of the province, each with its source (`content/retention.toml`).

A rule says nothing of anybody; `python -m bot retain` counts by them, and carries them out when
told to. Only a rule that says so is carried out by itself.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from handlers.model import Frozen
from handlers.tickets import OPEN, Kind, Status
from handlers.words import NAME

What = Literal[
    "case",  # words, files and index of a case, after its last entry; code and history stay
    "chat",  # a chat that never agreed and never sent a case
    "draft",  # what was begun and never sent
    "message",  # what was sent or given up, of no open case
    "delivery",  # who was to be told of an announcement that ended; the counts stay
    "announcement_text",  # words of announcements that no message needs any more
    "log_note",  # words beside entries of the log of these kinds; the entries stay
    "arrival",  # what came in and failed, kept to be tried again; also what nobody could read
    "request_words",  # why a request about data was refused or extended
]
YEAR = 365.25


class RetentionRule(Frozen):
    """Keep *what* for *years* or *days*, counted from when it was last of use.

    *statuses* and *kinds* say which cases (none: every final status, every kind), *entries* which
    kinds of entries of the log. *source* is where it stands that it must be kept, or may not be
    kept longer; *automatic* rules need nobody to carry them out.
    """

    id: str = Field(pattern=NAME)
    what: What
    statuses: tuple[Status, ...] = ()
    kinds: tuple[Kind, ...] = ()
    entries: tuple[str, ...] = ()
    years: int = Field(default=0, ge=0, le=100)
    days: int = Field(default=0, ge=0, le=3660)
    source: str = Field(min_length=1, max_length=300)
    note: str = Field(default="", max_length=500)
    automatic: bool = False

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        """One time; statuses that are final; what restricts belongs to what it restricts."""
        if found := "\n".join(self._faults()):
            raise ValueError(found)
        return self

    def _faults(self) -> Iterator[str]:
        if (self.years == 0) == (self.days == 0):
            yield "cần years hoặc days, chỉ một trong hai — thêm hoặc xóa một dòng"
        if OPEN.intersection(self.statuses):
            yield "statuses có trạng thái còn đang xem xét — chỉ ghi trạng thái đã xong"
        if self.what != "case" and (self.statuses or self.kinds):
            yield 'statuses, kinds chỉ đi với what = "case" — xóa đi'
        if (self.what == "log_note") != bool(self.entries):
            yield 'entries đi với what = "log_note" — thêm hoặc xóa một dòng'

    @property
    def kept(self) -> str:
        """For how long, as officials read it."""
        return f"{self.years} năm" if self.years else f"{self.days} ngày"

    def before(self, now: datetime) -> datetime:
        """What was last of use before this instant is kept no longer."""
        return now - timedelta(days=self.days or round(self.years * YEAR))
