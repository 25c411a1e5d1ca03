"""A question beside another: what is told behind it is as confidential, or as urgent, as there."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.confidences import kept_apart
from bot.content import load_content
from bot.preview import Screen, screens
from bot.preview_confidential import CODE
from handlers import limits
from handlers.confiding import Confide
from handlers.desk.places import Restricted
from handlers.effects import OpenTicket
from handlers.events import Edited, Event, Said
from handlers.following import ratable, reopenable
from handlers.limits import Pace
from handlers.session import Denouncing, Languages, Menu, Pausing, Session
from handlers.view import View
from tests.conversation.turning import shown, turn

CONTENT = load_content(Path(__file__).parents[2] / "content")
SCREENS = tuple(screens(CONTENT, "vi"))
DANGER = "Ông Mẫu nhận tiền rồi dọa giết tôi, cứu với, đang cháy nhà"
TOLD = Denouncing(page="words", code=CODE)


def _at(name: str) -> Screen:
    return next(screen for screen in SCREENS if screen.name == name)


def _asked_to_go_slower(session: Session, now: float) -> Session:
    """Whoever has sent as much as may be sent before they are told to go slower."""
    rules = CONTENT.desk.limits
    pace = Pace()
    while limits.arrived(pace, now, rules, staff=False)[1] == "":
        pace = limits.arrived(pace, now, rules, staff=False)[0]
    return session.model_copy(update={"pace": pace})


def test_told_behind_the_question_of_the_language_it_is_told_in_confidence() -> None:
    """Neither an alarm with these words, nor anything held in the conversation."""
    menu = _at("menu")
    session = menu.session.model_copy(update={"room": Languages(back=TOLD), "confided": CODE})
    facts = replace(menu.facts, code="PA-6Q4C-5MJ", receipt="LMTJ-85M2-JKR2")
    for begun in (session, _asked_to_go_slower(session, facts.now.timestamp())):
        after = turn(begun, Said(text=DANGER), facts)
        assert [effect.texts for effect in after.effects if isinstance(effect, Confide)] == [
            (DANGER,)
        ]
        assert not any(isinstance(effect, OpenTicket) for effect in after.effects)
        assert DANGER not in after.session.model_dump_json()
        assert after.say is not None
        assert after.say.text.startswith("Có người đang nguy hiểm thì GỌI NGAY")


def test_a_case_that_was_passed_on_takes_no_words_more() -> None:
    """Neither a rating nor a reason to look again: its unit would read them."""
    case = next(s for s in SCREENS if s.facts.story and s.facts.story.card.status == "answered")
    story = case.facts.story
    assert story is not None
    view = View(case.session, case.facts)
    assert ratable(story.model_copy(update={"rated": False}))
    gone = story.model_copy(update={"passed_on": True, "rated": False})
    assert not ratable(gone)
    assert not reopenable(gone, view)


@pytest.mark.parametrize("inner", [TOLD, Restricted(page="task", code=CODE, task="note")])
def test_a_fault_behind_another_question_keeps_nothing_either(
    inner: Denouncing | Restricted,
) -> None:
    """What is told in confidence is not kept for a replay, whatever was asked meanwhile."""
    assert kept_apart(Session(room=Languages(back=inner)))
    assert kept_apart(Session(room=Pausing(back=inner)))
    assert not kept_apart(Session(room=Languages(back=Menu())))


@pytest.mark.parametrize(
    "event", [Said(text="Cháy nhà, cứu với"), Edited(text="Cháy nhà, cứu với", ref="r")]
)
def test_nobody_in_danger_is_told_first_to_go_slower(event: Event) -> None:
    """The numbers to call come before everything else that there is to say."""
    menu = _at("menu")
    facts = replace(menu.facts, code="PA-6Q4C-5MJ", receipt="LMTJ-85M2-JKR2")
    session = _asked_to_go_slower(shown(menu.session, facts), facts.now.timestamp())
    after = turn(session, event, facts)
    assert after.say is not None
    assert after.say.text.startswith("Có người đang nguy hiểm thì GỌI NGAY")
    assert CONTENT.say("vi", "limits.slow") in after.say.text


@pytest.mark.parametrize("name", ["queue", "desk", "task: answer", "office: log"])
def test_an_official_looks_for_their_own_cases_from_the_desk(name: str) -> None:
    """What they sent themselves is listed wherever they stand when they ask for it."""
    screen = _at(name)
    assert screen.facts.cards
    after = turn(shown(screen.session, screen.facts), Said(text="/tracuu"), screen.facts)
    assert after.say is not None
    assert screen.facts.cards[0].code in after.say.text
