"""Following a case to its end: the news, the clock, a second look; and writing for others."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import load_content
from bot.preview import CODE, NOW, PHOTO, screens
from handlers.content import Topic
from handlers.desk.dossier import Reply
from handlers.desk.people import Duty, Official
from handlers.drafts import form_of
from handlers.effects import AddToTicket, MarkTold, MoveTicket, OpenTicket
from handlers.events import Chose, Said, TimedOut
from handlers.facts import Facts
from handlers.following import put_off
from handlers.messages import Say
from handlers.session import Adding, Case, Filling, Intake, Menu, Rating, Resuming, Session
from handlers.tickets import Happening, Status
from handlers.unsent import Draft, Part, Pending
from handlers.view import Turn, View
from tests.conversation.turning import shown, turn

CONTENT = load_content(Path(__file__).parents[2] / "content")
SCREENS = {screen.name: screen for screen in screens(CONTENT, "vi")}
BASE = Session(consent=CONTENT.controller.privacy_version)
NEWS = TimedOut(timer=f"case:{CODE}")
REPLY = Reply(finding="Đèn đã sáng lại.", basis="Điều 5", files=(PHOTO.key,)).model_dump_json()
CLERK = Official(id=7, name="Bùi Văn Tư", duties=(Duty(role="clerk", unit="xa-tay-ho"),))


def case(status: Status, *happened: Happening, told: int = 0) -> Facts:
    """What is known of a case after this *happened*."""
    facts = SCREENS["case"].facts
    assert facts.story is not None
    done = NOW.date() if status in {"answered", "refused", "closed"} else None
    card = facts.story.card.model_copy(update={"status": status, "done_on": done})
    changed = {"card": card, "happenings": happened, "told": told}
    return replace(facts, story=facts.story.model_copy(update=changed))


def happened(seq: int, kind: str, text: str = "", **more: object) -> Happening:
    """One entry of the history."""
    return Happening.model_validate({"at": NOW, "kind": kind, "text": text, "seq": seq, **more})


def said(after: Turn) -> Say:
    """What was said; something was."""
    assert after.say is not None
    return after.say


ASKED = happened(3, "asked", "Trụ số mấy?", data={"until": "2026-12-07"})


# -- the news --------------------------------------------------------------------------------------


def test_several_news_are_one_message() -> None:
    """What happened while nobody could be told is told at once, the answer with its proof."""
    facts = case("answered", happened(2, "taken"), happened(4, "answered", REPLY), told=1)
    after = turn(BASE.model_copy(update={"room": Menu()}), NEWS, facts)
    assert "đã nhận xem xét" in said(after).text
    assert "Đèn đã sáng lại." in said(after).text
    assert said(after).files == (PHOTO,)
    assert after.session.room == Rating(code=CODE)
    assert after.effects == (MarkTold(code=CODE, seq=4, since=1),)


def test_nothing_new_is_silent() -> None:
    """What was told already, and what one did oneself, is told no more."""
    mine = happened(5, "reopened", "chưa đúng", mine=True)
    facts = case("forwarded", happened(4, "answered", REPLY), mine, told=4)
    after = turn(BASE.model_copy(update={"room": Menu()}), NEWS, facts)
    assert after.say is None
    assert after.effects == ()


def test_a_stranger_is_told_nothing() -> None:
    """Whoever holds the case no more hears no more of it."""
    after = turn(BASE, NEWS, replace(case("asking", ASKED), story=None))
    assert after.say is None


@pytest.mark.parametrize("name", ["khac: what", "adding: pending", "welcome", "sorting: pending"])
def test_who_is_busy_stays_there(name: str) -> None:
    """In the middle of something the news is told, with the way to it, and the question again."""
    session = SCREENS[name].session
    after = turn(session, NEWS, case("asking", ASKED))
    assert after.session.room.at == session.room.at
    assert after.session.pending == session.pending
    assert f"/tracuu {CODE}" in said(after).text
    assert said(after).text.endswith(SCREENS[name].prompt.text)


def test_words_after_a_question_answer_it() -> None:
    """Who was doing nothing answers by just writing; the due date is put off by the wait."""
    now = NOW + timedelta(days=7)
    facts = replace(case("asking", ASKED), now=now)
    asked = turn(BASE.model_copy(update={"room": Menu()}), NEWS, facts)
    assert asked.session.room == Adding(code=CODE)
    told = turn(asked.session, Said(text="Trụ số 14"), facts)
    sent = turn(told.session, Said(text="xong"), facts)
    added = next(effect for effect in sent.effects if isinstance(effect, AddToTicket))
    assert added.text == "Trụ số 14"
    assert added.due_on == date(2026, 12, 11)  # four working days: 24 November is a holiday


@given(st.integers(0, 60))
def test_the_clock_stands_still(days: int) -> None:
    """As many working days as the case waited are left of it afterwards."""
    facts = replace(case("asking", ASKED), now=NOW + timedelta(days=days))
    assert facts.story is not None
    due = facts.story.card.due_on
    waited = CONTENT.calendar.working_days_between(NOW.date(), facts.now.date())
    put = put_off(facts.story, View(BASE, facts))
    assert CONTENT.calendar.working_days_between(due, put) == waited


@pytest.mark.parametrize(("days", "moves"), [(14, 0), (15, 1)])
def test_a_question_expires_after_its_last_day(days: int, moves: int) -> None:
    """Until the end of the day that was named nothing happens."""
    facts = replace(case("asking", ASKED), now=NOW + timedelta(days=days))
    after = turn(BASE, TimedOut(timer=f"expire:{CODE}"), facts)
    assert after.say is None
    expired = [e for e in after.effects if isinstance(e, MoveTicket) and e.action == "expire"]
    assert len(expired) == moves


def test_an_answered_question_does_not_expire() -> None:
    """The clock of a question that was answered in time does nothing."""
    facts = replace(case("working", ASKED), now=NOW + timedelta(days=99))
    assert turn(BASE, TimedOut(timer=f"expire:{CODE}"), facts).effects == ()


# -- a second look ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "kind"), [("answered", "answered"), ("refused", "refused")])
@pytest.mark.parametrize(("days", "offered"), [(30, True), (31, False)])
def test_second_look_within_the_window(
    status: Status,
    kind: str,
    days: int,
    offered: bool,  # noqa: FBT001 - drawn
) -> None:
    """After an answer and after a refusal, until the last day and not later."""
    text = REPLY if kind == "answered" else "Không thuộc nơi đây\nSở A · số 1"
    facts = replace(case(status, happened(3, kind, text)), now=NOW + timedelta(days=days))
    prompt = shown(BASE.model_copy(update={"room": Case(code=CODE)}), facts)
    assert ("reopen" in [choice.key for choice in prompt.offered]) is offered


def test_second_look_needs_a_reason() -> None:
    """A photo alone says nothing: it is kept, and words are asked for."""
    session = SCREENS["reopening"].session.model_copy(update={"pending": Pending(media=(PHOTO,))})
    there = shown(session, SCREENS["reopening"].facts)
    assert [choice.key for choice in there.offered] == ["cancel"]


def test_a_withdrawn_case_stays_so() -> None:
    """Nothing but looking is offered of a case its sender took back."""
    facts = case("withdrawn", happened(3, "withdrawn", mine=True))
    there = shown(BASE.model_copy(update={"room": Case(code=CODE)}), facts)
    keys = {choice.key for choice in there.offered}
    assert keys.isdisjoint({"add", "reopen", "rate", "withdraw"})


# -- for somebody else -----------------------------------------------------------------------------


@pytest.mark.parametrize("topic", CONTENT.in_order, ids=lambda topic: topic.id)
def test_a_name_and_a_telephone_are_asked(topic: Topic) -> None:
    """Whoever is written for is called back, whatever the form of the topic asks."""
    draft = Draft(topic=topic.id, opened_at=NOW, behalf="signed")
    personal = sorted(field.personal for field in form_of(draft, CONTENT).ask if field.personal)
    assert personal == ["name", "phone"]


def test_intake_is_for_those_who_may() -> None:
    """Anybody else is told so."""
    after = turn(BASE, Said(text="/nhapho"), SCREENS["case"].facts)
    assert CONTENT.say("vi", "desk.not_staff") in said(after).text
    assert after.session.room != Intake()


def test_without_agreement_nothing_is_written() -> None:
    """Who does not agree is not asked any further."""
    facts = replace(SCREENS["case"].facts, official=CLERK)
    there = shown(BASE.model_copy(update={"room": Intake()}), facts)
    refused = next(n for n, choice in enumerate(there.offered, 1) if choice.key == "refused")
    after = turn(there, Chose(step=there.step, n=refused), facts)
    assert after.session.draft is None
    assert after.session.room == Menu()


def test_ones_own_draft_comes_first() -> None:
    """A half-filled form of the official's own never becomes somebody else's case."""
    session = SCREENS["khac: what, answered"].session
    after = turn(session, Said(text="/nhapho"), replace(SCREENS["case"].facts, official=CLERK))
    assert after.session.room == Resuming()
    assert after.session.draft == session.draft


def test_ones_own_message_comes_first() -> None:
    """What the official sent without saying what for stays theirs."""
    pending = Pending(parts=(Part(text="Đèn hỏng"),))
    session = BASE.model_copy(update={"room": Menu(), "pending": pending})
    after = turn(session, Said(text="/nhapho"), replace(SCREENS["case"].facts, official=CLERK))
    assert after.session.room == Menu()
    assert after.session.pending == pending


@pytest.mark.parametrize("official", [CLERK, None], ids=["clerk", "nobody"])
def test_it_is_sent_by_who_still_may(official: Official | None) -> None:
    """Who lost the role meanwhile can't send it; what was written is kept."""
    screen = SCREENS["khac: reviewing for somebody else"]
    facts = replace(screen.facts, code=CODE, receipt="LMTJ-85M2-JKR2", official=official)
    session = screen.session.model_copy(update={"consent": "", "staff": True})
    draft = session.draft
    assert draft is not None
    whole = {**draft.answers, "their_name": draft.answers["what"]}
    session = session.model_copy(update={"draft": draft.model_copy(update={"answers": whole})})
    after = turn(shown(session, facts), Said(text="gửi"), facts)
    opened = [effect for effect in after.effects if isinstance(effect, OpenTicket)]
    if official is None:
        assert not opened
        assert after.session.draft is not None
    else:
        assert [(case.by, case.consent) for case in opened] == [(7, "signed")]
        assert "LMTJ-85M2-JKR2" in said(after).text
        assert after.session.draft is None


def test_an_official_without_consent_of_their_own_may_write_for_others() -> None:
    """The agreement is the person's, not the official's."""
    draft = Draft(topic="khac", opened_at=NOW, behalf="in_person")
    session = Session(room=Filling(), draft=draft, staff=True)
    after = turn(session, Said(text="Cầu treo hỏng ván, nguy hiểm"), SCREENS["case"].facts)
    assert after.session.room == Filling()
    assert after.session.draft is not None
    assert after.session.draft.answers["what"].text == "Cầu treo hỏng ván, nguy hiểm"
