"""Asking an application in this process: whatever bytes a client could send, and more."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from starlette.types import ASGIApp, Message

MOST = 4 * 1024 * 1024  # bytes of an answer that a test reads


class Answer(NamedTuple):
    """What came back; *headers* in lower case, the last of each name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def ask(  # noqa: PLR0913 - a request
    app: ASGIApp,
    method: str,
    path: str,
    *,
    query: bytes = b"",
    headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]] = (),
    body: Iterable[bytes] = (b"",),
    client: str = "127.0.0.1",
) -> Answer:
    """One request, sent in the pieces of *body*; of an endless answer only its beginning."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    raw = [(_bytes(name).lower(), _bytes(value)) for name, value in pairs]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode("utf-8", "replace"),
        "query_string": query, "root_path": "", "headers": raw, "client": (client, 50_000),
        "server": ("127.0.0.1", 8080), "state": {},
    }  # fmt: skip
    pieces = body if isinstance(body, list) else list(body)
    gone, got = asyncio.Event(), list[Message]()

    async def receive() -> Message:
        if pieces:
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        got.append(message)
        streams = message["type"] == "http.response.body" and message.get("more_body")
        if streams and sum(len(m.get("body", b"")) for m in got) > 0 and _endless(got):
            gone.set()
        assert sum(len(m.get("body", b"")) for m in got) <= MOST

    async with asyncio.timeout(20):
        await app(scope, receive, send)
    start = got[0]
    assert start["type"] == "http.response.start"
    told = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(m.get("body", b"") for m in got[1:]))


def _endless(got: list[Message]) -> bool:
    return any(value.startswith(b"text/event-stream") for _, value in got[0]["headers"])


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1", "replace")
