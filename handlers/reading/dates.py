"""Dates as people type them: day before month, in figures or words, or "yesterday".

A two-digit year is 20.. up to ten years from today and 19.. beyond: the decisions and births people
write of lie in the past, and a slip into the near future then shows. Day and month alone are those
of this year, or of last year where this year's are still to come. A month alone is no date, for a
time limit runs from a day; nor is a lunar day, for nobody could see that it was counted so.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

from handlers.reading.plain import compose, plain

_LIMIT = 500
_YEARS = range(1900, 2100)
_NEAR_FUTURE = 10
_CENTURY = 100

_LUNAR = re.compile(r"\b(?:m[uù]ng|mồng|âm lịch|am lich|âl)\b")
# On the accented text: "hôm kìa" is a day further back than "hôm kia".
_TODAY = re.compile(r"\b(?:h[oô]m (?:nay|ni)|b[uữ]a (?:nay|ni)|today)\b")
_YESTERDAY = re.compile(r"\b(?:(?:h[oô]m|b[uữ]a) qua|yesterday)\b")
_DAY_BEFORE = re.compile(r"\b(?:h[oô]m|b[uữ]a) (?:kia|t[eê])\b")
_TOMORROW = re.compile(r"\b(?:ng[aà]y mai|tomorrow)\b")
_DAYS_FROM_TODAY = ((_TODAY, 0), (_YESTERDAY, -1), (_DAY_BEFORE, -2), (_TOMORROW, 1))

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?![0-9])"
_MONTH = r"(?P<month>[0-9]{1,2})(?![0-9])"
_FULL = r"(?P<year>[0-9]{4})"
_SAID = r",? nam (?P<year>[0-9]{4}|[0-9]{2}|nay|ngoai|truoc)"
_THANG = rf"{_DAY},? ?(?:thang|thg|th) ?{_MONTH}"
_ALONE = r"(?!,? ?nam\b)(?![-/., ]{1,3}[0-9])"
_SHAPES = tuple(
    re.compile(rf"(?<![0-9])(?<![0-9][-/.]){shape}(?![0-9])(?![-/.][0-9])")
    for shape in (
        rf"{_DAY} ?[-/.] ?{_MONTH} ?[-/.] ?{_FULL}",
        rf"{_DAY}(?P<by>[-/.]){_MONTH}(?P=by)(?P<year>[0-9]{{2}})",
        rf"{_DAY} {_MONTH} {_FULL}",
        rf"{_DAY} ?[-/.] ?{_MONTH}{_SAID}",
        rf"{_FULL}(?P<by> ?[-/.] ?){_MONTH}(?P=by){_DAY}",
        rf"{_THANG}{_SAID}",
        rf"{_THANG}(?:, ?| ){_FULL}",
        rf"{_THANG} ?[-/.] ?(?P<year>[0-9]{{4}}|[0-9]{{2}})",
        rf"{_THANG}{_ALONE}",
        rf"(?<=ngay ){_DAY}[-/.]{_MONTH}{_ALONE}",
        rf"^{_DAY}[-/.]{_MONTH}$",
        rf"{_DAY}(?:st|nd|rd|th)?[ -](?:of )?{_NAME},?[ -]{_FULL}",
        rf"{_NAME} {_DAY}(?:st|nd|rd|th)?,? {_FULL}",
        r"^(?P<day>[0-9]{2})(?P<month>0[1-9]|1[0-2])(?P<year>(?:19|20)[0-9]{2})$",
        r"^(?P<year>(?:19|20)[0-9]{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-9]{2})$",
    )
)


def read_date(text: str, today: date) -> date | None:
    """The one date in what somebody typed on *today*, or None.

    None as well for two dates, for an impossible one (31/2), for a year before 1900 or after 2099
    and for more than 500 characters. The date may lie in the future: that is the caller's to judge.
    """
    if len(text) > _LIMIT:
        return None
    accented = compose(text)
    if _LUNAR.search(accented):
        return None
    found = {*_named(accented, today), *_written(plain(text), today)}
    return found.pop() if len(found) == 1 else None


def show_date(day: date) -> str:
    """The date as it is written in Viet Nam: `14/08/2026`."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def _named(accented: str, today: date) -> Iterator[date]:
    for name, days in _DAYS_FROM_TODAY:
        if name.search(accented):
            yield today + timedelta(days=days)


def _written(text: str, today: date) -> Iterator[date | None]:
    """Every date written out, None for an impossible one."""
    for shape in _SHAPES:
        for match in shape.finditer(text):
            yield _made(match.groupdict(), today)


def _made(parts: dict[str, str], today: date) -> date | None:
    day, month = int(parts["day"]), _month(parts["month"])
    if "year" not in parts:
        return _latest(day, month, today)
    year = _year(parts["year"], today)
    if year in _YEARS:
        with suppress(ValueError):
            return date(year, month, day)
    return None


def _latest(day: int, month: int, today: date) -> date | None:
    for year in (today.year, today.year - 1):
        with suppress(ValueError):
            if (found := date(year, month, day)) <= today:
                return found
    return None


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else _MONTHS.index(text) + 1


def _year(text: str, today: date) -> int:
    if not text.isdecimal():
        return today.year if text == "nay" else today.year - 1
    year = int(text)
    if len(text) > len("26"):
        return year
    century = today.year - today.year % _CENTURY
    return (
        year + century if year + century <= today.year + _NEAR_FUTURE else year + century - _CENTURY
    )
