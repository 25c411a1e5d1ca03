"""What every address has: bounds, headers, honest errors and a true document."""

import asyncio
import socket
import time

import pytest
from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter

from bot.channels.web import WebChannel
from bot.http import listen, make_http, serve
from bot.http_guard import HttpLimits
from tests.web.client import Answer, Client
from tests.web.mind import Mind
from tests.web.served import Served, served


async def test_every_answer_carries_the_safe_headers(stranger: Client) -> None:
    """The page, refusals and unknown paths alike say what a browser may do, and no server name."""
    for path in ("/", "/sw.js", "/healthz", "/nowhere", "/chat/messages", "/openapi.json"):
        headers = (await stranger.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "geolocation=(self)" in headers["Permissions-Policy"]
        assert "Server" not in headers


async def test_no_part_of_an_answer_waits_for_another() -> None:
    """The body leaves at once, whether or not the head has been acknowledged."""
    with listen("127.0.0.1", 0) as door, socket.create_connection(door.getsockname()):
        accepted, _ = door.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_unknown_path_gets_a_plain_sentence(stranger: Client) -> None:
    """A person sees a sentence, a program a code."""
    shown = await stranger.get("/wp-admin", headers={"Accept": "text/html,*/*"})
    assert (shown.status, shown.text) == (404, "Không có trang này.")
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (await stranger.get("/wp-admin")).code == "not_found"


async def test_wrong_method_says_which_is_right(stranger: Client) -> None:
    """Another way of asking is refused with the right one."""
    answer = await stranger.get("/chat/say")
    assert (answer.status, answer.code) == (405, "wrong_method")
    assert answer.headers["Allow"] == "POST"


async def test_nothing_shows_a_page_of_documentation(stranger: Client) -> None:
    """No page loads scripts from elsewhere to show the document."""
    assert (await stranger.get("/docs")).status == 404
    assert (await stranger.get("/redoc")).status == 404


async def test_document_names_every_address(stranger: Client) -> None:
    """The OpenAPI document has the whole chat, with the models of what comes back."""
    document = (await stranger.get("/openapi.json")).json
    assert {"/chat/say", "/chat/messages", "/chat/stream", "/chat/files"} < set(document["paths"])
    said = document["paths"]["/chat/say"]["post"]["responses"]
    assert said["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/AnswerOut")
    assert said["413"]["content"]["application/json"]["schema"]["$ref"].endswith("/Problem")
    assert "HTTPValidationError" not in document["components"]["schemas"]
    raw = document["paths"]["/chat/files"]["post"]["requestBody"]["content"]
    assert list(raw) == ["application/octet-stream"]


async def ask(path: str, registry: CollectorRegistry | None = None, **checks: object) -> Answer:
    """Ask an application with these checks for something."""
    app = make_http(checks=checks, registry=registry)  # type: ignore[arg-type] # any async function
    stop = asyncio.Event()
    at = listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve(app, at, stop=stop, closing=lambda: None))
    async with Client(f"http://127.0.0.1:{at.getsockname()[1]}") as client:
        answer = await client.get(path)
    stop.set()
    await serving
    return answer


async def well() -> str:
    """A part that works."""
    return ""


async def ill() -> str:
    """A part that says what is wrong."""
    return "12 waiting"


async def broken() -> str:
    """A part that can't even say."""
    raise ConnectionError("secret address")


async def stuck() -> str:
    """A part that never answers."""
    await asyncio.sleep(60)
    return ""


async def test_alive_is_not_ready() -> None:
    """A process whose parts fail is alive and not ready."""
    assert (await ask("/healthz", storage=broken)).json == {"alive": True}
    answer = await ask("/readyz", storage=well, outbox=ill, web=broken)
    assert answer.status == 503
    assert answer.json == {
        "ready": False,
        "checks": {"storage": "ok", "outbox": "12 waiting", "web": "ConnectionError"},
    }


async def test_ready_when_every_part_is() -> None:
    """When every part works, so does the bot."""
    answer = await ask("/readyz", storage=well)
    assert (answer.status, answer.json) == (200, {"ready": True, "checks": {"storage": "ok"}})


async def test_stuck_part_does_not_hold_up_the_answer() -> None:
    """A part that never answers is named after a few seconds."""
    began = time.monotonic()
    answer = await ask("/readyz", storage=stuck)
    assert answer.json["checks"] == {"storage": "timeout"}
    assert time.monotonic() - began < 10


async def test_figures_are_prometheus_text() -> None:
    """The figures of the given registry come in the form Prometheus reads."""
    registry = CollectorRegistry()
    Counter("langnghe_turns", "Turns.", registry=registry).inc(3)
    answer = await ask("/metrics", registry)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "langnghe_turns_total 3.0" in answer.text


async def test_body_that_trickles_is_cut_off() -> None:
    """A client that announces a body and does not send it is answered and let go."""
    with served(http=HttpLimits(read_seconds=0.5)) as chat:
        async with Client(chat.url) as visitor:
            await visitor.get("/")
            (token,) = (morsel.value for morsel in visitor.session.cookie_jar)
        with socket.create_connection(("127.0.0.1", chat.port), 5) as line:
            head = "POST /chat/say HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
            line.sendall(
                f"{head}Cookie: lang_nghe={token}\r\nContent-Length: 50\r\n\r\n{{".encode()
            )
            assert line.recv(100).startswith(b"HTTP/1.1 408")


async def test_big_header_is_refused(chat: Served) -> None:
    """A header without end is not collected."""
    with socket.create_connection(("127.0.0.1", chat.port), 5) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"a" * 200_000)
        assert line.recv(100).startswith(b"HTTP/1.1 400")


def test_taken_port_is_said() -> None:
    """A port that another program holds is an error the starter can show."""
    with listen("127.0.0.1", 0) as held, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", held.getsockname()[1])


async def test_parts_of_other_channels_fit_in() -> None:
    """A router of another channel is served beside the web chat, under the same guard."""
    router = APIRouter()

    @router.post("/channels/telegram")
    async def hook() -> dict[str, bool]:
        return {"ok": True}

    app = make_http([router, WebChannel(Mind().store()).router])
    assert {"/channels/telegram", "/chat/say"} < set(app.openapi()["paths"])
