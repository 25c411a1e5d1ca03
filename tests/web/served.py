"""The web chat on a real socket, in its own thread, so that a test may use it in any way."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web import Limits, WebChannel
from bot.http import listen, make_http, serve
from bot.http_guard import HttpLimits
from tests.web.mind import Mind

T = TypeVar("T")


@dataclass
class Served:
    """A running web chat."""

    url: str
    port: int
    mind: Mind
    channel: WebChannel
    loop: asyncio.AbstractEventLoop
    stop: asyncio.Event
    traffic: list[int]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something where the server runs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def address(self) -> str:
        """The address of the only visitor so far."""
        (address,) = {arrival.address for arrival in self.mind.arrivals}
        return address


class Traffic:
    """The outermost middleware: counts the bytes of every answer, heads and bodies."""

    def __init__(self, app: ASGIApp, counts: list[int]) -> None:
        self._app = app
        self.counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and count its answer."""

        async def counted(message: Message) -> None:
            head = sum(len(name) + len(value) + 4 for name, value in message.get("headers", ()))
            self.counts.append(head + len(message.get("body", b"")))
            await send(message)

        await self._app(scope, receive, counted)


@contextmanager
def served(
    *,
    limits: Limits | None = None,
    http: HttpLimits | None = None,
    port: int = 0,
    mind: Mind | None = None,
    secure: bool = False,
    public_url: str = "",
) -> Iterator[Served]:
    """Serve the web chat with a small mind until the block ends."""
    mind = mind or Mind()
    channel = WebChannel(
        mind.store(),
        limits=limits,
        secure=secure,
        public_url=public_url,
        notices=mind.notices(),
    )
    mind.channel = channel
    bounds = http or HttpLimits()
    app = make_http(
        [channel.router],
        limits=HttpLimits(
            bounds.body, channel.body_limits, bounds.read_seconds, bounds.write_seconds
        ),
        secure=secure,
    )
    counts: list[int] = []
    app.add_middleware(Traffic, counts=counts)
    socket = listen("127.0.0.1", port)
    ready: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    began = threading.Event()

    async def main() -> None:
        stop = asyncio.Event()
        ready.append((asyncio.get_running_loop(), stop))
        running = asyncio.create_task(channel.run(mind.accept))
        await asyncio.sleep(0)
        began.set()
        await serve(app, socket, stop=stop, closing=channel.close)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    began.wait(10)
    loop, stop = ready[0]
    number = socket.getsockname()[1]
    here = Served(f"http://127.0.0.1:{number}", number, mind, channel, loop, stop, counts)
    try:
        yield here
    finally:
        if not loop.is_closed():  # a test may have stopped it itself
            loop.call_soon_threadsafe(stop.set)
        thread.join(15)
        assert not thread.is_alive(), "the server did not stop"
