"""Groups of officials on Telegram: which cases they show, their pace, what is answered there."""

from datetime import datetime, timedelta
from typing import NamedTuple

from storage import keys
from storage.database import Row, Tx
from storage.times import ms, when

BIND = """
    INSERT INTO staff_groups (address_key, address, thread, unit, bound_at, bound_by)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (address_key, thread) DO UPDATE
    SET unit = excluded.unit, active = 1, thread_lost = 0, held_until = 0,
        bound_at = excluded.bound_at, bound_by = excluded.bound_by
"""
BOUND = """
    SELECT g.unit FROM staff_groups g
    WHERE g.address_key = ? AND g.thread = ? AND g.active = 1
"""
DROP_CARDS = """
    DELETE FROM group_cards WHERE group_id IN (
        SELECT id FROM staff_groups WHERE address_key = ? AND thread = ?
    )
"""
UNBIND = "DELETE FROM staff_groups WHERE address_key = ? AND thread = ?"
LEAVE = "UPDATE staff_groups SET active = 0 WHERE address_key = ? AND active = 1"
EMPTY = (
    """
    DELETE FROM group_cards WHERE group_id IN (
        SELECT id FROM staff_groups WHERE address_key = ?
    )
    """,
    "DELETE FROM group_answers WHERE address_key = ?",
)
# What was bound under the new address before the move was known is the later word.
YIELD = """
    SELECT o.thread FROM staff_groups o JOIN staff_groups n ON n.thread = o.thread
    WHERE o.address_key = ? AND n.address_key = ?
"""
# Messages of the old chat can't be reached any more, and their numbers mean others in the new one.
FORGET_MESSAGES = """
    UPDATE group_cards SET message = '' WHERE group_id IN (
        SELECT id FROM staff_groups WHERE address_key = ?
    )
"""
MOVE = (
    "UPDATE staff_groups SET address_key = ?, address = ? WHERE address_key = ?",
    "UPDATE group_answers SET address_key = ?, address = ? WHERE address_key = ?",
)
MOVE_SENDS = "UPDATE group_sends SET address_key = ? WHERE address_key = ?"

HOLD = "UPDATE staff_groups SET held_until = ? WHERE address_key = ?"
HELD = "SELECT MAX(held_until) FROM staff_groups WHERE address_key = ?"
FORGET_SENDS = "DELETE FROM group_sends WHERE address_key = ? AND at <= ?"
SENDS = "SELECT COUNT(*), MIN(at) FROM group_sends WHERE address_key = ?"
ADD_SEND = "INSERT INTO group_sends (address_key, at) VALUES (?, ?)"
END_SEND = "UPDATE group_sends SET at = ? WHERE id = ?"

WAITING = "SELECT COUNT(*) FROM group_answers WHERE address_key = ?"
ANSWER = """
    INSERT INTO group_answers (address_key, address, thread, reply_to, text, linked, at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
NEXT_ANSWER = """
    SELECT id, thread, reply_to, text, linked FROM group_answers
    WHERE address_key = ? ORDER BY id LIMIT 1
