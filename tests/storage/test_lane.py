import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from storage.batch import Job, Outcome
from storage.database import StorageClosedError, StorageUnavailableError, Tx
from storage.lane import Lane


class Hops:
    """A database thread that notes what it is handed and answers when it is told to."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.go = asyncio.Event()

    async def __call__(self, jobs: Sequence[Job[Any]]) -> list[Outcome[Any]]:
        """The hop itself."""
        self.sizes.append(len(jobs))
        await self.go.wait()
        return [Outcome("done") for _ in jobs]


def unit(tx: Tx) -> str:
    """Never run here."""
    raise AssertionError


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_gathers_goes_in_one_hop() -> None:
    """While one batch is away the next one gathers, up to the greatest number at once."""
    hops = Hops()
    lane = Lane(hops, at_once=8)
    first = asyncio.create_task(lane.run(Job(unit)))
    await settle()
    others = [asyncio.create_task(lane.run(Job(unit))) for _ in range(20)]
    await settle()
    assert hops.sizes == [1]
    hops.go.set()
    assert await asyncio.gather(first, *others) == ["done"] * 21
    assert hops.sizes == [1, 8, 8, 4]


async def test_a_full_backlog_makes_callers_wait() -> None:
    """No more units are queued than the backlog has room for; the others wait and then run."""
    hops = Hops()
    lane = Lane(hops, at_once=4, backlog=4)
    tasks = [asyncio.create_task(lane.run(Job(unit))) for _ in range(30)]
    await settle()
    assert hops.sizes == [4]
    hops.go.set()
    assert await asyncio.gather(*tasks) == ["done"] * 30
    assert max(hops.sizes) <= 4


async def test_a_caller_who_left_before_the_hop_is_not_served() -> None:
    """A unit whose caller was cancelled while it was queued does not run."""
    hops = Hops()
    lane = Lane(hops)
    first = asyncio.create_task(lane.run(Job(unit)))
    await settle()
    gone = asyncio.create_task(lane.run(Job(unit)))
    stays = asyncio.create_task(lane.run(Job(unit)))
    await settle()
    gone.cancel()
    hops.go.set()
    assert [await first, await stays] == ["done", "done"]
    assert hops.sizes == [1, 1]
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_a_thread_that_breaks_is_heard_by_all_who_wait() -> None:
    """Whatever goes wrong on the way, nobody waits for ever: try later, it is said."""
    broken = True

    async def hop(jobs: Sequence[Job[Any]]) -> list[Outcome[Any]]:
        if broken:
            raise SystemExit(3)
        return [Outcome("done") for _ in jobs]

    lane = Lane(hop)
    heard = await asyncio.gather(*(lane.run(Job(unit)) for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in heard] == [StorageUnavailableError] * 3
    broken = False
    assert await lane.run(Job(unit)) == "done"


async def test_who_waits_for_room_while_the_lane_closes_is_told() -> None:
    """Closing finishes what is queued; callers still waiting for room hear that it is closed."""
    hops = Hops()
    lane = Lane(hops, at_once=1, backlog=1)
    tasks = [asyncio.create_task(lane.run(Job(unit))) for _ in range(4)]
    await settle()
    closing = asyncio.create_task(lane.close())
    await settle()
    hops.go.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    await closing
    assert outcomes[:1] == ["done"]
    assert any(isinstance(outcome, StorageClosedError) for outcome in outcomes)
    assert all(outcome == "done" or isinstance(outcome, StorageClosedError) for outcome in outcomes)
