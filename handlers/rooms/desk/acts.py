"""What may be done to a case, task by task: who has it, where it lies, what becomes of it."""

from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from handlers.content import Unit
from handlers.desk.dossier import DeskCard
from handlers.desk.permission import may
from handlers.desk.places import Doing
from handlers.effects import Effect, MoveTicket, Notify
from handlers.following import due_again
from handlers.reading.dates import show_date
from handlers.rooms.desk.task import Slot, Task, asks, denied, dossier, home, me, resumed, to_case
from handlers.tickets import OPEN
from handlers.view import Next, View

REASON = Slot("reason")
LONGEST = timedelta(days=365)  # by which a case may be put off at once
PRIORITIES = ("ordinary", "soon", "urgent")
CITIZENS: Final = "citizens"
ASSIGNEE: Final = "assignee"
DISPATCHERS: Final = "dispatchers"


def _card(room: Doing, view: View) -> DeskCard:
    found = dossier(room.code, view)
    if found is None:
        raise LookupError(room.code)
    return found.card


def _done(room: Doing, view: View, *effects: Effect) -> Next:
    """Say what was done, at the card as it is now."""
    return Next(to_case(room.code, view), view.say(f"task.{room.task}.done"), effects)


def _take(room: Doing, view: View) -> Next:
    if _card(room, view).not_for == me(view):
        return Next(to_case(room.code, view), view.say("desk.not_again"))
    taken = MoveTicket(code=room.code, action="take", by=me(view), assignee=me(view))
    told = Notify(code=room.code, to=CITIZENS)
    return _done(room, view, taken, told, *_relieved(room, view, me(view)))


def _relieved(room: Doing, view: View, now: int = 0) -> tuple[Notify, ...]:
    """Tell whoever had the case, unless they did this themselves or have it *now* again."""
    before = _card(room, view).assignee
    if before in {0, me(view), now}:
        return ()
    return (Notify(code=room.code, to="member", what="moved_on", member=before),)


def _assign(room: Doing, view: View) -> Next:
    member = int(room.given["member"])
    colleague = next((m for m in view.facts.members if m.id == member), None)
    if colleague is None or not may(colleague, "take", _card(room, view)):
        return Next(to_case(room.code, view), view.say("desk.no_member"))
    if _card(room, view).not_for == member:
        return Next(to_case(room.code, view), view.say("desk.not_again"))
    given = MoveTicket(
        code=room.code, action="assign", by=me(view), assignee=member, data={"member": member},
        due_on=resumed(_card(room, view), view),
    )  # fmt: skip
    news = Notify(code=room.code, to="member", what="assigned", member=member)
    told = Notify(code=room.code, to=CITIZENS)
    done = _done(room, view, given, news, told, *_relieved(room, view, member))
    if colleague.reachable:
        return done
    unreachable = view.say("desk.unreachable", name=colleague.name)
    return Next(done.session, f"{done.notice} {unreachable}", done.effects)


def _return(room: Doing, view: View) -> Next:
    back = MoveTicket(
        code=room.code, action="return", by=me(view), assignee=0, words=room.given["reason"]
    )
    news = Notify(code=room.code, to=DISPATCHERS, what="returned")
    return _left(room, view, back, news, *_relieved(room, view))


def _left(room: Doing, view: View, *effects: Effect) -> Next:
    """Done with a case that is no longer ours: to the queue."""
    return Next(home(view), view.say(f"passed_on.{room.task}", code=room.code), effects)


def _note(room: Doing, view: View) -> Next:
    noted = MoveTicket(code=room.code, action="note", by=me(view), words=room.given["text"])
    return _done(room, view, noted)


