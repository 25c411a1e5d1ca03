import asyncio
from functools import partial

from storage import inbox, people
from storage.database import Store, Tx
from tests.storage.samples import DAY, NOW, SECOND


def failure(id_: str = "web:1", raw: str = '{"text":"x"}') -> inbox.Failed:
    """An arrival whose turn raised."""
    return inbox.Failed(id_, NOW, None, raw, "KeyError in step", '{"type":"said"}')


async def test_an_id_is_claimed_once(store: Store) -> None:
    """Of many that claim one id at the same moment, exactly one has it."""
    claims = await asyncio.gather(
        *(store.run(partial(inbox.claim, id="web:1", at=NOW), key=key) for key in range(20))
    )
    assert claims.count(True) == 1


async def test_a_claim_of_a_turn_that_raised_is_free_again(store: Store) -> None:
    """A claim is undone with its turn."""

    def turn(tx: Tx) -> bool:
        assert inbox.claim(tx, "web:1", NOW)
        raise KeyError

    await asyncio.gather(store.run(turn), return_exceptions=True)
    assert await store.run(partial(inbox.claim, id="web:1", at=NOW))


async def test_a_failed_arrival_is_kept_whole_and_claimed(store: Store) -> None:
    """What failed can be read again word for word, and is not handled a second time."""
    await store.run(lambda tx: inbox.keep_failed(tx, failure()))
    assert not await store.run(partial(inbox.claim, id="web:1", at=NOW))
    assert await store.read(partial(inbox.failed, id="web:1")) == failure()
    assert await store.read(partial(inbox.failures, limit=10)) == (failure(),)


async def test_what_no_database_can_hold_is_kept_readable(store: Store) -> None:
    """NUL and lone surrogates in a raw update do not stop it from being kept."""
    await store.run(lambda tx: inbox.keep_failed(tx, failure(raw="a\0b\ud800c")))
    kept = await store.read(partial(inbox.failed, id="web:1"))
    assert kept is not None
    assert kept.raw == "a\\0b\\ud800c"


async def test_a_settled_failure_forgets_its_content(store: Store) -> None:
    """After a replay the id stays claimed and nothing of the message is left; once."""
    await store.run(lambda tx: inbox.keep_failed(tx, failure()))
    assert await store.run(partial(inbox.settle, id="web:1"))
    assert not await store.run(partial(inbox.settle, id="web:1"))
    assert await store.read(partial(inbox.failed, id="web:1")) is None
    assert not await store.run(partial(inbox.claim, id="web:1", at=NOW))
    row = await store.read(lambda tx: tx.row("SELECT raw, error, event FROM inbox"))
    assert row == (None, None, None)


async def test_old_ids_are_purged_in_slices_but_failures_stay(store: Store) -> None:
    """Only handled ids from before the given moment go, so many at a time."""

    def fill(tx: Tx) -> None:
        for number in range(25):
            inbox.claim(tx, f"web:{number}", NOW - DAY + number * SECOND)
        inbox.claim(tx, "web:new", NOW)
        contact = people.contact(tx, "web", "a", NOW)
        old = failure("web:failed")._replace(at=NOW - 9 * DAY, contact_id=contact.id)
        inbox.keep_failed(tx, old)

    await store.run(fill)
    sizes = [await store.run(partial(inbox.purge, before=NOW, limit=10)) for _ in range(4)]
    assert sizes == [10, 10, 5, 0]
    left = await store.read(lambda tx: tx.rows("SELECT id FROM inbox ORDER BY id"))
    assert left == [("web:failed",), ("web:new",)]
