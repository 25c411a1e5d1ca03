"""A citizen in a hurry, with the wrong file and the wrong button: a sentence each, nothing lost."""

from typing import NamedTuple

import pytest
from playwright.sync_api import FilePayload, expect

from tests.acceptance.chat import Chat
from tests.acceptance.citizen import PHOTOS, STORY
from tests.acceptance.kept import kept
from tests.acceptance.running import Bot
from tests.web.browser import Phone

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Words(NamedTuple):
    """What the page and the bot say in one language."""

    agree: str
    new: str
    other: str
    done: str
    send: str
    noted: str
    too_long: str
    unreadable: str
    refused: str
    recorded: str


VI = Words(
    agree="Đồng ý xử lý để trả lời ý kiến",
    new="Gửi ý kiến, câu hỏi",
    other="Việc khác",
    done="Xong",
    send="Gửi",
    noted="Đã ghi: ",
    too_long="nhiều nhất là 20",
    unreadable="không có chữ đọc được",
    refused="Không nhận loại tệp này.",
    recorded="Đã ghi nhận ý kiến",
)
EN = Words(
    agree="Agree",
    new="Send a report or question",
    other="Something else",
    done="Done",
    send="Send",
    noted="Noted: ",
    too_long="the most is 20",
    unreadable="nothing readable",
    refused="This type of file is not accepted.",
    recorded="Your message has been recorded",
)
NOT_A_PHOTO = FilePayload(name="anh.jpg", mimeType="image/jpeg", buffer=b"MZ\x90" + bytes(5000))


@pytest.mark.parametrize("words", [VI, EN], ids=["vi", "en"])
def test_whatever_is_done_wrong_gets_a_sentence(web_bot: Bot, citizen: Phone, words: Words) -> None:
    """Too much, nothing readable, no photo, twice: each is told so, and one whole case is sent."""
    citizen.expect("status of 415")
    chat = Chat(citizen.open(), web_bot)
    chat.reads("Ông/bà có đồng ý không?")
    if words is EN:
        chat.presses("English")
        chat.reads("Do you agree?")
    chat.presses(words.agree)
    chat.reads(words.new)
    chat.presses(words.new)
    chat.reads(words.other)
    chat.presses(words.other)
    chat.reads("1/3")
    chat.types_twice(STORY)
    chat.reads(words.noted + STORY)
    chat.types("a " * 9_500)
    chat.reads(words.noted)
    chat.types("b " * 9_500)
    chat.reads(words.too_long, words.noted)
    for text in ("😀😀", "\u200b\u200b", "…!?"):
        chat.types(text)
        chat.reads(words.unreadable, words.noted)
    chat.presses(words.done)
    chat.reads("2/3")
    chat.types("Hải Châu")
    chat.reads("3/3")
    chat.page.set_input_files("#pick", [NOT_A_PHOTO])
    chat.page.click("#send")
    expect(chat.page.locator("#log .row.me").last).to_contain_text(words.refused)
    chat.sends_photos(PHOTOS[0], PHOTOS[0])
    chat.reads("3/3")
    chat.presses(words.done)
    chat.reads(STORY)
    chat.presses(words.send)
    chat.reads(words.recorded)
    web_bot.stop()
    (case,) = kept(web_bot.database_url, web_bot.files).cases
    assert case.files == (PHOTOS[0],)


def test_tabs_and_the_way_back_are_one_conversation(web_bot: Bot, citizen: Phone) -> None:
    """Two tabs say everything once and show the same; leaving and coming back loses nothing."""
    chat = Chat(citizen.open(), web_bot)
    chat.reads("Ông/bà có đồng ý không?")
    chat.presses(VI.agree)
    chat.reads("Ông/bà cần gì?")
    other = citizen.open()
    expect(other.locator("#choices button")).to_have_count(6)
    other.click('#choices button:has-text("Gửi ý kiến, câu hỏi")')
    chat.done.append(VI.new)
    chat.reads("thuộc lĩnh vực nào?")
    chat.presses(VI.other)
    chat.reads("1/3")
    for page in (chat.page, other):
        page.goto("about:blank")
        page.go_back()
        expect(page.locator("#state")).to_have_text("Đã kết nối")
        expect(page.locator("#log .row.me .words")).to_have_text(chat.done)
        expect(page.locator("#log .row.bot .words")).to_have_count(len(chat.done) + 1)
    other.fill("#say", STORY)
    other.click("#send")
    chat.done.append(STORY)
    chat.reads("Đã ghi: " + STORY)
    web_bot.stop()
