"""Who is kept from sending, and who sends more than is borne: for officials to see, and to end."""

from datetime import datetime, timedelta

from handlers.desk.abuse import Blocked, Slowed
from handlers.limits import Barred, Block, NoteSlowed, Unblock
from storage import keys, log, members, timers
from storage.database import Tx
from storage.times import ms, when

TIMER = "barred"
DAY = timedelta(days=1)

# Counted anew after a day without any.
NOTE = """
    INSERT INTO slowed (contact_id, stage, count, since, last_at, until) VALUES (?, ?, 1, ?, ?, ?)
    ON CONFLICT (contact_id) DO UPDATE
    SET stage = excluded.stage, until = excluded.until, last_at = excluded.last_at,
        count = CASE WHEN slowed.last_at < ? THEN 1 ELSE slowed.count + 1 END,
        since = CASE WHEN slowed.last_at < ? THEN excluded.since ELSE slowed.since END
"""
SLOWED = """
    SELECT s.contact_id, s.stage, s.count, s.last_at, s.until, t.code, t.unit
    FROM slowed s LEFT JOIN tickets t
    ON t.id = (SELECT MAX(h.ticket_id) FROM ticket_contacts h WHERE h.contact_id = s.contact_id)
    WHERE s.last_at >= ? ORDER BY s.last_at DESC LIMIT ?
"""
SENDER = "SELECT person_id, unit FROM tickets WHERE code = ?"
SET = """
    INSERT INTO blocks (person_id, code, unit, member_id, reason, since, until)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (person_id) DO UPDATE
    SET code = excluded.code, unit = excluded.unit, member_id = excluded.member_id,
        reason = excluded.reason, since = excluded.since, until = excluded.until
"""
DROP = "DELETE FROM blocks WHERE person_id = ?"
BLOCKS = """
    SELECT code, unit, member_id, reason, since, until FROM blocks
    WHERE until > ? ORDER BY until LIMIT ?
"""
OF_CONTACT = """
    SELECT b.reason, b.until FROM blocks b JOIN contacts c ON c.person_id = b.person_id
    WHERE c.id = ? AND b.until > ?
"""
OF_PERSON = "SELECT 1 FROM blocks WHERE person_id = ? AND until > ?"
ADOPT = """
    INSERT INTO blocks (person_id, code, unit, member_id, reason, since, until)
    SELECT ?, code, unit, member_id, reason, since, until FROM blocks WHERE person_id = ?
    ON CONFLICT (person_id) DO NOTHING
"""
CHATS = "SELECT id FROM contacts WHERE person_id = ?"
PURGE_BLOCKS = "DELETE FROM blocks WHERE until <= ?"
PURGE_SLOWED = "DELETE FROM slowed WHERE last_at < ?"


def note(tx: Tx, contact_id: int, effect: NoteSlowed, now: datetime) -> None:
    """One more message of a contact beyond what is borne."""
    until = None if effect.until is None else ms(effect.until)
    day_ago = ms(now - DAY)
    tx.do(NOTE, (contact_id, effect.stage, ms(now), ms(now), until, day_ago, day_ago))


def slowed(tx: Tx, now: datetime, limit: int) -> tuple[Slowed, ...]:
    """Who sent more than is borne within a day, the latest first."""
    return tuple(
        Slowed(
            number=number,
            stage=stage,
            count=count,
            last_at=when(last_at),
            until=None if until is None else when(until),
            code=code or "",
            unit=unit or "",
        )
        for number, stage, count, last_at, until, code, unit in tx.rows(
            SLOWED, (ms(now - DAY), limit)
        )
    )


def block(tx: Tx, effect: Block, now: datetime) -> None:
    """Keep the sender of a case from sending, and have each of their chats told of it.

    *now* is in the province's time: it is until the end of a day there.
    """
    row = tx.row(SENDER, (effect.code,))
    if row is None:
        return
    person, unit = row
    reason = keys.hide(tx, effect.reason, f"person:{person}")
    until = (now + timedelta(days=effect.days)).replace(hour=23, minute=59, second=59)
    tx.do(SET, (person, effect.code, unit, effect.by, reason, ms(now), ms(until)))
    _log(tx, "blocked", effect, {"unit": unit, "days": effect.days}, now)
    _tell(tx, person, now)


def unblock(tx: Tx, effect: Unblock, now: datetime) -> None:
    """Let the sender of a case send again, if they were kept from it."""
    row = tx.row(SENDER, (effect.code,))
    if row is None or not tx.do(DROP, (row[0],)):
        return
    _log(tx, "unblocked", effect, {"unit": row[1]}, now)
    _tell(tx, row[0], now)


def blocks(tx: Tx, now: datetime, limit: int) -> tuple[Blocked, ...]:
    """Who is kept from sending now, who may send soonest first. The reasons are in the log."""
    return tuple(
        Blocked(
            code=code,
            unit=unit,
            since=when(since),
            until=when(until),
            by=members.name_of(tx, members.actor(member)),
            reason=keys.seen(tx, reason),
        )
        for code, unit, member, reason, since, until in tx.rows(BLOCKS, (ms(now), limit))
    )


def barred(tx: Tx, contact_id: int, now: datetime) -> Barred | None:
    """What keeps this contact from sending now."""
    row = tx.row(OF_CONTACT, (contact_id, ms(now)))
    return None if row is None else Barred(reason=keys.show(tx, row[0]), until=when(row[1]))


def joined(tx: Tx, kept: int, gone: int, now: datetime) -> None:
    """Two people became one: who was kept from sending still is, in all chats of both."""
    if tx.do(ADOPT, (kept, gone)):
        tx.do(DROP, (gone,))
    if tx.row(OF_PERSON, (kept, ms(now))):
        _tell(tx, kept, now)


def purge(tx: Tx, now: datetime) -> None:
    """Forget blocks that are over and whoever has been quiet for a month."""
    tx.do(PURGE_BLOCKS, (ms(now),))
    tx.do(PURGE_SLOWED, (ms(now - timedelta(days=30)),))


def _tell(tx: Tx, person: int, now: datetime) -> None:
    for (contact,) in tx.rows(CHATS, (person,)):
        timers.set(tx, contact, TIMER, now)


def _log(
    tx: Tx, kind: str, effect: Block | Unblock, data: dict[str, str | int], now: datetime
) -> None:
    log.append(
        *(tx, kind, data),
        actor=members.actor(effect.by),
        now=now,
        subject=f"case:{effect.code}",
        words=effect.reason,
    )
