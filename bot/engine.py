"""The engine: arrivals go in, and come back when what follows from them is durable.

Theory of operation. A channel hands every arrival to `accept` and acknowledges it to its platform
only when `accept` has returned; by then the transaction is on disk. The store takes whatever turns
are waiting (no timer), runs them in one hop to its database thread, in one transaction with a
savepoint each, in order within a chat. So a lone citizen waits for nobody, a crowd shares one
commit, and one bad update stops nobody. What the turns decided to say is in the outbox rows by
then; the copy handed on in memory only saves reading it back.
"""

import asyncio
import logging
import zlib
from collections.abc import Callable

from bot.channels import Arrival, Garbled, Outcome
from bot.posting import Posted
from bot.turn import Taken, Turns, whereabouts
from handlers.content import Content
from storage.database import Store, Tx

log = logging.getLogger(__name__)


class Engine:
    """Runs turns; tells *posted*, *timers*, *files* and *announced* what a turn left for them."""

    def __init__(
        self,
        store: Store,
        turns: Turns,
        *,
        posted: Callable[[Posted], None],
        timers: Callable[[], None],
        files: Callable[[], None],
        announced: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._turns = turns
        self._posted = posted
        self._timers = timers
        self._files = files
        self._announced = announced
        self._renewing = asyncio.Lock()
        self.counts: dict[str, int] = {"done": 0, "duplicate": 0, "failed": 0}

    @property
    def content(self) -> Content:
        """What the province edits, as it is amended by now."""
        return self._turns.content

    async def accept(self, arrival: Arrival | Garbled, *, again: bool = False) -> Outcome:
        """Take one arrival; returns when its consequences are durable.

        *again* takes one that failed before and was kept, as if it had never come.

        Raises `StorageUnavailableError` when nothing could be stored: the channel must not
        acknowledge, and its platform will deliver again.
        """
        taken = await self._store.run(
            lambda tx: self._turns.take(tx, arrival, again=again),
            key=_lane(arrival),
            failed=lambda tx, error: self._failed(tx, arrival, error, again=again),
        )
        self.counts[taken.outcome] += 1
        for posted in taken.posted:
            self._posted(posted)
        if taken.amended:
            await self.renew()
        if taken.timers:
            self._timers()
        if taken.files:
            self._files()
        if taken.announced:
            self._announced()
        return taken.outcome

    async def renew(self) -> None:
        """Turns work from now on with what is amended by now."""
        async with self._renewing:  # or what was read first might be put in last
            await self._turns.renew(self._store)

    def _failed(
        self, tx: Tx, arrival: Arrival | Garbled, error: Exception, *, again: bool
    ) -> Taken:
        log.error("turn failed", extra={"arrival": arrival.id, "error": whereabouts(error)})
        return self._turns.keep(tx, arrival, error, again=again)


def _lane(arrival: Arrival | Garbled) -> int:
    """The same number for one chat, so that its turns keep their order."""
    if isinstance(arrival, Garbled):
        return 0
    return zlib.crc32(f"{arrival.channel}:{arrival.address}".encode())
