"""What must run once over all workers (a poller, a sender, the timers) holds a lease.

A lease ends by itself at its *until*, by the clock of whoever looks: the workers' clocks must agree
to well within a lease's length. Its *fence* grows with every new holder, so that a holder that was
asleep finds out (`renew` is False) before it acts on what is no longer its own.
"""

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
RENEW = "UPDATE leases SET until = ? WHERE name = ? AND holder = ? AND fence = ? AND until > ?"
RELEASE = "UPDATE leases SET until = 0, holder = '' WHERE name = ? AND holder = ? AND fence = ?"


def take(tx: Tx, name: str, holder: str, now: datetime, until: datetime) -> int | None:
    """The fence of the lease taken, or None while somebody else holds it.

    *holder* names one start of one process, never two.
    """
    row = tx.row(TAKE, (name, holder, ms(until), ms(now)))
    return None if row is None else int(row[0])


def renew(tx: Tx, name: str, holder: str, fence: int, *, now: datetime, until: datetime) -> bool:
    """Hold a lease longer; False when it ran out or is another's, and the work must stop."""
    return tx.do(RENEW, (ms(until), name, holder, fence, ms(now))) == 1


def release(tx: Tx, name: str, holder: str, fence: int) -> None:
    """Let somebody else have it at once."""
    tx.do(RELEASE, (name, holder, fence))
