"""The public page of an announcement, asked for by a program and by a real browser."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.channels.enclosed import Stored
from bot.channels.web.notice_page import Lang, Notice
from handlers.events import Media
from tests.web.browser import phone, until
from tests.web.client import Client
from tests.web.served import Served
from tests.web.test_sending_files import png

CODE = "TB-7K3Q-M2X"
HERE = timezone(timedelta(hours=7))
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTICE = Notice(
    code=CODE,
    province={"vi": "UBND tỉnh Quảng Ninh", "en": "People's Committee of Quang Ninh"},
    unit={"vi": "Sở Nông nghiệp và Môi trường", "en": "Department of Agriculture"},
    phone="0203 3835 111",
    begun=datetime(2026, 11, 22, 8, 15, tzinfo=HERE),
    text="Từ 14 giờ ngày 23/11/2026 ngừng cấp nước.\nXem https://example.gov.vn/nuoc?a=1&b=2.",
)


@pytest.fixture
def announce(chat: Served, tmp_path: Path) -> Callable[..., str]:
    """Announces; returns the path of the page."""

    def now(notice: Notice = NOTICE, *files: tuple[str, bytes, str]) -> str:
        media = []
        for name, body, mime in files:
            path = tmp_path / name.replace("/", "")
            path.write_bytes(body)
            key = f"web:{name}"
            chat.mind.stored[key] = Stored(name, mime, len(body), path)
            media.append(Media(key=key, kind="document", name=name))
        chat.mind.announced[notice.code] = replace(notice, files=tuple(media))
        return chat.mind.notices().path(notice.code)

    return now


async def test_anybody_may_read_it(stranger: Client, announce: Callable[..., str]) -> None:
    """The page says who, when and what, gives no cookie, and no search engine keeps it."""
    answer = await stranger.get(announce())
    assert answer.status == 200
    for words in (
        "UBND tỉnh Quảng Ninh",
        "<h1>Thông báo của Sở Nông nghiệp và Môi trường</h1>",
        "08:15 ngày 22/11/2026",
        CODE,
        "ngừng cấp nước",
        '<a href="https://example.gov.vn/nuoc?a=1&amp;b=2" rel="noopener noreferrer nofollow">',
        '<meta name="robots" content="noindex, nofollow, noarchive">',
        '<a href="tel:02033835111">0203 3835 111</a>',
    ):
        assert words in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert " style=" not in answer.text


async def test_it_is_kept_briefly_and_asked_for_again(
    chat: Served, stranger: Client, announce: Callable[..., str]
) -> None:
    """A cache may keep the page for 30 s, and learns cheaply whether it is still the same."""
    path = announce()
    first = await stranger.get(path)
    same = await stranger.get(path, headers={"If-None-Match": first.headers["ETag"]})
    announce(replace(NOTICE, text="Khác."))
    other = await stranger.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "public, max-age=30"
    assert (same.status, same.body, other.status) == (304, b"", 200)


async def test_unknown_and_forged_are_alike(
    chat: Served, stranger: Client, announce: Callable[..., str]
) -> None:
    """Without the right signature nobody learns whether there is such an announcement."""
    path = announce()
    unknown = chat.mind.notices().path("TB-AAAA-AAA")
    tricks = (
        unknown,
        path[:-1] + ("0" if path[-1] != "0" else "1"),
        path[:-1],
        path + "0",
        path.upper().replace("/THONG-BAO/", "/thong-bao/"),
        path.replace(CODE, "TB-AAAA-AAA"),
        f"/thong-bao/{CODE}",
        f"/thong-bao/{CODE}-",
        "/thong-bao/TB-" + "A" * 5000,
        path + "%00",
        path + "%0A",
        "/thong-bao/é-" + "é" * 32,
    )
    answers = [await stranger.get(trick) for trick in tricks]
    assert {(answer.status, answer.body) for answer in answers} == {
        (404, answers[0].body),
    }
    kinds = [{**answer.headers, "Date": ""} for answer in answers]
    assert all(kind == kinds[0] for kind in kinds)


async def test_files_that_are_not_there_are_alike(
    stranger: Client, announce: Callable[..., str]
) -> None:
    """Below an address, true or forged, whatever is no file of it gets the same refusal."""
    path = announce()
    tricks = (
        path + "0/" + "0" * 32,
        path.replace("/thong-bao/", "/thong-bao/%2e%2e%2f") + "/0",
        path + "/..%2f..%2fetc%2fpasswd",
        path + "/0",
        path + "/" + "0" * 32,
        path + "/é",
    )
    answers = [await stranger.get(trick) for trick in tricks]
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}
    assert answers[0].code == "not_found"


async def test_a_wrong_address_is_answered_in_words(stranger: Client) -> None:
    """Whoever mistyped an address reads so, in either language, and finds the way to the chat."""
    wrong = f"/thong-bao/{CODE}-" + "0" * 16
    page, english = await stranger.get(wrong), await stranger.get(wrong + "?lang=en")
    assert (page.status, english.status) == (404, 404)
    assert "<h1>Không tìm thấy thông báo này</h1>" in page.text
    assert '<a class="button" href="/">Mở trò chuyện</a>' in page.text
    assert '<html lang="en">' in english.text
    assert "<h1>This announcement was not found</h1>" in english.text
    assert CODE not in page.text
    assert "$" not in page.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers


async def test_asked_for_without_its_body(stranger: Client, announce: Callable[..., str]) -> None:
    """What looks ahead at a link (HEAD) hears what it would get, and gets nothing yet."""
    path = announce(NOTICE, ("sơ đồ.png", png(), "image/png"))
    picture = (await stranger.get(path)).text.split('src="' + path)[1].split('"')[0]
    for asked in (path, path + picture, path + "0", "/"):
        whole, ahead = await stranger.get(asked), await stranger.head(asked)
        assert (ahead.status, ahead.body) == (whole.status, b"")
        for name in ("Content-Type", "Content-Length", "Cache-Control"):
            assert ahead.headers[name] == whole.headers[name]


async def test_nothing_in_it_is_markup(stranger: Client, announce: Callable[..., str]) -> None:
    """Whatever is in a text, a name or a file's name, it is shown letter for letter."""
    evil = "<script>alert(1)</script>\" onload='x' $title ${title} &amp; https://a.vn/\"><b>"
    names: dict[Lang, str] = {"vi": evil, "en": evil}
    notice = replace(NOTICE, province=names, unit=names, phone=evil, text=evil, link=evil)
    path = announce(notice, ('"><script>.pdf', b"%PDF-", "application/pdf"))
    for withdrawn in (False, True):
        if withdrawn:
            announce(replace(notice, withdrawn=True))
        text = (await stranger.get(path)).text
        assert "<script" not in text
        assert "<b>" not in text.replace(f"<b>{CODE}</b>", "")
        assert "onload='" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "$title ${title} &amp;amp;" in text


