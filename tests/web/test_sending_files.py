"""A citizen sends photos and papers in a real browser."""

import struct
import zlib
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from handlers.events import SentMedia
from tests.web.browser import Phone, until
from tests.web.served import Served
from tests.web.test_losing_the_line import ticked


def png(width: int = 64, height: int = 48, shade: int = 120) -> bytes:
    """A real picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(
        b"\0" + bytes((shade, x % 256, 90)[i % 3] for x in range(width) for i in range(3))
        for _ in range(height)
    )
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def bitmap(width: int, height: int) -> bytes:
    """A big picture that packs well."""
    size = width * height * 3
    head = b"BM" + struct.pack("<IHHI", 54 + size, 0, 0, 54)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, size, 2835, 2835, 0, 0)
    return head + info + b"\x40\x80\xc0" * (width * height)


def paper(name: str, body: bytes) -> FilePayload:
    """A file as the picker gives it."""
    kind = {"png": "image/png", "bmp": "image/bmp", "jpg": "image/jpeg"}.get(name[-3:], "")
    return {"name": name, "mimeType": kind, "buffer": body}


def choose(page: Page, *papers: FilePayload) -> None:
    """Pick files and wait until they are in the tray."""
    page.set_input_files("#pick", list(papers))
    expect(page.locator(".chosen")).to_have_count(len(papers))


def slow_line(page: Page, bytes_a_second: int) -> None:
    """Make the network as slow as in the mountains."""
    line = {"offline": False, "latency": 50, "downloadThroughput": -1}
    tools = page.context.new_cdp_session(page)
    tools.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": bytes_a_second})


def albums(chat: Served) -> list[SentMedia]:
    """The albums that arrived."""
    return [event for event in chat.mind.events if isinstance(event, SentMedia)]


def test_two_photos_are_one_album(chat: Served, page: Page) -> None:
    """Two photos with a caption arrive as one event, and stay in the conversation as pictures."""
    choose(page, paper("so-do.png", png()), paper("nha.png", png(shade=200)))
    assert page.get_attribute("#say", "placeholder") == "Thêm lời cho tệp"
    page.fill("#say", "Sổ đỏ và nhà")
    page.click("#send")
    ticked(page, 1)
    (album,) = albums(chat)
    assert [media.name for media in album.media] == ["so-do.png", "nha.png"]
    assert {media.kind for media in album.media} == {"photo"}
    assert album.caption == "Sổ đỏ và nhà"
    page.reload()
    expect(page.locator("#log .row.me .tile img")).to_have_count(2)
    expect(page.locator("#log .row.me .words")).to_have_text("Sổ đỏ và nhà")


def test_progress_is_shown_for_each_file(chat: Served, page: Page) -> None:
    """While files go up on a slow line, each shows how far it is."""
    slow_line(page, bytes_a_second=400_000)
    choose(page, paper("a.pdf", b"%PDF" + bytes(600_000)), paper("b.pdf", b"%PDF" + bytes(9)))
    page.click("#send")
    bars = page.locator(".tile progress")
    expect(bars).to_have_count(2)
    until(page, "(b => b && b.value > 0 && b.value < 1)(document.querySelector('.tile progress'))")
    ticked(page, 1)
    expect(bars).to_have_count(0)
    assert [media.name for media in albums(chat)[0].media] == ["a.pdf", "b.pdf"]


def test_upload_can_be_cancelled(chat: Served, page: Page) -> None:
    """One file of an album can be taken out while it goes up; the rest is sent."""
    chat.mind.keep_delay = 0.1
    choose(page, paper("a.pdf", b"%PDF" + bytes(700_000)), paper("b.pdf", b"%PDF" + bytes(9)))
    page.click("#send")
    page.click("button[aria-label='Bỏ tệp a.pdf']")
    ticked(page, 1)
    assert [media.name for media in albums(chat)[0].media] == ["b.pdf"]


def test_only_file_cancelled_sends_nothing(chat: Served, page: Page) -> None:
    """An album without files is no message."""
    chat.mind.keep_delay = 0.1
    choose(page, paper("a.pdf", b"%PDF" + bytes(700_000)))
    page.click("#send")
    page.click("button[aria-label='Bỏ tệp a.pdf']")
    expect(page.locator("#log .row.me")).to_have_count(0)
    page.fill("#say", "vẫn nói được")
    page.click("#send")
    ticked(page, 1)
    assert albums(chat) == []


def test_what_follows_waits_for_the_photos(chat: Served, page: Page) -> None:
    """What is said while photos go up is heard after them."""
    chat.mind.keep_delay = 0.03
    choose(page, paper("a.pdf", b"%PDF" + bytes(1_000_000)))
    page.click("#send")
    page.fill("#say", "xong")
    page.click("#send")
    ticked(page, 2)
    assert [event.type for event in chat.mind.events] == ["started", "sent_media", "said"]


def test_refused_file_says_why_and_the_others_go(chat: Served, citizen: Phone, page: Page) -> None:
    """A file of a type that is not kept gets its sentence; the album goes without it."""
    citizen.expect("status of 415")
    choose(page, paper("virus.exe", b"MZ" + bytes(100)), paper("nha.png", png()))
    page.click("#send")
    ticked(page, 1)
    expect(page.locator(".tile", has_text="virus.exe")).to_contain_text("Không nhận loại tệp này")
    assert [media.name for media in albums(chat)[0].media] == ["nha.png"]


def test_refused_album_can_be_put_away(chat: Served, citizen: Phone, page: Page) -> None:
    """When no file of an album is accepted, it is marked and can be removed."""
    citizen.expect("status of 415")
    choose(page, paper("virus.exe", b"MZ" + bytes(100)))
    page.click("#send")
    expect(page.locator("#log .row.me .status.bad")).to_be_visible()
    page.click(".after button:has-text('Bỏ')")
    expect(page.locator("#log .row.me")).to_have_count(0)
    assert albums(chat) == []


def test_bad_files_are_caught_before_sending(page: Page, tmp_path: Path) -> None:
    """An empty file, one over the limit and an eleventh never leave the phone."""
    page.set_input_files("#pick", [paper("a.txt", b"")])
    expect(page.locator("#hint")).to_contain_text("không có nội dung")
    with (tmp_path / "b.pdf").open("wb") as huge:
        huge.truncate(20 * 1024 * 1024 + 1)
    page.set_input_files("#pick", [tmp_path / "b.pdf"])
    expect(page.locator("#hint")).to_contain_text("20 MB")
    page.set_input_files("#pick", [paper(f"{n}.pdf", b"%PDF") for n in range(11)])
    expect(page.locator("#hint")).to_contain_text("nhiều nhất 10")
    expect(page.locator(".chosen")).to_have_count(10)


def test_chosen_file_can_be_taken_back(page: Page) -> None:
    """A file in the tray can be removed before it is sent."""
    choose(page, paper("a.pdf", b"%PDF"))
    page.click("button[aria-label='Bỏ tệp a.pdf']")
    expect(page.locator(".chosen")).to_have_count(0)
    expect(page.locator("#send")).to_be_disabled()


def test_big_photo_is_made_smaller(chat: Served, page: Page) -> None:
    """A photo of several megabytes is sent as a JPEG whose long edge is 2048."""
    choose(page, paper("to.bmp", bitmap(2600, 1300)))
    page.click("#send")
    ticked(page, 1)
    (media,) = albums(chat)[0].media
    assert (media.name, media.mime) == ("to.jpg", "image/jpeg")
    assert media.size
    assert media.size < 500_000


def test_photos_chosen_offline_survive_the_tab(chat: Served, citizen: Phone, page: Page) -> None:
    """Photos sent without a network go when the page is opened again with one."""
    citizen.expect("ERR_INTERNET_DISCONNECTED")
    citizen.context.set_offline(True)
    choose(page, paper("nha.png", png()))
    page.click("#send")
    expect(page.locator("#log .row.me .status.late")).to_be_visible()
    page.close()
    citizen.context.set_offline(False)
    page = citizen.open()
    ticked(page, 1)
    assert [media.name for media in albums(chat)[0].media] == ["nha.png"]


def test_upload_forgotten_by_the_server_is_sent_again(
    chat: Served, citizen: Phone, page: Page
) -> None:
    """When the server has lost an upload, the page sends the file once more by itself."""
    citizen.expect("status of 409")
    chat.mind.forgets_files = 1
    choose(page, paper("nha.png", png()))
    page.click("#send")
    ticked(page, 1)
    assert [media.name for media in albums(chat)[0].media] == ["nha.png"]


def test_upload_forgotten_again_and_again_is_given_up(
    chat: Served, citizen: Phone, page: Page
) -> None:
    """A server that keeps losing a file does not make the page send it for ever."""
    citizen.expect("status of 409")
    chat.mind.forgets_files = 9
    choose(page, paper("nha.png", png()))
    page.click("#send")
    expect(page.locator("#log .row.me .status.bad")).to_be_visible()
    assert chat.mind.forgets_files == 7
