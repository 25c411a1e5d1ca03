"""The page serves everybody: small phones, keyboards, screen readers, darkness, slow lines."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from handlers.events import Chose, Said, Started
from handlers.messages import Say
from tests.web.browser import PHONE, Phone, phone, until
from tests.web.served import Served, served
from tests.web.test_chatting import answered, send
from tests.web.test_losing_the_line import ticked
from tests.web.test_sending_files import choose, paper, png

NAMELESS = """
() => [...document.querySelectorAll('button, a[href], input, textarea, progress, img, [role=img]')]
  .filter(e => e.offsetParent && e.type !== 'file')
  .filter(e => !(e.getAttribute('aria-label') || e.alt || e.innerText || '').trim())
  .filter(e => e.tagName !== 'IMG' || !e.hasAttribute('alt'))
  .map(e => e.outerHTML.slice(0, 120))
"""
SMALL = """
() => [...document.querySelectorAll('button')].filter(e => e.offsetParent).filter(e => {
  const box = e.getBoundingClientRect();
  const more = getComputedStyle(e, '::after');
  const grown = more.content !== 'none' && more.position === 'absolute';
  const up = grown ? -parseFloat(more.top) - parseFloat(more.bottom) : 0;
  const aside = grown ? -parseFloat(more.left) - parseFloat(more.right) : 0;
  return !e.matches('.order') && (box.height + up < 44 || box.width + aside < 44);
}).map(e => e.outerHTML.slice(0, 120))
"""
FAINT = """
() => {
  const parse = (c) => (c.match(/[0-9.]+/g) || [0, 0, 0, 0]).map(Number);
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((v, i) => v * a + under[i] * (1 - a));
  const ground = (e) => {
    const chain = [];
    const own = (at) => parse(getComputedStyle(at).backgroundColor);
    for (let at = e; at; at = at.parentElement) chain.push(own(at));
    return chain.reverse().reduce((under, c) => over(c, under), [255, 255, 255]);
  };
  const light = (c) => c.map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const texts = [...document.querySelectorAll('body *')].filter((e) => e.offsetParent
    && !e.closest('.unseen, .skip') && !e.disabled && !e.closest('.tile .face')
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
  return texts.map((e) => {
    const under = ground(e);
    const text = over(parse(getComputedStyle(e).color), under);
    const [a, b] = [light(text), light(under)].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), e.textContent.slice(0, 40)];
  }).filter(([ratio]) => ratio < 4.5);
}
"""
WIDER = (
    "document.documentElement.scrollWidth > innerWidth || scroll.scrollWidth > scroll.clientWidth"
)
FOCUS = "document.activeElement.id || document.activeElement.className"


def fill_the_screen(chat: Served, page: Page) -> None:
    """Bring everything on the screen that the chat can show."""
    send(page, "Nhà tôi bị thu hồi 240 m² đất vườn, chưa có quyết định bồi thường.")
    answered(page, "1/4")
    choose(page, paper("nha.png", png()), paper("don-de-nghi-cua-gia-dinh.pdf", b"%PDF1"))
    page.click("#send")
    ticked(page, 2)
    long = "https://example.gov.vn/" + "duong-dan-rat-dai/" * 8 + " " + "ă" * 120
    chat.run(chat.mind.say(chat.address(), Say(text=long)))
    answered(page, "https://example")
    choose(page, paper("khac.png", png()))


@pytest.fixture(params=[(320, "light"), (360, "dark"), (1280, "light"), (1280, "dark")])
def screen(request: pytest.FixtureRequest, chat: Served, browser: Browser) -> Iterator[Page]:
    """A full conversation on screens of several sizes, in light and darkness."""
    width, colours = request.param
    options: dict[str, Any] = {"viewport": {"width": width, "height": 640}}
    if width > 1000:
        options |= {"has_touch": False, "is_mobile": False}
    with phone(browser, chat.url, color_scheme=colours, **options) as here:
        page = here.open()
        answered(page, "Kính chào")
        fill_the_screen(chat, page)
        yield page


def test_screen_is_whole_and_legible(screen: Page) -> None:
    """On every screen nothing runs out at the side, every thing has a name, a size, a contrast."""
    for opener in (None, "#menu-open", "#attach"):
        if opener:
            screen.click(opener)
        assert not screen.evaluate(WIDER)
        assert screen.evaluate(NAMELESS) == []
        assert screen.evaluate(SMALL) == []
        assert screen.evaluate(FAINT) == []
        screen.keyboard.press("Escape")


def test_composer_stays_in_sight(screen: Page) -> None:
    """The box to write in is always on the screen."""
    expect(screen.locator("#say")).to_be_in_viewport(ratio=1)
    expect(screen.locator("#send")).to_be_in_viewport(ratio=1)


def test_keyboard_on_the_screen_hides_nothing(page: Page) -> None:
    """When the phone's keyboard takes half of the screen, box and last choice stay in sight."""
    send(page, "xin hỏi")
    answered(page, "1/4")
    page.set_viewport_size({"width": 360, "height": 380})
    expect(page.locator("#say")).to_be_in_viewport(ratio=1)
    expect(page.locator("#choices button").last).to_be_in_viewport(ratio=1)
    page.set_viewport_size(PHONE)
    expect(page.locator("#say")).to_be_in_viewport(ratio=1)


