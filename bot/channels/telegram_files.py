"""Files and QR pictures that go with a message to Telegram: before its text, which must not wait.

Theory of operation. Files go first, so that the text, which comes last with its keyboard, can say
which of them did not go along. Whatever would stop the text too (a pause Telegram asks for, a chat
that is gone, no connection) is raised and tried again later; then only what was not settled is
sent. That is remembered in memory alone: a restart in between repeats the files, as it repeats a
text. Anything else is a trouble of one file: a form that Telegram refuses is tried in a plainer
one (alone instead of in an album, its bytes instead of its id, as a document), a file that may
have arrived is not sent twice, and one that fails for ever is named under the text.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Final

from telegram import (
    Bot,
    InputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
)
from telegram.error import BadRequest, NetworkError, TimedOut

from bot.channels.enclosed import FileWords, OpenFile, Source, Stored, draw_qr, file_name
from bot.channels.telegram_errors import nobody_there
from bot.channels.telegram_http import CutOffError, UnsentError
from bot.channels.telegram_wire import CHANNEL, LIMITS
from handlers.events import Media, MediaKind
from handlers.messages import Say

_QR: Final = Media(key="qr", kind="photo", name="qr.png")
_SHOWN: Final[dict[str, MediaKind]] = {
    "image/jpeg": "photo",
    "image/png": "photo",
    "image/webp": "photo",
    "video/mp4": "video",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
}
"""What Telegram can show by itself when it is uploaded; all else is a document."""

_FAMILY: Final[dict[MediaKind, str]] = {
    "photo": "pictures",
    "video": "pictures",
    "document": "documents",
    "audio": "audio",
}
"""Kinds that may share an album; a voice message has none."""

_PATIENCE: Final = 10
_SLOWEST: Final = 100_000
"""Bytes a second: an upload gets `_PATIENCE` seconds and the time its bytes take at this pace."""
_REMEMBERED: Final = 200
"""Files whose ids at Telegram are remembered: what many are told is not uploaded for each."""
_FAILURES: Final = 2
"""Failures of Telegram's own that a message waits out before its text goes without a file."""


@dataclass(slots=True)
class Progress:
    """How far one message came: the keys that are *settled*, the ids of its *files* and *texts*."""

    settled: set[str] = field(default_factory=set)
    missing: list[Media] = field(default_factory=list)
    doubtful: list[Media] = field(default_factory=list)
    failures: int = 0
    files: list[int] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        """Whether sending from the start would repeat something."""
        return bool(self.settled or self.failures or self.texts)


@dataclass(frozen=True, slots=True)
class _Item:
    """One file as it is to be sent: *source* is a file id, what to upload, or the bytes."""

    media: Media
    kind: MediaKind
    source: str | Source | bytes
    name: str
    size: int
    stored: Stored | None = None

    @property
    def upload(self) -> int:
        return 0 if isinstance(self.source, str) else self.size


class Enclosures:
    """Sends what goes with messages; *open_file* gives it the bytes."""

    def __init__(self, bot: Bot, open_file: OpenFile) -> None:
        self._bot = bot
        self._open_file = open_file
        self._known: dict[tuple[str, MediaKind], str] = {}

    async def send(self, chat: int, say: Say, progress: Progress, *, paid: bool = False) -> None:
        """Send what *progress* does not know yet, and note there what could not go along.

        Raises ``TelegramError`` only for what would stop the text of the message as well.
        """
        items = [item async for item in self._items(say, progress)]
        for album in _albums(items):
            await self._give(chat, album, progress, paid=paid)

    async def _items(self, say: Say, progress: Progress) -> AsyncIterator[_Item]:
        if say.qr and _QR.key not in progress.settled:
            picture = draw_qr(say.qr)
            yield _Item(_QR, "photo", picture, _QR.name, len(picture))
        for media in {media.key: media for media in say.files}.values():
            if media.key in progress.settled:
                continue
            stored = await self._open_file(media.key)
            if stored is None or (item := _item(media, stored)).upload > LIMITS.upload:
                progress.settled.add(media.key)
                progress.missing.append(media)
            else:
                known = self._known.get((item.media.key, item.kind))
                yield replace(item, source=known) if known else item

    async def _give(
        self, chat: int, items: tuple[_Item, ...], progress: Progress, *, paid: bool
    ) -> None:
        """Send *items* in this form or a plainer one; what comes of it is noted."""
        try:
            progress.files += await self._post(chat, items, paid=paid)
        except BadRequest as error:
            if nobody_there(error):
                raise
            if plainer := _plainer(items):
                for fewer in plainer:
                    await self._give(chat, fewer, progress, paid=paid)
                return
            progress.missing += _media(items)
        except UnsentError:
            raise
        except (TimedOut, CutOffError):
            progress.doubtful += _media(items)
        except NetworkError:
            progress.failures += 1
            if progress.failures <= _FAILURES:
                raise
            progress.missing += _media(items)
        except OSError:
            progress.missing += _media(items)
        progress.settled.update(item.media.key for item in items)

    async def _post(self, chat: int, items: tuple[_Item, ...], *, paid: bool) -> list[int]:
        """Send *items* as one message or album; the ids Telegram gave them."""
        patience = _PATIENCE + sum(item.upload for item in items) / _SLOWEST
        with ExitStack() as opened:
            files = [await _input(item, opened, attach=len(items) > 1) for item in items]
            if len(items) == 1:
                send = self._sending(items[0].kind)
                sent = await send(
                    chat, files[0], write_timeout=patience, allow_paid_broadcast=paid or None
                )
                self._learn(items[0], sent)
                return [sent.message_id]
            album = [_member(item.kind, file) for item, file in zip(items, files, strict=True)]
            messages = await self._bot.send_media_group(
                chat, album, write_timeout=patience, allow_paid_broadcast=paid or None
            )
            for item, message in zip(items, messages, strict=False):
                self._learn(item, message)
            return [message.message_id for message in messages]

    def _learn(self, item: _Item, sent: Message) -> None:
        """What was uploaded once goes to everybody else by its id."""
        attached = sent.effective_attachment
        file = attached[-1] if isinstance(attached, tuple) and attached else attached
        number = getattr(file, "file_id", "")
        if number and item.media is not _QR:
            kept = dict(list(self._known.items())[-_REMEMBERED:])
            self._known = {**kept, (item.media.key, item.kind): number}

    def _sending(self, kind: MediaKind) -> Callable[..., Awaitable[Message]]:
        match kind:
            case "photo":
                return self._bot.send_photo
            case "video":
                return self._bot.send_video
            case "audio":
                return self._bot.send_audio
            case "voice":
                return self._bot.send_voice
            case "document":
                return self._bot.send_document


