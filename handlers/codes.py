"""Codes of cases (`PA-7K3Q-M2X`) and receipts (`H4TN-62XC-9FQK`): made, read, said aloud.

The alphabet has 23 characters, `23456789CFGHJKLMNPQRTVX`, so that one can be told from another

- by eye: of `0 O Q`, `1 I L`, `2 Z`, `5 S`, `8 B`, `U V` only one stays, so that the others, when
  somebody types them, can mean nothing else; `D` is gone because it looks like `O` and like `Đ`;
- by ear: with `B` and `D` gone, `xê giê pê tê vê` are left of the names that rhyme;
- by the keyboard: Vietnamese input (Telex, VNI) turns `AA`, `A2`, `YF`, `DD`, `W` into accented
  letters, so no vowel and no `D` or `W`. Without vowels no code spells a word either.

23 is prime, which the check character, the seventh of a code, rests on: the values of the seven
characters times their weights add up to 0 modulo 23. Each weight is not 0, so one wrong character
changes the sum; all weights differ, so any two characters that change places do as well; no two
weights cancel out, so a pair `77` typed as `33` does too. Six free characters give 148 million
codes.

A receipt is a secret: twelve free characters, 54 bits. It has no check character, for there is
nothing to suggest: it is known or it is not.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from handlers.text import clean

ALPHABET = "23456789CFGHJKLMNPQRTVX"
CODE_NUMBERS = 6
RECEIPT_NUMBERS = 12

_BASE = len(ALPHABET)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = (3, 4, 5, 6, 7, 8, 9)
_LIMIT = 2000

_MISREAD = {"0": "Q", "O": "Q", "1": "L", "I": "L", "Z": "2", "S": "5", "B": "8", "U": "V"}
_MEANT = str.maketrans(_MISREAD)
_SIGN = f"[{ALPHABET}{''.join(_MISREAD)}]"
_ANY = r"[^\W_]"
_GAP = r"[\W_]{0,3}"
_ALONE = rf"(?<!{_ANY}){{}}(?!{_ANY})"
_PREFIX = rf"P{_GAP}A{_GAP}"

_NAMED_CODE = re.compile(_ALONE.format(rf"{_PREFIX}({_SIGN}(?:{_GAP}{_SIGN}){{6}})"))
_WHOLE_CODE = re.compile(rf"{_GAP}({_SIGN}(?:{_GAP}{_SIGN}){{6}}){_GAP}")
_GROUPED_CODE = re.compile(_ALONE.format(rf"({_SIGN}{{4}}-?{_SIGN}{{3}})"))
_NAMED_TYPO = re.compile(_ALONE.format(rf"PA{_GAP}({_ANY}{{4}}[\W_]?{_ANY}{{3}})"))
_WHOLE_TYPO = re.compile(rf"{_GAP}({_ANY}{{4}}[\W_]?{_ANY}{{3}}){_GAP}")
_WHOLE_RECEIPT = re.compile(rf"{_GAP}({_SIGN}(?:{_GAP}{_SIGN}){{11}}){_GAP}")
_GROUPED_RECEIPT = re.compile(_ALONE.format(rf"({_SIGN}{{4}}[\W_]?{_SIGN}{{4}}[\W_]?{_SIGN}{{4}})"))
_BETWEEN = re.compile(r"[\W_]+")

_NAMES = {
    "2": "hai", "3": "ba", "4": "bốn", "5": "năm", "6": "sáu", "7": "bảy", "8": "tám", "9": "chín",
    "A": "a", "C": "xê", "F": "ép-phờ", "G": "giê", "H": "hát", "J": "gi", "K": "ca", "L": "e-lờ",
    "M": "em-mờ", "N": "en-nờ", "P": "pê", "Q": "quy", "R": "e-rờ", "T": "tê", "V": "vê",
    "X": "ích-xì",
}  # fmt: skip


def make_code(numbers: Sequence[int]) -> str:
    """The code of six random *numbers* from 0 to 22; anything else is a `ValueError`."""
    free = _spell(numbers, CODE_NUMBERS)
    return next(_show_code(free + check) for check in ALPHABET if _is_right(free + check))


def make_receipt(numbers: Sequence[int]) -> str:
    """The receipt of twelve random *numbers* from 0 to 22; anything else is a `ValueError`."""
    return _show_receipt(_spell(numbers, RECEIPT_NUMBERS))


def read_code(text: str) -> str | None:
    """The first right code in what somebody typed, as it is shown, or None.

    Small letters, spaces, missing dashes and look-alikes are mended. Without its `PA` a code is
    seen if nothing else is typed, or if it stands apart and mixes letters and digits, as words and
    numbers don't. Read from the first 2,000 characters.
    """
    typed = _prepare(text)
    return next((_show_code(code) for code in _typed_codes(typed) if _is_right(code)), None)


def read_receipt(text: str) -> str | None:
    """The receipt in what somebody typed, as it is shown, or None; mended as a code is.

    Among other words it must mix letters and digits: twelve digits are an identity number.
    """
    typed = _prepare(text)
    if whole := _WHOLE_RECEIPT.fullmatch(typed):
        return _show_receipt(_mend(whole[1]))
    found = _GROUPED_RECEIPT.finditer(typed)
    return next((_show_receipt(_mend(receipt[1])) for receipt in found if _mixed(receipt[1])), None)


def near_codes(text: str) -> tuple[str, ...]:
    """All codes one character, or one change of places, away from the code somebody mistyped.

    Sorted, at most 28; none when the code is right or nothing looks like one.
    """
    typed = _prepare(text)
    found = _NAMED_TYPO.search(typed) or _WHOLE_TYPO.fullmatch(typed)
    if found is None or _is_right(wrong := _mend(found[1])):
        return ()
    return tuple(sorted({_show_code(near) for near in _neighbours(wrong) if _is_right(near)}))


def speak(code: str) -> str:
    """A code or receipt in the names of the Vietnamese letters, to be read out by phone."""
    return ", ".join(
        " ".join(_NAMES.get(character, character) for character in group)
        for group in code.split("-")
    )


def _spell(numbers: Sequence[int], length: int) -> str:
    if len(numbers) != length or not all(0 <= number < _BASE for number in numbers):
        raise ValueError(f"{length} numbers from 0 to {_BASE - 1} are needed")
    return "".join(ALPHABET[number] for number in numbers)


def _is_right(characters: str) -> bool:
    if not all(c in _VALUES for c in characters):
        return False
    pairs = zip(_WEIGHTS, characters, strict=True)
    return sum(weight * _VALUES[character] for weight, character in pairs) % _BASE == 0


def _show_code(characters: str) -> str:
    return f"PA-{characters[:4]}-{characters[4:]}"


def _show_receipt(characters: str) -> str:
    return f"{characters[:4]}-{characters[4:8]}-{characters[8:]}"


def _prepare(text: str) -> str:
    return unicodedata.normalize("NFKC", clean(text[:_LIMIT])).upper()


def _mend(typed: str) -> str:
    return _BETWEEN.sub("", typed).translate(_MEANT)


def _mixed(typed: str) -> bool:
    return any(c.isdigit() for c in typed) and any(c.isalpha() for c in typed)


def _typed_codes(typed: str) -> Iterator[str]:
    for named in _NAMED_CODE.finditer(typed):
        yield _mend(named[1])
    if whole := _WHOLE_CODE.fullmatch(typed):
        yield _mend(whole[1])
    for grouped in _GROUPED_CODE.finditer(typed):
        if _mixed(grouped[1]):
            yield _mend(grouped[1])


def _neighbours(wrong: str) -> Iterator[str]:
    """Every text one character or one change of places away from *wrong*."""
    for here, typed in enumerate(wrong):
        before, after = wrong[:here], wrong[here + 1 :]
        for character in ALPHABET:
            yield before + character + after
        for there, other in enumerate(after):
            yield before + other + after[:there] + typed + after[there + 1 :]
