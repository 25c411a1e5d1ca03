"""The petition as a DOCX, to be changed at home or in an office before it is printed.

The same rows give the same bytes: the parts of the archive bear no time, its properties no name.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph

from handlers.petition import Row, Style

TYPE: Final = "Times New Roman"  # everybody has it; of the same widths as the type of the PDF
WIDTH: Final = Mm(160)
SIZE: Final = Pt(14)
_CENTRE: Final = WD_ALIGN_PARAGRAPH.CENTER
_BOLD: Final = frozenset[Style]({"nation", "motto", "title", "signer", "signed"})
_ITALIC: Final = frozenset[Style]({"place", "sign"})
_SIZES: Final[dict[Style, Length]] = {
    "nation": Pt(13),
    "title": Pt(16),
    "sign": Pt(13),
}
# Where it begins on the line; a row of the signature stands in the right half.
_INDENTS: Final[dict[Style, Length]] = {
    "place": Mm(40),
    "to": Mm(20),
    "signer": Mm(80),
    "sign": Mm(80),
    "signed": Mm(80),
}
_BEFORE: Final[dict[Style, Length]] = {
    "place": Pt(14),
    "title": Pt(16),
    "promise": Pt(6),
    "signer": Pt(10),
    "signed": Pt(60),
}
_TIGHT: Final = frozenset[Style]({"nation", "motto", "signer"})
_WITH_NEXT: Final = frozenset[Style]({"head", "promise", "signer", "sign"})
_INDENTED: Final = frozenset[Style]({"text", "promise"})
_THEN: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - a property without a zone, always the same
_ZIPPED: Final = (1980, 1, 1, 0, 0, 0)  # the first time a zip can say


def draw_docx(rows: Iterable[Row], title: str) -> bytes:
    """The document; it is called *title* and says nothing else about itself."""
    paper = Document()
    _says_nothing(paper, title)
    _page(paper.sections[0])
    _type(paper)
    for row in rows:
        _add(row, paper)
    out = io.BytesIO()
    paper.save(out)
    return _timeless(out.getvalue())


def _says_nothing(paper: Paper, title: str) -> None:
    """Leave nothing of the library's own blank document in what the file says of itself."""
    about = paper.core_properties
    about.title, about.language = title, "vi-VN"
    about.author = about.comments = about.last_modified_by = about.keywords = ""
    about.created = about.modified = _THEN
    about.revision = 1
    bundle = paper.part.package
    for name, relation in tuple(bundle.rels.items()):
        if relation.reltype in {RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.EXTENDED_PROPERTIES}:
            del bundle.rels[name]


def _page(section: Section) -> None:
    """A4 with the margins of Decree 30/2020/NĐ-CP; pages are numbered above, but for the first."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    section.header_distance = section.footer_distance = Mm(8)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = _CENTRE
    run = number.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._r.append(part)  # noqa: SLF001 - the library has no fields


def _type(paper: Paper) -> None:
    """One type for letters of every script, Vietnamese to the spelling checker."""
    style = paper.styles["Normal"]
    style.font.name, style.font.size = TYPE, SIZE
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), TYPE)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    properties.append(language)


def _add(row: Row, paper: Paper) -> None:
    """A row; what this paper is stands small at the foot of each page."""
    if row.style == "note":
        section = paper.sections[0]
        for foot in (section.footer, section.first_page_footer):
            run = foot.paragraphs[0].add_run(row.text)
            run.italic, run.font.size = True, Pt(9)
        return
    said = " ".join(part for part in (row.label, row.text) if part)
    paragraph = _paragraph(row.style, paper)
    run = paragraph.add_run(said)
    run.bold, run.italic = row.style in _BOLD or None, row.style in _ITALIC or None
    run.font.size = _SIZES.get(row.style)
    if row.style == "motto":
        run.underline = True
    for number in range(row.dots):
        _dots(paragraph if number == 0 else _paragraph(row.style, paper))


def _paragraph(style: Style, paper: Paper) -> Paragraph:
    paragraph = paper.add_paragraph()
    look = paragraph.paragraph_format
    centred = style in _BOLD or style in {"place", "sign"}
    justified = style in _INDENTED
    if centred or justified:
        look.alignment = _CENTRE if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
    look.left_indent = _INDENTS.get(style)
    look.first_line_indent = Mm(10) if style in _INDENTED else None
    look.space_before = _BEFORE.get(style, Pt(0))
    look.space_after = Pt(0) if style in _TIGHT else Pt(12) if style in {"title", "to"} else Pt(6)
    look.line_spacing = 1.15
    look.keep_with_next = style in _WITH_NEXT or None
    return paragraph


def _dots(paragraph: Paragraph) -> None:
    """A dotted line to the right margin."""
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    paragraph.add_run("\t")


def _timeless(archive: bytes) -> bytes:
    """The same archive, whose parts all say the same time."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as parts, zipfile.ZipFile(out, "w") as again:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, _ZIPPED)
            again.writestr(entry, parts.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
