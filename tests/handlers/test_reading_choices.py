"""Choices made by typing."""

import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.choices import read_choice

MENU = ("📝 Gửi ý kiến", "🔎 Tra cứu", "💬 Hỏi nhanh", "🌐 English", "Gửi thêm giấy tờ")
TEN = tuple(f"Mục {letter}" for letter in "abcdefghij")
labels = st.lists(st.text(max_size=12), max_size=12)


@pytest.mark.parametrize(
    "typed",
    [
        "2", "2.", "2)", "(2)", " 2 ", "02", "số 2", "so 2", "số2", "câu 2", "Chọn số 2",
        "2 ạ", "2 nhé",
        "cho tôi số 2", "mục 2", "thứ 2", "2️⃣", "２", "②", "⑵", "#2", "hai", "Hai", "HAI", "số hai",
        "hai ạ", "thứ hai", "two", "number 2", "\u200b2\u200b", "2\0",
        "2. Tra cứu", "2 tra cuu", "2. tra",
        "🔎 Tra cứu", "Tra cứu", "tra cứu", "TRA CỨU", "tra cuu", "tra-cuu", "tra cứu!", "tra c",
        unicodedata.normalize("NFD", "Tra cứu"),
    ],
)  # fmt: skip
def test_one_choice_has_many_ways(typed: str) -> None:
    """Number, word, keycap or label: the second choice is meant."""
    assert read_choice(typed, MENU) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "0", "6", "999", "9" * 200, "1 2", "1.5", "1, 2", "một hai", "cả hai", "2 hay 3",
        "gửi", "gui", "tra", "hoi", "bà", "số", "ạ", "👍", "2%", "\0", "khác", "2" + " " * 200,
        "không phải 2", "2 gui", "mười một",
    ],
)  # fmt: skip
def test_what_is_not_clear_is_no_choice(typed: str) -> None:
    """Nothing, a number outside, several, or too few letters of a label."""
    assert read_choice(typed, MENU) is None


@pytest.mark.parametrize(
    ("typed", "n"),
    [
        ("một", 0), ("hai", 1), ("ba", 2), ("bốn", 3), ("năm", 4),
        ("sáu", 5), ("bảy", 6), ("tám", 7), ("chín", 8), ("mười", 9),
    ],
)  # fmt: skip
def test_numbers_are_read_as_words(typed: str, n: int) -> None:
    """One to ten, with and without accents."""
    assert read_choice(typed, TEN) == n
    bare = "".join(c for c in unicodedata.normalize("NFD", typed) if c.isascii())
    assert read_choice(bare, TEN) == n


def test_ten_has_a_keycap() -> None:
    """The keycap of ten is one character, or two keycaps."""
    assert read_choice("🔟", TEN) == 9
    assert read_choice("1️⃣0️⃣", TEN) == 9


def test_accents_tell_labels_apart() -> None:
    """With accents one label is meant, without any either might be."""
    assert read_choice("bán", ("🏠 Bán", "👫 Bạn")) == 0
    assert read_choice("Bạn", ("🏠 Bán", "👫 Bạn")) == 1
    assert read_choice("ban", ("🏠 Bán", "👫 Bạn")) is None


def test_a_label_comes_before_a_number() -> None:
    """A label that is itself a number, or a word for one, is meant as it stands."""
    assert read_choice("2", ("1", "3", "2")) == 2
    assert read_choice("(2)", ("1", "3", "2")) == 2
    assert read_choice("ba", ("Má", "Bà")) == 1
    assert read_choice("Nam", ("Nam", "Nữ", "a", "b", "c")) == 0
    assert read_choice("2 Tháng 9", ("1", "3", "2 tháng 9")) == 2
    assert read_choice("> 100 m²", ("< 100 m²", "> 100 m²")) == 1
    assert read_choice("100 m2", ("< 100 m²", "> 100 m²")) is None


def test_symbols_alone_may_be_a_label() -> None:
    """A thumb is chosen by a thumb."""
    assert read_choice("👎", ("👍", "👎")) == 1


def test_one_label_twice_is_no_choice() -> None:
    """Who types a label that stands there twice is asked again; its number still counts."""
    assert read_choice("Khác", ("Khác", "Khác")) is None
    assert read_choice("2", ("Khác", "Khác")) == 1


@given(st.lists(st.text(alphabet="aáăbđhoàẻy 12%", min_size=1, max_size=8), max_size=9))
def test_a_label_typed_as_shown_is_chosen(shown: list[str]) -> None:
    """Every label that stands there once can be typed, in NFC and in NFD."""
    seen = [" ".join(unicodedata.normalize("NFC", label).casefold().split()) for label in shown]
    for n, label in enumerate(shown):
        if seen[n] and seen.count(seen[n]) == 1 and label == label.strip():
            assert read_choice(label, shown) == n
            assert read_choice(unicodedata.normalize("NFD", label), shown) == n


@given(st.text(), labels)
def test_any_text_is_a_choice_or_none(text: str, shown: list[str]) -> None:
    """Whatever is typed names a label that exists, or none."""
    n = read_choice(text, shown)
    assert n is None or 0 <= n < len(shown)


@pytest.mark.parametrize("piece", ["2", "2 ", "a", "số ", "👍", "e\u0301\u0323"])
def test_a_flood_is_no_choice(piece: str) -> None:
    """100,000 characters are refused unread."""
    before = process_time()
    assert read_choice(piece * (100_000 // len(piece)), MENU) is None
    assert process_time() - before < 0.1
