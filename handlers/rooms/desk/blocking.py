"""Keeping somebody from sending for a while: by a case of theirs, with a reason, never for long."""

from datetime import timedelta

from handlers.desk.abuse import DAYS
from handlers.desk.permission import may
from handlers.desk.places import Doing
from handlers.limits import Block, Unblock
from handlers.reading.dates import show_date
from handlers.rooms.desk.task import Slot, Task, asks, dossier, me, refused, to_case
from handlers.view import Next, View

LONGEST = 500  # characters of a reason; it is told to the person


def _preview(room: Doing, view: View) -> str:
    until = view.facts.now + timedelta(days=int(room.given["days"]))
    return view.say(
        "abuse.preview",
        code=room.code,
        until=show_date(until.date()),
        reason=room.given["reason"],
    )


def _allowed(room: Doing, view: View) -> Next | None:
    """Why it is refused now: roles change while somebody writes."""
    found = dossier(room.code, view)
    if found is not None and may(view.facts.official, "block", found.card):
        return None
    return refused("block", room.code, view)


def _too_long(room: Doing, view: View) -> str:
    days = room.given.get("days", "")
    return "" if not days or 1 <= int(days) <= DAYS else view.say("task.block.days")


def _block_now(room: Doing, view: View) -> Next:
    if why := _allowed(room, view):
        return why
    given = room.given
    done = Block(by=me(view), code=room.code, reason=given["reason"], days=int(given["days"]))
    return Next(to_case(room.code, view), view.say("task.block.done"), (done,))


def _unblock_now(room: Doing, view: View) -> Next:
    if why := _allowed(room, view):
        return why
    done = Unblock(by=me(view), code=room.code, reason=room.given["reason"])
    return Next(to_case(room.code, view), view.say("task.unblock.done"), (done,))


REASON = Slot("reason", most=LONGEST)
TASKS = (
    Task("block", "block", _block_now, asks(REASON, Slot("days", "number")), None, _preview,
         unfit=_too_long),
    Task("unblock", "block", _unblock_now, asks(REASON)),
)  # fmt: skip
