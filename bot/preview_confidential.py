"""The screens of what is told in confidence, for `bot.preview`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import get_args

from handlers.denouncing import Denunciation, Line
from handlers.desk.people import Duty, Official
from handlers.desk.places import Restricted
from handlers.events import Media
from handlers.facts import Facts
from handlers.rooms.desk.restricted import TASKS
from handlers.session import Denouncing, Room
from handlers.unsent import Option

CODE = "TT-7K3Q-M2X"
INSPECTOR = Official(id=1, name="Lê An", duties=(Duty(role="inspector"),))


def confidential_screens(facts: Facts) -> Iterator[tuple[str, Room, Facts]]:
    """Each question to whoever tells it, and each page of an inspector."""
    told = _message(facts)
    communes = tuple(
        Option(value=commune.id, text=commune.name)
        for commune in facts.content.territory.communes[:2]
    )
    theirs = replace(facts, confided=told)
    for page in get_args(Denouncing.model_fields["page"].annotation):
        yield f"denouncing: {page}", Denouncing(page=page, code=CODE), theirs
    nothing = replace(facts, confided=None, channel="telegram")
    yield "denouncing: first words", Denouncing(page="words", code=CODE), nothing
    yield "denouncing: on Telegram", Denouncing(), nothing
    yield "denouncing: gone", Denouncing(page="status", code=CODE), nothing
    unsure = Denouncing(page="unit", code=CODE, options=communes)
    yield "denouncing: unclear commune", unsure, theirs
    desk = replace(theirs, official=INSPECTOR, restricted=(told,))
    yield "restricted", Restricted(), desk
    yield "restricted: none", Restricted(), replace(desk, restricted=())
    yield "restricted: reason", Restricted(page="reason", code=CODE), desk
    yield "restricted: card", Restricted(page="card", code=CODE, whole=True), desk
    yield "restricted: identity", Restricted(page="identity", code=CODE, whole=True), desk
    yield "restricted: read", Restricted(page="card", code=CODE), desk
    for task in TASKS:
        yield f"restricted: {task}", Restricted(page="task", code=CODE, task=task), desk
    where = Restricted(page="task", code=CODE, task="move", options=communes)
    yield "restricted: unclear commune", where, desk
    elsewhere = replace(desk, channel="telegram")
    yield "restricted: on Telegram", Restricted(page="card", code=CODE), elsewhere
    yield "restricted: unknown", Restricted(page="card", code=CODE), replace(desk, confided=None)


def _message(facts: Facts) -> Denunciation:
    opened = facts.now - timedelta(days=2)
    lines = (
        Line(seq=1, at=opened, kind="told", words="…"),
        Line(seq=2, at=facts.now, kind="noted", by=INSPECTOR.name, words="…"),
    )
    return Denunciation(
        id=1,
        code=CODE,
        state="received",
        opened_at=opened,
        due_on=facts.now.date() + timedelta(days=9),
        entries=2,
        told=1,
        files=(Media(key="1", kind="photo", name="a.jpg", size=1000),),
        named=True,
        callable=True,
        lines=lines,
        reply="…",
        name="Nguyễn Thị Thử",
        phone="+84905123456",
    )
