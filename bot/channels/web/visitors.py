"""Who is at the other end: a random token in a cookie, known to us only by its digest."""

import hashlib
import re
import secrets
from urllib.parse import urlsplit

from fastapi import Request, Response

from bot.problems import RefusedError

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_TOKEN_BYTES = 32
_MAX_AGE = 400 * 24 * 3600  # the longest that browsers keep a cookie


class Visitors:
    """Tells visitors apart.

    The cookie is Lax, not Strict: a person who comes by a link from a messenger would arrive
    without a strict one and be taken for somebody new. Requests that change anything must
    come from our own page, which `own_page` checks: *public_url* is where people see it, for a
    proxy that does not pass on the host they asked for.
    """

    def __init__(self, *, secure: bool, public_url: str = "") -> None:
        self._host = urlsplit(public_url).netloc
        self.cookie = "__Host-lang_nghe" if secure else "lang_nghe"
        self._secure = secure

    def address(self, request: Request) -> str:
        """The address of the person who asks; raises `RefusedError` without a cookie of ours."""
        token = self._token(request)
        if token is None:
            raise RefusedError("no_cookie")
        return hashlib.sha256(token.encode()).hexdigest()

    def welcome(self, request: Request, response: Response) -> None:
        """Give a new visitor a token and let a known one keep theirs for longer."""
        response.set_cookie(
            self.cookie,
            self._token(request) or secrets.token_urlsafe(_TOKEN_BYTES),
            max_age=_MAX_AGE,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    async def known(self, request: Request) -> None:
        """Raise `RefusedError` unless a visitor of ours asks this from our own page."""
        self.own_page(request)
        self.address(request)

    def own_page(self, request: Request) -> None:
        """Raise `RefusedError` when a browser says that another site's page sent this.

        Browsers too old to say it can't be made to send it either: every POST needs a content
        type that no form of another site can send.
        """
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise RefusedError("foreign")
        origin = request.headers.get("origin")
        # Only the host: a proxy that ends https tells us nothing of the scheme.
        ours = (request.headers.get("host"), self._host)
        if origin is not None and (not _host(origin) or _host(origin) not in ours):
            raise RefusedError("foreign")

    def _token(self, request: Request) -> str | None:
        token = request.cookies.get(self.cookie, "")
        return token if _TOKEN.fullmatch(token) else None


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
