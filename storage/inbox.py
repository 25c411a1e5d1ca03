"""What has arrived: each id is claimed once; what could not be handled is kept for replay."""

from datetime import datetime
from typing import NamedTuple

from storage import keys
from storage.database import Row, Tx
from storage.times import ms, when

CLAIM = "INSERT INTO inbox (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
KEEP_FAILED = """
    INSERT INTO inbox (id, at, contact_id, state, raw, error, event)
    VALUES (?, ?, ?, 'failed', ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
    SET contact_id = excluded.contact_id, state = 'failed',
        raw = excluded.raw, error = excluded.error, event = excluded.event
"""
FAILED = """
    SELECT id, at, contact_id, raw, error, event FROM inbox WHERE id = ? AND state = 'failed'
"""
FAILURES = """
    SELECT id, at, contact_id, raw, error, event FROM inbox WHERE state = 'failed'
    ORDER BY at LIMIT ?
"""
SETTLE = """
    UPDATE inbox SET state = 'done', raw = NULL, error = NULL, event = NULL
    WHERE id = ? AND state = 'failed'
"""
FORGET = """
    UPDATE inbox SET raw = '', event = '' WHERE contact_id = ? AND state = 'failed' AND at >= ?
"""
# In slices, so that a large one stops nobody.
PURGE = """
    DELETE FROM inbox WHERE id IN (
        SELECT id FROM inbox WHERE at < ? AND state = 'done' ORDER BY at LIMIT ?
    )
"""


class Failed(NamedTuple):
    """An arrival whose turn raised, or an update nobody could read (*contact_id* None).

    *raw* is the platform's text, *event* the JSON of the event, empty when there was none.
    """

    id: str
    at: datetime
    contact_id: int | None
    raw: str
    error: str
    event: str


def claim(tx: Tx, id: str, at: datetime) -> bool:  # noqa: A002 - the inbox's own word
    """Whether *id* arrives for the first time; it is taken from now on."""
    return tx.do(CLAIM, (id, ms(at))) == 1


def keep_failed(tx: Tx, failed: Failed) -> None:
    """Claim the id as failed and keep what is needed to try again."""
    holder = f"contact:{failed.contact_id}" if failed.contact_id else keys.HOUSE
    tx.do(
        KEEP_FAILED,
        (
            failed.id,
            ms(failed.at),
            failed.contact_id,
            keys.hide(tx, _storable(failed.raw), holder),
            _storable(failed.error),
            keys.hide(tx, _storable(failed.event), holder),
        ),
    )


def failed(tx: Tx, id: str) -> Failed | None:  # noqa: A002 - the inbox's own word
    """The failed arrival *id*."""
    row = tx.row(FAILED, (id,))
    return None if row is None else _failed(tx, row)


def failures(tx: Tx, limit: int) -> tuple[Failed, ...]:
    """The failed arrivals, oldest first."""
    return tuple(_failed(tx, row) for row in tx.rows(FAILURES, (limit,)))


def settle(tx: Tx, id: str) -> bool:  # noqa: A002 - the inbox's own word
    """A failed arrival has now been handled: forget its content; whether there was one."""
    return tx.do(SETTLE, (id,)) == 1


def hush(tx: Tx, contact_id: int, since: datetime) -> None:
    """Keep no word of what failed of this contact since an instant: it can't be tried again."""
    tx.do(FORGET, (contact_id, ms(since)))


def purge(tx: Tx, before: datetime, limit: int = 1000) -> int:
    """Forget the oldest handled ids from before an instant; how many. Call until it is 0.

    An update the platform could still deliver again must not be among them.
    """
    return tx.do(PURGE, (ms(before), limit))


def _storable(text: str) -> str:
    """The text without what no database keeps: lone surrogates and, on PostgreSQL, NUL."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _failed(tx: Tx, row: Row) -> Failed:
    id, at, contact_id, raw, error, event = row  # noqa: A001 - the inbox's own word
    return Failed(id, when(at), contact_id, keys.show(tx, raw), error, keys.show(tx, event))
