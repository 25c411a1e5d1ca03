"""Erasing a person: keys are destroyed, so that nothing they sealed opens again, here or elsewhere.

What is left is codes, statuses, dates and hashes: every history stays whole and tells nothing of
anybody. It goes in slices, each a transaction of its own, and stands in `erasures` from the first
to the last, so that one that was interrupted goes on where it was:

``chats``  the person's chats, first of all: whoever writes from there afterwards is somebody new;
``cases``  their cases that may go: words, answers, files, what they are searched by;
``echoes`` what officials and others were told of these cases, in their own chats;
``person`` name, telephone, what they followed; then the record is closed.

A case that is held, or still open, keeps its words. So do denunciations, which are no part of this:
the law has them kept, and nothing outside their own tables leads to them.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, cast

from handlers.rights import Scope
from storage import files, keys, ledger, log, members
from storage.database import Row, Tx
from storage.times import ms

Stage = Literal["chats", "cases", "echoes", "person", "done"]

BEGUN = "SELECT id FROM erasures WHERE person_id = ? AND done_at IS NULL"
BEGIN = """
    INSERT INTO erasures (why, by_member, person_id, scope, begun_at) VALUES (?, ?, ?, ?, ?)
"""
UNFINISHED = """
    SELECT id, why, by_member, person_id, scope, stage, looked, counts FROM erasures
    WHERE done_at IS NULL AND person_id IS NOT NULL ORDER BY id LIMIT 1
"""
# Whoever does a slice has it alone: a worker that lost its lease, or `retain` beside the bot.
ALONE = "SELECT e.id FROM erasures e WHERE e.id = ? AND e.done_at IS NULL /*lock e*/"
ADVANCE = "UPDATE erasures SET stage = ?, looked = ?, counts = ? WHERE id = ?"
DONE = "UPDATE erasures SET stage = 'done', counts = ?, done_at = ? WHERE id = ?"

# Locked in one order; who types at this moment finds no session then and becomes a new person.
SESSIONS = """
    SELECT s.contact_id FROM sessions s JOIN contacts c ON c.id = s.contact_id
    WHERE c.person_id = ? ORDER BY s.contact_id /*lock s*/
"""
# Before the ledger is settled: it must not look for another chat of the same person.
UNREACHABLE = "UPDATE contacts SET reachable = 0 WHERE person_id = ?"
CHATS = """
    SELECT id FROM contacts WHERE person_id = ? AND address_key NOT LIKE 'erased:%'
    ORDER BY id LIMIT ?
"""
SENDING = """
    SELECT id FROM outbox WHERE contact_id = ? AND waiting = 1 AND announcement_id IS NOT NULL
"""
# By the name of what is counted; "" is not.
OF_CHAT = (
    ("", "DELETE FROM sessions WHERE contact_id = ?"),
    ("", "DELETE FROM timers WHERE contact_id = ?"),
    ("", "DELETE FROM chat_links WHERE contact_id = ?"),
    ("", "DELETE FROM chat_moves WHERE contact_id = ?"),
    ("", "DELETE FROM petitions WHERE contact_id = ?"),
    ("", "DELETE FROM slowed WHERE contact_id = ?"),
    ("", "DELETE FROM ticket_contacts WHERE contact_id = ?"),
    ("", "DELETE FROM outbox WHERE contact_id = ? AND confidential = 1"),
    (
        "messages",
        """
        UPDATE outbox
        SET payload = '', state = CASE waiting WHEN 1 THEN 'failed' ELSE state END, waiting = 0,
            platform_id = NULL, error = NULL
        WHERE contact_id = ?
        """,
    ),
    (
        "",
        """
        UPDATE inbox SET state = 'done', raw = NULL, error = NULL, event = NULL, contact_id = NULL
        WHERE contact_id = ?
        """,
    ),
    ("", "UPDATE data_requests SET reason = '', files = '' WHERE contact_id = ?"),
    ("", "UPDATE files SET name = '', source = '' WHERE contact_id = ?"),
)
UNADDRESSED = """
    UPDATE contacts
    SET address = '', address_key = 'erased:' || CAST(id AS TEXT), left_at = COALESCE(left_at, ?)
    WHERE id = ?
