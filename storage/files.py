"""Files people sent: what is known of them, whether their bytes are here, which case has them.

The bytes themselves are in `storage.blobs`, named by their digest (*sha256*), which is keyed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from handlers.events import Media
from storage import keys
from storage.database import Row, Tx
from storage.keys import of_bytes
from storage.times import ms

UPLOAD_LASTS = timedelta(hours=1)  # at most, from its first byte to its row

Reason = Literal["empty", "too_large", "type", "gone", "id_card"]

# The same file told again is the same row, whoever tells it: the bytes are the same. One that was
# refused (a file that was gone may be back) is wanted again; one that is here is as good as new.
WANT = """
    INSERT INTO files (
        key, contact_id, channel, kind, name, mime, size, source, state, not_before, created_at
    )
    VALUES (?, ?, (SELECT channel FROM contacts WHERE id = ?), ?, ?, ?, ?, ?, 'wanted', ?, ?)
    ON CONFLICT (key) DO UPDATE
    SET contact_id =
            CASE files.state WHEN 'refused' THEN excluded.contact_id ELSE files.contact_id END,
        channel = CASE files.state WHEN 'refused' THEN excluded.channel ELSE files.channel END,
        source = CASE files.state WHEN 'refused' THEN excluded.source ELSE files.source END,
        state = CASE files.state WHEN 'refused' THEN 'wanted' ELSE files.state END,
        reason = NULL, attempts = 0,
        not_before = excluded.not_before, created_at = excluded.created_at
    WHERE files.state <> 'wanted'
"""
UPLOAD = """
    INSERT INTO files (
        key, contact_id, channel, kind, name, mime, size, source, sha256, state,
        not_before, created_at
    )
    VALUES (?, ?, (SELECT channel FROM contacts WHERE id = ?), ?, ?, ?, ?, '', ?, 'stored', ?, ?)
    ON CONFLICT (key) DO NOTHING
"""
UPLOADED = """
    SELECT f.key, f.kind, f.name, f.mime, f.size, f.source FROM files f
    WHERE f.key = ? AND f.contact_id = ? AND f.state = 'stored'
"""
WANTED = """
    SELECT f.key, f.kind, f.name, f.mime, f.size, f.source,
        f.contact_id, f.attempts, f.created_at
    FROM files f
    WHERE f.channel = ? AND f.state = 'wanted' AND f.not_before <= ?
    ORDER BY f.not_before, f.key LIMIT ?
"""
PUT_OFF = """
    UPDATE files SET attempts = attempts + 1, not_before = ? WHERE key = ? AND state = 'wanted'
"""
STORED = """
    UPDATE files SET state = 'stored', sha256 = ?, size = ?, mime = ?
    WHERE key = ? AND state = 'wanted'
"""
REFUSED = "UPDATE files SET state = 'refused', reason = ? WHERE key = ? AND state = 'wanted'"
LAST_PLACE = "SELECT COALESCE(MAX(place), 0) FROM ticket_files WHERE ticket_id = ?"
# Only what is known: a file nobody kept can't be claimed by naming it.
LINK = """
    INSERT INTO ticket_files (ticket_id, place, file_key, withheld)
    SELECT ?, ?, key, ? FROM files WHERE key = ? ON CONFLICT DO NOTHING
"""
OF_TICKET = """
    SELECT f.key, f.kind, f.name, f.mime, f.size, f.source
    FROM ticket_files l JOIN files f ON f.key = l.file_key
    WHERE l.ticket_id = ? AND l.withheld <= ? AND f.state <> 'refused' ORDER BY l.place
"""
RELEASE = "UPDATE ticket_files SET withheld = 0 WHERE ticket_id = ? AND file_key = ?"
# What the citizen was not to see of one case they do not see of the other either.
GIVE = """
    INSERT INTO ticket_files (ticket_id, place, file_key, withheld)
    SELECT ?, place + ?, file_key, withheld FROM ticket_files WHERE ticket_id = ?
    ON CONFLICT DO NOTHING
"""
# Only what is known, as with a case.
ANNOUNCE = """
    INSERT INTO announcement_files (announcement_id, file_key)
    SELECT a.id, f.key FROM announcements a JOIN files f ON f.key = ? WHERE a.code = ?
    ON CONFLICT DO NOTHING
