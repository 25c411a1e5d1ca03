"""Announcements on their way: who is to be told, fed to the outbox, put right, put an end to.

Who works on what is `live` does, for each announcement, until the next pause:

- ``released``: `announcements.move` it by ``begin`` once its time has come;
- ``running``: `prepare` and `renew` until each says that it is done, `feed` what the channels bear;
  ``finish`` once it is not `unfinished` any more;
- ``withdrawn``: `settle_cancelled` and `renew`, `feed`; `rest` once it is not `unfinished`;
- ``cancelled``: `settle_cancelled`; `rest` once it is not `unfinished`.

One worker at a time does that. What was fed before a pause, a cancelling or a withdrawal still goes
out, and the ledger says so; it is no more than the feed was ahead.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Literal, NamedTuple

from handlers.announcing import Audience, State
from storage import audience as audiences
from storage import keys, ledger
from storage.database import Tx
from storage.ledger import Counts, Delivery
from storage.times import ms, when

LIVE = """
    SELECT id, code, unit, state, urgent, version, prepared, begins_at FROM announcements
    WHERE live = 1 ORDER BY urgent DESC, id
"""
REST = "UPDATE announcements SET live = 0 WHERE id = ? AND state IN ('cancelled', 'withdrawn')"
UNCOUNTED = "SELECT id, code, audience FROM announcements WHERE counted = '' ORDER BY id LIMIT 20"
COUNTED = "UPDATE announcements SET counted = ? WHERE id = ? AND audience = ?"
LOOKED = """
    SELECT a.looked, a.prepared, a.audience FROM announcements a WHERE a.id = ? /*lock a*/
"""
LOOK_ON = "UPDATE announcements SET looked = ?, prepared = ? WHERE id = ?"
PREPARE = """
    INSERT INTO deliveries (announcement_id, person_id, contact_id, channel, state)
    SELECT ?, person_id, contact_id, channel,
        CASE WHEN channel = '' THEN 'unreachable' ELSE 'queued' END
    FROM ({found}) found WHERE hears = 1
    ON CONFLICT (announcement_id, person_id) DO NOTHING
    RETURNING channel, state
"""
DRY = "SELECT channel, hears, COUNT(*) FROM ({found}) found GROUP BY channel, hears"
DRY_CASES = "SELECT person_id, channel, hears FROM ({found}) found"
SHARE = "INSERT INTO shared_words (payload) VALUES (?)"
AUDIENCE = "SELECT audience FROM announcements WHERE id = ? AND state = ? AND version = ?"
# Whose chat it is by now decides; where that one has a row of their own, this one is too much,
# unless nobody could be told by that.
QUEUED = """
    SELECT d.person_id, d.contact_id, d.version, d.message, c.address, COALESCE(c.reachable, 0),
        CASE WHEN o.person_id IS NULL THEN 0 ELSE 1 END, p.hears, p.lang,
        COALESCE(r.platform_id, '')
    FROM deliveries d
    LEFT JOIN contacts c ON c.id = d.contact_id
    JOIN people p ON p.id = COALESCE(c.person_id, d.person_id)
    LEFT JOIN deliveries o ON o.announcement_id = d.announcement_id AND o.person_id = c.person_id
        AND c.person_id <> d.person_id AND o.state NOT IN ('unreachable', 'failed')
    LEFT JOIN outbox r ON r.id = d.message AND d.message > 0
    WHERE d.announcement_id = ? AND d.channel = ? AND d.state = 'queued'
    ORDER BY d.person_id LIMIT ? /*lock d*/
"""
# Messages of one chat become visible in the order of their ids. Locked before all else, as by a
# turn, so that the two do not wait for each other.
LOCK_CHAT = "SELECT s.contact_id FROM sessions s WHERE s.contact_id = ? /*lock s*/"
FEED = """
    INSERT INTO outbox (
        contact_id, channel, lane, payload, replaces, not_before, created_at, shared_id,
        announcement_id, person_id
    )
    VALUES (?, ?, 'announcement', '', ?, ?, ?, ?, ?, ?)
"""
# Who was told an older text: also who may have been.
TOLD_OLDER = """
    SELECT d.person_id, d.contact_id, d.channel, d.state, d.version, d.message FROM deliveries d
    WHERE d.announcement_id = ? AND d.state IN ('sent', 'unknown') AND d.version < ?
    ORDER BY d.version, d.person_id LIMIT ? /*lock d*/
"""
OLDER = """
    SELECT 1 FROM deliveries
    WHERE announcement_id = ? AND state IN ('sent', 'unknown') AND version < ? LIMIT 1
"""
CLOSED = """
    SELECT channel FROM delivery_counts
    WHERE announcement_id = ? AND state = 'queued' AND count > 0 ORDER BY channel
