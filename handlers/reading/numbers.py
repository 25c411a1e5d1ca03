"""Numbers as people type them: `1.200,5` as Viet Nam writes it, `1200.5` as phones do.

A point before three digits parts thousands, as in Vietnamese; a comma there could be either, so
`1,200` is asked again. Units are left out of the value: who asks for square metres says so, and a
unit that would change the value is refused (a `sào` is 360 m² or 500 m², by region).
"""

import re
from decimal import Decimal
from itertools import takewhile
from math import prod

from handlers.reading.plain import compose

_LIMIT = 200
_DIGITS = 15

_TIMES = {
    "trăm": 100,
    **dict.fromkeys(("nghìn", "nghin", "ngàn", "ngan", "k"), 1_000),
    **dict.fromkeys(("triệu", "trieu", "tr"), 1_000_000),
    **dict.fromkeys(("tỷ", "tỉ", "ty", "ti"), 1_000_000_000),
}
_OTHER_UNITS = {
    "sào", "sao", "mẫu", "mau", "công", "cong", "ha", "hecta", "héc", "hec", "are", "thước",
    "thuoc", "chục", "chuc", "tá", "ta", "vạn", "van", "tram",
}  # fmt: skip
_HALVES = {"rưỡi", "rưởi", "ruoi", "nửa", "nua"}
_LETTER_UNITS = {"m", "đ", "d", "l", "g"}

_SQUARE = re.compile(r"(?<![^\W\d_])([kcd]?m)[23](?![^\W_])")
_SPLIT = re.compile(r"(?<![^\W_])([0-9]+)(tr|tỷ|tỉ|ty|ti|k)([0-9]{1,3})(?![^\W_])")
_NUMBER = re.compile(
    r"(?:(?<!\S)(?P<minus>[-−]))?"
    r"(?P<digits>[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9.,])|[0-9]+(?:[.,][0-9]+)*)"
)
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([., ])[0-9]{3}(?:\1[0-9]{3})*")
_WORD = re.compile(r"[^\W\d_]+")


def read_number(text: str) -> Decimal | None:
    """The one number in what somebody typed, exactly, or None where it isn't sure.

    `120 m2`, `khoảng 20 hộ`, `3tr5` and `1,2 tỷ` are sure; two numbers, `1,200`, `2 sào`, `12A`
    and more than 15 digits or 200 characters are not. A minus before it counts.
    """
    if len(text) > _LIMIT:
        return None
    # The zeros make of `3tr500` a fraction that can't be taken for thousands.
    typed = _SPLIT.sub(r"\1,\g<3>000 \2", _SQUARE.sub(r"\1", " ".join(compose(text).split())))
    found = list(_NUMBER.finditer(typed))
    if len(found) != 1:
        return None
    before, after = typed[: found[0].start()], typed[found[0].end() :]
    value = _value(found[0]["digits"], first=not before)
    times = _times(before, after)
    if value is None or times is None:
        return None
    return _shortest(-value * times if found[0]["minus"] else value * times)


def show_number(number: Decimal) -> str:
    """The number as it is written in Viet Nam: `1.200,5`, without zeros at its end."""
    shown = f"{number:,f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return shown.translate({ord(","): ".", ord("."): ","})


def _value(typed: str, *, first: bool) -> Decimal | None:
    """What digits and their marks are worth, None where that isn't sure."""
    marks = [c for c in typed if not c.isdecimal()]
    if len(typed) - len(marks) > _DIGITS or (" " in marks and not first):
        return None
    if _GROUPED.fullmatch(typed):
        return None if marks == [","] else Decimal(_digits(typed))
    if not marks:
        return Decimal(typed)
    whole, mark, part = typed.rpartition(marks[-1])
    if mark in whole or (len(marks) > 1 and not _GROUPED.fullmatch(whole)):
        return None
    return Decimal(f"{_digits(whole)}.{part}")


def _digits(typed: str) -> str:
    return "".join(filter(str.isdecimal, typed))


def _times(before: str, after: str) -> int | None:
    """By how much the words around a number multiply it, None where they change it otherwise."""
    words = _WORD.findall(after)
    unit = words[0] if words else ""
    glued = after[:1].isalpha()
    if before[-1:].isalpha() or after.startswith("/") or not _HALVES.isdisjoint(words):
        return None
    if unit in _OTHER_UNITS or (glued and len(unit) == 1 and unit not in {*_TIMES, *_LETTER_UNITS}):
        return None
    factors = list(takewhile(_TIMES.__contains__, words))
    # A thousand anywhere else belongs to a number in words.
    if any(word in _TIMES for word in [*_WORD.findall(before), *words[len(factors) :]]):
        return None
    return prod(_TIMES[factor] for factor in factors)


def _shortest(number: Decimal) -> Decimal:
    """The same number without zeros after its point and without an exponent."""
    whole = number.to_integral_value()
    return whole if whole == number else number.normalize()
