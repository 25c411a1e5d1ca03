"""The first step of every reader: presentation forms gone, digits plain, punctuation kept."""

import re
import unicodedata

from handlers.text import clean, fold

_WORD = re.compile(r"[^\W\d_]+")


def compose(text: str) -> str:
    """The text in small letters with its accents: `② HÒA` is `2 hòa`, in NFC."""
    return unicodedata.normalize("NFKC", clean(text)).casefold()


def plain(text: str) -> str:
    """The text with its words folded to `a-z`, one space for any; punctuation is kept."""
    return " ".join(_WORD.sub(lambda word: fold(word[0]), compose(text)).split())
