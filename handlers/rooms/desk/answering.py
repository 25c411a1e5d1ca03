"""Answering: composed by the contract, looked at as its citizen will read it, released."""

from handlers.desk.contract import told
from handlers.desk.dossier import Reply
from handlers.desk.permission import may
from handlers.effects import MoveTicket, Notify
from handlers.rooms.desk.task import Slot, Task, asks, dossier, to_case
from handlers.session import Doing
from handlers.view import Next, View

PARTS = (
    Slot("finding"),
    Slot("basis", optional=True),
    Slot("action", optional=True),
    Slot("next", optional=True),
    Slot("until", "date", optional=True),
    Slot("files", "files", optional=True),
)


def composed(room: Doing) -> Reply:
    """The answer as it was given, question by question."""
    given = {slot.name: room.given.get(slot.name, "") for slot in PARTS if slot.name != "files"}
    return Reply(**given, files=tuple(media.key for media in room.media))


def _preview(room: Doing, view: View) -> str:
    found = dossier(room.code, view)
    lang = found.card.lang if found else "vi"
    return view.say("desk.preview", text=told(composed(room), view, lang))


def _answer(room: Doing, view: View) -> Next:
    """Straight to the citizen, or to the approver where the unit wants a second person."""
    found, official = dossier(room.code, view), view.facts.official
    if found is None or official is None:
        raise LookupError(room.code)
    unit = view.content.units.get(found.card.unit)
    second = unit is None or unit.approval
    moved = MoveTicket(
        code=room.code,
        action="submit" if second else "answer",
        by=official.id,
        words=composed(room).model_dump_json(),
        media=room.media,
    )
    told_to = (
        Notify(code=room.code, to="approvers", what="submitted")
        if second
        else Notify(code=room.code, to="citizens")
    )
    said = view.say("task.answer.submitted" if second else "task.answer.done")
    return Next(to_case(room.code, view), said, (moved, told_to))


def _preview_approve(room: Doing, view: View) -> str:
    found = dossier(room.code, view)
    if found is None or found.draft is None:
        return view.say("desk.no_draft")
    return view.say("desk.preview", text=told(found.draft, view, found.card.lang))


def _approve(room: Doing, view: View) -> Next:
    found, official = dossier(room.code, view), view.facts.official
    if found is None or found.draft is None or not may(official, "approve", found.card):
        return Next(to_case(room.code, view), view.say("desk.no_draft"))
    moved = MoveTicket(
        code=room.code,
        action="approve",
        by=official.id if official else 0,
        words=found.draft.model_dump_json(),
        data={"author": found.card.author},
    )
    news = Notify(code=room.code, to="assignee", what="approved")
    told_to = Notify(code=room.code, to="citizens")
    return Next(to_case(room.code, view), view.say("task.approve.done"), (moved, told_to, news))


def _send_back(room: Doing, view: View) -> Next:
    back = MoveTicket(
        code=room.code,
        action="send_back",
        by=view.facts.official.id if view.facts.official else 0,
        words=room.given["reason"],
    )
    news = Notify(code=room.code, to="assignee", what="sent_back")
    return Next(to_case(room.code, view), view.say("task.send_back.done"), (back, news))


TASKS = (
    Task("answer", "answer", _answer, asks(*PARTS), "submit", _preview),
    Task("approve", "approve", _approve, action="approve", preview=_preview_approve),
    Task("send_back", "send_back", _send_back, asks(Slot("reason")), "send_back"),
)
