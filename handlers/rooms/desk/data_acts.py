"""Deciding what people ask of their data: granting it, refusing it with a reason, one extension.

Rights and state are asked in the very turn that does it; whoever looked before somebody else did
something is shown that first.
"""

from handlers.codes import read_code
from handlers.desk.places import Doing, Office
from handlers.reading.dates import show_date
from handlers.rights import Action, DataRequest, HoldCase, MoveRequest, Scope, extended, move
from handlers.rooms.desk.data_words import card, the_request
from handlers.rooms.desk.task import Slot, Task, asks, dossier, home, me, with_words
from handlers.view import Next, View, enter

LONGEST_REASON = 800
REASON = Slot("reason", most=LONGEST_REASON)


def _at(code: str, view: View, notice: str) -> Next:
    there = enter(view.session, Office(page="requests", subject=code), staff=True)
    return Next(there, notice)


def _decide(action: Action, room: Doing, view: View, change: MoveRequest) -> Next:
    found = the_request(room.code, view)
    if found is None:
        return Next(home(view), view.say("requests.unknown", code=room.code))
    if move(found.state, action) is None or (action == "extend" and found.extended):
        refused = _at(room.code, view, view.say("requests.cannot"))
    elif why := _not_yet(action, found, view):
        refused = _at(room.code, view, why)
    elif room.seen != found.entries:
        refused = _at(room.code, view, view.say("requests.meanwhile"))
    else:
        done = _at(room.code, view, view.say("requests.told"))
        return Next(done.session, done.notice, (change,))
    return with_words(change.reason, refused, view)


def _not_yet(action: Action, found: DataRequest, view: View) -> str:
    """Why it can't be granted as it stands."""
    if action != "carry_out" or found.kind != "erase":
        return ""
    if open_ := [one.code for one in found.cases if one.open]:
        return view.say("requests.still_open", cases=", ".join(open_))
    return view.say("requests.still_staff") if found.staff else ""


def _grant(room: Doing, view: View) -> Next:
    found = the_request(room.code, view)
    erases = found is not None and found.kind == "erase"
    whole: Scope = "everything" if erases else ""
    scope: Scope = "identity" if room.given.get("scope") == "identity" else whole
    change = MoveRequest(
        code=room.code, action="carry_out", by=me(view), scope=scope, seen=room.seen
    )
    return _decide("carry_out", room, view, change)


def _asks_scope(room: Doing, view: View) -> tuple[Slot, ...]:
    """What an erasing takes is asked where there is more than who somebody is."""
    found = the_request(room.code, view)
    if found is None or found.kind != "erase" or not found.cases:
        return ()
    return (Slot("scope", "choice", keys=("everything", "identity")),)


def _refuse(room: Doing, view: View) -> Next:
    """With the reason, and the article it rests on: what the person may complain against."""
    change = MoveRequest(
        code=room.code,
        action="refuse",
        by=me(view),
        reason=f"{room.given['reason']} ({room.given['basis']})",
        seen=room.seen,
    )
    return _decide("refuse", room, view, change)


def _extend(room: Doing, view: View) -> Next:
    found = the_request(room.code, view)
    if found is None:
        return Next(home(view), view.say("requests.unknown", code=room.code))
    change = MoveRequest(
        code=room.code,
        action="extend",
        by=me(view),
        reason=room.given["reason"],
        due_on=extended(found.kind, view.content, found.due_on),
        seen=room.seen,
    )
    return _decide("extend", room, view, change)


def _look(room: Doing, view: View) -> str:
    """Once more what can't be undone, and what the person will be told."""
    found = the_request(room.code, view)
    if found is None:
        return view.say("requests.unknown", code=room.code)
    lines = [card(found, view)]
    if room.task == "data_extend":
        new = extended(found.kind, view.content, found.due_on)
        lines.append(view.say("requests.new_due", day=show_date(new)))
    if scope := room.given.get("scope"):
        lines.append(view.say(f"pick.{scope}"))
    if reason := room.given.get("reason"):
        told = " · ".join(filter(None, (reason, room.given.get("basis", ""))))
        lines.append(view.say("requests.reason", reason=told))
    if room.task == "data_grant" and found.kind == "erase":
        lines.append(view.say("requests.for_good"))
    return "\n".join(lines)


def _hold(room: Doing, view: View) -> Next:
    code = read_code(room.given["case"]) or ""
    there = enter(view.session, Office(page="requests"), staff=True)
    if dossier(code, view) is None:
        refused = Next(there, view.say("requests.which_case"))
        return with_words(room.given["reason"], refused, view)
    held = room.given["held"] == "hold_on"
    effect = HoldCase(by=me(view), code=code, held=held, reason=room.given["reason"])
    told = "requests.now_held" if held else "requests.not_held"
    return Next(there, view.say(told, code=code), (effect,))


TASKS = (
    Task("data_grant", "requests", _grant, _asks_scope, preview=_look),
    Task(
        "data_refuse",
        "requests",
        _refuse,
        asks(REASON, Slot("basis", most=200)),
        preview=_look,
    ),
    Task("data_extend", "requests", _extend, asks(REASON), preview=_look),
    Task(
        "data_hold",
        "requests",
        _hold,
        asks(Slot("case", most=40), Slot("held", "choice", keys=("hold_on", "hold_off")), REASON),
    ),
)
