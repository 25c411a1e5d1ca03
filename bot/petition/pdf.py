"""The petition as a PDF, set as Decree 30/2020/NĐ-CP has letters to offices set.

The same rows give the same bytes: no clock, no chance, nothing of this machine. What a person
wrote is never markup: it is escaped, and broken where a word is longer than a line.
"""

import io
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.lib.utils import simpleSplit  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer  # type: ignore[import-untyped]

from handlers.petition import Row, Style

FONTS: Final = Path(__file__).parent / "fonts"
LEFT, TOP, RIGHT, BOTTOM = 30 * mm, 20 * mm, 20 * mm, 20 * mm
PADDING: Final = 6  # which the library leaves inside its margins
WIDTH: Final = A4[0] - LEFT - RIGHT
HALF: Final = WIDTH / 2
SIZE: Final = 14
LEADING: Final = 18
NOTE: Final = 9
REGULAR, BOLD, ITALIC = "LiberationSerif", "LiberationSerif-Bold", "LiberationSerif-Italic"
_FILES: Final = {
    REGULAR: "LiberationSerif-Regular.ttf",
    BOLD: "LiberationSerif-Bold.ttf",
    ITALIC: "LiberationSerif-Italic.ttf",
}
_SIGNING: Final = frozenset[Style]({"promise", "signer", "sign", "signed"})
_GAP: Final = 54  # points to sign in


def draw_pdf(rows: Iterable[Row], title: str) -> bytes:
    """The document; it is called *title* and says nothing else about itself."""
    _fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=LEFT - PADDING,
        rightMargin=RIGHT - PADDING,
        topMargin=TOP - PADDING,
        bottomMargin=BOTTOM - PADDING,
        title=title,
        author="",
        subject="",
        creator="",
        producer="",
        lang="vi-VN",
        invariant=1,
    )
    paper = tuple(rows)
    note = " ".join(row.text for row in paper if row.style == "note")

    def first(canvas: Any, _document: Any) -> None:  # noqa: ANN401 - of a library without types
        _foot(canvas, note)

    def later(canvas: Any, _document: Any) -> None:  # noqa: ANN401 - of a library without types
        _number(canvas)
        _foot(canvas, note)

    story = _story(row for row in paper if row.style != "note")
    document.build(story, onFirstPage=first, onLaterPages=later)
    return out.getvalue()


@lru_cache(maxsize=1)
def _fonts() -> None:
    """The type is read once, when the first document is drawn."""
    for name, file in _FILES.items():
        registerFont(TTFont(name, str(FONTS / file)))


def _story(rows: Iterable[Row]) -> list[Flowable]:
    """All of it; what is signed stays on one page with its signature."""
    story: list[Flowable] = []
    signed: list[Flowable] = []
    for row in rows:
        (signed if row.style in _SIGNING else story).extend(_drawn(row))
        if row.style == "signed":
            story.append(KeepTogether(signed))
    return story


def _drawn(row: Row) -> list[Flowable]:
    match row.style:
        case "motto":
            return [_Motto(row.text), Spacer(1, 12)]
        case "signer":
            return [Spacer(1, 10), Paragraph(escape(row.text), _style("signer"))]
        case "signed":
            return [Spacer(1, _GAP), Paragraph(escape(row.text), _style("signed"))]
        case "to" | "field" | "head" if row.dots:
            return [_Dotted(row.label, row.dots, _style(row.style))]
        case "to" | "field":
            said = f"{escape(row.label)} {escape(row.text)}"
            return [Paragraph(said, _style(row.style))]
        case "head":
            return [Paragraph(escape(row.label), _style("head"))]
        case _:
            return [Paragraph(escape(row.text), _style(row.style))]


