"""Several chats of one person: a link made in one of them is opened in the other, once, and soon.

What belongs to a chat stays with it: its conversation, its consent, the cases it follows, the
duties of a member of staff. What belongs to a person becomes one: what they said of themselves,
what they want to hear of, whose cases are the same person's. A ledger that names the other person
keeps its row: whoever is being told of an announcement meanwhile is counted as they were.
"""

from datetime import datetime, timedelta

from handlers.facts import Linked
from storage import abuse, keys, rights, timers
from storage.database import Tx
from storage.times import ms

FORGET = "DELETE FROM chat_links WHERE contact_id = ? OR expires_at <= ?"
MAKE = "INSERT INTO chat_links (token_key, contact_id, expires_at) VALUES (?, ?, ?)"
VALID = """
    SELECT l.contact_id, m.channel, m.person_id, c.channel, c.person_id
    FROM chat_links l JOIN contacts m ON m.id = l.contact_id JOIN contacts c ON c.id = ?
    WHERE l.token_key = ? AND l.expires_at > ?
"""
# Of two chats that open one link at once, one deletes it.
USE = "DELETE FROM chat_links WHERE token_key = ? AND expires_at > ?"
# Locked in the order of their ids, so that two who open each other's link don't wait in a ring.
LOCK = "SELECT p.id FROM people p WHERE p.id IN (?, ?) ORDER BY p.id /*lock p*/"
PERSON = "SELECT person_id FROM contacts WHERE id = ?"
# What the maker of the link said holds; the other's fills in what is missing.
SAID = """
    UPDATE people
    SET name = COALESCE(NULLIF(name, ''), (SELECT name FROM people WHERE id = ?)),
        phone = COALESCE(NULLIF(phone, ''), (SELECT phone FROM people WHERE id = ?)),
        lang = COALESCE(NULLIF(lang, ''), (SELECT lang FROM people WHERE id = ?)),
        hears = CASE WHEN (SELECT stopped FROM people WHERE id = ?) = 1 THEN 0 ELSE hears END,
        stopped = CASE WHEN (SELECT stopped FROM people WHERE id = ?) = 1 THEN 1 ELSE stopped END,
        restricted =
            CASE WHEN (SELECT restricted FROM people WHERE id = ?) = 1 THEN 1 ELSE restricted END
    WHERE id = ?
"""
FOLLOWS = """
    INSERT INTO follows (person_id, kind, name, wanted)
    SELECT ?, kind, name, wanted FROM follows WHERE person_id = ?
    ON CONFLICT (person_id, kind, name) DO NOTHING
"""
MOVED = (
    "UPDATE contacts SET person_id = ? WHERE person_id = ?",
    "UPDATE tickets SET person_id = ? WHERE person_id = ?",
    "UPDATE data_requests SET person_id = ? WHERE person_id = ?",
)
ERASES = """
    SELECT code FROM data_requests WHERE person_id = ? AND kind = 'erase' AND state = 'doing'
"""
# The row stays, telling nothing of anybody: ledgers of announcements may name it.
EMPTIED = (
    "DELETE FROM follows WHERE person_id = ?",
    "UPDATE people SET name = '', phone = '', hears = 0 WHERE id = ?",
)


def make(tx: Tx, contact_id: int, token_key: str, now: datetime, *, minutes: int) -> None:
    """Make a link in this chat; one it made before opens nothing any more."""
    tx.do(FORGET, (contact_id, ms(now)))
    tx.do(MAKE, (token_key, contact_id, ms(now + timedelta(minutes=minutes))))


def linked(tx: Tx, contact_id: int, token_key: str, now: datetime) -> Linked | None:
    """The chat that made a link, as long as it is valid."""
    row = tx.row(VALID, (contact_id, token_key, ms(now)))
    if row is None:
        return None
    _, channel, maker, _, person = row
    return Linked(channel=channel, same=maker == person)


def join(tx: Tx, contact_id: int, token_key: str, now: datetime) -> bool:
    """Use up a link, make one person of both, wake its maker; False when there was none to use."""
    row = tx.row(VALID, (contact_id, token_key, ms(now)))
    if row is None or not tx.do(USE, (token_key, ms(now))):
        return False
    maker, _, kept, channel, gone = row
    tx.rows(LOCK, (kept, gone))
    kept, gone = (tx.rows(PERSON, (contact,))[0][0] for contact in (maker, contact_id))
    if kept == gone:
        return False
    tx.do(SAID, (*(gone,) * 6, kept))
    tx.do(FOLLOWS, (kept, gone))
    for statement in MOVED:
        tx.do(statement, (kept, gone))
    keys.adopt(tx, f"person:{kept}", f"person:{gone}")
    for statement in EMPTIED:
        tx.do(statement, (gone,))
    abuse.joined(tx, kept, gone, now)
    for (code,) in tx.rows(ERASES, (kept,)):  # granted for one of them, and not for both
        rights.reopened(tx, code, now)
    timers.set(tx, maker, f"linked:{channel}", now)
    return True