async def test_its_files_and_no_others(
    chat: Served, stranger: Client, announce: Callable[..., str]
) -> None:
    """Pictures are shown, papers saved; a file of another announcement is not to be had here."""
    other = announce(replace(NOTICE, code="TB-2222-222"), ("kín.pdf", b"%PDF-2", "application/pdf"))
    hidden = (await stranger.get(other)).text.split('<li><a href="')[1].split('"')[0]
    path = announce(
        NOTICE,
        ("sơ đồ.png", png(), "image/png"),
        ("biểu mẫu.xlsx", b"PK", SHEET),
        ("trang.html", b"<script>", "text/plain"),
    )
    text = (await stranger.get(path)).text
    picture = text.split('src="' + path)[1].split('"')[0]
    shown = await stranger.get(path + picture)
    assert (shown.status, shown.body) == (200, png())
    assert shown.headers["Content-Disposition"].startswith("inline")
    papers = [part.split('"')[0] for part in text.split('<li><a href="')[1:]]
    saved = [await stranger.get(paper) for paper in papers]
    assert [answer.status for answer in saved] == [200, 200]
    assert all(answer.headers["Content-Disposition"].startswith("attachment") for answer in saved)
    assert "trang.html.txt" in saved[1].headers["Content-Disposition"]
    assert all(answer.headers["X-Content-Type-Options"] == "nosniff" for answer in saved)
    stolen = await stranger.get(path + "/" + hidden.rpartition("/")[2])
    assert stolen.status == 404


