import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels import MovedError, Outgoing, UndeliveredError
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_wire import LIMITS
from handlers.events import Said, SharedContact, SharedPlace
from handlers.messages import Say
from tests.fakes.telegram import FakeTelegram, Fault, Pace, Person
from tests.telegram.listening import Ear, channel_of, running, saying


@pytest.fixture
async def channel(fake: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    """A channel that only sends."""
    async with channel_of(fake) as made:
        yield made


@pytest.fixture
async def lan(fake: FakeTelegram) -> Person:
    """A person who started the bot."""
    person = fake.person(70001)
    await person.starts()
    return person


async def refused(channel: TelegramChannel, outgoing: Outgoing) -> UndeliveredError:
    """The error a message ends in."""
    with pytest.raises(UndeliveredError) as caught:
        await channel.send(outgoing)
    return caught.value


async def test_a_message_is_read_as_it_was_said(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """Text arrives letter for letter, whatever markup it looks like, without a link preview."""
    text = "<b>Chào</b> *bà* _Lan_ `x` [a](https://a.vn) &amp; 😀"
    number = await channel.send(saying(lan.id, text))
    shown = await lan.reads()
    assert (shown.text, str(shown.message_id)) == (text, number)
    (call,) = fake.calls_of("sendMessage")
    assert call.params["link_preview_options"] == '{"is_disabled": true}'
    assert "parse_mode" not in call.params


async def test_choices_are_buttons(channel: TelegramChannel, lan: Person) -> None:
    """Choices stand under the message, short ones side by side."""
    await channel.send(saying(lan.id, "?", "Có", "Không", "Để tôi xem lại từ đầu"))
    shown = await lan.reads()
    assert shown.rows == [["Có", "Không"], ["Để tôi xem lại từ đầu"]]
    assert [button["callback_data"] for button in shown.buttons] == ["c:3:1", "c:3:2", "c:3:3"]


async def test_a_hundred_choices_fit(channel: TelegramChannel, lan: Person) -> None:
    """The largest keyboard Telegram takes is sent, and one more choice makes it a list."""
    labels = [f"Xã {n}" for n in range(LIMITS.buttons)]
    await channel.send(saying(lan.id, "?", *labels))
    assert (await lan.reads()).labels == labels
    await channel.send(saying(lan.id, "?", *labels, "Khác", number=2))
    assert (await lan.reads()).text.endswith("101. Khác")


async def test_a_long_message_comes_in_parts(channel: TelegramChannel, lan: Person) -> None:
    """A text longer than a message is sent in parts, in order, with the buttons on the last."""
    paragraphs = [f"{n} " + "😀" * 900 for n in range(5)]
    number = await channel.send(saying(lan.id, "\n\n".join(paragraphs), "Xong"))
    parts = [await lan.reads() for _ in range(3)]
    assert "\n\n".join(part.text for part in parts) == "\n\n".join(paragraphs)
    assert [part.labels for part in parts] == [[], [], ["Xong"]]
    assert ",".join(str(part.message_id) for part in parts) == number


async def test_a_long_message_goes_on_where_it_stopped(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """Parts that arrived before a failure are not sent a second time."""
    long = saying(lan.id, "\n\n".join(str(n) * 3000 for n in range(3)))
    fake.faults.add(Fault("status", "sendmessage", code=502))
    assert (await refused(channel, long)).verdict == "retry"
    fake.faults.add(Fault("slow", "sendmessage", seconds=0))
    fake.faults.add(Fault("status", "sendmessage", code=429, retry_after=1))
    assert (await refused(channel, long)).verdict == "retry"
    await channel.send(long)
    assert [(await lan.reads()).text[0] for _ in range(3)] == ["0", "1", "2"]
    await lan.reads_nothing(0.1)


async def test_a_share_button_shares(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, ear: Ear
) -> None:
    """The share keys give the own number and place; a choice below them is its own words."""
    async with running(channel, ear):
        await channel.send(saying(lan.id, "Số điện thoại?", "Bỏ qua", expects="phone"))
        await lan.reads()
        assert lan.keyboard == ["Gửi số của tôi", "Bỏ qua"]
        await lan.presses("Gửi số của tôi")
        await channel.send(saying(lan.id, "Ở đâu?", "Bỏ qua", number=2, expects="place"))
        await lan.reads()
        await lan.presses("Gửi vị trí của tôi")
        await channel.send(saying(lan.id, "Ở đâu nữa?", "Bỏ qua", number=3, expects="place"))
        await lan.reads()
        await lan.presses("Bỏ qua")
        await ear.hears(4)
    _, phone, place, skipped = ear.events
    assert isinstance(phone, SharedContact)
    assert phone.own
    assert (isinstance(place, SharedPlace), isinstance(skipped, Said)) == (True, True)


async def test_the_share_button_does_not_stay(channel: TelegramChannel, lan: Person) -> None:
    """The next message without buttons takes the keys off the screen."""
    await channel.send(saying(lan.id, "Số điện thoại?", expects="phone"))
    await lan.reads()
    assert lan.keyboard
    await channel.send(saying(lan.id, "Cảm ơn.", number=2))
    await lan.reads()
    assert lan.keyboard == []


async def test_whoever_blocked_the_bot_is_gone(channel: TelegramChannel, lan: Person) -> None:
    """A message to somebody who blocked the bot will never arrive there."""
    await lan.blocks()
    assert (await refused(channel, saying(lan.id, "Chào"))).verdict == "gone"
    await lan.unblocks()
    await lan.leaves_the_platform()
    assert (await refused(channel, saying(lan.id, "Chào"))).verdict == "gone"


async def test_whoever_never_came_is_gone(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """Nobody can be written to who never wrote, nor anybody who does not exist."""
    fake.person(70002)
    assert (await refused(channel, saying(70002, "Chào"))).verdict == "gone"
    assert (await refused(channel, saying(70003, "Chào"))).verdict == "gone"


async def test_a_message_without_words_is_refused(channel: TelegramChannel, lan: Person) -> None:
    """What Telegram can never take is not tried for ever."""
    assert (await refused(channel, saying(lan.id, " \n"))).verdict == "refused"


async def test_a_moved_group_names_its_new_address(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """A message to a group that became a supergroup says where to send it again."""
    group = fake.group(members=[lan])
    old = group.id
    new = await group.migrates(lan)
    error = await refused(channel, Outgoing(1, str(old), Say(text="Chào")))
    assert isinstance(error, MovedError)
    assert error.address == str(new)
    await channel.send(Outgoing(1, error.address, Say(text="Chào")))


async def test_too_fast_is_told_how_long_to_wait() -> None:
    """A chat written to faster than Telegram allows waits as long as it says; others do not."""
    async with FakeTelegram(pace=Pace(enforce=True)) as fake, channel_of(fake) as channel:
        for number in (1, 2):
            await fake.person(number).starts()
        for number in range(5):
            await channel.send(saying(1, "Chào", number=number))
        error = await refused(channel, saying(1, "Chào"))
        await channel.send(saying(2, "Chào"))
    assert (error.verdict, error.scope, error.after) == ("retry", "chat", 1)


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (Fault("status", "sendmessage", code=500), "retry"),
        (Fault("bad_gateway", "sendmessage"), "retry"),
        (Fault("hang", "sendmessage", after=True), "unknown"),
        (Fault("reset", "sendmessage", after=True), "unknown"),
        (Fault("cut", "sendmessage", after=True), "unknown"),
        (Fault("garbage", "sendmessage", after=True), "unknown"),
    ],
    ids=lambda value: value.action if isinstance(value, Fault) else value,
)
async def test_a_failure_says_whether_it_may_have_arrived(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, fault: Fault, verdict: str
) -> None:
    """What Telegram did not take is sent again; what it may have taken is not."""
    fake.faults.add(fault)
    assert (await refused(channel, saying(lan.id, "Chào"))).verdict == verdict
    if verdict == "unknown":
        assert (await lan.reads()).text == "Chào"
    else:
        await lan.reads_nothing(0.1)


async def test_a_server_that_is_away_pauses_the_channel(lan: Person, fake: FakeTelegram) -> None:
    """Without a connection nothing was sent, and nothing to anybody else would be."""
    async with channel_of(fake) as channel:
        await fake.close()
        error = await refused(channel, saying(lan.id, "Chào"))
    assert (error.verdict, error.scope) == ("retry", "channel")


async def test_a_refused_token_is_the_operators(
    fake: FakeTelegram, lan: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """With a wrong token every message waits, and the log says loudly what to mend."""
    async with channel_of(fake, token="123:AAwrong") as channel:
        error = await refused(channel, saying(lan.id, "Chào"))
    assert (error.verdict, error.scope) == ("retry", "channel")
    assert "Telegram refuses the token" in caplog.text
    assert "AAwrong" not in caplog.text + repr(error) + repr(error.__cause__)


async def test_many_messages_go_at_once(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """With 50 ms to the server, a hundred people are answered in far less than their sum."""
    fake.wire.latency = 0.05
    crowd = fake.crowd(1, 100)
    async with asyncio.timeout(2.5):
        await asyncio.gather(*(channel.send(saying(n, "Chào", number=n)) for n in crowd))
