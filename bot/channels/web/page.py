"""The page itself: a few files, read once, packed once, named by what is in them."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from bot.problems import RefusedError, Responses, refusals

_MIMES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_AT_THE_ROOT = ("index.html", "sw.js")
_APART = ("notice.css",)  # of another page: no part of what the chat needs without a network


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    packed: bytes
    mime: str
    etag: str


class Page:
    """The files of ``bot/web``.

    Everything but the first page lives under a path that holds the *version*, a digest of all
    of them: a browser asks for it once and never again, and two versions are never mixed.
    """

    def __init__(self, *, max_file: int) -> None:
        entries = sorted(files("bot.web").iterdir(), key=lambda entry: entry.name)
        ours = [entry for entry in entries if entry.name.rpartition(".")[2] in _MIMES]
        found = {entry.name: entry.read_bytes() for entry in ours}
        self.version = hashlib.sha256(b"".join(found.values())).hexdigest()[:12]
        apart = (*_AT_THE_ROOT, *_APART)
        shell = [name for name in found if name not in apart and not name.endswith(".png")]
        for name in _AT_THE_ROOT:
            text = found[name].decode().replace("{version}", self.version)
            text = text.replace("{max_file}", str(max_file)).replace("{names}", " ".join(shell))
            found[name] = text.encode()
        self._assets = {name: _asset(name, body) for name, body in found.items()}

    def router(self, welcome: Callable[[Request, Response], None]) -> APIRouter:
        """The page's own addresses; *welcome* gives a visitor of the first page a cookie."""
        router = APIRouter(tags=["page"])
        told: Responses = {200: {"content": {"text/html": {}}}, 304: {"description": "Not changed"}}

        @router.head("/", include_in_schema=False)
        @router.get("/", response_class=Response, responses=told)
        async def index(request: Request) -> Response:
            """Give the page, and to a new visitor a cookie."""
            response = _give(request, self._assets["index.html"], _ASK_AGAIN)
            welcome(request, response)
            return response

        @router.get("/sw.js", response_class=Response, include_in_schema=False)
        async def worker(request: Request) -> Response:
            return _give(request, self._assets["sw.js"], _ASK_AGAIN)

        missing = {304: told[304], **refusals("not_found", "bad_request")}

        @router.get("/web/{version}/{name}", response_class=Response, responses=missing)
        async def asset(request: Request, version: str, name: str) -> Response:
            """Give one file of the page."""
            if name not in self._assets or name in _AT_THE_ROOT:
                raise RefusedError("not_found")
            # Another version is asked for while servers change; the page then heals by itself.
            known = version == self.version
            return _give(request, self._assets[name], _FOR_EVER if known else _ASK_AGAIN)

        return router


def _asset(name: str, body: bytes) -> _Asset:
    return _Asset(
        body=body,
        packed=gzip.compress(body, 9, mtime=0),
        mime=_MIMES[name.rpartition(".")[2]],
        etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"',
    )


def _give(request: Request, asset: _Asset, caching: str) -> Response:
    headers = {"Cache-Control": caching, "ETag": asset.etag, "Vary": "Accept-Encoding"}
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    packs = "gzip" in request.headers.get("accept-encoding", "")
    if not packs or len(asset.packed) >= len(asset.body):
        return Response(asset.body, headers=headers, media_type=asset.mime)
    headers["Content-Encoding"] = "gzip"
    return Response(asset.packed, headers=headers, media_type=asset.mime)
