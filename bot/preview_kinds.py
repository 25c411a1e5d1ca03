"""The screens of what a message is: danger, and the doors of a complaint and a denunciation."""

from collections.abc import Iterator
from datetime import datetime

from handlers.content import Content
from handlers.session import Alarm, Kinds, Room
from handlers.unsent import Answer, Draft, Part

MIXED = (
    "Tôi khiếu nại quyết định thu hồi đất số 12. "
    "Ngoài ra đường trước nhà tôi hư hỏng nặng, rác thải không ai dọn."
)


def kind_rooms(code: str) -> tuple[tuple[str, Room], ...]:
    """The rooms of an alarm: asked, and told more."""
    return (("alarm: asked", Alarm(said="…")), ("alarm", Alarm(code=code)))


def kind_drafts(content: Content, now: datetime) -> Iterator[tuple[str, Room, Draft]]:
    """Every page on which it is said what a draft is."""
    topic = content.in_order[-1]
    told = Answer(value=MIXED, text=MIXED, parts=(Part(text=MIXED),))
    story = next(field.name for field in topic.ask if field.kind == "long_text")
    draft = Draft(topic=topic.id, opened_at=now, index=len(topic.ask), answers={story: told})
    yield "kinds", Kinds(), draft
    yield "kinds: complaint", Kinds(page="complaint"), draft
    yield "kinds: denunciation", Kinds(page="denunciation"), draft
    yield "kinds: split", Kinds(page="split"), draft
