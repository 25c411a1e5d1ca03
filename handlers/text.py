"""What people type, made comparable.

`clean` is for what is kept and shown, `fold` for what is looked up, `spell_out` for a
search copy only: folding loses meaning ("tố cáo" and "to cao" look alike), so a decision
that matters compares the accented form as well, and names of people are never matched folded.
"""

import re
import unicodedata

_MARKS_IN_A_ROW = 8
_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_SPACES = re.compile("[\t\v\f\x1c-\x1f\xa0]")
_UNSEEN = re.compile("[^\n\\x20-\\x7e\xa1-\xac\xae-\u02ff\u1ea0-\u1ef9]")
_MANY_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MARKS_IN_A_ROW + 1},}}")
_DROPPED = ("Cc", "Cf", "Cs")
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
_NOT_READ = ("C", "M", "Z")

_RUN = re.compile(r"([a-z])\1{2,}")
TEENCODE = {
    "ko": "khong",
    "k": "khong",
    "hok": "khong",
    "hk": "khong",
    "kg": "khong",
    "dc": "duoc",
    "j": "gi",
    "bn": "bao nhieu",
    "bh": "bao gio",
    "z": "vay",
    "hs": "hoc sinh",
    "hp": "hoc phi",
    "tdc": "tai dinh cu",
    "bt": "boi thuong",
    "gpmb": "giai phong mat bang",
    "gcn": "giay chung nhan",
    "qsdd": "quyen su dung dat",
    "cb": "can bo",
    "ubnd": "uy ban nhan dan",
}
_UNITS = ("k", "kg")


def clean(text: str) -> str:
    """The text as it is kept: NFC, trimmed, nothing in it that cannot be seen.

    Controls, NUL, lone surrogates, zero-width and direction marks go (the joiner inside an
    emoji too: a family is shown as its members). Every line end is a newline, every tab and
    no-break space a space. More than eight accents on one letter are thinned out: sorting
    them by Unicode's rule takes quadratic time. Idempotent.
    """
    lines = _SPACES.sub(" ", _LINE_ENDS.sub("\n", text))
    seen = _UNSEEN.sub(_if_seen, lines)
    composed = unicodedata.normalize("NFC", _MANY_MARKS.sub(_thin, seen))
    # Again: composing takes a few marks apart ("\u0344" is two).
    return _MANY_MARKS.sub(_thin, composed).strip()


def fold(text: str) -> str:
    """The text as it is looked up: words of `a-z`, `0-9` and `%`, one space between.

    Without accents, case, punctuation or presentation forms, so that NFC and NFD, old and new
    tone placement, "Ð" (U+00D0) and "Đ" give one result. Idempotent.
    """
    return " ".join(text.translate(_FOLDS).split())


def spell_out(folded: str) -> str:
    """A folded text with phone shorthand written out ("ko dc" as "khong duoc").

    For a search copy only: "bt" may have meant "bình thường". A unit after a number
    ("30 kg") stays. Letters typed three times or more count once ("dattt").
    """
    words = _RUN.sub(r"\1", folded).split()
    before = ["", *words]
    return " ".join(
        word if word in _UNITS and last.isdigit() else TEENCODE.get(word, word)
        for last, word in zip(before, words, strict=False)
    )


def is_blank(text: str) -> bool:
    """Whether there is nothing a person could read: only spaces, marks and unseen characters."""
    return all(unicodedata.category(c)[0] in _NOT_READ or c in _BLANK_LETTERS for c in text)


def _if_seen(match: re.Match[str]) -> str:
    return "" if unicodedata.category(match[0]) in _DROPPED else match[0]


def _thin(match: re.Match[str]) -> str:
    """The run with at most eight combining marks on one base."""
    kept: list[str] = []
    marks = 0
    for c in match[0]:
        marks = marks + 1 if unicodedata.combining(c) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(c)
    return "".join(kept)


def _fold_character(c: str) -> str:
    # One character at a time, decomposed on both sides of casefold: the parts of a composed
    # letter then fold as the letter does, and no order of marks can matter.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", c).casefold())
    return "".join(map(_fold_part, parts))


def _fold_part(c: str) -> str:
    if c.isascii():
        return c if c.isalnum() or c == "%" else " "
    if c in "đðɖ":
        return "d"
    return "" if unicodedata.combining(c) or unicodedata.category(c) == "Cf" else " "


class _Folds(dict[int, str]):
    """The folds of the characters people type; any other is worked out and not kept."""

    def __missing__(self, point: int) -> str:
        return _fold_character(chr(point))


_FOLDS = _Folds(
    (point, _fold_character(chr(point)))
    for points in (range(0x370), range(0x1E00, 0x2070), range(0x1F300, 0x1F700))
    for point in points
)
