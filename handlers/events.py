"""What happened: the closed union of everything a conversation can be told.

Events are past tense. A channel makes them from its own raw input; no channel's idea (chat id,
callback query, keyboard) gets past this file.
"""

from typing import Annotated, Literal

from pydantic import Field

from handlers.model import Frozen

MediaKind = Literal["photo", "document", "video", "audio", "voice"]


class Media(Frozen):
    """One file a person sent.

    *key* names it for ever and everywhere (``<channel>:<the channel's own unique id>``), so the
    same file told twice is one file. *fetch* is what the channel needs to download it, empty when
    its bytes are already stored. *name* is the sender's own file name: data, never a path.
    """

    key: str
    kind: MediaKind
    name: str = ""
    mime: str = ""
    size: int | None = None
    fetch: str = ""


class Started(Frozen):
    """A person opened the conversation, perhaps by a link that carries a *payload*."""

    type: Literal["started"] = "started"
    payload: str = ""


class Said(Frozen):
    """A person wrote *text*; *ref* is the channel's name of that message, for later edits."""

    type: Literal["said"] = "said"
    text: str
    ref: str = ""


class Chose(Frozen):
    """A person pressed the *n*-th choice (from 1) of the prompt *step*; anyone can forge it."""

    type: Literal["chose"] = "chose"
    step: int
    n: int


class SentMedia(Frozen):
    """A person sent files; those of one *album* arrive one by one and belong together."""

    type: Literal["sent_media"] = "sent_media"
    media: tuple[Media, ...]
    caption: str = ""
    album: str = ""
    ref: str = ""


class SharedContact(Frozen):
    """A person shared a telephone contact; *own* when the channel vouches it is theirs."""

    type: Literal["shared_contact"] = "shared_contact"
    phone: str
    name: str = ""
    own: bool = False
    ref: str = ""


class SharedPlace(Frozen):
    """A person shared a position in degrees (WGS 84); *title* when the place has a name."""

    type: Literal["shared_place"] = "shared_place"
    lat: float
    lon: float
    title: str = ""
    ref: str = ""


class Edited(Frozen):
    """A person changed the message *ref*, which now reads *text*."""

    type: Literal["edited"] = "edited"
    text: str
    ref: str


class SentUnreadable(Frozen):
    """A person sent something no case can hold: a sticker, a poll, a game."""

    type: Literal["sent_unreadable"] = "sent_unreadable"
    what: str = ""


class Left(Frozen):
    """A person blocked the bot or left the channel."""

    type: Literal["left"] = "left"


class CameBack(Frozen):
    """A person who had left can be reached again."""

    type: Literal["came_back"] = "came_back"


class TimedOut(Frozen):
    """A timer set by an earlier turn has run out."""

    type: Literal["timed_out"] = "timed_out"
    timer: str


class FileRefused(Frozen):
    """A file that was promised could not be kept; *reason* is a key of the texts ``file.*``."""

    type: Literal["file_refused"] = "file_refused"
    key: str
    name: str = ""
    reason: Literal["empty", "too_large", "type", "gone", "id_card"]


Event = Annotated[
    Started
    | Said
    | Chose
    | SentMedia
    | SharedContact
    | SharedPlace
    | Edited
    | SentUnreadable
    | Left
    | CameBack
    | TimedOut
    | FileRefused,
    Field(discriminator="type"),
]
