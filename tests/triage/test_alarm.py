"""Danger to life, wherever somebody stands: the numbers first, one case, everything else kept."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.content import load_content
from bot.preview import PHOTO, Screen, screens
from handlers.danger import AT_THE_DESK
from handlers.desk.dossier import Line
from handlers.desk.people import Duty, Official
from handlers.desk.places import Bulletin, Desk, Doing, Office, Queue
from handlers.effects import AddToTicket, MoveTicket, Notify, OpenTicket, SaveConsent
from handlers.events import Chose, Edited, Event, Said, SentMedia, SharedContact, SharedPlace
from handlers.facts import Facts
from handlers.rooms.desk import watch
from handlers.session import Alarm, Case, Denouncing, Intake, Menu, Session, Welcome
from handlers.view import Turn, View
from tests.conversation.turning import shown, turn

CONTENT = load_content(Path(__file__).parents[2] / "content")
SCREENS = tuple(screens(CONTENT, "vi"))
HELP = "Cứu với, nước lũ dâng tới mái nhà ở xã Trà My"
APART = AT_THE_DESK | Denouncing
ANYWHERE = tuple(
    s
    for s in SCREENS
    if not isinstance(s.session.room, APART)
    if not (isinstance(s.session.room, Alarm) and s.session.room.code)
)
WORK = Queue | Desk | Doing | Office | Intake | Bulletin
DESK = tuple(s for s in SCREENS if isinstance(s.session.room, WORK))
NEW = "PA-6Q4C-5MJ"


def facts(screen: Screen) -> Facts:
    """What is known there, with an unused code and no alarm raised before."""
    return replace(screen.facts, code=NEW, receipt="LMTJ-85M2-JKR2")


def text_of(after: Turn) -> str:
    """What was said."""
    assert after.say is not None
    return after.say.text


def effects(after: Turn, kind: type) -> list[object]:
    """The effects of one kind."""
    return [effect for effect in after.effects if isinstance(effect, kind)]


@pytest.mark.parametrize("screen", ANYWHERE, ids=[s.name for s in ANYWHERE])
def test_the_numbers_come_first_wherever_somebody_stands(screen: Screen) -> None:
    """Before any form, in one turn: numbers, officers on duty, the case; the draft is untouched."""
    there = facts(screen)
    session = shown(screen.session, there)
    after = turn(session, Said(text=HELP, ref="r"), there)
    assert text_of(after).startswith("Có người đang nguy hiểm thì GỌI NGAY:\n☎ 112")
    (opened,) = effects(after, OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert (opened.kind, opened.priority, opened.lines[0].text) == ("emergency", 2, HELP)
    assert opened.commune  # the one the words name
    assert Notify(code=NEW, to="watch", what="emergency") in after.effects
    assert isinstance(after.session.room, Alarm)
    assert (after.session.draft, after.session.pending) == (session.draft, session.pending)


@pytest.mark.parametrize("screen", DESK, ids=[s.name for s in DESK])
def test_at_the_desk_words_are_of_cases(screen: Screen) -> None:
    """An official who writes of danger in a case, or looks for it, raises no alarm."""
    there = facts(screen)
    after = turn(shown(screen.session, there), Said(text=HELP, ref="r"), there)
    assert not any(
        isinstance(effect, OpenTicket) and effect.kind == "emergency" for effect in after.effects
    )


def test_in_confidence_the_words_stay_where_they_are() -> None:
    """Whoever tells something in confidence sees the numbers, and nobody else is told."""
    for screen in SCREENS:
        if not isinstance(screen.session.room, Denouncing):
            continue
        there = facts(screen)
        after = turn(shown(screen.session, there), Said(text=HELP, ref="r"), there)
        assert text_of(after).startswith("Có người đang nguy hiểm")
        assert not effects(after, OpenTicket)
        assert not effects(after, Notify)


def _raised(session: Session, there: Facts) -> tuple[Session, Facts]:
    """Somebody who raised an alarm, and what is known from then on."""
    after = turn(session, Said(text=HELP), there)
    card = there.cards[0].model_copy(
        update={"code": NEW, "kind": "emergency", "status": "recorded", "opened_at": there.now}
    )
    return after.session, replace(there, cards=(card, *there.cards), code="PA-JHM2-M38")


def alarmed(session: Session | None = None) -> tuple[Session, Facts]:
    """Somebody who raised an alarm at the menu."""
    screen = next(s for s in SCREENS if s.name == "menu")
    there = facts(screen)
    return _raised(shown(session or screen.session, there), there)


@pytest.mark.parametrize(
    ("event", "words", "files"),
    [
        (Said(text="thôn 3, có bà cụ không đi được"), "thôn 3, có bà cụ không đi được", 0),
        (Said(text=HELP), HELP, 0),
        (SentMedia(media=(PHOTO,), caption="nhà đây"), "nhà đây", 1),
        (SentMedia(media=(PHOTO,)), "", 1),
        (SharedContact(phone="0905123456", own=True), "0905 123 456", 0),
        (Edited(text="thôn 4", ref="r"), "thôn 4", 0),
    ],
)
def test_what_is_written_next_goes_there_at_once(event: Event, words: str, files: int) -> None:
    """Where, how many, which telephone: no button has to be pressed."""
    session, there = alarmed()
    after = turn(session, event, there)
    (added,) = effects(after, AddToTicket)
    assert isinstance(added, AddToTicket)
    assert (added.code, added.text, len(added.media)) == (NEW, words, files)
    assert Notify(code=NEW, to="watch", what="emergency_more") in after.effects
    assert not effects(after, OpenTicket)


def test_a_position_goes_there_too() -> None:
    """A shared place is words that can be found on a map."""
    session, there = alarmed()
    after = turn(session, SharedPlace(lat=15.34, lon=108.22), there)
    (added,) = effects(after, AddToTicket)
    assert isinstance(added, AddToTicket)
    assert "15" in added.text


def test_a_flood_of_alarms_is_one_case() -> None:
    """Whoever shouts again within a day, from anywhere, is heard in the same case."""
    session, there = alarmed()
    elsewhere = session.model_copy(update={"room": Menu()})
    for _ in range(5):
        after = turn(elsewhere, Said(text=HELP), there)
        assert not effects(after, OpenTicket)
        assert len(effects(after, AddToTicket)) == 1
        assert text_of(after).startswith("Có người đang nguy hiểm")
    later = replace(there, now=there.now + timedelta(days=2))
    assert effects(turn(elsewhere, Said(text=HELP), later), OpenTicket)


def test_a_false_alarm_is_taken_back_by_one_tap() -> None:
    """The case stays as feedback, and who was called out is told."""
    session, there = alarmed()
    assert session.offered[1].key == "false_alarm"
    after = turn(session, Chose(step=session.step, n=2), there)
    (moved,) = effects(after, MoveTicket)
    assert isinstance(moved, MoveTicket)
    assert (moved.action, moved.kind, moved.priority, moved.by) == ("classify", "feedback", 0, 0)
    assert Notify(code=NEW, to="watch", what="false_alarm") in after.effects
    assert after.session.room == Menu()


def test_no_consent_is_given_by_calling_for_help() -> None:
    """Before anything was agreed to the case is opened, and the notice still waits behind it."""
    screen = next(s for s in SCREENS if s.name == "menu")
    stranger = Session(room=Welcome())
    after = turn(stranger, Said(text=HELP), facts(screen))
    assert effects(after, OpenTicket)
    assert not effects(after, SaveConsent)
    assert after.session.consent == ""
    session, there = _raised(stranger, facts(screen))
    left = turn(session, Chose(step=session.step, n=1), there)
    assert isinstance(left.session.room, Welcome)
    command = turn(session, Said(text="/gui"), there)
    assert isinstance(command.session.room, Welcome)


def left_before_consent() -> tuple[Session, Facts]:
    """Somebody who raised an alarm before agreeing to anything, and left it."""
    screen = next(s for s in SCREENS if s.name == "menu")
    session, there = _raised(Session(room=Welcome()), facts(screen))
    session = turn(session, Said(text="/huy"), there).session
    assert isinstance(session.room, Welcome)
    return session, there


TOLD_LATER: tuple[Event, ...] = (
    Said(text="thon 3 tra my 4 nguoi"),
    SentMedia(media=(PHOTO,)),
    SharedPlace(lat=15.34, lon=108.22),
    SharedContact(phone="0905123456", own=True),
)


@pytest.mark.parametrize("event", TOLD_LATER)
@pytest.mark.parametrize("aside", ["", "/dulieu", "/ngonngu", "[Không đồng ý]"])
def test_what_is_told_after_an_alarm_was_left_needs_no_consent(event: Event, aside: str) -> None:
    """Whoever told of danger, left and then says where is heard at once, not after a consent."""
    session, there = left_before_consent()
    if aside:
        asked = Chose(step=session.step, n=4) if aside[0] == "[" else Said(text=aside)
        session = turn(session, asked, there).session
    after = turn(session, event, there)
    (added,) = effects(after, AddToTicket)
    assert isinstance(added, AddToTicket)
    assert added.code == NEW
    assert Notify(code=NEW, to="watch", what="emergency_more") in after.effects
    assert not after.session.pending.parts
    assert not after.session.pending.media
    assert not effects(after, SaveConsent)
    done = turn(after.session, Chose(step=after.session.step, n=1), there)
    assert done.say is not None
    assert done.session.consent == ""


def test_an_alarm_left_before_consent_is_heard_for_an_hour() -> None:
    """Later, or once it was a false alarm or is closed, words wait for the consent again."""
    session, there = left_before_consent()
    card = there.cards[0]
    for gone in (
        replace(there, now=there.now + timedelta(hours=1)),
        replace(there, cards=(card.model_copy(update={"kind": "feedback"}),)),
        replace(there, cards=(card.model_copy(update={"status": "closed"}),)),
    ):
        after = turn(session, Said(text="thon 3 tra my 4 nguoi"), gone)
        assert not effects(after, AddToTicket)
        assert after.session.pending.parts
        assert isinstance(after.session.room, Welcome)


def test_an_alarm_left_before_consent_is_found_again() -> None:
    """Its code opens its case before consent, the bare command its room; another code does not."""
    session, there = left_before_consent()
    story = there.story
    assert story is not None
    own = story.model_copy(update={"card": there.cards[0]})
    there = replace(there, story=own)
    read = turn(session, Said(text=f"/tracuu {NEW}"), there)
    assert read.session.room == Case(code=NEW)
    more = turn(read.session, Said(text="co 4 nguoi o thon 3"), there)
    assert effects(more, AddToTicket)
    assert isinstance(turn(session, Said(text="/tracuu"), there).session.room, Alarm)
    other = turn(session, Said(text="/tracuu PA-JHM2-M38"), there)
    assert isinstance(other.session.room, Welcome)


def test_doubtful_words_are_asked_about_once() -> None:
    """The numbers are shown and it is asked; "no" goes on where one was, and is not asked again."""
    screen = next(s for s in SCREENS if s.name == "menu")
    there = facts(screen)
    session = shown(screen.session, there)
    doubtful = Said(text="Hôm qua chỗ này có tai nạn, đề nghị gắn gương")
    asked = turn(session, doubtful, there)
    assert text_of(asked).endswith("Có người đang gặp nguy hiểm lúc này không?")
    assert not effects(asked, OpenTicket)
    assert asked.session.pending.parts
    calm = turn(asked.session, Said(text="không"), there)
    assert not isinstance(calm.session.room, Alarm)
    assert calm.session.pending == asked.session.pending
    assert not isinstance(turn(calm.session, doubtful, there).session.room, Alarm)


@pytest.mark.parametrize("yes", [Said(text="có"), Chose(step=0, n=1)])
def test_doubtful_words_become_an_alarm_by_one_yes(yes: Event) -> None:
    """What was asked about is the first thing the officers on duty read."""
    screen = next(s for s in SCREENS if s.name == "menu")
    there = facts(screen)
    doubtful = Said(text="Hôm qua chỗ này có tai nạn, đề nghị gắn gương")
    asked = turn(shown(screen.session, there), doubtful, there).session
    said = yes if isinstance(yes, Said) else Chose(step=asked.step, n=1)
    (opened,) = effects(turn(asked, said, there), OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert opened.lines[0].text == doubtful.text


def test_a_name_is_no_doubt() -> None:
    """Where a name or a place is asked for, only what is sure counts."""
    asked = next(s for s in SCREENS if s.name.endswith(": who") or s.name.endswith(": name"))
    there = facts(asked)
    after = turn(shown(asked.session, there), Said(text="Nguyễn Văn Cứu"), there)
    assert not isinstance(after.session.room, Alarm)


def test_a_case_that_is_over_takes_nothing_more() -> None:
    """What is written after it goes where the person was; nothing is lost in a closed case."""
    session, there = alarmed()
    closed = there.cards[0].model_copy(update={"status": "closed"})
    over = replace(there, cards=(closed, *there.cards[1:]))
    after = turn(session, Said(text="Đường trước nhà nhiều ổ gà"), over)
    assert not effects(after, AddToTicket)
    assert after.session.pending.parts
    again = turn(session, Said(text=HELP), over)
    assert effects(again, OpenTicket)


def test_what_was_written_in_short_messages_is_told_together() -> None:
    """Several at once wake one turn: it tells where and how many, and that there is a picture."""
    known = next(s for s in SCREENS if s.name == "desk").facts
    found = known.dossier
    assert found is not None
    added = ("thôn 3 xã Trà My", "ba người", "")
    story = tuple(
        Line(seq=n, at=known.now, kind="added", words=words) for n, words in enumerate(added, 1)
    )
    card = found.card.model_copy(update={"kind": "emergency"})
    told = found.model_copy(update={"story": story, "card": card})
    official = Official(id=7, name="Trực ban", duties=(Duty(role="watch"),))
    view = View(Session(staff=True), replace(known, dossier=told, official=official))
    notice = watch.woken("emergency_more", card.code, view).notice
    assert "thôn 3 xã Trà My / ba người / (ảnh, tệp: mở ý kiến để xem)" in notice
