"""The sender of one channel: in order, each chat for itself, nothing lost over a restart."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import pytest

from bot.channels import MovedError, UndeliveredError
from bot.outbox import Sender
from bot.posting import Posted
from handlers.messages import Say
from storage import open_store, outbox, people
from storage.database import Store, Tx
from tests.scripted_channel import ScriptedChannel
from tests.sealing import SEAL

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # past: what is queued then is due
SOON = 10.0


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty storage."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


async def queued(store: Store, address: str, text: str) -> Posted:
    """A message committed to the outbox."""
    say = Say(text=text)

    def add(tx: Tx) -> Posted:
        contact = people.contact(tx, "test", address, NOW)
        number = outbox.add(tx, contact.id, "test", say.model_dump_json(), NOW)
        return Posted(number, contact.id, "test", address, say)

    return await store.run(add)


@asynccontextmanager
async def sending(sender: Sender) -> AsyncIterator[None]:
    """The sender at work."""
    await sender.catch_up()
    work = asyncio.create_task(sender.run())
    yield
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    """Wait for something, not for ever."""
    async with asyncio.timeout(SOON):
        while not true():  # noqa: ASYNC110 - what is awaited sets no event
            await asyncio.sleep(0.01)


async def states(store: Store) -> list[str]:
    """The state of each message, in order."""
    return [
        row[0]
        for row in await store.read(lambda tx: tx.rows("SELECT state FROM outbox ORDER BY id"))
    ]


async def test_a_chat_hears_its_messages_in_order(store: Store) -> None:
    """However many wait, one chat is told one after the other."""
    channel = ScriptedChannel()
    sender = Sender(store, channel)
    async with sending(sender):
        for number in range(20):
            sender.post(await queued(store, "an", str(number)))
        await until(lambda: len(channel.said) == 20)
    assert channel.said == [("an", str(number)) for number in range(20)]
    assert set(await states(store)) == {"sent"}


async def test_what_an_earlier_process_left_is_sent_first(store: Store) -> None:
    """Rows of before the restart go before what comes now, and once only."""
    left = await queued(store, "an", "before")
    channel = ScriptedChannel()
    sender = Sender(store, channel)
    async with sending(sender):
        sender.post(left)
        sender.post(await queued(store, "an", "now"))
        await until(lambda: len(channel.said) == 2)
    assert channel.said == [("an", "before"), ("an", "now")]


async def test_a_passing_fault_keeps_the_order(store: Store) -> None:
    """The second message waits while the first is tried again."""
    channel = ScriptedChannel([UndeliveredError("retry", "502", after=0.05)])
    sender = Sender(store, channel)
    async with sending(sender):
        for text in ("one", "two"):
            sender.post(await queued(store, "an", text))
        await until(lambda: len(channel.said) == 2)
    assert [text for _, text in channel.said] == ["one", "two"]


async def test_a_stuck_chat_stops_no_other(store: Store) -> None:
    """Somebody whose phone never answers is waited for alone."""
    channel = ScriptedChannel()
    channel.stuck.add("an")
    sender = Sender(store, channel)
    async with sending(sender):
        sender.post(await queued(store, "an", "?"))
        sender.post(await queued(store, "binh", "!"))
        await until(lambda: bool(channel.said))
    assert channel.said == [("binh", "!")]
    assert await states(store) == ["queued", "sent"]


async def test_who_blocked_the_bot_is_unreachable(store: Store) -> None:
    """The message ends there and the contact is remembered as unreachable."""
    channel = ScriptedChannel([UndeliveredError("gone", "blocked")])
    sender = Sender(store, channel)
    async with sending(sender):
        sender.post(await queued(store, "an", "hello"))
        await until(lambda: sender.counts == {"unreachable": 1})
    assert await states(store) == ["unreachable"]
    contact = await store.read(partial(people.find, channel="test", address="an"))
    assert contact is not None
    assert not contact.reachable


async def test_a_moved_chat_is_told_at_its_new_address(store: Store) -> None:
    """A group that became a supergroup hears the same message there."""
    channel = ScriptedChannel([MovedError("-1002")])
    sender = Sender(store, channel)
    async with sending(sender):
        sender.post(await queued(store, "-1", "hello"))
        await until(lambda: bool(channel.said))
    assert channel.said == [("-1002", "hello")]


async def test_an_unreadable_row_stops_nobody(store: Store) -> None:
    """A message no release can read any more has failed; the next is sent."""
    spoilt = await queued(store, "an", "spoilt")
    await store.run(lambda tx: tx.do("UPDATE outbox SET payload = '{}' WHERE id = ?", (spoilt.id,)))
    await queued(store, "binh", "sound")
    channel = ScriptedChannel()
    sender = Sender(store, channel)
    async with sending(sender):
        await until(lambda: bool(channel.said))
    assert channel.said == [("binh", "sound")]
    assert await states(store) == ["failed", "sent"]


async def test_what_another_worker_queued_is_sent_once_told_of(store: Store) -> None:
    """A sender told from which id on there is more sends that, in order, and nothing twice."""
    channel = ScriptedChannel()
    sender = Sender(store, channel)
    async with sending(sender):
        first = await queued(store, "an", "one")
        await queued(store, "an", "two")
        sender.seek(first.id)
        sender.seek(first.id - 1)
        await until(lambda: len(channel.said) == 2)
        sender.seek(0)
        await asyncio.sleep(0.1)
    assert channel.said == [("an", "one"), ("an", "two")]


async def test_a_sender_that_had_to_stop_begins_with_the_rows(store: Store) -> None:
    """What another worker sent meanwhile is not said again; what waits is, before what comes."""
    channel = ScriptedChannel()
    channel.stuck.add("an")
    sender = Sender(store, channel)
    async with sending(sender):
        held = await queued(store, "an", "sent by another")
        sender.post(held)
        await asyncio.sleep(0.1)
    channel.stuck.clear()
    sent = outbox.Result(held.id, "sent", NOW)
    await store.run(partial(outbox.record, results=[sent]))
    sender.post(await queued(store, "an", "waits"))
    assert channel.said == []
    async with sending(sender):
        sender.post(await queued(store, "an", "comes"))
        await until(lambda: len(channel.said) == 2)
    assert channel.said == [("an", "waits"), ("an", "comes")]
