"""What makes an answer generic: flags shown to whoever composes it and to whoever releases it.

Flags are advice to people, not a verdict: they say what is missing or looks copied. A flagged
answer is always released by a second person, also where the unit asks for none
(`handlers.rooms.desk.answering`).

Vietnamese is written in syllables, so words are compared as folded syllables; three in a row stand
for a phrase.
"""

import re
from collections.abc import Collection
from typing import Literal

from handlers.desk.dossier import Reply
from handlers.masking import searchable
from handlers.text import fold

Flag = Literal["no_basis", "vague_basis", "copied", "unrelated", "no_proof", "draft_template"]
Lack = Literal["article", "number", "date"]

ROW = 3  # syllables compared at a time
COPIED = 0.7  # of an answer that stood in one earlier answer: a near copy
LEAST = 6  # rows of syllables; fewer are compared with the fixed words of their template
SHARED = 2  # content syllables an answer must share with what was asked

_ARTICLE = re.compile(r"\b(?:dieu|khoan|muc|phu luc|article|art|annex|appendix) [0-9ivx]+\b")
_NUMBER = re.compile(r"\b\d+/(?:\d{4}/)?[a-zđ]", re.IGNORECASE)  # 254/2025/QH15, 88/NQ-CP
_DATE = re.compile(r"\b\d{1,2} ?[-/.] ?\d{1,2} ?[-/.] ?\d{4}\b")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_SAID_DATE = re.compile(rf"\b\d{{1,2}} (?:thang \d{{1,2}}(?: nam)?|(?:{_MONTHS})[a-z]*) \d{{4}}\b")

# Syllables that say nothing of the matter: those of any sentence, and those of any office.
_COMMON = """
    a ai anh ba bac bang bao bi boi cac cach cai can cang chang chi chinh cho chu chua chung co con
    cua cung cuoc da dang day de den di dieu do doi dong du duoc em gi giua gui ha hay hien hoac
    hoi hon ho khi khong kia la lai lam len loi luc luon ma mai moi mot muon nay nam nao nen neu
    ngay nguoi nha nhan nhat nhieu nhu nhung noi nua o ong phai qua ra rang rat roi sau se so su ta
    tai tao the thi thoi toi tren trong truoc tu tung va van vao vay ve vi viec voi vua xin xong y
    yeu the of to and in is are was were it that this for on at by be we you your
"""
_OFFICE = """
    an ban bo cam chuc chuyen cuu dan don giai ghi hanh hop kien kinh lien luat mong nang nghi
    nghien nuoc on phan phap phong quan quyet quy tham thong thuc tiep tin tinh tra tran trach
    trang tuc ubnd uy vu xa xem xet xu ly kip nhanh som cau theo dung dinh
"""
_STOP = frozenset((_COMMON + _OFFICE).split())


def flags(
    reply: Reply,
    asked: str,
    earlier: Collection[str],
    fixed: str = "",
    *,
    draft: bool = False,
) -> tuple[Flag, ...]:
    """What is to be said against an answer, in the order it is said.

    *asked* is all its citizen wrote, *earlier* are folded answers of the unit, *fixed* the folded
    words of the template it was made from, and *draft* whether that template is not approved yet.
    """
    said = searchable(f"{reply.finding} {reply.action} {reply.next}")
    own = fold(f"{reply.finding} {reply.action}")
    found: dict[Flag, bool] = {
        "no_basis": not fold(reply.basis),
        "vague_basis": bool(fold(reply.basis)) and bool(lacking(reply.basis)),
        "copied": any(_copies(said, other, fixed) for other in earlier),
        "unrelated": _unrelated(own, fold(asked)),
        "no_proof": not fold(reply.action) and not reply.files,
        "draft_template": draft,
    }
    return tuple(flag for flag, raised in found.items() if raised)


def lacking(basis: str) -> tuple[Lack, ...]:
    """What a legal basis does not name: an article, a number of a document, an in-force date."""
    folded = fold(basis)
    dated = _DATE.search(basis) or _SAID_DATE.search(folded)
    found: dict[Lack, bool] = {
        "article": not _ARTICLE.search(folded),
        "number": not _NUMBER.search(basis),
        "date": not dated,
    }
    return tuple(lack for lack, lacks in found.items() if lacks)


def _copies(said: str, other: str, fixed: str) -> bool:
    """Whether most of an answer stood in another one; what a template gave to both is left out."""
    rows, others = _rows(said), _rows(other)
    own = rows - _rows(fixed)
    if len(own) < LEAST:
        own = rows
    return bool(own) and len(own & others) >= COPIED * len(own)


def _rows(folded: str) -> frozenset[tuple[str, ...]]:
    words = folded.split()
    return frozenset(
        tuple(words[at : at + ROW]) for at in range(max(1, len(words) - ROW + 1)) if words
    )


def _unrelated(said: str, asked: str) -> bool:
    """Whether an answer takes up nothing of what was asked; nothing asked, nothing to take up."""
    matter = _content(asked)
    return len(matter & _content(said)) < min(SHARED, len(matter))


def _content(folded: str) -> frozenset[str]:
    return frozenset(word for word in folded.split() if word not in _STOP)
