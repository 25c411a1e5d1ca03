"""The wire itself: how many connections there may be, and how long one may take to ask something.

uvicorn bounds neither: it waits for ever for the rest of a head, so that a few hundred connections
that trickle a letter now and then would keep everybody else out.
"""

import asyncio
from collections import Counter
from ipaddress import ip_address
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 15.0  # for the whole head of a request, from its first byte on or from connecting
EACH = 60  # connections of one address; a browser opens six
TOTAL = 950  # below the 1,024 files that a process may usually open
SAFE = (
    b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncache-control: no-store\r\n"
    b"content-security-policy: default-src 'none'; frame-ancestors 'none'\r\n"
    b"x-content-type-options: nosniff\r\nx-frame-options: DENY\r\n"
)
BAD = b"HTTP/1.1 400 Bad Request\r\n" + SAFE + b"content-length: 11\r\n\r\nBad request"
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\n" + SAFE + b"retry-after: 5\r\n"
    b"content-length: 4\r\n\r\nBusy"
)


class Wire(H11Protocol):
    """One connection; *open_from* counts those of each address in this process."""

    open_from: ClassVar[Counter[str]] = Counter()
    head_seconds: ClassVar[float] = HEAD_SECONDS
    each: ClassVar[int] = EACH

    _waiting: asyncio.TimerHandle | None = None
    _from: str = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Take it, unless there are too many."""
        super().connection_made(transport)
        self._from = _counted(self.client)
        self.open_from[self._from] += 1
        if len(self.connections) > TOTAL or (self._from and self.open_from[self._from] > self.each):
            transport.write(BUSY)
            transport.close()
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count one less."""
        self.open_from[self._from] -= 1
        if self.open_from[self._from] <= 0:
            del self.open_from[self._from]
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hear more, and see to it that a head that began ends soon."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._watch()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - what it says is not for others
        """Say that this is no request, with the same safe headers as everywhere."""
        self.transport.write(BAD)
        self.transport.close()

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._rest()
        elif self._waiting is None:
            self._waiting = self.loop.call_later(self.head_seconds, self._give_up)

    def _rest(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()


def _counted(client: tuple[str, int] | None) -> str:
    """The address whose connections are counted; this machine stands for a proxy."""
    if client is None:
        return ""
    try:
        address = ip_address(client[0])
    except ValueError:
        return ""
    return "" if address.is_loopback else str(address)
