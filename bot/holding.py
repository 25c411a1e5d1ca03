"""Parts that run once over all workers: each runs here only while this worker holds its lease.

Theory of operation. A worker looks at the leases about once a second: takes those that nobody
holds, and sees who else lives. Three times in a lease's length it renews all it holds, in one
statement. The end of a lease is known to its holder by two clocks: the others' (they may take it at
*until*) and its own, which stops every part a good while earlier unless a renewal has come through.
So a worker that slept, or lost the database, stops before somebody else begins, and what was in
flight then has its grace. The rows are the truth: whatever they say is ours is run.

SQLite has one process, which holds everything: see `Alone`.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, Protocol

from bot.channels import Outgoing, Sends
from bot.worker import is_gone, this_worker
from storage import leases
from storage.database import StorageError, Store, Tx

log = logging.getLogger(__name__)

Part = Callable[[], Coroutine[Any, Any, None]]
Task = asyncio.Task[None]

UNSURE = 0.1  # seconds until it is looked at again whether the lease is ours


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a lease is, in seconds, and what follows from it.

    *look*: between two looks at who holds what. *renew*: between two renewals. *sure*: since the
    beginning of a renewal, for which a holder may act; what is left is for what is in flight, and
    for clocks that disagree.
    """

    length: float = 15.0

    @property
    def look(self) -> float:
        """See above."""
        return self.length / 15

    @property
    def renew(self) -> float:
        """See above."""
        return self.length / 3

    @property
    def sure(self) -> float:
        """See above."""
        return self.length * 0.8


class Plan(NamedTuple):
    """What to do about the leases: *bury* the workers that are gone, then *take*."""

    take: frozenset[str]
    bury: frozenset[str]


def plan(
    held: Mapping[str, str], parts: Iterable[str], me: str, gone: Callable[[str], bool]
) -> Plan:
    """What a worker that would run *parts* does when it finds leases *held*, by their holders."""
    bury = frozenset(holder for holder in {*held.values()} - {me} if gone(holder))
    free = (name for name in parts if held.get(name, me) in {me, *bury})
    return Plan(frozenset(free), bury)


class Holds(Protocol):
    """Who runs the parts that run once."""

    others: bool
    """Whether other workers live, which commit what nobody here hears of."""

    def sure(self, name: str) -> bool:
        """Whether this worker may act for a part at this very moment."""

    async def run(self, parts: Mapping[str, Part]) -> None:
        """Run each part while it is ours, until cancelled; raises when one ends by itself."""


class Alone:
    """The one process that serves a database holds everything."""

    others = False

    def sure(self, name: str) -> bool:  # noqa: ARG002 - see `Holds`
        """See `Holds`."""
        return True

    async def run(self, parts: Mapping[str, Part]) -> None:
        """See `Holds`."""
        tasks = [asyncio.create_task(part(), name=name) for name, part in parts.items()]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            _raise_fault(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class Holding:
    """One of several workers: see above."""

    def __init__(self, store: Store, terms: Terms, me: str = "") -> None:
        self.others = False
        self._store = store
        self._terms = terms
        self._me = me or this_worker()
        self._running: dict[str, Task] = {}
        self._ending: set[Task] = set()
        self._renewed = float("-inf")

    def sure(self, name: str) -> bool:
        """See `Holds`."""
        return name in self._running and self._now() < self._sure_until

    async def run(self, parts: Mapping[str, Part]) -> None:
        """See `Holds`."""
        try:
            while True:
                await self._look_in_time(parts)
                await self._rest()
        finally:
            self._stop(self._running.keys())
            await asyncio.gather(*self._ending, return_exceptions=True)
            await self._let_go()

    @property
    def _sure_until(self) -> float:
        return self._renewed + self._terms.sure

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _rest(self) -> None:
        """Wait until the next look; raise when a part has ended by itself."""
        if not self._running:
            await asyncio.sleep(self._terms.look)
            return
        tasks = self._running.values()
        await asyncio.wait(tasks, timeout=self._terms.look, return_when=asyncio.FIRST_COMPLETED)
        _raise_fault(tasks)

    async def _look_in_time(self, parts: Mapping[str, Part]) -> None:
        """Look; stop everything when it is not renewed in time."""
        if self._running and self._now() >= self._sure_until:  # it slept, or lost the database
            log.warning("the leases may have run out")
            self._stop(self._running.keys())
        try:
            async with asyncio.timeout_at(self._sure_until if self._running else None):
                await self._look(parts)
        except StorageError as error:
            log.warning("the leases cannot be looked at", extra={"error": type(error).__name__})
        except TimeoutError:
            log.warning("the leases cannot be renewed in time")
            self._stop(self._running.keys())

    async def _look(self, parts: Mapping[str, Part]) -> None:
        now = datetime.now(UTC)
        held = await self._store.run(partial(leases.held, now=now))
        planned = plan(held, parts.keys() - self._running.keys(), self._me, is_gone)
        self.others = bool(leases.workers(held) - planned.bury - {self._me})
        if any(planned) or self._now() >= self._renewed + self._terms.renew:
            await self._write(parts, planned)

    async def _write(self, parts: Mapping[str, Part], planned: Plan) -> None:
        """Bury, take and renew; run what is ours and nothing else."""
        began, now = self._now(), datetime.now(UTC)
        until = now + timedelta(seconds=self._terms.length)

        def write(tx: Tx) -> frozenset[str]:
            leases.release(tx, sorted(planned.bury))
            leases.appear(tx, self._me, now, until)
            for name in sorted(planned.take):
                leases.take(tx, name, self._me, now, until)
            return leases.renew(tx, self._me, now=now, until=until)

        ours = await self._store.run(write)
        self._renewed = began
        self._stop(self._running.keys() - ours)
        still = {task.get_name() for task in self._ending}
        for name in sorted((ours & parts.keys()) - self._running.keys() - still):
            log.info("part taken", extra={"part": name})
            self._running[name] = asyncio.create_task(parts[name](), name=name)

    def _stop(self, names: Iterable[str]) -> None:
        for name in tuple(names):
            task = self._running.pop(name)
            log.info("part left", extra={"part": name})
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: Task) -> None:
        self._ending.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a part ended badly", extra={"error": type(error).__name__})

    async def _let_go(self) -> None:
        try:
            await self._store.run(lambda tx: leases.release(tx, (self._me,)))
        except StorageError:
            log.warning("the leases are left to run out")


class SendsWhileHeld:
    """A channel as its sender has it: nothing is sent while the lease may be another's.

    A worker that slept goes on where it was; what it does next must not be to send.
    """

    def __init__(self, channel: Sends, holds: Holds, lease: str) -> None:
        self.name = channel.name
        self._channel = channel
        self._holds = holds
        self._lease = lease

    async def send(self, outgoing: Outgoing) -> str:
        """See `Sends`."""
        while not self._holds.sure(self._lease):  # noqa: ASYNC110 - time itself sets no event
            await asyncio.sleep(UNSURE)
        return await self._channel.send(outgoing)


def _raise_fault(tasks: Iterable[Task]) -> None:
    """A part that ends by itself is a fault, which stops the worker."""
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()
            raise RuntimeError(f"{task.get_name()} ended by itself")
