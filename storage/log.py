"""The log: what was done and is about no case, a single chain beside those of the cases.

An entry's hash is of ``["log", seq, at, actor, kind, subject, data, prev]`` (see `storage.chain`).
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from storage import keys
from storage.chain import Break, Link, bound, first_break, told
from storage.database import Row, StorageError, Tx
from storage.times import ms, when

# Whoever appends waits here for the one before; the order of the chain is the order of the locks.
LOCK_HEAD = "SELECT h.entries, h.head FROM log_head h WHERE h.id = 1 /*lock h*/"
HEAD = "SELECT entries, head FROM log_head WHERE id = 1"
SET_HEAD = "UPDATE log_head SET entries = ?, head = ? WHERE id = 1"
ADD = """
    INSERT INTO log (seq, at, actor, kind, subject, data, prev, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
ADD_NOTE = "INSERT INTO log_notes (seq, salt, words) VALUES (?, ?, ?)"
NEWEST = """
    SELECT l.seq, l.at, l.actor, l.kind, l.subject, l.data, n.words
    FROM log l LEFT JOIN log_notes n ON n.seq = l.seq
    WHERE l.seq < ? ORDER BY l.seq DESC LIMIT ?
"""
NEWEST_OF = """
    SELECT l.seq, l.at, l.actor, l.kind, l.subject, l.data, n.words
    FROM log l LEFT JOIN log_notes n ON n.seq = l.seq
    WHERE l.subject = ? AND l.seq < ? ORDER BY l.seq DESC LIMIT ?
"""
GET = """
    SELECT l.seq, l.at, l.actor, l.kind, l.subject, l.data, n.words
    FROM log l LEFT JOIN log_notes n ON n.seq = l.seq WHERE l.seq = ?
"""
SIZE = "SELECT COUNT(*) FROM log"
CHAIN = """
    SELECT l.seq, l.at, l.actor, l.kind, l.subject, l.data, l.prev, l.hash, n.salt, n.words
    FROM log l LEFT JOIN log_notes n ON n.seq = l.seq
    WHERE l.seq > ? ORDER BY l.seq LIMIT ?
"""

SLICE = 500
LEAST, MOST = -(2**63), 2**63 - 1  # of a whole number in both engines


class LogEntry(NamedTuple):
    """One entry; *words* is None when nothing was written or it was erased."""

    seq: int
    at: datetime
    actor: str
    kind: str
    subject: str
    data: dict[str, str | int]
    words: str | None


def append(  # noqa: PLR0913 - an entry
    tx: Tx,
    kind: str,
    data: Mapping[str, str | int],
    *,
    actor: str,
    now: datetime,
    subject: str = "",
    words: str = "",
) -> int:
    """Add an entry at the end of the log and return its number.

    *data* and *subject* must say nothing personal: what does goes into *words*. Everybody who
    appends waits for the end of this transaction. Raises `StorageError` when the log has lost its
    head, which only a hand in the database can have taken.
    """
    row = tx.row(LOCK_HEAD)
    if row is None:
        raise StorageError("the log has lost its head: somebody changed the database by hand")
    seq, prev = row[0] + 1, row[1]
    salt = secrets.token_hex(16)
    values = (seq, ms(now), actor, kind, subject, told(data, salt, words))
    head = bound(("log", *values), prev)
    tx.do(ADD, (*values, prev, head))
    if words:
        tx.do(ADD_NOTE, (seq, salt, keys.hide(tx, words, keys.HOUSE)))
    tx.do(SET_HEAD, (seq, head))
    return int(seq)


def entries(
    tx: Tx, *, before: int | None = None, limit: int, subject: str = ""
) -> tuple[LogEntry, ...]:
    """Up to *limit* entries, newest first: older than the entry *before*, about *subject*."""
    last = MOST if before is None else before
    rows = tx.rows(NEWEST_OF, (subject, last, limit)) if subject else tx.rows(NEWEST, (last, limit))
    return tuple(_entry(tx, row) for row in rows)


def get(tx: Tx, seq: int) -> LogEntry | None:
    """One entry by its number."""
    row = tx.row(GET, (seq,))
    return None if row is None else _entry(tx, row)


def size(tx: Tx) -> int:
    """How many entries there are."""
    return int(tx.rows(SIZE)[0][0])


def verify(tx: Tx) -> Break | None:
    """The first break in the log; a long read."""
    return first_break(_links(tx), *(tx.row(HEAD) or (0, "the row of the head is gone")))


def _links(tx: Tx) -> Iterator[Link]:
    last = LEAST
    while rows := tx.rows(CHAIN, (last, SLICE)):
        for *values, prev, hash_, salt, kept in rows:
            words = keys.claimed(tx, kept)
            yield Link(values[0], ["log", *values], values[-1], prev, hash_, salt, words)
        last = rows[-1][0]


def _entry(tx: Tx, row: Row) -> LogEntry:
    seq, at, actor, kind, subject, data, kept = row
    words = keys.noted(tx, kept)
    return LogEntry(seq, when(at), actor, kind, subject, json.loads(data), words)
