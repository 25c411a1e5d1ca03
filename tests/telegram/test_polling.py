import asyncio
import time

import pytest
from aiohttp import ClientSession, web

from bot.channels import Garbled
from handlers.events import CameBack, Edited, Left, Said, SentMedia, SharedContact, Started
from tests.fakes.telegram import FakeTelegram, Fault
from tests.telegram.listening import (
    COMMANDS,
    Ear,
    Moves,
    channel_of,
    listening,
    running,
    saying,
    until,
    until_confirmed,
)
from tests.telegram.test_http import serving


async def test_what_a_person_does_arrives(fake: FakeTelegram, ear: Ear) -> None:
    """Words, an edit, an album, a contact, a block and its end all arrive, in their order."""
    lan = fake.person(70001)
    async with listening(fake, ear):
        await lan.starts("dat")
        word = await lan.says("Chào")
        await lan.edits(word, "Xin chào")
        await lan.sends_album([b"1", b"2"], "Hai ảnh")
        await lan.shares_contact(lan.phone)
        await lan.blocks()
        await lan.unblocks()
        arrivals = await ear.hears(8)
        await until_confirmed(fake)
    assert {arrival.channel for arrival in arrivals} == {"telegram"}
    start, said, edited, first, second, contact, left, back = ear.events
    assert start == Started(payload="dat")
    assert said == Said(text="Chào", ref=str(word.message_id))
    assert edited == Edited(text="Xin chào", ref=str(word.message_id))
    assert isinstance(first, SentMedia)
    assert isinstance(second, SentMedia)
    assert first.album == second.album != ""
    assert (first.caption, second.caption) == ("Hai ảnh", "")
    assert isinstance(contact, SharedContact)
    assert contact.own
    assert (left, back) == (Left(), CameBack())


async def test_nothing_is_confirmed_before_it_is_durable(fake: FakeTelegram, ear: Ear) -> None:
    """A process that dies between fetching and storing gets the same update again."""
    lan = fake.person(70001)
    await lan.says("Chào")
    ear.ready.clear()
    async with listening(fake, ear):
        (lost,) = await ear.hears(1)
    assert fake.pending == 1
    again = Ear()
    async with listening(fake, again):
        assert await again.hears(1) == [lost]
        await until_confirmed(fake)


async def test_one_slow_turn_keeps_the_whole_poll_unconfirmed(fake: FakeTelegram, ear: Ear) -> None:
    """All of one poll are handed over at once and confirmed only together."""
    for number in (1, 2, 3):
        await fake.person(number).says("Chào")
    ear.ready.clear()
    async with listening(fake, ear):
        await ear.hears(3)
        await asyncio.sleep(0.1)
        assert fake.pending == 3
        ear.ready.set()
        await until_confirmed(fake)


