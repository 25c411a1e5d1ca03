"""Who is told that there is something in confidence, and never what, of whom, or by which code."""

from datetime import datetime

from handlers.denouncing import may_read
from storage import denunciations, members, timers
from storage.database import Tx

INSPECTORS = """
    SELECT DISTINCT m.contact_id FROM duties d JOIN members m ON m.id = d.member_id
    WHERE d.role = 'inspector' ORDER BY m.contact_id
"""
NEW, WAITING, REPLY = "confidential:new", "confidential:waiting", "confidential:reply"


def inspectors(tx: Tx, code: str, now: datetime) -> None:
    """Wake those who may know of the message *code*; when nobody may, the administrators.

    Of these, too, none who have a duty in the unit it names, as long as there are others.
    """
    kept = denunciations.get(tx, code)
    if kept is None:
        return
    unit = denunciations.body_of(tx, kept).unit
    woken = [
        contact
        for (contact,) in tx.rows(INSPECTORS)
        if may_read(unit, denunciations.inspects(tx, contact), denunciations.barred(tx, contact))
    ]
    for contact in woken:
        timers.set(tx, contact, NEW, now)
    if not woken:
        every = members.with_role(tx, "administrator")
        apart = tuple(contact for contact in every if unit not in denunciations.barred(tx, contact))
        for contact in apart or every:
            timers.set(tx, contact, WAITING, now)


def sender(tx: Tx, contact_id: int, now: datetime) -> None:
    """Wake whoever told it, for a message that waits for their receipt."""
    timers.set(tx, contact_id, REPLY, now)
