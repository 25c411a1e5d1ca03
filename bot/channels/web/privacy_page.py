"""The page of the notice about personal data: for anybody, without a cookie or a script."""

import hashlib
from collections.abc import Callable
from html import escape
from string import Template
from typing import Final, Literal

from fastapi import APIRouter, Request, Response

from handlers.privacy import PATH, Block, blocks

Lang = Literal["vi", "en"]
Read = Callable[[Lang], str]
"""The notice as it reads now, in a language."""

_BRIEFLY: Final = "public, max-age=300"
_CHAT: Final[dict[Lang, str]] = {"vi": "Mở trò chuyện", "en": "Open the chat"}
_OTHER: Final[dict[Lang, str]] = {"vi": "English", "en": "Tiếng Việt"}

_PAGE: Final = Template("""<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>$title</title>
<meta name="theme-color" content="#0b57a4">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="/web/$version/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/web/$version/notice.css">
</head>
<body>
<header>
<img src="/web/$version/icon.svg" width="40" height="40" alt="">
<p><strong>Lắng Nghe</strong></p>
<a href="?lang=$other_lang" hreflang="$other_lang" lang="$other_lang">$other</a>
</header>
<main>
<article>
$article
</article>
<section>
<a class="button" href="/">$chat</a>
</section>
</main>
</body>
</html>
""")


def draw(text: str, lang: Lang, version: str) -> str:
    """The page of a notice; *version* is that of the files it links to."""
    pieces = tuple(blocks(text))
    title = next((piece.lines[0] for piece in pieces if piece.kind == "title"), "Lắng Nghe")
    return _PAGE.substitute(
        lang=lang,
        other_lang="vi" if lang == "en" else "en",
        other=_OTHER[lang],
        chat=_CHAT[lang],
        version=version,
        title=escape(title),
        article="\n".join(map(_piece, pieces)),
    )


def _piece(piece: Block) -> str:
    lines = [escape(line) for line in piece.lines]
    match piece.kind:
        case "title":
            return f"<h1>{lines[0]}</h1>"
        case "heading":
            return f"<h2>{lines[0]}</h2>"
        case "list":
            items = "".join(f"<li>{line}</li>" for line in lines)
            return f'<ul class="plain">{items}</ul>'
        case "text":
            return f"<p>{lines[0]}</p>"


def router(read: Read, version: str) -> APIRouter:
    """The address of the page; *version* is that of the chat page's files."""
    routes = APIRouter(tags=["page"])

    @routes.head(PATH, include_in_schema=False)
    @routes.get(
        PATH,
        response_class=Response,
        responses={
            200: {"content": {"text/html": {}}},
            304: {"description": "Not changed"},
        },
    )
    async def page(request: Request, lang: str = "vi") -> Response:
        """Show the notice as it reads now."""
        wanted: Lang = "en" if lang == "en" else "vi"
        body = draw(read(wanted), wanted, version).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"Cache-Control": _BRIEFLY, "ETag": etag}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="text/html; charset=utf-8")

    return routes