def _ask(room: Doing, view: View) -> Next:
    """Ask the citizen: the clock stands still, for so many working days at the most."""
    today = view.facts.now.date()
    until = _asked_until(view)
    asked = MoveTicket(
        code=room.code, action="ask", by=me(view), words=room.given["question"], asked_on=today,
        data={"until": until.isoformat()},
    )  # fmt: skip
    end = datetime.combine(until + timedelta(days=1), time(8), view.facts.now.tzinfo)
    wait = Notify(
        code=room.code, to="sender", what="expire", after=(end - view.facts.now).total_seconds()
    )
    return _done(room, view, asked, Notify(code=room.code, to=CITIZENS), wait)


def _asked_until(view: View) -> date:
    rules = view.content.desk
    return view.content.calendar.add_working_days(view.facts.now.date(), rules.ask_days)


def _preview_ask(room: Doing, view: View) -> str:
    lang = _card(room, view).lang
    told = view.content.say(
        lang,
        "news.asked",
        code=room.code,
        text=room.given["question"],
        until=show_date(_asked_until(view)),
    )
    return view.say("desk.preview", text=told)


def _extend(room: Doing, view: View) -> Next:
    day = date.fromisoformat(room.given["day"])
    later = MoveTicket(
        code=room.code, action="extend", by=me(view), words=room.given["reason"], due_on=day,
        data={"due_on": day.isoformat()},
    )  # fmt: skip
    return _done(room, view, later, Notify(code=room.code, to=CITIZENS))


def _not_later(room: Doing, view: View) -> str:
    if "day" not in room.given:
        return ""
    day = date.fromisoformat(room.given["day"])
    if day > view.facts.now.date() + LONGEST:
        return view.say("desk.too_late")
    return view.say("desk.not_later") if day <= _card(room, view).due_on else ""


def _preview_extend(room: Doing, view: View) -> str:
    day = date.fromisoformat(room.given["day"])
    told = view.content.say(
        _card(room, view).lang, "news.extended", code=room.code, due=show_date(day),
        reason=room.given["reason"],
    )  # fmt: skip
    return view.say("desk.preview", text=told)


def _refer(room: Doing, view: View) -> Next:
    unit = room.given["unit"]
    moved = MoveTicket(
        code=room.code, action="refer", by=me(view), unit=unit, assignee=0,
        words=room.given["reason"], data={"unit": unit},
    )  # fmt: skip
    news = Notify(code=room.code, to="unit", what="referred")
    told = Notify(code=room.code, to=CITIZENS)
    return _left(room, view, moved, told, news, *_relieved(room, view))


def _same_unit(room: Doing, view: View) -> str:
    here = room.given.get("unit") == _card(room, view).unit
    return view.say("desk.same_unit") if here else ""


def _refusing(room: Doing, view: View) -> tuple[Slot, ...]:
    """The right door comes with its address and hours: asked for where they are not known."""
    door = view.content.units.get(room.given.get("unit", ""))
    where = () if door is not None and _whereabouts(door) else (Slot("where"),)
    return (REASON, Slot("unit", "unit"), *(where if "unit" in room.given else ()))


def _whereabouts(unit: Unit) -> str:
    """Address, telephone and hours; empty while the address or the hours are missing."""
    if not (unit.address and unit.hours):
        return ""
    return " · ".join(part for part in (unit.address, unit.phone, unit.hours) if part)


def _door(room: Doing, view: View) -> str:
    unit = view.content.units[room.given["unit"]]
    lang = _card(room, view).lang
    return f"{unit.name.in_(lang)} · {room.given.get('where') or _whereabouts(unit)}"


def _preview_refuse(room: Doing, view: View) -> str:
    told = view.content.say(
        _card(room, view).lang, "news.refused", code=room.code, reason=room.given["reason"],
        door=_door(room, view), days=view.content.desk.reopen_days,
    )  # fmt: skip
    return view.say("desk.preview", text=told)


def _refuse(room: Doing, view: View) -> Next:
    """Whoever refuses has it from now on: should it be looked at again, then not by them."""
    words = f"{room.given['reason']}\n{_door(room, view)}"
    refused = MoveTicket(
        code=room.code, action="refuse", by=me(view), words=words, assignee=me(view),
        data={"unit": room.given["unit"]},
    )  # fmt: skip
    told = Notify(code=room.code, to=CITIZENS)
    return _done(room, view, refused, told, *_relieved(room, view))


