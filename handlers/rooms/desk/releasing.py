"""Releasing an answer: read as its citizen will, with what speaks against it, or sent back."""

from handlers.desk.contract import told
from handlers.desk.dossier import DeskCard, Dossier, Reply
from handlers.desk.people import Official
from handlers.desk.permission import may
from handlers.desk.places import Doing
from handlers.desk.resting import read
from handlers.effects import Effect, MoveTicket, Notify
from handlers.messages import Choice, choice
from handlers.rooms.desk.answering import raised_by, submitted, warned
from handlers.rooms.desk.task import Slot, Task, asks, dossier, to_case
from handlers.rooms.desk.together import bundle
from handlers.view import Next, View, cut


def _waiting(room: Doing, view: View) -> tuple[Dossier, Reply, Official] | None:
    """The case, its draft and who reads it, while there is something to release."""
    found, official = dossier(room.code, view), view.facts.official
    if found is None or found.draft is None or official is None:
        return None
    return (found, found.draft, official) if may(official, "approve", found.card) else None


def _preview(room: Doing, view: View) -> str:
    if (waiting := _waiting(room, view)) is None:
        return view.say("desk.no_draft")
    found, draft, official = waiting
    line = submitted(found)
    template = view.content.templates.get(str(line.data.get("template", "")) if line else "")
    shown = view.say("desk.preview", text=told(draft, view, found.card.lang))
    raised = raised_by(draft, found, template, view)
    changed = _changed(found, view)
    warning = warned(raised, draft.basis, view)
    parts = (shown, warning, changed, _with_them(room, found, official, view))
    return "\n".join(filter(None, parts))


def _changed(found: Dossier, view: View) -> str:
    """The rules that are not any more what they were when the answer was written."""
    law, today = view.content.law, view.facts.now.date()
    changed = [
        f"• {rule.words()} ({rule.source})"
        for rest in read(_rests(found))
        if rest.kind == "rule" and (rule := law.get(rest.name))
        if rule.version != rest.version or not rule.in_force(today)
    ]
    return "\n".join([view.say("desk.rules_changed"), *changed]) if changed else ""


def _with_them(room: Doing, found: Dossier, official: Official, view: View) -> str:
    """The cases that get the same answer, each with what is said to its citizen alone."""
    if not (alike := bundle(found, official)):
        return ""
    codes = ", ".join(card.code for card, _ in alike)
    private = [
        view.say("desk.private", code=card.code, text=cut(draft.private, 300))
        for card, draft in alike
        if draft.private
    ]
    said = view.say("desk.together" if room.given.get("together") else "desk.alike", codes=codes)
    return "\n".join([said, *private])


def _more(room: Doing, view: View) -> tuple[Choice, ...]:
    if (waiting := _waiting(room, view)) is None:
        return ()
    found, draft, official = waiting
    others = (
        *((view.choice("files", "choice.see_files"),) if draft.files else ()),
        view.choice("task:send_back", "deed.send_back"),
    )
    many = len(bundle(found, official)) + 1
    if many == 1:
        return others
    if room.given.get("together"):
        return (choice("set:together:", view.say("desk.only_this")), *others)
    return (choice("set:together:yes", view.say("desk.release_all", cases=many)), *others)


def _approve(room: Doing, view: View) -> Next:
    if (waiting := _waiting(room, view)) is None:
        return Next(to_case(room.code, view), view.say("desk.no_draft"))
    found, draft, official = waiting
    many = bundle(found, official) if room.given.get("together") else ()
    effects: list[Effect] = []
    for card, reply in ((found.card, draft), *many):
        release = _released(card, reply, official, _rests(found))
        effects += (release, Notify(code=card.code, to="citizens"))
    effects.append(Notify(code=room.code, to="assignee", what="approved"))
    done = view.say("task.approve.done")
    if many:
        done = f"{done} {view.say('desk.sent_to_all', cases=len(many) + 1)}"
    return Next(to_case(room.code, view), done, tuple(effects))


def _rests(found: Dossier) -> str:
    """What the answer was said to rest on when it was written, whatever changed since."""
    line = submitted(found)
    return str(line.data.get("rests", "")) if line else ""


def _released(card: DeskCard, reply: Reply, official: Official, rests: str) -> MoveTicket:
    return MoveTicket(
        code=card.code,
        action="approve",
        by=official.id,
        words=reply.model_dump_json(),
        data={"author": card.author, **({"rests": rests} if rests else {})},
        seen=card.entries,
    )


def _send_back(room: Doing, view: View) -> Next:
    """All that were written alike go back together: one text is mended once."""
    if (waiting := _waiting(room, view)) is None:
        return Next(to_case(room.code, view), view.say("desk.no_draft"))
    found, _, official = waiting
    cards = (found.card, *(card for card, _ in bundle(found, official)))
    moved = (
        MoveTicket(
            code=card.code,
            action="send_back",
            by=official.id,
            words=room.given["reason"],
            seen=card.entries,
        )
        for card in cards
    )
    news = Notify(code=room.code, to="assignee", what="sent_back")
    done = view.say("task.send_back.done")
    if len(cards) > 1:
        done = f"{done} {view.say('desk.sent_back_all', cases=len(cards))}"
    return Next(to_case(room.code, view), done, (*moved, news))


TASKS = (
    Task("approve", "approve", _approve, action="approve", preview=_preview, more=_more),
    Task("send_back", "send_back", _send_back, asks(Slot("reason")), "send_back"),
)
