import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Arrival, Garbled
from bot.channels.telegram_wire import Moved, Raw, Tapped, understand
from handlers.events import (
    CameBack,
    Chose,
    Edited,
    Event,
    Left,
    Media,
    Said,
    SentMedia,
    SentUnreadable,
    SharedContact,
    SharedPlace,
    Started,
)
from tests.telegram.payloads import (
    CHAT,
    EDITED,
    GROUP,
    LAN,
    NOW,
    SENT,
    Json,
    edited,
    file,
    member,
    photo,
    said,
    tapped,
)

SIZES = [photo("s", 90, 1_000), photo("l", 1280, 90_000), photo("m", 320, 9_000)]
PHOTO = Media(key="telegram:l-unique", kind="photo", mime="image/jpeg", size=90_000, fetch="l-file")
FILE = Media(key="telegram:f-unique", kind="document", size=1000, fetch="f-file")
PLACE = {"latitude": 22.39, "longitude": 103.46}
BIG = 30 << 20


def as_file(**changes: object) -> Media:
    """The file of `payloads.file`, told of otherwise."""
    return FILE.model_copy(update=changes)


def media(told: Media, caption: str = "", album: str = "") -> SentMedia:
    """One file sent in message 5."""
    return SentMedia(media=(told,), caption=caption, album=album, ref="5")


SAID: list[tuple[str, Json, Event]] = [
    ("text", {"text": "Chào"}, Said(text="Chào", ref="5")),
    ("text kept raw", {"text": " <b>&\x00*_ "}, Said(text=" <b>&\x00*_ ", ref="5")),
    ("a command", {"text": "/tracuu"}, Said(text="/tracuu", ref="5")),
    ("a command with the bot's name", {"text": "/gui@a_bot x"}, Said(text="/gui x", ref="5")),
    ("an address, no command", {"text": "thư /x@y"}, Said(text="thư /x@y", ref="5")),
    ("start", {"text": "/start"}, Started()),
    ("start by a link", {"text": "/start dat-dai_7"}, Started(payload="dat-dai_7")),
    ("start with the bot's name", {"text": "/start@a_bot x"}, Started(payload="x")),
    ("not start", {"text": "/started"}, Said(text="/started", ref="5")),
    ("text with an effect", {"text": "Chào", "effect_id": "1"}, Said(text="Chào", ref="5")),
    ("photo: the largest", {"photo": SIZES}, media(PHOTO)),
    ("photo with words", {"photo": SIZES, "caption": "Nhà"}, media(PHOTO, caption="Nhà")),
    ("photo of an album", {"photo": SIZES, "media_group_id": "9"}, media(PHOTO, album="9")),
    (
        "live photo: its still",
        {"live_photo": file(width=9, height=9, duration=2, photo=SIZES)},
        media(PHOTO),
    ),
    (
        "document",
        {"document": file(file_name="đơn.pdf", mime_type="application/pdf")},
        media(as_file(name="đơn.pdf", mime="application/pdf")),
    ),
    (
        "document without name and type",
        {"document": file()},
        media(as_file(mime="application/octet-stream")),
    ),
    (
        "a file too large to fetch is still told of",
        {"document": file(file_size=BIG)},
        media(as_file(mime="application/octet-stream", size=BIG)),
    ),
    (
        "video",
        {"video": file(width=1, height=1, duration=3, file_name="v.mov", mime_type="video/qt")},
        media(as_file(kind="video", name="v.mov", mime="video/qt")),
    ),
    (
        "video note",
        {"video_note": file(length=1, duration=3)},
        media(as_file(kind="video", mime="video/mp4")),
    ),
    (
        "animation, which comes as a document too",
        {"animation": file(width=1, height=1, duration=3), "document": file()},
        media(as_file(kind="video", mime="video/mp4")),
    ),
    ("voice", {"voice": file(duration=3)}, media(as_file(kind="voice", mime="audio/ogg"))),
    ("audio", {"audio": file(duration=3)}, media(as_file(kind="audio", mime="audio/mpeg"))),
    (
        "own contact",
        {"contact": {"phone_number": "84912345678", "first_name": "Lan", "user_id": 70001}},
        SharedContact(phone="84912345678", name="Lan", own=True, ref="5"),
    ),
    (
        "someone else's contact",
        {"contact": {"phone_number": "+84", "first_name": "A", "last_name": "B", "user_id": 2}},
        SharedContact(phone="+84", name="A B", own=False, ref="5"),
    ),
    (
        "contact of nobody on Telegram",
        {"contact": {"phone_number": "1", "first_name": "A"}},
        SharedContact(phone="1", name="A", own=False, ref="5"),
    ),
    ("place", {"location": PLACE}, SharedPlace(lat=22.39, lon=103.46, ref="5")),
    (
        "venue",
        {"venue": {"location": PLACE, "title": "UBND", "address": "-"}, "location": PLACE},
        SharedPlace(lat=22.39, lon=103.46, title="UBND", ref="5"),
    ),
    (
        "sticker",
        {"sticker": file(type="regular", width=1, height=1, is_animated=False, is_video=False)},
        SentUnreadable(what="sticker"),
    ),
    ("dice", {"dice": {"emoji": "🎲", "value": 3}}, SentUnreadable(what="dice")),
    (
        "poll",
        {
            "poll": {
                "id": "1",
                "question": "?",
                "options": [],
                "total_voter_count": 0,
                "is_closed": False,
                "is_anonymous": True,
                "type": "regular",
                "allows_multiple_answers": False,
                "allows_revoting": False,
                "members_only": False,
            }
        },
        SentUnreadable(what="poll"),
    ),
    ("story", {"story": {"id": 1, "chat": CHAT}}, SentUnreadable(what="story")),
    ("what nobody knows yet", {"hologram": {"id": 1}}, SentUnreadable()),
]


