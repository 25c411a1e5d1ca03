"""The notice about personal data: whole in both languages, with the figures of the law in it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from bot.channels.web.privacy_page import draw, router
from bot.content import ContentFaultsError, load_content
from bot.housekeeping import LOOSE_FILES, UNSENT
from bot.privacy import document
from handlers.content import Lang
from handlers.privacy import blocks, notice, privacy_faults

ROOT = Path(__file__).parents[1]
CONTENT = load_content(ROOT / "content")
TODAY = date(2026, 11, 23)
LANGS: tuple[Lang, ...] = ("vi", "en")
langs = pytest.mark.parametrize("lang", LANGS)


def test_the_manual_has_the_notice_as_it_reads() -> None:
    """Who changes the content makes the manual anew: python -m bot privacy > docs/privacy.md."""
    assert (ROOT / "docs" / "privacy.md").read_text("utf-8") == document(CONTENT, TODAY)


@langs
def test_every_figure_of_the_law_is_marked(lang: Lang) -> None:
    """Each clock is there with its mark, and nothing is left to fill in."""
    told = notice(CONTENT, TODAY, lang)
    for name in ("data_copy_days", "data_erase_days", "breach_notice_hours"):
        assert CONTENT.figure(name, TODAY, lang) in told
    assert ("chưa được duyệt" if lang == "vi" else "not yet approved") in told
    assert "{" not in told
    assert CONTENT.controller.phone in told
    assert CONTENT.controller.privacy_version in told


@langs
def test_a_clock_out_of_force_is_not_told(lang: Lang) -> None:
    """The sentence stands without the figure."""
    rule = CONTENT.rule("data_erase_days")
    ended = rule.model_copy(update={"valid_to": TODAY - timedelta(days=1)})
    content = CONTENT.model_copy(update={"law": {**CONTENT.law, rule.id: ended}})
    told = notice(content, TODAY, lang)
    assert CONTENT.say(lang, "law.ask") in told


def test_what_is_said_of_keeping_is_what_the_housekeeper_does() -> None:
    """The days in the notice are those of the program."""
    told = notice(CONTENT, TODAY, "vi")
    for kept, words in (
        (LOOSE_FILES, "Tệp gửi mà không gắn với ý kiến nào: {} ngày"),
        (UNSENT, "Tin kín viết dở: {} ngày"),
    ):
        assert words.format(kept.days) in told
    for rule in CONTENT.retention:
        if rule.what in {"case", "message"}:
            assert f"{rule.years} năm" in told or f"{rule.days} ngày" in told


@langs
def test_the_page_says_all_of_it(lang: Lang) -> None:
    """Every line of the notice is on the page, as text, with a way to the other language."""
    told = notice(CONTENT, TODAY, lang)
    page = draw(told.replace("Telegram", "<b>&Telegram</b>"), lang, "v1")
    assert "&lt;b&gt;&amp;Telegram&lt;/b&gt;" in page
    assert page.count("<h2>") == sum(block.kind == "heading" for block in blocks(told))
    assert page.count("<li>") == sum(
        len(block.lines) for block in blocks(told) if block.kind == "list"
    )
    assert f'hreflang="{"vi" if lang == "en" else "en"}"' in page
    assert "<script" not in page


def test_a_broken_notice_is_told() -> None:
    """A place nothing fills in, a stray brace, and a language that says less."""
    texts = {**CONTENT.privacy, "vi": CONTENT.privacy["vi"] + "\n\n{data_copy_day} }\n"}
    said = [
        fault.message
        for fault in privacy_faults(texts, [*CONTENT.law, *(rule.id for rule in CONTENT.retention)])
    ]
    assert said == [
        "không có gì để điền vào {data_copy_day}",
        "có dấu { hoặc } không thành một {chỗ_điền}",
        "hai ngôn ngữ không có cùng các mục, cùng số dòng",
    ]


def test_a_missing_notice_stops_the_start(tmp_path: Path) -> None:
    """Without it nobody could be told what they agree to."""
    with pytest.raises(ContentFaultsError) as caught:
        load_content(tmp_path)
    assert {"privacy/vi.md", "privacy/en.md"} <= {
        fault.file.partition("/")[2] for fault in caught.value.faults
    }


async def test_the_page_is_for_anybody_and_asked_again_cheaply() -> None:
    """Without a cookie; the same notice is not sent twice; an odd language is Vietnamese."""
    app = FastAPI()
    app.include_router(router(lambda lang: notice(CONTENT, TODAY, lang), "v1"))
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://here") as client:
        first = await client.get("/rieng-tu")
        assert first.status_code == 200
        assert "Thông báo về dữ liệu cá nhân" in first.text
        assert "set-cookie" not in first.headers
        again = {"if-none-match": first.headers["etag"]}
        assert (await client.get("/rieng-tu", headers=again)).status_code == 304
        assert "Personal data notice" in (await client.get("/rieng-tu?lang=en")).text
        assert (await client.get("/rieng-tu?lang=<b>")).text == first.text
        assert (await client.head("/rieng-tu")).status_code == 200
