"""Messages that come by themselves."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.channels import Outgoing
from bot.channels.web import Limits
from bot.http_guard import HttpLimits
from handlers.messages import Say
from tests.web.client import Client
from tests.web.served import Served, served

HELLO = {"type": "said", "text": "Xin chào"}


@pytest.fixture(scope="module")
def limits() -> Limits:
    """A quick heart, so that a test need not wait."""
    return Limits(heartbeat_seconds=0.3, streams_each=2)


class Stream:
    """The browser's side of a stream of events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self, kind: str = "said") -> dict[str, Any]:
        """The next event of a kind: its fields, the data being read as JSON."""
        while True:
            event = await asyncio.wait_for(self._event(), 5)
            if event.get("event") == kind:
                return event

    async def _event(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        async for line in self.response.content:
            name, _, value = line.decode().strip().partition(": ")
            if not name and fields:
                return fields
            if name:
                fields[name] = json.loads(value) if name == "data" else value
        raise EOFError


@asynccontextmanager
async def listening(client: Client, after: int = 0, **headers: str) -> AsyncIterator[Stream]:
    """An open stream."""
    url = f"{client.url}/chat/stream?after={after}"
    async with client.session.get(url, headers=headers) as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/event-stream")
        yield Stream(response)


async def test_what_the_bot_says_later_comes_at_once() -> None:
    """A message said by itself reaches an open page without being asked for, not packed."""
    with served() as chat:  # its heart beats too slowly to bring anything
        async with Client(chat.url) as visitor:
            await visitor.get("/")
            await visitor.say(HELLO)
            async with listening(visitor, 1, **{"Accept-Encoding": "gzip"}) as stream:
                await stream.next("hello")
                chat.run(chat.mind.say(chat.address(), Say(text="Có trả lời mới.")))
                event = await stream.next()
                assert event["id"] == "2"
                assert event["data"]["text"] == "Có trả lời mới."
                assert "Content-Encoding" not in stream.response.headers


async def test_stream_begins_after_what_is_known(chat: Served, visitor: Client) -> None:
    """A stream first brings what was missed; Last-Event-ID counts when it is newer."""
    await visitor.say(HELLO)
    for n in range(2, 5):
        chat.run(chat.mind.say(chat.address(), Say(text=str(n))))
    async with listening(visitor, 2) as stream:
        assert (await stream.next())["id"] == "3"
        assert (await stream.next())["id"] == "4"
    async with listening(visitor, 1, **{"Last-Event-ID": "3"}) as stream:
        assert (await stream.next())["id"] == "4"


async def test_long_backlog_comes_whole(chat: Served, visitor: Client) -> None:
    """More than a page of missed messages comes in order."""
    await visitor.say(HELLO)
    for n in range(250):
        await chat.mind.say(chat.address(), Say(text=str(n)))
    async with listening(visitor) as stream:
        ids = [int((await stream.next())["id"]) for _ in range(251)]
    assert ids == list(range(1, 252))


async def test_stream_finds_what_another_worker_said(chat: Served, visitor: Client) -> None:
    """A message that this process was never told of comes with the next heartbeat."""
    await visitor.say(HELLO)
    async with listening(visitor, 1) as stream:
        await stream.next("hello")
        chat.mind.channel = None
        await chat.mind.say(chat.address(), Say(text="từ máy khác"))
        assert (await stream.next())["data"]["text"] == "từ máy khác"


async def test_heart_beats_while_nothing_happens(visitor: Client) -> None:
    """A silent stream shows that it lives."""
    async with listening(visitor) as stream:
        await stream.next("beat")
        await stream.next("beat")


@pytest.mark.parametrize("wrong", ["x", "-1", "9" * 40])
async def test_odd_position_is_refused(visitor: Client, wrong: str) -> None:
    """A position that is no message is refused."""
    assert (await visitor.get(f"/chat/stream?after={wrong}")).code == "bad_request"
    headers = {"Last-Event-ID": wrong}
    assert (await visitor.get("/chat/stream", headers=headers)).code == "bad_request"


async def test_few_streams_each(chat: Served, visitor: Client) -> None:
    """One visitor holds at most so many streams; a closed one makes room."""
    async with listening(visitor) as one, listening(visitor) as two:
        await one.next("hello")
        await two.next("hello")
        assert (await visitor.get("/chat/stream")).code == "busy"
    await _none_left(chat)
    async with listening(visitor) as stream:
        await stream.next("hello")


async def _none_left(chat: Served) -> None:
    for _ in range(50):
        if not chat.channel._streams.taken and not chat.channel._bells._of:  # noqa: SLF001 - what must not leak
            return
        await asyncio.sleep(0.05)
    pytest.fail("a closed stream still holds its place")


async def test_reader_that_stops_reading_is_let_go() -> None:
    """A client that takes nothing for a while loses its stream, so that it holds nothing."""
    with served(http=HttpLimits(write_seconds=0.5)) as chat:
        async with Client(chat.url) as visitor:
            await visitor.get("/")
            (token,) = (morsel.value for morsel in visitor.session.cookie_jar)
            await visitor.say(HELLO)
        for _ in range(300):
            await chat.mind.say(chat.address(), Say(text="x" * 50_000))
        with socket.socket() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect(("127.0.0.1", chat.port))
            head = f"GET /chat/stream HTTP/1.1\r\nHost: h\r\nCookie: lang_nghe={token}\r\n\r\n"
            line.sendall(head.encode())
            await asyncio.sleep(0.3)
            assert chat.channel._streams.taken  # noqa: SLF001 - it did hold a place
            await _none_left(chat)


async def test_open_streams_do_not_hold_up_the_end() -> None:
    """The server stops in seconds though pages listen, and they are told by the closed line."""
    with served() as chat:
        async with Client(chat.url) as visitor:
            await visitor.get("/")
            async with listening(visitor) as stream:
                await stream.next("hello")
                began = time.monotonic()
                chat.loop.call_soon_threadsafe(chat.stop.set)
                with pytest.raises(EOFError):
                    await stream.next("never")
                assert time.monotonic() - began < 3


async def test_a_change_says_what_it_changes(chat: Served, visitor: Client) -> None:
    """A correction comes by the stream and by asking alike, with the number of what it replaces."""
    await visitor.say(HELLO)
    address = chat.address()
    async with listening(visitor, after=1) as stream:
        chat.run(chat.mind.say(address, Say(text="Đã sửa"), 1))
        event = await stream.next()
    answer = await visitor.get("/chat/messages")
    told = [(each["id"], each["replaces"]) for each in answer.json["messages"]]
    assert (event["data"]["id"], event["data"]["replaces"]) == (2, 1)
    assert told == [(1, 0), (2, 1)]


async def test_what_was_changed_stands_where_it_stood(chat: Served, visitor: Client) -> None:
    """A page keeps a changed message in its place, so the next change is of that one, too."""
    await visitor.say(HELLO)
    say = Say(text="Đã sửa")
    assert await chat.channel.send(Outgoing(2, chat.address(), say)) == "2"
    assert await chat.channel.send(Outgoing(3, chat.address(), say, replaces="2")) == "2"
