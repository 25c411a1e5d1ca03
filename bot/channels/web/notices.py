"""The public page of an announcement: for whoever was passed its address, without a cookie.

The address carries a keyed hash of the announcement's code, so that pages can't be found by trying
codes; to somebody without it, an announcement that is and one that is not are the same. The page
needs no script, and nothing of it comes from anywhere else.
"""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import FileResponse

from bot.channels.enclosed import OpenFile, Stored, file_name
from bot.channels.web.given import SHOWN, Sign
from bot.channels.web.live import Slots
from bot.channels.web.notice_page import Enclosed, Lang, Notice, draw, draw_absent
from bot.channels.web.serving import served
from bot.problems import RefusedError, refusals
from handlers.events import Media

PLACE: Final = "/thong-bao"
SIGNED: Final = 16  # hexadecimal digits; 64 bits, against trying them one by one over the net
MOST_AT_ONCE: Final = 60  # files given away, to all readers together
HEAVIEST_SHOWN: Final = 3 * 1024 * 1024  # bytes; a heavier picture is fetched only when asked for

_NAME = re.compile(rf"(TB-[0-9A-Z-]{{4,12}})-([0-9a-f]{{{SIGNED}}})")
_BRIEFLY: Final = "public, max-age=30"
_UNLISTED: Final = "noindex, nofollow, noarchive"

Read = Callable[[str], Awaitable[Notice | None]]
"""The announcement of a code as it stands now; None while nobody has been told of it."""


class Notices:
    """The pages of announcements; *read* finds them, *sign* makes their addresses."""

    def __init__(self, read: Read, open_file: OpenFile, sign: Sign) -> None:
        self._read = read
        self._open_file = open_file
        self._sign = sign
        self._slots = Slots(MOST_AT_ONCE, MOST_AT_ONCE)

    def path(self, code: str) -> str:
        """Where the page of an announcement is."""
        return f"{PLACE}/{code}-{self._signature(code)}"

    def router(self, version: str) -> APIRouter:
        """The pages and their files; *version* is that of the chat page's files."""
        router = APIRouter(tags=["announcements"])

        @router.head(PLACE + "/{name}", include_in_schema=False)
        @router.get(
            PLACE + "/{name}",
            response_class=Response,
            responses={
                200: {"content": {"text/html": {}}},
                304: {"description": "Not changed"},
                404: {"content": {"text/html": {}}, "description": "No such announcement"},
                **refusals("bad_request"),
            },
        )
        async def page(request: Request, name: str, lang: str = "vi") -> Response:
            """Show an announcement as it stands now."""
            frame: Lang = "en" if lang == "en" else "vi"
            notice = await self._find(name)
            if notice is None:
                return _absent(draw_absent(frame, version))
            files = [] if notice.withdrawn else await self._files(name, notice)
            return _told(request, draw(notice, files, frame, version).encode())

        @router.head(
            PLACE + "/{name}/{file}",
            dependencies=[Depends(self._giving)],
            include_in_schema=False,
            response_class=FileResponse,
        )
        @router.get(
            PLACE + "/{name}/{file}",
            response_class=FileResponse,
            dependencies=[Depends(self._giving)],
            responses={
                206: {"description": "A part"},
                **refusals("not_found", "bad_request", "busy"),
            },
        )
        async def enclosed(request: Request, name: str, file: str) -> Response:
            """Give a picture or document of an announcement that stands."""
            return await self._give(request, await self._find(name), file)

        return router

    def _signature(self, code: str) -> str:
        return self._sign(f"notice\n{code}")[:SIGNED]

    async def _find(self, name: str) -> Notice | None:
        """The announcement of an address; None when there is none, or the address is forged."""
        asked = _NAME.fullmatch(name)
        if asked is None or not hmac.compare_digest(self._signature(asked[1]), asked[2]):
            return None
        return await self._read(asked[1])

    async def _files(self, name: str, notice: Notice) -> list[Enclosed]:
        """What goes with it, as far as its bytes are here."""
        stored = [(media, await self._open_file(media.key)) for media in notice.files]
        return [_enclosed(name, media, kept) for media, kept in stored if kept is not None]

    async def _give(self, request: Request, notice: Notice | None, file: str) -> Response:
        standing = () if notice is None or notice.withdrawn else notice.files
        media = next((each for each in standing if _digest(each.key) == file), None)
        stored = await self._open_file(media.key) if media else None
        if media is None or stored is None:
            raise RefusedError("not_found")
        return served(
            *(request, stored, file_name(media, stored)),
            shown=stored.mime in SHOWN,
            headers={"Cache-Control": _BRIEFLY, "X-Robots-Tag": _UNLISTED},
        )

    async def _giving(self) -> AsyncIterator[None]:
        with self._slots.take("all"):
            yield


def _enclosed(name: str, media: Media, stored: Stored) -> Enclosed:
    return Enclosed(
        address=f"{PLACE}/{name}/{_digest(media.key)}",
        name=file_name(media, stored),
        size=stored.size,
        picture=stored.mime in SHOWN
        and stored.mime.startswith("image/")
        and stored.size <= HEAVIEST_SHOWN,
    )


def _digest(key: str) -> str:
    """What a file is called in an address: its key may name who sent it."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _told(request: Request, body: bytes) -> Response:
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"Cache-Control": _BRIEFLY, "ETag": etag, "X-Robots-Tag": _UNLISTED}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="text/html; charset=utf-8")


def _absent(body: str) -> Response:
    """Nothing to keep: what is asked for too early may be announced a moment later."""
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": _UNLISTED}
    return Response(body.encode(), 404, headers, media_type="text/html; charset=utf-8")
