"""Timers of conversations: at most one of a name for each contact."""

from datetime import datetime
from typing import NamedTuple

from storage import keys
from storage.database import Tx
from storage.times import ms, when

# Whoever was erased is nobody to be woken.
SET = """
    INSERT INTO timers (contact_id, name, due_at)
    SELECT id, ?, ? FROM contacts WHERE id = ? AND address <> ''
    ON CONFLICT (contact_id, name) DO UPDATE SET due_at = excluded.due_at
"""
DROP = "DELETE FROM timers WHERE contact_id = ? AND name = ?"
# Not one that was set anew since it was found due.
FIRE = "DELETE FROM timers WHERE contact_id = ? AND name = ? AND due_at <= ?"
DUE = """
    SELECT t.contact_id, c.channel, c.address, t.name, t.due_at
    FROM timers t JOIN contacts c ON c.id = t.contact_id
    WHERE t.due_at <= ? ORDER BY t.due_at LIMIT ?
"""
NEXT_DUE = "SELECT MIN(due_at) FROM timers"


class Timer(NamedTuple):
    """A timer that has run out."""

    contact_id: int
    channel: str
    address: str
    name: str
    due_at: datetime


def set(tx: Tx, contact_id: int, name: str, due_at: datetime) -> None:  # noqa: A001 - timers.set
    """Set a timer; one of this name is replaced."""
    tx.do(SET, (name, ms(due_at), contact_id))


def drop(tx: Tx, contact_id: int, name: str) -> None:
    """Forget a timer, if there is one."""
    tx.do(DROP, (contact_id, name))


def fire(tx: Tx, contact_id: int, name: str, now: datetime) -> bool:
    """Whether this timer has run out and is now ours to act on: true once."""
    return tx.do(FIRE, (contact_id, name, ms(now))) == 1


def due(tx: Tx, now: datetime, limit: int) -> tuple[Timer, ...]:
    """The timers that have run out, oldest first; each stays until somebody fires it.

    One of a chat whose address was erased is dropped: nobody could.
    """
    found = []
    for contact_id, channel, sealed, name, due_at in tx.rows(DUE, (ms(now), limit)):
        if address := keys.seen(tx, sealed):
            found.append(Timer(contact_id, channel, address, name, when(due_at)))
        else:
            drop(tx, contact_id, name)
    return tuple(found)


def next_due(tx: Tx) -> datetime | None:
    """When the next timer runs out."""
    at = tx.rows(NEXT_DUE)[0][0]
    return None if at is None else when(at)