"""
GET = "SELECT contact_id, state, sha256, size, mime, name FROM files WHERE key = ?"
# An arrival that failed may name a file when it is replayed.
LOOSE = """
    SELECT f.key, s.state FROM files f LEFT JOIN sessions s ON s.contact_id = f.contact_id
    WHERE f.created_at < ? AND NOT EXISTS (SELECT 1 FROM ticket_files l WHERE l.file_key = f.key)
    AND NOT EXISTS (SELECT 1 FROM announcement_files a WHERE a.file_key = f.key)
    AND NOT EXISTS (
        SELECT 1 FROM inbox i WHERE i.contact_id = f.contact_id AND i.state = 'failed'
    )
    ORDER BY f.created_at LIMIT ?
"""
RENEW = "UPDATE files SET created_at = ? WHERE key = ?"
OUTDATE = "UPDATE files SET created_at = 0 WHERE key = ? AND contact_id = ?"
BYTES = "SELECT sha256 FROM files WHERE key = ?"
FORGET = """
    DELETE FROM files
    WHERE key = ? AND created_at < ?
    AND NOT EXISTS (SELECT 1 FROM ticket_files l WHERE l.file_key = files.key)
    AND NOT EXISTS (SELECT 1 FROM announcement_files a WHERE a.file_key = files.key)
"""
NAMED = """
    SELECT 1 FROM files WHERE sha256 = ?
    UNION ALL SELECT 1 FROM denunciation_files WHERE bytes_key = ? LIMIT 1
"""
# Not while somebody may be about to send the same bytes: an upload ends within the hour.
SHRED = """
    DELETE FROM keys WHERE holder = ? AND used_at < ?
    AND NOT EXISTS (SELECT 1 FROM files WHERE sha256 = ?)
    AND NOT EXISTS (SELECT 1 FROM denunciation_files WHERE bytes_key = ?)
"""
UNNAMED = """
    SELECT k.holder FROM keys k
    WHERE k.used_at > 0 AND k.used_at < ? AND NOT EXISTS (
        SELECT 1 FROM files f WHERE f.sha256 = substr(k.holder, 6)
    )
    AND NOT EXISTS (
        SELECT 1 FROM denunciation_files d WHERE d.bytes_key = substr(k.holder, 6)
    )
    ORDER BY k.used_at LIMIT ?
"""


class Wanted(NamedTuple):
    """A file whose bytes are to be fetched from its channel.

    *asked_at*, in milliseconds since 1970, tells one wanting from a later one: it stays while the
    file is wanted and is another when a refused one is wanted again.
    """

    media: Media
    contact_id: int
    attempts: int
    asked_at: int


class Loose(NamedTuple):
    """A file no case has; *in_draft* when its sender's conversation still names it."""

    key: str
    in_draft: bool


class File(NamedTuple):
    """What is known of a file; *sha256* is empty until its bytes are here."""

    contact_id: int
    state: Literal["wanted", "stored", "refused"]
    sha256: str
    size: int | None
    mime: str
    name: str


def keep(tx: Tx, contact_id: int, media: Media, now: datetime) -> None:
    """Remember a file, to be fetched; one whose bytes are here already was uploaded before.

    One that was refused is fetched anew, for whoever tells of it now.
    """
    if not media.fetch:
        return
    described = (
        media.kind,
        _hidden(tx, media.name, contact_id),
        media.mime,
        media.size,
        media.fetch,
    )
    tx.do(WANT, (media.key, contact_id, contact_id, *described, ms(now), ms(now)))


def upload(tx: Tx, contact_id: int, media: Media, sha256: str, now: datetime) -> None:
    """Remember a file whose bytes are here; again is fine."""
    name = _hidden(tx, media.name, contact_id)
    described = (media.kind, name, media.mime, media.size, sha256)
    tx.do(UPLOAD, (media.key, contact_id, contact_id, *described, ms(now), ms(now)))


def uploaded(tx: Tx, contact_id: int, keys: Iterable[str]) -> dict[str, Media]:
    """Those of *keys* that this contact uploaded."""
    found = (tx.row(UPLOADED, (key, contact_id)) for key in keys)
    return {row[0]: _media(tx, row) for row in found if row is not None}


def wanted(tx: Tx, channel: str, now: datetime, limit: int) -> tuple[Wanted, ...]:
    """What a channel should fetch now, longest waiting first."""
    rows = tx.rows(WANTED, (channel, ms(now), limit))
    return tuple(Wanted(_media(tx, row), *row[6:]) for row in rows)


def put_off(tx: Tx, key: str, until: datetime) -> None:
    """Fetching failed for now: try again later."""
    tx.do(PUT_OFF, (ms(until), key))


def stored(tx: Tx, key: str, sha256: str, size: int, mime: str) -> bool:
    """The bytes of a wanted file are here; False when nobody wants it any more."""
    return tx.do(STORED, (sha256, size, mime, key)) == 1


