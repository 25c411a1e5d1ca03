"""What runs once over all workers: held, handed over, and let go of in time."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.holding import Alone, Holding, Part, Terms, plan
from storage import leases, open_store
from storage.database import StorageUnavailableError, Store, Tx
from tests.sealing import SEAL

SOON = 10.0
SHORT = Terms(length=1.5)
LONG = Terms(length=600.0)
QUICK_LOOKS = 0.05

T = TypeVar("T")
NAMES = st.sampled_from(["clock", "poller", "sender"])
HOLDERS = st.sampled_from(["me", "alive", "dead"])


@given(st.dictionaries(NAMES, HOLDERS), st.frozensets(NAMES))
def test_only_what_is_free_is_taken(held: dict[str, str], parts: frozenset[str]) -> None:
    """Free is what nobody holds, a dead worker held, or the rows say is ours already."""
    planned = plan(held, parts, "me", lambda holder: holder == "dead")
    assert planned.take == {name for name in parts if held.get(name) != "alive"}
    assert planned.bury == {holder for holder in held.values() if holder == "dead"}


def test_a_holder_stops_well_before_somebody_else_may_begin() -> None:
    """There are two more tries to renew before, and a fifth of the length for what is in flight."""
    terms = Terms()
    assert terms.length - terms.sure >= 2.9  # the sender's grace is 2 s
    assert terms.sure >= 2 * terms.renew + terms.look


class Work:
    """A part that counts how often it runs at this moment, over all workers."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.most = 0

    def part(self, worker: str) -> Part:
        """The part as *worker* has it."""

        async def run() -> None:
            self.running.append(worker)
            self.most = max(self.most, len(self.running))
            try:
                await asyncio.Event().wait()
            finally:
                self.running.remove(worker)

        return run


class Breakable:
    """A database that fails, or hangs, when told to."""

    def __init__(self, store: Store) -> None:
        self.engine = store.engine
        self.fails = self.hangs = False
        self._store = store

    async def run(
        self,
        unit: Callable[[Tx], T],
        *,
        key: int = 0,
        failed: Callable[[Tx, Exception], T] | None = None,
    ) -> T:
        """See `Store`."""
        if self.fails:
            raise StorageUnavailableError("gone")
        if self.hangs:
            await asyncio.Event().wait()
        return await self._store.run(unit, key=key, failed=failed)

    async def read(self, unit: Callable[[Tx], T]) -> T:
        """See `Store`."""
        return await self._store.read(unit)

    async def close(self) -> None:
        """See `Store`."""


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty storage."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


@asynccontextmanager
async def holding(store: Store, work: Work, name: str, terms: Terms) -> AsyncIterator[Holding]:
    """A worker at work."""
    holds = Holding(store, terms, name)
    task = asyncio.create_task(holds.run({"part": work.part(name)}))
    yield holds
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    """Wait for something, not for ever."""
    async with asyncio.timeout(SOON):
        while not true():  # noqa: ASYNC110 - what is awaited sets no event
            await asyncio.sleep(0.01)


async def test_one_of_two_runs_and_hands_over_when_it_stops(store: Store) -> None:
    """The second runs as soon as the first has stopped cleanly, long before the lease's end."""
    work = Work()
    quick = Terms(length=15 * QUICK_LOOKS)
    async with holding(store, work, "b", quick) as b:
        await until(lambda: work.running == ["b"])
        assert not b.others
    async with holding(store, work, "a", LONG) as a:
        await until(lambda: work.running == ["a"])
        assert a.sure("part")
        async with holding(store, work, "b", quick) as b:
            await until(lambda: b.others)
            assert not b.sure("part")
            assert work.running == ["a"]
    async with holding(store, work, "c", quick):
        await until(lambda: work.running == ["c"])
    assert work.most == 1


@pytest.mark.parametrize("how", ["fails", "hangs"])
async def test_without_a_database_a_part_pauses(store: Store, how: str) -> None:
    """It stops before the lease runs out for the others, and goes on when the database is back."""
    work, database = Work(), Breakable(store)
    async with holding(database, work, "a", SHORT) as holds:
        await until(lambda: holds.sure("part"))
        setattr(database, how, True)
        began = time.monotonic()
        await until(lambda: not work.running)
        assert time.monotonic() - began < SHORT.length
        assert not holds.sure("part")
        setattr(database, how, False)
        await until(lambda: work.running == ["a"])


async def test_a_worker_that_slept_stops_before_it_acts(store: Store) -> None:
    """Another has the part meanwhile; the sleeper knows at once, and stops as soon as it can."""
    work = Work()
    async with holding(store, work, "a", SHORT) as a:
        await until(lambda: a.sure("part"))
        time.sleep(SHORT.length)  # noqa: ASYNC251 - as a stopped process does
        assert not a.sure("part")
        now = datetime.now(UTC)
        later = now + timedelta(minutes=1)
        take = partial(leases.take, name="part", holder="b", now=now, until=later)
        assert await store.run(take) is not None
        await until(lambda: not work.running)
        await asyncio.sleep(2 * SHORT.look)
        assert not work.running


@pytest.fixture
def dead() -> str:
    """The name of a worker that was a process of this machine."""
    say = "from bot.worker import this_worker; print(this_worker())"
    return subprocess.check_output([sys.executable, "-c", say], text=True).strip()


async def test_what_a_dead_process_held_is_taken_at_once(store: Store, dead: str) -> None:
    """Nobody waits for the lease of a process that this machine has no more."""
    now = datetime.now(UTC)
    later = now + timedelta(hours=1)
    await store.run(partial(leases.take, name="part", holder=dead, now=now, until=later))
    await store.run(partial(leases.appear, holder=dead, now=now, until=later))
    work = Work()
    async with holding(store, work, "a", LONG) as holds:
        await until(lambda: work.running == ["a"])
        assert not holds.others


@pytest.mark.parametrize("alone", [True, False])
async def test_a_part_that_fails_stops_the_worker(store: Store, *, alone: bool) -> None:
    """Its fault comes out, the other parts end, and another worker may have all of it."""
    work = Work()

    async def breaks() -> None:
        await until(lambda: bool(work.running))
        raise KeyError("a fault")

    holds = Alone() if alone else Holding(store, SHORT, "a")
    with pytest.raises(KeyError, match="a fault"):
        await holds.run({"breaks": breaks, "part": work.part("a")})
    assert not work.running
    assert await store.run(partial(leases.held, now=datetime.now(UTC))) == {}


async def test_whoever_is_alone_holds_everything() -> None:
    """One process needs no leases."""
    work, holds = Work(), Alone()
    task = asyncio.create_task(holds.run({"one": work.part("1"), "two": work.part("2")}))
    await until(lambda: len(work.running) == 2)
    assert holds.sure("one")
    assert not holds.others
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not work.running
