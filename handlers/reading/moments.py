"""A day and an hour to come, as people type them: "24/11 08:00", "8h sáng mai", "9h thứ Hai".

The hour is needed; a day that is not said is today. "8h tối" is 20:00, "12h đêm" the midnight that
ends the day. A day and month alone are those to come next.
"""

import re
from datetime import date, datetime, time, timedelta

from handlers.reading.dates import read_date
from handlers.reading.plain import plain

_LIMIT = 100
_NOON = 12
_HOUR = re.compile(
    r"(?<![0-9/.-])(?P<hour>[01]?[0-9]|2[0-4]) ?(?:h|gio|g|:)"
    r"(?: ?(?P<minute>[0-5][0-9])(?![0-9:/.-]))?(?![0-9a-z])"
    r"(?: phut)?(?: ?(?P<half>sang|trua|chieu|toi|dem)\b)?"
)
# The hours that lie after noon when a part of the day is said: 1h trưa is 13:00, 11h trưa is not.
_AFTERNOON = {
    "chieu": range(1, 12),
    "toi": range(1, 12),
    "trua": range(1, 4),
    "dem": range(6, 12),
}
_HALF = re.compile(r"\b(sang|trua|chieu|toi|dem)\b")
_DAY_MONTH = re.compile(r"(?<![0-9/.-])([0-9]{1,2}) ?[/.-] ?([0-9]{1,2})(?![0-9/.-])")
_WEEKDAY = re.compile(r"\b(?:thu (hai|ba|tu|nam|sau|bay|[2-7])|(chu nhat|cn))\b")
_WEEKDAYS = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5}
_RELATIVE = ((re.compile(r"\b(?:ngay kia|mot)\b"), 2), (re.compile(r"\bmai\b"), 1))


def read_moment(text: str, now: datetime) -> datetime | None:
    """The one moment in what somebody typed at *now* (aware), in its time zone; None: none is.

    It may lie in the past: that is the caller's to judge.
    """
    if len(text) > _LIMIT:
        return None
    typed = plain(text)
    hours = list(_HOUR.finditer(typed))
    if len(hours) != 1:
        return None
    hour = hours[0]
    rest = f"{typed[: hour.start()]} {typed[hour.end() :]}"
    clock = _clock(hour, hour["half"] or _only_half(rest))
    day = _day(_HALF.sub(" ", rest), now.date())
    if clock is None or day is None:
        return None
    later, at = clock
    return datetime.combine(day + timedelta(days=later), at, now.tzinfo)


def show_moment(at: datetime) -> str:
    """The moment as it is written here: `08:00 24/11/2026`."""
    return f"{at:%H:%M %d/%m/%Y}"


def _only_half(rest: str) -> str:
    found = _HALF.findall(rest)
    return found[0] if len(found) == 1 else ""


def _clock(found: re.Match[str], half: str) -> tuple[int, time] | None:
    """Days later, and the hour; None for an hour that is none (24:30, 15h sáng)."""
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if hour == 2 * _NOON:
        return (1, time(0)) if minute == 0 else None
    if half == "sang" and hour >= _NOON:
        return None
    if half == "dem" and hour == _NOON:
        return 1, time(0, minute)
    return 0, time(hour + _NOON if hour in _AFTERNOON.get(half, ()) else hour, minute)


def _day(rest: str, today: date) -> date | None:
    words = " ".join(rest.replace("luc", " ").split()).strip(" ,.")
    for pattern, days in _RELATIVE:
        if pattern.search(words):
            return today + timedelta(days=days)
    if weekday := _WEEKDAY.search(words):
        return today + timedelta(days=_until(weekday, today))
    if found := _DAY_MONTH.search(words):
        return _next(int(found[1]), int(found[2]), today)
    if not words or words in {"hom nay", "ngay hom nay", "nay", "ngay"}:
        return today
    return read_date(words, today)


def _until(weekday: re.Match[str], today: date) -> int:
    """Days until that weekday comes next; never today."""
    name = weekday[1]
    number = 6 if name is None else _WEEKDAYS[name] if name in _WEEKDAYS else int(name) - 2
    return (number - today.weekday() - 1) % 7 + 1


def _next(day: int, month: int, today: date) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None
