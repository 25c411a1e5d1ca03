"""The pace of the fake: how fast a bot may send, and what it is told when it goes faster."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from telegram import Bot, InputMediaPhoto
from telegram.error import RetryAfter

from tests.fakes.clients import client
from tests.fakes.patience import eventually
from tests.fakes.samples import png
from tests.fakes.telegram import FakeTelegram, Pace

STRICT = Pace(enforce=True)


@asynccontextmanager
async def paced(pace: Pace) -> AsyncIterator[tuple[FakeTelegram, Bot]]:
    """A fake that enforces *pace* while its time stands still, and 200 people who know the bot."""
    server = FakeTelegram(pace=pace, speed=1e-6)
    async with server, client(server) as bot:
        server.crowd(1, 200)
        yield server, bot


async def test_unhurried_by_default(server: FakeTelegram, bot: Bot) -> None:
    """Without a pace nothing is ever too fast."""
    server.crowd(1, 2)
    for number in range(40):
        await bot.send_message(1, f"{number}")
    assert server.violations == []


async def test_one_chat() -> None:
    """A chat takes a short burst, then one message a second."""
    async with paced(STRICT) as (server, bot):
        for number in range(5):
            await bot.send_message(1, f"{number}")
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(1, "quá nhanh")
        assert caught.value.retry_after == timedelta(seconds=1)
        await bot.send_message(2, "chat khác thì được")
        server.clock.advance(1)
        await bot.send_message(1, "bây giờ được")
        (violation,) = server.violations
        assert (violation.scope, violation.chat_id, violation.ignored) == ("chat 1", 1, False)


async def test_one_group() -> None:
    """A group takes twenty messages a minute, the items of an album each."""
    async with paced(STRICT) as (server, bot):
        group = server.group()
        for number in range(18):
            await bot.send_message(group.id, f"{number}")
        await bot.send_media_group(group.id, [InputMediaPhoto(png())] * 2)
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(group.id, "quá nhanh")
        assert caught.value.retry_after == timedelta(seconds=60)
        server.clock.advance(61)
        await bot.send_message(group.id, "bây giờ được")


async def test_all_chats_together() -> None:
    """All chats together take thirty a second; a paid broadcast a thousand."""
    async with paced(STRICT) as (server, bot):
        for chat_id in range(1, 31):
            await bot.send_message(chat_id, "thông báo")
        sends = [bot.send_message(chat_id, "thông báo") for chat_id in range(31, 131)]
        done = await asyncio.gather(*sends, return_exceptions=True)
        assert any(isinstance(each, RetryAfter) for each in done)
        assert server.violations[0].scope == "bulk"
        await bot.send_message(199, "trả tiền", allow_paid_broadcast=True)
        server.clock.advance(1)
        await bot.send_message(198, "bây giờ được")


async def test_the_rate_itself_is_allowed() -> None:
    """Who sends evenly at the very rate is never refused."""
    async with paced(Pace(enforce=True, bulk_burst=2)) as (server, bot):
        for chat_id in range(1, 60):
            await bot.send_message(chat_id, "thông báo")
            server.clock.advance(1 / 30)
        assert server.violations == []


async def test_calling_again_too_early() -> None:
    """A call before the named time is refused again, and counted as one that ignored it."""
    async with paced(Pace(enforce=True, chat_burst=1, penalty=10)) as (server, bot):
        await bot.send_message(1, "một")
        for _ in range(2):
            with pytest.raises(RetryAfter):
                await bot.send_message(1, "hai")
        server.clock.advance(5)
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(1, "hai")
        assert caught.value.retry_after == timedelta(seconds=5)
        assert [each.ignored for each in server.violations] == [False, True, True]
        server.clock.advance(6)
        await bot.send_message(1, "hai")


async def test_replies_can_be_left_out_of_the_bulk() -> None:
    """With a reply window, answers to who just wrote are no bulk."""
    pace = Pace(enforce=True, bulk_per_second=1, bulk_burst=1, reply_window=60)
    async with paced(pace) as (server, bot):
        await bot.send_message(1, "thông báo")
        await server.person(2).says("hỏi")
        await bot.send_message(2, "đáp")
        with pytest.raises(RetryAfter):
            await bot.send_message(3, "thông báo")


async def test_edits_in_a_group() -> None:
    """Edits in a group can be limited by the minute."""
    async with paced(Pace(enforce=True, group_edits_per_minute=2)) as (server, bot):
        group = server.group()
        sent = await bot.send_message(group.id, "0")
        for number in (1, 2):
            await bot.edit_message_text(f"{number}", group.id, sent.message_id)
        with pytest.raises(RetryAfter):
            await bot.edit_message_text("3", group.id, sent.message_id)


async def test_uploads_of_one_size() -> None:
    """Large uploads of one size are held back, and refused past five seconds of backlog."""
    async with paced(Pace(enforce=True, chat_burst=100)) as (server, bot):
        photo = png(padding=200_000)
        uploads = [asyncio.create_task(bot.send_photo(1, photo)) for _ in range(40)]
        await eventually(lambda: len(server.violations) >= 8)
        assert {each.scope for each in server.violations} == {"uploads"}
        server.clock.advance(7)
        done = await asyncio.gather(*uploads, return_exceptions=True)
        limited = [each for each in done if isinstance(each, RetryAfter)]
        assert 8 <= len(limited) <= 9
        assert {each.retry_after for each in limited} == {timedelta(seconds=60)}


async def test_too_many_calls_in_flight() -> None:
    """A bot with too many calls in flight is told to wait a minute, three seconds late."""
    async with paced(Pace(enforce=True, active_requests=3)) as (server, bot):
        server.wire.latency = 5
        calls = [asyncio.create_task(bot.get_chat(1)) for _ in range(4)]
        await eventually(lambda: server.violations)
        assert [each.scope for each in server.violations] == ["active requests"]
        for _ in range(2):
            server.clock.advance(5)
            await asyncio.sleep(0.1)
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(each).__name__ for each in answers].count("RetryAfter") == 1
