"""A stored file as an answer: read while it is sent, wholly or from where a player sought to."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Final, Literal
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.channels.enclosed import Source, Stored

_PIECE: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def served(
    request: Request, stored: Stored, name: str, *, shown: bool, headers: Mapping[str, str]
) -> Response:
    """The file, under *name*, or the one range asked for (RFC 9110 §14); of several the whole file.

    *shown*: in the browser, not saved.
    """
    size, headers_only = stored.size, request.method == "HEAD"
    asked = "" if "if-range" in request.headers else request.headers.get("range", "")
    told = {
        **headers,
        "Accept-Ranges": "bytes",
        "Content-Disposition": _disposition("inline" if shown else "attachment", name),
    }
    span = _span(asked, size)
    if span is None:
        whole = {**told, "Content-Length": str(size)}
        return StreamingResponse(
            _read(stored.source, 0, 0 if headers_only else size), 200, whole, stored.mime
        )
    first, last = span
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    part = {
        **told,
        "Content-Length": str(last + 1 - first),
        "Content-Range": f"bytes {first}-{last}/{size}",
    }
    return StreamingResponse(
        _read(stored.source, first, first if headers_only else last + 1), 206, part, stored.mime
    )


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; the first after the last when there are none such."""
    found = _RANGE.fullmatch(asked)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:  # the last so many
        return (size - min(size, int(found[2])), size - 1) if int(found[2]) else (1, 0)
    first, last = int(found[1]), int(found[2]) if found[2] else size - 1
    if last < first:
        return (1, 0) if not found[2] else None
    return (first, min(last, size - 1)) if first < size else (1, 0)


async def _read(source: Source, first: int, end: int) -> AsyncIterator[bytes]:
    while first < end and (piece := await asyncio.to_thread(_piece, source, first, end)):
        first += len(piece)
        yield piece


def _piece(source: Source, first: int, end: int) -> bytes:
    # Opened anew for each: a reader who goes away in the middle leaves nothing open.
    with source.open("rb") as file:
        file.seek(first)
        return file.read(min(_PIECE, end - first))


def _disposition(kind: Literal["inline", "attachment"], name: str) -> str:
    """As in RFC 6266: a name that is not plain ASCII goes percent-encoded."""
    quoted = quote(name, safe="")
    return f'{kind}; filename="{name}"' if quoted == name else f"{kind}; filename*=utf-8''{quoted}"
