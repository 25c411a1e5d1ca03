"""Whatever anybody sends in whatever room: a clear sentence, the question again, nothing lost."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from bot.content import load_content
from bot.preview import Screen, screens
from handlers.events import (
    CameBack,
    Chose,
    Edited,
    Event,
    FileRefused,
    Left,
    Media,
    Said,
    SentMedia,
    SentUnreadable,
    SharedContact,
    SharedPlace,
    Started,
    TimedOut,
)
from handlers.session import Place, Session
from tests.conversation.turning import ends_with_the_question, shown, turn

CONTENT = load_content(Path(__file__).parents[2] / "content")
SHORTEST = "khac"
# English, too: around the forms, and the shortest of them.
SCREENS = [
    *screens(CONTENT, "vi"),
    *(
        s
        for s in screens(CONTENT, "en")
        if not s.session.draft or s.session.draft.topic == SHORTEST
    ),
]
ROOMS = sorted({screen.session.room.at for screen in SCREENS})

BLANKS = {
    "empty": "",
    "spaces": " \t\n\u00a0 ",
    "zero-width": "\u200b\u200d\ufeff\u2060",
    "directions": "\u202e\u200f\u2066",
    "controls": "\x00\x01\x1f\x7f",
    "surrogates": "\ud83d\udc4d\ud800",
    "emoji": "👍🏽🎉",
    "punctuation": "… !?",
    "hangul filler": "\u3164",
}
WORDS = {
    "one letter": "a",
    "one digit": "7",
    "endless": "ngập " * 20_000,
    "one endless word": "x" * 100_000,
    "right to left": "\u202eتقرير عن الطريق المكسور\u202c",
    "NUL inside": "đèn\x00đường\x00hỏng",
    "surrogate inside": "đèn \ud800 đường hỏng hai tuần",
    "HTML": "<b>đất</b> <script>alert(1)</script> &amp;",
    "Markdown": "*đất* _bị_ [thu hồi](http://example.vn) `x` ```",
    "braces": "{label} {code} {} {0} %s %(x)s",
    "number": "12345678901234567890",
    "negative": "-1",
    "code": "PA-7K3Q-M2X",
    "other code": "PA-6Q4C-5MJ",
    "mistyped code": "PA-7K3Q-M2C",
    "receipt": "LMTJ-85M2-JKR2",
    "many accents": "a" + "\u0301" * 5000,
    "NFD": "hoa\u0300 vang",
    "only a slash": "/",
    "unknown command": "/khongbiet tôi",
    "command of somebody else's bot": "/start@other_bot moi-xyz",
    "forged invitation": "/start moi-' OR 1=1 --",
    "forged link": "/start noi-LMTJ-85M2-JKR2",
    "forged nonsense": "/start noi-\x00' OR 1=1 --",
    "no more announcements": "/dungtin",
    "no more announcements, in words": "Xin không nhận tin nữa ạ",
    "a commune": "xã Duy Xuyên",
    "SQL": "'; DROP TABLE tickets; --",
    "thanks": "Dạ em cảm ơn",
}
PRESSES = {
    "stale press": Chose(step=0, n=1),
    "negative press": Chose(step=-1, n=-1),
    "press of nothing": Chose(step=2**31 - 1, n=10**9),
}
FILE = Media(key="t:1", kind="photo", name="a.jpg", size=10, fetch="1")
OTHERS: dict[str, Event] = {
    "start": Started(),
    "start with noise": Started(payload="\x00{x}\ud800"),
    "file": SentMedia(media=(FILE,)),
    "no file": SentMedia(media=()),
    "empty file": SentMedia(media=(FILE.model_copy(update={"size": 0}),)),
    "huge file": SentMedia(media=(FILE.model_copy(update={"size": 10**12}),)),
    "hostile name": SentMedia(
        media=(FILE.model_copy(update={"name": "../\x00\ud800" * 999, "mime": "\ud800/{x}"}),)
    ),
    "a hundred files": SentMedia(
        media=tuple(FILE.model_copy(update={"key": f"t:{n}"}) for n in range(100)),
        caption="{x}" * 9999,
    ),
    "picture of an album": SentMedia(media=(FILE,), album="1"),
    "contact": SharedContact(phone="0905123456", own=True),
    "contact of another": SharedContact(phone="0905123456"),
    "no telephone": SharedContact(phone="\x00\ud800" + "9" * 999, own=True),
    "place": SharedPlace(lat=16.06, lon=108.22, title="\ud800{x}" + "y" * 999),
    "unknown edit": Edited(text="khác", ref="no such message"),
    "nameless edit": Edited(text="khác", ref=""),
    "sticker": SentUnreadable(what="sticker"),
    "left": Left(),
    "came back": CameBack(),
    "unknown timer": TimedOut(timer="no such timer"),
    "album's timer": TimedOut(timer="album"),
    "draft's timer": TimedOut(timer="draft"),
    "file refused": FileRefused(key="no such file", name="\ud800", reason="type"),
}
# What may well be typed to choose something, perhaps to drop or send what was entered.
CHOICES = [Said(text=WORDS[name], ref="r") for name in ("one digit", "negative", "code")]
EVENTS: dict[str, Event] = (
    {name: Said(text=text, ref="r") for name, text in (BLANKS | WORDS).items()} | PRESSES | OTHERS
)


@cache
def standing(room: str) -> tuple[tuple[Screen, Session], ...]:
    """Everybody who stands in *room*, with the choices of its prompt before them."""
    return tuple(
        (screen, shown(screen.session, screen.facts))
        for screen in SCREENS
        if screen.session.room.at == room
    )


def belongings(session: Session) -> tuple[set[str], Counter[str]]:
    """Keys of all files and texts of all messages that are not in a case yet."""
    pending, draft = session.pending, session.draft
    files = [media.key for media in pending.media]
    texts = Counter(part.text for part in pending.parts)
    if draft:
        files += [media.key for media in draft.media]
        texts.update(part.text for part in draft.notes)
        texts.update(part.text for answer in draft.answers.values() for part in answer.parts)
    return set(files), texts


def test_somebody_stands_in_every_room() -> None:
    """The preview, and so these tests, know every room there is."""
    rooms = {kind.model_fields["at"].default for kind in get_args(Place)}
    assert set(ROOMS) == rooms | {"alarm", "languages", "pausing"}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
@pytest.mark.parametrize("room", ROOMS)
def test_anything_anywhere(room: str, event: Event) -> None:
    """No turn fails, who is answered sees the current question, and nothing entered is lost."""
    for screen, session in standing(room):
        after = turn(session, event, screen.facts)
        assert after.say is None or ends_with_the_question(after, screen.facts), screen.name
        if event not in CHOICES:
            files, texts = belongings(session)
            left_files, left_texts = belongings(after.session)
            assert files <= left_files, screen.name
            assert (texts - left_texts).total() <= 1, screen.name  # a new answer replaces one


@pytest.mark.parametrize("event", [*BLANKS, *PRESSES])
@pytest.mark.parametrize("room", [room for room in ROOMS if room != "pausing"])  # which just ends
def test_what_says_nothing_changes_nothing(room: str, event: str) -> None:
    """Nothing readable, and presses on no current button, leave all as it was and say why."""
    for screen, session in standing(room):
        after = turn(session, EVENTS[event], screen.facts)
        same = {"step", "seen_at", "pace"}
        assert after.session.model_dump(exclude=same) == session.model_dump(exclude=same)
        assert after.effects == ()
        assert after.say is not None
        key = "choose.stale" if event in PRESSES else "text.blank"
        assert after.say.text.startswith(CONTENT.say(session.lang, key)), screen.name
