"""The petition as PDF and DOCX: what can be read in them, and what can't be."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.petition import apart
from bot.petition.__main__ import draw
from bot.petition.apart import Drawn, Order
from bot.petition.apart import draw as draw_apart
from bot.petition.pdf import draw_pdf
from bot.petition.word import draw_docx
from handlers.petition import Petition, rows
from storage.kinds import kind_of
from tests.petition.papers import FORM, FULL, ID_NUMBER, docx_lines, pdf_pages, pdf_text

A4 = (595, 842)
LONG = "Sự việc kéo dài nhiều năm. " * 740  # as long as one story may be
FOOT = (
    "Bản soạn sẵn theo mô tả Mẫu số 01, Nghị định 155/2026/NĐ-CP: dự thảo, chưa được duyệt; "
    "xin đối chiếu với mẫu chính"
)
EVIL = (
    "<b>đậm</b>",
    "<para><img src='file:///etc/passwd'/></para>",
    "</w:t></w:r><w:instrText>INCLUDETEXT x</w:instrText>",
    "&lt;script&gt; &#0; &unknown;",
    "]]><!--",
    "{{x}} ${x} %s \\n",
    "a\x00\x01\x0b\x1f\x7f\x85\ufffe\uffff",
    "\u202egnirts\u202c",
    "=HYPERLINK(1)",
    "a" * 20_000,
    "\n" * 5_000,
)


def pdf(petition: Petition) -> bytes:
    """The petition as a PDF."""
    return draw_pdf(rows(petition, FORM), FORM.title)


def docx(petition: Petition) -> bytes:
    """The petition as a DOCX."""
    return draw_docx(rows(petition, FORM), FORM.title)


def drawn_here(petition: Petition) -> Drawn:
    """Both documents, drawn in this process."""
    return draw(Order(petition=petition, form=FORM))


def test_the_pdf_reads_as_the_form() -> None:
    """All of it on one page, in the order of the form."""
    (page,) = pdf_pages(pdf(FULL))
    assert [line.strip() for line in page.splitlines()] == [
        FOOT,
        "thức tại nơi tiếp công dân trước khi nộp.",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Xã Trà Mẫu, ngày …… tháng …… năm 20……",
        "ĐƠN KHIẾU NẠI",
        "Kính gửi: Chủ tịch Ủy ban nhân dân xã Trà Mẫu",
        "Họ và tên người khiếu nại: Nguyễn Thị Hậu",
        "Địa chỉ: Thôn 2, xã Trà Mẫu",
        "Số căn cước (định danh cá nhân): 049165000123",
        "Số điện thoại: 0905 123 456",
        "Khiếu nại quyết định, hành vi (số, ngày, của ai): Quyết định số 123/QĐ-UBND",
        "ngày 10/8/2026",
        "Ngày nhận hoặc biết được quyết định, hành vi: 14/08/2026",
        "Nội dung khiếu nại và lý do:",
        "Đo thiếu 140 m² đất trồng keo.",
        "Đất ổn định từ năm 1996.",
        "Yêu cầu của người khiếu nại:",
        "Đo đạc lại.",
        "Tài liệu, chứng cứ kèm theo (nếu có):",
        "1. Bản sao quyết định",
        "Tôi xin cam đoan những nội dung trên là đúng sự thật và chịu trách nhiệm",
        "trước pháp luật về nội dung khiếu nại của mình.",
        "NGƯỜI KHIẾU NẠI",
        "(Ký, ghi rõ họ tên hoặc điểm chỉ)",
        "Nguyễn Thị Hậu",
    ]  # fmt: skip


def test_the_docx_reads_as_the_form() -> None:
    """The same rows, one a paragraph; what it is stands at the foot."""
    body = docx(FULL)
    assert docx_lines(body) == [
        " ".join(part for part in (row.label, row.text) if part)
        for row in rows(FULL, FORM)
        if row.style != "note"
    ]
    section = Document(io.BytesIO(body)).sections[0]
    feet = (section.footer, section.first_page_footer)
    assert [foot.paragraphs[0].text for foot in feet] == [FORM.draft, FORM.draft]


def test_paper_and_margins_are_those_of_letters_to_offices() -> None:
    """A4; 30 mm left, 20 mm elsewhere; a serif of 14 points that everybody has or is embedded."""
    section = Document(io.BytesIO(docx(FULL))).sections[0]
    paper = (section.page_width, section.page_height)
    sides = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
    assert [round(length / Mm(1)) for length in paper if length] == [210, 297]
    assert [round(length / Mm(1)) for length in sides if length] == [30, 20, 20, 20]
    page = PdfReader(io.BytesIO(pdf(FULL))).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == A4
    starts: list[float] = []
    page.extract_text(
        visitor_text=lambda text, cm, tm, _font, _size: (
            starts.append(round(cm[4] + tm[4])) if text.strip() else None
        )
    )
    assert min(starts) == 85  # 30 mm in points
    for face in (b"LiberationSerif", b"LiberationSerif-Bold", b"LiberationSerif-Italic"):
        assert re.search(rb"/BaseFont /[A-Z]{6}\+" + face + rb"\s", pdf(FULL))


def test_blank_places_are_dotted_to_the_margin() -> None:
    """Nothing was told: the whole form is there to be filled in by hand."""
    text = pdf_text(pdf(Petition()))
    assert re.search(r"Họ và tên người khiếu nại: \.{30,} Địa chỉ: \.{30,}", text)
    lines = docx_lines(docx(Petition()))
    assert "Họ và tên người khiếu nại:\t" in lines
    assert lines.count("\t") > 10


def test_a_long_story_goes_over_pages_that_are_numbered() -> None:
    """From the second page on each has its number at the head; the signature stays whole."""
    pages = pdf_pages(pdf(FULL.model_copy(update={"content": LONG})))
    assert len(pages) > 5
    assert [str(number) in page.split() for number, page in enumerate(pages, 1)][1:] == [True] * (
        len(pages) - 1
    )
    last = " ".join(pages[-1].split())
    assert "Tôi xin cam đoan" in last
    assert last.index("NGƯỜI KHIẾU NẠI") < last.index("Nguyễn Thị Hậu")


@pytest.mark.parametrize("evil", EVIL, ids=lambda evil: repr(evil[:12]))
def test_hostile_text_is_only_text(evil: str) -> None:
    """Markup of either library, controls and endless words are printed as letters, if at all."""
    everywhere = Petition.model_validate(
        {name: evil for name in Petition.model_fields if name != "known_on"}
    )
    read, lines = pdf_text(pdf(everywhere)), docx_lines(docx(everywhere))
    assert "ĐƠN KHIẾU NẠI" in read
    assert "ĐƠN KHIẾU NẠI" in lines
    with zipfile.ZipFile(io.BytesIO(docx(everywhere))) as parts:
        xml = parts.read("word/document.xml").decode()
    assert "<w:instrText>INCLUDETEXT" not in xml
    if evil.isprintable() and len(evil) < 80:
        assert evil.replace(" ", "") in read.replace(" ", "")
        assert f"Địa chỉ: {' '.join(evil.split())}" in lines


@settings(max_examples=25)
@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_yields_documents_that_open(content: str, name: str) -> None:
    """Whatever was typed, both are kept as what they are and can be read."""
    drawn = drawn_here(Petition(content=content, name=name, against=content))
    assert kind_of(io.BytesIO(drawn.pdf)) == "application/pdf"
    assert "wordprocessingml" in str(kind_of(io.BytesIO(drawn.docx)))
    assert pdf_pages(drawn.pdf)
    assert docx_lines(drawn.docx)


def test_the_same_petition_is_the_same_file() -> None:
    """Made again after a kill it is what it was, byte for byte."""
    assert drawn_here(FULL) == drawn_here(FULL)


async def test_a_process_of_its_own_draws_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes by the pipes is what is drawn here, and nothing of ours is in its environment."""
    monkeypatch.setenv("LANGNGHE__SECRET", "not for others")
    assert await draw_apart(FULL, FORM) == drawn_here(FULL)


