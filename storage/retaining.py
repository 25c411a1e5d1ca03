"""What is kept no longer, by the rules of the province: counted, and let go of when told to.

Nothing here decides: a rule says what and since when. What is done is written down in `erasures`
and the log, by kind and number alone. A case that is held is never touched.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from handlers.retention import RetentionRule, What
from handlers.session import Menu, Session, Welcome
from handlers.unsent import Pending
from storage import erasing, keys, log, sessions
from storage.database import Params, Row, Tx
from storage.times import ms

CASES = """
    FROM tickets t
    WHERE t.open = 0 AND t.erased = 0 AND t.updated_at < ?
    AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.ticket_id = t.id)
"""
# Of a person with no case, no consent and no duty, whose every chat was silent since then.
CHATS = """
    FROM people p
    WHERE p.erased_at IS NULL AND p.created_at < ?
    AND EXISTS (SELECT 1 FROM contacts c WHERE c.person_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.person_id = p.id)
    AND NOT EXISTS (
        SELECT 1 FROM contacts c WHERE c.person_id = p.id AND (
            EXISTS (SELECT 1 FROM consents s WHERE s.contact_id = c.id)
            OR EXISTS (SELECT 1 FROM members m WHERE m.contact_id = c.id)
            OR EXISTS (SELECT 1 FROM data_requests r WHERE r.contact_id = c.id AND r.waiting = 1)
            OR EXISTS (SELECT 1 FROM sessions s WHERE s.contact_id = c.id AND s.updated_at >= ?)
        )
    )
"""
SESSIONS = """
    SELECT s.contact_id, s.state FROM sessions s
    WHERE s.updated_at < ? AND s.contact_id > ? ORDER BY s.contact_id LIMIT ?
"""
UNSENT = "SELECT s.state, s.updated_at FROM sessions s WHERE s.contact_id = ? /*lock s*/"
MESSAGES = """
    FROM outbox o
    WHERE o.waiting = 0 AND o.created_at < ?
    AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.id = o.ticket_id AND t.open = 1)
"""
DELIVERIES = """
    FROM deliveries d
    WHERE d.announcement_id IN (
        SELECT a.id FROM announcements a
        WHERE a.live = 0 AND a.ended_at < ? AND a.reported >= a.entries
    )
"""
TEXTS = """
    FROM shared_words w
    WHERE w.payload <> '' AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.shared_id = w.id)
    AND NOT EXISTS (SELECT 1 FROM announcements a WHERE a.live = 1 OR a.ended_at >= ?)
"""
ARRIVALS = "FROM inbox i WHERE i.state = 'failed' AND i.at < ?"
NOTES = "FROM log_notes n JOIN log l ON l.seq = n.seq WHERE l.at < ?"
REASONS = """
    FROM data_requests r WHERE r.waiting = 0 AND r.reason <> '' AND COALESCE(r.done_at, 0) < ?
"""
RECORD = """
    INSERT INTO erasures (why, by_member, scope, counts, stage, begun_at, done_at)
    VALUES (?, 0, '', ?, 'done', ?, ?)
