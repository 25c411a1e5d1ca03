"""What a case is, said anew by a dispatcher: its citizen is told when that asks something of them.

An official who finds a denunciation in an ordinary case passes it to the confidential channel: it
is then nobody's case any more.
"""

from handlers.content import Lang
from handlers.desk.places import Doing
from handlers.effects import Effect, MoveTicket, Notify
from handlers.rooms.desk.restricted import taken_out
from handlers.rooms.desk.task import Slot, Task, dossier, home, me, to_case
from handlers.session import Session
from handlers.tickets import Kind
from handlers.triage import PRIORITY
from handlers.unsent import Option
from handlers.view import Next, View

NAMED: dict[str, Kind] = {kind: kind for kind in PRIORITY}


def _slots(_room: Doing, view: View) -> tuple[Slot, ...]:
    options = tuple(Option(value=kind, text=kind_name(kind, view)) for kind in PRIORITY)
    return (Slot("kind", "choice", options=options),)


def kind_name(kind: str, view: View) -> str:
    """What officials call a kind."""
    return view.content.say("vi", f"kind.{kind}")


def _preview(room: Doing, view: View) -> str:
    """What follows from it: for the citizen, the officers on duty, or everybody's sight."""
    kind = room.given["kind"]
    found = dossier(room.code, view)
    name = kind_name(kind, view)
    match kind:
        case "complaint" if found is not None:
            told = classified(room.code, view, found.card.lang)
            return view.say("desk.preview", text=told)
        case "denunciation":
            return view.say("task.classify.restricted")
        case "emergency":
            return view.say("task.classify.alarm")
        case _:
            return view.say("task.classify.untold", kind=name)


def classified(code: str, view: View, lang: Lang) -> str:
    """What the citizen is told whose case has the signs of a complaint."""
    days = view.content.figure("complaint_file_days", view.facts.now.date(), lang)
    return view.content.say(lang, "news.classified", code=code, days=days)


def _classify(room: Doing, view: View) -> Next:
    found, kind = dossier(room.code, view), NAMED[room.given["kind"]]
    if found is None:
        raise LookupError(room.code)
    was = found.card.kind
    if kind == was and not found.card.seems:
        return Next(to_case(room.code, view), view.say("task.classify.same"))
    if kind == "denunciation":
        gone = taken_out(room.code, view)
        done = view.say("task.classify.passed_on", code=room.code)
        return Next(_without(room.code, home(view)), done, (gone,))
    raised, over = kind == "emergency" != was, was == "emergency" != kind
    changed = MoveTicket(
        code=room.code, action="classify", by=me(view), kind=kind, data={"was": was},
        priority=2 if raised else 0 if over else None,
    )  # fmt: skip
    effects: list[Effect] = [changed]
    if kind == "complaint" != was:
        effects.append(Notify(code=room.code, to="citizens"))
    if raised or over:
        what = "emergency" if raised else "false_alarm"
        effects.append(Notify(code=room.code, to="watch", what=what))
    done = view.say("task.classify.done", kind=kind_name(kind, view))
    return Next(to_case(room.code, view), done, tuple(effects))


def _without(code: str, session: Session) -> Session:
    """Nothing they were writing of the case, which might repeat its words."""
    aside = tuple(one for one in session.aside if one.code != code)
    return session.model_copy(update={"aside": aside, "hand": "", "news": ""})


TASKS = (Task("classify", "classify", _classify, _slots, "classify", _preview),)
