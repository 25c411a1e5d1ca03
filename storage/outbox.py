"""What is to be said, from decided to reached: the rows are the truth, a sender's memory a cache.

A row is committed with the turn that decided it. A crash between a platform's accepting a message
and `record` repeats that message, never loses it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from handlers.messages import Say
from storage import keys, ledger, reaching
from storage.database import Row, Tx
from storage.times import ms, when

Lane = Literal["reply", "notice", "announcement"]
State = Literal["queued", "sending", "sent", "unreachable", "failed", "unknown"]

WAITING: frozenset[State] = frozenset({"queued", "sending"})

ADD = """
    INSERT INTO outbox (
        contact_id, channel, lane, payload, ticket_id, since, upto, step, replaces, not_before,
        created_at, confidential
    )
    VALUES (?, ?, ?, ?, (SELECT id FROM tickets WHERE code = ?), ?, ?, ?, ?, ?, ?, ?)
"""
CASE = "SELECT id FROM tickets WHERE code = ?"
# The message that shows the prompt a chat was last shown, or that was changed into showing it.
SHOWING = """
    SELECT id, replaces FROM outbox WHERE contact_id = ? AND step > 0 ORDER BY id DESC LIMIT 1
"""
ARRIVED = "SELECT platform_id FROM outbox WHERE id = ?"
# Of several changes of one message only the last is worth keeping, once they have been told.
SUPERSEDE = "DELETE FROM outbox WHERE replaces = ? AND waiting = 0 AND announcement_id IS NULL"
# A message waits while an earlier one of its chat and lane is put off: their order is kept.
DUE = """
    SELECT o.id, o.contact_id, c.address, o.lane, COALESCE(s.payload, o.payload), o.attempts,
        o.replaces, r.platform_id, o.announcement_id, o.not_before
    FROM outbox o JOIN contacts c ON c.id = o.contact_id
    LEFT JOIN shared_words s ON s.id = o.shared_id
    LEFT JOIN outbox r ON r.id = o.replaces AND o.replaces > 0
    WHERE o.channel = ? AND o.waiting = 1 AND o.id > ? AND o.not_before <= ?
    AND NOT EXISTS (
        SELECT 1 FROM outbox e
        WHERE e.contact_id = o.contact_id AND e.lane = o.lane AND e.id < o.id
        AND e.waiting = 1 AND e.attempts > 0 AND e.not_before > ?
    )
    ORDER BY o.id LIMIT ?
"""
NEXT_DUE = "SELECT MIN(not_before) FROM outbox WHERE channel = ? AND waiting = 1 AND not_before > ?"
# What is once final stays so.
RECORD = """
    UPDATE outbox
    SET state = ?, waiting = ?, attempts = ?, not_before = ?, platform_id = ?, sent_at = ?,
        error = ?
    WHERE id = ? AND waiting = 1
"""
ANEW = "UPDATE outbox SET platform_id = ? WHERE id = ?"
AFTER = """
    SELECT o.id, COALESCE(s.payload, o.payload), o.created_at, o.replaces
    FROM outbox o LEFT JOIN shared_words s ON s.id = o.shared_id
    WHERE o.contact_id = ? AND o.id > ? ORDER BY o.id LIMIT ?
"""
PAGE = """
    SELECT o.id, o.created_at, o.waiting, COALESCE(t.open, 0)
    FROM outbox o LEFT JOIN tickets t ON t.id = o.ticket_id
    WHERE o.id > ? ORDER BY o.id LIMIT ?
"""
DROP = "DELETE FROM outbox WHERE id = ? AND waiting = 0"
# Whether news of a case arrived must stay known: see `storage.reaching`.
BLANK = """
    UPDATE outbox SET payload = ?
    WHERE contact_id = ? AND created_at >= ? AND announcement_id IS NULL AND ticket_id IS NOT NULL
    AND waiting = 0
"""
HUSH = """
    UPDATE outbox SET confidential = 1
    WHERE contact_id = ? AND created_at >= ? AND announcement_id IS NULL AND ticket_id IS NULL
