"""From an event to what it means in this conversation: a choice, a command, free text, a file."""

from handlers.codes import near_codes, read_code, read_receipt
from handlers.desk import commands as desk
from handlers.events import (
    Chose,
    Edited,
    Media,
    Said,
    SentMedia,
    SentUnreadable,
    SharedContact,
    SharedPlace,
    Started,
)
from handlers.reading.choices import read_choice
from handlers.reading.courtesies import greets, says_stop, thanks
from handlers.session import Adding, Denouncing, Filling, Resuming, Session
from handlers.text import clean, fold, is_blank
from handlers.unsent import Part
from handlers.view import Blank, Command, Input, Picked, Polite, Stale, Wrote

# The English alias of every command a citizen has, by its Vietnamese name (README, "Commands").
ALIASES = {
    "start": "start",
    "gui": "submit",
    "tracuu": "track",
    "khieunai": "complaint",
    "nhantin": "alerts",
    "dungtin": "stopalerts",
    "tinkin": "confidential",
    "dulieu": "mydata",
    "suadulieu": "correctmydata",
    "xoadulieu": "erasemydata",
    "rutdongy": "withdrawconsent",
    "huy": "cancel",
    "ngonngu": "language",
    "trogiup": "help",
}
EVERY = ALIASES | desk.ALIASES
COMMANDS = {name: name for name in EVERY} | {alias: name for name, alias in EVERY.items()}

# Where words are answers, even the polite ones.
TAKES_ANY_WORDS = Filling | Adding | Resuming | Denouncing

Understandable = (
    Started | Said | Chose | SentMedia | SharedContact | SharedPlace | SentUnreadable | Edited
)


def understand(session: Session, event: Understandable) -> Input:
    """What *event* means where *session* stands."""
    match event:
        case Started(payload=payload):
            return _command(session, "start", clean(payload))
        case Chose(step=step, n=n):
            current = step == session.step and 1 <= n <= len(session.offered)
            return Picked(session.offered[n - 1].key) if current else Stale()
        case Said(text=text, ref=ref):
            return _understand_text(session, clean(text), ref)
        case SentMedia(media=media):
            return event.model_copy(update={"media": tuple(_readable(item) for item in media)})
        case SharedPlace(title=title):
            return event.model_copy(update={"title": _line(title)})
        case SharedContact(phone=phone):
            return event.model_copy(update={"phone": _line(phone)})
        case _:
            return event


def _readable(media: Media) -> Media:
    """A file whose name and type can be kept and shown, whoever made them up."""
    name, mime = _line(media.name), _line(media.mime)
    if (name, mime) == (media.name, media.mime):
        return media
    return media.model_copy(update={"name": name, "mime": mime})


def _line(text: str) -> str:
    return " ".join(clean(text[:LONGEST_LINE]).split())


def _understand_text(session: Session, text: str, ref: str) -> Input:
    if is_blank(text):
        return Blank()
    if text.startswith("/"):
        word, *rest = text[1:].split(maxsplit=1) or [""]
        name = fold(word.partition("@")[0])  # keyboards put accents on: /nhận is /nhan
        return _command(session, COMMANDS.get(name, "?"), "".join(rest))
    if picked := _choice(session, text):
        return Picked(picked)
    if says_stop(text):
        return Command("dungtin")
    if not any(letter.isalnum() for letter in text):
        return Blank()
    if not isinstance(session.room, TAKES_ANY_WORDS):
        if session.staff and desk.announcement_code(text):
            return Command("thongbao", text)
        if greets(text):
            return Polite("courtesy.greeting")
        if thanks(text):
            return Polite("courtesy.thanks")
    return Wrote(Part(text=text, ref=ref))


def _command(session: Session, name: str, rest: str) -> Command:
    """A link with a code, as on the cards of a staff group, leads an official to the desk."""
    asks_for = name in {"start", "nhatky", *desk.ABOUT_A_CASE}
    if asks_for and session.staff and desk.announcement_code(rest):
        return Command("thongbao", rest)
    to_desk = name == "start" and session.staff and read_code(rest) is not None
    return Command("tim" if to_desk else name, rest)


def _choice(session: Session, text: str) -> str:
    """Key of the choice *text* names, else empty.

    Where words or numbers are asked for, "2" is an answer and only a whole label is a choice.
    """
    if not session.offered or len(text) > LONGEST_LABEL:
        return ""
    for offered in session.offered:
        if offered.label == text:
            return offered.key
    if session.numbered and text.isascii() and text.isdigit():
        return session.offered[int(text) - 1].key if 0 < int(text) <= len(session.offered) else ""
    if session.numbered:
        index = read_choice(text, [choice.label for choice in session.offered])
        return "" if index is None else session.offered[index].key
    folded = fold(text)
    return next((c.key for c in session.offered if fold(c.label) == folded), "")


def asks_for_case(did: Wrote) -> bool:
    """Whether somebody typed a code, right or nearly, and about nothing else."""
    short = len(did.text) <= LONGEST_REQUEST
    return short and bool(read_code(did.text) or near_codes(did.text))


def asks_for_petition(did: Wrote) -> bool:
    """Whether somebody asks for a letter of complaint, and says nothing else."""
    return len(did.text) <= LONGEST_REQUEST and fold(did.text) in PETITION


def tells(did: Wrote) -> bool:
    """Whether the words are too many for a code or a search: somebody tells what happened."""
    return len(did.text) > LONGEST_REQUEST


def tries_receipt(did: Wrote) -> bool:
    """Whether the words may be meant as a receipt; one anywhere in them is a try, and counts."""
    if read_receipt(did.text):
        return True
    one_word = len(did.text.split()) == 1
    return not tells(did) and (one_word or any(c.isdigit() for c in did.text))


PETITION = frozenset(
    f"{begins}{words}"
    for words in ("don khieu nai", "khieu nai", "mau don khieu nai", "letter of complaint")
    for begins in ("", "lam ", "viet ", "soan ", "in ", "toi muon ", "toi muon lam ", "muon lam ")
)
LONGEST_LABEL = 60
LONGEST_LINE = 200  # characters of what others than the person may have written: names of files
LONGEST_REQUEST = 40  # characters; a code in a longer text is part of a story
