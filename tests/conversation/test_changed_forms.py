"""The province edits its forms while people fill them in: nobody is stuck, nothing is lost."""

from pathlib import Path

import pytest

from bot.content import load_content
from bot.preview import NOW, Screen, screens
from handlers.content import Content, Field, Topic
from handlers.effects import OpenTicket
from handlers.events import Chose, Event, Said, Started
from handlers.facts import Facts
from handlers.session import Filling, Reviewing, Session
from handlers.unsent import Answer, Draft, Part
from tests.conversation.turning import shown, turn

CONTENT = load_content(Path(__file__).parents[2] / "content")
LAND = CONTENT.topics["boi_thuong_tdc"]
STORY = "Đất bị thu hồi, chưa nhận được tiền."
IN_A_FORM = [
    s for s in screens(CONTENT, "vi") if s.session.draft and s.session.draft.topic == LAND.id
]


def known(content: Content) -> Facts:
    """What a turn knows after the province changed its *content*."""
    return Facts(now=NOW, content=content, code="PA-7K3Q-M2X", receipt="LMTJ-85M2-JKR2")


def edited(topic: Topic | None) -> Content:
    """The content with another land form, or with none."""
    topics = {name: kept for name, kept in CONTENT.topics.items() if name != LAND.id}
    topics |= {LAND.id: topic} if topic else {}
    values = {name: getattr(CONTENT, name) for name in Content.model_fields}
    return Content.model_validate(values | {"topics": topics})


def asking(*fields: Field) -> Topic:
    """The land form with these questions only."""
    return LAND.model_copy(update={"ask": fields})


def field(name: str) -> Field:
    """A question of the land form."""
    return LAND.ask[LAND.index(name)]


def drafted(index: int, **answers: Answer) -> Session:
    """Somebody at question *index* of the land form."""
    draft = Draft(topic=LAND.id, opened_at=NOW, index=index, answers=answers)
    room = Reviewing() if index == len(LAND.ask) else Filling()
    version = CONTENT.controller.privacy_version
    return Session(consent=version, room=room, draft=draft)


@pytest.mark.parametrize("screen", IN_A_FORM, ids=lambda screen: screen.name)
def test_topic_taken_away(screen: Screen) -> None:
    """When a topic is gone, what was told and sent waits for another one, whatever is done next."""
    session = shown(screen.session, screen.facts)
    presses = [Chose(step=session.step, n=n) for n, _ in enumerate(session.offered, 1)]
    events: tuple[Event, ...] = (*presses, Said(text="Hòa Vang"), Started())
    for event in events:
        after = turn(session, event, known(edited(None)))
        assert after.say is not None
        assert after.session.draft is None
        if screen.session.draft and screen.session.draft.media:
            assert set(screen.session.draft.media) <= set(after.session.pending.media)


def test_topic_taken_away_while_choosing() -> None:
    """A topic that was offered and is gone when it is pressed: the press is stale."""
    screen = next(s for s in screens(CONTENT, "vi") if s.session.room.at == "topics")
    session = shown(screen.session, screen.facts)
    after = turn(session, Chose(step=session.step, n=1), known(edited(None)))
    assert after.say is not None
    assert after.say.text.startswith(CONTENT.say("vi", "choose.stale"))
    assert LAND.button.vi not in [choice.label for choice in after.say.choices]


def test_questions_taken_away() -> None:
    """Who stands past the end of a shorter form comes to the summary and can send."""
    told = Answer(value=STORY, text=STORY, parts=(Part(text=STORY),))
    content = edited(asking(field("what")))
    session = drafted(4, what=told, about=Answer(value="gia", text="Giá, tiền bồi thường"))
    after = turn(session, Said(text="/start"), known(content))
    after = turn(after.session, Chose(step=after.session.step, n=1), known(content))
    assert isinstance(after.session.room, Reviewing)
    after = turn(after.session, Chose(step=after.session.step, n=1), known(content))
    (opened,) = [effect for effect in after.effects if isinstance(effect, OpenTicket)]
    assert [line.text for line in opened.lines] == [STORY]


def test_question_added() -> None:
    """A question added to a form that was complete must be answered before sending."""
    told = Answer(value=STORY, text=STORY, parts=(Part(text=STORY),))
    added = field("about").model_copy(update={"name": "added"})
    content = edited(asking(field("what"), added))
    session = drafted(1, what=told)
    after = turn(session, Said(text="Gửi"), known(content))
    assert after.say is not None
    assert added.text.vi in after.say.text


def test_option_taken_away() -> None:
    """An answer whose option is gone is sent as it was worded; a press on it is stale."""
    told = Answer(value=STORY, text=STORY, parts=(Part(text=STORY),))
    about = field("about")
    fewer = about.model_copy(update={"options": about.options[1:]})
    content = edited(asking(field("what"), fewer))
    first = about.options[0]
    chosen = Answer(value=first.id, text=first.label.vi)
    session = shown(drafted(2, what=told, about=chosen), known(content))
    after = turn(session, Chose(step=session.step, n=1), known(content))
    (opened,) = [effect for effect in after.effects if isinstance(effect, OpenTicket)]
    assert [line.text for line in opened.lines] == [STORY, first.label.vi]
    asked = shown(drafted(1, what=told), known(CONTENT))
    after = turn(asked, Chose(step=asked.step, n=1), known(content))
    assert after.say is not None
    assert after.say.text.startswith(CONTENT.say("vi", "choose.stale"))
