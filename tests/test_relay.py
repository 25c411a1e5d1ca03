"""What is committed comes to whoever acts on it, in order, at every stage of a worker's life."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from bot.holding import Alone, SendsWhileHeld
from bot.outbox import Sender
from bot.posting import Posted
from bot.relay import Relay
from handlers.messages import Say
from storage import news, open_store, outbox, people
from storage.database import Store, Tx
from tests.scripted_channel import ScriptedChannel
from tests.sealing import SEAL

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # past: what is queued then is due
SOON = 10.0

T = TypeVar("T")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty storage."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


class Slow:
    """A database whose answers stay away until they may come."""

    def __init__(self, store: Store) -> None:
        self.engine = store.engine
        self.comes = asyncio.Event()
        self._store = store

    async def run(
        self,
        unit: Callable[[Tx], T],
        *,
        key: int = 0,
        failed: Callable[[Tx, Exception], T] | None = None,
    ) -> T:
        """See `Store`."""
        answer = await self._store.run(unit, key=key, failed=failed)
        await self.comes.wait()
        return answer

    async def read(self, unit: Callable[[Tx], T]) -> T:
        """See `Store`."""
        return await self._store.read(unit)

    async def close(self) -> None:
        """See `Store`."""


class Holder(Alone):
    """Holds everything, or is not sure of it."""

    others = False
    is_sure = True

    def sure(self, name: str) -> bool:
        """See `Holds`."""
        return name == "sender:test" and self.is_sure


async def nothing() -> None:
    """Nobody changed anything."""


def relay_to(sender: Sender, holds: Holder) -> Relay:
    """A worker with one channel."""
    ignored = (lambda: None, lambda: None, lambda: None)
    return Relay(holds, {"test": sender}, None, *ignored, renew=nothing)


async def queued(store: Store, text: str) -> Posted:
    """A message committed to the outbox."""
    say = Say(text=text)

    def add(tx: Tx) -> Posted:
        contact = people.contact(tx, "test", "an", NOW)
        number = outbox.add(tx, contact.id, "test", say.model_dump_json(), NOW)
        return Posted(number, contact.id, "test", "an", say)

    return await store.run(add)


async def until(true: Callable[[], bool]) -> None:
    """Wait for something, not for ever."""
    async with asyncio.timeout(SOON):
        while not true():  # noqa: ASYNC110 - what is awaited sets no event
            await asyncio.sleep(0.01)


async def test_nothing_is_overlooked_while_a_sender_begins(store: Store) -> None:
    """What turns commit while the rows are being read is sent at once, behind what they had."""
    channel, looks, slow = ScriptedChannel(), list[None](), Slow(store)
    sender = Sender(slow, channel)
    relay = relay_to(sender, Holder())
    await queued(store, "was there")
    beginning = asyncio.create_task(sender.catch_up())
    await asyncio.sleep(0)
    for text in ("came meanwhile", "too"):
        relay.posted(await queued(store, text), lambda: looks.append(None))
    slow.comes.set()
    await beginning
    work = asyncio.create_task(sender.run())
    await until(lambda: len(channel.said) == 3)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert [text for _, text in channel.said] == ["was there", "came meanwhile", "too"]
    assert looks == []


async def test_among_others_the_rows_say_what_comes_first(store: Store) -> None:
    """A turn's message is not sent before what another worker's said in that chat before."""
    channel, looks = ScriptedChannel(), list[None]()
    sender, holds = Sender(store, channel), Holder()
    relay = relay_to(sender, holds)
    await sender.catch_up()
    work = asyncio.create_task(sender.run())
    holds.others = True
    theirs, ours = await queued(store, "theirs"), await queued(store, "ours")
    relay.posted(ours, lambda: looks.append(None))
    assert looks == [None]
    relay.said(news.Message(each.id, "test", "an") for each in (theirs, ours))
    await until(lambda: len(channel.said) == 2)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert [text for _, text in channel.said] == ["theirs", "ours"]


async def test_who_is_not_sure_of_its_lease_sends_nothing(store: Store) -> None:
    """A send waits until the lease is surely ours, or the sender is stopped."""
    channel, holds = ScriptedChannel(), Holder()
    sender = Sender(store, SendsWhileHeld(channel, holds, "sender:test"))
    await sender.catch_up()
    work = asyncio.create_task(sender.run())
    holds.is_sure = False
    sender.post(await queued(store, "one"))
    await asyncio.sleep(0.3)
    assert channel.said == []
    holds.is_sure = True
    await until(lambda: len(channel.said) == 1)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
