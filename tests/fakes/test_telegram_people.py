"""The people of the fake: in the test's own loop, in a thread, and in another process."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from telegram import Bot, KeyboardButton, ReplyKeyboardMarkup

from tests.fakes.samples import inline
from tests.fakes.telegram import FakeTelegram, Person, TelegramSim, in_thread


async def test_a_text_comes_as_an_update(bot: Bot, lan: Person) -> None:
    """What a person says arrives with their name and language; commands are marked."""
    await lan.says("/tracuu PA-7K3Q")
    (update,) = await bot.get_updates()
    message = update.message
    assert message is not None
    assert message.from_user is not None
    assert (message.from_user.first_name, message.from_user.language_code) == ("Lan", "vi")
    assert [each.type for each in message.entities] == ["bot_command"]


async def test_long_texts_are_split(bot: Bot, lan: Person) -> None:
    """An app splits what is longer than a message; no letter is lost."""
    await lan.says("ế😀" * 40_000)
    messages = [update.message for update in await bot.get_updates(limit=100)]
    texts = [each.text or "" for each in messages if each is not None]
    assert "".join(texts) == "ế😀" * 40_000
    assert all(len(text.encode("utf-16-le")) <= 2 * 4096 for text in texts)


async def test_what_no_app_sends(lan: Person) -> None:
    """Empty and invisible texts can't be sent."""
    for text in ("", "   ", "\u200b"):
        with pytest.raises(ValueError, match="no empty text"):
            await lan.says(text)


async def test_edits(bot: Bot, lan: Person) -> None:
    """An edit is an update with the same message id."""
    said = await lan.says("thử")
    await lan.edits(said, "thửa 12")
    before, after = await bot.get_updates()
    assert before.message is not None
    assert after.edited_message is not None
    assert after.edited_message.message_id == before.message.message_id
    assert after.edited_message.edit_date is not None
    assert [each.text for each in lan.chat][1:] == ["thửa 12"]
    photo = await lan.sends_photo(b"x", caption="cũ")
    assert (await lan.edits(photo, "mới")).text == "mới"


async def test_contacts_and_places(bot: Bot, lan: Person) -> None:
    """An own contact carries the own id, someone else's does not."""
    await lan.shares_contact("+84912345678")
    await lan.shares_contact("+84987654321", own=False, first_name="Minh")
    await lan.shares_location(21.38, 103.01)
    own, other, place = [update.message for update in await bot.get_updates()]
    assert own is not None
    assert own.contact is not None
    assert own.contact.user_id == 1001
    assert other is not None
    assert other.contact is not None
    assert other.contact.user_id is None
    assert place is not None
    assert place.location is not None


async def test_keys(bot: Bot, lan: Person) -> None:
    """A key of the reply keyboard sends its text, the own contact or the own place."""
    keys = [
        [KeyboardButton("Gửi số", request_contact=True)],
        [KeyboardButton("Gửi vị trí", request_location=True)],
        [KeyboardButton("Bỏ qua")],
    ]
    await bot.send_message(1001, "?", reply_markup=ReplyKeyboardMarkup(keys))
    await lan.presses("gửi số")
    await lan.presses("vị trí")
    await lan.presses("Bỏ qua")
    contact, place, text = [update.message for update in await bot.get_updates()]
    assert contact is not None
    assert contact.contact is not None
    assert contact.contact.user_id == 1001
    assert place is not None
    assert place.location is not None
    assert text is not None
    assert text.text == "Bỏ qua"
    once = ReplyKeyboardMarkup([["Một lần"]], one_time_keyboard=True)
    await bot.send_message(1001, "?", reply_markup=once)
    await lan.presses("Một lần")
    assert lan.keyboard == []


