"""Working days of Viet Nam and what falls due when."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.calendar import Calendar, read_calendar

TOML = (Path(__file__).parents[2] / "content" / "calendar.toml").read_text("utf-8")
PROVINCE = read_calendar(TOML)

days = st.dates(date(2020, 1, 1), date(2045, 12, 31))
limits = st.integers(0, 90)
calendars = st.builds(
    Calendar,
    extra_off=st.frozensets(days, max_size=5),
    extra_work=st.frozensets(days, max_size=5),
) | st.just(PROVINCE)


@pytest.mark.parametrize(
    ("received", "limit", "due"),
    [
        (date(2026, 11, 22), 7, date(2026, 12, 2)),
        (date(2026, 11, 22), 10, date(2026, 12, 7)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 23), 1, date(2026, 11, 25)),
        (date(2026, 2, 13), 1, date(2026, 2, 23)),
        (date(2026, 8, 21), 1, date(2026, 8, 22)),
        (date(2025, 12, 31), 1, date(2026, 1, 5)),
        (date(2026, 1, 9), 1, date(2026, 1, 10)),
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
    ],
)
def test_a_limit_ends_on_the_lawful_day(received: date, limit: int, due: date) -> None:
    """Weekends, holidays and moved days don't count, nor does the day of receipt."""
    assert PROVINCE.add_working_days(received, limit) == due


@pytest.mark.parametrize(
    "day",
    [
        date(2025, 1, 29),
        date(2025, 4, 7),
        date(2025, 5, 2),
        date(2026, 2, 17),
        date(2026, 4, 27),
        date(2026, 8, 31),
        date(2026, 11, 24),
        date(2027, 2, 8),
        date(2027, 5, 3),
        date(2028, 1, 3),
        date(2028, 9, 4),
        date(2026, 11, 22),
    ],
)
def test_nobody_works_on_a_day_off(day: date) -> None:
    """Tet, the Hung Kings, national days, days in lieu and Sundays are days off."""
    assert not PROVINCE.is_working_day(day)


def test_the_culture_day_is_a_holiday_only_since_2026() -> None:
    """24 November was an ordinary day before Resolution 28/2026/QH16."""
    assert PROVINCE.is_working_day(date(2025, 11, 24))


def test_the_province_corrects_the_library() -> None:
    """What the library has wrong about New Year 2026 is put right by the file."""
    plain = Calendar()
    assert plain.is_working_day(date(2026, 1, 2))
    assert not plain.is_working_day(date(2026, 1, 10))
    assert not PROVINCE.is_working_day(date(2026, 1, 2))
    assert PROVINCE.is_working_day(date(2026, 1, 10))


def test_a_day_worked_for_next_year_is_worked() -> None:
    """Saturday 27 December 2014 was worked for 2 January 2015, whichever is asked first."""
    assert Calendar().is_working_day(date(2014, 12, 27))
    assert not Calendar().is_working_day(date(2015, 1, 2))


@given(calendars, days, limits)
def test_a_limit_is_what_lies_between(calendar: Calendar, start: date, limit: int) -> None:
    """Counting the days of a limit gives the limit back."""
    due = calendar.add_working_days(start, limit)
    assert calendar.working_days_between(start, due) == limit
    assert calendar.working_days_between(due, start) == -limit


@given(calendars, days, st.integers(1, 90))
def test_a_limit_ends_when_offices_work(calendar: Calendar, start: date, limit: int) -> None:
    """A due date is a working day after the day of receipt."""
    due = calendar.add_working_days(start, limit)
    assert calendar.is_working_day(due)
    assert due > start


@given(calendars, days, days, limits)
def test_who_comes_later_is_due_no_earlier(
    calendar: Calendar, one: date, other: date, limit: int
) -> None:
    """Due dates keep the order of arrival, and a longer limit ends later."""
    first, second = sorted((one, other))
    due = calendar.add_working_days(first, limit)
    if limit:
        assert due <= calendar.add_working_days(second, limit)
    assert due < calendar.add_working_days(first, limit + 1)


@given(calendars, days, st.integers(0, 60), st.integers(0, 60))
def test_counts_add_up(calendar: Calendar, start: date, one: int, two: int) -> None:
    """Two stretches one after the other count as the whole."""
    middle = start + timedelta(days=one)
    end = middle + timedelta(days=two)
    between = calendar.working_days_between
    assert between(start, middle) + between(middle, end) == between(start, end)


@given(st.dates())
def test_every_day_is_judged(day: date) -> None:
    """Any year at all has an answer; beyond the lunar tables weekends are off."""
    assert PROVINCE.is_working_day(day) in {True, False}
    if day.year > 2101:
        assert PROVINCE.is_working_day(day) == (day.weekday() < 5)


def test_the_version_names_library_and_file() -> None:
    """A due date can be traced to the release and the very text it was computed by."""
    library, file = PROVINCE.version.split(" + ")
    assert library.startswith("holidays 0.")
    assert file.startswith("calendar.toml ")
    assert read_calendar(TOML + "# edited\n").version != PROVINCE.version


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("checked = 2026-11-22\napproved = false\n[[correction", "array"),
        ("approved = false", "checked"),
        ("checked = 2026-11-22\napproved = false\nholiday = 1", "holiday"),
        (TOML.replace('is = "off"', 'is = "free"'), "correction.0.is"),
        (TOML.replace("day = 2026-01-02", "day = 2026-02-30"), "date"),
        (TOML.replace("day = 2026-01-02", "day = 2026-01-10"), "corrected twice"),
        (TOML.replace("source = ", "sourc = "), "correction.0.source"),
    ],
)
def test_a_faulty_file_is_refused_with_its_fault(wrong: str, named: str) -> None:
    """Who edits the file is told what is wrong and where."""
    with pytest.raises(ValueError, match=r"(?s).+") as fault:
        read_calendar(wrong)
    assert named in str(fault.value)
