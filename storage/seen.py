"""What one member did and looked at between two instants: for a breach, whom it concerns.

A long look through every history: nobody waits for it, and it takes no lock.
"""

from datetime import datetime
from typing import NamedTuple

from storage import members
from storage.database import Tx
from storage.times import ms, when

OF_CASES = """
    SELECT h.at, h.kind, t.code FROM history h JOIN tickets t ON t.id = h.ticket_id
    WHERE h.actor = ? AND h.at >= ? AND h.at < ? ORDER BY h.at, t.code
"""
OF_LOG = """
    SELECT l.at, l.kind, l.subject FROM log l
    WHERE l.actor = ? AND l.at >= ? AND l.at < ? ORDER BY l.at
"""
IN_CONFIDENCE = """
    SELECT COUNT(DISTINCT e.denunciation_id) FROM denunciation_entries e
    WHERE e.actor = ? AND e.at >= ? AND e.at < ?
"""
WITHIN = """
    SELECT t.unit, COUNT(*) FROM tickets t
    WHERE t.opened_at < ? AND (t.open = 1 OR t.updated_at >= ?) GROUP BY t.unit ORDER BY t.unit
"""


class Done(NamedTuple):
    """An entry: *about* is a case's code, or what a log's entry is about."""

    at: datetime
    kind: str
    about: str


class Seen(NamedTuple):
    """What is written down of one member, and what they could have opened without a trace.

    *confidential* counts messages told in confidence that they opened; their codes are for nobody
    here. *within* counts, by unit, the cases that were open or changed meanwhile.
    """

    name: str
    done: tuple[Done, ...]
    confidential: int
    within: tuple[tuple[str, int], ...]


def seen(tx: Tx, member: int, since: datetime, until: datetime) -> Seen:
    """All of it, in order of time."""
    span = (members.actor(member), ms(since), ms(until))
    rows = (*tx.rows(OF_CASES, span), *tx.rows(OF_LOG, span))
    within = tx.rows(WITHIN, (ms(until), ms(since)))
    return Seen(
        name=members.name_of(tx, members.actor(member)),
        done=tuple(sorted(Done(when(at), kind, about) for at, kind, about in rows)),
        confidential=tx.rows(IN_CONFIDENCE, span)[0][0],
        within=tuple((unit, count) for unit, count in within),
    )
