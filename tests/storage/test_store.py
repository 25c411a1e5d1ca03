import asyncio
import random
from functools import partial

import pytest

from storage import open_store
from storage.database import StorageClosedError, Store, Tx
from tests.sealing import SEAL

TABLE = "CREATE TABLE counts (name BIGINT PRIMARY KEY, half BIGINT NOT NULL)"
ADD = "INSERT INTO counts (name, half) VALUES (?, 1)"
FINISH = "UPDATE counts SET half = 2 WHERE name = ?"
NAMES = "SELECT name FROM counts WHERE half = 2 ORDER BY name"
HALVES = "SELECT COUNT(*) FROM counts WHERE half = 1"


class PoisonError(Exception):
    """A unit that raises."""


@pytest.fixture
async def counting(store: Store) -> Store:
    """A store with a table to count in."""
    await store.run(lambda tx: tx.do(TABLE))
    return store


def count(tx: Tx, name: int) -> int:
    """Two changes that must be seen both or not at all."""
    tx.do(ADD, (name,))
    tx.do(FINISH, (name,))
    return name


def poison(tx: Tx, name: int) -> int:
    """One change, and then a fault."""
    tx.do(ADD, (name,))
    raise PoisonError(name)


async def counted(store: Store) -> list[int]:
    """What is in the table, after a look that no unit left half of itself."""
    assert await store.read(lambda tx: tx.row(HALVES)) == (0,)
    return [row[0] for row in await store.read(lambda tx: tx.rows(NAMES))]


async def test_a_value_comes_back(store: Store) -> None:
    """What a unit returns is what `run` and `read` return."""
    assert await store.run(lambda tx: tx.row("SELECT 1 + ?", (1,))) == (2,)
    assert await store.read(lambda tx: tx.rows("SELECT '100%s đất'")) == [("100%s đất",)]


async def test_a_poison_unit_is_undone_alone(counting: Store) -> None:
    """Of one batch, the units that raise leave nothing and hear why; all others stay."""
    units = [partial(poison if name % 10 == 7 else count, name=name) for name in range(100)]
    outcomes = await asyncio.gather(*(counting.run(unit) for unit in units), return_exceptions=True)
    good = [name for name in range(100) if name % 10 != 7]
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == good
    assert sum(isinstance(outcome, PoisonError) for outcome in outcomes) == 10
    assert await counted(counting) == good


async def test_failed_runs_in_the_place_of_a_unit_that_raised(counting: Store) -> None:
    """When a unit raises, its own changes are gone, and those of its `failed` are there."""

    def failed(tx: Tx, error: Exception) -> int:
        assert isinstance(error, PoisonError)
        return count(tx, 1000)

    assert await counting.run(partial(poison, name=1), failed=failed) == 1000
    assert await counted(counting) == [1000]


async def test_a_failed_that_raises_leaves_nothing(counting: Store) -> None:
    """When `failed` raises too, its caller hears that, and the rest of the batch stays."""

    def failed(tx: Tx, error: Exception) -> int:
        count(tx, 1000)
        raise KeyError("again")

    first, second = await asyncio.gather(
        counting.run(partial(poison, name=1), failed=failed),
        counting.run(partial(count, name=2)),
        return_exceptions=True,
    )
    assert isinstance(first, KeyError)
    assert second == 2
    assert await counted(counting) == [2]


async def test_a_broken_statement_is_a_fault_of_its_unit(counting: Store) -> None:
    """A statement the database refuses fails its own unit only, whether or not it is caught."""

    def broken(tx: Tx) -> int:
        return tx.do("INSERT INTO nowhere VALUES (1)")

    def taken(tx: Tx) -> int:
        tx.do(ADD, (1,))
        return tx.do(ADD, (1,))

    outcomes = await asyncio.gather(
        counting.run(broken),
        counting.run(taken),
        counting.run(partial(count, name=2)),
        return_exceptions=True,
    )
    assert [type(outcome).__name__ for outcome in outcomes[:2]] != ["int", "int"]
    assert all(isinstance(outcome, Exception) for outcome in outcomes[:2])
    assert await counted(counting) == [2]


async def test_units_of_one_key_keep_their_order(store: Store) -> None:
    """Over many batches, units of equal key run in the order they were given."""
    ran: dict[int, list[int]] = {key: [] for key in range(7)}

    def unit(tx: Tx, key: int, number: int) -> None:
        tx.row("SELECT 1")
        ran[key].append(number)

    await asyncio.gather(
        *(
            store.run(partial(unit, key=number % 7, number=number), key=number % 7)
            for number in range(700)
        )
    )
    assert all(numbers == sorted(numbers) and len(numbers) == 100 for numbers in ran.values())


async def test_cancelled_callers_leave_nothing_half_done(counting: Store) -> None:
    """Of 2,000 units a fifth lose their callers at any moment: each is done whole or not at all."""
    chance = random.Random(1)
    tasks = [
        asyncio.create_task(counting.run(partial(count, name=name), key=name))
        for name in range(2000)
    ]
    doomed = chance.sample(tasks, 400)
    for task in doomed:
        task.cancel()
        if chance.random() < 0.2:
            await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    heard = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert len(heard) >= 1600
    done = await counted(counting)
    assert set(heard) <= set(done)


async def test_a_unit_sees_what_the_one_before_did(counting: Store) -> None:
    """Units of one batch and key see each other's changes, as if each had been committed."""
    seen = await asyncio.gather(
        counting.run(partial(count, name=1), key=3),
        counting.run(lambda tx: tx.rows(NAMES), key=3),
    )
    assert seen[1] == [(1,)]


async def test_reading_can_not_write(counting: Store) -> None:
    """A reading unit that writes is refused, and reading goes on."""
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        await counting.read(partial(count, name=1))
    assert await counted(counting) == []


async def test_reading_sees_one_picture(counting: Store) -> None:
    """What is committed while a reading unit runs is not seen by it."""
    loop = asyncio.get_running_loop()

    def look(tx: Tx) -> tuple[int, int]:
        before = len(tx.rows(NAMES))
        asyncio.run_coroutine_threadsafe(counting.run(partial(count, name=1)), loop).result()
        return before, len(tx.rows(NAMES))

    assert await counting.read(look) == (0, 0)
    assert await counted(counting) == [1]


async def test_closing_finishes_what_is_queued(database_url: str) -> None:
    """`close` lets queued units finish and takes no more."""
    store = await open_store(database_url, seal=SEAL)
    await store.run(lambda tx: tx.do(TABLE))
    tasks = [asyncio.create_task(store.run(partial(count, name=name))) for name in range(300)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*tasks) == list(range(300))
    with pytest.raises(StorageClosedError):
        await store.run(partial(count, name=999))
