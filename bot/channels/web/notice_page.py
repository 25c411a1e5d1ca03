"""How the public page of an announcement looks: one value in, HTML out. Text goes in as text."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from string import Template
from typing import Final, Literal

from handlers.events import Media

Lang = Literal["vi", "en"]

_ADDRESS = re.compile(r"https://[^\s<>\"'`]+")
_MEGABYTE: Final = 1024 * 1024

_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "vi": {
        "title": "Thông báo của $unit",
        "urgent": "Khẩn",
        "code": "Mã thông báo",
        "told": "Thông báo lúc",
        "corrected": "Đã sửa lúc $at (bản thứ $version). Nội dung dưới đây là bản mới nhất.",
        "withdrawn": "Thông báo này đã được thu hồi và không còn hiệu lực",
        "since": "Thu hồi lúc",
        "files": "Tài liệu kèm theo",
        "ask": "Cần hỏi thêm?",
        "how": "Xin nhắn vào trò chuyện Lắng Nghe, ghi kèm mã $code, hoặc gọi $phone.",
        "chat": "Mở trò chuyện",
        "absent": "Không tìm thấy thông báo này",
        "why": "Địa chỉ có thể đã bị chép thiếu hoặc gõ nhầm. Xin mở lại từ tin thông báo.",
        "write": "Xin nhắn vào trò chuyện Lắng Nghe.",
        "other": "English",
    },
    "en": {
        "title": "Announcement by $unit",
        "urgent": "Urgent",
        "code": "Announcement code",
        "told": "Announced",
        "corrected": "Corrected $at (version $version). What follows is the latest text.",
        "withdrawn": "This announcement has been withdrawn and no longer holds",
        "since": "Withdrawn",
        "files": "Attached documents",
        "ask": "Any questions?",
        "how": "Please write to the Lắng Nghe chat, with the code $code, or call $phone.",
        "chat": "Open the chat",
        "absent": "This announcement was not found",
        "why": "The address may be incomplete or mistyped. Please open it again from the message.",
        "write": "Please write to the Lắng Nghe chat.",
        "other": "Tiếng Việt",
    },
}

_PAGE: Final = Template("""<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>$title</title>
<meta name="robots" content="noindex, nofollow, noarchive">
<meta name="theme-color" content="#0b57a4">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="/web/$version/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/web/$version/notice.css">
</head>
<body>
<header>
<img src="/web/$version/icon.svg" width="40" height="40" alt="">
<p>$by</p>
<a href="?lang=$other_lang" hreflang="$other_lang" lang="$other_lang">$other</a>
</header>
<main>
<article>
$article
</article>
<section>
<h2>$ask</h2>
<p>$how</p>
<a class="button" href="/">$chat</a>
</section>
</main>
</body>
</html>
""")


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement as anybody may read it, with the names of who says it in each language.

    *changed* is when a correction (*version* 2 and later) or a withdrawal was released. Times are
    aware and in the province's time.
    """

    code: str
    province: Mapping[Lang, str]
    unit: Mapping[Lang, str]
    phone: str
    begun: datetime
    text: str
    link: str = ""
    files: tuple[Media, ...] = ()
    urgent: bool = False
    version: int = 1
    changed: datetime | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of an announcement that can be had at *address*, of *size* bytes."""

    address: str
    name: str
    size: int
    picture: bool


def draw(notice: Notice, files: Sequence[Enclosed], lang: Lang, version: str) -> str:
    """The page of *notice*, its frame in *lang*; *version* is that of the files it links to."""
    words = _words(lang)
    article = _withdrawn if notice.withdrawn else _standing
    by = f"<strong>{escape(notice.province[lang])}</strong><span>Lắng Nghe</span>"
    how = Template(words["how"]).substitute(code=escape(notice.code), phone=_phone(notice.phone))
    framed = words | {"title": _fill(words["title"], unit=notice.unit[lang]), "how": how, "by": by}
    return _frame(framed, article(notice, files, lang, words), lang, version)


def draw_absent(lang: Lang, version: str) -> str:
    """The page of an address that leads to no announcement, whatever the address is."""
    words = _words(lang)
    by = "<strong>Lắng Nghe</strong>"
    framed = words | {"title": words["absent"], "how": words["write"], "by": by}
    return _frame(framed, (f'<p class="text">{words["why"]}</p>',), lang, version)


def _words(lang: Lang) -> dict[str, str]:
    return {name: escape(text) for name, text in _WORDS[lang].items()}


def _frame(words: Mapping[str, str], article: Iterable[str], lang: Lang, version: str) -> str:
    """A whole page: a title, who says it, what is said, and how to ask."""
    return _PAGE.substitute(
        words,
        lang=lang,
        other_lang="vi" if lang == "en" else "en",
        version=version,
        article="\n".join((f"<h1>{words['title']}</h1>", *article)),
    )


def _standing(
    notice: Notice, files: Sequence[Enclosed], lang: Lang, words: Mapping[str, str]
) -> Iterator[str]:
    if notice.urgent:
        yield f'<p class="urgent">{words["urgent"]}</p>'
    yield f'<p class="about">{words["told"]} {_time(notice.begun, lang)}</p>'
    yield _code(notice, words)
    if notice.version > 1 and notice.changed:
        at, version = _time(notice.changed, lang), str(notice.version)
        said = Template(words["corrected"]).substitute(at=at, version=version)
        yield f'<p class="state">{said}</p>'
    yield f'<div class="text" lang="vi">{_rich(notice.text)}</div>'
    if notice.link:
        yield f'<p class="text">{_rich(notice.link)}</p>'
    yield from (_picture(file) for file in files if file.picture)
    papers = [_paper(file, lang) for file in files if not file.picture]
    if papers:
        yield f"<h2>{words['files']}</h2>\n<ul>{''.join(papers)}</ul>"


def _withdrawn(
    notice: Notice, _: Sequence[Enclosed], lang: Lang, words: Mapping[str, str]
) -> Iterator[str]:
    yield f'<p class="state gone"><strong>{words["withdrawn"]}.</strong></p>'
    if notice.changed:
        yield f'<p class="about">{words["since"]} {_time(notice.changed, lang)}</p>'
    yield _code(notice, words)


def _code(notice: Notice, words: Mapping[str, str]) -> str:
    return f'<p class="about">{words["code"]}: <b>{escape(notice.code)}</b></p>'


def _picture(file: Enclosed) -> str:
    address, name = escape(file.address), escape(file.name)
    image = f'<img class="picture" loading="lazy" src="{address}" alt="{name}">'
    return f'<p><a href="{address}">{image}</a></p>'


def _paper(file: Enclosed, lang: Lang) -> str:
    name, size = escape(file.name), _weight(file.size, lang)
    link = f'<a href="{escape(file.address)}" download="{name}">{name}</a>'
    return f"<li>{link} <span>{size}</span></li>"


def _rich(text: str) -> str:
    """Text as HTML, its addresses made to press."""
    parts, start = [], 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(".,;:!?)")
        parts.append(escape(text[start : found.start()]))
        shown = escape(address)
        parts.append(f'<a href="{shown}" rel="noopener noreferrer nofollow">{shown}</a>')
        start = found.start() + len(address)
    return "".join((*parts, escape(text[start:])))


def _phone(number: str) -> str:
    dialled = re.sub(r"[^+0-9]", "", number)
    return f'<a href="tel:{dialled}">{escape(number)}</a>'


def _fill(words: str, **values: str) -> str:
    return Template(words).substitute({name: escape(value) for name, value in values.items()})


def _time(at: datetime, lang: Lang) -> str:
    shown = f"{at:%H:%M} ngày {at:%d/%m/%Y}" if lang == "vi" else f"{at.day} {at:%B %Y}, {at:%H:%M}"
    return f'<time datetime="{at.isoformat(timespec="minutes")}">{shown}</time>'


def _weight(size: int, lang: Lang) -> str:
    if size < _MEGABYTE:
        return f"{max(1, round(size / 1024))} kB"
    megabytes = f"{size / _MEGABYTE:.1f}"
    return f"{megabytes.replace('.', ',') if lang == 'vi' else megabytes} MB"
