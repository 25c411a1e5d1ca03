"""Who is told of a case: each in a turn of their own, woken by a timer that is due now."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers.effects import Notify
from storage import members, reaching, timers
from storage.database import Tx
from storage.tickets import COUNTER

FOLLOWERS = """
    SELECT h.contact_id
    FROM tickets t
    JOIN ticket_contacts h ON h.ticket_id = t.id
    JOIN contacts c ON c.id = h.contact_id
    WHERE t.code = ? AND c.channel <> ?
"""
SENDER = "SELECT contact_id FROM tickets WHERE code = ?"
OF_CASE = "SELECT t.unit, t.assignee FROM tickets t WHERE t.code = ?"


def notify(tx: Tx, contact_id: int, effect: Notify, now: datetime) -> None:
    """Wake whom *effect* names, once for each reason, however often it is said before they hear.

    Of several who release or dispatch, those of just this unit; not the contact that did it. The
    timer of a sender is named by its reason; it runs out whether they can be written to or not.
    """
    woken: Iterable[int]
    match effect.to:
        case "citizens":
            name = f"case:{effect.code}"
            woken = tuple(row[0] for row in tx.rows(FOLLOWERS, (effect.code, COUNTER)))
            if not woken:
                reaching.nobody(tx, effect.code, now)
        case "sender":
            name = f"{effect.what}:{effect.code}"
            woken = (row[0] for row in tx.rows(SENDER, (effect.code,)))
        case _:
            name = f"desk:{effect.what}:{effect.code}"
            woken = _staff(tx, contact_id, effect)
    due = now + timedelta(seconds=effect.after)
    for contact in woken:
        timers.set(tx, contact, name, due)


def _staff(tx: Tx, contact_id: int, effect: Notify) -> tuple[int, ...]:
    row = tx.row(OF_CASE, (effect.code,))
    if row is None:
        return ()
    unit, assignee = row
    match effect.to:
        case "approvers":
            return members.nearest(tx, "approver", unit, besides=contact_id)
        case "unit":
            return members.stewards(tx, unit, besides=contact_id, just=True)
        case "watch":
            return members.on_duty(tx, unit, besides=contact_id)
        case "dispatchers":
            return members.stewards(tx, unit, besides=contact_id)
        case _:
            member = assignee if effect.to == "assignee" else effect.member
            contact = members.contact_of(tx, member)
            return () if contact is None else (contact,)
