"""A citizen talks to the bot in a real browser on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from handlers.events import Chose, Edited, Said, SharedPlace, Started
from handlers.messages import Choice, Say
from tests.web.browser import Phone, until
from tests.web.mind import SCRIPT
from tests.web.served import Served


def bubbles(page: Page, who: str) -> list[str]:
    """The texts of one side."""
    return page.locator(f"#log .row.{who} .words").all_inner_texts()


def send(page: Page, text: str) -> None:
    """Type a text and press the button."""
    page.fill("#say", text)
    page.click("#send")


def answered(page: Page, text: str) -> None:
    """Wait until the bot has said something."""
    expect(page.locator("#log .row.bot .words", has_text=text).last).to_be_visible()


def test_first_visit_greets_once(chat: Served, citizen: Phone, page: Page) -> None:
    """A new visitor is greeted, with the choices as buttons and their numbers."""
    answered(page, "Kính chào ông/bà")
    assert chat.mind.events == [Started()]
    labels = page.locator("#choices button").all_inner_texts()
    assert [re.sub(r"\s+", " ", label) for label in labels] == [
        "1 Gửi ý kiến mới",
        "2 Việc đã gửi",
        "3 Hỏi nhanh",
        "4 English",
    ]
    expect(page.locator("#state")).to_have_text("Đã kết nối")


def test_choice_by_button_and_by_number(chat: Served, page: Page) -> None:
    """A choice can be pressed or typed; what was pressed cannot be pressed again."""
    page.click("#choices button >> nth=0")
    answered(page, "1/4")
    expect(page.locator("#choices button", has_text="Hỏi nhanh")).to_have_count(0)
    send(page, "2")
    answered(page, "2/4")
    assert chat.mind.events == [Started(), Chose(step=1, n=1), Said(text="2", ref=ref(chat))]
    assert bubbles(page, "me") == ["Gửi ý kiến mới", "2"]


def ref(chat: Served) -> str:
    """The id of the last thing done."""
    return chat.mind.arrivals[-1].id.split(":")[-1]


def test_two_quick_presses_choose_once(chat: Served, page: Page) -> None:
    """A nervous thumb chooses once."""
    chat.mind.delay = 0.3
    page.locator("#choices button >> nth=0").dblclick()
    answered(page, "1/4")
    assert [type(event) for event in chat.mind.events] == [Started, Chose]


@pytest.mark.parametrize("gap", [80, 300])
def test_second_tap_does_not_answer_the_next_question(chat: Served, page: Page, gap: int) -> None:
    """When the next question comes between two taps of one finger, it waits for a third."""
    for _ in range(3):  # so that the choices end at the bottom of the screen, now and then
        chat.run(chat.mind.say(chat.address(), Say(text="Tin vui\n\n\n\n\n.")))
    expect(page.locator(".row.bot .words")).to_have_count(4)
    page.wait_for_timeout(600)
    first = page.locator("#choices button >> nth=0")
    place = first.bounding_box()
    assert place
    for _ in range(2):
        page.touchscreen.tap(place["x"] + 60, place["y"] + 20)
        page.wait_for_timeout(gap)
    answered(page, "1/4")
    page.wait_for_timeout(600)
    assert [type(event) for event in chat.mind.events] == [Started, Chose]
    first.click()
    answered(page, "2/4")


def test_sent_text_is_ticked(chat: Served, page: Page) -> None:
    """A text shows a clock until the server has it, then a tick."""
    chat.mind.delay = 1
    send(page, "Xin hỏi về học phí")
    status = page.locator("#log .row.me .status")
    expect(status).to_have_attribute("aria-label", "Đang chờ gửi")
    expect(page.locator("#typing")).to_be_visible()
    expect(status).to_have_attribute("aria-label", "Đã gửi")
    expect(page.locator("#typing")).to_be_hidden()
    expect(page.locator("#say")).to_have_value("")


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "<b>đậm</b> *x* _y_ &amp;", "🏠🏠"]
)
def test_text_is_never_markup(chat: Served, page: Page, text: str) -> None:
    """What people and the bot write is shown as written."""
    send(page, text)
    answered(page, "1/4")
    chat.run(chat.mind.say(chat.address(), Say(text=text)))
    answered(page, text)
    assert bubbles(page, "me")[-1] == bubbles(page, "bot")[-1] == text
    assert page.locator(".words img, .words b").count() == 0


def test_only_https_addresses_and_commands_can_be_pressed(chat: Served, page: Page) -> None:
    """Of what the bot writes, https addresses open elsewhere, commands are said, nothing else."""
    text = "Xem https://a.vn/x?y=1. Không: javascript:alert(1) http://b.vn /etc/passwd Gõ /trogiup!"
    chat.run(chat.mind.say(chat.address(), Say(text=text)))
    answered(page, "Xem")
    links = page.locator("#log .row.bot").last.locator("a")
    assert links.count() == 1
    assert links.get_attribute("href") == "https://a.vn/x?y=1"
    assert links.get_attribute("rel") == "noopener noreferrer nofollow"
    orders = page.locator("#log .row.bot").last.locator("button.order")
    assert orders.all_inner_texts() == ["/trogiup"]
    orders.click()
    expect(page.locator("#log .row.me .words").last).to_have_text("/trogiup")


def test_message_comes_by_itself(chat: Served, page: Page) -> None:
    """What the bot says later appears without anything pressed, and keeps the open question."""
    chat.run(chat.mind.say(chat.address(), Say(text="Hồ sơ PA-7K3Q-M2X đã có trả lời.")))
    answered(page, "đã có trả lời")
    expect(page.locator("#choices button")).to_have_count(4)
    assert page.locator("#log .row.bot .code").inner_text() == "PA-7K3Q-M2X"


def test_reader_of_old_messages_is_not_disturbed(chat: Served, page: Page) -> None:
    """News does not scroll away what somebody reads; a button leads to it."""
    for n in range(20):
        chat.run(chat.mind.say(chat.address(), Say(text=f"Tin số {n}\n\n\n.")))
    answered(page, "Tin số 19")
    page.evaluate("document.getElementById('scroll').scrollTop = 0")
    chat.run(chat.mind.say(chat.address(), Say(text="Tin cuối")))
    expect(page.locator("#newer")).to_have_text("Tin mới")
    assert page.evaluate("document.getElementById('scroll').scrollTop") == 0
    page.click("#newer")
    expect(page.locator("#log .row.bot", has_text="Tin cuối")).to_be_in_viewport()
    expect(page.locator("#newer")).to_be_hidden()


def test_long_message_is_read_from_its_start(chat: Served, page: Page) -> None:
    """A message longer than the screen is shown from its first line."""
    chat.run(chat.mind.say(chat.address(), Say(text="Đầu tin\n" + "dòng\n" * 60)))
    answered(page, "Đầu tin")
    box = page.locator("#log .row.bot").last.bounding_box()
    top = page.locator("#scroll").bounding_box()
    assert box is not None
    assert top is not None
    assert 0 <= box["y"] - top["y"] < 60
    expect(page.locator("#newer")).to_have_text("Xem tiếp")
    page.click("#newer")
    expect(page.locator("#choices")).to_be_in_viewport()


def test_language_of_the_bot_is_the_language_of_the_page(citizen: Phone, page: Page) -> None:
    """When the conversation turns to English, so do the page's own words and its lang."""
    assert page.get_attribute("html", "lang") == "vi"
    page.click("#choices button:has-text('English')")
    answered(page, "Welcome")
    assert page.get_attribute("html", "lang") == "en"
    assert page.get_attribute("#say", "placeholder") == "Type a message"
    assert page.get_attribute("#send", "aria-label") == "Send"
    page.reload()
    expect(page.locator("#state")).to_have_text("Connected")
    assert page.get_attribute("html", "lang") == "en"


