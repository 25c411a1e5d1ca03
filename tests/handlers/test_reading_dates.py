"""Dates as people type them."""

import unicodedata
from datetime import date, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.dates import read_date, show_date

TODAY = date(2026, 11, 22)
AUGUST = date(2026, 8, 14)
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
todays = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    "typed",
    [
        "14/8/2026", "14/08/2026", "14-08-26", "14.8.2026", "14 / 8 / 2026", "14/8-2026",
        "14 8 2026",
        "14082026", "20260814", "2026-08-14", "2026/8/14", "１４／８／２０２６", "\u200b14/8/2026",
        "14/8", "14-8", "14/8 năm 2026", "14/8 năm nay", "ngày 14/8",
        "ngày 14 tháng 8 năm 2026", "ngay 14 thang 8 nam 2026", "NGÀY 14 THÁNG 8 NĂM 2026",
        "ngày 14, tháng 8, năm 2026", "14 tháng 8", "14 tháng 8 năm nay", "14 tháng 8/2026",
        "14 tháng 8, 2026", "14 tháng 08 năm 26", "14 thg 8, 2026", "14 Th8 2026",
        "14 August 2026", "14th of August, 2026", "Aug 14, 2026", "14 aug. 2026",
        "ngày ký 14/8/2026", "tôi nhận ngày 14/8 tại xã", "nhận 14 tháng 8 lúc 10 giờ",
        "QĐ 1234/2026/QĐ-UBND ngày 14/8/2026.", "10h30 14/8/2026", "14/8/2026 10:30",
        "14/8/2026 (tức 14-8-26)", "số 15/8, ngày 14-8-2026", "Ngày ký:\n14/8/2026",
        unicodedata.normalize("NFD", "ngày 14 tháng 8 năm 2026"),
    ],
)  # fmt: skip
def test_one_day_has_many_ways(typed: str) -> None:
    """Figures, words, phone formats and English: the 14th of August is meant."""
    assert read_date(typed, TODAY) == AUGUST


@pytest.mark.parametrize(
    ("typed", "ago"),
    [
        ("hôm nay", 0), ("hom nay", 0), ("bữa ni", 0), ("Today", 0),
        ("hôm qua", 1), ("mới hôm qua thôi", 1), ("ngày hôm qua", 1), ("yesterday", 1),
        ("hôm kia", 2), ("hom kia", 2), ("hôm tê", 2),
        ("ngày mai", -1), ("hôm qua, 21/11/2026", 1),
    ],
)  # fmt: skip
def test_days_near_by_are_named(typed: str, ago: int) -> None:
    """Today, yesterday and the day before count from the day the message was sent."""
    assert read_date(typed, TODAY) == TODAY - timedelta(days=ago)


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "\0", "x", "ngày", "ngày 14", "tháng 8", "tháng 8/2026", "8/2026", "năm 2026",
        "31/2/2026", "29/2/2026", "29/2", "8/14/2026", "0/0/2026", "32/1/2026", "14/13",
        "14/8/0026",
        "14/8/1899", "14/8/2100", "14/8/20266", "114/8/2026", "14/8/2026/7", "1.14/8/2026", "14082",
        "từ 14/8/2026 đến 20/8/2026", "14/8/2026-15/8/2026", "hôm nay hay hôm qua",
        "31/2/2026 hay 1/3/2026", "hôm kìa", "14 tháng 8 năm 20266", "14 tháng 8, 10 giờ",
        "14/8 - 10h30", "1/2 mảnh đất", "thửa 14/8 tờ 5", "14 tháng 13",
        "mùng 2/9/2026", "mồng 3 tháng 3", "14/8/2026 âm lịch", "14 8", "0905123456",
        "14/8/2026" * 60,
    ],
)  # fmt: skip
def test_what_is_not_one_day_is_none(typed: str) -> None:
    """Impossible, several, lunar or unfinished: better asked again than guessed."""
    assert read_date(typed, TODAY) is None


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("14 tháng 12", date(2025, 12, 14)),
        ("ngày 23/11", date(2025, 11, 23)),
        ("22/11", date(2026, 11, 22)),
        ("14/8 năm ngoái", date(2025, 8, 14)),
        ("14 tháng 8 năm trước", date(2025, 8, 14)),
        ("23/11/2026", date(2026, 11, 23)),
        ("30/4/75", date(1975, 4, 30)),
        ("1/1/99", date(1999, 1, 1)),
        ("1/1/36", date(2036, 1, 1)),
        ("1/1/37", date(1937, 1, 1)),
        ("29/2/2024", date(2024, 2, 29)),
        ("2 May 2026", date(2026, 5, 2)),
    ],
)
def test_the_year_is_the_likely_one(typed: str, day: date) -> None:
    """Without a year the day lies in the past; with two figures at most ten years ahead."""
    assert read_date(typed, TODAY) == day


def test_a_leap_day_without_a_year_is_the_last_one() -> None:
    """Early in 2025 the 29th of February is last year's."""
    assert read_date("29/2", date(2025, 3, 1)) == date(2024, 2, 29)


@given(days, todays)
def test_a_day_shown_is_read_back(day: date, today: date) -> None:
    """What the bot shows, a person can type; and so with words, ISO, dots and no dashes at all."""
    assert read_date(show_date(day), today) == day
    assert read_date(f"ngày {day.day} tháng {day.month} năm {day.year}", today) == day
    assert read_date(f"ky {day.day}.{day.month}.{day.year}", today) == day
    assert read_date(day.isoformat(), today) == day
    assert read_date(f"{day:%d%m%Y}", today) == day


@given(todays, st.integers(0, 364))
def test_a_day_without_its_year_is_read_within_a_year(today: date, ago: int) -> None:
    """Whatever day of the last year is named by day and month is found again."""
    day = today - timedelta(days=ago)
    assert read_date(f"{day.day} tháng {day.month}", today) == day
    assert read_date(f"ngày {day.day}/{day.month}", today) == day


def test_a_day_is_shown_as_in_viet_nam() -> None:
    """Day, month, year, with zeros."""
    assert show_date(date(2026, 8, 4)) == "04/08/2026"
    assert show_date(date(31, 1, 2)) == "02/01/0031"


@given(st.text() | st.text(alphabet="0123456789/-. ngàythánămhomqukiải", max_size=60), todays)
def test_any_text_is_a_day_or_none(text: str, today: date) -> None:
    """Whatever is typed gives a day of the years that make sense, or none."""
    day = read_date(text, today)
    assert day is None or 1900 <= day.year < 2100


@pytest.mark.parametrize("piece", ["1/", "1 ", "2026", "thang ", "12 tháng ", "é", "e\u0301\u0323"])
def test_a_flood_is_no_day(piece: str) -> None:
    """100,000 characters are refused unread, and 500 are read in milliseconds."""
    before = process_time()
    read_date(piece * (100_000 // len(piece)), TODAY)
    read_date(piece * (500 // len(piece)), TODAY)
    assert process_time() - before < 0.1
