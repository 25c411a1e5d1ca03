"""The answer contract: what an answer has in it, and how its citizen reads it.

A third of the citizens of one large city's channel were dissatisfied, mostly because answers were
generic and without proof. So an answer says what was found, on what legal basis (document, article,
in-force date), what was done about it or what proves it, and what the citizen can do next and until
when. Whoever composes, releases or receives it reads it by the same function.
"""

from contextlib import suppress
from datetime import date

from handlers.content import Lang
from handlers.desk.dossier import Reply
from handlers.reading.dates import show_date
from handlers.view import View

PARTS = ("finding", "basis", "action", "next", "until", "private")
SHARED = ("finding", "basis", "action", "next", "until", "files")  # what many cases get alike
# One message of the narrowest channel holds 4096; the rest is for the code, the buttons' words,
# and what an approver must read beside the answer.
LONGEST_ANSWER = 2600
LONGEST_PRIVATE = 300


def shown(reply: Reply, view: View) -> str:
    """The answer as its citizen reads it, in the language of the reader of *view*."""
    return told(reply, view, view.lang)


def told(reply: Reply, view: View, lang: Lang) -> str:
    """The answer in *lang*: a line for each part that has something in it."""
    lines = [
        view.content.say(lang, f"reply.{part}", text=text)
        for part in PARTS
        if (text := _text(reply, part))
    ]
    if reply.files:
        lines.append(view.content.say(lang, "reply.files", files=len(reply.files)))
    return "\n".join(lines)


def _text(reply: Reply, part: str) -> str:
    text = str(getattr(reply, part))
    if part == "until":
        with suppress(ValueError):
            return show_date(date.fromisoformat(text))
    return text


def size(text: str) -> int:
    """The length of a text as messengers count it: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def same_but_private(one: Reply, other: Reply) -> bool:
    """Whether two citizens are answered alike, but for what is said to each alone."""
    return all(getattr(one, part) == getattr(other, part) for part in SHARED)