"""
BURN = "DELETE FROM outbox WHERE contact_id = ? AND confidential = 1 AND waiting = 0"
BURN_OLD = "DELETE FROM outbox WHERE confidential = 1 AND waiting = 0 AND created_at < ?"
PENDING = "SELECT COUNT(*) FROM outbox WHERE channel = ? AND waiting = 1"
OLDEST = "SELECT created_at FROM outbox WHERE channel = ? AND waiting = 1 ORDER BY id LIMIT 1"


class Due(NamedTuple):
    """A message to send, at once unless it was put off: then not before *not_before*.

    *changes* is the platform's id of the message it *replaces*, empty when that never arrived. An
    empty *address* or *payload* was erased: there is nobody to tell, or nothing.
    """

    id: int
    contact_id: int
    address: str
    lane: Lane
    payload: str
    attempts: int
    replaces: int = 0
    changes: str = ""
    announcement_id: int = 0
    not_before: datetime | None = None


class Result(NamedTuple):
    """What came of sending; *not_before* is when to try again, for what stays queued.

    *anew* is the earlier message that could not be changed where it stood: from now on it is the
    one with this *platform_id*.
    """

    id: int
    state: State
    at: datetime
    attempts: int = 1
    not_before: datetime | None = None
    platform_id: str = ""
    error: str = ""
    anew: int = 0


class Message(NamedTuple):
    """A message a chat was or will be told; it *replaces* an earlier one unless that is 0."""

    id: int
    payload: str
    at: datetime
    replaces: int = 0


class Pending(NamedTuple):
    """How much is waiting, and since when the oldest of it."""

    waiting: int
    oldest: datetime | None


def add(  # noqa: PLR0913 - a row
    tx: Tx,
    contact_id: int,
    channel: str,
    payload: str,
    now: datetime,
    *,
    lane: Lane = "reply",
    code: str = "",
    told: tuple[int, int] = (0, 0),
    step: int = 0,
    replaces: int = 0,
    holder: str = "",
    hand: str = "",
) -> int:
    """Queue a message to a contact of *channel*; return its id, which grows within a chat.

    *code* is the case it tells of: of the entries of its history after the first that is *told* up
    to the second. *step* is the prompt it shows; it may change the message *replaces* instead of
    being one more. What is said in confidence is sealed by the key of another *holder*; what an
    official is told with a case in *hand*, by that case's, so that it goes with it.
    """
    at = ms(now)
    kept = keys.hide(tx, payload, holder or _of_case(tx, hand) or f"contact:{contact_id}")
    if replaces:
        tx.do(SUPERSEDE, (replaces,))
    told_of = (*told, step, replaces, at, at, int(bool(holder)))
    values = (contact_id, channel, lane, kept, code, *told_of)
    return tx.add(ADD, values)


def _of_case(tx: Tx, code: str) -> str:
    row = tx.row(CASE, (code,)) if code else None
    return "" if row is None else f"case:{row[0]}"


def hush(tx: Tx, contact_id: int, since: datetime) -> None:
    """Forget what a chat was told since an instant, for it may repeat what is confidential.

    What is still on its way goes as soon as it has been sent (`burn`); of what told of a case only
    that it was told is kept.
    """
    said = Say(text="…").model_dump_json()
    tx.do(BLANK, (keys.hide(tx, said, f"contact:{contact_id}"), contact_id, ms(since)))
    tx.do(HUSH, (contact_id, ms(since)))
    burn(tx, contact_id)


def burn(tx: Tx, contact_id: int) -> None:
    """Forget what a chat was told in confidence: whoever was told has done something else since."""
    tx.do(BURN, (contact_id,))


def burn_old(tx: Tx, before: datetime) -> int:
    """Forget what anybody was told in confidence before an instant; how many messages."""
    return tx.do(BURN_OLD, (ms(before),))


def showing(tx: Tx, contact_id: int) -> int:
    """The message in which a chat sees its current prompt; 0 when there is none."""
    row = tx.row(SHOWING, (contact_id,))
    return 0 if row is None else row[1] or row[0]


def arrived(tx: Tx, id: int) -> str:  # noqa: A002 - a row's id
    """The platform's id of a message; empty when it has not arrived."""
    row = tx.row(ARRIVED, (id,))
    return (row[0] or "") if row else ""


def due(tx: Tx, channel: str, now: datetime, after_id: int, limit: int) -> tuple[Due, ...]:
    """What a channel has to send now, oldest first: after a restart, and for retries."""
    at = ms(now)
    rows = tx.rows(DUE, (channel, after_id, at, at, limit))
    return tuple(_due(tx, row) for row in rows)


def next_due(tx: Tx, channel: str, now: datetime) -> datetime | None:
    """When the next message that was put off may be tried again."""
    row = tx.row(NEXT_DUE, (channel, ms(now)))
    return None if row is None or row[0] is None else when(row[0])


def record(tx: Tx, results: Sequence[Result]) -> bool:
    """Write down what came of sending, in the ledger too where it was an announcement's.

    What was to tell of a case and did not arrive wakes whoever comes next: whether it did.
    """
    final: dict[int, ledger.Outcome] = {}
    for result in results:
        if result.state not in WAITING:
            final.setdefault(result.id, ledger.Outcome(result.state, result.platform_id))
    ledger.settle(tx, final)
    told = reaching.news(tx, results, WAITING)
    tx.many(RECORD, [_recorded(result) for result in results])
    tx.many(ANEW, [(result.platform_id, result.anew) for result in results if result.anew])
    return reaching.settle(tx, told)


def after(tx: Tx, contact_id: int, id: int, limit: int) -> tuple[Message, ...]:  # noqa: A002 - a row's id
    """What a chat was told after message *id*, sent or not, oldest first; not what was erased."""
    rows = tx.rows(AFTER, (contact_id, id, limit))
    read = ((number, keys.seen(tx, payload), at, back) for number, payload, at, back in rows)
    return tuple(
        Message(number, payload, when(at), back) for number, payload, at, back in read if payload
    )


def purge(tx: Tx, before: datetime, after_id: int, limit: int) -> int | None:
    """Forget what is final, from before an instant, and of no open case, among *limit* messages.

    Return the id to go on after; None when what follows is younger or nothing.
    """
    page = tx.rows(PAGE, (after_id, limit))
    old = [row for row in page if row[1] < ms(before)]
    tx.many(DROP, [(id,) for id, _, waiting, open_ in old if not waiting and not open_])  # noqa: A001 - a row's id
    return old[-1][0] if old else None


def pending(tx: Tx, channel: str) -> Pending:
    """What a channel has still to send."""
    waiting = tx.rows(PENDING, (channel,))[0][0]
    oldest = tx.row(OLDEST, (channel,))
    return Pending(waiting, None if oldest is None else when(oldest[0]))


def _due(tx: Tx, row: Row) -> Due:
    number, contact_id, address, lane, payload, attempts, replaces, *rest = row
    changes, announcement, not_before = rest
    return Due(
        *(number, contact_id, keys.seen(tx, address), lane, keys.seen(tx, payload)),
        *(attempts, replaces, changes or "", announcement or 0),
        not_before=when(not_before) if attempts else None,
    )


def _recorded(result: Result) -> tuple[str | int | None, ...]:
    return (
        result.state,
        int(result.state in WAITING),
        result.attempts,
        ms(result.not_before or result.at),
        result.platform_id or None,
        ms(result.at) if result.state == "sent" else None,
        result.error or None,
        result.id,
    )
