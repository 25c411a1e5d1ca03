"""What a person does reaches the mind once, whole, and never as anything else."""

import asyncio
import io
import json
from typing import Any

import pytest

from bot.channels import Arrival
from handlers.events import Chose, Edited, Media, Said, SentMedia, SharedPlace, Started
from handlers.messages import Say
from tests.web.client import Client
from tests.web.served import Served, served

HELLO = {"type": "said", "text": "Xin chào"}


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ({"type": "started"}, Started()),
        ({"type": "started", "payload": "R-7K3Q"}, Started(payload="R-7K3Q")),
        ({"type": "said", "text": "Đất"}, Said(text="Đất", ref="one")),
        ({"type": "said", "text": "<b>&\u0000\u200b*_"}, Said(text="<b>&\0\u200b*_", ref="one")),
        ({"type": "said", "text": ""}, Said(text="", ref="one")),
        ({"type": "chose", "step": 3, "n": 2}, Chose(step=3, n=2)),
        (
            {"type": "shared_place", "lat": 15.9, "lon": 108.2},
            SharedPlace(lat=15.9, lon=108.2, ref="one"),
        ),
        ({"type": "edited", "text": "mới", "ref": "z"}, Edited(text="mới", ref="z")),
    ],
)
async def test_each_thing_done_is_heard_as_done(
    chat: Served, visitor: Client, sent: dict[str, Any], heard: object
) -> None:
    """Every kind of event arrives with exactly what was in it."""
    answer = await visitor.say(sent)
    assert answer.status == 200
    assert chat.mind.events == [heard]


async def test_answer_brings_what_the_bot_said(visitor: Client) -> None:
    """One round trip is enough: the bot's new messages come with the answer, without their keys."""
    answer = (await visitor.say({"type": "started"})).json
    assert answer["outcome"] == "done"
    (message,) = answer["messages"]
    assert message["text"].startswith("Kính chào")
    assert message["choices"][0] == {"n": 1, "label": "Gửi ý kiến mới", "tone": "primary"}
    assert (message["lang"], message["step"], message["expects"]) == ("vi", 1, "choice")
    assert "key" not in json.dumps(answer)


async def test_same_thing_twice_is_done_once(chat: Served, visitor: Client) -> None:
    """A message sent again after a lost answer is done once, and brings the lost answer."""
    first = (await visitor.say(HELLO)).json
    again = (await visitor.say(HELLO)).json
    assert (first["outcome"], again["outcome"]) == ("done", "duplicate")
    assert first["messages"] == again["messages"]
    assert len(chat.mind.arrivals) == 1


async def test_only_newer_messages_come(visitor: Client) -> None:
    """A page that has the first message gets only the second."""
    await visitor.say({"type": "started"}, key="a")
    answer = (await visitor.say(HELLO, key="b", after=1)).json
    assert [message["id"] for message in answer["messages"]] == [2]
    assert [m["id"] for m in (await visitor.get("/chat/messages?after=1")).json["messages"]] == [2]


async def test_many_messages_come_in_pages(chat: Served, visitor: Client) -> None:
    """A long conversation comes page by page, in order, with a sign that there is more."""
    await visitor.say(HELLO)
    for n in range(149):
        await chat.mind.say(chat.address(), Say(text=str(n)))
    first = (await visitor.get("/chat/messages")).json
    rest = (await visitor.get(f"/chat/messages?after={first['messages'][-1]['id']}")).json
    assert (first["more"], rest["more"]) == (True, False)
    ids = [message["id"] for message in first["messages"] + rest["messages"]]
    assert ids == list(range(1, 151))


async def test_arrival_says_whose_it_is(chat: Served, visitor: Client) -> None:
    """An arrival has the visitor's address, an id of that visitor, and its raw text for replay."""
    await visitor.say(HELLO, key="k-1")
    (arrival,) = chat.mind.arrivals
    assert arrival.id == f"web:{arrival.address[:32]}:k-1"
    assert json.loads(arrival.raw)["event"] == HELLO
    assert isinstance(arrival, Arrival)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "said"},
        {"type": "said", "text": 5},
        {"type": "said", "text": None},
        {"type": "said", "text": "a", "more": 1},
        {"type": "shared_contact", "phone": "0905", "own": True},
        {"type": "left"},
        {"type": "timed_out", "timer": "x"},
        {"type": "file_refused", "key": "a", "reason": "gone"},
        {"type": "chose", "step": 1},
        {"type": "chose", "step": -1, "n": 1},
        {"type": "chose", "step": 1, "n": 0},
        {"type": "chose", "step": "1", "n": "1"},
        {"type": "chose", "step": 1, "n": 10**30},
        {"type": "chose", "step": 1.5, "n": 1},
        {"type": "started", "payload": "x" * 257},
        {"type": "sent_media", "files": []},
        {"type": "sent_media", "files": ["../../etc/passwd"]},
        {"type": "sent_media", "files": ["web:" + "0" * 32 + ":" + "0" * 32] * 21},
        {"type": "shared_place", "lat": 91, "lon": 0},
        {"type": "shared_place", "lat": "NaN", "lon": 0},
        {"type": "edited", "text": "a", "ref": "a b"},
        {"type": "edited", "text": "a", "ref": "x" * 65},
    ],
)
async def test_forged_event_is_refused(
    chat: Served, visitor: Client, event: dict[str, Any]
) -> None:
    """What is not exactly one of the things a page can do reaches nobody."""
    answer = await visitor.say(event)
    assert (answer.status, answer.code) == (422, "bad_request")
    assert chat.mind.arrivals == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        '{"id": "a"}',
        '{"id": "a b", "event": {"type": "started"}}',
        '{"id": "", "event": {"type": "started"}}',
        '{"id": "a\\r\\nX: y", "event": {"type": "started"}}',
        '{"id": "a", "after": -1, "event": {"type": "started"}}',
        '{"id": "a", "after": 1e400, "event": {"type": "started"}}',
        '{"id": "a", "event": {"type": "shared_place", "lat": NaN, "lon": Infinity}}',
        '{"id": "a", "event": ' + "[" * 50_000,
        b'{"id": "a", "event": {"type": "said", "text": "\xff\xfe"}}',
    ],
)
async def test_broken_body_is_refused(chat: Served, visitor: Client, body: str | bytes) -> None:
    """Text that is no JSON of ours is refused without an echo of it."""
    headers = {"Content-Type": "application/json"}
    answer = await visitor.post("/chat/say", data=body, headers=headers)
    assert (answer.status, answer.code) == (422, "bad_request")
    assert chat.mind.arrivals == []


