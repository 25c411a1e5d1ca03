"""Whatever is sent, the answer is one the document knows, and nothing forged gets through."""

import http.client
import json
import re
from collections.abc import Iterator
from typing import SupportsIndex

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.asgi import Answer
from tests.postgres_server import fresh_database
from tests.web.served import Served, served
from tests.web.whole import HOOK, Whole, routes, whole

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)
KINDS = ("started", "said", "chose", "sent_media", "shared_place", "edited", "left", "x")
FIELDS = ("text", "payload", "step", "n", "files", "caption", "lat", "lon", "ref")
NEARLY = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS)},
    optional=dict.fromkeys(FIELDS, JSON),
)
BODIES = st.fixed_dictionaries(
    {"id": st.text() | JSON, "event": NEARLY | JSON}, optional={"after": JSON}
)


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Served]:
    """One web chat for all examples."""
    with served() as chat:
        yield chat


def post(chat: Served, body: bytes) -> tuple[int, bytes]:
    """Send a body as the page would."""
    line = http.client.HTTPConnection("127.0.0.1", chat.port, timeout=10)
    headers = {"Content-Type": "application/json", "Cookie": "lang_nghe=" + "f" * 43}
    line.request("POST", "/chat/say", body, headers)
    answer = line.getresponse()
    said = answer.status, answer.read()
    line.close()
    return said


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BODIES | JSON)
@example({"id": "a", "event": {"type": "said", "text": "\ud800"}})
def test_any_json_is_done_or_refused(fuzzed: Served, body: object) -> None:
    """Any JSON at all is either done or refused as a bad request: never an error of ours."""
    before = len(fuzzed.mind.arrivals)
    status, text = post(fuzzed, json.dumps(body).encode())
    assert status in (200, 409, 422)
    if status != 200:
        assert json.loads(text)["code"] in ("bad_request", "file_unknown")
        assert len(fuzzed.mind.arrivals) == before


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(fuzzed: Served, body: bytes) -> None:
    """Bytes that are no JSON are refused as a bad request."""
    assert post(fuzzed, body)[0] == 422


# -- every address of the whole application --------------------------------------------------------

