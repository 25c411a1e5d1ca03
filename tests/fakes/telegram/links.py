"""Which addresses the platform makes into links."""

import re
from urllib.parse import parse_qs, urlsplit

from .errors import Json

_SCHEMES = frozenset({"http", "https", "ftp", "tg", "ton", "tonsite"})
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]")


def checked_link(url: str) -> str:
    """The address as a link, with a scheme; empty for what is none."""
    url = url.strip()
    scheme, colon, rest = url.partition("://")
    if not colon:
        scheme, rest = "http", url
    if scheme.lower() not in _SCHEMES or not rest or re.search(r"\s", rest):
        return ""
    if scheme.lower() in {"tg", "ton"}:
        return url
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    host = re.sub(r":\d{1,5}$", "", host)
    if _HOST.fullmatch(host) is None:
        return ""
    return url if colon else f"http://{url}"


def link_entity(url: str) -> Json | None:
    """What a link in a text becomes: a mention of a person, a link, or nothing."""
    if url.startswith("tg://user?"):
        number = parse_qs(urlsplit(url).query).get("id", [""])[0]
        if number.isdigit():
            return {"type": "text_mention", "user_id": int(number)}
    link = checked_link(url)
    return {"type": "text_link", "url": link} if link else None
