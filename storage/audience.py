"""Whom an announcement concerns: the one SELECT that both the dry run and the preparing read.

It looks through the people by windows of their ids, so that it costs the same memory and holds the
database as long whether a thousand are concerned or a million. Those who follow cases are found by
windows of the cases' ids: words are looked for in a few thousand cases at a time.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from handlers.announcing import Audience
from handlers.desk.people import EVERYWHERE
from handlers.text import fold
from storage.database import Tx, Value

LAST = {
    "people": "SELECT COALESCE(MAX(id), 0) FROM people",
    "cases": "SELECT COALESCE(MAX(id), 0) FROM tickets",
    "staff": "SELECT COALESCE(MAX(id), 0) FROM people",
}

# A person's chats, best first: that can be written to, then talked in last. Of staff, the chat they
# are staff in. Who is behind a window's chats is looked up by the same bounds, so that PostgreSQL
# reads a range of each index and not whole tables.
_BEST = """
    SELECT person_id, contact_id, hears,
        CASE WHEN reachable = 1 AND channel <> 'counter' THEN channel ELSE '' END AS channel
    FROM (
        SELECT p.id AS person_id, c.id AS contact_id, {hears} AS hears, c.channel, c.reachable,
            ROW_NUMBER() OVER (
                PARTITION BY p.id
                ORDER BY CASE WHEN c.channel = 'counter' OR c.reachable = 0 THEN 1 ELSE 0 END,
                    {first} COALESCE(s.updated_at, 0) DESC, c.id DESC
            ) AS place
        FROM people p
        JOIN contacts c ON c.person_id = p.id
        LEFT JOIN sessions s ON s.contact_id = c.id
        WHERE {filters}
    ) chats
    WHERE place = 1
"""
_WINDOW = "p.id > ? AND p.id <= ? AND c.person_id > ? AND c.person_id <= ?"
_FOLLOWS = """
    p.id IN (
        SELECT f.person_id FROM follows f
        WHERE f.kind = '{kind}' AND f.name IN ({names}) AND f.wanted = 1
        AND f.person_id > ? AND f.person_id <= ?
    )
"""
_LANG = "CASE WHEN p.lang = '' THEN 'vi' ELSE p.lang END = ?"
_CASES = """
    p.id IN (
        SELECT o.person_id
        FROM tickets t
        JOIN ticket_contacts h ON h.ticket_id = t.id
        JOIN contacts o ON o.id = h.contact_id
        WHERE t.open = 1 AND t.id > ? AND t.id <= ? {cases}
    )
"""
_MATTER = """
    AND (
        t.code = ?
        OR t.matter IN (SELECT m.matter FROM tickets m WHERE m.code = ? AND m.matter > 0)
    )
"""
_WORDS = """
    AND t.id IN (
        SELECT w.rowid FROM ticket_words w
        WHERE w.ticket_words MATCH ? AND w.rowid > ? AND w.rowid <= ?
    )
"""
_STAFF = """
    p.id IN (
        SELECT o.person_id
        FROM duties d
        JOIN members m ON m.id = d.member_id
        JOIN contacts o ON o.id = m.contact_id
        WHERE o.person_id > ? AND o.person_id <= ? {duties}
    )
"""
_STAFF_FIRST = """
    CASE WHEN EXISTS (SELECT 1 FROM members m WHERE m.contact_id = c.id) THEN 0 ELSE 1 END,
"""
NOTHING = "%"  # in the words of no case; what can't be looked for must not be all cases
LENGTHS = (1, 4, 16, 64, 128)  # of a list of names: few statements, each prepared once


class Select(NamedTuple):
    """A SELECT of ``person_id, contact_id, hears, channel`` and its parameters.

    One row a person; *channel* is empty for who can be reached on none.
    """

    sql: str
    params: tuple[Value, ...]


class _Shape(NamedTuple):
    """What makes one statement differ from another: which filters, and how long their lists are."""

    whom: str
    communes: int
    topics: int
    lang: bool
    matter: bool
    words: bool
    unit: bool
    roles: int


def last(tx: Tx, audience: Audience) -> int:
    """Up to which id there is anybody to look at."""
    found: int = tx.rows(LAST[audience.whom])[0][0]
    return found


def among(audience: Audience, after: int, until: int) -> Select:
    """Those of an audience in the window of ids above *after*, up to *until*."""
    communes, topics = _padded(audience.communes), _padded(audience.topics)
    roles, words = _padded(audience.roles), fold(audience.words)
    if audience.words and not words:
        words = NOTHING
    window = (after, until)
    shape = _Shape(
        audience.whom,
        *(len(communes), len(topics), bool(audience.lang), bool(audience.matter), bool(words)),
        *(audience.unit != EVERYWHERE, len(roles)),
    )
    lang = (audience.lang,) if audience.lang else ()
    unit = (audience.unit,) if audience.unit != EVERYWHERE else ()
    params: tuple[Value, ...]
    match audience.whom:
        case "people":
            followed: list[Value] = []
            for names in filter(None, (communes, topics)):
                followed += (*names, *window)
            params = (*window, *window, *followed, *lang)
        case "cases":
            matter = (audience.matter, audience.matter) if audience.matter else ()
            said = (f'"{words}"', *window) if words else ()
            params = (*window, *communes, *topics, *unit, *matter, *said, *lang)
        case "staff":
            params = (*window, *window, *window, *unit, *roles, *lang)
    return Select(_sql(shape), params)


@cache
def _sql(shape: _Shape) -> str:
    lang = [_LANG] if shape.lang else []
    match shape.whom:
        case "people":
            lists = (("commune", shape.communes), ("topic", shape.topics))
            follows = [
                _FOLLOWS.format(kind=kind, names=_marks(length)) for kind, length in lists if length
            ]
            filters = [_WINDOW, *follows, *lang]
        case "cases":
            filters = [_CASES.format(cases=_cases(shape)), *lang]
        case _:
            duties = "AND d.unit = ? " * shape.unit
            duties += f"AND d.role IN ({_marks(shape.roles)})" if shape.roles else ""
            filters = [_WINDOW, _STAFF.format(duties=duties), *lang]
    staff = shape.whom == "staff"
    return _BEST.format(
        filters=" AND ".join(filters),
        hears="1" if staff else "p.hears",
        first=_STAFF_FIRST if staff else "",
    )


def _cases(shape: _Shape) -> str:
    lists = (("commune", shape.communes), ("topic", shape.topics))
    parts = [f"AND t.{column} IN ({_marks(length)})" for column, length in lists if length]
    parts += ["AND t.unit = ?"] * shape.unit + [_MATTER] * shape.matter + [_WORDS] * shape.words
    return " ".join(parts)


def _marks(length: int) -> str:
    return ", ".join("?" * length)


def _padded(names: Sequence[str]) -> tuple[str, ...]:
    """The names, the last repeated until the list has one of a few lengths."""
    if not names:
        return ()
    length = next((each for each in LENGTHS if each >= len(names)), len(names))
    return tuple(names) + tuple(names[-1:]) * (length - len(names))