def test_menu_says_the_commands(chat: Served, page: Page) -> None:
    """The menu speaks the citizen's commands and shows what was pressed."""
    page.click("#menu-open")
    page.click("#menu button:has-text('Ý kiến đã gửi')")
    answered(page, "1/4")
    assert isinstance(chat.mind.events[-1], Said)
    assert chat.mind.events[-1].text == "/tracuu"
    assert bubbles(page, "me") == ["Ý kiến đã gửi"]
    expect(page.locator("#menu")).to_be_hidden()


def test_last_text_can_be_changed(chat: Served, page: Page) -> None:
    """The last own text can be edited: the mind hears which one and what it reads now."""
    send(page, "Thôn Phú Sơm")
    answered(page, "1/4")
    page.click("button:has-text('Sửa')")
    expect(page.locator("#editing")).to_be_visible()
    assert page.input_value("#say") == "Thôn Phú Sơm"
    send(page, "Thôn Phú Sơn")
    answered(page, "Đã nhận: edited")
    assert chat.mind.events[-1] == Edited(text="Thôn Phú Sơn", ref=chat.mind.events[1].ref)  # type: ignore[union-attr] # it is Said
    assert bubbles(page, "me") == ["Thôn Phú Sơn"]
    expect(page.locator("#log .row.me .tail")).to_contain_text("đã sửa")