@lru_cache(maxsize=16)
def _style(name: Style) -> ParagraphStyle:
    look: dict[Style, dict[str, Any]] = {
        "nation": {"fontName": BOLD, "fontSize": 13, "alignment": TA_CENTER, "spaceAfter": 0},
        "place": {"fontName": ITALIC, "alignment": TA_CENTER, "leftIndent": HALF * 0.5},
        "title": {
            "fontName": BOLD,
            "fontSize": 16,
            "leading": 22,
            "alignment": TA_CENTER,
            "spaceBefore": 16,
            "spaceAfter": 12,
        },
        "to": {"alignment": TA_LEFT, "leftIndent": 20 * mm, "spaceAfter": 12},
        "field": {"alignment": TA_LEFT},
        "head": {"alignment": TA_LEFT, "keepWithNext": 1},
        "text": {"firstLineIndent": 10 * mm},
        "promise": {"firstLineIndent": 10 * mm, "spaceBefore": 6},
        "signer": {"fontName": BOLD, "alignment": TA_CENTER, "leftIndent": HALF, "spaceAfter": 0},
        "sign": {
            "fontName": ITALIC,
            "fontSize": 13,
            "alignment": TA_CENTER,
            "leftIndent": HALF,
        },
        "signed": {"fontName": BOLD, "alignment": TA_CENTER, "leftIndent": HALF},
    }
    usual = {
        "fontName": REGULAR,
        "fontSize": SIZE,
        "leading": LEADING,
        "spaceAfter": 4,
        "alignment": TA_JUSTIFY,
        "splitLongWords": 1,
    }
    return ParagraphStyle(name, **{**usual, **look.get(name, {})})


class _Motto(Flowable):  # type: ignore[misc] # of a library without types
    """The motto in the middle, with a line under it as long as itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self._width = width
        return width, LEADING + 4

    def draw(self) -> None:
        long, middle = stringWidth(self._text, BOLD, SIZE), self._width / 2
        self.canv.setFont(BOLD, SIZE)
        self.canv.drawCentredString(middle, 6, self._text)
        self.canv.setLineWidth(0.8)
        self.canv.line(middle - long / 2, 0, middle + long / 2, 0)


class _Dotted(Flowable):  # type: ignore[misc] # of a library without types
    """A label, and dotted lines to write on: the first goes on behind the label."""

    def __init__(self, label: str, lines: int, style: ParagraphStyle) -> None:
        super().__init__()
        self.spaceAfter = style.spaceAfter
        self._indent = style.leftIndent
        self._labels: list[str] = simpleSplit(label, REGULAR, SIZE, WIDTH * 0.8)
        self._lines = lines

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self._width = width
        return width, (len(self._labels) + self._lines - 1) * (LEADING + 3) + 3

    def split(self, _width: float, _height: float) -> list[Flowable]:
        return []  # whole on the next page

    def draw(self) -> None:
        canvas, down = self.canv, LEADING + 3
        canvas.setFont(REGULAR, SIZE)
        top = (len(self._labels) + self._lines - 2) * down + 6
        for number, label in enumerate(self._labels):
            canvas.drawString(self._indent, top - number * down, label)
        first = top - (len(self._labels) - 1) * down
        start = self._indent + stringWidth(self._labels[-1], REGULAR, SIZE) + 4
        for number in range(self._lines):
            self._dots(self._indent if number else start, first - number * down)

    def _dots(self, start: float, height: float) -> None:
        one = stringWidth(".", REGULAR, SIZE)
        self.canv.drawRightString(self._width, height, "." * int((self._width - start) / one))


def _number(canvas: Any) -> None:  # noqa: ANN401 - of a library without types
    """The number of the page, at its head."""
    canvas.saveState()
    canvas.setFont(REGULAR, 13)
    canvas.drawCentredString(A4[0] / 2, A4[1] - 13 * mm, str(canvas.getPageNumber()))
    canvas.restoreState()


def _foot(canvas: Any, note: str) -> None:  # noqa: ANN401 - of a library without types
    """What this paper is, small, at the foot of the page."""
    canvas.saveState()
    canvas.setFont(ITALIC, NOTE)
    for number, line in enumerate(simpleSplit(note, ITALIC, NOTE, WIDTH)):
        canvas.drawString(LEFT, BOTTOM - 6 * mm - number * (NOTE + 2), line)
    canvas.restoreState()