"""
FORGET: Mapping[What, str] = {
    "message": "DELETE FROM outbox WHERE id = ?",
    "announcement_text": "UPDATE shared_words SET payload = '' WHERE id = ?",
    "log_note": "DELETE FROM log_notes WHERE seq = ?",
    "arrival": "DELETE FROM inbox WHERE id = ? AND state = 'failed'",
    "request_words": "UPDATE data_requests SET reason = '' WHERE id = ?",
}
FORGET_DELIVERY = "DELETE FROM deliveries WHERE announcement_id = ? AND person_id = ?"
IDS: Mapping[What, str] = {
    "case": "t.id",
    "chat": "p.id",
    "message": "o.id",
    "delivery": "d.announcement_id, d.person_id",
    "announcement_text": "w.id",
    "log_note": "n.seq",
    "arrival": "i.id",
    "request_words": "r.id",
}
SLICE = 200


class Done(NamedTuple):
    """What came of a slice: how many went, and bytes to be removed from the disk."""

    gone: int
    bytes: tuple[str, ...] = ()


# -- which -----------------------------------------------------------------------------------------


def _found(rule: RetentionRule, now: datetime) -> tuple[str, Params]:
    """What a rule is about, as the end of a statement and its parameters."""
    before = ms(rule.before(now))
    match rule.what:
        case "case":
            which, params = _among("t.status", rule.statuses), [*rule.statuses]
            which += _among("t.kind", rule.kinds)
            return CASES + which, (before, *params, *rule.kinds)
        case "chat":
            return CHATS, (before, before)
        case "log_note":
            return NOTES + _among("l.kind", rule.entries), (before, *rule.entries)
        case "message":
            return MESSAGES, (before,)
        case "delivery":
            return DELIVERIES, (before,)
        case "announcement_text":
            return TEXTS, (before,)
        case "arrival":
            return ARRIVALS, (before,)
        case _:
            return REASONS, (before,)


def _among(column: str, values: tuple[str, ...]) -> str:
    return f" AND {column} IN ({', '.join('?' * len(values))})" if values else ""


def count(tx: Tx, rule: RetentionRule, now: datetime) -> int:
    """How much is kept no longer by a rule; a long look, and nothing is changed."""
    if rule.what == "draft":
        return len(_drafts(tx, ms(rule.before(now))))
    which, params = _found(rule, now)
    return int(tx.rows(f"SELECT COUNT(*) {which}", params)[0][0])


def _drafts(tx: Tx, before: int, most: int = 1 << 40) -> list[int]:
    """The chats with something unsent that nobody touched since *before*."""
    found: list[int] = []
    last = 0
    while len(found) < most and (rows := tx.rows(SESSIONS, (before, last, SLICE))):
        found += [contact for contact, state in rows if _unsent(tx, state)]
        last = rows[-1][0]
    return found[:most]


def _unsent(tx: Tx, sealed: str) -> Session | None:
    state = sealed and keys.seen(tx, sealed)
    if not state:
        return None
    session = Session.model_validate_json(state)
    return session if session.draft or session.pending != Pending() else None


# -- letting go ------------------------------------------------------------------------------------


def carry_out(tx: Tx, rule: RetentionRule, now: datetime, limit: int = SLICE) -> Done:
    """Let go of a slice by a rule; call until nothing goes."""
    if rule.what == "draft":
        return Done(_forget_drafts(tx, ms(rule.before(now)), now, limit))
    which, params = _found(rule, now)
    ids = IDS[rule.what]
    # Of a case that somebody opens again or holds at this moment nothing goes.
    lock = "/*lock t*/" if rule.what == "case" else ""
    rows = tx.rows(f"SELECT {ids} {which} ORDER BY {ids} LIMIT ? {lock}", (*params, limit))
    does: dict[What, Callable[[], Done]] = {
        "case": lambda: _forget_cases(tx, [row[0] for row in rows], now),
        "chat": lambda: _forget_people(tx, [row[0] for row in rows], rule, now),
        "delivery": lambda: _forget_all(tx, FORGET_DELIVERY, rows),
    }
    if rule.what in does:
        return does[rule.what]()
    return _forget_all(tx, FORGET[rule.what], rows)


def record(tx: Tx, rule: RetentionRule, gone: int, now: datetime) -> None:
    """Write down what went by a rule."""
    if not gone:
        return
    counts: dict[str, str | int] = {rule.what: gone}
    why = f"retention:{rule.id}"
    tx.add(RECORD, (why, json.dumps(counts), ms(now), ms(now)))
    log.append(tx, "retained", counts, actor="clock", now=now, subject=why)


def _forget_cases(tx: Tx, numbers: list[int], now: datetime) -> Done:
    counts: Counter[str] = Counter()
    gone = [digest for number in numbers for digest in erasing.case(tx, number, counts, now)]
    return Done(len(numbers), tuple(gone))


def _forget_people(tx: Tx, people: list[int], rule: RetentionRule, now: datetime) -> Done:
    """Each is erased as anybody is; nothing of theirs takes more than a few slices."""
    gone: list[str] = []
    for person in people:
        why = f"retention:{rule.id}"
        erasing.begin(tx, person, why=why, by=0, scope="everything", now=now)
        more = True
        while more:
            more, digests = erasing.advance(tx, now)
            gone += digests
    return Done(len(people), tuple(gone))


def _forget_drafts(tx: Tx, before: int, now: datetime, limit: int) -> int:
    done = 0
    for contact in _drafts(tx, before, limit):
        row = tx.row(UNSENT, (contact,))
        if row is None or row[1] >= before or (session := _unsent(tx, row[0])) is None:
            continue
        room = Menu() if session.consent else Welcome(noticed=True)
        rid = {"draft": None, "pending": Pending(), "room": room}
        sessions.save(tx, contact, session.model_copy(update=rid).model_dump_json(), now)
        done += 1
    return done


def _forget_all(tx: Tx, statement: str, rows: Sequence[Row]) -> Done:
    tx.many(statement, rows)
    return Done(len(rows))
