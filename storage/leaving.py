"""What a change of duties brings with it: open cases go back, and those concerned are told."""

from datetime import datetime

from handlers.desk.people import EVERYWHERE
from handlers.desk.permission import units
from handlers.effects import ChangeDuty, MoveTicket
from storage import members, moves, timers
from storage.database import Tx

OPEN_CASES = """
    SELECT t.code, t.unit FROM tickets t
    WHERE t.open = 1 AND t.assignee = ? ORDER BY t.due_on, t.id
"""


def change_duty(tx: Tx, contact_id: int, effect: ChangeDuty, now: datetime) -> bool:
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
        _hand_back(tx, chat, contact_id, effect, now)
    return True


def _hand_back(tx: Tx, chat: int, contact_id: int, effect: ChangeDuty, now: datetime) -> None:
    left = members.official(tx, chat)
    able = units(left, "take") if left else frozenset()
    cases = [
        (code, unit)
        for code, unit in tx.rows(OPEN_CASES, (effect.member,))
        if not able & {unit, EVERYWHERE}
    ]
    for code, _ in cases:
        back = MoveTicket(code=code, action="leave", by=effect.by, assignee=0)
        moves.move(tx, contact_id, back, now)
    for unit in dict.fromkeys(unit for _, unit in cases):
        for woken in members.nearest(tx, "dispatcher", unit, besides=contact_id):
            timers.set(tx, woken, f"desk:left:{effect.member}", now)
