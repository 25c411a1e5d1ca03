"""The screens of announcements, for ``python -m bot preview``: from the first words to the end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.preview_desk import ME
from handlers.announcing import Announcement, Audience, Limits, Tally, Wording
from handlers.desk.places import Bulletin, Doing, Office
from handlers.events import Media
from handlers.facts import Facts
from handlers.session import Room

CODE = "TB-7K3Q-M2X"
WORDS = "Bão số 12 vào đêm nay. Người dân vùng trũng xin chuẩn bị sơ tán."
LIMITS = (
    Limits(channel="web", text=4096, per_second=500),
    Limits(channel="telegram", text=4096, per_second=30),
    Limits(channel="zalo", text=60, per_second=10),
)
PHOTO = Media(key="preview:2", kind="photo", name="so-do.jpg", size=1000)
GIVEN = {"text": WORDS, "whom": "cases", "commune1": "", "topic1": "", "urgent": "not_urgent"}
LEFT = dict.fromkeys(("link", "files", "lang", "begins", "matter", "words", "role1"), "")
COUNTED = {"telegram": 900, "web": 300, "": 5, "stopped": 2}


def announced(now: datetime) -> Announcement:
    """An announcement that waits, of somebody else."""
    return Announcement(
        code=CODE,
        unit="*",
        author=ME.id + 1,
        state="waiting",
        urgent=True,
        wording=Wording(text=WORDS, link="https://danang.gov.vn/bao", media=(PHOTO,)),
        audience=Audience(communes=("phuong-hai-chau",), lang="vi"),
        created_at=now,
        counted=COUNTED,
    )


def bulletins(now: datetime) -> Iterator[tuple[str, Announcement]]:
    """It in each of its states."""
    waiting = announced(now)
    yield "counting", waiting.model_copy(update={"counted": None})
    yield "waiting", waiting
    yield "returned", waiting.model_copy(update={"state": "returned", "reason": "Ghi rõ giờ."})
    tallies = (
        Tally(channel="telegram", counts={"sent": 500, "queued": 390, "failed": 10}),
        Tally(channel="web", counts={"sent": 300}),
        Tally(channel="", counts={"unreachable": 5}),
    )
    begun = {"begun_at": now - timedelta(seconds=20), "tallies": tallies, "prepared": True}
    running = waiting.model_copy(update={"state": "running", "releaser": ME.id, **begun})
    yield "running", running
    yield "paused", running.model_copy(update={"state": "paused"})
    proposed = Wording(text=f"{WORDS} Gọi 1022.")
    yield "correcting", running.model_copy(update={"state": "correcting", "proposed": proposed})
    for state in ("done", "cancelled", "withdrawn"):
        yield state, running.model_copy(update={"state": state, "ended_at": now, "report": PHOTO})


def announcing_screens(facts: Facts) -> Iterator[tuple[str, Room, Facts]]:
    """Each card and look, each question of each task, and what is known there."""
    for state, shown in bulletins(facts.now):
        known = replace(facts, announcement=shown, announcements=(shown,), limits=LIMITS)
        yield f"bulletin: {state}", Bulletin(code=CODE), known
    waiting = announced(facts.now)
    known = replace(facts, announcement=waiting, announcements=(waiting,), limits=LIMITS)
    yield "bulletin: preview", Bulletin(code=CODE, shows="preview"), known
    yield "bulletin: cut", Bulletin(code=CODE, shows="preview", channel="zalo"), known
    yield "bulletin: unknown", Bulletin(code=CODE), replace(known, announcement=None)
    yield "announcements", Office(page="announcements"), known
    for given in ({}, {"text": WORDS, **LEFT}, {"text": WORDS, "unit": "*", **LEFT}):
        yield f"announce: {len(given)} answers", Doing(task="announce", given=given), known
    done = GIVEN | LEFT | {"unit": "*"}
    asked = Doing(task="announce", given=done, media=(PHOTO,))
    yield "announce: last look", asked, known
    for name in ("link", "files", "lang", "urgent", "begins", "matter", "words"):
        asking = asked.model_copy(update={"asking": name})
        yield f"announce: {name}", asking, known
    yield "announce: again", Doing(task="announce_resubmit", code=CODE, given=done), known
    words = {"text": WORDS, "link": "", "files": ""}
    yield "announce: correction", Doing(task="announce_correct", code=CODE, given=words), known
    for task in ("release", "return", "cancel", "withdraw"):
        room = Doing(task=f"announce_{task}", code=CODE, seen=1)
        yield f"announce: {task}", room, known
        reason = room.model_copy(update={"given": {"reason": "Đã đổi giờ."}})
        yield f"announce: {task}, why", reason, known
