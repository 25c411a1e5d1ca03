"""Where each conversation stands: one JSON text for each contact, hidden by the seal."""

from datetime import datetime
from typing import NamedTuple

from storage import keys, people
from storage.database import Row, Tx
from storage.seal import SealBrokenError
from storage.times import ms

# The hot path of every turn: contact, session and key in one go, locked against other workers.
OPEN = """
    SELECT c.id, s.state, c.reachable, k.id, k.ring, k.master, k.wrapped
    FROM contacts c JOIN sessions s ON s.contact_id = c.id
    LEFT JOIN keys k ON k.holder = 'contact:' || c.id
    WHERE c.channel = ? AND c.address_key = ? /*lock s*/
"""
OPEN_BY_ID = """
    SELECT c.id, s.state, c.reachable, k.id, k.ring, k.master, k.wrapped
    FROM contacts c JOIN sessions s ON s.contact_id = c.id
    LEFT JOIN keys k ON k.holder = 'contact:' || c.id
    WHERE c.id = ? /*lock s*/
"""
MAKE = """
    INSERT INTO sessions (contact_id, state, updated_at) VALUES (?, '', ?)
    ON CONFLICT (contact_id) DO NOTHING
"""
SAVE = "UPDATE sessions SET state = ?, updated_at = ? WHERE contact_id = ?"


class Opened(NamedTuple):
    """A conversation, locked until the end of the transaction; *state* is empty when it is new."""

    contact_id: int
    state: str
    reachable: bool


def open(tx: Tx, channel: str, address: str, now: datetime) -> Opened:  # noqa: A001 - sessions.open reads well
    """The conversation with *address*; contact and session are made when they are new."""
    found = tx.row(OPEN, (channel, tx.seal.key(address)))
    if found is None:
        contact = people.contact(tx, channel, address, now)
        tx.do(MAKE, (contact.id, ms(now)))
        found = tx.row(OPEN_BY_ID, (contact.id,))
    if found is None:
        raise LookupError("a session just made is gone")
    if not _known(tx, found):  # its key was destroyed, and whoever was forgotten is back
        people.readdress(tx, found[0], address)
    state = found[1] and keys.seen(tx, found[1])
    return Opened(found[0], state, found[2] == 1)


def _known(tx: Tx, found: Row) -> bool:
    """Whether the contact has a key that opens; it was read along, to spare a question."""
    if found[3] is None:
        return False
    try:
        keys.learn(tx, f"contact:{found[0]}", found[3:])
    except SealBrokenError:
        keys.set_aside(tx, found[3])
        return False
    return True


def save(tx: Tx, contact_id: int, state: str, now: datetime) -> None:
    """Replace the state of an opened conversation."""
    tx.do(SAVE, (keys.hide(tx, state, f"contact:{contact_id}"), ms(now), contact_id))
