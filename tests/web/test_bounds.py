"""How much one address, one visitor and one connection may do, and who may see how the bot is."""

import asyncio
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from bot.callers import Callers
from bot.channels.web import Limits
from bot.http import make_http
from bot.http_guard import HttpLimits
from bot.http_wire import Wire
from bot.rates import MOST, Rates
from tests.asgi import Answer, ask
from tests.web.client import Client
from tests.web.served import served

BEHIND = Callers(["10.0.0.0/8"], ["192.0.2.0/24"])


def scope(client: str, *forwarded: str) -> Scope:
    """What is known of a request from *client*, passed on for others."""
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    return {"type": "http", "client": (client, 1), "headers": headers}


def test_only_our_own_proxy_is_believed() -> None:
    """Who calls directly can't put on another address; through our proxy the last one counts."""
    assert str(BEHIND.address(scope("203.0.113.9", "198.51.100.1"))) == "203.0.113.9"
    assert str(BEHIND.address(scope("10.0.0.5", "1.1.1.1, 198.51.100.1"))) == "198.51.100.1"
    assert str(BEHIND.address(scope("10.0.0.5", "198.51.100.1, 10.0.0.7"))) == "198.51.100.1"
    assert BEHIND.address(scope("10.0.0.5", "198.51.100.1, nonsense")) is None
    assert BEHIND.address(scope("10.0.0.5")) is None
    assert BEHIND.address({"type": "http", "client": None, "headers": []}) is None


def test_who_sees_how_the_bot_is() -> None:
    """This machine and the allowed networks do; what was passed on here comes from elsewhere."""
    assert Callers().operates(scope("127.0.0.1"))
    assert Callers().operates(scope("::1"))
    assert not Callers().operates(scope("127.0.0.1", "198.51.100.1"))
    assert not Callers().operates(scope("192.0.2.7"))
    assert BEHIND.operates(scope("192.0.2.7"))
    assert BEHIND.operates(scope("::ffff:192.0.2.7"))
    assert not BEHIND.operates(scope("10.0.0.5", "127.0.0.1, 198.51.100.1"))


def test_a_household_is_one_address() -> None:
    """Of IPv6 the first half counts; this machine, which may stand for everybody, does not."""
    assert BEHIND.limited(scope("2001:db8::1")) == BEHIND.limited(scope("2001:db8::2"))
    assert BEHIND.limited(scope("2001:db8::1")) != BEHIND.limited(scope("2001:db8:0:1::1"))
    assert BEHIND.limited(scope("127.0.0.1")) == ""
    assert BEHIND.limited(scope("10.0.0.5")) == ""


@given(st.lists(st.floats(0, 30), max_size=100), st.integers(1, 20))
def test_rates_hold(gaps: list[float], most: int) -> None:
    """Whoever waits as long as they are told is let in; nobody gets more than twice in a period."""
    now, taken = [0.0], list[float]()
    rates = Rates(most, 60, lambda: now[0])
    for gap in gaps:
        now[0] += gap
        if wait := rates.take("a"):
            now[0] += wait + 0.001
            assert rates.take("a") == 0
        taken.append(now[0])
    assert all(sum(at <= t < at + 60 for t in taken) <= 2 * most for at in taken)


def test_rates_remember_a_bounded_number_of_names() -> None:
    """However many addresses call, the memory stays small, and a new name is never refused."""
    rates = Rates(1, 60)
    for number in range(MOST + 500):
        assert rates.take(str(number)) == 0
    assert len(rates._back) == MOST  # noqa: SLF001 - what is bounded


async def requests(count: int, client: str, path: str = "/healthz") -> list[Answer]:
    """So many requests of one address to a bot that bears five a minute."""
    app = make_http(limits=HttpLimits(a_minute=5))
    return [await ask(app, "GET", path, client=client) for _ in range(count)]


async def test_an_address_that_asks_too_often() -> None:
    """It is told to wait, how long, and why, with the headers of every answer."""
    answers = await requests(6, "203.0.113.9")
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    last = answers[-1]
    assert 1 <= int(last.headers["retry-after"]) <= 12
    assert b"too_often" in last.body
    assert last.headers["x-frame-options"] == "DENY"


