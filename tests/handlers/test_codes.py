"""Codes of cases and receipts: what is caught, what is understood, how they are said."""

from itertools import combinations, product
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.codes import (
    ALPHABET,
    make_code,
    make_receipt,
    near_codes,
    read_code,
    read_receipt,
    speak,
)

numbers = st.integers(0, 22)
codes = st.lists(numbers, min_size=6, max_size=6).map(make_code)
receipts = st.lists(numbers, min_size=12, max_size=12).map(make_receipt)
gaps = st.sampled_from(["", " ", "-", " - ", ".", "–", "\u200b"])
gap_lists = st.lists(gaps, min_size=9, max_size=9)


def is_code(text: str) -> bool:
    """Whether *text* is a code exactly as it is shown."""
    return read_code(text) == text


def bare(code: str) -> str:
    """The characters that carry a code."""
    return code.removeprefix("PA").replace("-", "")


def shown(characters: str) -> str:
    """Seven characters in the form of a code, right or wrong."""
    return f"PA-{characters[:4]}-{characters[4:]}"


def error(values: dict[int, int]) -> str:
    """A mistake alone: values at their places, 0 elsewhere."""
    return shown("".join(ALPHABET[values.get(place, 0)] for place in range(7)))


def with_one_wrong(right: str) -> list[str]:
    """All texts that differ from *right* in one character."""
    return [
        right[:here] + wrong + right[here + 1 :]
        for here, wrong in product(range(len(right)), ALPHABET)
        if wrong != right[here]
    ]


def with_two_swapped(right: str) -> list[str]:
    """All other texts in which two characters of *right* changed places."""
    swapped = []
    for one, two in combinations(range(len(right)), 2):
        middle = right[one + 1 : two]
        swapped.append(right[:one] + right[two] + middle + right[one] + right[two + 1 :])
    return [text for text in swapped if text != right]


def test_the_alphabet_has_no_look_alikes() -> None:
    """Of characters that look alike, one stays; no vowel, and the number is prime."""
    assert len(ALPHABET) == len(set(ALPHABET)) == 23
    for alike in ("0OQD", "1IL", "2Z", "5S", "8B", "UV"):
        assert len(set(alike) & set(ALPHABET)) <= 1
    assert not set("AEIOUYWD") & set(ALPHABET)


def test_a_code_looks_as_promised() -> None:
    """PA, four characters, three, of which the last checks the others."""
    assert make_code([5, 13, 1, 18, 15, 0]) == "PA-7K3Q-M2X"
    assert make_receipt(range(12)) == "2345-6789-CFGH"


@pytest.mark.parametrize("wrong", [[], [1] * 5, [1] * 7, [23, 0, 0, 0, 0, 0], [-1, 0, 0, 0, 0, 0]])
def test_a_code_is_made_of_six_numbers(wrong: list[int]) -> None:
    """A source of chance that gives anything else is a bug, and raises."""
    with pytest.raises(ValueError, match="6 numbers from 0 to 22"):
        make_code(wrong)


@given(codes)
def test_every_single_mistake_is_caught(code: str) -> None:
    """No wrong character and no two characters in each other's place make another code."""
    assert is_code(code)
    mistakes = with_one_wrong(bare(code)) + with_two_swapped(bare(code))
    assert not any(is_code(shown(mistake)) for mistake in mistakes)
    assert {read_code(shown(mistake)) for mistake in mistakes} == {None}


def test_no_mistake_is_a_code_by_itself() -> None:
    """The whole proof: sums add up, so a mistake goes unseen only if it is a code on its own.

    A wrong character adds some value at one place; two that change places add it at one and take
    it away at the other; a pair typed as another pair (`77`, `33`) adds it at both.
    """
    for place, value in product(range(7), range(1, 23)):
        assert not is_code(error({place: value}))
    for (one, two), value in product(combinations(range(7), 2), range(1, 23)):
        assert not is_code(error({one: value, two: 23 - value}))
        assert not is_code(error({one: value, two: value}))


@given(code=codes, between=gap_lists, small=st.booleans(), prefixed=st.booleans())
def test_a_code_is_read_however_it_is_spaced(
    *, code: str, between: list[str], small: bool, prefixed: bool
) -> None:
    """Small letters, other dashes, spaces and a missing PA don't matter."""
    characters = ("PA" if prefixed else "") + bare(code)
    typed = "".join(c + gap for c, gap in zip(characters, between, strict=False))
    assert read_code(typed.lower() if small else typed) == code


@given(codes)
def test_look_alikes_are_mended(code: str) -> None:
    """What can only have been meant as one character is read as that one."""
    typed = code.translate(str.maketrans("QL825V", "O1BZSU"))
    assert read_code(typed) == code
    assert read_code(typed.translate(str.maketrans("O1", "0I")).lower()) == code


@given(codes)
def test_a_code_is_found_in_a_sentence(code: str) -> None:
    """People write around it."""
    assert read_code(f"cho tôi hỏi mã {code.lower()}, đã có trả lời chưa ạ?") == code
    assert read_code(f"({code}).") == code
    assert read_code(f"Mã của bà Tư:{code.replace('-', ' ')} nhé") == code


