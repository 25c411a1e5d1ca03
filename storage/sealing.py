"""Sealing what was written before there was a seal: once, in slices, before anything is served.

Stopped anywhere, it goes on at the next start: what is sealed is known by its mark. `sealed` names
the tables that are through.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, TypeVar

from storage import keys
from storage.batch import Connection, look
from storage.database import Row, Tx, Value
from storage.search import unnumbered

T = TypeVar("T")

SLICE = 500

DONE = "SELECT name FROM sealed"
MARK = "INSERT INTO sealed (name) VALUES (?) ON CONFLICT (name) DO NOTHING"
FOUND = "-found"  # there was something to seal
EMPTIED = "-emptied"  # and nothing is left of it in the free places of the file

Key = tuple[Value, ...]

_HASHED = re.compile(r"[0-9a-f]{64}")


class Plain(NamedTuple):
    """Where personal texts stand in a table: its primary *key*, with where that begins.

    *columns* are sealed by the key of *holder*; with *indexed*, ``address_key`` is made of the
    first of them.
    """

    table: str
    key: tuple[str, ...]
    start: Key
    columns: tuple[str, ...]
    holder: str = f"'{keys.HOUSE}'"
    indexed: bool = False


NUMBER, WORD = ("id",), ("",)
ZERO = (0,)
PLAIN = (
    Plain("people", NUMBER, ZERO, ("name", "phone"), "'person:' || id"),
    Plain("contacts", NUMBER, ZERO, ("address",), "'contact:' || id", indexed=True),
    Plain("sessions", ("contact_id",), ZERO, ("state",), "'contact:' || contact_id"),
    Plain("outbox", NUMBER, ZERO, ("payload",), "'contact:' || contact_id"),
    Plain("shared_words", NUMBER, ZERO, ("payload",)),
    Plain("notes", ("ticket_id", "seq"), (0, 0), ("words",), "'case:' || ticket_id"),
    Plain("answers", NUMBER, ZERO, ("words",), "'case:' || ticket_id"),
    Plain("log_notes", ("seq",), ZERO, ("words",)),
    Plain(
        *("inbox", NUMBER, WORD, ("raw", "event")),
        f"COALESCE('contact:' || contact_id, '{keys.HOUSE}')",
    ),
    Plain("files", ("key",), WORD, ("name",), "'contact:' || contact_id"),
    Plain("members", NUMBER, ZERO, ("name",)),
    Plain("invitations", ("token_key",), WORD, ("name",)),
    Plain("staff_groups", NUMBER, ZERO, ("address",), indexed=True),
    Plain("group_answers", NUMBER, ZERO, ("address",), indexed=True),
    Plain("announcements", NUMBER, ZERO, ("words", "proposed", "reason")),
)
# What only paces: without it a group is written to a little sooner.
FORGOTTEN = ("DELETE FROM group_sends", "DELETE FROM group_hints")
MOVES = "chat_moves"
BARE = "SELECT channel, address_key FROM chat_moves"
SET_MOVE = "UPDATE chat_moves SET address_key = ? WHERE channel = ? AND address_key = ?"
# The words cases are found by stay plain, without anybody's numbers among them.
WORDS = "ticket_words"
INDEXED = "SELECT w.rowid, w.words FROM ticket_words w WHERE w.rowid > ? ORDER BY w.rowid LIMIT ?"
SET_INDEXED = "UPDATE ticket_words SET words = ? WHERE rowid = ?"


def seal_old(connection: Connection) -> bool:
    """Seal all that is plain; whether there was anything, so that the places it stood are swept."""
    done = look(connection, _through)
    if MOVES not in done:
        left = tuple(plain for plain in PLAIN if plain.table not in done)
        after: Key | None = None
        while left:
            left, after = _transact(connection, partial(_some, left=left, after=after))
        done = _transact(connection, _seal_moves)
    if WORDS not in done:
        last: int | None = 0
        while last is not None:
            last = _transact(connection, partial(_mask_some, after=last))
        done = look(connection, _through)
    return FOUND in done and EMPTIED not in done


def emptied(connection: Connection) -> None:
    """Nothing is left of what was plain: remember it."""
    _transact(connection, lambda tx: tx.do(MARK, (EMPTIED,)))


def _transact(connection: Connection, unit: Callable[[Tx], T]) -> T:
    connection.begin_alone()
    try:
        connection.keys.clear()
        value = unit(connection)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return value


def _through(tx: Tx) -> set[str]:
    return {row[0] for row in tx.rows(DONE)}


def _some(
    tx: Tx, left: tuple[Plain, ...], after: Key | None
) -> tuple[tuple[Plain, ...], Key | None]:
    """Seal about a slice; return the tables that are left, and where to go on in the first."""
    room = SLICE
    for number, plain in enumerate(left):
        rows = _seal_page(tx, plain, plain.start if after is None else after)
        room -= len(rows)
        after = None
        if len(rows) == SLICE:
            return left[number:], tuple(rows[-1][: len(plain.key)])
        tx.do(MARK, (plain.table,))
        if room <= 0:
            return left[number + 1 :], None
    return (), None


def _seal_page(tx: Tx, plain: Plain, after: Key) -> list[Row]:
    key, many = ", ".join(plain.key), len(plain.key)
    marks = ", ".join("?" * many)
    page = (
        f"SELECT {key}, {plain.holder}, {', '.join(plain.columns)} FROM {plain.table}"  # noqa: S608 - our own names
        f" WHERE ({key}) > ({marks}) ORDER BY {key} LIMIT {SLICE}"
    )
    rows = tx.rows(page, after)
    found = [row for row in rows if any(map(_plain, row[many + 1 :]))]
    for row in found:
        _hide(tx, plain, row[:many], row[many], row[many + 1 :])
    if found:
        tx.do(MARK, (FOUND,))
    return rows


def _hide(tx: Tx, plain: Plain, key: Row, holder: str, texts: Row) -> None:
    changes: dict[str, Value] = {
        column: keys.hide(tx, text, holder)
        for column, text in zip(plain.columns, texts, strict=True)
        if _plain(text)
    }
    if plain.indexed:
        changes["address_key"] = tx.seal.key(texts[0])
    sets = ", ".join(f"{column} = ?" for column in changes)
    where = " AND ".join(f"{column} = ?" for column in plain.key)
    tx.do(f"UPDATE {plain.table} SET {sets} WHERE {where}", (*changes.values(), *key))  # noqa: S608 - our own names


def _seal_moves(tx: Tx) -> set[str]:
    for statement in FORGOTTEN:
        tx.do(statement)
    for channel, address in list(_bare(tx)):
        tx.do(SET_MOVE, (tx.seal.key(address), channel, address))
    tx.do(MARK, (MOVES,))
    return _through(tx)


def _mask_some(tx: Tx, after: int) -> int | None:
    """Mask a slice of the words cases are found by; where to go on."""
    rows = tx.rows(INDEXED, (after, SLICE))
    for number, words in rows:
        if (hidden := unnumbered(words)) != words:
            tx.do(SET_INDEXED, (hidden, number))
            tx.do(MARK, (FOUND,))
    if len(rows) == SLICE:
        return int(rows[-1][0])
    tx.do(MARK, (WORDS,))
    return None


def _bare(tx: Tx) -> Iterator[Row]:
    # Chats that move have numbers, which are no hash; those of the web have none and stay.
    return (row for row in tx.rows(BARE) if not _HASHED.fullmatch(row[1]))


def _plain(text: str | None) -> bool:
    return bool(text) and not str(text).startswith(keys.MARK)
