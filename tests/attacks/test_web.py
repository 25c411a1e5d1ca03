"""Attempts from the web: forged, replayed, foreign, enormous."""

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.telegram_webhook import SECRET_HEADER
from bot.logs import JsonLines
from tests.postgres_server import fresh_database
from tests.web.client import Client
from tests.web.mind import GREETING
from tests.web.served import served
from tests.web.whole import HOOK, Whole, whole

HELLO = {"type": "said", "text": "xin chào"}
HOOKED = "/channels/telegram"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def everything(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Whole]:
    """The whole application, over each engine."""
    folder = tmp_path_factory.mktemp("attacked")
    if request.param == "sqlite":
        with whole(folder, f"sqlite:///{folder / 'bot.db'}") as app:
            yield app
        return
    with fresh_database(request.getfixturevalue("postgres")) as url, whole(folder, url) as app:
        yield app


async def test_the_id_of_somebody_elses_message() -> None:
    """An id of another visitor's message, used again, is one's own message and takes nothing."""
    with served() as chat:
        async with Client(chat.url) as victim, Client(chat.url) as thief:
            await victim.get("/")
            await thief.get("/")
            assert (await victim.say(HELLO, key="same")).json["outcome"] == "done"
            mine = await thief.say({"type": "said", "text": "/trogiup"}, key="same")
            assert mine.json["outcome"] == "done"
            again = await victim.say(HELLO, key="same")
            assert again.json["outcome"] == "duplicate"
        texts = {a.event.text for a in chat.mind.arrivals}  # type: ignore[union-attr]  # all said
        assert texts == {"xin chào", "/trogiup"}
        assert GREETING in mine.json["messages"][0]["text"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
async def test_a_stream_for_another_sites_page(headers: dict[str, str]) -> None:
    """Another site's page can't listen with the visitor's cookie: no EventSource, no socket."""
    with served() as chat:
        async with Client(chat.url) as visitor:
            await visitor.get("/")
            refused = await visitor.get("/chat/stream", headers=headers)
            assert (refused.status, refused.code) == (403, "foreign")
            upgrade = {**headers, "Connection": "Upgrade", "Upgrade": "websocket"}
            assert (await visitor.get("/chat/stream", headers=upgrade)).status == 403


@pytest.mark.parametrize(
    "kind", ["timed_out", "left", "came_back", "file_refused", "shared_contact", "sent_unreadable"]
)
async def test_events_nobody_can_send(kind: str) -> None:
    """A page can't say that a timer ran out, or share a number as if a platform vouched for it."""
    with served() as chat:
        async with Client(chat.url) as visitor:
            await visitor.get("/")
            fields = {"timer": "barred", "phone": "0905123456", "own": True, "key": "x"}
            for event in ({"type": kind}, {"type": kind, **fields}):
                assert (await visitor.say(event)).code == "bad_request"
        assert chat.mind.arrivals == []


@pytest.mark.parametrize(
    "key",
    [
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "../../data/secret",
        "telegram:AgACAgUAAxkBAAI",
        f"web:{'0' * 32}:{'0' * 32}",
        f"web:{'0' * 32}:{'0' * 31}\n",
    ],
)
async def test_a_file_that_is_an_address(key: str) -> None:
    """Files are named by what was uploaded here: nothing is fetched because a page names it."""
    with served() as chat:
        async with Client(chat.url) as visitor:
            await visitor.get("/")
            answer = await visitor.say({"type": "sent_media", "files": [key]})
            assert answer.code in {"bad_request", "file_unknown"}
        assert chat.mind.arrivals == []


async def test_a_cookie_of_ones_own_making() -> None:
    """A token somebody else chose leads to an empty chat; one with signs in it is replaced."""
    with served() as chat:
        async with Client(chat.url) as victim:
            await victim.get("/")
            await victim.say(HELLO, key="a")
            (told,) = {a.address for a in chat.mind.arrivals}
        planted = {"Cookie": "lang_nghe=" + "a" * 43}
        async with Client(chat.url) as thief:
            assert (await thief.get("/chat/messages", headers=planted)).json["messages"] == []
            digest = {"Cookie": f"lang_nghe={told[:43]}"}
            assert (await thief.get("/chat/messages", headers=digest)).json["messages"] == []
            forged = await thief.get("/", headers={"Cookie": "lang_nghe=a;b=%0d%0aSet-Cookie: x"})
            assert "x" not in forged.headers["Set-Cookie"].partition("=")[0]


def update(number: int, text: str) -> bytes:
    """One message of somebody as Telegram brings it."""
    who = {"id": 70_001, "is_bot": False, "first_name": "An"}
    now = int(datetime.now(UTC).timestamp())
    message = {
        "message_id": number,
        "date": now,
        "chat": {"id": 70_001, "type": "private", "first_name": "An"},
        "from": who,
        "text": text,
    }
    return json.dumps({"update_id": number, "message": message}).encode()


def test_a_replayed_webhook(everything: Whole) -> None:
    """What Telegram brought, brought again by whoever caught it, changes the world once."""
    headers = {SECRET_HEADER: HOOK, "content-type": "application/json"}
    before = dict(everything.app.engine.counts)
    for _ in range(3):
        assert everything.ask("POST", HOOKED, headers=headers, body=[update(77, "/start")])
    counts = everything.app.engine.counts
    assert counts["done"] == before["done"] + 1
    assert counts["duplicate"] == before["duplicate"] + 2


@pytest.mark.parametrize("secret", ["", "x", HOOK[:-1], HOOK + "x", HOOK.upper()])
def test_a_forged_signature(everything: Whole, secret: str) -> None:
    """Without the secret nothing is read, however well it is shaped."""
    before = dict(everything.app.engine.counts)
    answer = everything.ask(
        "POST", HOOKED, headers={SECRET_HEADER: secret}, body=[update(99, "/start")]
    )
    assert answer.status == 403
    assert everything.app.engine.counts == before


@pytest.mark.parametrize(
    "text",
    ["z" + "\u0300" * 90_000, "\U0001f468\u200d" * 40_000, "\ufdfa" * 99_000, "\u202e" * 99_999],
    ids=["marks", "joined", "ligature", "turned"],
)
def test_letters_that_grow(everything: Whole, text: str) -> None:
    """A letter under a hill of marks, or one that unfolds into eighteen, is read in no time."""
    headers = {"cookie": everything.visitor(), "content-type": "application/json"}
    body = json.dumps({"id": "a", "event": {"type": "said", "text": text}}).encode()
    began = time.monotonic()
    answer = everything.ask("POST", "/chat/say", headers=headers, body=[body])
    assert answer.status == 200
    assert time.monotonic() - began < 5


def test_an_address_that_asks_for_everybody_elses_turn(everything: Whole) -> None:
    """One address that floods is told to wait, with when; the next address is served."""
    asked = (everything.ask("GET", "/healthz", client="203.0.113.77") for _ in range(10_000))
    answer = next(answer for answer in asked if answer.status == 429)
    assert int(answer.headers["retry-after"]) >= 1
    assert everything.ask("GET", "/healthz", client="203.0.113.78").status == 200


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """Files can't take the room the database needs: no more are taken, and it is said."""
    most = 10**9  # MB, which no disk has
    with whole(tmp_path, f"sqlite:///{tmp_path / 'bot.db'}", least_free=most) as app:
        headers = {"cookie": app.visitor(), "content-type": "application/octet-stream"}
        answer = app.ask("POST", "/chat/files", headers=headers, body=[b"\xff\xd8\xff" + bytes(99)])
        assert (answer.status, json.loads(answer.body)["code"]) == (507, "full")
        said = {"cookie": headers["cookie"], "content-type": "application/json"}
        words = json.dumps({"id": "a", "event": HELLO}).encode()
        assert app.ask("POST", "/chat/say", headers=said, body=[words]).status == 200


def test_a_line_of_the_log_is_one_line() -> None:
    """Line breaks and braces in what is logged forge no entry: it stays one JSON object."""
    forged = 'x"}\n{"at":"2026-01-01","level":"info","message":"duyệt"}\r\n\u2028'
    record = logging.LogRecord("bot.x", logging.INFO, "", 1, "kept %s", (forged,), None)
    record.kind = forged
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "\r" not in line
    assert json.loads(line)["level"] == "info"


def test_many_at_once_wait_their_turn() -> None:
    """More at once than the engine bears are asked to come back, and told when."""

    async def act() -> None:
        with served() as chat:
            chat.mind.delay = 0.4
            async with Client(chat.url) as visitor:
                await visitor.get("/")
                answers = await asyncio.gather(
                    *(visitor.say(HELLO, key=str(number)) for number in range(8))
                )
        busy = [answer for answer in answers if answer.status == 429]
        assert 0 < len(busy) < 8
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in busy)

    asyncio.run(act())
