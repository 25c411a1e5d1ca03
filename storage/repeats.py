"""Copies of a text among the cases, found by the few marks each case is kept with.

Every question costs the same however many cases and copies there are: a person's newest cases are
looked at, or the newest cases of each mark.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.repeats import MARKS, enough
from storage.database import Tx
from storage.times import ms

ADD = "INSERT INTO ticket_marks (ticket_id, mark) VALUES (?, ?) ON CONFLICT DO NOTHING"
OWN = """
    SELECT t.code, t.id FROM ticket_contacts h JOIN tickets t ON t.id = h.ticket_id
    WHERE h.contact_id = ? AND t.open = 1 AND t.opened_at >= ?
    ORDER BY h.ticket_id DESC LIMIT ?
"""
OF_TICKET = "SELECT mark FROM ticket_marks WHERE ticket_id = ?"
NEWEST = "SELECT ticket_id FROM ticket_marks WHERE mark = ? ORDER BY ticket_id DESC LIMIT ?"
OTHERS = """
    SELECT t.code FROM tickets t
    WHERE t.id = ? AND t.open = 1
    AND t.person_id <> (SELECT person_id FROM tickets WHERE id = ?)
"""

LOOKED_AT = 20  # newest cases of a person
EACH = 100  # newest cases of a mark
SHOWN = 20  # copies of a text


def keep(tx: Tx, ticket_id: int, marks: Sequence[int]) -> None:
    """Keep the marks of a case; of what says too little there are none."""
    tx.many(ADD, [(ticket_id, mark) for mark in marks[:MARKS]])


def own(tx: Tx, contact_id: int, marks: tuple[int, ...], now: datetime, days: int) -> str:
    """The code of the contact's newest open case that tells the same; empty when there is none."""
    if not marks:
        return ""
    since, wanted = ms(now - timedelta(days=days)), set(marks)
    for code, ticket_id in tx.rows(OWN, (contact_id, since, LOOKED_AT)):
        shared = wanted & {mark for (mark,) in tx.rows(OF_TICKET, (ticket_id,))}
        if len(shared) >= enough(marks):
            return str(code)
    return ""


def copies(tx: Tx, ticket_id: int) -> tuple[str, ...]:
    """The codes of open cases of other people that tell the same as this one, newest first."""
    marks = tuple(mark for (mark,) in tx.rows(OF_TICKET, (ticket_id,)))
    shared = Counter(
        other for mark in marks for (other,) in tx.rows(NEWEST, (mark, EACH)) if other != ticket_id
    )
    alike = sorted((o for o, count in shared.items() if count >= enough(marks)), reverse=True)
    rows = (tx.row(OTHERS, (other, ticket_id)) for other in alike[:SHOWN])
    return tuple(row[0] for row in rows if row)
