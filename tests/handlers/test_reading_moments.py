"""A day and an hour to come, as people type them."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.moments import read_moment, show_moment

HERE = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=HERE)  # a Monday


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """That hour of this year."""
    return datetime(2026, month, day, hour, minute, tzinfo=HERE)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("24/11 08:00", at(24, 8)), ("08:00 24/11", at(24, 8)), ("8h 24/11", at(24, 8)),
        ("24/11/2026 lúc 8 giờ", at(24, 8)), ("8h00 ngày 24-11-2026", at(24, 8)),
        ("8h sáng mai", at(24, 8)), ("sáng mai 8h", at(24, 8)), ("mai 8g", at(24, 8)),
        ("8h sáng ngày mai", at(24, 8)), ("8H SÁNG MAI", at(24, 8)), ("8h sang mai", at(24, 8)),
        ("14 giờ 30 hôm nay", at(23, 14, 30)), ("14h30", at(23, 14, 30)),
        ("2h30 chiều", at(23, 14, 30)),
        ("8h tối", at(23, 20)), ("8h tối nay", at(23, 20)), ("11h trưa", at(23, 11)),
        ("1h trưa", at(23, 13)), ("9h đêm nay", at(23, 21)), ("12h đêm nay", at(24, 0)),
        ("24h", at(24, 0)), ("8h ngày kia", at(25, 8)), ("7h thứ Tư", at(25, 7)),
        ("7h thứ 2", at(30, 7)), ("7h chủ nhật", at(29, 7)),
        ("8h sáng", at(23, 8)), ("8h hôm qua", at(22, 8)), ("2h đêm mai", at(24, 2)),
    ],
)  # fmt: skip
def test_a_moment(typed: str, moment: datetime) -> None:
    """Figures or words, the day before or after the hour; a day that is not said is today."""
    assert read_moment(typed, NOW) == moment


def test_the_next_such_day() -> None:
    """A day and a month alone are those to come: next year's where this year's are over."""
    assert read_moment("8h 1/2", NOW) == datetime(2027, 2, 1, 8, tzinfo=HERE)
    assert read_moment("8h 23/11", NOW) == at(23, 8)


@pytest.mark.parametrize(
    "typed",
    ["", "mai", "24/11", "31/2 8h", "15h sáng", "25h", "24h30", "8h hoặc 9h mai",
     "bao giờ cũng được", "8:75", "x" * 200, "8h ngày 32/13", "08:00:00"],
)  # fmt: skip
def test_no_moment(typed: str) -> None:
    """Without an hour, with two, or with one that is none, nothing is guessed."""
    assert read_moment(typed, NOW) is None


@given(st.datetimes(datetime(2026, 11, 23), datetime(2030, 1, 1)))  # noqa: DTZ001 - a zone comes
def test_what_is_shown_is_read_again(moment: datetime) -> None:
    """A moment as it is written here is understood."""
    there = moment.replace(tzinfo=HERE, second=0, microsecond=0)
    assert read_moment(show_moment(there), NOW) == there


@given(st.text(max_size=120))
def test_anything_typed(typed: str) -> None:
    """Whatever is typed, it is a moment here or none."""
    found = read_moment(typed, NOW)
    assert found is None or found.tzinfo == HERE
