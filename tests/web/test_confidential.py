"""What is said in confidence, as a browser keeps it: not at all."""

from playwright.sync_api import Page, expect

from handlers.messages import Say
from tests.web.served import Served
from tests.web.test_changed_messages import rows, say, texts
from tests.web.test_chatting import answered, bubbles, send

ASKED = "Xin kể: ai làm gì, khi nào?"
TOLD = "Ông Trưởng Mẫu nhận tiền"
RECEIPT = "Xin chép lại mã biên nhận rồi cất kỹ"
KEPT = "JSON.stringify(Object.values(localStorage))"


def kept(page: Page) -> str:
    """All that the device keeps."""
    found: str = page.evaluate(KEPT)
    return found


def test_nothing_said_in_confidence_outlives_the_page(chat: Served, page: Page) -> None:
    """Neither question nor answer is kept on the device, and a reload brings neither back."""
    say(chat, Say(text=ASKED, step=2, expects="text", sealed="TT-7K3Q-M2X"))
    expect(rows(page)).to_have_count(2)
    send(page, TOLD)
    expect(page.locator("#log .row.bot")).to_have_count(3)
    expect(page.locator("#log .row.me .words", has_text=TOLD)).to_be_visible()
    assert TOLD not in kept(page)
    assert ASKED not in kept(page)
    page.reload()
    expect(rows(page)).to_have_count(2)
    assert ASKED not in texts(page)
    assert TOLD not in bubbles(page, "me")


def test_once_it_was_sent_the_page_forgets_what_led_to_it(chat: Served, page: Page) -> None:
    """What was written before is gone from screen and device; the receipt is there until closed."""
    send(page, TOLD)
    expect(rows(page)).to_have_count(2)
    say(chat, Say(text=RECEIPT, step=9, sealed="TT-7K3Q-M2X", forget=True))
    expect(rows(page)).to_have_count(1)
    assert texts(page) == [RECEIPT]
    assert bubbles(page, "me") == []
    assert TOLD not in kept(page)
    assert RECEIPT not in kept(page)
    page.reload()
    answered(page, "Kính chào")  # never a blank page
    assert len(texts(page)) == 1


def test_what_is_being_typed_in_confidence_is_not_kept(chat: Served, page: Page) -> None:
    """Nor is a text that was never sent."""
    say(chat, Say(text=ASKED, step=2, expects="text", sealed="TT-7K3Q-M2X"))
    expect(rows(page)).to_have_count(2)
    page.fill("#say", TOLD)
    page.wait_for_timeout(1_000)
    assert TOLD not in kept(page)