async def test_half_an_emoji_is_marked(chat: Served, visitor: Client) -> None:
    """Half a character, which an old keyboard can leave behind, does not lose the text around."""
    body = '{"id": "a", "event": {"type": "said", "text": "nh\\u00e0 \\ud83c!"}}'
    headers = {"Content-Type": "application/json"}
    assert (await visitor.post("/chat/say", data=body, headers=headers)).status == 200
    assert chat.mind.events == [Said(text="nhà \ufffd!", ref="a")]


async def test_long_text_passes_a_longer_one_gets_a_sentence(chat: Served, visitor: Client) -> None:
    """100,000 letters arrive however they are written; one more is refused with a sentence."""
    longest = "🏠" * 100_000
    assert (await visitor.say({"type": "said", "text": longest})).status == 200
    assert chat.mind.events == [Said(text=longest, ref="one")]
    answer = await visitor.say({"type": "said", "text": "a" * 100_001}, key="two")
    assert (answer.status, answer.code) == (413, "text_too_long")
    caption = {"type": "edited", "text": "a" * 100_001, "ref": "one"}
    assert (await visitor.say(caption, key="three")).code == "text_too_long"


async def test_huge_body_is_not_read(chat: Served, visitor: Client) -> None:
    """A body over the limit is refused, whether it says its length or not."""
    headers = {"Content-Type": "application/json"}

    async def endless() -> Any:  # noqa: ANN401 - a stream of bytes
        for _ in range(40):
            yield b" " * 50_000

    body = io.BytesIO(b" " * 1_400_001)
    assert (await visitor.post("/chat/say", data=body, headers=headers)).code == "too_large"
    streamed = await visitor.post("/chat/say", data=endless(), headers=headers)
    assert (streamed.status, streamed.code) == (413, "too_large")
    assert chat.mind.arrivals == []


async def test_album_is_one_event(chat: Served, visitor: Client) -> None:
    """Two uploaded photos sent together arrive as one event, described by the server."""
    keys = [(await visitor.upload(body, name)).json["key"] for body, name in PHOTOS]
    answer = await visitor.say({"type": "sent_media", "files": keys * 2, "caption": "Giấy tờ"})
    assert answer.status == 200
    (event,) = chat.mind.events
    assert event == SentMedia(
        media=(
            Media(key=keys[0], kind="photo", name="a.jpg", mime="image/jpeg", size=5),
            Media(key=keys[1], kind="photo", name="b.png", mime="image/png", size=4),
        ),
        caption="Giấy tờ",
        ref="one",
    )


PHOTOS = ((b"\xff\xd8abc", "a.jpg"), (b"\x89Pxy", "b.png"))


async def test_file_of_another_is_unknown(chat: Served, visitor: Client) -> None:
    """A key that somebody else's upload has, or nobody's, opens nothing."""
    async with Client(chat.url) as other:
        await other.get("/")
        theirs = (await other.upload(*PHOTOS[0])).json["key"]
    for key in (theirs, "web:" + "0" * 32 + ":" + "0" * 32):
        answer = await visitor.say({"type": "sent_media", "files": [key]})
        assert (answer.status, answer.code) == (409, "file_unknown")
    assert chat.mind.arrivals == []


async def test_failure_inside_tells_nobody_anything(
    chat: Served, visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """When the bot breaks, the page is asked to come back; the log names a place, not the words."""
    chat.mind.error = ValueError("Nguyễn Văn A, 0905123456")
    answer = await visitor.say(HELLO)
    assert (answer.status, answer.code) == (500, "broken")
    assert "Nguyễn" not in answer.text + caplog.text
    assert "ValueError" in caplog.text
    chat.mind.error = None
    assert (await visitor.say(HELLO)).json["outcome"] == "done"


async def test_one_visitor_does_not_take_every_place(chat: Served, visitor: Client) -> None:
    """More than four things at once of one visitor wait their turn; another visitor is served."""
    chat.mind.delay = 0.5
    sending = [visitor.say(HELLO, key=f"k{n}") for n in range(8)]
    async with Client(chat.url) as other:
        await other.get("/")
        answers = await asyncio.gather(*sending, other.say(HELLO))
    statuses = [answer.status for answer in answers]
    assert statuses[-1] == 200
    assert statuses.count(429) == 4
    refused = next(answer for answer in answers if answer.status == 429)
    assert refused.headers["Retry-After"]


async def test_while_it_stops_people_are_asked_to_wait() -> None:
    """While the channel is not running nothing is taken, so nothing can be lost."""
    with served() as chat:
        chat.loop.call_soon_threadsafe(chat.channel.close)
        async with Client(chat.url) as visitor:
            await visitor.get("/")
            answer = await visitor.say(HELLO)
            assert (answer.status, answer.code) == (503, "not_ready")
            assert (await visitor.upload(b"OK")).code == "not_ready"
            assert (await visitor.get("/chat/stream")).code == "not_ready"