"""
STRANDED = """
    SELECT d.person_id, d.contact_id, d.version, d.message FROM deliveries d
    WHERE d.announcement_id = ? AND d.channel = ? AND d.state = 'queued'
    ORDER BY d.person_id LIMIT ? /*lock d*/
"""
# Whoever was told once stays told, of what they were told.
CANCEL = """
    UPDATE deliveries SET state = CASE WHEN version = 0 THEN 'cancelled' ELSE 'sent' END
    WHERE announcement_id = ? AND state = 'queued' AND person_id IN (
        SELECT person_id FROM deliveries
        WHERE announcement_id = ? AND state = 'queued' {those}
        ORDER BY channel, person_id LIMIT ?
    )
    RETURNING channel, state
"""
CANCEL_ALL = CANCEL.format(those="")
CANCEL_NEW = CANCEL.format(those="AND version = 0")
STATE = "SELECT a.state FROM announcements a WHERE a.id = ?"
WAITING = """
    SELECT COALESCE(SUM(count), 0) FROM delivery_counts
    WHERE announcement_id = ? AND state IN ('queued', 'sending')
"""
WINDOW = 1000  # ids of people, or of cases, looked at in one transaction


class Live(NamedTuple):
    """An announcement with something to send or to settle."""

    id: int
    code: str
    unit: str
    state: State
    urgent: bool
    version: int
    prepared: bool
    begins_at: datetime | None


class Fed(NamedTuple):
    """A message put into the outbox, to be told *lang*'s words.

    *changes* is the platform's id of the message it *replaces*, empty when there is none.
    """

    outbox_id: int
    contact_id: int
    address: str
    lang: Literal["vi", "en"]
    replaces: int
    changes: str


def live(tx: Tx) -> tuple[Live, ...]:
    """The announcements to work on, urgent ones first."""
    return tuple(
        Live(number, code, unit, state, urgent == 1, version, prepared == 1, _when(at))
        for number, code, unit, state, urgent, version, prepared, at in tx.rows(LIVE)
    )


def rest(tx: Tx, announcement_id: int) -> None:
    """Nothing is left to send of an announcement that was cancelled or withdrawn."""
    tx.do(REST, (announcement_id,))


# -- whom it concerns ------------------------------------------------------------------------------


def count(tx: Tx, audience: Audience) -> dict[str, int]:
    """How many would be told on each channel; "" is on none, "stopped" who wants to hear nothing.

    For `Store.read`, whose one picture makes it exact. Its memory is that of the people with an
    open case at most, and nothing for other audiences.
    """
    counts: Counter[str] = Counter()
    seen: set[int] = set()
    for after, until in _windows(tx, audience):
        found = audiences.among(audience, after, until)
        if audience.whom == "cases":
            rows = tx.rows(DRY_CASES.format(found=found.sql), found.params)
            new = [row for row in rows if row[0] not in seen]
            seen.update(row[0] for row in new)
            counts.update(channel if hears else "stopped" for _, channel, hears in new)
        else:
            for channel, hears, number in tx.rows(DRY.format(found=found.sql), found.params):
                counts[channel if hears else "stopped"] += number
    return dict(counts)


def uncounted(tx: Tx) -> tuple[tuple[int, str, Audience], ...]:
    """Id, code and audience of some announcements without a dry run."""
    return tuple(
        (number, code, Audience.model_validate_json(audience))
        for number, code, audience in tx.rows(UNCOUNTED)
    )


def counted(tx: Tx, announcement_id: int, counts: Mapping[str, int], audience: Audience) -> None:
    """Keep the dry run of *audience*, unless the announcement has another one by now."""
    asked = audience.model_dump_json(exclude_defaults=True)
    tx.do(COUNTED, (json.dumps(counts, sort_keys=True), announcement_id, asked))


def prepare(tx: Tx, announcement_id: int) -> bool:
    """Look at one more window of an audience; whether all were looked at.

    Each person gets one row of the ledger; whoever is reachable on no channel is so there.
    """
    row = tx.row(LOOKED, (announcement_id,))
    if row is None or row[1]:
        return True
    looked, audience = row[0], Audience.model_validate_json(row[2])
    last = audiences.last(tx, audience)
    until = _until(audience, looked, last)
    found = audiences.among(audience, looked, until)
    told = tx.rows(PREPARE.format(found=found.sql), (announcement_id, *found.params))
    ledger.count(tx, Counter((announcement_id, channel, state) for channel, state in told))
    prepared = until >= last
    tx.do(LOOK_ON, (until, int(prepared), announcement_id))
    return prepared


def _windows(tx: Tx, audience: Audience) -> list[tuple[int, int]]:
    last, after = audiences.last(tx, audience), 0
    windows = []
    while after < last:
        until = _until(audience, after, last)
        windows.append((after, until))
        after = until
    return windows


def _until(audience: Audience, after: int, last: int) -> int:
    """Where a window ends; members of staff are so few that all of them are one."""
    return last if audience.whom == "staff" else after + WINDOW


# -- telling them ----------------------------------------------------------------------------------


def share(tx: Tx, payload: str) -> int:
    """Keep what many messages say, once; its id."""
    return tx.add(SHARE, (keys.hide(tx, payload, keys.HOUSE),))


def feed(
    tx: Tx, live: Live, channel: str, limit: int, now: datetime, words: Mapping[str, int]
) -> tuple[Fed, ...]:
    """Move up to *limit* queued deliveries of a channel into the outbox.

    *words* are the shared words of this version by language. Who stopped hearing meanwhile, or can
    be reached no more, is settled at once: less than *limit* does not mean that no more wait. None
    are fed when the announcement is another by now than *live* says.
    """
    row = tx.row(AUDIENCE, (live.id, live.state, live.version))
    if row is None:
        return ()
    staff = Audience.model_validate_json(row[0]).whom == "staff"
    fed: list[Fed] = []
    changes: list[tuple[Delivery, Delivery]] = []
    rows = tx.rows(QUEUED, (live.id, channel, limit))
    for _, contact, *_ in sorted(rows, key=itemgetter(1)):
        tx.row(LOCK_CHAT, (contact,))
    for row in rows:
        person, contact, version, message, address, reachable, *about = row
        twice, hears, lang, changed = about
        old = Delivery(live.id, person, contact, channel, "queued", version, message)
        unwanted = twice or live.state == "withdrawn" or not (hears or staff)
        if unwanted and not version:
            new = old._replace(state="cancelled")
        elif not reachable or not (where := keys.seen(tx, address)):
            new = ledger.elsewhere(tx, old) or old._replace(state="unreachable")
        else:
            spoken: Literal["vi", "en"] = "en" if lang == "en" else "vi"
            number = _post(tx, old, now, words[spoken])
            fed.append(Fed(number, contact, where, spoken, message, changed))
            new = old._replace(state="sending", version=live.version, message=message or number)
        changes.append((old, new))
    ledger.change(tx, changes)
    return tuple(fed)


def renew(tx: Tx, live: Live, limit: int) -> bool:
    """Queue up to *limit* of those again who were told an older text; whether that is all."""
    changes: list[tuple[Delivery, Delivery]] = []
    for person, contact, channel, state, version, message in tx.rows(
        TOLD_OLDER, (live.id, live.version, limit)
    ):
        old = Delivery(live.id, person, contact, channel, state, version, message)
        changes.append((old, old._replace(state="queued")))
    ledger.change(tx, changes)
    return len(changes) < limit


def strand(tx: Tx, live: Live, channels: Collection[str], limit: int) -> bool:
    """Settle up to *limit* of those who wait on a channel that is not open; whether that is all.

    They are told in another chat of theirs, on one of the open *channels*, or can't be reached.
    """
    waiting = (row[0] for row in tx.rows(CLOSED, (live.id,)))
    closed = next((channel for channel in waiting if channel not in channels), None)
    if closed is None:
        return True
    changes: list[tuple[Delivery, Delivery]] = []
    for person, contact, version, message in tx.rows(STRANDED, (live.id, closed, limit)):
        old = Delivery(live.id, person, contact, closed, "queued", version, message)
        other = ledger.elsewhere(tx, old)
        reached = other is not None and other.channel in channels
        changes.append((old, other if other and reached else old._replace(state="unreachable")))
    ledger.change(tx, changes)
    return False


def settle_cancelled(tx: Tx, announcement_id: int, limit: int) -> bool:
    """Settle up to *limit* of those who wait for what was cancelled or withdrawn; whether all.

    Whoever was told nothing yet never is; whoever waits for a correction stays told without it. Of
    what was withdrawn only the former: the others are told so.
    """
    state = tx.rows(STATE, (announcement_id,))[0][0]
    sql = CANCEL_NEW if state == "withdrawn" else CANCEL_ALL
    rows = tx.rows(sql, (announcement_id, announcement_id, limit))
    counts: Counts = Counter()
    for channel, after in rows:
        counts[announcement_id, channel, "queued"] -= 1
        counts[announcement_id, channel, after] += 1
    ledger.count(tx, counts)
    return len(rows) < limit


def unfinished(tx: Tx, live: Live) -> bool:
    """Whether anybody still waits: to be looked at, told, told anew, or for what comes of it."""
    if live.state in {"released", "running"} and not live.prepared:
        return True
    if tx.rows(WAITING, (live.id,))[0][0]:
        return True
    changes = live.state != "cancelled"
    return changes and tx.row(OLDER, (live.id, live.version)) is not None


def _when(at: int) -> datetime | None:
    return when(at) if at else None


def _post(tx: Tx, delivery: Delivery, now: datetime, shared: int) -> int:
    announcement, person, contact, channel, _, _, message = delivery
    at = ms(now)
    return tx.add(FEED, (contact, channel, message, at, at, shared, announcement, person))