def test_place_is_shared_by_a_press_only(chat: Served, citizen: Phone, page: Page) -> None:
    """When the bot asks for a place, one press shares it; nothing is asked of the phone before."""
    citizen.context.grant_permissions(["geolocation"])
    citizen.context.set_geolocation({"latitude": 15.98, "longitude": 108.25})
    expect(page.locator("#quick-place")).to_be_hidden()
    send(page, "1")
    send(page, "1")
    answered(page, "2/4")
    page.click("#quick-place")
    answered(page, "3/4")
    event = chat.mind.events[-1]
    assert isinstance(event, SharedPlace)
    assert (round(event.lat, 2), round(event.lon, 2)) == (15.98, 108.25)
    assert bubbles(page, "me")[-1] == "Vị trí hiện tại"


def test_place_that_is_not_given_gets_a_sentence(page: Page) -> None:
    """Without permission the page says what else can be done."""
    page.click("#attach")
    page.click("#do-place")
    expect(page.locator("#hint")).to_contain_text("Xin nhập địa chỉ")


@pytest.mark.parametrize(
    ("expects", "mode"), [("phone", "tel"), ("number", "decimal"), ("text", None)]
)
def test_keyboard_suits_the_question(
    chat: Served, page: Page, expects: str, mode: str | None
) -> None:
    """A question for a number raises the keyboard for numbers."""
    say = Say.model_validate({"text": "Câu hỏi mới", "expects": expects, "step": 9})
    chat.run(chat.mind.say(chat.address(), say))
    answered(page, "Câu hỏi mới")
    assert page.get_attribute("#say", "inputmode") == mode


def test_too_long_text_stays_in_the_box(chat: Served, page: Page) -> None:
    """A text that is too long is not sent and not lost: the page says why."""
    page.fill("#say", "a" * 20_001)
    page.click("#send")
    expect(page.locator("#hint")).to_contain_text("20.000")
    assert len(page.input_value("#say")) == 20_001
    assert len(chat.mind.events) == 1


def test_link_with_a_code_is_followed_by_old_friends_too(
    chat: Served, citizen: Phone, page: Page
) -> None:
    """A receipt's link says its code once, also to somebody who has been here before."""
    page.goto(citizen.url + "/?start=R-7K3Q")
    until(page, "location.search === ''")
    page.reload()
    expect(page.locator("#state")).to_have_text("Đã kết nối")
    assert chat.mind.events == [Started(), Started(payload="R-7K3Q")]


def test_many_choices_and_old_ones(chat: Served, page: Page) -> None:
    """Only the newest question can be answered by a button, however many choices it has."""
    many = tuple(Choice(key=str(n), label=f"Xã thứ {n}") for n in range(1, 31))
    chat.run(chat.mind.say(chat.address(), Say(text="Xã nào?", choices=many, step=8)))
    answered(page, "Xã nào?")
    expect(page.locator("#choices button")).to_have_count(30)
    page.click("#choices button >> nth=29")
    expect(page.locator("#log .row.me .words").last).to_have_text("Xã thứ 30")
    answered(page, SCRIPT[1].text)
    assert chat.mind.events[-1] == Chose(step=8, n=30)
