"""Citizens at the web chat, as their pages talk to the server."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

SENT = "PA-"  # stands in the last answer when the case has got its code


class Visitor:
    """One browser at the chat of *url*."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._said = 0
        self._last: Mapping[str, Any] = {}

    async def open(self) -> None:
        """Open the page, which gives a cookie."""
        async with self._session.get(self._url) as page:
            await page.read()

    async def do(self, line: str) -> str:
        """Say something, or press what is in brackets; the bot's last words in answer."""
        self._said += 1
        body = {"id": str(self._said), "after": self._last.get("id", 0), "event": self._event(line)}
        async with self._session.post(f"{self._url}/chat/say", json=body) as answer:
            told = await answer.json()
        self._last = told["messages"][-1]
        return str(self._last["text"])

    async def talk(self, script: tuple[str, ...]) -> bool:
        """The whole of *script*; whether its case was sent."""
        await self.open()
        answers = [await self.do(line) for line in script]
        return SENT in answers[-1]

    def _event(self, line: str) -> dict[str, Any]:
        if line == "/start":
            return {"type": "started"}
        if not line.startswith("["):
            return {"type": "said", "text": line}
        labels = [choice["label"] for choice in self._last["choices"]]
        n = labels.index(line[1:-1]) + 1
        return {"type": "chose", "step": self._last["step"], "n": n}


@asynccontextmanager
async def visitor(url: str) -> AsyncIterator[Visitor]:
    """A browser with no cookie yet."""
    jar = aiohttp.CookieJar(unsafe=True)  # keeps cookies of an address that is a number
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Visitor(session, url)


async def first_load(url: str) -> int:
    """Bytes of the bodies that a browser fetches for the first view of the page, packed."""
    headers = {"Accept-Encoding": "gzip"}
    async with aiohttp.ClientSession(auto_decompress=False, headers=headers) as packed:
        page = await _body(packed, url)
        async with aiohttp.ClientSession(headers=headers) as plain:
            html = (await _body(plain, url)).decode()
        wanted = set(re.findall(r'(?:href|src)="(/[^"]+)"', html))
        return len(page) + sum([len(await _body(packed, url + path)) for path in wanted])


async def _body(session: aiohttp.ClientSession, address: str) -> bytes:
    async with session.get(address) as answer:
        return await answer.read()
