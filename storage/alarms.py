"""Alarms whose officer on duty can't be written to: others hear of them in their place."""

from datetime import datetime, timedelta

from storage import members, people, timers
from storage.database import Tx
from storage.times import ms

RECENT = timedelta(days=1)
# In the words of the index; told are those in whose turn it was said, whether it arrived or not.
TOLD_OF = """
    SELECT t.id, t.code, t.unit FROM tickets t
    WHERE t.open = 1 AND t.kind = 'emergency' AND t.opened_at >= ?
    AND EXISTS (
        SELECT 1 FROM history h JOIN members m ON h.actor = 'member:' || m.id
        WHERE h.ticket_id = t.id AND h.kind = 'alarmed' AND m.contact_id = ?
    )
    ORDER BY t.id
"""
TOLD = """
    SELECT m.contact_id FROM history h JOIN members m ON h.actor = 'member:' || m.id
    WHERE h.ticket_id = ? AND h.kind = 'alarmed'
"""


def lost(tx: Tx, contact_id: int, now: datetime) -> None:
    """This chat can't be reached any more: what it was told of danger to life is told to others.

    To those on duty who were not told yet, or who come in their place when nobody is.
    """
    people.set_reachable(tx, contact_id, now, reachable=False)
    for number, code, unit in tx.rows(TOLD_OF, (ms(now - RECENT), contact_id)):
        told = {row[0] for row in tx.rows(TOLD, (number,))}
        for contact in members.on_duty(tx, unit, besides=contact_id):
            if contact not in told:
                timers.set(tx, contact, f"desk:emergency:{code}", now)
