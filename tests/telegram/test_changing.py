"""A message put in the place of an earlier one."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels import Outgoing, UndeliveredError
from bot.channels.enclosed import Stored
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_sending import Traces, read_traces
from handlers.events import Media
from handlers.messages import Say
from tests.fakes.samples import png
from tests.fakes.telegram import FakeTelegram, Fault, Person
from tests.telegram.listening import Ear, channel_of, running, saying, until

LONG = "\n\n".join(letter * 3000 for letter in "abc")
TWO_DAYS = 48 * 3600


@pytest.fixture
def shelf(tmp_path: Path) -> dict[str, Stored]:
    """Two pictures."""
    shelf = {}
    for name in ("a.png", "b.png"):
        path = tmp_path / name
        path.write_bytes(png())
        shelf[f"web:{name}"] = Stored(name, "image/png", len(png()), path)
    return shelf


@pytest.fixture
async def channel(
    fake: FakeTelegram, shelf: Mapping[str, Stored]
) -> AsyncIterator[TelegramChannel]:
    """A channel that only sends."""
    async with channel_of(fake, stored=shelf) as made:
        yield made


@pytest.fixture
async def lan(fake: FakeTelegram) -> Person:
    """A person who started the bot."""
    person = fake.person(70001)
    await person.starts()
    return person


def announced(person: Person, text: str, *files: str, replaces: str = "") -> Outgoing:
    """A message beside the conversation, perhaps with pictures."""
    media = tuple(Media(key=f"web:{name}", kind="photo", name=name) for name in files)
    say = Say(text=text, files=media)
    return Outgoing(1, str(person.id), say, replaces=replaces)


def texts(person: Person) -> list[str]:
    """What stands in the chat now, a picture as its kind."""
    return [each.text or "photo" for each in person.chat if each.from_bot]


def test_what_a_message_left_is_read_as_it_was_kept() -> None:
    """Ids of files and texts survive being kept, the single id of before too; others are none."""
    for traces in (Traces((1, 2), (3, 4), "4f1c2a90"), Traces((), (3, 4)), Traces((1,), (2,))):
        assert read_traces(str(traces)) == traces
    assert read_traces("103") == Traces((), (103,))
    for strange in ("", "x", "1,", "1;2", "@;1", "-1", "1@zz;2", "103\n"):
        assert read_traces(strange) == Traces()


async def test_a_text_is_changed_where_it_stands(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """A change takes the place of the message, with the buttons of the new one, and no noise."""
    first = await channel.send(saying(lan.id, "Đã gửi 1", "Dừng"))
    await lan.reads()
    again = replace(saying(lan.id, "Đã gửi 2", "Dừng", "Hủy", number=2), replaces=first)
    assert await channel.send(again) == first
    assert (lan.chat[-1].text, lan.chat[-1].labels) == ("Đã gửi 2", ["Dừng", "Hủy"])
    await lan.reads_nothing(0.1)
    plain = replace(announced(lan, "Xong"), replaces=first)
    assert await channel.send(plain) == first
    assert (lan.chat[-1].text, lan.chat[-1].labels) == ("Xong", [])


async def test_a_change_into_the_same_is_done(channel: TelegramChannel, lan: Person) -> None:
    """An edit that was carried out before, unnoticed, is no failure."""
    first = await channel.send(announced(lan, "Nghỉ học"))
    assert await channel.send(announced(lan, "Nghỉ học", replaces=first)) == first


@pytest.mark.parametrize("action", ["hang", "reset", "cut", "garbage"])
async def test_a_change_may_be_tried_again(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, action: str
) -> None:
    """An edit whose answer never came is tried again, not given up as unknown."""
    first = await channel.send(announced(lan, "Nghỉ học"))
    change = announced(lan, "Đi học", replaces=first)
    fault = Fault(action, "editmessagetext", after=True)  # type: ignore[arg-type] # a literal
    fake.faults.add(fault)
    with pytest.raises(UndeliveredError) as caught:
        await channel.send(change)
    assert caught.value.verdict == "retry"
    assert await channel.send(change) == first
    assert texts(lan) == ["Đi học"]


async def test_what_is_gone_is_said_anew(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """A message its reader deleted is sent as a new one, and that one can be changed again."""
    first = await channel.send(announced(lan, "Nghỉ học"))
    await lan.deletes(await lan.reads())
    second = await channel.send(announced(lan, "Đi học", replaces=first))
    assert second != first
    assert (await lan.reads()).text == "Đi học"
    assert await channel.send(announced(lan, "Lại nghỉ", replaces=second)) == second
    assert texts(lan) == ["Lại nghỉ"]


async def test_what_cannot_be_edited_is_replaced(channel: TelegramChannel, lan: Person) -> None:
    """A message that put a keyboard away can't be edited: the new one comes, the old one goes."""
    first = await channel.send(saying(lan.id, "Số điện thoại?"))
    await channel.send(replace(saying(lan.id, "Số nhà?", number=2), replaces=first))
    assert texts(lan) == ["Số nhà?"]
    shared = replace(saying(lan.id, "Số máy?", expects="phone"), replaces=first)
    await channel.send(shared)
    assert lan.keyboard == ["Gửi số của tôi"]


