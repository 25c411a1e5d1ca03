"""Choosing what to hear of, and joining chats: bounds, and what is not for strangers."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.content import load_content
from bot.preview import NOW
from handlers.effects import Effect, Follow, JoinChats, MakeLink, SaveConsent
from handlers.events import Chose, Said, SentMedia, Started, TimedOut
from handlers.facts import Facts, Linked
from handlers.facts import Hearing as Heard
from handlers.messages import Say
from handlers.rooms.hearing import MOST
from handlers.session import Cases, Filling, Hearing, Menu, Session, Welcome
from handlers.view import Turn
from tests.conversation.turning import shown, turn

CONTENT = load_content(Path(__file__).parents[2] / "content")
COMMUNES = tuple(commune.id for commune in CONTENT.territory.communes)
DUY_XUYEN = next(one.id for one in CONTENT.territory.communes if one.name == "Xã Duy Xuyên")
OTHERS = tuple(id_ for id_ in COMMUNES if id_ != DUY_XUYEN)
FACTS = Facts(now=NOW, content=CONTENT, receipt="H4TN-62XC-9FQK", hearing=Heard())
BASE = Session(consent=CONTENT.controller.privacy_version, room=Menu())
LINK = "noi-H4TN-62XC-9FQK"
AT_COMMUNES = BASE.model_copy(update={"room": Hearing(page="communes")})


def heard(*communes: str, hears: bool = True) -> Facts:
    """What is known of somebody who follows these."""
    return replace(FACTS, hearing=Heard(hears=hears, communes=communes))


def said(after: Turn) -> Say:
    """What a turn says."""
    assert after.say is not None
    return after.say


def pressed(session: Session, label: str, facts: Facts) -> Turn:
    """What comes of pressing the button called so in a room that was shown."""
    there = shown(session, facts)
    n = [choice.label for choice in there.offered].index(label) + 1
    return turn(there, Chose(step=there.step, n=n), facts)


def wants(commune: str) -> Effect:
    """A commune switched on."""
    return Follow(kind="commune", name=commune, wanted=True)


def agreed(effect: Effect) -> bool:
    """What is said of the consent to announcements."""
    assert isinstance(effect, SaveConsent)
    assert effect.purpose == "announcements"
    assert bool(effect.text) == effect.given
    return effect.given


def test_a_commune_is_added_by_its_name() -> None:
    """Its name of today, typed in the room, is what is heard of from then on."""
    after = turn(AT_COMMUNES, Said(text="xã Duy Xuyên"), FACTS)
    assert after.effects == (wants(DUY_XUYEN),)


def test_there_is_a_bound_to_what_can_be_chosen() -> None:
    """One more than can be chosen is refused with how many can be; one chosen already is not."""
    full = heard(*OTHERS[:MOST])
    after = turn(AT_COMMUNES, Said(text="xã Duy Xuyên"), full)
    assert after.effects == ()
    assert str(MOST) in said(after).text
    again = heard(DUY_XUYEN, *OTHERS[: MOST - 1])
    assert turn(AT_COMMUNES, Said(text="xã Duy Xuyên"), again).effects == (wants(DUY_XUYEN),)


def test_more_than_a_page_of_communes_can_be_dropped() -> None:
    """Whoever sent cases in every commune can drop them all, a page at a time."""
    after = turn(AT_COMMUNES, Said(text="?"), heard(*COMMUNES))
    assert len(said(after).choices) <= 31
    dropped = pressed(AT_COMMUNES, said(after).choices[0].label, heard(*COMMUNES))
    assert dropped.effects == (Follow(kind="commune", name=COMMUNES[0], wanted=False),)


def test_choosing_ends_hearing_nothing() -> None:
    """Who had stopped everything and then chooses something hears again, and is told so."""
    after = turn(AT_COMMUNES, Said(text="xã Duy Xuyên"), heard(hears=False))
    assert after.effects[0] == wants(DUY_XUYEN)
    assert [agreed(effect) for effect in after.effects[1:]] == [True]
    assert CONTENT.say("vi", "hearing.again") in said(after).text


@pytest.mark.parametrize("text", ["/dungtin", "/stopalerts", "/DỪNGTIN", "không nhận tin nữa"])
@pytest.mark.parametrize("consent", [BASE.consent, "an older notice", ""])
def test_stopping_disturbs_nothing(text: str, consent: str) -> None:
    """Wherever a person is, whatever they agreed to, one line stops all and the question stays."""
    rooms = (Menu(), Cases(), Hearing()) if consent else (Welcome(noticed=True),)
    for room in rooms:
        session = BASE.model_copy(update={"room": room, "consent": consent})
        after = turn(session, Said(text=text), FACTS)
        assert [agreed(effect) for effect in after.effects] == [False]
        assert after.session.room == room
        assert said(after).text.startswith(CONTENT.say("vi", "hearing.stopped"))


def test_a_story_told_here_is_held() -> None:
    """What is longer than any name of a place, and files, go the way of any message."""
    story = "Đường ở xã Duy Xuyên hỏng nặng. " * 5
    after = turn(AT_COMMUNES, Said(text=story, ref="1"), FACTS)
    assert [part.text for part in after.session.pending.parts] == [story.strip()]
    assert turn(AT_COMMUNES, SentMedia(media=()), FACTS).effects == ()


def test_a_link_is_made_for_half_an_hour() -> None:
    """The link is said, drawn, and told with the words to type where no link can be opened."""
    facts = replace(FACTS, links={"web": "https://lang-nghe.example/?start={}"})
    there = BASE.model_copy(update={"room": Hearing(page="channels")})
    after = pressed(there, "Thêm kênh nhận tin", facts)
    assert after.effects == (MakeLink(token=LINK, minutes=30),)
    assert f"/start {LINK}" in said(after).text
    assert said(after).qr == f"https://lang-nghe.example/?start={LINK}"


def test_a_link_joins_after_it_was_asked_about() -> None:
    """Opening it asks; only "yes" joins, and then the person stands where they belong."""
    facts = replace(FACTS, linked=Linked(channel="telegram"))
    asked = turn(BASE, Started(payload=LINK), facts)
    assert asked.effects == ()
    assert asked.session.room == Hearing(page="join", token=LINK)
    for text, effects in (("1", (JoinChats(token=LINK),)), ("không", ())):
        after = turn(asked.session, Said(text=text), facts)
        assert after.effects == effects
        assert after.session.room == Menu()


def test_a_new_chat_is_joined_before_it_agreed_to_anything() -> None:
    """The link is what it came for; then it is asked for its own consent."""
    facts = replace(FACTS, linked=Linked(channel="web"))
    asked = turn(Session(), Started(payload=LINK), facts)
    joined = turn(asked.session, Chose(step=1, n=1), facts)
    assert joined.effects == (JoinChats(token=LINK),)
    assert isinstance(joined.session.room, Welcome)
    written = turn(asked.session, Said(text="Đèn đường hỏng"), facts)
    assert isinstance(written.session.room, Welcome)
    assert written.session.pending.parts


def test_a_link_that_ended_while_it_was_asked_about_joins_nobody() -> None:
    """Used elsewhere or too old by the time of the answer, it does nothing and says so."""
    valid = replace(FACTS, linked=Linked(channel="web"))
    asked = turn(BASE, Started(payload=LINK), valid)
    for linked in (None, Linked(channel="web", same=True)):
        after = turn(asked.session, Chose(step=1, n=1), replace(FACTS, linked=linked))
        assert after.effects == ()
        key = "link.same" if linked else "link.invalid"
        assert said(after).text.startswith(CONTENT.say("vi", key))


def test_nobody_finds_a_link_by_trying() -> None:
    """After five wrong ones a right one is refused, too, for an hour."""
    session = BASE
    for _ in range(5):
        session = turn(session, Started(payload=LINK), FACTS).session
    right = replace(FACTS, linked=Linked(channel="web"))
    refused = turn(session, Started(payload=LINK), right)
    assert refused.session.room == Menu()
    assert said(refused).text.startswith(CONTENT.say("vi", "proving.pause"))


def test_the_maker_hears_of_it_in_the_middle_of_anything() -> None:
    """The chat that made the link is told which channel was joined, and goes on."""
    after = turn(BASE, TimedOut(timer="linked:telegram"), FACTS)
    assert said(after).text.startswith("Đã thêm kênh nhận tin: ứng dụng Telegram.")
    assert after.session.room == Menu()


def test_a_topic_is_switched_by_a_press() -> None:
    """The first press chooses, the next drops, and an old press does neither."""
    there = BASE.model_copy(update={"room": Hearing(page="topics")})
    topic = CONTENT.in_order[0]
    on = pressed(there, f"☐ {topic.button.vi}", FACTS)
    assert on.effects == (Follow(kind="topic", name=topic.id, wanted=True),)
    chosen = replace(FACTS, hearing=Heard(topics=(topic.id,)))
    off = pressed(there, f"☑ {topic.button.vi}", chosen)
    assert off.effects == (Follow(kind="topic", name=topic.id, wanted=False),)
    twice = turn(on.session, Chose(step=on.session.step - 1, n=1), chosen)
    assert twice.effects == ()


def test_the_form_waits_while_choosing() -> None:
    """The command leads out of a form, whose draft is offered again afterwards."""
    filling = turn(BASE.model_copy(update={"room": Menu()}), Said(text="/gui"), FACTS).session
    topic = filling.offered[0].label
    begun = turn(filling, Said(text=topic), FACTS).session
    assert isinstance(begun.room, Filling)
    away = turn(begun, Said(text="/nhantin"), FACTS)
    assert away.session.room == Hearing()
    assert away.session.draft == begun.draft
