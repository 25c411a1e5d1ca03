"""Numbers as people type them."""

from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.numbers import read_number, show_number

hundredths = st.decimals(-999_999_999, 999_999_999, places=2)
thousandths = st.decimals(-999_999, 999_999, places=3)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("120", "120"), ("0", "0"), ("007", "7"), ("１２０", "120"), ("\u200b120", "120"),
        ("1.200,5", "1200.5"), ("1,200.5", "1200.5"), ("1200.5", "1200.5"), ("1200,5", "1200.5"),
        ("1.200", "1200"), ("1.200.000", "1200000"), ("1,200,000", "1200000"),
        ("1 200 000", "1200000"), ("0,125", "0.125"), ("0.125", "0.125"), ("1.200,50", "1200.5"),
        ("120 m2", "120"), ("120m2", "120"), ("120 m²", "120"), ("diện tích 120,5 m².", "120.5"),
        ("2 km2", "2"), ("khoảng 20 hộ", "20"), ("20hộ", "20"), ("5%", "5"), ("5đ", "5"),
        ("500k", "500000"), ("3 triệu", "3000000"), ("3 trieu đồng", "3000000"),
        ("1,2 tỷ", "1200000000"), ("3 nghìn m2", "3000"), ("3 ngăn", "3"),
        ("2 trăm triệu", "200000000"), ("3tr5", "3500000"), ("3tr500", "3500000"),
        ("3tr05", "3050000"), ("2k5", "2500"), ("1tỷ2", "1200000000"),
        ("-5", "-5"), ("- 5", "5"), ("+5", "5"), ("-0", "0"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_meant(typed: str, number: str) -> None:
    """Points, commas, units and short forms of speech that can mean one thing only."""
    read = read_number(typed)
    assert read is not None
    assert str(read) == number


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "\0", "x", "mười", "1,200", "12,345", "1.2.3", "1.200.5", "1.20.000", "1,2,3",
        "2 sào", "2 sao", "1 ha", "2,5 mẫu", "3 công đất", "2 chục", "2 triệu rưỡi", "2 tram",
        "1 triệu 200 nghìn", "hai nghìn 5", "12A", "A12", "12/QĐ", "1/2", "10-20", "10 20",
        "14/8/2026", "1e5", "tờ 5 120 m2", "5 của 6", "9999999999999999", "1" * 201,
    ],
)  # fmt: skip
def test_what_could_be_another_number_is_none(typed: str) -> None:
    """Two numbers, two readings, or a unit that would change the value."""
    assert read_number(typed) is None


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1200.5", "1.200,5"),
        ("1200.50", "1.200,5"),
        ("1200", "1.200"),
        ("1.2E+6", "1.200.000"),
        ("0.125", "0,125"),
        ("-1234567.8", "-1.234.567,8"),
        ("0", "0"),
        ("10", "10"),
    ],
)
def test_a_number_is_shown_as_in_viet_nam(number: str, shown: str) -> None:
    """Points part thousands, a comma the rest, and no zeros trail."""
    assert show_number(Decimal(number)) == shown


@given(hundredths)
def test_a_number_shown_is_read_back(number: Decimal) -> None:
    """What the bot shows, a person can type; and so with a plain point."""
    assert read_number(show_number(number)) == number
    assert read_number(f"{number:f}") == number
    assert read_number(f"{show_number(number)} m²") == number


@given(thousandths)
def test_a_number_shown_is_never_read_as_another(number: Decimal) -> None:
    """Three places after the comma may have to be asked again, but aren't taken for thousands."""
    assert read_number(show_number(number)) in {number, None}


@given(st.text() | st.text(alphabet="0123456789.,- ktrmđ²sàotỷ", max_size=40))
def test_any_text_is_a_number_or_none(text: str) -> None:
    """Whatever is typed gives a finite number without an exponent, or none."""
    number = read_number(text)
    assert number is None or set(str(number)) <= set("0123456789.-")


@pytest.mark.parametrize("piece", ["1", "1.", "1 ", "1.000", "k", "m2", "e\u0301\u0323"])
def test_a_flood_is_no_number(piece: str) -> None:
    """100,000 characters are refused unread, and 200 are read at once."""
    before = process_time()
    assert read_number(piece * (100_000 // len(piece))) is None
    read_number(piece * (200 // len(piece)))
    assert process_time() - before < 0.1
