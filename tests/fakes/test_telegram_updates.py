"""getUpdates of the fake: forgetting, waiting, and who loses a conflict."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from telegram import Bot
from telegram.error import Conflict

from tests.fakes.patience import eventually
from tests.fakes.samples import inline
from tests.fakes.telegram import FakeTelegram, Options, Person
from tests.fakes.telegram.rules import Limits


@pytest.fixture
async def server() -> AsyncIterator[FakeTelegram]:
    """A fake whose time passes only when a test says so."""
    async with FakeTelegram(speed=1e-6) as running:
        yield running


async def poll(bot: Bot, offset: int = 0, **about: object) -> list[dict[str, Any]]:
    """The raw updates of one poll, as our own engine asks for them."""
    asked = {"offset": offset, "timeout": 0, **about}
    raw: list[dict[str, Any]] = await bot.do_api_request(
        "getUpdates", api_kwargs=asked, read_timeout=60
    )
    return raw


def waits_from(server: FakeTelegram, offset: int) -> bool:
    """Whether the poll that waits asked for this offset."""
    return server.world.poll.waiting_from == offset


pytestmark = pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")


async def test_an_offset_forgets_what_is_below(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Updates come again until a higher offset is named; numbers follow without gaps."""
    for text in ("một", "hai", "ba"):
        await lan.says(text)
    first = await poll(bot)
    assert [each["update_id"] for each in first] == [first[0]["update_id"] + n for n in range(3)]
    assert await poll(bot, offset=first[0]["update_id"]) == first
    assert await poll(bot, offset=first[0]["update_id"]) == first[:1], "one: asked again at once"
    rest = await poll(bot, offset=first[1]["update_id"] + 1)
    assert [each["message"]["text"] for each in rest] == ["ba"]
    assert server.pending == 1
    assert await poll(bot, offset=rest[0]["update_id"] + 1) == []


async def test_limit(bot: Bot, lan: Person) -> None:
    """A poll gives at most what it asks for, and never more than a hundred."""
    for number in range(105):
        await lan.says(f"{number}")
    assert len(await poll(bot, limit=7)) == 7
    assert len(await poll(bot, offset=1, limit=1000)) == 100


async def test_an_offset_in_the_future_confirms_nothing(
    server: FakeTelegram, bot: Bot, lan: Person
) -> None:
    """Past tail + 10 the server answers from the head and forgets nothing."""
    await lan.says("một")
    (update,) = await poll(bot)
    assert await poll(bot, offset=update["update_id"] + 12) == [update]
    assert server.pending == 1
    assert await poll(bot, offset=update["update_id"] + 11) == []
    assert server.pending == 0


async def test_a_negative_offset_keeps_the_last(bot: Bot, lan: Person) -> None:
    """An offset of -1 drops all but the last update."""
    for text in ("một", "hai", "ba"):
        await lan.says(text)
    assert [each["message"]["text"] for each in await poll(bot, offset=-1)] == ["ba"]
    assert len(await poll(bot)) == 1


