"""From an event to what it means in this conversation: a choice, a command, free text, a file."""

from handlers.codes import read_code
from handlers.events import (
    Chose,
    Edited,
    Said,
    SentMedia,
    SentUnreadable,
    SharedContact,
    SharedPlace,
    Started,
)
from handlers.reading.choices import read_choice
from handlers.session import Part, Session
from handlers.text import clean, fold, is_blank
from handlers.view import Blank, Command, Input, Picked, Stale, Wrote

# Vietnamese name and English alias of every command a citizen has (README, "Commands").
COMMANDS = {
    "start": "start",
    "gui": "gui",
    "submit": "gui",
    "tracuu": "tracuu",
    "track": "tracuu",
    "dulieu": "dulieu",
    "mydata": "dulieu",
    "huy": "huy",
    "cancel": "huy",
    "ngonngu": "ngonngu",
    "language": "ngonngu",
    "trogiup": "trogiup",
    "help": "trogiup",
}

Understandable = (
    Started | Said | Chose | SentMedia | SharedContact | SharedPlace | SentUnreadable | Edited
)


def understand(session: Session, event: Understandable) -> Input:
    """What *event* means where *session* stands."""
    match event:
        case Started(payload=payload):
            return Command("start", clean(payload))
        case Chose(step=step, n=n):
            current = step == session.step and 1 <= n <= len(session.offered)
            return Picked(session.offered[n - 1].key) if current else Stale()
        case Said(text=text, ref=ref):
            return _understand_text(session, clean(text), ref)
        case _:
            return event


def _understand_text(session: Session, text: str, ref: str) -> Input:
    if is_blank(text):
        return Blank()
    if text.startswith("/"):
        word, _, rest = text[1:].partition(" ")
        name = word.partition("@")[0].casefold()
        return Command(COMMANDS.get(name, "?"), rest.strip())
    picked = _choice(session, text)
    return Picked(picked) if picked else Wrote(Part(text=text, ref=ref))


def _choice(session: Session, text: str) -> str:
    """Key of the choice *text* names, else empty.

    Where words or numbers are asked for, "2" is an answer and only a whole label is a choice.
    """
    if not session.offered or len(text) > LONGEST_LABEL:
        return ""
    for offered in session.offered:
        if offered.label == text:
            return offered.key
    if session.numbered:
        index = read_choice(text, [choice.label for choice in session.offered])
        return "" if index is None else session.offered[index].key
    folded = fold(text)
    return next((c.key for c in session.offered if fold(c.label) == folded), "")


def asked_code(did: Wrote) -> str:
    """The code somebody typed, when that is about all they typed; else empty."""
    return (read_code(did.text) or "") if len(did.text) <= LONGEST_REQUEST else ""


LONGEST_LABEL = 60
LONGEST_REQUEST = 40  # characters; a code in a longer text is part of a story
