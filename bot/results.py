"""What came of sends, written down in batches: whatever has gathered while the last one was."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from storage import outbox
from storage.database import StorageError, Store
from storage.outbox import Result

log = logging.getLogger(__name__)


class Results:
    """Writes results while `run` runs; `flush` writes the last of them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.woken: Callable[[], None] = lambda: None
        """Called when somebody is to hear of what did not arrive."""
        self._waiting: list[tuple[Result, asyncio.Future[None]]] = []
        self._news = asyncio.Event()

    def put(self, result: Result) -> asyncio.Future[None]:
        """Have *result* written; what is returned is done when it is durable."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((result, written))
        self._news.set()
        return written

    async def run(self) -> None:
        """Write until cancelled; what could not be written waits."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write all there is, once; what cannot be written now is kept for the next time."""
        taken, self._waiting = self._waiting, []
        results = [result for result, _ in taken]
        try:
            if results:
                woken = await self._store.run(partial(outbox.record, results=results))
                if woken:
                    self.woken()
        except (StorageError, asyncio.CancelledError) as error:
            self._waiting[:0] = taken
            if isinstance(error, asyncio.CancelledError):
                raise
            log.warning("the outbox cannot be written")
            await asyncio.sleep(1)
            self._news.set()
            return
        for _, written in taken:
            if not written.done():
                written.set_result(None)