async def test_a_storage_that_is_away_gets_the_same_again(
    fake: FakeTelegram, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """An update that could not be kept comes again after a pause, and its words are not logged."""
    ear.trouble = OSError("Lan, 0912 345 678")
    await fake.person(70001).says("Chào")
    async with listening(fake, ear) as channel:
        (first,) = await ear.hears(1)
        await asyncio.sleep(0.2)
        assert "OSError" in channel.fault
        assert len(ear.heard) == 1
        ear.trouble = None
        assert await ear.hears(2) == [first, first]
        await until_confirmed(fake)
        await fake.person(70001).says("Còn đó không?")
        await ear.hears(3)
        assert channel.fault == ""
    assert "0912" not in " ".join(r.getMessage() for r in caplog.records if r.name[:3] == "bot")


async def test_words_of_one_person_keep_their_order(fake: FakeTelegram, ear: Ear) -> None:
    """More updates than one poll brings arrive each once, in the order they were said."""
    lan = fake.person(70001)
    for number in range(230):
        await lan.says(str(number))
    async with listening(fake, ear):
        await ear.hears(230)
        await until_confirmed(fake)
    texts = [event.text for event in ear.events if isinstance(event, Said)]
    assert texts == [str(number) for number in range(230)]


async def test_an_unreadable_update_holds_nobody_up(fake: FakeTelegram, ear: Ear) -> None:
    """An update nobody can parse is handed over to be kept, and the next one is read."""
    number = fake.push_update({"message": {"message_id": 1, "text": "Chào"}})
    await fake.person(70001).says("Chào")
    async with listening(fake, ear):
        garbled, _ = await ear.hears(2)
        await until_confirmed(fake)
    assert isinstance(garbled, Garbled)
    assert garbled.id == f"telegram:{number}"


async def test_numbers_may_start_anew(fake: FakeTelegram, ear: Ear) -> None:
    """After a quiet week Telegram counts from elsewhere; nothing is lost or heard for ever."""
    lan = fake.person(70001)
    async with listening(fake, ear):
        for text in ("Một", "Hai", "Ba", "Bốn"):
            await lan.says(text)
            await ear.hears(1)
            await until_confirmed(fake)
            fake.world.queue.restart_numbers()
    assert {event.text for event in ear.events if isinstance(event, Said)} == {
        "Một",
        "Hai",
        "Ba",
        "Bốn",
    }


async def test_a_webhook_of_another_day_is_removed(fake: FakeTelegram, ear: Ear) -> None:
    """Polling starts although a webhook was left behind, and what waited is not dropped."""
    async with ClientSession() as session:
        url = f"{fake.url}{fake.token}/setWebhook"
        await session.post(url, data={"url": "http://127.0.0.1:9/nobody"})
    await fake.person(70001).says("Chào")
    async with listening(fake, ear):
        await ear.hears(1)
        await until_confirmed(fake)


async def test_a_webhook_set_meanwhile_is_left_alone(fake: FakeTelegram, ear: Ear) -> None:
    """When somebody sets a webhook while we poll, we say so and do not fight over it."""
    async with listening(fake, ear) as channel, ClientSession() as session:
        await fake.person(70001).says("Chào")
        await until_confirmed(fake)
        url = f"{fake.url}{fake.token}/setWebhook"
        await session.post(url, data={"url": "http://127.0.0.1:9/somebody"})
        await asyncio.sleep(0.2)
        assert fake.world.webhooks.active
        assert "webhook" in channel.fault
        await asyncio.sleep(1.2)
        assert fake.world.webhooks.active


async def test_a_second_poller_is_reported(
    fake: FakeTelegram, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """A poll ended by another process is logged in plain words and taken up again."""
    async with listening(fake, ear), ClientSession() as session:
        await asyncio.sleep(0.1)
        url = f"{fake.url}{fake.token}/getUpdates"
        await (await session.post(url, data={"offset": 1, "timeout": 1})).read()
        await fake.person(70001).says("Chào")
        await ear.hears(1)
    assert "another process" in caplog.text


async def test_a_wrong_token_is_said_plainly(
    fake: FakeTelegram, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """A token Telegram refuses is named as the fault, itself unnamed, and does not end the bot."""
    async with channel_of(fake, token="123:AAwrongButSecret") as channel, running(channel, ear):
        await asyncio.sleep(0.2)
        assert "refuses the token" in channel.fault
    assert "refuses the token" in caplog.text
    assert "wrongButSecret" not in caplog.text


async def test_a_server_that_is_not_there_yet_is_waited_for(ear: Ear) -> None:
    """Started before Telegram can be reached, the bot receives and has its menu once it can."""
    fake = FakeTelegram()
    await fake.listen()
    port = fake.port
    await fake.close()
    await fake.person(70001).says("Chào")
    async with listening(fake, ear):
        await asyncio.sleep(0.3)
        await fake.listen(port)
        await ear.hears(1)
        await asyncio.sleep(0.1)
    assert fake.world.settings.commands
    await fake.close()


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", "getupdates", code=500, times=1),
        Fault("status", "getupdates", code=429, retry_after=1, times=1),
        Fault("reset", "getupdates", times=1),
        Fault("garbage", "getupdates", times=1),
        Fault("bad_gateway", "getupdates", times=1),
        Fault("cut", "getupdates", times=1, after=True),
    ],
    ids=lambda fault: f"{fault.action} {fault.code}",
)
async def test_a_poll_that_fails_is_repeated(fake: FakeTelegram, ear: Ear, fault: Fault) -> None:
    """Whatever goes wrong with a poll, the next one brings everything."""
    fake.faults.add(fault)
    await fake.person(70001).says("Chào")
    async with listening(fake, ear):
        await ear.hears(1)
        await until_confirmed(fake)
    assert fake.faults.struck == 1


async def test_an_impatient_server_is_not_asked_without_rest(ear: Ear) -> None:
    """A server that answers every poll at once with nothing is asked twice a second, no more."""
    polls = []

    async def answer(request: web.Request) -> web.Response:
        polls.append(request.path)
        return web.json_response({"ok": True, "result": []})

    async with serving(answer) as base_url:
        fake = FakeTelegram()
        fake.port = int(base_url.rpartition(":")[2].removesuffix("/bot"))
        async with listening(fake, ear):
            await asyncio.sleep(1.2)
    assert len([path for path in polls if path.endswith("getUpdates")]) <= 3


async def test_a_moved_group_is_remembered_before_it_is_confirmed(fake: FakeTelegram) -> None:
    """A group's new address is handed on, and again when it could not be kept."""
    lan = fake.person(70001)
    group = fake.group(members=[lan])
    old = group.id
    moves, ear = Moves(), Ear()
    moves.trouble = OSError()
    new = await group.migrates(lan)
    async with channel_of(fake, moves=moves) as channel, running(channel, ear):
        await asyncio.sleep(0.3)
        assert moves.seen == [(str(old), str(new))]
        assert fake.pending
        moves.trouble = None
        await until_confirmed(fake)
    assert moves.seen == [(str(old), str(new))] * 2
    assert ear.heard == []


async def test_each_language_has_its_menu(fake: FakeTelegram, ear: Ear) -> None:
    """The menu of commands is Vietnamese for everyone, English for whoever uses English."""
    async with listening(fake, ear):
        await until(lambda: len(fake.world.settings.commands) == 2)
    shown = {
        language: [(each["command"], each["description"]) for each in commands]
        for (_, language), commands in fake.world.settings.commands.items()
    }
    assert shown == {"": COMMANDS["vi"], "en": COMMANDS["en"]}


async def test_a_menu_telegram_refuses_stops_nothing(
    fake: FakeTelegram, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """A refused menu is logged once; updates are received all the same."""
    fake.faults.add(
        Fault("status", "setmycommands", code=400, description="Bad Request: BOT_COMMAND_INVALID")
    )
    async with listening(fake, ear):
        await fake.person(70001).says("Chào")
        await ear.hears(1)
    assert caplog.text.lower().count("bot_command_invalid") == 1


async def test_slow_answers_do_not_slow_receiving(fake: FakeTelegram, ear: Ear) -> None:
    """While messages to others hang, updates are fetched as fast as ever."""
    lan = fake.person(70001)
    await lan.says("Chào")
    fake.faults.add(Fault("slow", "sendmessage", seconds=0.9, times=None))
    async with listening(fake, ear) as channel:
        await ear.hears(1)
        sends = [
            asyncio.create_task(channel.send(saying(lan.id, "Chào", number=n))) for n in range(40)
        ]
        await asyncio.sleep(0.1)
        started = time.monotonic()
        await lan.says("Còn đó không?")
        await ear.hears(2)
        assert time.monotonic() - started < 0.5
        await asyncio.gather(*sends)
