"""The whole road in a real browser on a phone, with a bot that dies on the way."""

import re

from tests.acceptance.chat import Chat
from tests.acceptance.citizen import PHOTOS, PRIVATE, STORY
from tests.acceptance.kept import kept
from tests.acceptance.running import Bot
from tests.web.browser import Phone

QUESTION = "Con tôi học lớp 6 trường công lập năm nay có phải đóng học phí không?"


def test_the_whole_road_on_a_phone(web_bot: Bot, citizen: Phone) -> None:
    """A complaint with two photos and a question: codes for both, none lost, none doubled."""
    citizen.expect("net::ERR_")  # while the bot is dead
    chat = Chat(citizen.open(), web_bot)
    agrees(chat)
    codes = [complains_about_land(chat), asks_about_tuition(chat)]
    chat.types("/tracuu")
    listed = chat.reads("Ý kiến của ông/bà")
    chat.photographs("cases")
    assert all(code in listed for code in codes)
    chat.types("2")
    chat.reads(codes[0], "Tệp đính kèm: 2")
    assert chat.page.locator("#log .row.me .words").all_inner_texts() == chat.done
    assert chat.page.locator("#log .row.me .tile img").count() == len(PHOTOS)
    web_bot.stop()
    left = kept(web_bot.database_url, web_bot.files)
    assert [case.code for case in left.cases] == codes
    assert [case.topic for case in left.cases] == ["boi_thuong_tdc", "hoc_phi"]
    assert [case.files for case in left.cases] == [PHOTOS, ()]
    assert (left.consents, left.failed, left.sound) == (("handling",), (), True)
    web_bot.check_log(*PRIVATE, QUESTION, *codes)


def agrees(chat: Chat) -> None:
    """Read the notice and agree."""
    chat.reads("Ông/bà có đồng ý không?")
    chat.photographs("notice")
    chat.presses("Đồng ý xử lý để trả lời ý kiến")
    chat.reads("Ông/bà cần gì?")


def complains_about_land(chat: Chat) -> str:
    """Fill in the form by pressing and by typing, with three deaths on the way; its code."""
    chat.types("1")
    chat.reads("thuộc lĩnh vực nào?")
    chat.presses("Bồi thường, tái định cư")
    chat.reads("1/9")
    chat.while_it_dies(lambda: chat.types(STORY))
    chat.reads("Đã ghi", STORY)
    chat.page.reload()
    chat.types("xong")
    chat.reads("2/9", "chủ yếu về điều gì?")
    chat.types("giá, tiền bồi thường")
    for number in ("3/9", "4/9", "5/9"):
        chat.reads(number)
        chat.presses("Bỏ qua")
    chat.reads("6/9")
    chat.types("thửa 123, tờ 45")
    chat.reads("7/9")
    chat.types("hai chau")
    chat.reads("Phường Hải Châu", "8/9")
    chat.while_it_dies(lambda: chat.sends_photos(*PHOTOS))
    chat.reads("Đã có 2 tệp")
    chat.photographs("album")
    chat.presses("Xong")
    chat.reads("9/9")
    chat.types("0905 123 456")
    chat.reads("Xin xem lại trước khi gửi", "2 tệp")
    chat.photographs("summary")
    chat.while_it_dies(lambda: chat.presses("Gửi"))
    told = chat.reads("Đã ghi nhận ý kiến", "UBND phường Hải Châu")
    chat.photographs("code")
    return code_in(told)


def asks_about_tuition(chat: Chat) -> str:
    """Write the question without a form; its code."""
    chat.types(QUESTION)
    chat.reads("Đã nhận tin của ông/bà", "dành cho việc nào?")
    chat.presses("Gửi việc mới")
    chat.reads("thuộc lĩnh vực nào?")
    chat.types("3")
    chat.reads("Đã ghi", QUESTION)
    for label in ("Xong", "Miễn, giảm học phí", "Trung học cơ sở", "Công lập", "2026–2027"):
        chat.presses(label)
        chat.reads("/9")
    chat.presses("Bỏ qua")
    chat.reads("7/9")
    chat.types("xã Hòa Vang")
    for number in ("8/9", "9/9"):
        chat.reads(number)
        chat.presses("Bỏ qua")
    chat.reads("Xin xem lại trước khi gửi")
    chat.types("gửi")
    return code_in(chat.reads("Đã ghi nhận ý kiến", "Sở Giáo dục và Đào tạo"))


def code_in(text: str) -> str:
    """The code of a case that a message tells."""
    found = re.search(r"Mã ý kiến: (PA-\w{4}-\w{3})", text)
    assert found, text
    return found[1]
