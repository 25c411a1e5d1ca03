"""Numbers that say who somebody is, hidden: telephones, ids, bank accounts, cards, e-mail.

Used for whatever leaves the seal: the words a case is found by, copies that answers are compared
with, the log, exports, and the words on a card for who may not see who sent it. A sign is put in
the place of each sign, so nothing else moves, and what folds to nothing is found by nobody.

What a case needs stays: parcels and map sheets, numbers of decisions, dates, money, areas, houses,
codes. Where both could be meant, a number is hidden: it can be asked for, and not be taken back.
Numbers in words ("không chín không…") are not known.

Linear in the length of the text: each sign is looked at a fixed number of times.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from handlers.text import clean, fold

SIGN = "•"
HIDDEN = SIGN * 6  # so many at least, where something is: a list is marked by one
_UNSEEN = "\x00"
_SOME_UNSEEN = "_"  # what `clean` leaves of it: accents that belong to no letter
_FEWEST = 6  # digits; fewer say nothing of anybody
_MANY = 9  # digits in a row: no parcel, no paper of an office has so many
_PARTS = 12  # groups one number is written in
_NEAR = 40  # signs between a word and the number it is about
_BEHIND = 15  # and between a number and the bank's name after it

# -- the shape of a text ---------------------------------------------------------------------------


class _Shapes(dict[int, str]):
    """One sign for each, so that places agree: digits, letters without accents, plain marks."""

    def __missing__(self, point: int) -> str:
        self[point] = shape = _shape(chr(point))
        return shape


def _shape(c: str) -> str:
    digit = unicodedata.digit(c, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(c)
    if c in "\n\r":
        return "\n"
    if c == "\t" or category[0] == "Z":
        return " "
    if category[0] in "CM":
        return _UNSEEN
    if category == "Pd" or c == "−":
        return "-"
    plain = unicodedata.normalize("NFKD", c).casefold()[:1]
    return "d" if plain in {"đ", "ð"} else plain


_SHAPES = _Shapes()

# -- what is looked for, in the plain shape: "số tài khoản" is "so tai khoan" ----------------------

# Runs of digits, joined by what people put between the digits of one number.
_NUMBER = re.compile(r"(?:\+[ (]{0,2}+)?\d++(?:(?:[ .\-()_]{1,3}+|,)\d++)*+")
_RUN = re.compile(r"\d++")
_EMAIL = re.compile(r"(?<![\w.+%\-])[\w.+%\-]++@[\w\-]++(?:\.[\w\-]++)+")
_PASSPORT = re.compile(r"\b(?:ho chieu|passport)\D{0,20}?(?<![a-z])([a-z]\d{7,8})(?!\d)")
_SLASHED = re.compile(r"(?<![\w/])0\d{2,3}/\d{3}/\d{3,4}(?![\w/])")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2} ?[.\-] ?\d{1,2} ?[.\-] ?(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)"
    r"(?!\d|[.\-]\d)"
)
_THOUSANDS = re.compile(r"(?<!\d)[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3}){0,5}(?!\d|[.,]\d{3})")
_SPACED_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?: \d{3}){1,5}")
_UNIT_AFTER = re.compile(
    r" ?(?:d|dong|vnd|usd|tr|trieu|nghin|ngan|ty|ti|k|m2|met|ha|hecta|kg|tan)(?![a-z0-9])"
)
_MONEY_BEFORE = re.compile(
    r"\b(?:so tien|tong|gia|tri gia|boi thuong|ho tro|duoc|nhan|tra|nop|phat|thu|tien|ung|vay)"
    r"[^\d\n]{0,15}\Z"
)
_PAPER_BEFORE = re.compile(
    r"\b(?:thua|thua dat|to|to ban do|ban do|quyet dinh|cong van|van ban|thong bao|bien ban|"
    r"hop dong|lo|ma so|nghi quyet|ke hoach|to trinh|seri|vao so|so gcn)(?: so)?[ :.]{0,3}\Z"
)
_ABOUT = re.compile(
    r"(?<![a-z])(?:"
    r"(?P<account>stk|so tk|so tai khoan|tai khoan|tk|so the|the atm|atm|visa|mastercard|napas)|"
    r"(?P<bank>chuyen khoan|ck|ngan hang|vietcombank|vcb|agribank|bidv|vietinbank|techcombank|tcb|"
    r"mb ?bank|mb|acb|sacombank|vp ?bank|tp ?bank|vib|hdbank|ocb|msb|shb|scb|seabank|lpbank|"
    r"lienvietpostbank|eximbank|momo|zalopay|viettelpay|vnpay)|"
    r"(?P<phone>sdt|so dt|dt|dien thoai|di dong|so may|tel|phone|mobile|hotline|zalo|viber|"
    r"whatsapp|lien he|lien lac|lh|goi|alo)|"
    r"(?P<id>cccd|cmnd|cmt|cmtnd|can cuoc|chung minh|so dinh danh|ma dinh danh|ma so thue|mst|"
    r"ho chieu|passport|bhxh|bhyt)"
    r")(?![a-z])"
)
_HOTLINE = re.compile(r"1[89]00(?:\d{4}|\d{6})")
# Circular 22/2014 and the change of 2017-2018: mobiles by prefix, landlines 02x; then the old forms
# with 11 digits, and Đà Nẵng's and Hà Nội's of before.
_TELEPHONE = re.compile(
    r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}|02\d{8,9}|01[2689]\d{8}|051[01]\d{6,7}|04\d{8}|"
    r"(?:00)?84(?:0?[35789]\d{8}|0?2\d{8,9}|1[2689]\d{8})"
)
_CITIZEN = re.compile(r"0(?:0[1-9]|[1-8]\d|9[0-6])\d{9}")  # the provinces' numbers, 001 to 096
_CARD = re.compile(r"\d{4}([ \-])\d{4}\1\d{4}\1\d{1,7}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DECIMAL = re.compile(r"[1-9]\d{0,2}[.,]\d{4,}")

_OF_BANKS = {"account", "bank"}
_FEWEST_OF = {"account": 6, "bank": 6, "phone": 7, "id": 8}


# -- the whole -------------------------------------------------------------------------------------


def masked(text: str) -> str:
    """*text* with a `SIGN` for each sign of what says who somebody is; of the same length.

    A text with unseen signs in it is cleaned first (`handlers.text.clean`).
    """
    shape = text.translate(_SHAPES)
    if _UNSEEN in shape:
        text = clean(text)
        shape = text.translate(_SHAPES).replace(_UNSEEN, _SOME_UNSEEN)
    parts, at = [], 0
    for start, end in sorted(_hidden(shape)):
        if end > at:
            start = max(at, start)  # noqa: PLW2901 - what two rules hide is hidden once
            parts += [text[at:start], SIGN * (end - start)]
            at = end
    return "".join((*parts, text[at:])) if parts else text


def searchable(text: str) -> str:
    """The folded words a case is found by, with nobody's numbers among them."""
    return fold(masked(text))