@pytest.mark.parametrize(
    ("content", "event"), [pair[1:] for pair in SAID], ids=[p[0] for p in SAID]
)
def test_a_message_becomes_its_event(content: Json, event: Event) -> None:
    """What a person sent in a private chat becomes the neutral event of the same meaning."""
    arrival = understand(said(**content), NOW)
    assert isinstance(arrival, Arrival)
    assert arrival.event == event


def test_an_arrival_knows_where_when_and_what() -> None:
    """An arrival carries its update's number, the chat, the time of sending and the raw update."""
    arrival = understand(said(text="Chào"), NOW)
    assert isinstance(arrival, Arrival)
    assert (arrival.id, arrival.channel, arrival.address) == ("telegram:11", "telegram", "70001")
    assert arrival.at == datetime.fromtimestamp(SENT, UTC)
    assert understand(json.loads(arrival.raw), NOW) == arrival


def test_a_clock_ahead_of_ours_is_not_believed() -> None:
    """An update from the future, by a platform's clock, arrives now."""
    early = datetime.fromtimestamp(SENT - 9, UTC)
    arrival = understand(said(text="Chào"), early)
    assert isinstance(arrival, Arrival)
    assert arrival.at == early


@pytest.mark.parametrize(
    ("update", "event"),
    [
        (edited(text="Chào lại"), Edited(text="Chào lại", ref="5")),
        (edited(photo=SIZES, caption="Nhà tôi"), Edited(text="Nhà tôi", ref="5")),
        (member("kicked"), Left()),
        (member("member"), CameBack()),
    ],
)
def test_other_updates_become_their_events(update: Json, event: Event) -> None:
    """An edit, a block and its end are events of the chat they happen in."""
    arrival = understand(update, NOW)
    assert isinstance(arrival, Arrival)
    assert (arrival.address, arrival.event) == ("70001", event)


def test_an_edit_happens_when_it_is_made() -> None:
    """The time of an edit is that of the edit, not that of the first wording."""
    arrival = understand(edited(text="Chào lại"), NOW)
    assert isinstance(arrival, Arrival)
    assert arrival.at == datetime.fromtimestamp(EDITED, UTC)


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ("c:7:2", Chose(step=7, n=2)),
        ("c:0:1", Chose(step=0, n=1)),
        ("c:-7:2", Chose(step=-1, n=0)),
        ("c:7:2 ", Chose(step=-1, n=0)),
        ("c:٧:2", Chose(step=-1, n=0)),
        ("c:99999999999999999999:2", Chose(step=-1, n=0)),
        ("DROP TABLE", Chose(step=-1, n=0)),
        (None, Chose(step=-1, n=0)),
    ],
)
def test_a_tap_becomes_a_choice(data: str | None, event: Chose) -> None:
    """A tap is the choice its payload names; a payload that is not ours names no choice."""
    tap = understand(tapped(data), NOW)
    assert isinstance(tap, Tapped)
    assert (tap.query, tap.message) == ("901", 4)
    assert (tap.arrival.address, tap.arrival.event, tap.arrival.at) == ("70001", event, NOW)


def test_a_tap_on_a_forgotten_message_counts() -> None:
    """A tap on a message so old that Telegram no longer has it is a tap all the same."""
    tap = understand(tapped("c:7:2", date=0, text=None), NOW)
    assert isinstance(tap, Tapped)
    assert tap.arrival.event == Chose(step=7, n=2)


@pytest.mark.parametrize(
    "update",
    [
        said(text="Chào", chat=GROUP),
        edited(text="Chào", chat=GROUP),
        tapped("c:1:1", chat=GROUP),
        edited(location={**PLACE, "live_period": 60}),
        said(pinned_message={"message_id": 4, "chat": CHAT, "date": SENT, "text": "x"}),
        said(message_auto_delete_timer_changed={"message_auto_delete_time": 86400}),
        said(write_access_allowed={}),
        {"update_id": 15, "channel_post": {"message_id": 1, "chat": GROUP, "date": SENT}},
        {"update_id": 16, "inline_query": {"id": "1", "from": LAN, "query": "", "offset": ""}},
        {"update_id": 17, "something_new": {"id": 1}},
        {"update_id": 18},
    ],
)
def test_what_is_nobodys_turn_is_passed_over(update: Json) -> None:
    """A group's talk, service messages, moving live locations, unknown updates ask for nothing."""
    assert understand(update, NOW) is None


def test_a_group_that_became_a_supergroup_is_told_of() -> None:
    """The service message of a migration names the old and the new address."""
    update = said(chat=GROUP, migrate_to_chat_id=-100500)
    assert understand(update, NOW) == Moved("-500", "-100500")


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 21, "message": 5},
        {"update_id": 21, "message": {"message_id": 1}},
        {"update_id": 21, **said(photo="x", update_id=21)},
        said(date=10**15, text="Chào"),
        said(text={"a": 1}),
        said(contact={"phone_number": None}),
        {"update_id": 21, "callback_query": {"id": "1"}},
    ],
)
def test_what_cannot_be_read_is_kept_as_it_came(update: Raw) -> None:
    """An update of an impossible form raises nothing and is kept whole under its number."""
    kept = understand(update, NOW)
    assert isinstance(kept, Garbled)
    assert kept.id == f"telegram:{update['update_id']}"
    assert json.loads(kept.raw) == update
    assert "Chào" not in kept.error


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["message", "chat", "id", "type", "date", "text", "photo", "from"]),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_no_update_breaks_the_reader(content: object) -> None:
    """Whatever JSON stands where an update should be, reading it raises nothing."""
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        understand({"update_id": 1, kind: content}, NOW)
