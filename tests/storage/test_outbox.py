from datetime import datetime

import pytest

from storage import outbox, people
from storage.database import Store, Tx
from storage.outbox import Result, State
from tests.storage.samples import NOW, SECOND


async def queue(
    store: Store, *addresses: str, lane: outbox.Lane = "reply", channel: str = "telegram"
) -> list[int]:
    """Queue a message to each address and return the ids."""

    def add(tx: Tx) -> list[int]:
        contacts = [people.contact(tx, channel, address, NOW).id for address in addresses]
        return [
            outbox.add(tx, contact, channel, f"to {contact}", NOW, lane=lane)
            for contact in contacts
        ]

    return await store.run(add)


async def due_at(store: Store, now: datetime, after: int = 0, limit: int = 100) -> list[int]:
    """Ids of what Telegram has to send."""
    return [
        due.id for due in await store.read(lambda tx: outbox.due(tx, "telegram", now, after, limit))
    ]


async def record(store: Store, *results: Result) -> None:
    """Write results down."""
    await store.run(lambda tx: outbox.record(tx, results))


async def test_what_is_queued_is_due_for_its_channel_in_order(store: Store) -> None:
    """A channel gets its own messages, oldest first, in pages by id, with their addresses."""
    ids = await queue(store, "a", "b", "a", "c")
    await queue(store, "a", channel="web")
    assert await due_at(store, NOW) == ids
    assert await due_at(store, NOW, limit=2) == ids[:2]
    assert await due_at(store, NOW, after=ids[1], limit=2) == ids[2:]
    first = (await store.read(lambda tx: outbox.due(tx, "telegram", NOW, 0, 1)))[0]
    assert (first.address, first.lane, first.attempts) == ("a", "reply", 0)
    assert first.payload == f"to {first.contact_id}"


@pytest.mark.parametrize("state", ["sent", "unreachable", "failed", "unknown"])
async def test_what_is_final_is_due_no_more_and_stays_so(store: Store, state: State) -> None:
    """A final result is kept with its details, and no later one changes it."""
    (id_,) = await queue(store, "a")
    await record(store, Result(id_, state, NOW, platform_id="77", error="why"))
    await record(store, Result(id_, "queued", NOW, error="late"))
    assert await due_at(store, NOW + SECOND) == []
    row = await store.read(
        lambda tx: tx.row("SELECT state, attempts, platform_id, error, sent_at FROM outbox")
    )
    sent_at = round(NOW.timestamp() * 1000) if state == "sent" else None
    assert row == (state, 1, "77", "why", sent_at)


async def test_what_was_in_flight_at_a_crash_is_due_again(store: Store) -> None:
    """A message marked as being sent is sent again after a restart: repeated, never lost."""
    (id_,) = await queue(store, "a")
    await record(store, Result(id_, "sending", NOW))
    assert await due_at(store, NOW) == [id_]


async def test_a_message_put_off_comes_when_it_is_time_and_holds_its_chat(store: Store) -> None:
    """Until then, later messages of that chat and lane wait behind it; others do not."""
    first, other, second = await queue(store, "a", "b", "a")
    (announcement,) = await queue(store, "a", lane="announcement")
    later = NOW + 60 * SECOND
    await record(store, Result(first, "queued", NOW, attempts=3, not_before=later))
    assert await due_at(store, NOW) == [other, announcement]
    assert await store.read(lambda tx: outbox.next_due(tx, "telegram", NOW)) == later
    assert await due_at(store, later) == [first, other, second, announcement]
    again = (await store.read(lambda tx: outbox.due(tx, "telegram", later, 0, 1)))[0]
    assert again.attempts == 3
    assert await store.read(lambda tx: outbox.next_due(tx, "telegram", later)) is None


async def test_a_page_gets_what_it_has_not_seen(store: Store) -> None:
    """All messages of a chat after a given one, sent or not, in order."""
    ids = await queue(store, "a", "b", "a", "a", channel="web")
    await record(store, Result(ids[2], "sent", NOW))
    contact = await store.run(lambda tx: people.contact(tx, "web", "a", NOW).id)
    seen = await store.read(lambda tx: outbox.after(tx, contact, ids[0], 10))
    assert [message.id for message in seen] == [ids[2], ids[3]]
    assert seen[0].at == NOW
    assert len(await store.read(lambda tx: outbox.after(tx, contact, 0, 2))) == 2


async def test_what_is_pending_is_counted_with_its_age(store: Store) -> None:
    """The count of a channel's waiting messages and the moment of the oldest."""
    assert await store.read(lambda tx: outbox.pending(tx, "telegram")) == (0, None)
    ids = await queue(store, "a", "b", "c")
    await queue(store, "a", channel="web")
    await record(store, Result(ids[0], "sent", NOW))
    assert await store.read(lambda tx: outbox.pending(tx, "telegram")) == (2, NOW)


async def test_an_id_is_never_given_twice(store: Store) -> None:
    """A page that remembers the last id it saw never meets it again on a new message."""
    ids = await queue(store, "a", "a")
    await store.run(lambda tx: tx.do("DELETE FROM outbox"))
    (after,) = await queue(store, "a")
    assert after > max(ids)