Searchable = Annotated[str, AfterValidator(searchable)]
"""Words to find a case by: whoever gives them, in whatever form, they are masked and folded."""


def _hidden(shape: str) -> Iterator[tuple[int, int]]:
    if "@" in shape:
        yield from (found.span() for found in _EMAIL.finditer(shape))
    words: _Words | None = None
    for found in _NUMBER.finditer(shape):
        if found.end() - found.start() < _FEWEST:
            continue
        words = words or _Words(shape)
        yield from _Numbers(shape, found.start(), found.end(), words).hidden()
    if words:
        yield from (found.span(1) for found in _PASSPORT.finditer(shape))
    if "/" in shape:
        for found in _SLASHED.finditer(shape):
            if _TELEPHONE.fullmatch(found[0].replace("/", "")):
                yield found.span()


# -- what a number is about ------------------------------------------------------------------------


class _Words:
    """The words of a text that say what a number near them is."""

    def __init__(self, shape: str) -> None:
        found = tuple(_ABOUT.finditer(shape))
        self._starts = tuple(word.start() for word in found)
        self._ends = tuple(word.end() for word in found)
        self._kinds = tuple(word.lastgroup or "" for word in found)

    def about(self, start: int, end: int) -> set[str]:
        """The kinds named in the signs before a number, and those of banks behind it."""
        if not self._kinds:
            return set()
        after = bisect_left(self._starts, end)
        behind = self._kinds[after : bisect_right(self._starts, end + _BEHIND)]
        before = bisect_left(self._ends, start - _NEAR), bisect_right(self._ends, start)
        return {*self._kinds[slice(*before)], *(kind for kind in behind if kind in _OF_BANKS)}


class _Run(NamedTuple):
    """Digits in a row."""

    start: int
    end: int
    digits: str


