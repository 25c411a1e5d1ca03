"""Whatever is sent, the answer is one the document knows, and nothing forged gets through."""

import http.client
import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.web.served import Served, served

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