async def test_a_correction_says_so(stranger: Client, announce: Callable[..., str]) -> None:
    """A corrected announcement says which version this is and since when."""
    at = datetime(2026, 11, 22, 9, 0, tzinfo=HERE)
    text = (await stranger.get(announce(replace(NOTICE, version=2, changed=at)))).text
    assert "09:00 ngày 22/11/2026</time> (bản thứ 2)" in text


async def test_what_is_withdrawn_is_not_read_any_more(
    stranger: Client, announce: Callable[..., str]
) -> None:
    """Of a withdrawn announcement there is left that it was one; its files are gone too."""
    path = announce(NOTICE, ("a.png", png(), "image/png"))
    picture = (await stranger.get(path)).text.split('src="' + path)[1].split('"')[0]
    at = datetime(2026, 11, 22, 9, 0, tzinfo=HERE)
    gone = replace(NOTICE, withdrawn=True, version=2, changed=at)
    announce(gone, ("a.png", png(), "image/png"))
    text = (await stranger.get(path)).text
    assert "đã được thu hồi và không còn hiệu lực" in text
    assert "09:00 ngày 22/11/2026" in text
    assert "ngừng cấp nước" not in text
    assert "<img class" not in text
    assert (await stranger.get(path + picture)).status == 404


async def test_in_english(stranger: Client, announce: Callable[..., str]) -> None:
    """The frame is in English when asked for; the text stays as it was written."""
    path = announce()
    english = await stranger.get(path + "?lang=en")
    strange = await stranger.get(path + "?lang=xx")
    for words in ('<html lang="en">', "Department of Agriculture", "22 November 2026, 08:15"):
        assert words in english.text
    assert "ngừng cấp nước" in english.text
    assert '<html lang="vi">' in strange.text


async def test_a_file_that_is_not_here_is_left_out(
    chat: Served, stranger: Client, announce: Callable[..., str]
) -> None:
    """The page stands even when a file of it can't be had."""
    path = announce(NOTICE, ("a.pdf", b"%PDF-", "application/pdf"))
    chat.mind.stored.clear()
    answer = await stranger.get(path)
    assert answer.status == 200
    assert "a.pdf" not in answer.text


def test_on_a_phone_without_scripts(
    chat: Served, browser: Browser, announce: Callable[..., str]
) -> None:
    """On a narrow phone, with scripts off, all of it is seen and nothing sticks out."""
    path = announce(
        replace(NOTICE, urgent=True, text=NOTICE.text + "\n" + "https://a.vn/" + "x" * 200),
        ("sơ đồ.png", png(), "image/png"),
        ("tài liệu có cái tên rất là dài để xem nó xuống dòng.pdf", b"%PDF-", "application/pdf"),
    )
    with phone(browser, chat.url, java_script_enabled=False) as here:
        page = here.open(path)
        expect(page.locator("h1")).to_have_text("Thông báo của Sở Nông nghiệp và Môi trường")
        expect(page.locator(".urgent")).to_have_text("Khẩn")
        expect(page.get_by_role("link", name="Mở trò chuyện")).to_have_attribute("href", "/")
        expect(page.locator("img.picture")).to_be_visible()
        assert here.context.cookies() == []
        _check_layout(page)


def test_read_in_a_browser(chat: Served, browser: Browser, announce: Callable[..., str]) -> None:
    """The pictures load, a paper is saved, the language changes, and the chat opens."""
    path = announce(
        NOTICE, ("sơ đồ.png", png(), "image/png"), ("đơn.pdf", b"%PDF-", "application/pdf")
    )
    with phone(browser, chat.url) as here:
        page = here.open(path)
        until(page, "document.querySelector('img.picture').naturalWidth > 0")
        with page.expect_download() as saved:
            page.get_by_role("link", name="đơn.pdf").click()
        assert saved.value.suggested_filename == "đơn.pdf"
        page.get_by_role("link", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.get_by_role("link", name="Open the chat").click()
        page.wait_for_selector("#choices button")


def _check_layout(page: Page) -> None:
    """Nothing is wider than the screen, and what is pressed is large enough for a finger."""
    main = page.locator("main").bounding_box()
    assert main is not None
    assert main["width"] <= 360
    for element in page.locator("article *, header *").all():
        box = element.bounding_box()
        assert box is None or box["x"] + box["width"] <= 360.5
    for element in page.locator("header a, li a, .button").all():
        box = element.bounding_box()
        assert box is not None
        assert box["height"] >= 44
