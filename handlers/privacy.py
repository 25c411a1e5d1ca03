"""The whole notice about personal data, of which the chat shows the short one before consent.

Its text is content (`content/privacy/`), with {places} for the controller and for the rules of the
law it names: a figure in it is marked and left out like everywhere (`Content.figure`). It is made
of the few signs of Markdown that a page, a manual and a reader understand alike: ``# ``, ``## ``,
``- `` at the beginning of a line, and paragraphs.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Literal, NamedTuple

from handlers.content import Content, Lang
from handlers.faults import Fault
from handlers.retention import RetentionRule

PATH = "/rieng-tu"  # of its page on the web
COMMON = frozenset({"controller", "address", "phone", "web", "years", "version"})
_PLACE = re.compile(r"{(\w*)}")
_BRACE = re.compile(r"[{}]")


class Block(NamedTuple):
    """A piece of it: a title, a heading, a list or a paragraph, with its lines."""

    kind: Literal["title", "heading", "list", "text"]
    lines: tuple[str, ...]


def notice(content: Content, today: date, lang: Lang) -> str:
    """The notice as anybody may read it *today*."""
    return _PLACE.sub(lambda place: _fill(place[1], content, today, lang), content.privacy[lang])


def _fill(name: str, content: Content, today: date, lang: Lang) -> str:
    if rule := content.law.get(name):
        said = content.figure if rule.value else content.law_says
        return said(name, today, lang)
    for kept in content.retention:
        if kept.id == name:
            return _span(kept, lang)
    controller = content.controller
    return {
        "controller": controller.name.in_(lang),
        "address": controller.address,
        "phone": controller.phone,
        "web": controller.web,
        "years": str(controller.keep_years),
        "version": controller.privacy_version,
    }[name]


def _span(kept: RetentionRule, lang: Lang) -> str:
    many = kept.years or kept.days
    vi, en = ("năm", "year") if kept.years else ("ngày", "day")
    return f"{many} {vi}" if lang == "vi" else f"{many} {en}{'s' if many > 1 else ''}"


def blocks(text: str) -> Iterator[Block]:
    """The pieces of a notice, in order."""
    for piece in re.split(r"\n\s*\n", text.strip()):
        lines = tuple(line.strip() for line in piece.splitlines())
        if lines[0].startswith("# "):
            yield Block("title", (lines[0].removeprefix("# "),))
        elif lines[0].startswith("## "):
            yield Block("heading", (lines[0].removeprefix("## "),))
        elif lines[0].startswith("- "):
            yield Block("list", tuple(line.removeprefix("- ") for line in lines))
        else:
            yield Block("text", (" ".join(lines),))


def privacy_faults(texts: Mapping[Lang, str], known: Collection[str]) -> tuple[Fault, ...]:
    """Places nothing fills in, and a language that says more or less than the other.

    *known* are the ids of the rules of the law, and of those of keeping.
    """
    found = [
        fault for lang, text in texts.items() for fault in _places(lang, text, frozenset(known))
    ]
    shapes = {lang: [(b.kind, len(b.lines)) for b in blocks(text)] for lang, text in texts.items()}
    if len({str(shape) for shape in shapes.values()}) > 1:
        message = "hai ngôn ngữ không có cùng các mục, cùng số dòng"
        mend = "viết đủ từng mục, từng dòng ở cả vi.md và en.md"
        found.append(Fault(file="privacy", key="", message=message, mend=mend))
    return tuple(found)


def _places(lang: Lang, text: str, known: frozenset[str]) -> Iterator[Fault]:
    file = f"privacy/{lang}.md"
    for name in sorted(set(_PLACE.findall(text)) - COMMON - known):
        message = f"không có gì để điền vào {{{name}}}"
        yield Fault(
            file=file,
            key="",
            message=message,
            mend="dùng id trong law.toml, retention.toml, hoặc bỏ đi",
        )
    if _BRACE.search(_PLACE.sub("", text)):
        message = "có dấu { hoặc } không thành một {chỗ_điền}"
        yield Fault(file=file, key="", message=message, mend="bỏ dấu ngoặc")
