"""The waiting side of a database thread: whatever has gathered goes over in one hop.

There is no timer: while one batch is being made durable the next one gathers by itself, so a lone
unit never waits and a crowd shares one commit.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from storage.batch import Connection, Job, Outcome, look
from storage.database import StorageClosedError, StorageUnavailableError, Tx

T = TypeVar("T")

Hop = Callable[[Sequence[Job[Any]]], Awaitable[list[Outcome[Any]]]]

AT_ONCE = 128
BACKLOG = 2048
READERS = 2  # so that one long read does not stop all short ones


class Side(Protocol):
    """A connection and its thread."""

    async def run(self, function: Callable[[Connection], T]) -> T:
        """Run *function* on the connection's thread."""

    async def close(self) -> None:
        """Close the connection and end its thread."""


class Lane:
    """A queue before one connection; *hop* takes a batch to the connection's thread and back."""

    def __init__(self, hop: Hop, *, at_once: int = AT_ONCE, backlog: int = BACKLOG) -> None:
        self._hop = hop
        self._at_once = at_once
        self._room = asyncio.Semaphore(backlog)
        self._waiting: deque[tuple[Job[Any], asyncio.Future[Any]]] = deque()
        self._drain: asyncio.Task[None] | None = None
        self._closing = False

    async def run(self, job: Job[T]) -> T:
        """Run one job; first come, first served, also while there is no room."""
        await self._room.acquire()
        if self._closing:
            self._room.release()
            raise StorageClosedError("the store is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._drain is None:
            self._drain = asyncio.create_task(self._empty())
        return await future

    async def close(self) -> None:
        """Take no more and finish what waits."""
        self._closing = True
        if self._drain is not None:
            await self._drain

    async def _empty(self) -> None:
        try:
            while batch := self._take():
                await self._carry([job for job, _ in batch], [future for _, future in batch])
        finally:
            self._drain = None

    def _take(self) -> list[tuple[Job[Any], asyncio.Future[Any]]]:
        batch: list[tuple[Job[Any], asyncio.Future[Any]]] = []
        while self._waiting and len(batch) < self._at_once:
            entry = self._waiting.popleft()
            self._room.release()
            if not entry[1].cancelled():
                batch.append(entry)
        return batch

    async def _carry(self, jobs: list[Job[Any]], futures: list[asyncio.Future[Any]]) -> None:
        try:
            outcomes = await self._hop(jobs)
        except asyncio.CancelledError:
            for future in futures:
                future.cancel()
            raise
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear it, whatever it is
            broken = f"database thread: {error!r}"
            outcomes = [Outcome(error=StorageUnavailableError(broken)) for _ in jobs]
        for future, outcome in zip(futures, outcomes, strict=True):
            if future.done():
                continue
            if outcome.error is None:
                future.set_result(outcome.value)
            else:
                future.set_exception(outcome.error)


class Readers:
    """Connections that only read; whoever comes takes a free one."""

    def __init__(self, sides: Sequence[Side]) -> None:
        self._sides = sides
        self._free: asyncio.LifoQueue[Side] = asyncio.LifoQueue()
        for side in sides:
            self._free.put_nowait(side)

    async def read(self, unit: Callable[[Tx], T]) -> T:
        """Run *unit* over one picture of the database."""
        side = await self._free.get()
        try:
            return await side.run(lambda connection: look(connection, unit))
        finally:
            # Its thread may still be busy for a caller who gave up; the next one waits for it.
            self._free.put_nowait(side)

    async def close(self) -> None:
        """Close them all."""
        for side in self._sides:
            await side.close()