"""
NOTED = "DELETE FROM log_notes WHERE seq IN (SELECT seq FROM log WHERE subject = ?)"
LOOSE = """
    SELECT f.key, COALESCE(f.sha256, '') FROM files f
    WHERE f.contact_id = ?
    AND NOT EXISTS (SELECT 1 FROM ticket_files l WHERE l.file_key = f.key)
    AND NOT EXISTS (SELECT 1 FROM announcement_files a WHERE a.file_key = f.key)
    AND NOT EXISTS (SELECT 1 FROM denunciation_files d WHERE d.file_key = f.key)
"""

MAY_GO = """
    SELECT t.id FROM tickets t
    WHERE t.person_id = ? AND t.erased = 0 AND t.open = 0 AND t.id > ?
    AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.ticket_id = t.id)
    ORDER BY t.id LIMIT ? /*lock t*/
"""
HELD = "SELECT 1 FROM holds WHERE ticket_id = ?"
FILES_OF = """
    SELECT f.key, COALESCE(f.sha256, '') FROM ticket_files l JOIN files f ON f.key = l.file_key
    WHERE l.ticket_id = ?
"""
OF_CASE = (
    ("words", "DELETE FROM notes WHERE ticket_id = ?"),
    ("", "DELETE FROM answers WHERE ticket_id = ?"),
    ("", "DELETE FROM ticket_words WHERE rowid = ?"),
    ("", "DELETE FROM ticket_marks WHERE ticket_id = ?"),
    ("", "DELETE FROM ticket_contacts WHERE ticket_id = ?"),
    ("", "DELETE FROM ticket_files WHERE ticket_id = ?"),
    ("cases", "UPDATE tickets SET erased = 1, receipt_key = '', restricted = 0 WHERE id = ?"),
)
# With the receipt a case that stays could be made theirs again by whoever finds it.
UNPROVABLE = "UPDATE tickets SET receipt_key = '' WHERE person_id = ?"
FORGET_FILE = """
    DELETE FROM files WHERE key = ?
    AND NOT EXISTS (SELECT 1 FROM ticket_files l WHERE l.file_key = files.key)
    AND NOT EXISTS (SELECT 1 FROM announcement_files a WHERE a.file_key = files.key)
"""

CODES = "SELECT code FROM tickets WHERE person_id = ?"
# Whoever else was told of the person's cases: officials, and who follows one by its receipt.
ECHOES = """
    SELECT o.id, o.payload FROM outbox o
    WHERE o.id > ? AND o.id <= ? AND o.shared_id IS NULL AND o.payload <> '' AND (
        o.contact_id IN (SELECT contact_id FROM members)
        OR o.ticket_id IN (SELECT id FROM tickets WHERE person_id = ?)
    )
    ORDER BY o.id
"""
LAST_MESSAGE = "SELECT COALESCE(MAX(id), 0) FROM outbox"
SILENCE = "UPDATE outbox SET payload = '' WHERE id = ?"

NOBODY = """
    UPDATE people
    SET name = '', phone = '', lang = '', hears = 0, stopped = 0, restricted = 0, erased_at = ?
    WHERE id = ?
"""
OF_PERSON = (
    ("", "DELETE FROM follows WHERE person_id = ?"),
    ("", "DELETE FROM blocks WHERE person_id = ?"),
)
OPEN_CASES = "SELECT COUNT(*) FROM tickets WHERE person_id = ? AND open = 1"
ANY_CASE = "SELECT COUNT(*) FROM tickets WHERE person_id = ? AND erased = 0"
TELLING = """
    SELECT 1 FROM outbox o JOIN contacts c ON c.id = o.contact_id
    WHERE c.person_id = ? AND c.reachable = 1 AND o.waiting = 1 AND o.announcement_id IS NULL
    UNION ALL
    SELECT 1 FROM timers t JOIN contacts c ON c.id = t.contact_id
    WHERE c.person_id = ? AND c.reachable = 1 AND t.name = ?
    LIMIT 1
"""
CLOSED = """
    UPDATE erasures SET backups_closed_at = ?
    WHERE done_at IS NOT NULL AND done_at < ? AND backups_closed_at IS NULL
