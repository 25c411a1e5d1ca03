"""Telephone numbers as people type them."""

from time import process_time

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.phones import read_phone, show_phone

MOBILE = "+84905123456"


@pytest.mark.parametrize(
    "typed",
    [
        "0905123456", "0905 123 456", "0905.123.456", "0905-123-456", "090 512 3456",
        "(0905) 123456",
        "84905123456", "+84905123456", "+84 905 123 456", "(+84) 905.123.456", "0084905123456",
        "+84(0)905123456", "+84 0905 123 456", "905123456", "０９０５１２３４５６", "0905–123–456",
        "sđt 0905 123 456 (anh Ba)", "Số: 0905.123.456.", "10 giờ gọi 0905123456 nhé",
        "0905123456 / 0905 123 456", "0905123456, cccd 048099001234", "\u202a+84905123456\u202c",
        "số cũ 01225123456, nay 0905123456", "0905123456 10h sáng",
    ],
)  # fmt: skip
def test_one_number_has_many_ways(typed: str) -> None:
    """In any spacing, with 0, 84, 0084 or +84, among words: one person is reached."""
    assert read_phone(typed) == MOBILE


@pytest.mark.parametrize(
    ("typed", "number", "shown"),
    [
        ("0387123456", "+84387123456", "0387 123 456"),
        ("0236 3 822 123", "+842363822123", "0236 3822 123"),
        ("024 3825 1234", "+842438251234", "024 3825 1234"),
        ("+1 202-555-0123", "+12025550123", "+1 202-555-0123"),
    ],
)
def test_a_number_is_shown_as_people_write_it(typed: str, number: str, shown: str) -> None:
    """Mobile, landline and foreign numbers."""
    assert read_phone(typed) == number
    assert show_phone(number) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "\0", "không có", "1022", "113", "19001234", "1800 1234", "01623456789",
        "090512345", "0905 123 4567", "048099001234", "O905123456", "A0905123456", "0905ABCDEF",
        "0905123456 hoặc 0905123457", "202-555-0123", "14/8/2026", "0905123456" + " " * 200,
    ],
)  # fmt: skip
def test_what_reaches_nobody_is_none(typed: str) -> None:
    """Old prefixes, hotlines, identity numbers, a digit too few or too many, two numbers."""
    assert read_phone(typed) is None


@given(st.integers(0, 9_999_999), st.sampled_from(["90", "91", "98", "32", "38", "56", "70", "81"]))
def test_a_number_shown_is_read_back(subscriber: int, prefix: str) -> None:
    """What the bot shows, a person can type."""
    number = f"+84{prefix}{subscriber:07}"
    assert read_phone(show_phone(number)) == number
    assert read_phone(number) == number


@given(st.text(max_size=60) | st.text(alphabet="0123456789+() .-–a", max_size=40))
def test_any_text_is_a_number_or_none(text: str) -> None:
    """Whatever is typed gives a valid number or none, and is shown somehow."""
    number = read_phone(text)
    if number is not None:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number))
        assert read_phone(show_phone(number)) == number
    assert isinstance(show_phone(text), str)


@pytest.mark.parametrize("piece", ["1", "0905123456 ", "+", "(", "- ", "e\u0301\u0323"])
def test_a_flood_is_no_number(piece: str) -> None:
    """100,000 characters are refused unread, and 200 are read at once."""
    before = process_time()
    read_phone(piece * (100_000 // len(piece)))
    show_phone(piece * (100_000 // len(piece)))
    read_phone(piece * (200 // len(piece)))
    assert process_time() - before < 0.1
