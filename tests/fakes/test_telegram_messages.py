"""Texts and keyboards of the fake: what it takes, how it refuses, what a person sees."""

from datetime import timedelta

import httpx
import pytest
from telegram import (
    Bot,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest

from tests.fakes.refusal import refused
from tests.fakes.samples import inline, png
from tests.fakes.telegram import FakeTelegram, Person


async def test_length_of_a_text(bot: Bot, lan: Person) -> None:
    """A text has 1 to 4096 UTF-16 units: a letter outside the basic plane counts twice."""
    await bot.send_message(1001, "ế" * 4096)
    await bot.send_message(1001, "😀" * 2048)
    for text in ("ế" * 4097, "😀" * 2048 + "a"):
        with refused("message is too long"):
            await bot.send_message(1001, text)


async def test_texts_beyond_all_measure(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Past 32 kB of source a text is not even parsed; broken UTF-8 is refused."""
    with refused("text is too long"):
        await bot.send_message(1001, "ế" * 11_000)
    url = f"{server.url}{server.token}/sendMessage"
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{url}?chat_id=1001&text=%ff")
    assert answer.json()["description"] == "Bad Request: strings must be encoded in UTF-8"


async def test_length_after_parsing(bot: Bot, lan: Person) -> None:
    """Tags do not count."""
    sent = await bot.send_message(1001, "<b>" + "a" * 4096 + "</b>", parse_mode="HTML")
    assert sent.text == "a" * 4096


@pytest.mark.parametrize("text", ["", " ", "\n \t", "\u200b\u200d", "\u2800", "\0\0"])
async def test_texts_with_nothing_to_see(bot: Bot, lan: Person, text: str) -> None:
    """Nothing, spaces and invisible characters are no message."""
    with refused("message text is empty" if text == "" else "text must be non-empty"):
        await bot.send_message(1001, text)


async def test_texts_are_cleaned(bot: Bot, lan: Person) -> None:
    """Edges are trimmed, control characters become spaces, direction marks disappear."""
    sent = await bot.send_message(1001, "  \nmột\x07hai\r\n\u202eba \n")
    assert sent.text == "một hai\nba"


async def test_html_becomes_entities(bot: Bot, lan: Person) -> None:
    """Entities count UTF-16 units from the text without tags."""
    text = '😀 <b>đậm <i>nghiêng</i></b> &lt;3 <a href="https://dienbien.gov.vn/">trang</a>'
    sent = await bot.send_message(1001, text, parse_mode="HTML")
    assert sent.text == "😀 đậm nghiêng <3 trang"
    found = [(each.type, each.offset, each.length) for each in sent.entities]
    assert found == [("bold", 3, 11), ("italic", 7, 7), ("text_link", 18, 5)]


async def test_given_entities(bot: Bot, lan: Person) -> None:
    """Entities may come listed; links and commands are found by the platform."""
    bold = MessageEntity("bold", 0, 2)
    sent = await bot.send_message(1001, "Mã PA-7K3Q, gõ /tracuu", entities=[bold])
    assert [each.type for each in sent.entities] == ["bold", "bot_command"]


async def test_wrong_entities(bot: Bot, lan: Person) -> None:
    """Markup that does not close is refused with the place of the mistake."""
    with pytest.raises(BadRequest) as caught:
        await bot.send_message(1001, "<b>a", parse_mode="HTML")
    assert caught.value.message == (
        "Can't parse entities: can't find end tag corresponding to start tag \"b\""
    )
    with refused("unsupported parse_mode"):
        await bot.send_message(1001, "a", parse_mode="BBCode")


async def test_inline_keyboards(bot: Bot, lan: Person) -> None:
    """Buttons with payloads, links and copied text; the person sees their labels."""
    keyboard = [
        [
            InlineKeyboardButton("Có", callback_data="y"),
            InlineKeyboardButton("Trang", url="https://dienbien.gov.vn"),
        ],
        [InlineKeyboardButton("Chép mã", copy_text=CopyTextButton("PA-7K3Q"))],
    ]
    await bot.send_message(1001, "?", reply_markup=InlineKeyboardMarkup(keyboard))
    shown = await lan.reads()
    assert shown.rows == [["Có", "Trang"], ["Chép mã"]]


@pytest.mark.parametrize(
    ("button", "why"),
    [
        ({"text": "Có", "callback_data": "đ" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "Có"}, "text buttons are unallowed in the inline keyboard"),
        ({"text": "", "callback_data": "y"}, "inline keyboard button text must be non-empty"),
        ({"callback_data": "y"}, 'can\'t find field "text"'),
        ({"text": "Có", "url": "không phải"}, "wrong HTTP URL"),
        ({"text": "Có", "callback_data": "y", "style": "gold"}, "invalid button style"),
        ({"text": "Chép", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ("Có", "InlineKeyboardButton must be an Object"),
    ],
)
@pytest.mark.filterwarnings("ignore:Please use 'Bot.sendMessage'")
async def test_wrong_buttons(bot: Bot, lan: Person, button: object, why: str) -> None:
    """A payload has 1 to 64 bytes, a button a text and something to do."""
    asked = {"chat_id": 1001, "text": "?", "reply_markup": {"inline_keyboard": [[button]]}}
    with refused(why):
        await bot.do_api_request("sendMessage", api_kwargs=asked)


async def test_payloads_count_bytes(bot: Bot, lan: Person) -> None:
    """64 bytes are 64 plain letters, or 32 Vietnamese ones of two bytes."""
    for data in ("x" * 64, "đ" * 32):
        button = InlineKeyboardButton("Có", callback_data=data)
        await bot.send_message(1001, "?", reply_markup=InlineKeyboardMarkup.from_button(button))


async def test_too_many_buttons(bot: Bot, lan: Person) -> None:
    """A keyboard has a hundred buttons at most, a row eight."""
    await bot.send_message(1001, "?", reply_markup=inline(*map(str, range(100))))
    with refused("reply markup is too long"):
        await bot.send_message(1001, "?", reply_markup=inline(*map(str, range(101))))
    row = [InlineKeyboardButton(f"{each}", callback_data="y") for each in range(9)]
    with refused("reply markup is too long"):
        await bot.send_message(1001, "?", reply_markup=InlineKeyboardMarkup.from_row(row))


async def test_reply_keyboards(bot: Bot, lan: Person) -> None:
    """A reply keyboard stays on the screen until another comes or it is taken away."""
    keys = [[KeyboardButton("Gửi số của tôi", request_contact=True)], [KeyboardButton("Bỏ qua")]]
    await bot.send_message(1001, "Số?", reply_markup=ReplyKeyboardMarkup(keys))
    await bot.send_message(1001, "Nhắc lại")
    assert lan.keyboard == ["Gửi số của tôi", "Bỏ qua"]
    assert (await lan.reads()).keyboard == ["Gửi số của tôi", "Bỏ qua"]
    await bot.send_message(1001, "Cảm ơn", reply_markup=ReplyKeyboardRemove())
    assert lan.keyboard == []
    await bot.send_message(1001, "Viết gì đi", reply_markup=ForceReply())


async def test_private_keys_in_a_group(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Nobody can ask a whole group for its phone number."""
    group = server.group(members=[lan])
    keys = [[KeyboardButton("Số", request_contact=True)]]
    with refused("phone number can be requested in private chats"):
        await bot.send_message(group.id, "Số?", reply_markup=ReplyKeyboardMarkup(keys))


async def test_replies(bot: Bot, lan: Person) -> None:
    """A message may answer another one that is there, or leniently one that is not."""
    said = await lan.says("một")
    sent = await bot.send_message(1001, "đáp", reply_parameters=ReplyParameters(said.message_id))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "một"
    with refused("message to be replied not found"):
        await bot.send_message(1001, "đáp", reply_parameters=ReplyParameters(999))
    lenient = ReplyParameters(999, allow_sending_without_reply=True)
    assert (await bot.send_message(1001, "đáp", reply_parameters=lenient)).text == "đáp"


async def test_edit_a_text(bot: Bot, lan: Person) -> None:
    """An edit replaces the text and, without a keyboard, takes the old one away."""
    sent = await bot.send_message(1001, "một", reply_markup=inline("Có"))
    edited = await bot.edit_message_text("hai", 1001, sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("hai", None)
    assert edited.edit_date is not None
    (shown,) = [each for each in lan.chat if each.from_bot]
    assert (shown.text, shown.labels, shown.edited) == ("hai", [], True)


async def test_an_edit_without_change(bot: Bot, lan: Person) -> None:
    """The same text with the same keyboard is refused."""
    sent = await bot.send_message(1001, "một", reply_markup=inline("Có"))
    with pytest.raises(BadRequest) as caught:
        await bot.edit_message_text("một", 1001, sent.message_id, reply_markup=inline("Có"))
    assert caught.value.message.startswith("Message is not modified: specified new message content")
    await bot.edit_message_text("một", 1001, sent.message_id, reply_markup=inline("Không"))
    await bot.edit_message_reply_markup(1001, sent.message_id)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(1001, sent.message_id)


async def test_edits_that_cannot_be(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Gone, foreign and keyboard-bearing messages and captions of texts can't be edited."""
    said = await lan.says("của tôi")
    text = await bot.send_message(1001, "một")
    photo = await bot.send_photo(1001, png(), caption="ảnh")
    keys = ReplyKeyboardMarkup([["Có"]])
    keyed = await bot.send_message(1001, "phím", reply_markup=keys)
    for message_id, why in (
        (999, "message to edit not found"),
        (said.message_id, "message can't be edited"),
        (keyed.message_id, "message can't be edited"),
        (photo.message_id, "there is no text in the message to edit"),
    ):
        with refused(why):
            await bot.edit_message_text("hai", 1001, message_id)
    with refused("there is no caption in the message to edit"):
        await bot.edit_message_caption(1001, text.message_id, caption="chú thích")
    with refused("inline keyboard expected"):
        await bot.edit_message_text("hai", 1001, text.message_id, reply_markup=keys)  # type: ignore[arg-type]  # that is the mistake
    edited = await bot.edit_message_caption(1001, photo.message_id, caption="khác")
    assert not isinstance(edited, bool)
    assert edited.caption == "khác"


async def test_taps(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A tap names its payload and message; the answer reaches the person, once."""
    sent = await bot.send_message(1001, "?", reply_markup=inline("Có", "Không"))
    tap = await lan.taps("Không")
    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.message_id) == ("c:1", sent.message_id)
    await bot.answer_callback_query(query.id, "Đã chọn", show_alert=True)
    assert await tap.answered() == {"text": "Đã chọn", "show_alert": True, "url": ""}
    with refused("query is too old"):
        await bot.answer_callback_query(query.id)


async def test_late_and_long_answers(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A tap can be answered for 150 seconds, in 200 characters."""
    await bot.send_message(1001, "?", reply_markup=inline("Có"))
    tap = await lan.taps(0)
    with refused("MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(tap.query.id, "x" * 201)
    server.clock.advance(151)
    with refused("query is too old and response timeout expired"):
        await bot.answer_callback_query(tap.query.id)
    assert tap.answer is None


async def test_stale_and_forged_taps(bot: Bot, lan: Person) -> None:
    """A button seen earlier can be tapped after it was taken away; any payload can be forged."""
    sent = await bot.send_message(1001, "?", reply_markup=inline("Có"))
    before = await lan.reads()
    await bot.edit_message_text("xong", 1001, sent.message_id)
    await lan.taps("Có", before)
    await lan.forges("'; DROP TABLE", before)
    await bot.delete_message(1001, sent.message_id)
    await lan.taps("Có", before)
    stale, forged, gone = [update.callback_query for update in await bot.get_updates()]
    assert stale is not None
    assert stale.data == "c:0"
    assert forged is not None
    assert forged.data == "'; DROP TABLE"
    assert gone is not None
    assert gone.message is not None
    assert not gone.message.is_accessible


async def test_delete(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """The bot removes messages of the last 48 hours; a person's in a private chat only."""
    said = await lan.says("của tôi")
    sent = await bot.send_message(1001, "một")
    kept = await bot.send_message(1001, "hai")
    assert await bot.delete_message(1001, sent.message_id)
    assert await bot.delete_message(1001, said.message_id)
    with refused("message to delete not found"):
        await bot.delete_message(1001, sent.message_id)
    group = server.group(members=[lan], bot="member")
    spoken = await lan.says("giữa nhóm", to=group.id)
    with refused("message can't be deleted"):
        await bot.delete_message(group.id, spoken.message_id)
    server.clock.advance(timedelta(hours=48, seconds=1).total_seconds())
    with refused("message can't be deleted for everyone"):
        await bot.delete_message(1001, kept.message_id)
    assert [each.text for each in lan.chat if each.from_bot] == ["hai"]


async def test_copy_and_forward(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A copy looks like the bot's own words; a forward shows where it is from."""
    minh = server.person(1002, "Minh")
    await minh.starts()
    said = await lan.says("nhờ chuyển")
    copied = await bot.copy_message(1002, 1001, said.message_id)
    assert (await minh.reads()).message_id == copied.message_id
    forwarded = await bot.forward_message(1002, 1001, said.message_id)
    assert forwarded.forward_origin is not None
    assert (await minh.reads()).text == "nhờ chuyển"
    with refused("message to copy not found"):
        await bot.copy_message(1002, 1001, 999)
    secret = await bot.send_message(1001, "kín", protect_content=True)
    with refused("message can't be copied"):
        await bot.copy_message(1002, 1001, secret.message_id)


async def test_reactions(bot: Bot, lan: Person) -> None:
    """The bot puts one known reaction on a message."""
    said = await lan.says("một")
    await bot.set_message_reaction(1001, said.message_id, "👀")
    assert lan.chat[-1].reactions == ["👀"]
    with refused("REACTION_INVALID"):
        await bot.set_message_reaction(1001, said.message_id, "🛵")
    with refused("REACTIONS_TOO_MANY"):
        await bot.set_message_reaction(1001, said.message_id, ["👀", "👍"])
    with refused("message to react not found"):
        await bot.set_message_reaction(1001, 999, "👀")


async def test_typing(bot: Bot, lan: Person) -> None:
    """The sign of work is seen; an unknown one is refused."""
    await bot.send_chat_action(1001, "typing")
    assert lan.actions == ["typing"]
    with refused("wrong parameter action in request"):
        await bot.send_chat_action(1001, "yawning")


async def test_places_and_contacts(bot: Bot, lan: Person) -> None:
    """The bot can send a point on the map and a phone number."""
    await bot.send_location(1001, 21.38, 103.01)
    await bot.send_contact(1001, "+842153825000", "Trung tâm phục vụ")
    place, contact = await lan.reads(), await lan.reads()
    assert place.raw["location"]["latitude"] == 21.38
    assert contact.raw["contact"]["phone_number"] == "+842153825000"