"""

CHATS_AT_ONCE = 20
ECHOES_AT_ONCE = 2000  # messages looked at, most of them of others


class Erasure(NamedTuple):
    """One that is under way; *looked* is how far its stage has come, *counts* what is gone."""

    id: int
    why: str
    by: int
    person_id: int
    scope: Scope
    stage: Stage
    looked: int
    counts: dict[str, int]


class Slice(NamedTuple):
    """What came of a slice: whether there is *more*, and bytes to be removed from the disk."""

    more: bool
    bytes: tuple[str, ...] = ()


# -- before ----------------------------------------------------------------------------------------


def telling(tx: Tx, person_id: int, code: str) -> bool:
    """Whether somebody is still to be told of the request *code*, or of anything else."""
    return tx.row(TELLING, (person_id, person_id, f"data:{code}")) is not None


def open_cases(tx: Tx, person_id: int) -> int:
    """How many cases of a person are open: their words can't go."""
    return int(tx.rows(OPEN_CASES, (person_id,))[0][0])


def cases(tx: Tx, person_id: int) -> int:
    """How many cases of a person are not erased yet."""
    return int(tx.rows(ANY_CASE, (person_id,))[0][0])


def begin(tx: Tx, person_id: int, *, why: str, by: int, scope: Scope, now: datetime) -> int:
    """Put a person on the list; the number of the record. Again is fine."""
    row = tx.row(BEGUN, (person_id,))
    return row[0] if row else tx.add(BEGIN, (why, by, person_id, scope, ms(now)))


def unfinished(tx: Tx) -> Erasure | None:
    """The oldest erasing that is under way."""
    row = tx.row(UNFINISHED)
    return None if row is None else _erasure(row)


# -- one slice after the other ---------------------------------------------------------------------


def advance(tx: Tx, now: datetime, limit: int = 25) -> Slice:
    """Do one slice of the oldest erasing; *limit* is how many cases one has."""
    erasure = unfinished(tx)
    if erasure is None:
        return Slice(more=False)
    if tx.row(ALONE, (erasure.id,)) is None or (erasure := unfinished(tx)) is None:
        return Slice(more=True)  # somebody else has ended it meanwhile
    match erasure.stage:
        case "chats":
            gone = _chats(tx, erasure, now)
        case "cases":
            gone = _cases(tx, erasure, now, limit)
        case "echoes":
            gone = _echoes(tx, erasure)
        case _:
            _person(tx, erasure, now)
            gone = ()
    return Slice(more=True, bytes=gone)


def _chats(tx: Tx, erasure: Erasure, now: datetime) -> tuple[str, ...]:
    tx.rows(SESSIONS, (erasure.person_id,))
    tx.do(UNREACHABLE, (erasure.person_id,))
    chats = [row[0] for row in tx.rows(CHATS, (erasure.person_id, CHATS_AT_ONCE))]
    counts = Counter(erasure.counts)
    gone = [digest for chat in chats for digest in _chat(tx, chat, counts, now)]
    stage: Stage = "chats"
    if len(chats) < CHATS_AT_ONCE:
        tx.do(UNPROVABLE, (erasure.person_id,))
        stage = "cases" if erasure.scope != "identity" else "echoes"
    _went_on(tx, erasure, stage, 0, counts)
    return tuple(gone)


def _chat(tx: Tx, chat: int, counts: Counter[str], now: datetime) -> tuple[str, ...]:
    """Cut a chat off from its person: nothing leads back to its address."""
    sending = [row[0] for row in tx.rows(SENDING, (chat,))]
    ledger.settle(tx, dict.fromkeys(sending, ledger.Outcome("failed", "")))
    loose = tx.rows(LOOSE, (chat,))
    for name, statement in OF_CHAT:
        counts[name] += tx.do(statement, (chat,))
    tx.do(NOTED, (members.actor(0, chat),))
    tx.do(UNADDRESSED, (ms(now), chat))
    counts["chats"] += 1
    counts["keys"] += keys.destroy(tx, f"contact:{chat}")
    return _forget(tx, loose, counts, now)