async def test_a_process_that_fails_says_nothing_of_the_petition(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It ends with a fault, of which only the number is told; one that hangs is ended."""
    monkeypatch.setattr(apart, "ROOT", Path("/"))
    with pytest.raises(apart.DrawingError, match="ended with 1"):
        await draw_apart(FULL, FORM)
    monkeypatch.undo()
    monkeypatch.setattr(apart, "PATIENCE", 0.0)
    with pytest.raises(apart.DrawingError, match="too long"):
        await draw_apart(FULL, FORM)
    assert capfd.readouterr() == ("", "")


def test_the_files_say_nothing_of_whoever_made_them() -> None:
    """No author, no program, no path, no time but one that is always the same; no picture."""
    about = PdfReader(io.BytesIO(pdf(FULL))).metadata
    assert about is not None
    assert {key: value for key, value in about.items() if value} == {
        "/Title": "ĐƠN KHIẾU NẠI",
        "/CreationDate": "D:20000101000000+00'00'",
        "/ModDate": "D:20000101000000+00'00'",
        "/Trapped": "/False",
    }
    body = docx(FULL)
    properties = Document(io.BytesIO(body)).core_properties
    named = (properties.author, properties.last_modified_by, properties.comments)
    assert named == ("", "", "")
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = parts.namelist()
        said = b"".join(parts.read(name) for name in names if name.startswith("docProps"))
    assert not [name for name in names if "thumbnail" in name]
    for telling in (b"python", b"Macintosh", b"/home", b"/work", ID_NUMBER.encode()):
        assert telling not in said
        assert telling not in pdf(FULL)
