"""The answer contract: what an answer has in it, and how its citizen reads it.

A third of the citizens of one large city's channel were dissatisfied, mostly because answers were
generic and without proof. So an answer says what was found, on what legal basis, what was done
about it, and what the citizen can do next and until when.
"""

from handlers.content import Lang
from handlers.desk.dossier import Reply
from handlers.view import View

PARTS = ("finding", "basis", "action", "next", "until", "private")


def shown(reply: Reply, view: View) -> str:
    """The answer as its citizen reads it, in the language of the reader of *view*."""
    return told(reply, view, view.lang)


def told(reply: Reply, view: View, lang: Lang) -> str:
    """The answer in *lang*: a line for each part that has something in it."""
    lines = [
        view.content.say(lang, f"reply.{part}", text=text)
        for part in PARTS
        if (text := getattr(reply, part))
    ]
    return "\n".join(lines)
