"""The history of each case: entries that only grow, each bound to the one before by its hash.

``hash = SHA-256 of the canonical JSON of [ticket, seq, at, actor, kind, data, prev]``, where *prev*
is the hash of the entry before, empty for the first; the case's own row repeats the last one. The
words people wrote are beside the entry, in `notes`, as the seal keeps them, and the salted digest
of the plain words is in it: changed words are found out, erased ones (as the law may demand) leave
a whole chain that tells nothing of them.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from storage import people
from storage.database import Row, Tx
from storage.times import ms

ADD = """
    INSERT INTO history (ticket_id, seq, at, actor, kind, data, prev, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
ADD_NOTE = "INSERT INTO notes (ticket_id, seq, salt, words) VALUES (?, ?, ?, ?)"
SET_HEAD = "UPDATE tickets SET entries = ?, head = ?, updated_at = ? WHERE id = ?"
OF_TICKET = """
    SELECT h.seq, h.at, h.actor, h.kind, h.data, n.words
    FROM history h LEFT JOIN notes n ON n.ticket_id = h.ticket_id AND n.seq = h.seq
    WHERE h.ticket_id = ? ORDER BY h.seq
"""
LAST_TICKET = "SELECT COALESCE(MAX(id), 0) FROM tickets"
CHAINS = """
    SELECT t.id, t.entries, t.head,
        h.seq, h.at, h.actor, h.kind, h.data, h.prev, h.hash, n.salt, n.words
    FROM tickets t
    LEFT JOIN history h ON h.ticket_id = t.id
    LEFT JOIN notes n ON n.ticket_id = h.ticket_id AND n.seq = h.seq
    WHERE t.id BETWEEN ? AND ? ORDER BY t.id, h.seq
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


class Break(NamedTuple):
    """The first entry (from 1) of a case that is not as it was written, and what is wrong."""

    ticket_id: int
    seq: int
    why: str


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
    told = {**data, "words": _digest(salt, words)} if words else data
    values = (seq, ms(now), actor, kind, _canonical(told), chain.head)
    head = _hash(chain.ticket_id, *values)
    tx.do(ADD, (chain.ticket_id, *values, head))
    if words:
        tx.do(ADD_NOTE, (chain.ticket_id, seq, salt, people.hidden(tx, words)))
    tx.do(SET_HEAD, (seq, head, ms(now), chain.ticket_id))
    return Chain(chain.ticket_id, seq, head)


def entries(tx: Tx, ticket_id: int) -> tuple[Entry, ...]:
    """The history of a case, oldest first."""
    return tuple(_entry(tx, row) for row in tx.rows(OF_TICKET, (ticket_id,)))


def verify(tx: Tx, ticket_id: int) -> Break | None:
    """The first break in the history of one case."""
    return next(_breaks(tx, tx.rows(CHAINS, (ticket_id, ticket_id))), None)


def verify_all(tx: Tx) -> Break | None:
    """The first break in any history; a long read."""
    last: int = tx.rows(LAST_TICKET)[0][0]
    for first in range(1, last + 1, SLICE):
        if found := next(_breaks(tx, tx.rows(CHAINS, (first, first + SLICE - 1))), None):
            return found
    return None


def _breaks(tx: Tx, rows: Iterable[Row]) -> Iterator[Break]:
    for (ticket_id, count, head), chain in groupby(rows, itemgetter(0, 1, 2)):
        if found := _break(tx, (ticket_id, count, head), [row[3:] for row in chain]):
            yield found


def _break(tx: Tx, case: tuple[int, int, str], chain: list[Row]) -> Break | None:
    ticket_id, count, head = case
    prev = ""
    seq = 0
    for seq, row in enumerate((row for row in chain if row[0] is not None), 1):
        *values, digest, salt, kept = row
        if values[0] != seq or values[-1] != prev:
            return Break(ticket_id, seq, "an entry is missing")
        if _hash(ticket_id, *values) != digest:
            return Break(ticket_id, seq, "an entry was changed")
        if kept is not None and _digest(salt, people.shown(tx, kept)) != _noted(values[4]):
            return Break(ticket_id, seq, "words were changed")
        prev = digest
    return None if (seq, prev) == (count, head) else Break(ticket_id, seq + 1, "the end is missing")


def _entry(tx: Tx, row: Row) -> Entry:
    seq, at, actor, kind, data, kept = row
    words = None if kept is None else people.shown(tx, kept)
    return Entry(seq, at, actor, kind, json.loads(data), words)


def _noted(data: str) -> object:
    return json.loads(data).get("words")


def _hash(*values: str | int) -> str:
    return hashlib.sha256(_canonical(values).encode()).hexdigest()


def _digest(salt: str, words: str) -> str:
    return hashlib.sha256(f"{salt}{words}".encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