async def test_more_and_fewer_parts(channel: TelegramChannel, lan: Person) -> None:
    """A longer text goes on in new messages, a shorter one leaves none behind."""
    one = await channel.send(announced(lan, "ngắn"))
    three = await channel.send(announced(lan, LONG, replaces=one))
    assert three.split(",")[0] == one
    assert [text[0] for text in texts(lan)] == ["a", "b", "c"]
    assert await channel.send(announced(lan, "lại ngắn", replaces=three)) == one
    assert texts(lan) == ["lại ngắn"]


async def test_parts_too_old_to_delete(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """After two days what is left over can't be deleted: of a withdrawn text nothing is read."""
    three = await channel.send(announced(lan, LONG))
    fake.clock.advance(TWO_DAYS + 1)
    now = await channel.send(announced(lan, "Đã rút", replaces=three))
    assert texts(lan) == ["Đã rút", "…", "…"]
    assert now == three.split(",")[0]


async def test_pictures_of_what_is_withdrawn(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """Without files now, the old ones are deleted; after two days they stay, and that is borne."""
    for late, left in ((0, ["Đã rút"]), (TWO_DAYS + 1, ["photo", "photo", "Đã rút"])):
        first = await channel.send(announced(lan, "Nghỉ học", "a.png", "b.png"))
        before = len(texts(lan)) - 3
        fake.clock.advance(late)
        second = await channel.send(announced(lan, "Đã rút", replaces=first))
        assert texts(lan)[before:] == left
        assert second == first.split(";")[1]


async def test_pictures_that_stay_are_not_sent_again(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """A corrected text keeps the pictures it has; others take the place of the old ones."""
    first = await channel.send(announced(lan, "Nghỉ học", "a.png"))
    second = await channel.send(announced(lan, "Đi học", "a.png", replaces=first))
    assert (second, texts(lan)) == (first, ["photo", "Đi học"])
    third = await channel.send(announced(lan, "Đi học", "b.png", replaces=second))
    assert third != second
    assert texts(lan) == ["Đi học", "photo"]
    assert len(fake.calls_of("sendPhoto")) == 2


async def test_a_change_goes_on_where_it_stopped(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """A pause in the middle of a change repeats no part that arrived."""
    one = await channel.send(announced(lan, "ngắn"))
    change = announced(lan, LONG, replaces=one)
    fake.faults.add(Fault("slow", "sendmessage", seconds=0))
    fake.faults.add(Fault("status", "sendmessage", code=429, retry_after=1))
    with pytest.raises(UndeliveredError):
        await channel.send(change)
    await channel.send(change)
    assert [text[0] for text in texts(lan)] == ["a", "b", "c"]


async def test_news_leaves_the_keys_of_a_question(channel: TelegramChannel, lan: Person) -> None:
    """What is said beside the conversation does not take away what the question offers."""
    await channel.send(saying(lan.id, "Số điện thoại?", expects="phone"))
    await channel.send(announced(lan, "Nghỉ học"))
    await lan.reads()
    await lan.reads()
    assert lan.keyboard == ["Gửi số của tôi"]


async def test_paid_for_when_asked(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """Only what may cost something is marked so, its pictures too."""
    await channel.send(announced(lan, "a", "a.png"))
    await channel.send(replace(announced(lan, "b", "b.png"), paid=True))
    for method in ("sendMessage", "sendPhoto"):
        free, paid = fake.calls_of(method)
        assert "allow_paid_broadcast" not in free.params
        assert paid.params["allow_paid_broadcast"] == "true"


async def test_a_changed_card_keeps_its_buttons(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, ear: Ear
) -> None:
    """A tap takes the pressed keyboard away, but not the one that its answer puts there."""
    first = await channel.send(saying(lan.id, "Đang gửi", "Dừng"))
    async with running(channel, ear):
        ear.ready.clear()
        tap = await lan.taps("Dừng")
        await ear.hears(2)
        card = replace(saying(lan.id, "Đã dừng", "Gửi tiếp", number=2), replaces=first)
        await channel.send(card)
        ear.ready.set()
        await tap.answered()
        await asyncio.sleep(0.1)
    assert (lan.chat[-1].text, lan.chat[-1].labels) == ("Đã dừng", ["Gửi tiếp"])


async def test_a_card_waits_for_the_keyboard_to_go(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, ear: Ear
) -> None:
    """When the pressed keyboard is just being taken away, the new one comes after that."""
    first = await channel.send(saying(lan.id, "Đang gửi", "Dừng"))
    fake.faults.add(Fault("slow", "editmessagereplymarkup", seconds=0.3))
    async with running(channel, ear):
        await lan.taps("Dừng")
        await until(lambda: bool(fake.calls_of("answerCallbackQuery")))
        card = replace(saying(lan.id, "Đã dừng", "Gửi tiếp", number=2), replaces=first)
        await channel.send(card)
        await until(lambda: len(fake.calls_of("editMessageReplyMarkup")) == 1)
    assert (lan.chat[-1].text, lan.chat[-1].labels) == ("Đã dừng", ["Gửi tiếp"])