def _close(room: Doing, view: View) -> Next:
    closed = MoveTicket(code=room.code, action="close", by=me(view))
    return _done(room, view, closed, Notify(code=room.code, to=CITIZENS))


def _reopen(room: Doing, view: View) -> Next:
    """Looked at again, by somebody else."""
    card = _card(room, view)
    again = MoveTicket(
        code=room.code, action="reopen", by=me(view), words=room.given["reason"], assignee=0,
        not_for=card.assignee, due_on=due_again(card, view),
    )  # fmt: skip
    news = Notify(code=room.code, to=DISPATCHERS, what="reopened")
    return _done(room, view, again, Notify(code=room.code, to=CITIZENS), news)


def _prioritise(room: Doing, view: View) -> Next:
    level = PRIORITIES.index(room.given["level"])
    news = Notify(code=room.code, to=ASSIGNEE, what="prioritised")
    raised = MoveTicket(
        code=room.code, action="prioritise", by=me(view), priority=level, data={"priority": level}
    )
    return _done(room, view, raised, *((news,) if _card(room, view).assignee else ()))


def _link(room: Doing, view: View) -> Next:
    """Cases of different people about the same matter: answered at once, each privately."""
    return _together(room, view, "link")


def _merge(room: Doing, view: View) -> Next:
    """A case its sender sent twice goes on in the other one; other people's can't be merged."""
    here, there = dossier(room.code, view), view.facts.other
    if here and there and here.person != there.person:
        return Next(to_case(room.code, view), view.say("desk.other_person"))
    if there and there.card.status not in OPEN and may(view.facts.official, "see", there.card):
        status = view.say(f"desk_status.{there.card.status}")
        why = f"{there.card.code}: {view.say('desk.cannot', status=status)}"
        return Next(to_case(room.code, view), why)
    return _together(room, view, "merge")


def _together(room: Doing, view: View, action: Literal["merge", "link"]) -> Next:
    other, there = room.given["other"], view.facts.other
    if other == room.code:
        return Next(to_case(room.code, view), view.say("desk.itself"))
    if there is None or there.card.code != other:
        return Next(to_case(room.code, view), view.say("desk.unknown", code=other))
    if not may(view.facts.official, "link", there.card):
        return denied(action, other, view)
    if action == "merge":
        merged = MoveTicket(code=room.code, action="merge", by=me(view), other=other)
        told = Notify(code=room.code, to=CITIZENS)
        return _done(room, view, merged, told, *_relieved(room, view))
    return _done(room, view, MoveTicket(code=room.code, action="link", by=me(view), other=other))


CODE = Slot("other", "code")
TASKS = (
    Task("take", "take", _take, action="take"),
    Task("assign", "assign", _assign, asks(Slot("member", "member")), "assign"),
    Task("return", "return", _return, asks(REASON), "return"),
    Task("ask", "ask", _ask, asks(Slot("question")), "ask", _preview_ask),
    Task("note", "note", _note, asks(Slot("text")), "note"),
    Task("extend", "extend", _extend, asks(Slot("day", "date"), REASON), "extend", _preview_extend,
         unfit=_not_later),
    Task("refer", "refer", _refer, asks(Slot("unit", "unit"), REASON), "refer", unfit=_same_unit),
    Task("refuse", "refuse", _refuse, _refusing, "refuse", _preview_refuse),
    Task("close", "close", _close, action="close"),
    Task("reopen", "reopen", _reopen, asks(REASON), "reopen"),
    Task("prioritise", "prioritise", _prioritise,
         asks(Slot("level", "choice", keys=PRIORITIES)), "prioritise"),
    Task("link", "link", _link, asks(CODE), "link"),
    Task("merge", "merge", _merge, asks(CODE), "merge"),
)  # fmt: skip
