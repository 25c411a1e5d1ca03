"""What is printed of what people write: the rows of the paper, and the letters of its type."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]

from bot.petition.pdf import FONTS
from handlers.petition import KEPT, Petition, printable, rows
from tests.petition.papers import FORM, FULL

TYPES = sorted(FONTS.glob("*.ttf"))


def test_the_rows_are_the_form_in_its_order() -> None:
    """State, motto, place and day, title, whom to, who, what of, why, what for, promise, hand."""
    told = [(row.style, row.label, row.text) for row in rows(FULL, FORM)]
    assert told == [
        ("nation", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("motto", "", "Độc lập - Tự do - Hạnh phúc"),
        ("place", "", "Xã Trà Mẫu, ngày …… tháng …… năm 20……"),
        ("title", "", "ĐƠN KHIẾU NẠI"),
        ("to", "Kính gửi:", "Chủ tịch Ủy ban nhân dân xã Trà Mẫu"),
        ("field", "Họ và tên người khiếu nại:", "Nguyễn Thị Hậu"),
        ("field", "Địa chỉ:", "Thôn 2, xã Trà Mẫu"),
        ("field", "Số căn cước (định danh cá nhân):", "049165000123"),
        ("field", "Số điện thoại:", "0905 123 456"),
        ("field", FORM.against, "Quyết định số 123/QĐ-UBND ngày 10/8/2026"),
        ("field", FORM.known_on, "14/08/2026"),
        ("head", FORM.content, ""),
        ("text", "", "Đo thiếu 140 m² đất trồng keo."),
        ("text", "", "Đất ổn định từ năm 1996."),
        ("head", FORM.demand, ""),
        ("text", "", "Đo đạc lại."),
        ("head", FORM.documents, ""),
        ("text", "", "1. Bản sao quyết định"),
        ("promise", "", FORM.promise),
        ("signer", "", "NGƯỜI KHIẾU NẠI"),
        ("sign", "", "(Ký, ghi rõ họ tên hoặc điểm chỉ)"),
        ("signed", "", "Nguyễn Thị Hậu"),
        ("note", "", FORM.draft),
    ]
    assert all(row.dots == 0 for row in rows(FULL, FORM))


def test_what_is_left_blank_is_a_line_to_write_on() -> None:
    """Of an empty petition every place of the form is dotted, and nothing is made up."""
    empty = [row for row in rows(Petition(), FORM) if row.style in {"to", "field", "head"}]
    assert len(empty) == 10
    assert all(row.dots > 0 and not row.text for row in empty)


def test_an_approved_form_is_no_draft() -> None:
    """The line that calls it a draft goes once the form was compared with the official one."""
    approved = FORM.model_copy(update={"approved": True})
    assert "note" not in {row.style for row in rows(FULL, approved)}
    assert "dự thảo" in FORM.draft


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Đà Nẵng", "Đà Nẵng"),
        ("thuỷ".encode().decode(), "thuỷ"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Hậu"), "Nguyễn Thị Hậu"),
        ("được 😀 rồi 👨‍👩‍👧", "được  rồi"),
        ("漢字", "□□"),
        ("ＡＢ①", "AB1"),
        ("a\x00b\x07c\u202ed\ufeffe", "abcde"),
        ("<b>x</b> & &lt;", "<b>x</b> & &lt;"),
        ("a\ud800b", "ab"),
    ],
)
def test_what_cannot_be_printed_is_replaced(typed: str, printed: str) -> None:
    """NFC; emoji and controls go, a letter without a glyph is a box; marks stay letters."""
    assert printable(typed) == printed


@pytest.mark.parametrize("path", TYPES, ids=lambda path: path.stem)
def test_every_letter_that_is_kept_has_a_glyph(path: Path) -> None:
    """In each of the three faces; so no petition shows the box of a missing glyph unmeant."""
    glyphs = TTFont(path.stem, str(path)).face.charToGlyph
    kept = {point for point in range(0x21, 0x2FFF) if KEPT.fullmatch(chr(point))}
    assert not {f"{point:04x}" for point in kept - glyphs.keys()}
    vietnamese = "ăâđêôơưĂÂĐÊÔƠƯ" + "".join(map(chr, range(0x1EA0, 0x1EFA)))
    assert all(KEPT.fullmatch(letter) for letter in vietnamese)


def test_the_type_is_whole_and_free() -> None:
    """Three faces with their licence beside them."""
    assert [path.stem for path in TYPES] == [
        f"LiberationSerif-{face}" for face in ("Bold", "Italic", "Regular")
    ]
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "LICENSE").read_text("utf-8")


@given(st.text(max_size=200))
def test_printing_twice_changes_nothing(text: str) -> None:
    """Whatever it is, what comes out can be printed as it is."""
    once = printable(text)
    assert KEPT.sub("", once) == ""
    assert printable(once) == once
