"""A choice made by typing, for channels without buttons and people who don't press them."""

import re
from collections.abc import Callable, Iterable, Sequence

from handlers.reading.plain import compose
from handlers.text import clean, fold

_LIMIT = 200
_PREFIX_FROM = 4
_KEYCAPS = {0x20E3: None, 0xFE0F: None, 0x1F51F: "10"}
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+|%")

_AROUND = {
    "so", "cau", "muc", "thu", "chon", "phim", "nut", "y", "phuong", "an", "lua", "dap", "toi",
    "em", "con", "chau", "lay", "cho", "a", "nhe", "nha", "di", "number", "no", "option",
    "choice", "please", "the",
}  # fmt: skip
_ACCENTED = {
    "một": 1, "nhất": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10,
}  # fmt: skip
# With accents a word must be the number ("bà" isn't "ba"); without any it may be.
_NUMBERS = {fold(word): number for word, number in _ACCENTED.items()} | _ACCENTED


def read_choice(text: str, labels: Sequence[str]) -> int | None:
    """Index (from 0) of the one label a person typed, or None.

    Tried in turn: the label as it stands, without its symbols, folded; its number from 1 (`2.`,
    `(2)`, `số 2`, `hai ạ`, a keycap); number and label together; four or more folded characters
    that begin one label only. What fits two labels is None, and so is a text over 200 characters.
    """
    if len(text) > _LIMIT:
        return None
    typed = text.translate(_KEYCAPS)
    keys: tuple[Callable[[str], str], ...] = (_as_it_stands, _words, fold)
    for key in keys:
        wanted = key(typed)
        fits = [n for n, label in enumerate(labels) if wanted and key(label) == wanted]
        if fits:
            return _only(fits)
    number = _number(_words(typed).split())
    if number is not None:
        return number - 1 if 1 <= number <= len(labels) else None
    return _begun(fold(typed), [fold(label) for label in labels])


def _as_it_stands(text: str) -> str:
    return clean(text).casefold()


def _words(text: str) -> str:
    return " ".join(_TOKEN.findall(compose(text)))


def _number(tokens: Iterable[str]) -> int | None:
    said = [token for token in tokens if fold(token) not in _AROUND]
    if len(said) != 1:
        return None
    return int(said[0]) if said[0].isdecimal() else _NUMBERS.get(said[0])


def _begun(typed: str, labels: Sequence[str]) -> int | None:
    number, _, rest = typed.partition(" ")
    if rest and number.isdecimal() and 1 <= int(number) <= len(labels):
        chosen = int(number) - 1
        if labels[chosen].startswith(rest):
            return chosen
    if len(typed) < _PREFIX_FROM:
        return None
    return _only([n for n, label in enumerate(labels) if label.startswith(typed)])


def _only(fits: Sequence[int]) -> int | None:
    return fits[0] if len(fits) == 1 else None
