"""Announcements: recorded, moved by their table, read; everything done is an entry of the log.

Who may do it is asked before (`handlers.desk.permission`). Whom they reach is `storage.deliveries`.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from handlers.announcing import LIVE, Announcement, Audience, DeliveryState, Tally, Wording
from handlers.announcing import move as moved
from handlers.desk.people import EVERYWHERE
from handlers.effects import Announce, MoveAnnouncement
from handlers.events import Media
from storage import files, keys, log, members
from storage.announcement_news import Concerned, tell
from storage.database import Row, Tx
from storage.times import ms, when

ADD = """
    INSERT INTO announcements (
        code, unit, author, state, urgent, words, audience, begins_at, created_at
    )
    VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?, ?)
"""
EXISTS = "SELECT 1 FROM announcements WHERE code = ?"
LOCK = """
    SELECT a.id, a.state, a.entries, a.version, a.unit, a.author, a.releaser
    FROM announcements a WHERE a.code = ? /*lock a*/
"""
COLUMNS = """
    SELECT a.id, a.code, a.unit, a.author, a.releaser, a.state, a.urgent, a.words, a.proposed,
        a.reason, a.audience, a.version, a.entries, a.begins_at, a.created_at, a.begun_at,
        a.ended_at, a.prepared, a.counted, a.report
    FROM announcements a
"""
GET = f"{COLUMNS} WHERE a.code = ?"
PAGE = f"{COLUMNS} {{within}} ORDER BY a.id DESC LIMIT ? OFFSET ?"
TALLIES = """
    SELECT channel, state, count FROM delivery_counts
    WHERE announcement_id = ? AND count > 0 ORDER BY channel, state
"""
# What is not given stays. A dry run is of one audience only.
SET = """
    UPDATE announcements
    SET state = ?, live = ?, entries = entries + 1,
        author = COALESCE(?, author),
        releaser = COALESCE(?, releaser),
        reason = ?,
        words = COALESCE(?, words),
        proposed = ?,
        version = version + ?,
        audience = COALESCE(?, audience),
        urgent = COALESCE(?, urgent),
        begins_at = COALESCE(?, begins_at),
        begun_at = COALESCE(begun_at, ?),
        ended_at = ?,
        counted = CASE WHEN ? = 1 THEN '' ELSE counted END
    WHERE id = ?