async def test_forwards(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A forwarded message says where it is from."""
    minh = server.person(1002, "Minh")
    said = await minh.says("gốc")
    server.world.queue.clear()
    await lan.forwards(said)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.forward_origin is not None
    assert update.message.text == "gốc"


async def test_reading(bot: Bot, lan: Person) -> None:
    """Messages are read in order; waiting for one that does not come ends with the chat's end."""
    await bot.send_message(1001, "một")
    await bot.send_message(1001, "hai")
    assert [(await lan.reads()).text, (await lan.reads()).text] == ["một", "hai"]
    await lan.reads_nothing(0.05)
    with pytest.raises(TimeoutError, match="hai"):
        await lan.reads(timeout=0.05)
    later = asyncio.create_task(lan.sees("ba"))
    await asyncio.sleep(0.05)
    sent = await bot.send_message(1001, "…")
    await bot.edit_message_text("hai rưỡi, ba", 1001, sent.message_id)
    assert (await later).edited
    with pytest.raises(AssertionError, match="hai rưỡi, ba"):
        await lan.reads_nothing()


async def test_finding_buttons(bot: Bot, lan: Person) -> None:
    """A button is found by its label, a part only it has, or its position."""
    await bot.send_message(1001, "?", reply_markup=inline("✅ Đồng ý", "Không đồng ý", "Đồng"))
    shown = await lan.reads()
    assert shown.button("Đồng")["callback_data"] == "c:2"
    assert shown.button("không")["callback_data"] == "c:1"
    assert shown.button(-3)["callback_data"] == "c:0"
    for wrong in ("đồng ý", "Có", 3):
        with pytest.raises(LookupError, match="Không đồng ý"):
            shown.button(wrong)


async def test_the_platform_outlives_the_bot(
    server: FakeTelegram, bots: list[Bot], lan: Person
) -> None:
    """A second process of the bot finds all that the first did not confirm."""
    await lan.says("một")
    assert len(await bots[0].get_updates()) == 1
    await lan.says("hai")
    server.clock.advance(1)
    again = await bots[1].get_updates()
    assert [each.message.text for each in again if each.message] == ["một", "hai"]


@pytest.fixture
def process() -> Iterator[TelegramSim]:
    """The fake as a process of its own."""
    command = [sys.executable, "-m", "tests.fakes.telegram", "--port", "0", "--token", "42:t"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        about = json.loads(running.stdout.readline())
        yield TelegramSim(about["url"].removesuffix("/bot"))
        running.terminate()
        assert running.wait(5) == 0


async def test_another_process(process: TelegramSim) -> None:
    """Everything a person can do can be done from another process."""
    minh = process.person(5, "Minh")
    minh.starts("tu-QR")
    assert process.token == "42:t"
    async with Bot("42:t", base_url=process.url, base_file_url=process.file_url) as bot:
        (start,) = await bot.get_updates()
        assert start.message is not None
        assert start.message.text == "/start tu-QR"
        keys = ReplyKeyboardMarkup([[KeyboardButton("Số", request_contact=True)]])
        await bot.send_message(5, "?", reply_markup=inline("Có"))
        await bot.send_message(5, "Số?", reply_markup=keys)
        asked = await asyncio.to_thread(minh.reads)
        tap = minh.taps("Có", asked)
        minh.presses("Số")
        said = minh.says("một")
        minh.edits(said, "hai")
        minh.sends_photo(b"\0\xff", caption="ảnh")
        minh.sends_album([b"1", b"2"])
        minh.sends_document(b"x", "a.pdf", "application/pdf", size=30 << 20)
        minh.shares_location(21, 103)
        minh.forwards(said)
        updates = await bot.get_updates(start.update_id + 1)
        assert [_kind(each.to_dict()) for each in updates] == [
            "callback_query",
            "contact",
            "text",
            "edited_message",
            "photo",
            "photo",
            "photo",
            "document",
            "location",
            "text",
        ]
        query = updates[0].callback_query
        assert query is not None
        await bot.answer_callback_query(query.id, "ừ")
        assert tap.answered()["text"] == "ừ"
        assert [each["method"] for each in process.calls("sendMessage")] == ["sendmessage"] * 2
        assert minh.keyboard == ["Số"]
        assert process.pending == 10


def _kind(update: dict[str, dict[str, object]]) -> str:
    if "message" not in update:
        return next(name for name in update if name != "update_id")
    kinds = ("photo", "document", "contact", "location", "text")
    return next(kind for kind in kinds if update["message"].get(kind))


def test_a_thread() -> None:
    """The fake runs in a thread for tests without a loop; errors come back as themselves."""
    with in_thread(lambda: FakeTelegram(token="42:t")) as sim:
        lan = sim.person(5)
        forum = sim.group("Sở", members=[lan], forum=True)
        thread = forum.opens_topic("Đất", by=lan)
        forum.deletes_topic(thread)
        number = sim.push_update({"telepathy": {}})
        assert sim.pending == 3 or number
        sim.fault("status", method="getMe")
        sim.advance(5)
        sim.calm()
        assert sim.violations() == []
        assert sim.crowd(100, 5) == range(100, 105)
        with pytest.raises(TimeoutError):
            lan.reads(0.05)
        with pytest.raises(LookupError, match="no message with buttons"):
            lan.taps("Có")
        lan.blocks()
        with pytest.raises(ValueError, match="blocked the bot"):
            lan.says("chào")
        lan.unblocks()
        group = sim.group("Tổ", members=[lan])
        assert group.migrates(by=lan) < -1_000_000_000_000
