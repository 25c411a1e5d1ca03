"""The history of each case: a chain of its own (see `storage.chain`).

An entry's hash is of ``[ticket, seq, at, actor, kind, data, prev]``. The case's own row repeats how
many entries there are and the last hash.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Literal, NamedTuple

from storage import keys
from storage.chain import Link, Why, bound, first_break, told
from storage.database import Row, Tx
from storage.times import ms

ADD = """
    INSERT INTO history (ticket_id, seq, at, actor, kind, data, prev, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
ADD_NOTE = "INSERT INTO notes (ticket_id, seq, salt, words) VALUES (?, ?, ?, ?)"
SET_HEAD = "UPDATE tickets SET entries = ?, head = ?, updated_at = ? WHERE id = ?"
# For the cards in groups of officials: see `storage.cards`.
NOTE_CHANGE = """
    INSERT INTO group_changes (ticket_id)
    SELECT t.id FROM tickets t
    WHERE t.id = ? AND EXISTS (SELECT 1 FROM staff_groups WHERE active = 1)
"""
OF_TICKET = """
    SELECT h.seq, h.at, h.actor, h.kind, h.data, n.words
    FROM history h LEFT JOIN notes n ON n.ticket_id = h.ticket_id AND n.seq = h.seq
    WHERE h.ticket_id = ? ORDER BY h.seq
"""
LAST_TICKET = "SELECT COALESCE(MAX(id), 0) FROM tickets"
CHAINS = """
    SELECT t.id, t.code, t.entries, t.head,
        h.seq, h.at, h.actor, h.kind, h.data, h.prev, h.hash, n.salt, n.words
    FROM tickets t
    LEFT JOIN history h ON h.ticket_id = t.id
    LEFT JOIN notes n ON n.ticket_id = h.ticket_id AND n.seq = h.seq
    WHERE t.id BETWEEN ? AND ? ORDER BY t.id, h.seq
"""
ORPHANS = """
    SELECT h.ticket_id, MIN(h.seq) FROM history h LEFT JOIN tickets t ON t.id = h.ticket_id
    WHERE t.id IS NULL GROUP BY h.ticket_id ORDER BY h.ticket_id
"""

SLICE = 500


class Chain(NamedTuple):
    """Where the history of a case ends; its row is locked by whoever holds this."""

    ticket_id: int
    entries: int = 0
    head: str = ""


class Entry(NamedTuple):
    """One entry; *words* is None when nothing was written or it was erased."""

    seq: int
    at: int
    actor: str
    kind: str
    data: dict[str, str | int]
    words: str | None


class Broken(NamedTuple):
    """A case whose history is not as it was written: the first entry that shows it, and what.

    Of an *orphan* the case itself is gone, with its *code*.
    """

    ticket_id: int
    code: str
    seq: int
    why: Why | Literal["orphan"]


class Verified(NamedTuple):
    """How many *cases* were looked at, how many are *broken*, and the first of these."""

    cases: int
    broken: int
    first: tuple[Broken, ...]


def append(  # noqa: PLR0913 - an entry
    tx: Tx,
    chain: Chain,
    kind: str,
    data: Mapping[str, str | int],
    *,
    actor: str,
    now: datetime,
    words: str = "",
) -> Chain:
    """Add an entry at the end of the history of a case; *data* must say nothing personal."""
    seq = chain.entries + 1
    salt = secrets.token_hex(16)
    values = (chain.ticket_id, seq, ms(now), actor, kind, told(data, salt, words))
    head = bound(values, chain.head)
    tx.do(ADD, (*values, chain.head, head))
    if words:
        tx.do(
            ADD_NOTE, (chain.ticket_id, seq, salt, keys.hide(tx, words, f"case:{chain.ticket_id}"))
        )
    tx.do(SET_HEAD, (seq, head, ms(now), chain.ticket_id))
    tx.do(NOTE_CHANGE, (chain.ticket_id,))
    return Chain(chain.ticket_id, seq, head)


def entries(tx: Tx, ticket_id: int) -> tuple[Entry, ...]:
    """The history of a case, oldest first."""
    return tuple(_entry(tx, row) for row in tx.rows(OF_TICKET, (ticket_id,)))


def verify_all(tx: Tx, most: int = 100) -> Verified:
    """Look at the history of every case, and tell of up to *most* broken ones; a long read."""
    cases = broken = 0
    first: list[Broken] = []
    for found in _looked_at(tx):
        cases += found is None or found.why != "orphan"
        if found is not None:
            broken += 1
            first += [found] if broken <= most else []
    return Verified(cases, broken, tuple(first))


def _looked_at(tx: Tx) -> Iterator[Broken | None]:
    last: int = tx.rows(LAST_TICKET)[0][0]
    for start in range(1, last + 1, SLICE):
        yield from _verified(tx, tx.rows(CHAINS, (start, start + SLICE - 1)))
    for ticket_id, seq in tx.rows(ORPHANS):
        yield Broken(ticket_id, "", seq, "orphan")


def _verified(tx: Tx, rows: Iterable[Row]) -> Iterator[Broken | None]:
    for (ticket_id, code, count, head), chain in groupby(rows, itemgetter(0, 1, 2, 3)):
        links = (_link(tx, ticket_id, row[4:]) for row in chain if row[4] is not None)
        found = first_break(links, count, head)
        yield None if found is None else Broken(ticket_id, code, *found)


def _link(tx: Tx, ticket_id: int, row: Row) -> Link:
    *values, prev, hash_, salt, kept = row
    words = keys.claimed(tx, kept)
    return Link(values[0], [ticket_id, *values], values[-1], prev, hash_, salt, words)


def _entry(tx: Tx, row: Row) -> Entry:
    seq, at, actor, kind, data, kept = row
    words = keys.noted(tx, kept)
    return Entry(seq, at, actor, kind, json.loads(data), words)