"""
PROPOSED = "SELECT proposed FROM announcements WHERE id = ?"
ENDS = frozenset({"done", "cancelled", "withdrawn"})


def announce(tx: Tx, effect: Announce, now: datetime) -> int:
    """Record an announcement that waits for its release; return its id."""
    number = tx.add(
        ADD,
        (
            *(effect.code, effect.unit, effect.by, int(effect.urgent)),
            keys.hide(tx, effect.wording.model_dump_json(), keys.HOUSE),
            effect.audience.model_dump_json(exclude_defaults=True),
            ms(effect.begins_at) if effect.begins_at else 0,
            ms(now),
        ),
    )
    files.announce(tx, effect.code, effect.wording.media)
    _log(tx, "announced", effect.code, effect.by, now, unit=effect.unit, words=effect.wording.text)
    tell(tx, Concerned(effect.code, effect.unit, effect.by), "announce", effect.by, now)
    return number


def exists(tx: Tx, code: str) -> bool:
    """Whether an announcement has this code."""
    return tx.row(EXISTS, (code,)) is not None


def move(tx: Tx, effect: MoveAnnouncement, now: datetime) -> bool:
    """Do what *effect* says by the table of moves; whether it was done."""
    row = tx.row(LOCK, (effect.code,))
    if row is None:
        return False
    number, state, entries, version, *those = row
    after = moved(state, effect.action)
    if after is None or (effect.seen and effect.seen != entries):
        return False
    corrects = effect.action == "correct"
    released = effect.action == "release" and state == "correcting"
    words, proposed = _words(tx, number, effect, corrects=corrects, released=released)
    resubmitted = effect.action == "resubmit"
    # Whoever wrote what waits for its release is not whom it is released by.
    author = effect.by if resubmitted or corrects else None
    tx.do(
        SET,
        (
            *(after, int(after in LIVE), author),
            effect.by if effect.action == "release" else None,
            keys.hide(tx, effect.reason, keys.HOUSE) if effect.reason else "",
            *(words, proposed),
            int(released or effect.action == "withdraw"),
            effect.audience.model_dump_json(exclude_defaults=True) if effect.audience else None,
            None if effect.urgent is None else int(effect.urgent),
            ms(effect.begins_at) if effect.begins_at else None,
            ms(now) if effect.action == "begin" else None,
            ms(now) if after in ENDS else None,
            *(int(resubmitted), number),
        ),
    )
    if effect.wording:
        files.announce(tx, effect.code, effect.wording.media)
    said = effect.reason or (effect.wording.text if effect.wording else "")
    data = {"from": state, "to": after, "version": version}
    _log(tx, effect.action, effect.code, effect.by, now, words=said, **data)
    unit, before, releaser = those
    concerned = Concerned(effect.code, unit, author or before, releaser)
    tell(tx, concerned, effect.action, effect.by, now)
    return True


def _words(
    tx: Tx, number: int, effect: MoveAnnouncement, *, corrects: bool, released: bool
) -> tuple[str | None, str]:
    """The words from now on (None: as before), and those that wait for their release."""
    given = keys.hide(tx, effect.wording.model_dump_json(), keys.HOUSE) if effect.wording else None
    if corrects:
        return None, given or ""
    if released:
        row = tx.row(PROPOSED, (number,))
        return (row[0] if row and row[0] else None), ""
    return given, ""


def get(tx: Tx, code: str) -> Announcement | None:
    """One announcement whole, with its ledger."""
    row = tx.row(GET, (code,))
    return None if row is None else _read(tx, row)


def page(tx: Tx, units: frozenset[str], after: int, limit: int) -> tuple[Announcement, ...]:
    """Announcements of *units* (``*``: all) newest first, after the first *after* of them."""
    if not units:
        return ()
    wanted = () if EVERYWHERE in units else tuple(sorted(units))
    within = f"WHERE a.unit IN ({', '.join('?' for _ in wanted)})" if wanted else ""
    rows = tx.rows(PAGE.format(within=within), (*wanted, limit, after))
    return tuple(_read(tx, row) for row in rows)


def _wording(tx: Tx, sealed: str) -> Wording | None:
    said = sealed and keys.seen(tx, sealed)
    return Wording.model_validate_json(said) if said else None


def _read(tx: Tx, row: Row) -> Announcement:
    number, code, unit, author, releaser, state, urgent, words, proposed, reason, *rest = row
    audience, version, entries, begins_at, created_at, begun_at, ended_at, *last = rest
    prepared, counted, report = last
    return Announcement(
        code=code,
        unit=unit,
        author=author,
        releaser=releaser,
        state=state,
        urgent=urgent == 1,
        wording=_wording(tx, words) or Wording(text=""),
        proposed=_wording(tx, proposed),
        reason=keys.seen(tx, reason) if reason else "",
        audience=Audience.model_validate_json(audience),
        version=version,
        entries=entries,
        begins_at=when(begins_at) if begins_at else None,
        created_at=when(created_at),
        begun_at=when(begun_at) if begun_at else None,
        ended_at=when(ended_at) if ended_at else None,
        prepared=prepared == 1,
        counted=json.loads(counted) if counted else None,
        tallies=_tallies(tx.rows(TALLIES, (number,))),
        report=Media.model_validate_json(report) if report else None,
    )


def _tallies(rows: Iterable[Row]) -> tuple[Tally, ...]:
    counts: dict[str, dict[DeliveryState, int]] = {}
    for channel, state, count in rows:
        counts.setdefault(channel, {})[state] = count
    return tuple(Tally(channel=channel, counts=each) for channel, each in counts.items())


def _log(
    tx: Tx,
    kind: str,
    code: str,
    by: int,
    now: datetime,
    *,
    words: str = "",
    **data: str | int,
) -> None:
    log.append(
        tx,
        f"announcement_{kind}" if kind != "announced" else kind,
        data,
        actor=members.actor(by),
        now=now,
        subject=f"announcement:{code}",
        words=words,
    )
