"""The officials' guide: one page, with the commands their own roles allow and no others."""

from collections.abc import Iterable

from handlers.content import Content
from handlers.desk.people import Official
from handlers.desk.permission import Deed, anywhere

# What is offered, in the order of a day's work: the sentence, and the deed it takes.
COMMANDS: tuple[tuple[str, Deed], ...] = (
    ("guide.queue", "see"),
    ("guide.work", "answer"),
    ("guide.dispatch", "assign"),
    ("guide.classify", "classify"),
    ("guide.alarms", "alarms"),
    ("guide.release", "approve"),
    ("guide.return", "return"),
    ("guide.inform", "inform"),
    ("guide.together", "link"),
    ("guide.identity", "identify"),
    ("guide.intake", "intake"),
    ("guide.announce", "announce"),
    ("guide.restricted", "restricted"),
    ("guide.figures", "figures"),
    ("guide.history", "history"),
    ("guide.log", "log"),
    ("guide.block", "block"),
    ("guide.people", "people"),
    ("guide.units", "units"),
    ("guide.templates", "templates"),
    ("guide.requests", "requests"),
    ("guide.rules", "rules"),
)

# Only a competent person may say so, in a decision (Law on Complaints 02/2011/QH13, Law on
# Denunciations 25/2018/QH14): not in a chat, and not of what is done here.
NEVER = "thụ lý, giải quyết, kết luận"


def guide(official: Official, content: Content, roles: Iterable[str]) -> str:
    """One message: who the reader is here, what to do, in which order, and what never to say."""
    lines = [content.say("vi", "guide.title", roles=", ".join(roles))]
    lines += [content.say("vi", key) for key, deed in COMMANDS if anywhere(official, deed)]
    if anywhere(official, "answer") or anywhere(official, "assign"):
        lines.append(content.say("vi", "guide.day"))
    lines.append(content.say("vi", "guide.words", words=NEVER))
    lines.append(content.say("vi", "guide.call", phone=content.controller.phone))
    return "\n".join(lines)