"""
DROP_ANSWER = "DELETE FROM group_answers WHERE id = ?"
TO_GENERAL = "UPDATE group_answers SET thread = 0 WHERE id = ?"
FORGET_HINTS = "DELETE FROM group_hints WHERE at <= ?"
HINT = "INSERT INTO group_hints (person_key, at) VALUES (?, ?) ON CONFLICT (person_key) DO NOTHING"

MOST_ANSWERS = 5
"""Answers waiting in one group; more people than that are not told apart from silence."""


class Answer(NamedTuple):
    """A sentence to say under message *reply_to*; *linked*: with a way to the private chat."""

    id: int
    thread: int
    reply_to: int
    text: str
    linked: bool


class Slot(NamedTuple):
    """Leave to make one call to a group (*id*), or, when it is 0, the seconds to *wait* for it."""

    id: int
    wait: float


def bind(tx: Tx, address: str, thread: int, unit: str, by: int, now: datetime) -> None:
    """From now on the group, in the topic *thread* (0: none), shows the cases of *unit*.

    *by* is the member who said so. Cases from before are not listed: they are in the queue.
    """
    key = tx.seal.key(address)
    if bound(tx, address, thread) != unit:
        tx.do(DROP_CARDS, (key, thread))
    tx.do(BIND, (key, keys.hide(tx, address, keys.HOUSE), thread, unit, ms(now), by))


def bound(tx: Tx, address: str, thread: int) -> str | None:
    """The unit whose cases a group shows in this topic."""
    row = tx.row(BOUND, (tx.seal.key(address), thread))
    return None if row is None else row[0]


def unbind(tx: Tx, address: str, thread: int) -> None:
    """The group shows no cases in this topic any more."""
    key = tx.seal.key(address)
    tx.do(DROP_CARDS, (key, thread))
    tx.do(UNBIND, (key, thread))


def gone(tx: Tx, address: str) -> bool:
    """The bot is not in this group any more; whether it was one that showed cases."""
    key = tx.seal.key(address)
    for statement in EMPTY:
        tx.do(statement, (key,))
    return tx.do(LEAVE, (key,)) > 0


def move(tx: Tx, old: str, new: str) -> None:
    """A group has a new address; told twice, nothing more happens."""
    if old == new:
        return
    old_key, new_key = tx.seal.key(old), tx.seal.key(new)
    for (thread,) in tx.rows(YIELD, (old_key, new_key)):
        tx.do(DROP_CARDS, (old_key, thread))
        tx.do(UNBIND, (old_key, thread))
    tx.do(FORGET_MESSAGES, (old_key,))
    for statement in MOVE:
        tx.do(statement, (new_key, keys.hide(tx, new, keys.HOUSE), old_key))
    tx.do(MOVE_SENDS, (new_key, old_key))


# -- its pace --------------------------------------------------------------------------------------


def claim(tx: Tx, address: str, now: datetime, most: int, window: timedelta) -> Slot:
    """Leave for one call: at most *most* begin within *window* of an earlier one's end."""
    key = tx.seal.key(address)
    held = tx.rows(HELD, (key,))[0][0] or 0
    if held > ms(now):
        return Slot(0, (held - ms(now)) / 1000)
    tx.do(FORGET_SENDS, (key, ms(now - window)))
    count, oldest = tx.rows(SENDS, (key,))[0]
    if count >= most:
        return Slot(0, (when(oldest) + window - now).total_seconds())
    return Slot(tx.add(ADD_SEND, (key, ms(now))), 0)


def end(tx: Tx, slot: int, now: datetime) -> None:
    """The call is over: Telegram counted it at some moment up to now."""
    tx.do(END_SEND, (ms(now), slot))


def hold(tx: Tx, address: str, until: datetime) -> None:
    """Send nothing to this group before an instant."""
    tx.do(HOLD, (ms(until), tx.seal.key(address)))


# -- what is answered ------------------------------------------------------------------------------


def may_hint(tx: Tx, address: str, person: str, now: datetime, every: timedelta) -> bool:
    """Whether *person* may be told once more what this group is for; then they were."""
    tx.do(FORGET_HINTS, (ms(now - every),))
    return tx.do(HINT, (tx.seal.key(f"{address}:{person}"), ms(now))) == 1


def answer(  # noqa: PLR0913 - a row
    tx: Tx, address: str, thread: int, reply_to: int, text: str, now: datetime, *, linked: bool
) -> None:
    """Queue an answer; dropped when too many wait in the group."""
    key = tx.seal.key(address)
    if tx.rows(WAITING, (key,))[0][0] < MOST_ANSWERS:
        sealed = keys.hide(tx, address, keys.HOUSE)
        tx.do(ANSWER, (key, sealed, thread, reply_to, text, int(linked), ms(now)))


def next_answer(tx: Tx, address: str) -> Answer | None:
    """The oldest answer waiting in a group."""
    row = tx.row(NEXT_ANSWER, (tx.seal.key(address),))
    return None if row is None else _answer(row)


def answered(tx: Tx, answer_id: int) -> None:
    """The answer was sent, or never will be."""
    tx.do(DROP_ANSWER, (answer_id,))


def answer_in_general(tx: Tx, answer_id: int) -> None:
    """The topic the answer belongs to is gone."""
    tx.do(TO_GENERAL, (answer_id,))


def _answer(row: Row) -> Answer:
    id_, thread, reply_to, text, linked = row
    return Answer(id_, thread, reply_to, text, linked == 1)