class _Numbers:
    """One number, or several that are beside each other, taken apart from the left."""

    def __init__(self, shape: str, start: int, end: int, words: _Words) -> None:
        self._shape, self._start, self._end, self._words = shape, start, end, words
        self._runs = [_Run(*run.span(), run[0]) for run in _RUN.finditer(shape, start, end)]
        self._abroad = shape[start] == "+"

    def hidden(self) -> Iterator[tuple[int, int]]:
        """What of them is hidden."""
        at = 0
        while at < len(self._runs):
            if passed := self._date(at):
                at = passed
            elif told := self._telephone_or_id(at):
                yield self._from(at), self._runs[told - 1].end
                at = told
            elif passed := self._money(at) or self._decimal(at):
                at = passed
            elif told := self._card(at) or self._by_words(at):
                yield self._from(at), self._runs[told - 1].end
                at = told
            else:
                run = self._runs[at]
                if len(run.digits) >= _MANY and not _HOTLINE.fullmatch(run.digits):
                    yield run.start, run.end
                at += 1

    # Each of these answers with the run after what it knows, or 0.

    def _date(self, at: int) -> int:
        found = _DATE.match(self._shape, self._runs[at].start, self._end)
        return self._after(at, found.end()) if found else 0

    def _telephone_or_id(self, at: int) -> int:
        first = self._runs[at]
        if _TELEPHONE.fullmatch(first.digits) or _CITIZEN.fullmatch(first.digits):
            return at + 1
        if at == 0 and self._abroad:
            return self._foreign()
        if first.digits[0] not in "08" or len(first.digits) > _MANY:
            return 0
        digits, told = "", 0
        for last in range(at, min(at + _PARTS, len(self._runs))):
            if last > at and self._date(last):
                break
            digits += self._runs[last].digits
            if _TELEPHONE.fullmatch(digits) or (
                _CITIZEN.fullmatch(digits) and self._widest(at, last) > 2  # noqa: PLR2004 - pairs
            ):
                told = last + 1
        return 0 if told and self._counted(at, told) else told

    def _foreign(self) -> int:
        """A number with a plus: of at most fifteen digits (E.164), and not "+ 5.000.000"."""
        if self._money(0) and not self._runs[0].digits.startswith("84"):
            return 0
        digits, told = 0, 0
        for last, run in enumerate(self._runs[:_PARTS]):
            digits += len(run.digits)
            if digits > 15 or (last and self._date(last)):  # noqa: PLR2004 - E.164
                break
            told = last + 1 if digits > 7 else 0  # noqa: PLR2004 - the shortest there are
        return told

    def _money(self, at: int) -> int:
        run = self._runs[at]
        if found := _THOUSANDS.match(self._shape, run.start, self._end):
            about = self._words.about(run.start, self._end)
            if about & {"account", "id", "phone"} and not self._is_money(run, found.end()):
                return 0
            return self._after(at, found.end())
        spaced = _SPACED_THOUSANDS.match(self._shape, run.start, self._end)
        if spaced and self._is_money(run, spaced.end()):
            return self._after(at, spaced.end())
        return self._after(at, run.end) if self._is_money(run) else 0

    def _decimal(self, at: int) -> int:
        """A number with a fraction, as of a position; "1.0905123456" is one of a list."""
        found = _DECIMAL.match(self._shape, self._runs[at].start, self._end)
        if found is None or _TELEPHONE.fullmatch(self._runs[at + 1].digits):
            return 0
        return at + 2

    def _card(self, at: int) -> int:
        found = _CARD.match(self._shape, self._runs[at].start, self._end)
        if found is None:
            return 0
        past = self._after(at, found.end())
        return 0 if all(_YEAR.fullmatch(run.digits) for run in self._runs[at:past]) else past

    def _by_words(self, at: int) -> int:
        """What the words near it say is somebody's number."""
        first = self._runs[at]
        about = self._words.about(first.start, self._end)
        if not about:
            return 0
        past, digits = at + 1, first.digits
        while past < min(len(self._runs), at + _PARTS) and not self._date(past):
            digits += self._runs[past].digits
            past += 1
        last = self._runs[past - 1]
        fits = {kind for kind in about if _FEWEST_OF[kind] <= len(digits)}
        if not fits or _HOTLINE.fullmatch(digits) or self._is_money(first, last.end):
            return 0
        if fits == {"bank"} and digits.endswith("000") and len(digits) <= _MANY:
            return 0  # "chuyển khoản 2000000"
        if len(digits) < _MANY and _PAPER_BEFORE.search(self._shape, *self._just_before(at)):
            return 0
        return past

    # -- what stands beside a run ------------------------------------------------------------------

    def _is_money(self, run: _Run, end: int = 0) -> bool:
        """Whether its words say that it is an amount, or an area."""
        end = end or run.end
        if _UNIT_AFTER.match(self._shape, end):
            return True
        digits = self._shape[run.start : end]
        before = self._shape[max(0, run.start - _NEAR) : run.start]
        round_ = digits.endswith("000") and digits[0] != "0"
        return round_ and _MONEY_BEFORE.search(before) is not None

    def _just_before(self, at: int) -> tuple[int, int]:
        start = self._runs[at].start
        return max(0, start - _NEAR), start

    def _counted(self, at: int, past: int) -> bool:
        """Whether runs that look like a telephone number are an amount: 84.905.123.456 đ."""
        first, end = self._runs[at], self._runs[past - 1].end
        return first.digits[0] != "0" and _UNIT_AFTER.match(self._shape, end) is not None

    def _widest(self, at: int, last: int) -> int:
        return max(len(run.digits) for run in self._runs[at : last + 1])

    def _from(self, at: int) -> int:
        return self._start if at == 0 else self._runs[at].start

    def _after(self, at: int, end: int) -> int:
        while at < len(self._runs) and self._runs[at].end <= end:
            at += 1
        return at
