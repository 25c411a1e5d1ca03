"""Which cases were answered by what: kept with each answer, looked up when a rule has changed."""

from collections.abc import Iterable
from datetime import datetime

from handlers.desk.people import EVERYWHERE
from handlers.desk.resting import Outdated, Rest, Resting
from storage.database import Tx
from storage.times import ms, when

FORGET = "DELETE FROM answered_by WHERE ticket_id = ?"
ADD = "INSERT INTO answered_by (ticket_id, kind, name, version, at) VALUES (?, ?, ?, ?, ?)"
# What is told in confidence is in no list, whatever was answered before it came to be so.
_OF = """
    FROM answered_by a JOIN tickets t ON t.id = a.ticket_id
    WHERE a.kind = ? AND a.name = ? AND a.version <> ? AND t.kind <> 'denunciation'
"""
COUNT = f"SELECT COUNT(*) {_OF}"
COUNT_IN = f"{COUNT} AND t.unit = ?"
_PAGE = f"SELECT a.at, a.ticket_id, t.code, t.unit, t.status {_OF}"
_NEWEST = "ORDER BY a.at DESC, a.ticket_id DESC LIMIT ?"
PAGE = f"{_PAGE} {_NEWEST}"
PAGE_IN = f"{_PAGE} AND t.unit = ? {_NEWEST}"


def keep(tx: Tx, ticket_id: int, rests: Iterable[Rest], now: datetime) -> None:
    """Remember what the latest answer of a case rests on; an earlier one counts no more."""
    tx.do(FORGET, (ticket_id,))
    for rest in rests:
        tx.do(ADD, (ticket_id, *rest, ms(now)))


def outdated(tx: Tx, current: Rest, units: frozenset[str], after: int, limit: int) -> Outdated:
    """The cases of *units* (``*``: all) answered by another version than the *current* one.

    An empty version is no version: of what is out of force, all are listed. The page begins after
    so many, newest first.
    """
    if EVERYWHERE in units:
        count: int = tx.rows(COUNT, current)[0][0]
        rows = tx.rows(PAGE, (*current, after + limit)) if count else []
    else:
        each = [(*current, unit) for unit in sorted(units)]
        count = sum(tx.rows(COUNT_IN, params)[0][0] for params in each)
        pages = [row for params in each for row in tx.rows(PAGE_IN, (*params, after + limit))]
        rows = sorted(pages, reverse=True)
    page = rows[after : after + limit]
    return Outdated(count, tuple(Resting(c, u, s, when(at)) for at, _, c, u, s in page))
