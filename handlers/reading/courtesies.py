"""Short words that carry no matter of their own: greetings, thanks, "yes", "no", "that is all".

So do the few by which somebody asks for no more announcements.

Each reader wants the whole message to be such a phrase, so that a story which begins with a
greeting stays a story. Read folded, for nobody writes accents in a hurry.
"""

import re

from handlers.text import fold, spell_out

_LIMIT = 60
_TO = (
    r"(?: (?:a|da|nhe|nha|nhen|oi|em|toi|minh|chau|con|ban|anh|chi|ong|ba|bac|chu|co|cac|moi nguoi"
    r"|can bo|nhieu|lam|admin|ad|quy vi|lang nghe|there|everyone|please|then|now))*"
)
_FROM = r"(?:(?:da|vang|thua|em|toi|chau|con|minh) )*"


def _phrase(*words: str) -> re.Pattern[str]:
    return re.compile(f"{_FROM}(?:{'|'.join(words)}){_TO}")


_GREETING = _phrase(
    r"(?:xin )?chao(?: buoi (?:sang|trua|chieu|toi))?", "a ?lo", "hello", "hi", "hey"
)
_THANKS = _phrase(
    r"(?:rat )?(?:xin )?(?:chan thanh )?cam on(?: (?:rat )?nhieu)?(?: lam)?",
    r"(?:many )?thanks(?: a lot)?",
    r"thank you(?: (?:very|so) much)?",
    "tks",
    r"ok(?:e|ay|ie)?(?: cam on)?",
    r"(?:da |vang )*(?:da|vang)",
    "tot (?:lam|qua)",
)
_YES = _phrase(
    "co", r"(?:da|vang)(?: co)?", "dong y", "ok(?:e|ay|ie)?", "muon", "tiep(?: tuc)?", "yes", "sure"
)
_NO = _phrase(
    "khong(?: (?:co|can|biet|nho|ro|muon))?(?: gi)?(?: (?:ca|het|nua|them))*",
    "chua(?: (?:co|biet|ro))?(?: gi)?",
    "bo qua",
    "thoi",
    "no(?:ne|pe| thanks| thank you)?",
    "nothing(?: else)?",
    "skip",
    "i do not know",
    "i don t know",
)
_DONE = _phrase(
    r"(?:xong|het|du)(?: roi)?(?: (?:het|ca))?",
    r"(?:chi )?(?:co )?(?:the|vay|bay nhieu|nhieu do)(?: thoi)",
    r"khong con gi(?: nua| them)?",
    "done",
    "finished",
    "that is all",
    "that s all",
)


_STOP = _phrase(
    r"(?:xin )?(?:dung|ngung|thoi|tat|huy) nhan(?: tin| thong bao){1,2}(?: nua)?",
    r"(?:xin )?(?:khong|dung)(?: muon)? (?:nhan|gui)(?: tin| thong bao){1,2} nua",
    r"(?:please )?stop (?:all )?(?:alerts|announcements)",
    r"no more (?:alerts|announcements)",
    "unsubscribe",
)


def greets(text: str) -> bool:
    """Whether it is a greeting and nothing else."""
    return _is(_GREETING, text)


def thanks(text: str) -> bool:
    """Whether somebody only thanks or nods."""
    return _is(_THANKS, text)


def says_yes(text: str) -> bool:
    """Whether it is a plain "yes"."""
    return _is(_YES, text)


def says_no(text: str) -> bool:
    """Whether it is a plain "no", "none" or "I don't know"."""
    return _is(_NO, text)


def says_done(text: str) -> bool:
    """Whether it says that nothing more is to come."""
    return _is(_DONE, text)


def says_stop(text: str) -> bool:
    """Whether it asks for no more announcements, and for nothing else."""
    return _is(_STOP, text)


def _is(phrase: re.Pattern[str], text: str) -> bool:
    return len(text) <= _LIMIT and phrase.fullmatch(spell_out(fold(text))) is not None
