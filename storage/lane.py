"""The waiting side of a database thread: whatever has gathered goes over in one hop.

There is no timer: while one batch is being made durable the next one gathers by itself, so a lone
unit never waits and a crowd shares one commit.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from storage.batch import Job, Outcome
from storage.database import StorageClosedError

T = TypeVar("T")

Hop = Callable[[Sequence[Job[Any]]], Awaitable[list[Outcome[Any]]]]

AT_ONCE = 128
BACKLOG = 2048


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
            outcomes = [Outcome(error=RuntimeError(f"database thread: {error!r}")) for _ in jobs]
        for future, outcome in zip(futures, outcomes, strict=True):
            if future.done():
                continue
            if outcome.error is None:
                future.set_result(outcome.value)
            else:
                future.set_exception(outcome.error)
