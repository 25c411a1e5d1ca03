"""HTTP to the Bot API: python-telegram-bot's request seam, on aiohttp.

Its default client answers about 210 replies a second at 256 at once; aiohttp ten times as many. It
also tells apart what the outbox must know: a request that never left (`UnsentError`: send again)
from one that may have been carried out (`CutOffError`, ``TimedOut``: never send again blindly).

The token is a part of every address, so no address may reach a log or an exception: errors of
aiohttp are replaced, outside their ``except``, by errors that name only the kind of failure.
"""

import asyncio
import io
import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    InvalidURL,
    NonHttpUrlClientError,
    TCPConnector,
)
from aiohttp.payload import PAYLOAD_REGISTRY, BufferedReaderPayload, Order
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

# Without it telegram.error.RetryAfter warns of a deprecation each time it is made.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_CHUNK = 64 * 1024


class UnsentError(NetworkError):
    """No connection was made: the request certainly did not reach Telegram."""

    __slots__ = ()


class UnsentTimedOutError(UnsentError, TimedOut):
    """No connection was made, or came free, in time."""

    __slots__ = ()


class CutOffError(NetworkError):
    """The answer did not come whole: the request may have been carried out."""

    __slots__ = ()


class DownloadError(Exception):
    """The file server answered *status* instead of a file."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the file server answered {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a free connection, a new one, writing, the next bytes; None for ever."""

    pool: float | None = 10
    connect: float | None = 5
    write: float | None = 10
    read: float | None = 15


class AiohttpRequest(BaseRequest):
    """Requests of `telegram.Bot` over one session of at most *pool_size* connections.

    With *trust_env* a proxy named in the environment is used.
    """

    def __init__(
        self,
        pool_size: int = 64,
        timeouts: Timeouts | None = None,
        *,
        trust_env: bool = False,
    ) -> None:
        self._slots = asyncio.Semaphore(pool_size)
        self._timeouts = timeouts or Timeouts()
        self._trust_env = trust_env
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for the next bytes when a call does not say."""
        return self._timeouts.read

    async def initialize(self) -> None:
        """Do nothing: the session opens with the first request."""

    async def shutdown(self) -> None:
        """Close every connection; a later request opens a new session."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(  # noqa: PLR0913, PLR0917 - the signature is BaseRequest's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Exchange one request; raise `UnsentError`, `CutOffError` or ``TimedOut``."""
        ours = self._timeouts
        timeouts = Timeouts(
            pool=_seconds(pool_timeout, ours.pool),
            connect=_seconds(connect_timeout, ours.connect),
            write=_seconds(write_timeout, ours.write),
            read=_seconds(read_timeout, ours.read),
        )
        body, headers = _body(request_data)
        headers["User-Agent"] = self.USER_AGENT
        try:
            async with (
                self._slot(timeouts.pool),
                self._open().request(
                    method,
                    url,
                    data=body,
                    headers=headers,
                    timeout=_client_timeout(timeouts),
                    allow_redirects=False,
                ) as response,
            ):
                return await _read(response)
        except (ClientError, OSError) as error:
            failure = _failure(error)
        raise failure

    async def download(self, url: str) -> AsyncGenerator[bytes]:
        """Stream the file at *url*; raise `DownloadError`, ``NetworkError`` or ``TimedOut``."""
        failure: Exception
        timeout = _client_timeout(replace(self._timeouts, write=None))  # a long file is no fault
        try:
            async with (
                self._slot(self._timeouts.pool),
                self._open().get(url, timeout=timeout, allow_redirects=False) as response,
            ):
                if response.status == HTTPStatus.OK:
                    async for chunk in response.content.iter_chunked(_CHUNK):
                        yield chunk
                    return
                failure = DownloadError(response.status)
        except (ClientError, OSError) as error:
            failure = _failure(error)
        raise failure

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer of Telegram, never logging it: it holds what people wrote."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("the answer is not a JSON object")
        return answer

    @asynccontextmanager
    async def _slot(self, patience: float | None) -> AsyncGenerator[None]:
        """One of the connections, first come first served, which aiohttp's own pool is not."""
        try:
            async with asyncio.timeout(patience):
                await self._slots.acquire()
        except TimeoutError:
            raise UnsentTimedOutError("no connection came free in time") from None
        try:
            yield
        finally:
            self._slots.release()

    def _open(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=0),
                cookie_jar=DummyCookieJar(),
                trust_env=self._trust_env,
            )
        return self._session


async def _read(response: ClientResponse) -> tuple[int, bytes]:
    payload = await response.read()
    if payload.startswith(b"{"):
        return response.status, payload
    if response.ok:
        raise CutOffError("something other than the Bot API answered")
    # The page of a proxy would be quoted in an exception, whole.
    return response.status, b"{}"


class _Sized(BufferedReaderPayload):
    """A file of which the disk does not tell how many bytes it is: they lie there sealed."""

    @property
    def size(self) -> int:
        """How many bytes there are to send."""
        at = self._value.tell()
        end = self._value.seek(0, io.SEEK_END)
        self._value.seek(at)
        return end


PAYLOAD_REGISTRY.register(_Sized, io.BufferedReader, order=Order.try_first)


def _body(data: RequestData | None) -> tuple[bytes | FormData | None, dict[str, str]]:
    """The body of a request as PTB's own client encodes it, and the headers that go with it."""
    if data is None:
        return None, {}
    if not data.contains_files:
        # A lone surrogate has no UTF-8: better a "?" in the text than a message nobody gets.
        text = data.url_encoded_parameters({"errors": "replace"})
        return text.encode("ascii"), {"Content-Type": "application/x-www-form-urlencoded"}
    form = FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, {}


def _seconds(given: object, default: float | None) -> float | None:
    """What a call asked for, or our own when it left the choice to us."""
    match given:
        case int() | float():
            return given
        case None:
            return None
        case _:
            return default


def _client_timeout(timeouts: Timeouts) -> ClientTimeout:
    """The sum guards the writing, which aiohttp does not time by itself."""
    parts = (timeouts.connect, timeouts.write, timeouts.read)
    return ClientTimeout(
        total=None if None in parts else sum(part or 0 for part in parts),
        connect=timeouts.connect,
        sock_read=timeouts.read,
    )


def _failure(error: Exception) -> NetworkError:
    """The same failure without its address.

    Raise it outside the ``except``, so that no cause and no context keep the address either.
    """
    kind = type(error).__name__
    match error:
        case ConnectionTimeoutError():
            return UnsentTimedOutError("no connection in time")
        case (
            ClientConnectorError() | ClientHttpProxyError() | InvalidURL() | NonHttpUrlClientError()
        ):
            return UnsentError(f"no connection ({kind})")
        case TimeoutError():
            return TimedOut("no answer in time")
        case _:
            return CutOffError(f"the connection broke ({kind})")