def _cases(tx: Tx, erasure: Erasure, now: datetime, limit: int) -> tuple[str, ...]:
    found = [row[0] for row in tx.rows(MAY_GO, (erasure.person_id, erasure.looked, limit))]
    counts = Counter(erasure.counts)
    gone = [digest for number in found for digest in case(tx, number, counts, now)]
    more = len(found) == limit
    _went_on(tx, erasure, "cases" if more else "echoes", found[-1] if more else 0, counts)
    return tuple(gone)


def case(tx: Tx, ticket_id: int, counts: Counter[str], now: datetime) -> tuple[str, ...]:
    """Take all words and files of a case; return bytes to be removed. Retention does it, too.

    Its row is locked since it was looked for; one that was put on hold meanwhile keeps all.
    """
    if tx.row(HELD, (ticket_id,)) is not None:
        return ()
    its = tx.rows(FILES_OF, (ticket_id,))
    for name, statement in OF_CASE:
        counts[name] += tx.do(statement, (ticket_id,))
    counts["keys"] += keys.destroy(tx, f"case:{ticket_id}")
    return _forget(tx, its, counts, now)


def _echoes(tx: Tx, erasure: Erasure) -> tuple[str, ...]:
    """Blank what others were told of these cases: a message names its case by the code."""
    codes = [row[0] for row in tx.rows(CODES, (erasure.person_id,))]
    upto = erasure.looked + ECHOES_AT_ONCE
    found = tx.rows(ECHOES, (erasure.looked, upto, erasure.person_id)) if codes else []
    counts = Counter(erasure.counts)
    for number, payload in found:
        said = keys.seen(tx, payload)
        if any(code in said for code in codes):
            tx.do(SILENCE, (number,))
            counts["echoes"] += 1
    more = bool(codes) and upto < tx.rows(LAST_MESSAGE)[0][0]
    _went_on(tx, erasure, "echoes" if more else "person", upto if more else 0, counts)
    return ()


def _person(tx: Tx, erasure: Erasure, now: datetime) -> None:
    counts = Counter(erasure.counts)
    for _, statement in OF_PERSON:
        tx.do(statement, (erasure.person_id,))
    tx.do(NOBODY, (ms(now), erasure.person_id))
    counts["keys"] += keys.destroy(tx, f"person:{erasure.person_id}")
    told = _told(counts)
    tx.do(DONE, (json.dumps(told), ms(now), erasure.id))
    about: dict[str, str | int] = {"why": erasure.why, "scope": erasure.scope, **told}
    actor = members.actor(erasure.by)
    log.append(tx, "erased", about, actor=actor, now=now, subject=f"erasure:{erasure.id}")


def closed(tx: Tx, now: datetime) -> int:
    """No backup from before *now* can be opened any more: its master keys are destroyed.

    To be called when they are; how many erasings that makes complete.
    """
    return tx.do(CLOSED, (ms(now), ms(now)))


def _forget(tx: Tx, found: Sequence[Row], counts: Counter[str], now: datetime) -> tuple[str, ...]:
    """Forget files nobody else has; the bytes whose key is gone with that.

    Bytes that came within the last hour keep their key that long (`files.shred`).
    """
    gone = set()
    for key, digest in found:
        if tx.do(FORGET_FILE, (key,)):
            counts["files"] += 1
            gone |= {digest} - {""}
    return files.shred(tx, sorted(gone), now - files.UPLOAD_LASTS)


def _went_on(tx: Tx, erasure: Erasure, stage: Stage, looked: int, counts: Counter[str]) -> None:
    tx.do(ADVANCE, (stage, looked, json.dumps(_told(counts)), erasure.id))


def _told(counts: Counter[str]) -> dict[str, int]:
    return {name: count for name, count in sorted(counts.items()) if name and count}


def _erasure(row: Row) -> Erasure:
    number, why, by, person, scope, stage, looked, counts = row
    return Erasure(
        *(number, why, by, person, cast("Scope", scope), cast("Stage", stage), looked),
        counts=cast("dict[str, int]", json.loads(counts)),
    )


def records(tx: Tx, limit: int) -> Iterable[Row]:
    """The latest deletion records: when, why, what kind, how much, backups; newest first."""
    return tx.rows(RECORDS, (limit,))


RECORDS = """
    SELECT id, why, scope, counts, begun_at, done_at, backups_closed_at FROM erasures
    ORDER BY id DESC LIMIT ?
"""
