"""Nothing that a person wrote is lost or doubled when the network, the page or the server goes."""

import json
import time

from playwright.sync_api import Browser, Page, Route, expect

from handlers.events import Said, Started
from handlers.messages import Say
from tests.web.browser import Phone, phone, until
from tests.web.mind import Mind
from tests.web.served import Served, served
from tests.web.test_chatting import answered, bubbles, send


def texts(mind: Mind) -> list[str]:
    """What was said, in order."""
    return [event.text for event in mind.events if isinstance(event, Said)]


def ticked(page: Page, count: int) -> None:
    """Wait until so many messages are sent."""
    expect(page.locator("#log .row.me .status.sent")).to_have_count(count, timeout=15_000)


def test_offline_messages_are_sent_once_and_in_order(
    chat: Served, citizen: Phone, page: Page
) -> None:
    """What is written without a network waits, is shown as waiting, and goes when it is back."""
    citizen.expect("ERR_INTERNET_DISCONNECTED")
    citizen.context.set_offline(True)
    for text in ("một", "hai", "ba"):
        send(page, text)
    expect(page.locator("#banner")).to_contain_text("tự gửi khi có mạng")
    expect(page.locator("#log .row.me .status.late")).to_have_count(1)
    assert texts(chat.mind) == []
    citizen.context.set_offline(False)
    ticked(page, 3)
    assert texts(chat.mind) == ["một", "hai", "ba"]
    expect(page.locator("#banner")).to_be_hidden()


def test_resend_needs_no_waiting(chat: Served, citizen: Phone, page: Page) -> None:
    """The button beside a waiting message sends it at once."""
    citizen.expect("Failed to load resource")
    page.route("**/chat/say", lambda route: route.abort())
    send(page, "một")
    again = page.locator("button:has-text('Gửi lại')")
    expect(again).to_be_visible()
    page.unroute("**/chat/say")
    again.click()
    ticked(page, 1)
    assert texts(chat.mind) == ["một"]


def test_lost_answer_doubles_nothing(chat: Served, citizen: Phone, page: Page) -> None:
    """A message that arrived, but whose answer was lost, is sent again and done once."""
    citizen.expect("Failed to load resource")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        route.fetch()
        lost.append(route.request.post_data or "")
        route.abort()

    page.route("**/chat/say", lose)
    send(page, "một lần")
    ticked(page, 1)
    assert lost
    assert texts(chat.mind) == ["một lần"]
    answered(page, "1/4")


def test_broken_server_is_waited_for(chat: Served, citizen: Phone, page: Page) -> None:
    """While the server fails the message waits; afterwards it goes by itself."""
    citizen.expect("status of 500")
    chat.mind.error = RuntimeError()
    send(page, "vẫn còn")
    expect(page.locator("#log .row.me .status.late")).to_be_visible()
    chat.mind.error = None
    ticked(page, 1)
    assert texts(chat.mind) == ["vẫn còn"]


def test_refused_message_says_so_and_holds_up_nothing(
    chat: Served, citizen: Phone, page: Page
) -> None:
    """A message the server will never take is marked, and the next one goes."""
    citizen.expect("status of 422")
    body = json.dumps({"code": "bad_request", "message": "x"})
    page.route("**/chat/say", lambda route: route.fulfill(status=422, body=body))
    send(page, "hỏng")
    expect(page.locator("#log .row.me .status.bad")).to_have_attribute(
        "aria-label", "Chưa gửi được"
    )
    expect(page.locator("#log .row.me .after")).to_contain_text("Không gửi được nội dung này")
    page.unroute("**/chat/say")
    send(page, "lành")
    ticked(page, 1)
    assert texts(chat.mind) == ["lành"]
    page.click("button:has-text('Gửi lại')")
    ticked(page, 2)
    assert texts(chat.mind) == ["lành", "hỏng"]


def test_reload_keeps_the_conversation(chat: Served, page: Page) -> None:
    """Opening the page again shows what was said by both and does not begin again."""
    send(page, "Đất bị thu hồi")
    answered(page, "1/4")
    before = bubbles(page, "bot"), bubbles(page, "me")
    page.reload()
    answered(page, "1/4")
    expect(page.locator("#state")).to_have_text("Đã kết nối")
    assert (bubbles(page, "bot"), bubbles(page, "me")) == before
    expect(page.locator("#choices button")).to_have_count(6)
    assert sum(isinstance(event, Started) for event in chat.mind.events) == 1


def test_emptied_browser_gets_the_bots_side_back(chat: Served, page: Page) -> None:
    """Where the device has forgotten, the server still tells what the bot had said."""
    send(page, "1")
    answered(page, "1/4")
    page.evaluate("localStorage.clear()")
    page.reload()
    answered(page, "1/4")
    assert len(bubbles(page, "bot")) == 2
    assert sum(isinstance(event, Started) for event in chat.mind.events) == 1


