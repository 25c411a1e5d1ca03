"""Replies, notices and announcements of one channel: none waits for what is slower than itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from bot import outbox as sending_module
from bot.channels import UndeliveredError
from bot.outbox import ANNOUNCEMENTS, HELD, Sender
from bot.posting import Posted
from handlers.announcing import Limits
from handlers.messages import Say
from storage import open_store, outbox, people
from storage.database import Store, Tx
from storage.outbox import Lane
from tests.scripted_channel import ScriptedChannel
from tests.sealing import SEAL

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # past: what is queued then is due
SOON = 10.0
SLOW = Limits(channel="test", text=4096, per_second=0.2)
TOO_FAST = UndeliveredError("retry", "429", after=0.3)
ALL_TOO_FAST = UndeliveredError("retry", "429", after=0.3, scope="channel")
OUT_FOR_LONG = UndeliveredError("retry", "502", after=60)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty storage."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


async def queued(store: Store, address: str, text: str, lane: Lane = "announcement") -> Posted:
    """A message committed to the outbox."""
    say = Say(text=text)

    def add(tx: Tx) -> Posted:
        contact = people.contact(tx, "test", address, NOW)
        number = outbox.add(tx, contact.id, "test", say.model_dump_json(), NOW, lane=lane)
        return Posted(number, contact.id, "test", address, say, lane)

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


async def test_a_reply_overtakes_announcements_that_wait_for_their_turn(store: Store) -> None:
    """However slow the line, and in the same chat too, a reply goes at once."""
    channel = ScriptedChannel()
    sender = Sender(store, channel, SLOW)
    async with sending(sender):
        for address in ("an", "binh", "chi"):
            sender.post(await queued(store, address, "storm"))
        sender.post(await queued(store, "chi", "hello", "reply"))
        await until(lambda: len(channel.said) == 2)
    assert channel.said == [("an", "storm"), ("chi", "hello")]


async def test_a_reply_overtakes_what_is_put_off(store: Store) -> None:
    """An announcement or a notice that is tried again later holds no reply of its chat up."""
    channel = ScriptedChannel([UndeliveredError("retry", "502"), UndeliveredError("retry", "502")])
    sender = Sender(store, channel)
    async with sending(sender):
        sender.post(await queued(store, "an", "news", "notice"))
        sender.post(await queued(store, "binh", "storm"))
        await until(lambda: not channel.faults)
        for address in ("an", "binh"):
            sender.post(await queued(store, address, "hello", "reply"))
        await until(lambda: len(channel.said) == 4)
    assert sorted(channel.said[:2]) == [("an", "hello"), ("binh", "hello")]
    assert sorted(channel.said[2:]) == [("an", "news"), ("binh", "storm")]


async def test_an_announcement_waits_for_what_its_chat_was_to_hear_before(store: Store) -> None:
    """The order in a chat is kept over all lanes: not even a free line lets it go ahead."""
    channel = ScriptedChannel([UndeliveredError("retry", "502", after=0.1)])
    sender = Sender(store, channel)
    async with sending(sender):
        for text, lane in (("one", "reply"), ("two", "notice"), ("three", "announcement")):
            sender.post(await queued(store, "an", text, lane))  # type: ignore[arg-type] # literals
        await until(lambda: len(channel.said) == 3)
    assert [text for _, text in channel.said][2] == "three"


async def test_stuck_announcements_take_no_reply_s_place(store: Store) -> None:
    """When every slot of announcements hangs, replies and notices go as ever."""
    channel = ScriptedChannel()
    channel.stuck = {f"stuck {number}" for number in range(ANNOUNCEMENTS + 5)}
    sender = Sender(store, channel)
    async with sending(sender):
        for address in sorted(channel.stuck):
            sender.post(await queued(store, address, "storm"))
        sender.post(await queued(store, "an", "hello", "reply"))
        sender.post(await queued(store, "an", "news", "notice"))
        await until(lambda: len(channel.said) == 2)
    assert channel.said == [("an", "hello"), ("an", "news")]


@pytest.mark.parametrize("error", [TOO_FAST, ALL_TOO_FAST])
async def test_who_is_told_to_wait_waits(store: Store, error: UndeliveredError) -> None:
    """A pause asked of a chat is kept there in all lanes, one asked of everybody everywhere."""
    channel = ScriptedChannel([error])
    sender = Sender(store, channel)
    loop = asyncio.get_running_loop()
    async with sending(sender):
        sender.post(await queued(store, "an", "storm"))
        await until(lambda: not channel.faults)
        began = loop.time()
        sender.post(await queued(store, "an", "hello", "reply"))
        await until(lambda: sender.held == 1)
        sender.post(await queued(store, "binh", "hello", "reply"))
        await until(lambda: len(channel.said) >= 1)
        first = loop.time() - began
        await until(lambda: len(channel.said) == 3)
        took = loop.time() - began
    assert took > 0.2
    assert (channel.said[0] == ("binh", "hello")) or error.scope == "channel"
    assert (first > 0.2) == (error.scope == "channel")


async def test_notices_count_but_do_not_wait(store: Store) -> None:
    """News of cases go at once; announcements then leave room for them in the channel's budget."""
    channel = ScriptedChannel()
    sender = Sender(store, channel, replace_rate(10))
    async with sending(sender):
        for number in range(13):
            sender.post(await queued(store, f"{number}", "news", "notice"))
        await until(lambda: len(channel.said) == 13)
        began = asyncio.get_running_loop().time()
        sender.post(await queued(store, "an", "storm"))
        await until(lambda: len(channel.said) == 14)
        waited = asyncio.get_running_loop().time() - began
    assert waited > 0.5


