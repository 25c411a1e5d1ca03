"""What a change of duties brings with it: open cases go back, and those concerned are told."""

from datetime import date, datetime

from handlers.calendar import Calendar
from handlers.desk.people import EVERYWHERE
from handlers.desk.permission import units
from handlers.effects import ChangeDuty, MoveTicket
from storage import members, moves, timers
from storage.database import Tx

OPEN_CASES = """
    SELECT t.code, t.unit, t.due_on, t.asked_on FROM tickets t
    WHERE t.open = 1 AND t.assignee = ? ORDER BY t.due_on, t.id
"""


def change_duty(
    tx: Tx, contact_id: int, effect: ChangeDuty, now: datetime, calendar: Calendar
) -> bool:
    """Give a member a duty or end it; False when nothing changes.

    Cases of units the member no longer works in are nobody's again, and the units' dispatchers are
    woken. So is the member, unless *contact_id*, who does it, is that very member.
    """
    if not members.change_duty(tx, effect, now):
        return False
    chat = members.contact_of(tx, effect.member)
    if chat is not None and chat != contact_id:
        timers.set(tx, chat, f"desk:duty:{effect.member}", now)
    if not effect.given and chat is not None:
        _hand_back(tx, chat, contact_id, effect, now, calendar)
    return True


def _hand_back(
    tx: Tx, chat: int, contact_id: int, effect: ChangeDuty, now: datetime, calendar: Calendar
) -> None:
    left = members.official(tx, chat)
    able = units(left, "take") if left else frozenset()
    cases = [
        (code, unit, _resumed(due_on, asked_on, now.date(), calendar))
        for code, unit, due_on, asked_on in tx.rows(OPEN_CASES, (effect.member,))
        if not able & {unit, EVERYWHERE}
    ]
    for code, _, due_on in cases:
        back = MoveTicket(code=code, action="leave", by=effect.by, assignee=0, due_on=due_on)
        moves.move(tx, contact_id, back, now)
    for unit in dict.fromkeys(unit for _, unit, _ in cases):
        for woken in members.stewards(tx, unit, besides=contact_id):
            timers.set(tx, woken, f"desk:left:{effect.member}", now)


def _resumed(due_on: str, asked_on: str | None, today: date, calendar: Calendar) -> date | None:
    """The due date of a case that no longer waits for its sender; None: it did not wait."""
    if asked_on is None:
        return None
    return calendar.put_off(date.fromisoformat(due_on), date.fromisoformat(asked_on), today)
