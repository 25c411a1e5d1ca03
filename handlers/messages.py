"""What the bot says: one neutral message that every channel can render."""

import unicodedata
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field

from handlers.events import Media
from handlers.model import Frozen

MAX_QR = 500
"""Letters of a text drawn as a QR picture: even of three bytes each they fit into one."""

Expects = Literal["text", "choice", "date", "number", "phone", "place", "media"]
Tone = Literal["plain", "primary", "danger"]


class Choice(Frozen):
    """One thing a person may choose.

    *key* is for the room that offered it and never leaves the server; *label* is what people
    read, at most 35 characters, so that it fits the narrowest channel.
    """

    key: str
    label: str
    tone: Tone = "plain"


@lru_cache(maxsize=4096)
def choice(key: str, label: str, tone: Tone = "plain") -> Choice:
    """A choice; the same few are offered in every turn, so they are made once."""
    return Choice(key=key, label=label, tone=tone)


class Say(Frozen):
    """One message to one person: plain text, never markup, and what may be chosen.

    The wire payload of choice *n* (from 1) is ``c:<step>:<n>``; the server looks up what it means,
    so a forged or old payload can do nothing but have the current question asked again.
    *expects* is a hint for the channel: show a share-contact button, a numeric keyboard, a camera.
    *lang* is the language the text is written in, for the channel's own few words around it.

    What is *sealed* is said in confidence of the message of that code ("-": of none, or several):
    it is kept under another key, and only until it was read. *forget*: a page keeps nothing any
    more of what was said until now.

    *files* go along: ones whose bytes are already kept here, named by their keys. *qr* is a text,
    usually a link, drawn beside the message as a QR picture.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    step: int = 0
    expects: Expects = "choice"
    lang: Literal["vi", "en"] = "vi"
    files: tuple[Media, ...] = ()
    qr: Annotated[str, Field(max_length=MAX_QR)] = ""
    sealed: str = ""
    forget: bool = False


def split(text: str, limit: int) -> list[str]:
    """Cut *text* into the parts, of at most *limit* UTF-16 units, in which a channel shows it.

    Between paragraphs, else lines, else words; inside a word only when it fills half a part. White
    space around a cut is dropped, as Telegram drops it around a message.
    """
    parts = []
    rest = text.strip()
    while (fits := _fitting(rest, limit)) < len(rest):
        cut = _pause(rest, fits)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest]


def _fitting(text: str, limit: int) -> int:
    """How many leading characters of *text* fit into *limit* UTF-16 units."""
    if len(text) * 2 <= limit:
        return len(text)
    used = 0
    for place, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return place
    return len(text)


def _pause(text: str, end: int) -> int:
    """The best place to cut *text*, at or before *end*."""
    for pause in ("\n\n", "\n", " "):
        if (place := text.rfind(pause, 0, end + 1)) >= max(1, end // 2):
            return place
    while end > 1 and unicodedata.combining(text[end]):
        end -= 1  # a mark stays with its letter
    return end
