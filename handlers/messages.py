"""What the bot says: one neutral message that every channel can render."""

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