async def test_this_machine_may_ask_as_often_as_it_likes() -> None:
    """A proxy here stands for everybody, so it is no address of its own."""
    assert {answer.status for answer in await requests(50, "127.0.0.1")} == {200}


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
async def test_readiness_and_figures_are_for_this_machine(path: str) -> None:
    """From elsewhere, and through a proxy here, there is no such page."""
    app = make_http()
    assert (await ask(app, "GET", path, client="127.0.0.1")).status == 200
    assert (await ask(app, "GET", path, client="203.0.113.9")).status == 404
    passed_on = {"x-forwarded-for": "203.0.113.9"}
    assert (await ask(app, "GET", path, client="127.0.0.1", headers=passed_on)).status == 404
    allowed = make_http(callers=Callers(allowed=["203.0.113.0/24"]))
    assert (await ask(allowed, "GET", path, client="203.0.113.9")).status == 200


async def test_a_visitor_who_says_too_much() -> None:
    """A page that says thousands of things a minute is told to wait, and nothing of it is lost."""
    with served(limits=Limits(says_a_minute=3)) as chat:
        async with Client(chat.url) as visitor:
            await visitor.get("/")
            answers = [
                await visitor.say({"type": "said", "text": "xin chào"}, key=str(n))
                for n in range(4)
            ]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


async def test_a_visitor_who_uploads_all_day() -> None:
    """Files have a most of a day, in number and in bytes; another visitor still may."""
    picture = b"\xff\xd8" + bytes(1000)
    bounds = Limits(files_a_day=2, bytes_a_day=10_000)
    with served(limits=bounds) as chat:
        async with Client(chat.url) as visitor, Client(chat.url) as other:
            await visitor.get("/")
            await other.get("/")
            told = [(await visitor.upload(picture)).status for _ in range(3)]
            assert told == [200, 200, 403]
            assert (await other.upload(picture + bytes(20_000))).status == 403
            assert (await other.upload(picture)).status == 200


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heads must come within a third of a second."""
    monkeypatch.setattr(Wire, "head_seconds", 0.3)


def closed(line: socket.socket, seconds: float) -> bool:
    """Whether the other end lets go within so many *seconds*."""
    line.settimeout(seconds)
    try:
        while line.recv(1000):
            pass
        return True
    except TimeoutError:
        return False
    except ConnectionError:
        return True


@pytest.mark.usefixtures("impatient")
def test_a_head_that_never_ends_is_cut_off() -> None:
    """Slowloris: a letter now and then keeps no connection open, before or after a request."""
    with served() as chat:
        for first in (b"", b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", chat.port), 5) as line:
                if first:
                    line.sendall(first)
                    assert line.recv(2000).startswith(b"HTTP/1.1 200")
                began = time.monotonic()
                for letter in b"GET /":
                    line.sendall(bytes([letter]))
                    time.sleep(0.02)
                assert closed(line, 2)
                assert time.monotonic() - began < 2


@pytest.mark.usefixtures("impatient")
def test_a_connection_that_says_nothing_is_cut_off() -> None:
    """Whoever connects and asks nothing makes room for others."""
    with served() as chat, socket.create_connection(("127.0.0.1", chat.port), 5) as line:
        assert closed(line, 2)


def test_too_many_connections_of_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fourth is told so, with the safe headers; when one goes, there is room again."""
    monkeypatch.setattr(Wire, "each", 3)
    monkeypatch.setattr("bot.http_wire._counted", lambda client: "203.0.113.9")
    with served() as chat:
        here = ("127.0.0.1", chat.port)
        lines = [socket.create_connection(here, 5) for _ in range(4)]
        told = lines[3].recv(1000)
        assert told.startswith(b"HTTP/1.1 503")
        assert b"x-frame-options: DENY" in told
        for line in lines:
            line.close()
        asyncio.run(asyncio.sleep(0.1))
        with socket.create_connection(here, 5) as line:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
            assert line.recv(1000).startswith(b"HTTP/1.1 200")


def test_what_is_no_request_is_answered_safely() -> None:
    """Nonsense on the line is a bad request, in words of our own and with the safe headers."""
    with served() as chat, socket.create_connection(("127.0.0.1", chat.port), 5) as line:
        line.sendall(b"\x16\x03\x01<script>alert(1)</script>\r\n\r\n")
        told = line.recv(2000)
        assert told.startswith(b"HTTP/1.1 400")
        assert b"script" not in told.replace(b"default-src", b"")
        assert b"x-content-type-options: nosniff" in told