def with_troubles(say: Say, progress: Progress, words: FileWords) -> Say:
    """The message with a line for what could not go along; a link not drawn is written out."""
    troubled = (*progress.missing, *progress.doubtful)
    if not troubled:
        return say
    text = f"{say.text}\n\n{say.qr}" if _QR in troubled else say.text
    missing = (media for media in progress.missing if media is not _QR)
    doubtful = (media for media in progress.doubtful if media is not _QR)
    return say.model_copy(update={"text": words.added(text, missing, doubtful)})


def _item(media: Media, stored: Stored) -> _Item:
    """By its id what came over Telegram, else its bytes."""
    name = file_name(media, stored)
    if media.fetch and media.key.startswith(f"{CHANNEL}:"):
        return _Item(media, media.kind, media.fetch, name, stored.size, stored)
    return _Item(media, _kind(media, stored), stored.source, name, stored.size, stored)


def _kind(media: Media, stored: Stored) -> MediaKind:
    """How an uploaded file is shown."""
    if media.kind == "voice" and stored.mime == "audio/ogg":
        return "voice"
    kind = _SHOWN.get(stored.mime, "document")
    return "document" if kind == "photo" and stored.size > LIMITS.photo else kind


def _plainer(items: tuple[_Item, ...]) -> list[tuple[_Item, ...]]:
    """What to try instead of a form that Telegram refused; empty when there is nothing."""
    if len(items) > 1:
        return [(item,) for item in items]
    (item,) = items
    if isinstance(item.source, str) and item.stored is not None:
        return [(replace(item, kind=_kind(item.media, item.stored), source=item.stored.source),)]
    return [] if item.kind == "document" else [(replace(item, kind="document"),)]


def _albums(items: Iterable[_Item]) -> Iterator[tuple[_Item, ...]]:
    """The items in as few messages as can be, in their order within each."""
    families: dict[str, list[_Item]] = {}
    for item in items:
        family = _QR.key if item.media is _QR else _FAMILY.get(item.kind, item.media.key)
        families.setdefault(family, []).append(item)
    for members in families.values():
        album: list[_Item] = []
        for item in members:
            weight = sum(other.upload for other in album) + item.upload
            if album and (len(album) == LIMITS.album or weight > LIMITS.upload):
                yield tuple(album)
                album = []
            album.append(item)
        yield tuple(album)


async def _input(item: _Item, opened: ExitStack, *, attach: bool) -> str | InputFile:
    """What the library is given; a file is read while it is sent, never whole."""
    match item.source:
        case str():
            return item.source
        case bytes():
            return InputFile(item.source, filename=item.name, attach=attach)
        case _:
            handle = opened.enter_context(await asyncio.to_thread(item.source.open, "rb"))
            return InputFile(handle, filename=item.name, attach=attach, read_file_handle=False)


def _member(
    kind: MediaKind, file: str | InputFile
) -> InputMediaPhoto | InputMediaVideo | InputMediaAudio | InputMediaDocument:
    match kind:
        case "photo":
            return InputMediaPhoto(file)
        case "video":
            return InputMediaVideo(file)
        case "audio":
            return InputMediaAudio(file)
        case _:
            return InputMediaDocument(file)


def _media(items: Iterable[_Item]) -> list[Media]:
    return [item.media for item in items]