HOOKED = "/channels/telegram"
CANARY = "zq7<script>alert(1)</script>"
HEADERS = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
)
METHODS = st.sampled_from(("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"))
PLACES = ("web", "chat", "etc", "passwd", "PA-7K3Q-M2X", "..", "%2e%2e", "%00", "\x00", "a" * 3000)
PIECES = st.sampled_from((*PLACES, CANARY))
ANYWHERE = st.lists(PIECES | st.text(max_size=20), max_size=4).map("/".join).map("/{}".format)
SITE = ("host", "origin", "referer", "sec-fetch-site", "cookie", "authorization", "upgrade")
FORMS = ("accept", "accept-encoding", "content-type", "content-length", "transfer-encoding")
PARTS = ("range", "if-range", "if-none-match", "last-event-id", "x-forwarded-for")
NAMES = st.sampled_from((*SITE, *FORMS, *PARTS, "x-telegram-bot-api-secret-token"))
KINDS_OF = ("application/json", "application/octet-stream", "multipart/form-data;boundary=b")
ODD = (
    "bytes=0-",
    "bytes=-1,5-2,99999999-",
    "-1",
    "9" * 20,
    "gzip",
    "lang_nghe=;;;=",
    "text/html",
)
SITES = ("same-origin", "cross-site", "http://127.0.0.1:8080", f"lang_nghe={'f' * 43}")
GIVEN = st.sampled_from((*KINDS_OF, *ODD, *SITES, HOOK, CANARY))
RAW = GIVEN.map(lambda text: text.encode()) | st.binary(max_size=60)
UPDATE = st.fixed_dictionaries(
    {"update_id": st.integers() | JSON},
    optional=dict.fromkeys(("message", "edited_message", "callback_query", "my_chat_member"), JSON),
)
CHAT = st.fixed_dictionaries(
    {"id": st.integers(-(2**70), 2**70) | JSON}, optional={"type": st.just("private") | JSON}
)
MESSAGE = st.fixed_dictionaries(
    {"message_id": st.integers() | JSON, "chat": CHAT | JSON, "date": st.integers() | JSON},
    optional={"text": st.text() | JSON, "from": CHAT | JSON, "photo": JSON, "document": JSON},
)
NEARER = st.fixed_dictionaries(
    {"update_id": st.integers(0, 2**40), "message": MESSAGE}, optional={"callback_query": JSON}
)
SENT = (BODIES | JSON | UPDATE | NEARER).map(lambda body: json.dumps(body).encode()) | st.binary(
    max_size=400
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def everything(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Whole]:
    """The whole application, over each engine."""
    folder = tmp_path_factory.mktemp("whole")
    if request.param == "sqlite":
        with whole(folder, f"sqlite:///{folder / 'bot.db'}") as app:
            yield app
        return
    with fresh_database(request.getfixturevalue("postgres")) as url, whole(folder, url) as app:
        yield app


def is_safe(answer: Answer, path: str) -> None:
    """What holds of every answer: no fault of ours, the headers, nothing said back as a page."""
    assert answer.status < 500 or (answer.status == 503 and path in ("/readyz", HOOKED))
    for name in HEADERS:
        assert name in answer.headers, (path, answer.status, name)
    assert b"Traceback" not in answer.body
    kind = answer.headers.get("content-type", "")
    if "html" in kind or "plain" in kind or answer.status >= 400:
        assert CANARY.encode() not in answer.body


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_request_to_any_address(everything: Whole, data: st.DataObject) -> None:
    """Whatever is asked of whatever address, it is answered, safely, and never as our fault."""
    template = data.draw(st.sampled_from(routes(everything)))
    filled = re.sub(r"\{[^}]+\}", lambda _: data.draw(PIECES | st.text(max_size=30)), template)
    path = data.draw(st.sampled_from((filled, filled, data.draw(ANYWHERE))))
    headers = [(name.encode(), value) for name, value in data.draw(st.lists(st.tuples(NAMES, RAW)))]
    if data.draw(st.booleans()):
        headers += [(b"cookie", b"lang_nghe=" + b"f" * 43), (b"content-type", b"application/json")]
    if data.draw(st.booleans()):
        headers.append((b"x-telegram-bot-api-secret-token", HOOK.encode()))
    body = data.draw(SENT)
    answer = everything.ask(
        data.draw(METHODS), path, query=data.draw(st.binary(max_size=80)), headers=headers,
        body=[body[:7], body[7:]],
    )  # fmt: skip
    is_safe(answer, path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NEARER | UPDATE | JSON)
@example({"update_id": 1, "message": {"message_id": 1, "chat": {"id": 1}, "text": "\ud800"}})
@example({"update_id": 10**400})
def test_any_payload_of_the_webhook(everything: Whole, body: object) -> None:
    """Any update with the right secret is taken or kept for later: Telegram never has to repeat."""
    headers = {"x-telegram-bot-api-secret-token": HOOK, "content-type": "application/json"}
    answer = everything.ask("POST", HOOKED, headers=headers, body=[json.dumps(body).encode()])
    assert answer.status == 200
    is_safe(answer, HOOKED)


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_deep_json(everything: Whole, depth: int) -> None:
    """Brackets in brackets without end are a bad request, not a broken process."""
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    cookie = everything.visitor()
    said = {"cookie": cookie, "content-type": "application/json"}
    assert everything.ask("POST", "/chat/say", headers=said, body=[deep]).status in (413, 422)
    hook = {"x-telegram-bot-api-secret-token": HOOK}
    assert everything.ask("POST", HOOKED, headers=hook, body=[deep]).status in (200, 413)


def test_a_body_without_end_is_not_collected(everything: Whole) -> None:
    """Of a body that goes on and on no more is taken than may be; the memory stays small."""
    cookie, taken = everything.visitor(), [0]

    class Endless(list[bytes]):
        """A gigabyte, sixty-four kilobytes at a time."""

        def pop(self, _index: SupportsIndex = -1) -> bytes:
            taken[0] += 65_536
            return b"x" * 65_536

    for path in ("/chat/say", "/chat/files", HOOKED):
        taken[0] = 0
        headers = {
            "cookie": cookie,
            "content-type": "application/octet-stream",
            "x-telegram-bot-api-secret-token": HOOK,
        }
        answer = everything.ask("POST", path, headers=headers, body=Endless([b"", b""]))
        assert answer.status in (413, 415, 422)
        assert taken[0] <= 22 * 1024 * 1024
        is_safe(answer, path)


def test_the_documented_addresses_are_all(everything: Whole) -> None:
    """No debugging page, no listing of codes, cases or files: these addresses and no others."""
    assert {path for path in routes(everything) if not path.startswith("/web/")} == {
        "/", "/sw.js", "/healthz", "/readyz", "/metrics", "/openapi.json", HOOKED,
        "/chat/say", "/chat/messages", "/chat/stream", "/chat/files",
        "/chat/given/{signature}/{key}", "/thong-bao/{name}", "/thong-bao/{name}/{file}",
        "/rieng-tu",
    }  # fmt: skip
