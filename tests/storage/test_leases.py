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
    first = await store.run(partial(take, holder="a", now=NOW, until=NOW + TTL))
    assert first == 1
    end = NOW + TTL
    assert await store.run(partial(take, holder="b", now=end - SECOND, until=end)) is None
    second = await store.run(partial(take, holder="b", now=end, until=end + TTL))
    assert second == 2
    assert not await store.run(
        lambda tx: leases.renew(tx, "poll", "a", first, now=end, until=end + TTL)
    )
    assert await store.run(
        lambda tx: leases.renew(tx, "poll", "b", second, now=end, until=end + 2 * TTL)
    )


async def test_a_holder_that_slept_past_the_end_must_take_again(store: Store) -> None:
    """A lease that ran out cannot be renewed, even when nobody took it meanwhile."""
    fence = await store.run(partial(leases.take, name="poll", holder="a", now=NOW, until=NOW + TTL))
    assert fence == 1
    late = NOW + TTL
    assert not await store.run(
        lambda tx: leases.renew(tx, "poll", "a", fence, now=late, until=late + TTL)
    )


async def test_a_released_lease_is_free_at_once(store: Store) -> None:
    """Releasing lets the next one in; releasing what is another's does nothing."""
    take = partial(leases.take, name="poll")
    await store.run(partial(take, holder="a", now=NOW, until=NOW + TTL))
    await store.run(lambda tx: leases.release(tx, "poll", "b", 1))
    assert await store.run(partial(take, holder="b", now=NOW, until=NOW + TTL)) is None
    await store.run(lambda tx: leases.release(tx, "poll", "a", 1))
    assert await store.run(partial(take, holder="b", now=NOW, until=NOW + TTL)) == 2


async def test_leases_of_other_names_are_others(store: Store) -> None:
    """Holding one lease says nothing of another."""
    for name in ("poll", "send"):
        take = partial(leases.take, name=name, holder="a", now=NOW, until=NOW + TTL)
        assert await store.run(take) == 1
