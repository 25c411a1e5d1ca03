"""Petitions for tests, and what can be read in a document that was made."""

import io
from datetime import date
from pathlib import Path

from docx import Document
from pypdf import PdfReader

from bot.content import load_content
from handlers.petition import Petition

CONTENT = load_content(Path(__file__).parents[2] / "content")
FORM = CONTENT.petition
ID_NUMBER = "049165000123"
FULL = Petition(
    place="Xã Trà Mẫu",
    to="Chủ tịch Ủy ban nhân dân xã Trà Mẫu",
    name="Nguyễn Thị Hậu",
    address="Thôn 2, xã Trà Mẫu",
    id_number=ID_NUMBER,
    phone="0905 123 456",
    against="Quyết định số 123/QĐ-UBND ngày 10/8/2026",
    known_on=date(2026, 8, 14),
    content="Đo thiếu 140 m² đất trồng keo.\nĐất ổn định từ năm 1996.",
    demand="Đo đạc lại.",
    documents="1. Bản sao quyết định",
)


def pdf_pages(body: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(body)).pages]


def pdf_text(body: bytes) -> str:
    """All its text, the lines as one."""
    return " ".join(" ".join(pdf_pages(body)).split())


def docx_lines(body: bytes) -> list[str]:
    """The text of each paragraph; a dotted line is a tab."""
    return [paragraph.text for paragraph in Document(io.BytesIO(body)).paragraphs]
