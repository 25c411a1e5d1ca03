"""What the page and the server say to each other: JSON, checked to the last field."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.channels import Outcome
from bot.channels.web.files import FileKey
from bot.problems import RefusedError
from handlers.events import (
    Chose,
    Edited,
    Event,
    Media,
    MediaKind,
    Said,
    SentMedia,
    SharedPlace,
    Started,
)
from handlers.messages import Expects, Say

MAX_TEXT = 100_000
"""Letters of one message; a longer one is refused here, a shorter one answered by the mind."""

_MAX_FILES = 20
_MAX_STEP = 2**31 - 1
_MAX_CHOICES = 1_000


def _whole(text: str) -> str:
    """The text with a mark in place of half an emoji, which no file or database can hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


Text = Annotated[str, AfterValidator(_whole)]
ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
MessageId = Annotated[int, Field(ge=0, le=2**63 - 1)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _StartedIn(_In):
    type: Literal["started"]
    payload: Annotated[Text, Field(max_length=256)] = ""


class _SaidIn(_In):
    type: Literal["said"]
    text: Text


class _ChoseIn(_In):
    type: Literal["chose"]
    step: Annotated[int, Field(ge=0, le=_MAX_STEP)]
    n: Annotated[int, Field(ge=1, le=_MAX_CHOICES)]


class _SentMediaIn(_In):
    type: Literal["sent_media"]
    files: Annotated[list[FileKey], Field(min_length=1, max_length=_MAX_FILES)]
    caption: Text = ""


class _SharedPlaceIn(_In):
    type: Literal["shared_place"]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class _EditedIn(_In):
    type: Literal["edited"]
    text: Text
    ref: ClientId


EventIn = Annotated[
    _StartedIn | _SaidIn | _ChoseIn | _SentMediaIn | _SharedPlaceIn | _EditedIn,
    Field(discriminator="type"),
]


class SayIn(_In):
    """One thing a person did.

    *id* is the page's own name of it, the same when it is sent again; *after* is the last message
    of the bot that the page has.
    """

    id: ClientId
    after: MessageId = 0
    event: EventIn

    def files(self) -> tuple[str, ...]:
        """The keys of the files it speaks of; anyone can make them up."""
        return tuple(self.event.files) if isinstance(self.event, _SentMediaIn) else ()

    def told(self, files: Mapping[str, Media]) -> Event:
        """The event, with *files* in place of their keys.

        Raises `RefusedError` when a text is too long or a file is not among *files*.
        """
        match self.event:
            case _StartedIn():
                return Started(payload=self.event.payload)
            case _SaidIn():
                return Said(text=_bounded(self.event.text), ref=self.id)
            case _ChoseIn():
                return Chose(step=self.event.step, n=self.event.n)
            case _SentMediaIn():
                caption = _bounded(self.event.caption)
                return SentMedia(
                    media=_found(self.event.files, files), caption=caption, ref=self.id
                )
            case _SharedPlaceIn():
                return SharedPlace(lat=self.event.lat, lon=self.event.lon, ref=self.id)
            case _EditedIn():
                return Edited(text=_bounded(self.event.text), ref=self.event.ref)


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise RefusedError("text_too_long")
    return text


def _found(keys: Iterable[str], files: Mapping[str, Media]) -> tuple[Media, ...]:
    once = dict.fromkeys(keys)
    if not once.keys() <= files.keys():
        raise RefusedError("file_unknown")
    return tuple(files[key] for key in once)


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True)


class ChoiceOut(_Out):
    """One thing that may be chosen: send *n* back, or let the person type it."""

    n: int
    label: str
    tone: Literal["plain", "primary", "danger"]


class GivenOut(_Out):
    """A file that goes with a message; *url* is good for this visitor only."""

    name: str
    kind: MediaKind
    size: int
    url: str


class QrOut(_Out):
    """A QR picture beside a message: what it says, and the picture as a data address."""

    text: str
    image: str


class MessageOut(_Out):
    """One message of the bot; *id* grows, *step* goes back with a choice.

    It belongs in the place of the message *replaces*, unless that is 0; one that is not known there
    any more stands for itself. What is *private* a page keeps only while it is open, *forget* has
    it keep nothing of what was said before.
    """

    id: int
    replaces: int = 0
    at: datetime
    text: str
    lang: Literal["vi", "en"]
    step: int
    choices: list[ChoiceOut]
    expects: Expects
    files: Sequence[GivenOut] = ()
    qr: QrOut | None = None
    private: bool = False
    forget: bool = False

    @classmethod
    def of(
        cls,
        number: int,
        at: datetime,
        say: Say,
        *,
        replaces: int = 0,
        files: Sequence[GivenOut] = (),
        qr: QrOut | None = None,
    ) -> "MessageOut":
        """The wire form of *say*; the keys of its choices stay here."""
        choices = [
            ChoiceOut(n=n, label=choice.label, tone=choice.tone)
            for n, choice in enumerate(say.choices, start=1)
        ]
        return cls(
            id=number,
            replaces=replaces,
            at=at,
            text=say.text,
            lang=say.lang,
            step=say.step,
            choices=choices,
            expects=say.expects,
            files=files,
            qr=qr,
            private=bool(say.sealed),
            forget=say.forget,
        )


class MessagesOut(_Out):
    """Messages of the bot in their order; with *more*, ask again after the last of them."""

    messages: list[MessageOut]
    more: bool


class AnswerOut(MessagesOut):
    """What became of the thing said (*outcome*), with the messages that followed."""

    outcome: Outcome


class FileOut(_Out):
    """A file that is kept: name its *key* in a ``sent_media`` event."""

    key: str
    kind: MediaKind
    size: int
    mime: str
