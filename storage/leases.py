"""What must run once over all workers (a poller, a sender, the timers) holds a lease.

A lease ends by itself at its *until*, by the clock of whoever looks: the workers' clocks must agree
to well within a lease's length. Every worker holds one of its own name too, by which the others
know of it. The *fence* of a lease grows with every new holder.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from storage.database import Tx
from storage.times import ms

# A holder that takes again before the end keeps its number.
TAKE = """
    INSERT INTO leases (name, holder, until, fence) VALUES (?, ?, ?, 1)
    ON CONFLICT (name) DO UPDATE
    SET holder = excluded.holder, until = excluded.until,
        fence = leases.fence + CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END
    WHERE leases.holder = excluded.holder OR leases.until <= ?
    RETURNING fence
"""
RENEW = "UPDATE leases SET until = ? WHERE holder = ? AND until > ? RETURNING name"
HELD = "SELECT name, holder FROM leases WHERE until > ?"
RELEASE = "UPDATE leases SET until = 0, holder = '' WHERE holder = ?"
WORKER = "worker:"
FORGET = "DELETE FROM leases WHERE name >= 'worker:' AND name < 'worker;' AND until <= ?"


def take(tx: Tx, name: str, holder: str, now: datetime, until: datetime) -> int | None:
    """The fence of the lease taken, or None while somebody else holds it.

    *holder* names one start of one process, never two.
    """
    row = tx.row(TAKE, (name, holder, ms(until), ms(now)))
    return None if row is None else int(row[0])


def renew(tx: Tx, holder: str, *, now: datetime, until: datetime) -> frozenset[str]:
    """Hold longer all that *holder* has; the names of it.

    What is not among them ran out or is another's by now, and its work must stop.
    """
    return frozenset(name for (name,) in tx.rows(RENEW, (ms(until), holder, ms(now))))


def appear(tx: Tx, holder: str, now: datetime, until: datetime) -> None:
    """Let the others know that *holder* lives; those who do not are forgotten."""
    tx.do(FORGET, (ms(now),))
    take(tx, f"{WORKER}{holder}", holder, now, until)


def held(tx: Tx, now: datetime) -> Mapping[str, str]:
    """The holder of each lease that has not run out."""
    return dict(tx.rows(HELD, (ms(now),)))


def workers(leases: Mapping[str, str]) -> frozenset[str]:
    """Who of the holders of *leases* lives."""
    return frozenset(holder for name, holder in leases.items() if name.startswith(WORKER))


def release(tx: Tx, holders: Iterable[str]) -> None:
    """Let others have at once what these held: they stop, or are known to be gone."""
    for holder in holders:
        tx.do(RELEASE, (holder,))