async def test_a_poll_waits_for_news(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A long poll is answered when something happens."""
    waiting = asyncio.create_task(poll(bot, offset=5, timeout=20))
    await eventually(partial(waits_from, server, 5))
    await lan.says("chào")
    assert [each["message"]["text"] for each in await waiting] == ["chào"]


async def test_the_wait_is_capped(server: FakeTelegram, bot: Bot) -> None:
    """No poll waits longer than 50 seconds of the platform, whatever it asks."""
    waiting = asyncio.create_task(poll(bot, offset=5, timeout=3600))
    await eventually(partial(waits_from, server, 5))
    server.clock.advance(51)
    assert await waiting == []


async def test_the_same_offset_again_waits(server: FakeTelegram, bot: Bot) -> None:
    """Polling from the same offset within three seconds waits three, to spare the server."""
    await poll(bot, offset=7)
    waiting = asyncio.create_task(poll(bot, offset=7, timeout=0))
    await eventually(partial(waits_from, server, 7))
    server.clock.advance(3)
    assert await waiting == []


async def test_a_second_poller_ends_the_first(
    server: FakeTelegram, bots: list[Bot], lan: Person
) -> None:
    """Of two who wait, the older gets 409."""
    first = asyncio.create_task(poll(bots[0], offset=1, timeout=20))
    await eventually(partial(waits_from, server, 1))
    second = asyncio.create_task(poll(bots[1], offset=2, timeout=20))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    await lan.says("chào")
    assert len(await second) == 1


async def test_more_conflicts_come_late(server: FakeTelegram, bots: list[Bot]) -> None:
    """Within three seconds of a conflict the next one is answered three seconds late."""
    polls = []
    for offset, each in enumerate(bots, start=1):
        polls.append(asyncio.create_task(poll(each, offset=offset, timeout=20)))
        await eventually(partial(waits_from, server, offset))
    with pytest.raises(Conflict):
        await polls[0]
    assert not polls[1].done()
    server.clock.advance(3)
    with pytest.raises(Conflict):
        await polls[1]
    server.clock.advance(20)
    assert await polls[2] == []


async def test_who_need_not_wait_ends_no_other(
    server: FakeTelegram, bots: list[Bot], lan: Person
) -> None:
    """A poll that is answered at once leaves the one that waits alone."""
    waiting = asyncio.create_task(poll(bots[0], offset=3, timeout=20))
    await eventually(partial(waits_from, server, 3))
    assert await poll(bots[1], offset=4, timeout=0) == []
    assert not waiting.done()
    server.clock.advance(21)
    assert await waiting == []


async def test_allowed_updates_stick(bot: Bot, lan: Person) -> None:
    """The list of kinds holds until another one comes; an empty list means the default."""
    await poll(bot, allowed_updates=["callback_query"])
    await lan.says("không thấy")
    assert await poll(bot, offset=1) == []
    await poll(bot, offset=2, allowed_updates=[])
    await lan.says("thấy")
    assert len(await poll(bot, offset=3)) == 1


async def test_reactions_are_not_in_the_default(
    server: FakeTelegram, bot: Bot, lan: Person
) -> None:
    """Reactions come only to those who ask for them by name."""
    message = await bot.send_message(1001, "chào")
    await lan.reacts(await lan.reads(), "👍")
    assert server.pending == 0
    await poll(bot, offset=1, allowed_updates=["message_reaction"])
    await lan.reacts(lan.chat[-1], "👍")
    (update,) = await poll(bot, offset=2)
    assert update["message_reaction"]["message_id"] == message.message_id


async def test_taps_die_first(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A tap is kept 150 seconds, a message a day."""
    await bot.send_message(1001, "?", reply_markup=inline("Có"))
    await lan.says("một")
    await lan.taps("Có")
    server.clock.advance(149)
    assert [min(each) for each in await poll(bot)] == ["message", "callback_query"]
    server.clock.advance(2)
    assert len(await poll(bot, offset=1)) == 1
    server.clock.advance(86_400)
    assert await poll(bot, offset=2) == []


async def test_the_queue_is_finite() -> None:
    """Past its capacity the platform drops what comes."""
    options = Options(limits=Limits(queue_events=3))
    async with FakeTelegram(options=options) as server:
        lan = server.person(1001)
        for number in range(5):
            await lan.says(f"{number}")
        assert (server.pending, server.world.queue.dropped) == (3, 2)


async def test_anything_can_be_injected(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Duplicates, disorder and updates nobody can parse come through as they are."""
    await lan.says("một")
    (update,) = await poll(bot)
    number = update["update_id"]
    server.push_update(update)
    server.push_update({"update_id": number + 2, "message": {"date": "never"}})
    server.push_update({"update_id": number + 1, "telepathy": {}})
    updates = await poll(bot, offset=1)
    assert [each["update_id"] - number for each in updates] == [0, 0, 2, 1]
    await poll(bot, offset=number + 2)
    assert [each["update_id"] - number for each in await poll(bot, offset=2)] == [2]


async def test_numbers_may_start_anew(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """After a quiet week numbers go on at a random place."""
    await lan.says("một")
    (before,) = await poll(bot)
    await poll(bot, offset=before["update_id"] + 1)
    server.world.queue.restart_numbers()
    await lan.says("hai")
    (after,) = await poll(bot, offset=0)
    assert abs(after["update_id"] - before["update_id"]) > 1000


async def test_an_answer_is_cut_at_four_megabytes(server: FakeTelegram, bot: Bot) -> None:
    """What does not fit into one answer comes with the next."""
    for _ in range(12):
        server.push_update({"message": {"text": "x" * 500_000}})
    first = await poll(bot)
    assert 7 <= len(first) <= 9
    assert len(await poll(bot, offset=first[-1]["update_id"] + 1)) == 12 - len(first)