def test_darkness_is_dark(chat: Served, browser: Browser) -> None:
    """The page follows the phone's choice of light or dark."""
    grounds = []
    for colours in ("light", "dark"):
        with phone(browser, chat.url, color_scheme=colours) as here:
            page = here.open()
            grounds.append(page.evaluate("getComputedStyle(app).backgroundColor"))
    assert grounds == ["rgb(238, 242, 246)", "rgb(15, 21, 27)"]


def test_keyboard_alone_is_enough(chat: Served, browser: Browser) -> None:
    """Everything can be done without a mouse or touch, and the focus is never lost."""
    with phone(browser, chat.url, has_touch=False, is_mobile=False) as here:
        page = here.open()
        answered(page, "Kính chào")
        assert page.evaluate(FOCUS) == "say"
        page.keyboard.type("2")
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("hai dòng")
        page.keyboard.press("Enter")
        answered(page, "1/4")
        assert page.evaluate(FOCUS) == "say"
        while "choice" not in page.evaluate(FOCUS):
            page.keyboard.press("Shift+Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        answered(page, "2/4")
        assert page.evaluate(FOCUS) == "say"
        while page.evaluate(FOCUS) != "menu-open":
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.dataset.command") == "/gui"
        page.keyboard.press("Escape")
        assert page.evaluate(FOCUS) == "menu-open"
        page.keyboard.press("Enter")
        while page.evaluate("document.activeElement.id") != "forget":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate(FOCUS) == "ask-no"
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS) == "ask-yes"
        page.keyboard.press("Escape")
        expect(page.locator("#ask")).to_be_hidden()
        assert page.evaluate(FOCUS) == "menu-open"
    first, second, third = chat.mind.events
    assert isinstance(first, Started)
    assert isinstance(second, Said)
    assert second.text == "2\nhai dòng"
    assert third == Chose(step=2, n=6)


def test_first_key_leads_to_the_box(page: Page) -> None:
    """A skip link is the first thing that the Tab key finds."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    expect(page.locator(".skip")).to_be_visible()
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUS) == "say"


def test_on_a_phone_enter_makes_a_line(page: Page) -> None:
    """The Enter key of a phone's keyboard breaks the line; the button sends."""
    page.focus("#say")
    page.keyboard.type("một")
    page.keyboard.press("Enter")
    assert page.input_value("#say") == "một\n"


def test_composed_letter_is_not_sent(chat: Served, browser: Browser) -> None:
    """Enter that ends the composing of a Vietnamese letter does not send the message."""
    with phone(browser, chat.url, has_touch=False, is_mobile=False) as here:
        page = here.open()
        answered(page, "Kính chào")
        page.fill("#say", "tiế")
        page.evaluate(
            "say.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true}))"
        )
        assert page.input_value("#say") == "tiế"


def test_screen_reader_hears_what_is_new(chat: Served, page: Page) -> None:
    """New messages are announced with who says them and what can be chosen; old ones are not."""
    log = page.locator("#log")
    assert log.get_attribute("role") == "log"
    expect(log).to_have_attribute("aria-live", "polite")
    expect(page.locator("#log .row.bot .bubble").first).to_have_attribute("lang", "vi")
    said = page.locator("#log .row.bot .unseen").all_text_contents()
    assert said == [
        "Lắng Nghe: ",
        " Các lựa chọn: 1. Gửi ý kiến mới; 2. Việc đã gửi; 3. Hỏi nhanh; 4. English",
    ]
    page.evaluate(
        """() => {
          window.heard = [];
          new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach((node) => {
            const quiet = (node.parentElement || node).closest('[aria-live=off]');
            if (!quiet) heard.push(node.textContent);
          }))).observe(document.getElementById('log'), {childList: true, subtree: true});
        }"""
    )
    send(page, "xin hỏi")
    answered(page, "1/4")
    ticked(page, 1)
    assert len(page.evaluate("heard")) == 2


def test_calm_is_kept_where_it_is_asked_for(browser: Browser, chat: Served) -> None:
    """Where a person wants less motion, nothing moves."""
    with phone(browser, chat.url, reduced_motion="reduce") as here:
        page = here.open()
        answered(page, "Kính chào")
        chat.mind.delay = 1.5
        send(page, "x")
        expect(page.locator("#typing")).to_be_visible()
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.dots i')).animationName")
            == "none"
        )
        answered(page, "1/4")


def test_first_visit_costs_little(browser: Browser) -> None:
    """A first visit, with the offline shell and the greeting, takes less than 100 kB."""
    with served() as chat, phone(browser, chat.url) as here:
        page = here.open()
        answered(page, "Kính chào")
        until(page, "navigator.serviceWorker.controller !== null")
        page.wait_for_timeout(500)
        assert sum(chat.traffic) < 100_000
        assert sum(chat.traffic) > 5_000


def test_page_is_an_app(citizen: Phone, page: Page) -> None:
    """The manifest can be read, names the app and has icons that exist."""
    manifest = page.get_attribute("link[rel=manifest]", "href")
    told = page.evaluate("async (url) => (await fetch(url)).json()", manifest)
    assert told["name"] == "Lắng Nghe"
    assert told["display"] == "standalone"
    for icon in told["icons"]:
        url = page.evaluate(
            "([a, b]) => new URL(a, new URL(b, location)).href", [icon["src"], manifest]
        )
        assert page.evaluate("async (url) => (await fetch(url)).status", url) == 200
