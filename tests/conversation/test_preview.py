"""The page that shows every screen: none is missing, none is broken, nothing in it is markup."""

import re
from html import escape
from pathlib import Path
from typing import get_args

import pytest

from bot.content import load_content
from bot.preview import page, screens
from handlers.content import Content, Lang
from handlers.session import Alarm, Filling, Languages, Pausing, Place

CONTENT = load_content(Path(__file__).parents[2] / "content")
LONGEST_LABEL = 35

langs = pytest.mark.parametrize("lang", ["vi", "en"])


@langs
def test_every_room_has_a_screen(lang: Lang) -> None:
    """A room that is added to the conversation is added to the preview, or this fails."""
    shown = {type(screen.session.room) for screen in screens(CONTENT, lang)}
    assert shown == {*get_args(Place), Alarm, Languages, Pausing}


@langs
def test_every_question_has_a_screen(lang: Lang) -> None:
    """Each question of each form is shown, in the language asked for."""
    shown = [s.prompt.text for s in screens(CONTENT, lang) if isinstance(s.session.room, Filling)]
    for topic in CONTENT.in_order:
        for field in topic.ask:
            assert any(field.text.in_(lang) in text for text in shown)


@langs
def test_screens_fit_a_phone(lang: Lang) -> None:
    """Every prompt has words, buttons that fit and can be told apart, and a name of its own."""
    shown = list(screens(CONTENT, lang))
    assert len({screen.name for screen in shown}) == len(shown)
    for screen in shown:
        labels = [choice.label for choice in screen.prompt.choices]
        assert screen.prompt.text.strip()
        assert labels
        assert len(set(labels)) == len(labels)
        assert max(map(len, labels)) <= LONGEST_LABEL


def test_page_has_every_screen_in_both_languages() -> None:
    """What is written in the prompts can be read on the page."""
    drawn = page(CONTENT)
    for lang in get_args(Lang):
        for screen in screens(CONTENT, lang):
            assert escape(screen.prompt.text) in drawn


def test_nothing_on_the_page_is_markup() -> None:
    """A topic called like a script is shown as its name, letter for letter."""
    first = CONTENT.in_order[0]
    title = first.title.model_copy(update={"vi": "<script>alert('&')</script>"})
    hostile = first.model_copy(update={"title": title})
    values = {name: getattr(CONTENT, name) for name in Content.model_fields}
    topics = {**CONTENT.topics, first.id: hostile}
    drawn = page(Content.model_validate(values | {"topics": topics}))
    assert "<script" not in drawn
    assert escape("<script>alert('&')</script>") in drawn
    assert set(re.findall(r"<(\w+)", drawn)) <= {
        *("html", "meta", "title", "style", "body", "h2", "div", "p", "span"),
    }
