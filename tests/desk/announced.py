"""An announcement, those who see to it, and what they see: for the tests of the desk."""

from datetime import datetime
from pathlib import Path

from bot.content import load_content
from bot.preview_announcing import LEFT
from bot.turn import ZONE
from handlers.announcing import (
    Announcement,
    Audience,
    Limits,
    Wording,
)
from handlers.desk.people import Duty, Official
from handlers.desk.places import Doing
from handlers.effects import MoveAnnouncement
from handlers.facts import Facts
from handlers.rooms.desk.doing import at_doing
from handlers.session import Room, Session
from handlers.view import Next, Picked, View

CONTENT = load_content(Path(__file__).parents[2] / "content")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
HERE, ELSEWHERE = "phuong-hai-chau", "so-y-te"
CODE = "TB-6Q4C-5MJ"
TEXT = "Sáng mai ngừng cấp nước."
AN = Official(id=1, name="An", duties=(Duty(role="dispatcher", unit=HERE),))
HEAD = Official(id=2, name="Bình", duties=(Duty(role="approver", unit=HERE),))
LEADER = Official(id=3, name="Chi", duties=(Duty(role="leader"),))
CHANNELS = (
    Limits(channel="telegram", text=4096, per_second=30),
    Limits(channel="zalo", text=2000, per_second=10),
)
COMPOSED = LEFT | {
    "text": TEXT, "unit": HERE, "whom": "people", "topic1": "", "urgent": "not_urgent",
}  # fmt: skip


def announcement(**changes: object) -> Announcement:
    """One that An wrote and that waits."""
    waiting = Announcement(
        code=CODE, unit=HERE, author=AN.id, state="waiting", wording=Wording(text=TEXT),
        audience=Audience(communes=(HERE,)), created_at=NOW, counted={"telegram": 3}, entries=4,
    )  # fmt: skip
    return waiting.model_copy(update=changes)


def view(
    room: Room,
    official: Official | None = AN,
    found: Announcement | None = None,
    members: tuple[Official, ...] = (AN, HEAD, LEADER),
) -> View:
    """What *official* sees who stands in *room*."""
    facts = Facts(
        now=NOW, content=CONTENT, code="PA-7K3Q-M2X", official=official, announcement=found,
        members=members, limits=CHANNELS,
    )  # fmt: skip
    return View(Session(room=room, staff=True), facts)


def composing(**changed: str) -> Doing:
    """A composition at its last look."""
    return Doing(task="announce", given=COMPOSED | changed)


def pressed(key: str, room: Doing, official: Official = AN, **found: object) -> Next:
    """What comes of pressing a choice of a task about the announcement as *found* says it is."""
    return at_doing(room, Picked(key), view(room, official, announcement(**found)))


def moves(after: Next) -> list[str]:
    """What a turn does to the announcement."""
    return [e.action for e in after.effects if isinstance(e, MoveAnnouncement)]


def task(name: str, seen: int = 4, **answers: str) -> Doing:
    """A task about the announcement, with what was answered."""
    return Doing(task=f"announce_{name}", code=CODE, seen=seen, given=answers)