def refused(tx: Tx, key: str, reason: Reason) -> bool:
    """A wanted file can't be kept; True once."""
    return tx.do(REFUSED, (reason, key)) == 1


def link(tx: Tx, ticket_id: int, media: Sequence[Media], *, withheld: bool = False) -> None:
    """Add files to a case, after those it has; *withheld* ones its citizen is not shown."""
    if not media:
        return
    last = tx.rows(LAST_PLACE, (ticket_id,))[0][0]
    for place, file in enumerate(media, last + 1):
        tx.do(LINK, (ticket_id, place, int(withheld), file.key))


def announce(tx: Tx, code: str, media: Iterable[Media]) -> None:
    """Keep files as long as the announcement *code*, which has them or had them once."""
    tx.many(ANNOUNCE, [(file.key, code) for file in media])


def release(tx: Tx, ticket_id: int, keys: Iterable[str]) -> None:
    """From now on the citizen is shown these files of a case."""
    tx.many(RELEASE, [(ticket_id, key) for key in keys])


def give(tx: Tx, from_id: int, to_id: int) -> None:
    """Add the files of one case to another, which both have then."""
    last = tx.rows(LAST_PLACE, (to_id,))[0][0]
    tx.do(GIVE, (to_id, last, from_id))


def of_ticket(tx: Tx, ticket_id: int, *, shown: bool = False) -> tuple[Media, ...]:
    """The files of a case in the order they came, without the refused ones.

    *shown*: without those that are withheld from its citizen.
    """
    return tuple(_media(tx, row) for row in tx.rows(OF_TICKET, (ticket_id, int(not shown))))


def get(tx: Tx, key: str) -> File | None:
    """What is known of a file."""
    row = tx.row(GET, (key,))
    if row is None:
        return None
    contact_id, state, sha256, size, mime, name = row
    return File(contact_id, state, sha256 or "", size, mime, _shown(tx, name))


def loose(tx: Tx, before: datetime, limit: int) -> tuple[Loose, ...]:
    """Files last told of before an instant that no case or announcement has, oldest first."""
    return tuple(
        Loose(key, bool(state) and key in keys.seen(tx, state))
        for key, state in tx.rows(LOOSE, (ms(before), limit))
    )


def renew(tx: Tx, keys: Iterable[str], now: datetime) -> None:
    """These files are still of use: as if they had just been told of."""
    tx.many(RENEW, [(ms(now), key) for key in keys])


def outdate(tx: Tx, contact_id: int, key: str) -> None:
    """A file of this contact that was not taken goes the next time the house is kept."""
    tx.do(OUTDATE, (key, contact_id))


def forget(tx: Tx, keys: Iterable[str], before: datetime) -> tuple[str, ...]:
    """Forget files, unless a case or announcement has them or they were told of since *before*.

    Return the digests of bytes that no file has any more.
    """
    gone = set()
    for key in keys:
        row = tx.row(BYTES, (key,))
        if tx.do(FORGET, (key, ms(before))) and row is not None and row[0]:
            gone.add(row[0])
    unnamed = tuple(sorted(sha256 for sha256 in gone if tx.row(NAMED, (sha256, sha256)) is None))
    shred(tx, unnamed, before)
    return unnamed


def shred(tx: Tx, digests: Iterable[str], before: datetime) -> tuple[str, ...]:
    """Destroy the keys of bytes that no file has any more and nobody sent since *before*.

    Return the digests of those that can't be read again, to be removed (`Blobs.remove`). *before*
    is an `UPLOAD_LASTS` ago, so that nobody's file loses its key who is about to send the same
    bytes; what had to stay for that is found again by `unused`.
    """
    found = tuple(digests)
    return tuple(
        digest for digest in found if tx.do(SHRED, (of_bytes(digest), ms(before), digest, digest))
    )


def unused(tx: Tx, before: datetime, limit: int) -> tuple[str, ...]:
    """Digests of some bytes that no file has and nobody sent since *before*; a long look."""
    rows = tx.rows(UNNAMED, (ms(before), limit))
    return tuple(holder.removeprefix(of_bytes("")) for (holder,) in rows)


def _hidden(tx: Tx, name: str, contact_id: int) -> str:
    return name and keys.hide(tx, name, f"contact:{contact_id}")


def _shown(tx: Tx, name: str) -> str:
    return name and keys.seen(tx, name)


def _media(tx: Tx, row: Row) -> Media:
    key, kind, name, mime, size, fetch = row[:6]
    return Media(key=key, kind=kind, name=_shown(tx, name), mime=mime, size=size, fetch=fetch)
