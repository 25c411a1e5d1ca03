import asyncio
from functools import partial

from storage import leases
from storage.database import Store
from tests.storage.samples import NOW, SECOND

TTL = 30 * SECOND


async def test_one_of_many_gets_the_lease(store: Store) -> None:
    """Of workers that take a lease at the same moment, one has it."""
    fences = await asyncio.gather(
        *(
            store.run(
                partial(leases.take, name="poll", holder=f"w{n}", now=NOW, until=NOW + TTL), key=n
            )
            for n in range(8)
        )
    )
    assert sorted(fence for fence in fences if fence) == [1]


async def test_a_lease_that_ran_out_goes_on_with_a_higher_fence(store: Store) -> None:
    """A new holder gets a higher number; the one before finds out by renewing."""
    take = partial(leases.take, name="poll")
    renew = partial(leases.renew, now=NOW + TTL, until=NOW + 2 * TTL)
    assert await store.run(partial(take, holder="a", now=NOW, until=NOW + TTL)) == 1
    end = NOW + TTL
    assert await store.run(partial(take, holder="b", now=end - SECOND, until=end)) is None
    assert await store.run(partial(take, holder="b", now=end, until=end + TTL)) == 2
    assert await store.run(partial(renew, holder="a")) == frozenset()
    assert await store.run(partial(renew, holder="b")) == {"poll"}


async def test_a_holder_that_slept_past_the_end_must_take_again(store: Store) -> None:
    """A lease that ran out cannot be renewed, even when nobody took it meanwhile."""
    await store.run(partial(leases.take, name="poll", holder="a", now=NOW, until=NOW + TTL))
    late = NOW + TTL
    renew = partial(leases.renew, holder="a", now=late, until=late + TTL)
    assert await store.run(renew) == frozenset()


async def test_all_that_one_holds_is_renewed_together(store: Store) -> None:
    """One statement holds everything longer, and says what it was."""
    for name, holder in (("poll", "a"), ("send", "a"), ("clock", "b")):
        await store.run(partial(leases.take, name=name, holder=holder, now=NOW, until=NOW + TTL))
    renew = partial(leases.renew, holder="a", now=NOW + SECOND, until=NOW + 2 * TTL)
    assert await store.run(renew) == {"poll", "send"}
    held = await store.run(partial(leases.held, now=NOW + TTL))
    assert held == {"poll": "a", "send": "a"}


async def test_a_released_lease_is_free_at_once(store: Store) -> None:
    """Whoever stops lets the next one in; what is another's stays so."""
    take = partial(leases.take, name="poll")
    await store.run(partial(take, holder="a", now=NOW, until=NOW + TTL))
    await store.run(lambda tx: leases.release(tx, ["b"]))
    assert await store.run(partial(take, holder="b", now=NOW, until=NOW + TTL)) is None
    await store.run(lambda tx: leases.release(tx, ["a"]))
    assert await store.run(partial(take, holder="b", now=NOW, until=NOW + TTL)) == 2


async def test_workers_know_of_each_other(store: Store) -> None:
    """A worker is seen while it says that it lives, and is forgotten when it no longer does."""
    for holder, until in (("a", NOW + TTL), ("b", NOW + SECOND)):
        await store.run(partial(leases.appear, holder=holder, now=NOW, until=until))
    await store.run(partial(leases.take, name="poll", holder="a", now=NOW, until=NOW + TTL))
    for now, alive in ((NOW, {"a", "b"}), (NOW + SECOND, {"a"})):
        held = await store.run(partial(leases.held, now=now))
        assert leases.workers(held) == alive
    later = NOW + SECOND
    await store.run(partial(leases.appear, holder="c", now=later, until=later + TTL))
    names = await store.read(lambda tx: tx.rows("SELECT name FROM leases ORDER BY name"))
    assert [name for (name,) in names] == ["poll", "worker:a", "worker:c"]
