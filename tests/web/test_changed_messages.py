"""A message of the bot that changes an earlier one, as a citizen's browser shows it."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from handlers.messages import Choice, Say
from tests.web.browser import until
from tests.web.mind import MENU
from tests.web.served import Served
from tests.web.test_sending_files import png
from tests.web.test_showing_files import told

LIVE = Choice(key="pause", label="Tạm dừng")
STILL = "getComputedStyle(document.querySelector('#choices')).pointerEvents !== 'none'"


def news(text: str) -> Say:
    """Something said beside the conversation."""
    return Say(text=text)


def card(text: str, *choices: Choice) -> Say:
    """A card that shows what goes on, as a prompt."""
    return Say(text=text, choices=choices or (LIVE,), step=2)


def say(chat: Served, what: Say, replaces: int = 0) -> int:
    """The bot says it; its number."""
    address = chat.address()
    chat.run(chat.mind.say(address, what, replaces))
    return chat.mind.told[address][-1].id


def rows(page: Page) -> Locator:
    """The bot's messages on the screen."""
    return page.locator("#log .row.bot")


def texts(page: Page) -> list[str]:
    """The bot's words on the screen, in order."""
    found: list[str] = page.locator("#log .row.bot .words").evaluate_all(
        "all => all.map((e) => e.firstChild.textContent)"
    )
    return found


def test_a_corrected_message_keeps_its_place(chat: Served, page: Page) -> None:
    """A correction stands where the old text stood, says so, and does so after a reload."""
    first = say(chat, news("Nghỉ học thứ hai"))
    say(chat, news("Tin khác"))
    expect(rows(page)).to_have_count(3)
    say(chat, news("Nghỉ học thứ ba"), first)
    for _ in range(2):
        expect(rows(page).nth(1)).to_contain_text("Nghỉ học thứ ba")
        assert texts(page)[1:] == ["Nghỉ học thứ ba", "Tin khác"]
        expect(rows(page).nth(1).locator(".tail")).to_contain_text("đã sửa")
        expect(page.locator("#log .tail:has-text('đã sửa')")).to_have_count(1)
        page.reload()


def test_a_correction_heard_after_the_page_was_closed(chat: Served, page: Page) -> None:
    """Whoever opens the page later finds only the corrected text, and the question still open."""
    first = say(chat, news("Nghỉ học thứ hai"))
    expect(rows(page)).to_have_count(2)
    page.goto("about:blank")
    say(chat, news("Nghỉ học thứ ba"), first)
    page.goto(chat.url)
    expect(rows(page).nth(1)).to_contain_text("Nghỉ học thứ ba")
    expect(rows(page)).to_have_count(2)
    expect(page.locator("#choices button")).to_have_count(len(MENU))


def test_a_change_of_what_is_not_here(chat: Served, page: Page) -> None:
    """A correction of a message this device has forgotten is a message, and can be changed too."""
    first = say(chat, news("Nghỉ học thứ hai"))
    expect(rows(page)).to_have_count(2)
    page.locator("#menu-open").click()
    page.locator("#forget").click()
    page.locator("#ask-yes").click()
    expect(rows(page)).to_have_count(0)
    for text in ("Nghỉ học thứ ba", "Không nghỉ học"):
        say(chat, news(text), first)
        expect(page.locator("#log .row.bot .words")).to_have_text([text])
    page.reload()
    expect(page.locator("#log .row.bot .words")).to_have_text(["Không nghỉ học"])


def test_a_live_card_goes_on_quietly(chat: Served, page: Page) -> None:
    """A card that changes is no new message, is not read aloud, and its buttons stay the same."""
    first = say(chat, card("Đã gửi 1"))
    button = page.locator("#choices button:has-text('Tạm dừng')")
    expect(button).to_be_visible()
    until(page, STILL)
    page.evaluate("document.querySelector('#choices button').mark = 1")
    row = rows(page).nth(1)
    for count in (2, 3):
        say(chat, card(f"Đã gửi {count}"), first)
        expect(row).to_contain_text(f"Đã gửi {count}")
    expect(rows(page)).to_have_count(2)
    expect(row).to_have_attribute("aria-live", "off")
    expect(row.locator(".tail")).not_to_contain_text("đã sửa")
    assert page.evaluate("document.querySelector('#choices button').mark") == 1
    assert page.evaluate(STILL)
    say(chat, card("Đã dừng", Choice(key="go", label="Gửi tiếp")), first)
    expect(page.locator("#choices button")).to_have_text(["1Gửi tiếp"])
    page.reload()
    expect(page.locator("#choices button")).to_have_text(["1Gửi tiếp"])
    assert texts(page)[1:] == ["Đã dừng"]


def test_a_change_moves_no_reader(chat: Served, page: Page) -> None:
    """A message above that grows, or one below, leaves what is read where it is."""
    first = say(chat, news("ngắn"))
    last = max(say(chat, news(f"Tin {n}\n" * 6)) for n in range(12))
    expect(rows(page)).to_have_count(14)
    top = "document.querySelectorAll('#log .row')[8].getBoundingClientRect().top"
    page.evaluate("document.querySelectorAll('#log .row')[8].scrollIntoView()")
    page.wait_for_timeout(200)
    before = page.evaluate(top)
    say(chat, news("dài\n" * 20), first)
    say(chat, news("dài\n" * 20), last)
    expect(rows(page).last).to_contain_text("dài")
    page.wait_for_timeout(200)
    assert abs(page.evaluate(top) - before) < 2


def test_many_changes_do_not_fill_the_store(chat: Served, page: Page) -> None:
    """However often a card changes, the device keeps one entry for it."""
    first = say(chat, card("Đã gửi 0"))
    expect(rows(page)).to_have_count(2)
    kept = page.evaluate("localStorage.length")
    for count in range(1, 30):
        say(chat, card(f"Đã gửi {count}"), first)
    expect(rows(page).nth(1)).to_contain_text("Đã gửi 29")
    assert page.evaluate("localStorage.length") == kept


def test_a_withdrawn_message_loses_its_picture(chat: Served, page: Page, tmp_path: Path) -> None:
    """The picture of a message goes with the text it belonged to."""
    told(chat, tmp_path, ("a.png", png(), "image/png"))
    expect(page.locator("#log .tile.photo")).to_have_count(1)
    say(chat, news("Đã rút"), len(chat.mind.told[chat.address()]))
    expect(rows(page).last).to_contain_text("Đã rút")
    expect(page.locator("#log .tile")).to_have_count(0)


def test_two_tabs_show_the_same(chat: Served, page: Page) -> None:
    """A second tab shows the change as well, in one message."""
    first = say(chat, news("Nghỉ học thứ hai"))
    other = page.context.new_page()
    other.goto(chat.url)
    for tab in (page, other):
        expect(rows(tab)).to_have_count(2)
    say(chat, news("Nghỉ học thứ ba"), first)
    for tab in (page, other):
        expect(rows(tab).last).to_contain_text("Nghỉ học thứ ba")
        expect(rows(tab)).to_have_count(2)


def test_an_announcement_leads_to_its_page(chat: Served, page: Page) -> None:
    """The address of the public page is one to press, on a trial without https as well."""
    address = chat.url + chat.mind.notices().path("TB-7K3Q-M2X")
    say(chat, news(f"Xem đầy đủ: {address}\n\nKhông nhận nữa: /dungtin"))
    link = page.locator("#log .row.bot a")
    expect(link).to_have_attribute("href", address)
    expect(link).to_have_text(address)
    page.locator("#log .order:has-text('/dungtin')").click()
    expect(page.locator("#log .row.me .words")).to_have_text(["/dungtin"])
