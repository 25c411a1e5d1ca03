"""What goes along with the bot's messages on a page: files by link, QR pictures inside the message.

A link is good for one visitor only: it carries a keyed hash of their address and the file's key,
made when they are told of the file, so that nobody finds a file by trying addresses, and a link
passed on opens nothing.
"""

import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Literal
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.enclosed import QR_MIME, FileWords, OpenFile, draw_qr, file_name
from bot.channels.web.serving import served
from bot.channels.web.wire import GivenOut, MessageOut, QrOut
from bot.problems import RefusedError
from handlers.events import Media
from handlers.messages import Say

_PLACE: Final = "/chat/given"
SHOWN: Final = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "audio/mp4",
        "audio/ogg",
        "audio/mpeg",
        "audio/aac",
        "audio/wav",
    }
)
"""Kinds by content that a browser shows itself and that can hold no script; others are saved."""

_ONE_DAY: Final = "private, max-age=86400, immutable"

Sign = Callable[[str], str]
"""A keyed hash of a text, that nobody without the server's secret can make."""


class Given:
    """Makes messages with links in them, and answers who follows one."""

    path: Final = _PLACE + "/{signature}/{key}"

    def __init__(
        self, open_file: OpenFile, sign: Sign, words: Mapping[Literal["vi", "en"], FileWords]
    ) -> None:
        self._open_file = open_file
        self._sign = sign
        self._words = words

    async def told(
        self, address: str, number: int, at: datetime, say: Say, *, replaces: int = 0
    ) -> MessageOut:
        """The message as *address* is told it; a file that is not here is named in its text."""
        if not say.files and not say.qr:
            return MessageOut.of(number, at, say, replaces=replaces)
        links: list[GivenOut] = []
        missing: list[Media] = []
        for media in say.files:
            link = await self._link(address, media)
            if link is None:
                missing.append(media)
            else:
                links.append(link)
        if missing:
            text = self._words[say.lang].added(say.text, missing)
            say = say.model_copy(update={"text": text})
        qr = _drawn(say.qr) if say.qr else None
        return MessageOut.of(number, at, say, replaces=replaces, files=links, qr=qr)

    async def follow(self, request: Request, address: str, signature: str, key: str) -> Response:
        """The file behind a link; raises `RefusedError` unless *address* was given that link."""
        ours = self._signature(address, key).encode()
        if not hmac.compare_digest(ours, signature.encode(errors="replace")):
            raise RefusedError("not_found")
        stored = await self._open_file(key)
        if stored is None:
            raise RefusedError("not_found")
        media = Media(key=key, kind="document")
        return served(
            *(request, stored, file_name(media, stored)),
            shown=stored.mime in SHOWN,
            headers={"Cache-Control": _cached(key), "X-Content-Type-Options": "nosniff"},
        )

    async def _link(self, address: str, media: Media) -> GivenOut | None:
        stored = await self._open_file(media.key)
        if stored is None:
            return None
        return GivenOut(
            name=file_name(media, stored),
            kind=media.kind,
            size=stored.size,
            url=f"{_PLACE}/{self._signature(address, media.key)}/{quote(media.key)}",
        )

    def _signature(self, address: str, key: str) -> str:
        return self._sign(f"given\n{address}\n{key}")


def _cached(key: str) -> str:
    """How long a browser may keep a file: one told in confidence not at all."""
    return "no-store" if key.startswith("tt:") else _ONE_DAY


def _drawn(text: str) -> QrOut:
    picture = b64encode(draw_qr(text)).decode()
    return QrOut(text=text, image=f"data:{QR_MIME};base64,{picture}")
