"""A person of a script with a page of the web chat open: what its stream brings is what they read.

What they do is answered at once as well, in the answer to that request; both must say the same.
"""

import asyncio
import json
from contextlib import suppress
from typing import Any

import aiohttp

from bot.dialogue import NotUnderstoodError, written
from handlers.events import Media
from handlers.messages import Choice, Say
from tests.web.client import Client

Json = dict[str, Any]


class OnTheWeb:
    """One visitor of the page at *url*; opens it before the first thing they do."""

    def __init__(self, url: str) -> None:
        self._client = Client(url)
        self._stream: asyncio.Task[None] | None = None
        self._done = 0
        self._brought: list[Json] = []
        self._answered: list[Json] = []
        self._read = self._opened = 0

    async def says(self, text: str) -> None:
        """See `Side`."""
        await self._does({"type": "said", "text": text})

    async def presses(self, label: str) -> None:
        """Send the number of the choice so labelled."""
        last = self._brought[-1] if self._brought else {"choices": ()}
        for choice in last["choices"]:
            if choice["label"] == label:
                await self._does({"type": "chose", "step": last["step"], "n": choice["n"]})
                return
        raise NotUnderstoodError(f"không có nút [{label}]")

    async def sends(self, photo: bytes = b"", paper: bytes = b"", name: str = "") -> None:
        """Upload it and say so."""
        await self._opens()
        kept = await self._client.upload(photo or paper, name)
        assert kept.status == 200, kept.text
        await self._does({"type": "sent_media", "files": [kept.json["key"]]})

    async def hears(self) -> bool:
        """Whether the stream has brought all that the bot said."""
        if self._stream is None:
            return True
        assert not self._stream.done(), "the stream ended"
        news = await self._client.get(f"/chat/messages?after={self._after}")
        if news.json["messages"]:
            return False
        brought = {message["id"] for message in self._brought}
        if any(message["id"] not in brought for message in self._answered):
            return False  # said in confidence: only the stream brings it a second time
        assert [message for message in self._answered if message not in self._brought] == []
        await self._follows_links()
        return True

    def told(self) -> tuple[str, ...]:
        """See `Side`."""
        told, self._read = self._brought[self._read :], len(self._brought)
        return tuple(_lines(message) for message in told)

    async def blocks(self, *, blocked: bool) -> None:
        """Nobody can: a page that is closed is no page that refuses."""
        raise NotUnderstoodError(f"không chặn được trên web: {blocked}")

    async def leaves(self) -> None:
        """Close the page."""
        if self._stream is not None:
            self._stream.cancel()
            with suppress(asyncio.CancelledError):
                await self._stream
            await self._client.session.close()

    @property
    def _after(self) -> int:
        return int(self._brought[-1]["id"]) if self._brought else 0

    async def _does(self, event: Json) -> None:
        await self._opens()
        self._done += 1
        answer = await self._client.say(event, key=f"line-{self._done}", after=self._after)
        assert answer.status == 200, answer.text
        assert answer.json["outcome"] == "done"
        self._answered += answer.json["messages"]

    async def _opens(self) -> None:
        if self._stream is None:
            await self._client.__aenter__()
            page = await self._client.get("/")
            assert page.status == 200
            self._stream = asyncio.create_task(self._listens())

    async def _follows_links(self) -> None:
        """Every file that was given can be had."""
        given = [file for message in self._brought for file in message["files"]]
        for file in given[self._opened :]:
            answer = await self._client.get(file["url"])
            assert (answer.status, len(answer.body)) == (200, file["size"])
        self._opened = len(given)

    async def _listens(self) -> None:
        endless = aiohttp.ClientTimeout(total=None)
        url = f"{self._client.url}/chat/stream?after=0"
        async with self._client.session.get(url, timeout=endless) as stream:
            assert stream.status == 200
            kind = ""
            async for raw in stream.content:
                name, _, value = raw.decode().strip().partition(": ")
                if name == "event":
                    kind = value
                elif name == "data" and kind == "said":
                    self._brought.append(json.loads(value))


def _lines(message: Json) -> str:
    return written(
        Say(
            text=message["text"],
            choices=tuple(Choice(key="", label=each["label"]) for each in message["choices"]),
            files=tuple(_file(**each) for each in message["files"]),
            qr=message["qr"]["text"] if message["qr"] else "",
        )
    )


def _file(kind: str, name: str, **_: object) -> Media:
    """A file; a photo, which over Telegram has no name, has none here."""
    return Media.model_validate({"key": "", "kind": kind, "name": "" if kind == "photo" else name})
