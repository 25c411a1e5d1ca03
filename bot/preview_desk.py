"""The screens of the desk, for ``python -m bot preview``: what an official of every role sees."""

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from handlers.desk.dossier import Delivery, DeskCard, Dossier, Filter, Line
from handlers.desk.people import ROLES, Duty, Official
from handlers.desk.places import Desk, Doing, Office, Queue
from handlers.desk.resting import Outdated, Resting
from handlers.facts import Facts
from handlers.rooms.desk.registry import TASKS
from handlers.session import Room

AT_ONCE = frozenset({"take", "close"})  # done at a press, with nothing to show before
RULE = "rule/complaint_file_days"
ME = Official(id=1, name="Lê Thị An", duties=tuple(Duty(role=role) for role in ROLES))


def desk_rooms(code: str) -> Iterator[tuple[str, Room]]:
    """Every room of the desk: the queue, a case, what is done to one, each page."""
    yield "queue", Queue()
    yield "queue: overdue", Queue(filter=Filter(view="overdue"))
    yield "queue: not reached", Queue(filter=Filter(view="unreached"))
    yield "queue: found", Queue(words="den duong")
    yield "queue: choosing", Queue(choosing=True)
    yield "desk", Desk(code=code)
    yield "desk: brief", Desk(code=code, shows="brief")
    yield "desk: whole", Desk(code=code, shows="whole")
    for name, task in TASKS.items():
        if task.action and name not in AT_ONCE:
            yield f"task: {name}", Doing(task=name, code=code)
    for page in get_args(Office.model_fields["page"].annotation):
        subject = {"undo": "1", "rule_cases": RULE}.get(page, "")
        yield f"office: {page}", Office(page=page, subject=subject)
    yield "office: a rule", Office(page="rules", subject=RULE)


def desk_facts(facts: Facts) -> Facts:
    """The *facts* as they are for an official who may do everything."""
    story = facts.story
    if story is None:
        raise LookupError("no case to show")
    asked = len(story.happenings) + 1
    held = story.card.model_dump() | {"status": "working"}
    card = DeskCard(
        **held, id=1, assignee=ME.id, assignee_name=ME.name, entries=asked, unreached=asked
    )
    ledger = (
        Delivery(channel="telegram", state="unreachable", at=facts.now),
        Delivery(channel="web", state="queued", at=facts.now),
    )
    tale = tuple(
        Line(seq=n, at=entry.at, kind=entry.kind, words=entry.text)
        for n, entry in enumerate(story.happenings, 1)
    )
    tale += (Line(seq=asked, at=facts.now, kind="asked", words="…"),)
    dossier = Dossier(
        card=card,
        lines=story.lines,
        media=story.media,
        story=tale,
        person=1,
        weighty="asked",
        ledger=ledger,
    )
    answered = Resting(code=card.code, unit=card.unit, status="answered", at=facts.now)
    return replace(
        facts,
        official=ME,
        dossier=dossier,
        queue=(card,),
        found=(card,),
        members=(ME,),
        outdated=Outdated(count=1, cases=(answered,)),
    )
