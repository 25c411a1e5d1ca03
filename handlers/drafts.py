"""The form a draft is filled by: its topic's, and on somebody's behalf who that is, too."""

from functools import lru_cache

from handlers.content import Content, Field, Topic, Words
from handlers.unsent import Draft


def form_of(draft: Draft, content: Content) -> Topic:
    """The questions of *draft*; KeyError when its topic is gone."""
    topic = content.topics[draft.topic]
    if not draft.behalf:
        return topic
    asked = {field.personal for field in topic.ask}
    more = tuple(field for field in _who(_words(content)) if field.personal not in asked)
    return topic.model_copy(update={"ask": (*topic.ask, *more)})


_Words = tuple[tuple[str, str], ...]


def _words(content: Content) -> _Words:
    """What is asked about the person, and how the answers are called, in either language."""
    keys = ("intake.name", "intake.name_label", "intake.phone", "intake.phone_label")
    return tuple((content.say("vi", key), content.say("en", key)) for key in keys)


@lru_cache(maxsize=4)
def _who(words: _Words) -> tuple[Field, Field]:
    name, name_label, phone, phone_label = (Words(vi=vi, en=en) for vi, en in words)
    return (
        Field(name="their_name", kind="short_text", text=name, label=name_label, personal="name"),
        Field(
            name="their_phone",
            kind="phone",
            text=phone,
            label=phone_label,
            personal="phone",
            optional=True,
        ),
    )
