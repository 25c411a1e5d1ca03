"""What people type, made comparable."""

import unicodedata
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.text import clean, fold, is_blank, spell_out

MARKS = "\u0300\u0301\u0303\u0309\u0323\u0344\u0345\u031b\u20dd"
UNSEEN = "\0\x07\u200b\u200d\u200e\u202e\u2066\ufeff\ud800\xad"
texts = st.text() | st.text(alphabet=f"aAuơđÐð ế{MARKS}{UNSEEN}\n\r\t\u2028\xa0…😀%1", max_size=60)


@given(texts)
def test_clean_is_idempotent(text: str) -> None:
    """Cleaning what is clean changes nothing."""
    assert clean(clean(text)) == clean(text)


@given(texts)
def test_clean_leaves_nothing_unseen(text: str) -> None:
    """No control, format or surrogate character but the newline outlives cleaning."""
    kept = {unicodedata.category(c) for c in clean(text).replace("\n", "")}
    assert kept.isdisjoint({"Cc", "Cf", "Cs"})
    assert clean(text).encode().decode() == clean(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nguyễn Thị Hoà, đường Đống Đa  ", "Nguyễn Thị Hoà, đường Đống Đa"),
        (unicodedata.normalize("NFD", "Hòa Vang"), "Hòa Vang"),
        ("một\r\nhai\rba\u2028bốn", "một\nhai\nba\nbốn"),
        ("số\t1\xa02", "số 1 2"),
        ("\u202eabc\u202c\0 d\u200be\ufeff", "abc de"),
        ("e\u200b\u0302\u0301", "ế"),
        ("👍🏽 👨\u200d👩\u200d👧 ❤️", "👍🏽 👨👩👧 ❤️"),
        ("\ud83d", ""),
        ("a" + "\u0301" * 500 + "b", "á" + "\u0301" * 7 + "b"),
    ],
)
def test_clean_keeps_what_a_person_reads(typed: str, kept: str) -> None:
    """Vietnamese stays exact; what cannot be seen goes."""
    assert clean(typed) == kept


@given(texts)
def test_fold_is_idempotent(text: str) -> None:
    """Folding what is folded changes nothing."""
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_fold_sees_no_normal_form(text: str) -> None:
    """The four Unicode forms of a text fold alike."""
    assert fold(unicodedata.normalize("NFC", text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(unicodedata.normalize("NFKC", text)) == fold(text)
    assert fold(unicodedata.normalize("NFKD", text)) == fold(text)


@given(texts)
def test_fold_gives_plain_words(text: str) -> None:
    """A folded text has only a-z, 0-9 and %, single spaces, and none at its ends."""
    folded = fold(text)
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789% ")
    assert folded.split(" ") == folded.split() or not folded


@given(st.sampled_from(["oa", "oe", "uy"]), st.sampled_from("\u0300\u0301\u0303\u0309\u0323"))
def test_fold_sees_no_tone_placement(vowels: str, tone: str) -> None:
    """The old and the new place of a tone mark fold alike (hoà, hòa)."""
    assert fold(f"h{vowels[0]}{tone}{vowels[1]}") == fold(f"h{vowels}{tone}") == f"h{vowels}"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Đền bù giải toả", "den bu giai toa"),
        ("ĐỀN BÙ GIẢI TỎA", "den bu giai toa"),
        ("\u00d0à Nẵng", "da nang"),
        ("\u0189à Nẵng", "da nang"),
        ("Xã Tr'Hy – 70%", "xa tr hy 70%"),
        ("120 m²", "120 m2"),
        ("𝗧𝗮𝗺 Ｋỳ", "tam ky"),
        ("\u200bTam\u200d Kỳ", "tam ky"),
        ("😀 …", ""),
    ],
)
def test_fold_examples(typed: str, folded: str) -> None:
    """Case, accents, wrong Đ, punctuation and fancy letters make no difference."""
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("folded", "spelt"),
    [
        ("ko co so do co dc den bu hok", "khong co so do co duoc den bu khong"),
        ("tien den bu bn z", "tien den bu bao nhieu vay"),
        ("30 kg gao 200 k", "30 kg gao 200 k"),
        ("dattt vuon quaaaa", "dat vuon qua"),
        ("xa la ee", "xa la ee"),
        ("", ""),
    ],
)
def test_spell_out_writes_shorthand_in_full(folded: str, spelt: str) -> None:
    """Phone shorthand becomes the words it stands for."""
    assert spell_out(folded) == spelt


@given(texts)
def test_spell_out_is_idempotent(text: str) -> None:
    """What is written out has no shorthand left."""
    assert spell_out(spell_out(fold(text))) == spell_out(fold(text))


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\u200b\u202e\0", "\u0301\u0323", "\u3164\u2800 \ufe0f"]
)
def test_blank_is_what_nobody_can_read(text: str) -> None:
    """Spaces, zero-width characters, lone marks and empty letters are blank."""
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " ? ", "1", "👍", "\u202eĐ"])
def test_a_sign_is_not_blank(text: str) -> None:
    """One letter, digit, punctuation mark or emoji can be read."""
    assert not is_blank(text)


@given(texts)
def test_blank_survives_cleaning(text: str) -> None:
    """Cleaning never takes away what can be read, nor makes a blank readable."""
    assert is_blank(clean(text)) == is_blank(text)


@pytest.mark.parametrize("unit", ["a", "\0", "\u0301\u0323", "\ud800", "한", "😀", "…\u0323\u0301"])
def test_a_hundred_thousand_characters_are_read_at_once(unit: str) -> None:
    """No text is slow to read, not even marks in an order made to be slow to sort."""
    text = unit * (100_000 // len(unit))
    start = perf_counter()
    clean(text), fold(text), is_blank(text)
    assert perf_counter() - start < 3