def test_closed_tab_sends_when_opened_again(chat: Served, citizen: Phone, page: Page) -> None:
    """What could not be sent before the tab was closed goes when the page is opened again."""
    citizen.expect("ERR_INTERNET_DISCONNECTED")
    citizen.context.set_offline(True)
    send(page, "một")
    send(page, "hai")
    page.fill("#say", "viết dở")
    page.close()
    citizen.context.set_offline(False)
    page = citizen.open()
    ticked(page, 2)
    assert texts(chat.mind) == ["một", "hai"]
    assert page.input_value("#say") == "viết dở"


def test_page_opens_without_network(citizen: Phone, page: Page) -> None:
    """Once visited, the page opens offline with the conversation, and says that it is offline."""
    citizen.expect("ERR_INTERNET_DISCONNECTED")
    until(page, "navigator.serviceWorker.controller !== null")
    citizen.context.set_offline(True)
    page.reload()
    answered(page, "Kính chào")
    expect(page.locator("#state")).to_have_text("Mất kết nối")


def test_two_tabs_are_one_conversation(chat: Served, citizen: Phone, page: Page) -> None:
    """What one tab says and hears the other shows; together they say everything once."""
    other = citizen.open()
    answered(other, "Kính chào")
    send(page, "từ trang một")
    answered(other, "1/4")
    expect(other.locator("#log .row.me .words")).to_have_text("từ trang một")
    chat.mind.delay = 0.2
    send(page, "a")
    send(other, "b")
    send(page, "c")
    for tab in (page, other):
        ticked(tab, 4)
        assert sorted(bubbles(tab, "me")) == ["a", "b", "c", "từ trang một"]
    assert sorted(texts(chat.mind)) == ["a", "b", "c", "từ trang một"]
    expect(other.locator("#log .row.bot")).to_have_count(5)
    expect(page.locator("#log .row.bot")).to_have_count(5)
    assert sum(isinstance(event, Started) for event in chat.mind.events) == 1


def test_restarted_server_is_found_again(browser: Browser) -> None:
    """When the server has been away, the page comes back by itself and has missed nothing."""
    mind = Mind()
    with served(mind=mind) as chat:
        port = chat.port
        with phone(browser, chat.url) as citizen:
            citizen.expect("Failed to load resource", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE")
            page = citizen.open()
            answered(page, "Kính chào")
            began = time.monotonic()
            chat.loop.call_soon_threadsafe(chat.stop.set)
            expect(page.locator("#state")).to_have_text("Mất kết nối", timeout=15_000)
            send(page, "khi vắng")
            assert time.monotonic() - began < 10
            with served(mind=mind, port=port) as again:
                ticked(page, 1)
                again.run(mind.say(again.address(), Say(text="Đã trở lại")))
                answered(page, "Đã trở lại")
    assert texts(mind) == ["khi vắng"]


def test_lost_cookie_is_replaced(chat: Served, citizen: Phone, page: Page) -> None:
    """Somebody whose cookie is gone gets a new one and can go on at once."""
    citizen.expect("status of 401")
    citizen.context.clear_cookies()
    send(page, "tôi đây")
    ticked(page, 1)
    assert texts(chat.mind) == ["tôi đây"]


def test_blocked_cookies_are_explained(chat: Served, citizen: Phone, page: Page) -> None:
    """Where cookies are blocked, the page says what to do."""
    citizen.expect("status of 401")
    body = json.dumps({"code": "no_cookie", "message": "x"})
    page.route("**/chat/say", lambda route: route.fulfill(status=401, body=body))
    send(page, "ai đó")
    expect(page.locator("#banner")).to_contain_text("cookie")


def test_clearing_forgets_here_only(chat: Served, page: Page) -> None:
    """The conversation leaves the device after a question, and does not come back by reloading."""
    send(page, "bí mật")
    answered(page, "1/4")
    page.click("#menu-open")
    page.click("#forget")
    page.click("#ask-no")
    assert bubbles(page, "me") == ["bí mật"]
    page.click("#menu-open")
    page.click("#forget")
    page.click("#ask-yes")
    expect(page.locator("#log .row")).to_have_count(0)
    page.reload()
    answered(page, "Kính chào")  # never a blank page
    assert page.locator("#log .row").count() == 1
    assert "bí mật" not in page.evaluate("JSON.stringify(localStorage)")
    send(page, "mới")
    answered(page, "1/4")


def test_transcript_on_the_device_is_bounded(chat: Served, page: Page) -> None:
    """The device keeps the last three hundred messages, not more."""
    for n in range(320):
        chat.run(chat.mind.say(chat.address(), Say(text=f"Tin {n}")))
    answered(page, "Tin 319")
    kept = "Object.keys(localStorage).filter(k => k.startsWith('lang-nghe.m.')).length"
    assert page.evaluate(kept) == 300
    expect(page.locator("#log .row")).to_have_count(300)
