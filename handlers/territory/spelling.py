"""How names of places are compared, whichever way a phone wrote them.

A word has a *key* (no accents; y as i, k as c, a doubled letter once: "Đăk" is "dac", "Êê" is
"e"), and its accents in two parts: the *shape* of the letters (â, ơ, đ) and the *tones*. Kept
apart, a tone may stand over either vowel ("hoà", "hòa"), and words may be joined or split
("Avương", "A Vương") without a change in either part.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from handlers.text import clean, fold

_WORD_OR_BREAK = re.compile(r"[^\W_]+|[,;()/|\n]")
_DOUBLED = re.compile(r"(.)\1+")
_PAIRS = {("thi", "tran"), ("thi", "xa"), ("thanh", "pho"), ("dac", "khu")}
_ROMAN = {"i": "1", "ii": "2"}
_LOOSE = str.maketrans("kyÐðɖ", "ciđđđ")
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"), "")


class Spelling(NamedTuple):
    """How a word or a whole name is spelt; names are the same when all three parts agree."""

    key: str
    shape: str
    tones: str

    @property
    def accented(self) -> bool:
        """Whether any accent was typed."""
        return bool(self.tones) or self.shape != self.key


class Word(NamedTuple):
    """One word typed: *plain* is folded only; *part* counts the commas and brackets before it.

    "Thị trấn" and the like are one word, so that no name begins or ends inside.
    """

    plain: str
    spelling: Spelling
    part: int


def read_words(text: str) -> list[Word]:
    """The words of *text* in order; one without a letter or digit of ours is left out."""
    words: list[Word] = []
    part = 0
    for match in _WORD_OR_BREAK.finditer(clean(text)):
        plain = fold(match[0]).replace(" ", "")
        word = Word(plain, _spell(match[0].lower(), plain), part)
        if not plain:
            part += 1
        elif words and words[-1].part == part and (words[-1].plain, plain) in _PAIRS:
            words[-1] = Word(
                f"{words[-1].plain} {plain}", join(words[-1].spelling, word.spelling), part
            )
        else:
            words.append(word)
    return words


def join(left: Spelling, right: Spelling) -> Spelling:
    """The spelling of the two written as one."""
    return Spelling(
        _joined(left.key, right.key), _joined(left.shape, right.shape), left.tones + right.tones
    )


def spell(words: Iterable[Word]) -> Spelling:
    """The spelling of a name of these words; empty without words."""
    return reduce(join, (word.spelling for word in words), Spelling("", "", ""))


def _spell(word: str, plain: str) -> Spelling:
    loose = _ROMAN.get(plain, plain).translate(_LOOSE)
    key = _DOUBLED.sub(r"\1", loose)
    if word.isascii():
        return Spelling(key, key, "")
    parts = unicodedata.normalize("NFD", word)
    shape = unicodedata.normalize("NFC", parts.translate(_TONES)).translate(_LOOSE)
    tones = "".join(c for c in parts if ord(c) in _TONES)
    return Spelling(key, _DOUBLED.sub(r"\1", shape), tones)


def _joined(left: str, right: str) -> str:
    # A letter doubled by the joining counts once, as within a word: "Tam Mỹ", "tammy".
    return left + (right[1:] if left and right and left[-1] == right[0] else right)
