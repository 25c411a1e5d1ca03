"""The commands of the desk, and what stands behind them: a code, then the first answers."""

import re
from itertools import islice
from typing import NamedTuple

from handlers.codes import near_codes, read_code, read_receipt
from handlers.desk.people import INVITATION

# The task each command begins, by its Vietnamese name (README, "Commands").
TASK_OF = {
    "nhan": "take",
    "giao": "assign",
    "tralai": "return",
    "hoi": "ask",
    "ghichu": "note",
    "dabao": "inform",
    "traloi": "answer",
    "duyet": "approve",
    "guilai": "send_back",
    "giahan": "extend",
    "chuyen": "refer",
    "tuchoi": "refuse",
    "dong": "close",
    "molai": "reopen",
    "gop": "merge",
    "lienket": "link",
    "uutien": "prioritise",
    "phanloai": "classify",
}
# The English alias of every command of the desk, by its Vietnamese name.
ALIASES = TASK_OF | {
    "hangdoi": "queue",
    "guilai": "sendback",
    "uutien": "priority",
    "dabao": "informed",
    "nguoigui": "identity",
    "tep": "files",
    "tim": "find",
    "nhatky": "log",
    "thongke": "stats",
    "nhapho": "intake",
    "moi": "invite",
    "canbo": "people",
    "donvi": "units",
    "tuyen": "routes",
    "mau": "templates",
    "quydinh": "rules",
    "hoantac": "undo",
    "thongbao": "broadcast",
    "yeucau": "requests",
    "chan": "block",
    "bochan": "unblock",
}
LONGEST = 100  # characters of what is read behind a command
PIECES = 4  # words a code may be typed in
_WORD = re.compile(r"\S+")
_PIECES = re.compile(r"(?=.*\d)\W*P\W*A(\W*[^\W_]){7}\W*", re.IGNORECASE | re.DOTALL)
_HALF = re.compile(r"\s*PA[\W_]{0,3}(?=[\w-]*\d)[\w-]{4,}", re.IGNORECASE)
_ANNOUNCEMENT = re.compile(r"\W*T\W*B((?:\W*[^\W_]){7})\W*", re.IGNORECASE)
ABOUT_A_CASE = frozenset(TASK_OF) | {"nguoigui", "tep"}


def invitation(command: str, behind: str) -> str:
    """The invitation used by ``/start moi-…`` or ``/moi <code>``, as it was made; else empty."""
    meant = command == "start" and behind.startswith(INVITATION)
    code = read_receipt(behind[:LONGEST].removeprefix(INVITATION))
    if code and (meant or command == "moi"):
        return f"{INVITATION}{code}"
    return behind if meant else ""


def announcement_code(typed: str) -> str:
    """The code of an announcement in what somebody typed and nothing else; empty when it is none.

    It is a case's code with other letters before it, and read as leniently.
    """
    written = _ANNOUNCEMENT.fullmatch(typed[:LONGEST])
    code = read_code(f"PA{written[1]}") if written else None
    return f"TB{code.removeprefix('PA')}" if code else ""


def mistyped(typed: str) -> bool:
    """Whether somebody typed the code of an announcement and nothing else, but wrongly."""
    return bool(_ANNOUNCEMENT.fullmatch(typed[:LONGEST])) and not announcement_code(typed)


class Named(NamedTuple):
    """What stood behind a command: the case it names ("" the one in hand), and the rest.

    *near* are the codes one slip away from what looked like one and is none.
    """

    code: str
    rest: str
    near: tuple[str, ...] = ()


def named(behind: str, hand: str) -> Named:
    """The case *behind* a command, or the one in *hand* when no code is there.

    A code may be typed in pieces ("PA 7K3Q M2X"). What begins as one and is none names no case: it
    must never be taken for words about the case in hand.
    """
    first, *longer = [word.end() for word in islice(_WORD.finditer(behind), PIECES)] or [0]
    pieces = [first, *(end for end in longer if _PIECES.fullmatch(behind[:end]))]
    if announcement_code(behind[:first]):
        return Named("", behind.strip())
    for end in pieces:
        if code := read_code(behind[:end]):
            return Named(code, behind[end:].strip())
    for end in pieces:
        if near := near_codes(behind[:end]):
            return Named("", behind[end:].strip(), near)
    if _HALF.match(behind):
        return Named("", behind.strip())
    return Named(hand, behind.strip())
