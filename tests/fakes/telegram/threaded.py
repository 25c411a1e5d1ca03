"""The fake in a thread of its own, for tests that have no event loop."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .client import TelegramSim
from .server import FakeTelegram


@contextmanager
def in_thread(make: Callable[[], FakeTelegram] = FakeTelegram) -> Iterator[TelegramSim]:
    """Run the server *make* prepares until the block ends; the block leads it over HTTP."""
    started = threading.Event()
    ports: list[int] = []
    stops: list[Callable[[], object]] = []

    async def serve() -> None:
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with make() as server:
            ports.append(server.port)
            stops.append(lambda: loop.call_soon_threadsafe(over.set))
            started.set()
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    if not started.wait(10):
        raise TimeoutError("the fake did not start")
    try:
        yield TelegramSim(f"http://127.0.0.1:{ports[0]}")
    finally:
        stops[0]()
        thread.join(10)
