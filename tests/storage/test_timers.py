from functools import partial

from storage import people, timers
from storage.database import Store, Tx
from tests.storage.samples import NOW, SECOND


async def set_two(store: Store) -> int:
    """A contact with a timer due now and one due in a minute."""

    def add(tx: Tx) -> int:
        contact = people.contact(tx, "web", "a", NOW).id
        timers.set(tx, contact, "album", NOW)
        timers.set(tx, contact, "draft", NOW + 60 * SECOND)
        return contact

    return await store.run(add)


async def test_what_has_run_out_is_due_oldest_first(store: Store) -> None:
    """Only timers whose moment has come are due, each with where to tell it."""
    contact = await set_two(store)
    (due,) = await store.read(lambda tx: timers.due(tx, NOW, 10))
    assert due == (contact, "web", "a", "album", NOW)
    later = await store.read(lambda tx: timers.due(tx, NOW + 60 * SECOND, 10))
    assert [timer.name for timer in later] == ["album", "draft"]
    assert await store.read(timers.next_due) == NOW


async def test_a_timer_fires_once(store: Store) -> None:
    """Of two that act on a due timer, one may; then it is gone."""
    contact = await set_two(store)
    fired = [await store.run(lambda tx: timers.fire(tx, contact, "album", NOW)) for _ in range(2)]
    assert fired == [True, False]


async def test_a_timer_set_anew_does_not_fire_early(store: Store) -> None:
    """A second one of the same name replaces the first, also when that was found due already."""
    contact = await set_two(store)
    await store.run(lambda tx: timers.set(tx, contact, "album", NOW + SECOND))
    assert not await store.run(lambda tx: timers.fire(tx, contact, "album", NOW))
    assert await store.read(timers.next_due) == NOW + SECOND


async def test_a_dropped_timer_is_gone(store: Store) -> None:
    """Dropping forgets one timer, and one that is not there is no fault."""
    contact = await set_two(store)
    for name in ("album", "album", "draft"):
        await store.run(partial(timers.drop, contact_id=contact, name=name))
    assert await store.read(timers.next_due) is None