def test_the_first_right_code_counts() -> None:
    """A mistyped code before a right one doesn't hide it; of two right ones the first is taken."""
    assert read_code("PA-7K3Q-M22, à nhầm, PA-7K3Q-M2X") == "PA-7K3Q-M2X"
    assert read_code("PA-2222-222 và PA-7K3Q-M2X") == "PA-2222-222"


def test_a_bare_code_in_a_sentence_is_found() -> None:
    """Without PA it is seen by its mix of letters and digits."""
    assert read_code("mã 7K3Q-M2X của tôi") == "PA-7K3Q-M2X"
    assert read_code("mã 7k3qm2x của tôi") == "PA-7K3Q-M2X"
    assert read_code("mã AP-7K3Q-M2X của tôi") == "PA-7K3Q-M2X"
    assert read_code("７Ｋ３Ｑ－Ｍ２Ｘ") == "PA-7K3Q-M2X"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PA-",
        "PA-7N3Q",
        "PA-7K3Q-M2X7",
        "tôi gọi 2222222 không ai nghe máy",
        "số nhà 22222222",
        "pa",
        "\0",
        "👍",
    ],
)
def test_what_is_no_code_is_not_taken_for_one(text: str) -> None:
    """Words, phone numbers and half a code are none."""
    assert read_code(text) is None


@given(codes)
def test_a_mistyped_code_is_found_again(code: str) -> None:
    """Whatever single mistake was made, the code meant is among the few suggested."""
    right = bare(code)
    assert code in near_codes(with_one_wrong(right)[0].lower())
    for mistake in with_one_wrong(right)[::11] + with_two_swapped(right):
        near = near_codes(f"mã {shown(mistake)} ạ")
        assert code in near
        assert len(near) <= 28
        assert all(map(is_code, near))


@given(codes, st.sampled_from("AĐEWY%"), st.integers(0, 6))
def test_a_character_no_code_has_is_one_mistake(code: str, strange: str, place: int) -> None:
    """A letter outside the alphabet is replaced, and nothing else."""
    right = bare(code)
    typed = shown(right[:place] + strange + right[place + 1 :])
    assert near_codes(typed) == ((code,) if strange != "%" else ())


@pytest.mark.parametrize("text", ["", "PA-7K3Q-M2X", "PA-AEWY-EEE", "tôi nghĩ trả lời sai", "\0"])
def test_nothing_is_suggested_for_nothing(text: str) -> None:
    """A right code has no neighbours, and words are no codes."""
    assert near_codes(text) == ()


@given(receipt=receipts, small=st.booleans())
def test_a_receipt_is_read_however_it_is_typed(*, receipt: str, small: bool) -> None:
    """Alone it is read with or without dashes, in small letters and with look-alikes."""
    typed = receipt.lower() if small else receipt
    assert read_receipt(typed) == receipt
    assert read_receipt(typed.replace("-", " ")) == receipt
    assert read_receipt(f" {typed.replace('-', '')}. ") == receipt
    assert read_receipt(receipt.translate(str.maketrans("QL825V", "01BZSU"))) == receipt


def test_a_receipt_is_found_in_a_sentence() -> None:
    """An identity or bank number beside it is not mistaken for one."""
    text = "cccd 048099001234, biên nhận 7k3q-m2x8-xxtt của tôi"
    assert read_receipt(text) == "7K3Q-M2X8-XXTT"
    assert read_receipt("cccd của tôi là 048099001234") is None
    assert read_receipt("PA-7K3Q-M2X") is None


def test_a_code_is_said_in_vietnamese() -> None:
    """An official can read it out by phone."""
    assert speak("PA-7K3Q-M2X") == "pê a, bảy ca ba quy, em-mờ hai ích-xì"
    assert speak("H4TN-62XC-9FQK").startswith("hát bốn tê en-nờ, sáu hai ích-xì xê, ")


@given(st.lists(numbers, min_size=12, max_size=12))
def test_every_character_has_its_own_name(values: list[int]) -> None:
    """No two characters are said alike, and none is left unsaid."""
    said = speak(make_receipt(values)).replace(",", "").split()
    assert len(said) == 12
    assert len(set(said)) == len(set(values))
    assert not any(word.isascii() and len(word) == 1 for word in said)


@given(st.text() | st.text(alphabet="PA2389CFQ -01\u0301đ", max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    """Whatever is typed gives a code or none, and never a failure."""
    read = read_code(text)
    assert read is None or is_code(read)
    assert isinstance(speak(text), str)
    assert all(map(is_code, near_codes(text)))
    receipt = read_receipt(text)
    assert receipt is None or read_receipt(receipt) == receipt


@pytest.mark.parametrize(
    "piece", ["P", "P A ", "2", "2 ", "PA-", "PA2345", "-", "đ", "e\u0301\u0323"]
)
def test_a_flood_is_read_in_no_time(piece: str) -> None:
    """100,000 characters take no longer than 2,000."""
    flood = piece * (100_000 // len(piece))
    before = process_time()
    read_code(flood)
    near_codes(flood)
    read_receipt(flood)
    assert process_time() - before < 0.1