def replace_rate(per_second: float) -> Limits:
    """Limits of that pace."""
    return Limits(channel="test", text=4096, per_second=per_second)


async def test_only_so_many_announcements_are_held(store: Store) -> None:
    """What is more than the memory is to hold stays among the rows, and is not lost."""
    channel = ScriptedChannel()
    sender = Sender(store, channel)
    posted = await queued(store, "an", "storm")
    await sender.catch_up()
    for number in range(HELD + 100):
        sender.post(replace(posted, id=-1 - number, contact_id=number))
    assert sender.held == HELD


async def test_what_is_put_off_for_long_is_looked_up_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes no memory meanwhile; its row says when it is to be tried, and it is tried then."""
    monkeypatch.setattr(sending_module, "RESCAN", 0.05)
    channel = ScriptedChannel([OUT_FOR_LONG])
    sender = Sender(store, channel)
    async with sending(sender):
        sender.post(await queued(store, "an", "storm"))
        await until(lambda: sender.held == 0)
        await asyncio.sleep(0.2)
        assert not channel.said
        await store.run(lambda tx: tx.do("UPDATE outbox SET not_before = 0"))
        await until(lambda: bool(channel.said))
    assert channel.said == [("an", "storm")]


async def test_a_change_names_the_message_it_changes(store: Store) -> None:
    """The channel is told the platform's id of it; what never arrived is said anew."""
    channel = ScriptedChannel()
    sender = Sender(store, channel)
    async with sending(sender):
        first = await queued(store, "an", "one", "reply")
        sender.post(first)
        change = await queued(store, "an", "one, or two", "reply")
        sender.post(replace(change, replaces=first.id))
        lost = await queued(store, "an", "three", "reply")
        sender.post(replace(lost, replaces=10_000))
        await until(lambda: len(channel.said) == 3)
    assert [each.replaces for each in channel.sent] == ["", f"platform {first.id}", ""]


async def test_what_was_said_anew_is_changed_next(store: Store) -> None:
    """When a message could not be changed where it stood, the next change is of the new one."""
    channel = ScriptedChannel()
    sender = Sender(store, channel)
    async with sending(sender):
        first = await queued(store, "an", "one", "reply")
        sender.post(first)
        for text in ("two", "three"):
            sender.post(replace(await queued(store, "an", text, "reply"), replaces=first.id))
        await until(lambda: len(channel.said) == 3)
    platform_ids = [f"platform {first.id + n}" for n in range(2)]
    assert [each.replaces for each in channel.sent] == ["", *platform_ids]


async def test_only_announcements_may_cost_money(store: Store) -> None:
    """Where the province pays for speed, it pays for announcements alone."""
    channel = ScriptedChannel()
    sender = Sender(store, channel, paid=True)
    async with sending(sender):
        sender.post(await queued(store, "an", "hello", "reply"))
        sender.post(await queued(store, "binh", "storm"))
        await until(lambda: len(channel.said) == 2)
    assert {each.say.text: each.paid for each in channel.sent} == {"hello": False, "storm": True}


async def test_after_a_restart_lanes_are_as_before(store: Store) -> None:
    """Rows of an earlier process keep their lane, so that replies go first again."""
    for address in ("an", "binh", "chi"):
        await queued(store, address, "storm")
    await queued(store, "chi", "hello", "reply")
    channel = ScriptedChannel()
    sender = Sender(store, channel, SLOW)
    async with sending(sender):
        await until(lambda: len(channel.said) == 2)
    assert ("chi", "hello") in channel.said
    left = await store.read(partial(outbox.pending, channel="test"))
    assert left.waiting == 2
