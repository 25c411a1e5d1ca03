"""What every request passes: bounded in size and in time, answered with the same safe headers.

A plain ASGI middleware, because it must neither buffer a stream nor miss an error page.
"""

import asyncio
import logging
import time
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.callers import Callers
from bot.problems import RefusedError
from bot.rates import Rates

_log = logging.getLogger(__name__)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_COME_BACK = (429, 503, 507)
SOON = 5  # seconds
_STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one request may take: bytes of body, and seconds without a step forward."""

    body: int = 1_400_000
    """The longest accepted text, each letter of it escaped in JSON as twelve bytes."""
    bodies: Mapping[str, int] = field(default_factory=dict)
    """Paths that may send more (or must send less)."""
    read_seconds: float = 30
    """How long the next piece of a body may take to arrive."""
    write_seconds: float = 30
    """How long a client may leave a piece of the answer unread."""
    slowest: float = 500
    """Bytes a second that a body brings at least, once it took longer than *read_seconds*."""
    a_minute: int = 1200
    """Requests of one address; a village may share one behind its provider."""


class Guard:
    """The outermost middleware; see the module."""

    def __init__(
        self, app: ASGIApp, *, limits: HttpLimits, secure: bool, callers: Callers | None = None
    ) -> None:
        self._app = app
        self._limits = limits
        self._callers = callers or Callers()
        self._rates = Rates(limits.a_minute, 60)
        self._headers = {**_HEADERS, **(_STRICT_TRANSPORT if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on; answer it here when it may not or could not be."""
        if scope["type"] != "http":
            return
        call = _Call(scope, receive, send, self._limits, self._headers)
        if wait := self._too_often(scope):
            await call.refuse(RefusedError("too_often", wait))
            return
        if not scope["query_string"].isascii():
            await call.refuse(RefusedError("bad_request"))
            return
        if call.announces_too_much():
            await call.refuse(RefusedError("too_large"))
            return
        try:
            await self._app(scope, call.receive, call.send)
        except _TooSlowReaderError:
            _log.info("A client left its answer unread; its connection is closed.")
        except RefusedError as refused:
            await call.refuse(refused)
        except Exception as error:  # noqa: BLE001 - one broken request stops no other
            # Only the place: the words of an error may quote what a person wrote.
            _log.error("%s %s: %s", scope["method"], _route(scope), _place(error))
            await call.refuse(RefusedError("broken"))

    def _too_often(self, scope: Scope) -> float:
        """The seconds an address that asks too often is to wait; else 0."""
        address = self._callers.limited(scope)
        return self._rates.take(address) if address else 0.0


class _TooSlowReaderError(OSError):
    """A client did not read; an OSError, as if the connection had been lost."""


class _Call:
    """One request on its way through the guard."""

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        limits: HttpLimits,
        headers: Mapping[str, str],
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._limits, self._headers = limits, headers
        self._most = limits.bodies.get(scope["path"], limits.body)
        self._got = 0
        self._began = time.monotonic()
        self._reading = True
        self._started = False

    def announces_too_much(self) -> bool:
        said = Headers(scope=self._scope).get("content-length", "0")
        return not said.isdecimal() or int(said) > self._most

    async def receive(self) -> Message:
        if not self._reading:  # what comes next is only "the client has gone", whenever that is
            return await self._receive()
        try:
            async with asyncio.timeout(self._limits.read_seconds):
                message = await self._receive()
        except TimeoutError:
            raise RefusedError("too_slow") from None
        self._got += len(message.get("body", b""))
        self._reading = message.get("more_body", False)
        if self._got > self._most:
            raise RefusedError("too_large")
        took = time.monotonic() - self._began
        late = took > self._limits.read_seconds and self._got < took * self._limits.slowest
        if self._reading and late:
            raise RefusedError("too_slow")
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        try:
            async with asyncio.timeout(self._limits.write_seconds):
                await self._send(message)
        except TimeoutError:
            raise _TooSlowReaderError from None

    async def refuse(self, error: RefusedError) -> None:
        """Answer with a problem, unless an answer is already under way (it is then cut off)."""
        if not self._started:
            answer = refusal(error, self._scope)
            await answer(self._scope, self._receive, self.send)


def refusal(error: RefusedError, scope: Scope) -> Response:
    """The answer to a refused request: a plain sentence for a browser's window, else JSON."""
    headers = {"Cache-Control": "no-store"}
    if error.status_code in _COME_BACK:
        headers["Retry-After"] = str(max(1, ceil(error.after or SOON)))
    if "text/html" in Headers(scope=scope).get("accept", ""):
        return PlainTextResponse(error.problem.message, error.status_code, headers)
    words = error.problem.model_dump_json()
    return Response(words, error.status_code, headers, media_type="application/json")


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "?")


def _place(error: BaseException) -> str:
    """The kind of an error and where it was raised, the innermost of a group first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames: Iterable[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join([type(error).__name__, *(f"{f.filename}:{f.lineno}" for f in frames)])
