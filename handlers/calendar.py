"""Working days of Viet Nam: which they are, and what falls due when.

Days off come from the library `holidays` (Labour Code 45/2019/QH14 Art. 111 and 112, the Day of
Vietnamese Culture on 24 November since 2026, days off moved to weekends). The Government announces
Tet and the moved days year by year, often after the library is released, so the province corrects
it in `content/calendar.toml`. Every due date is kept with `Calendar.version`, the calendar it was
computed by.

The library knows the lunar calendar from 1901 to 2100; in other years only weekends are days off.
"""

import hashlib
import tomllib
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, Self

import holidays
from holidays.version import __version__ as _release
from pydantic import Field, model_validator

from handlers.model import Frozen

_DAY = timedelta(days=1)
_SATURDAY = 5


class Correction(Frozen):
    """One day the library has wrong, why, and where that is announced."""

    day: date
    is_: Literal["off", "worked"] = Field(alias="is")
    reason: str = Field(min_length=1)
    source: str = Field(min_length=1)


class Corrections(Frozen):
    """`content/calendar.toml`: *approved* only once an official has signed the days off."""

    checked: date
    approved: bool
    correction: tuple[Correction, ...] = ()

    @model_validator(mode="after")
    def corrects_a_day_once(self) -> Self:
        """One day can't be both off and worked."""
        days = [correction.day for correction in self.correction]
        if len(set(days)) != len(days):
            raise ValueError("one day is corrected twice")
        return self


class Calendar(Frozen):
    """The working days: the library's, corrected by *extra_off* and *extra_work*."""

    extra_off: frozenset[date] = frozenset()
    extra_work: frozenset[date] = frozenset()
    version: str = f"holidays {_release}"

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on *day*; the province's corrections have the last word."""
        if day in self.extra_work or day in self.extra_off:
            return day in self.extra_work
        off, worked = _holidays_of(day.year)
        return day in worked or (day.weekday() < _SATURDAY and day not in off)

    def add_working_days(self, start: date, days: int) -> date:
        """The last day of a limit of *days* >= 0 working days that began on *start*.

        The day of receipt doesn't count (Civil Code 91/2015/QH13 Art. 147(2)): one working day
        from any day is the next working day. None at all is *start* itself.
        """
        day = start
        for _ in range(days):
            day += _DAY
            while not self.is_working_day(day):
                day += _DAY
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after *start*, up to and with *end*; negative when *end* comes first.

        The inverse of `add_working_days`: what is left of a limit today, or by how much it is late.
        """
        if end < start:
            return -self.working_days_between(end, start)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(map(self.is_working_day, days))

    def put_off(self, due: date, since: date, until: date) -> date:
        """The last day of a limit that stood still from *since* to *until*."""
        return self.add_working_days(due, max(0, self.working_days_between(since, until)))


def read_calendar(toml_text: str) -> Calendar:
    """The calendar corrected by the text of `content/calendar.toml`.

    A `ValueError` (of tomllib or pydantic) names what is wrong in it. The version holds a digest
    of the text, so that no edit goes unnoticed.
    """
    read = Corrections.model_validate(tomllib.loads(toml_text))
    digest = hashlib.sha256(toml_text.encode()).hexdigest()[:8]
    return Calendar(
        extra_off=frozenset(c.day for c in read.correction if c.is_ == "off"),
        extra_work=frozenset(c.day for c in read.correction if c.is_ == "worked"),
        version=f"holidays {_release} + calendar.toml {digest}",
    )


@lru_cache(maxsize=256)
def _holidays_of(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off of one year, and weekend days worked in exchange for such days of any year."""
    known = holidays.country_holidays("VN", years=year)
    return frozenset(known), frozenset(known.weekend_workdays)
