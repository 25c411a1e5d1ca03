"""A citizen's browser shows the files and QR pictures the bot gives."""

from pathlib import Path

from playwright.sync_api import Page, expect

from bot.channels.enclosed import Stored
from handlers.events import Media
from handlers.messages import Say
from tests.web.browser import Phone, until
from tests.web.served import Served
from tests.web.test_sending_files import png

LOADED = "(() => {{ const i = document.querySelector('{}'); return !!i && i.naturalWidth > 0; }})()"


def told(chat: Served, folder: Path, *files: tuple[str, bytes, str], qr: str = "") -> None:
    """The bot says something with files."""
    media = []
    for name, body, mime in files:
        path = folder / name
        path.write_bytes(body)
        key = f"web:{len(chat.mind.stored)}"
        chat.mind.stored[key] = Stored(name, mime, len(body), path)
        kind = "photo" if mime.startswith("image/") else "document"
        media.append(Media(key=key, kind=kind, name=name))  # type: ignore[arg-type] # a literal
    say = Say(text="Xem tệp.", files=tuple(media), qr=qr)
    chat.run(chat.mind.say(chat.address(), say))


def test_a_photo_is_seen_and_a_paper_is_linked(chat: Served, page: Page, tmp_path: Path) -> None:
    """A photo shows itself under its name, a paper is a link large enough for a finger."""
    told(chat, tmp_path, ("a.png", png(), "image/png"), ("b.pdf", b"%PDF-", "application/pdf"))
    expect(page.locator(".row.bot a.tile")).to_have_count(2)
    until(page, LOADED.format('a.tile.photo img[loading=lazy][alt="a.png"]'))
    paper = page.get_by_role("link", name="b.pdf")
    box = paper.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    with page.expect_download() as saved:
        paper.click(modifiers=["Alt"])
    assert saved.value.suggested_filename == "b.pdf"


def test_a_photo_no_browser_reads_is_a_link(
    chat: Served, page: Page, citizen: Phone, tmp_path: Path
) -> None:
    """What can't be shown is still there to be opened."""
    told(chat, tmp_path, ("a.heic", b"no picture", "image/heic"))
    expect(page.locator("a.tile:not(.photo) .name")).to_have_text("a.heic")


def test_a_qr_picture_is_seen_and_kept(chat: Served, page: Page, tmp_path: Path) -> None:
    """A QR picture shows, says what it holds, and is still there when the page is opened again."""
    told(chat, tmp_path, qr="https://example.gov.vn")
    for _ in range(2):
        until(page, LOADED.format("img.qr"))
        expect(page.locator("img.qr")).to_have_attribute("alt", "Mã QR: https://example.gov.vn")
        page.reload()
