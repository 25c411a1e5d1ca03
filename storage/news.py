"""What one look tells a worker of what the others have committed."""

from datetime import datetime
from typing import NamedTuple

from storage import amendments, keys, timers
from storage.database import Tx
from storage.times import ms

SAID = """
    SELECT o.id, o.channel, c.address FROM outbox o JOIN contacts c ON c.id = o.contact_id
    WHERE o.id > ? ORDER BY o.id LIMIT ?
"""
NEWEST = "SELECT COALESCE(MAX(id), 0) FROM outbox"
# What is done to an announcement adds to its entries; one without a count is to be counted.
ANNOUNCED = """
    SELECT COUNT(*), COALESCE(SUM(entries), 0) FROM announcements WHERE live = 1 OR counted = ''
"""
WANTED = "SELECT 1 FROM files WHERE state = 'wanted' AND not_before <= ? LIMIT 1"


class Message(NamedTuple):
    """Somebody is told something."""

    id: int
    channel: str
    address: str


class News(NamedTuple):
    """Messages, whether a timer has run out, whether a file is to be fetched.

    *announced* and *amended* are others whenever there is something new to do for announcements,
    and when what the province changed by command is.
    """

    said: tuple[Message, ...]
    timer: bool
    file: bool
    announced: tuple[int, int]
    amended: tuple[int, int]


def newest(tx: Tx) -> int:
    """The id of the newest message."""
    return int(tx.rows(NEWEST)[0][0])


def look(tx: Tx, after: int, now: datetime, limit: int) -> News:
    """What there is, with at most *limit* messages of ids greater than *after*, in order."""
    said = tuple(
        Message(id_, channel, keys.seen(tx, address))
        for id_, channel, address in tx.rows(SAID, (after, limit))
    )
    next_timer = timers.next_due(tx)
    return News(
        said,
        next_timer is not None and next_timer <= now,
        bool(tx.rows(WANTED, (ms(now),))),
        _two(tx, ANNOUNCED),
        amendments.version(tx),
    )


def _two(tx: Tx, sql: str) -> tuple[int, int]:
    count, total = tx.rows(sql)[0]
    return count, int(total)
