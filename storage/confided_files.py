"""Files of what was told in confidence: theirs alone, and opened only by who has just looked.

A file comes in like any other (`storage.files`); as soon as its bytes are here its row there goes,
and the key of its bytes is wrapped by a master key of the ring of denunciations.
"""

import json
from datetime import datetime, timedelta
from typing import cast

from handlers.events import Media
from storage import keys
from storage.database import Row, Tx
from storage.files import File
from storage.seal import Ring
from storage.times import ms

LAST = "SELECT COALESCE(MAX(place), 0) FROM denunciation_files WHERE denunciation_id = ?"
ADD = """
    INSERT INTO denunciation_files (denunciation_id, place, file_key, bytes_key, about)
    VALUES (?, ?, ?, '', ?)
"""
COMING = """
    SELECT denunciation_id, place, about FROM denunciation_files WHERE file_key = ?
"""
ALL_COMING = "SELECT file_key FROM denunciation_files WHERE denunciation_id = ? AND file_key <> ''"
OF = """
    SELECT denunciation_id, place, about FROM denunciation_files
    WHERE denunciation_id = ? ORDER BY place
"""
ONE = """
    SELECT f.about FROM denunciation_files f
    JOIN denunciation_entries e ON e.denunciation_id = f.denunciation_id
    WHERE f.denunciation_id = ? AND f.place = ? AND f.file_key = ''
    AND e.seq = ? AND e.kind = 'files_viewed' AND e.at >= ?
"""
STORED = "SELECT sha256, size, mime, name FROM files WHERE key = ? AND state = 'stored'"
SETTLE = """
    UPDATE denunciation_files SET file_key = '', bytes_key = ?, about = ?
    WHERE denunciation_id = ? AND place = ?
"""
ELSEWHERE = """
    SELECT 1 FROM ticket_files WHERE file_key = ?
    UNION ALL SELECT 1 FROM announcement_files WHERE file_key = ?
"""
FORGET_ROW = "DELETE FROM files WHERE key = ?"
FORGET = "DELETE FROM denunciation_files WHERE denunciation_id = ?"
KEYS = "SELECT id, ring, master, wrapped FROM keys WHERE holder = ?"
REWRAP = "UPDATE keys SET ring = ?, master = ?, wrapped = ? WHERE id = ?"

RING: Ring = "denunciations"
MARK = "tt:"  # how the key of such a file begins, wherever one is named
WHILE = timedelta(minutes=10)  # a link to a file opens it so long after the look that gave it


def take(tx: Tx, number: int, media: Media) -> None:
    """Add a file to a message; it may be still on its way."""
    about = keys.hide(tx, media.model_dump_json(), f"denunciation:{number}")
    place = tx.rows(LAST, (number,))[0][0] + 1
    tx.do(ADD, (number, place, media.key, about))
    absorb(tx, media.key)


def absorb(tx: Tx, key: str) -> bool:
    """Make the file *key* a message's alone once its bytes are here; whether one waited for it."""
    coming, stored = tx.rows(COMING, (key,)), tx.row(STORED, (key,))
    if not coming or stored is None:
        return False
    for number, place, about in coming:
        media = Media.model_validate_json(keys.show(tx, about))
        name = media.name or (stored[3] and keys.show(tx, stored[3]))
        kept = {"name": name, "mime": stored[2], "size": stored[1], "sha256": stored[0]}
        sealed = keys.hide(tx, json.dumps({**kept, "kind": media.kind}), f"denunciation:{number}")
        tx.do(SETTLE, (stored[0], sealed, number, place))
    _rewrap(tx, keys.of_bytes(stored[0]))
    if tx.row(ELSEWHERE, (key, key)) is None:
        tx.do(FORGET_ROW, (key,))
    return True


def of(tx: Tx, number: int) -> tuple[Media, ...]:
    """The files of a message in their order; the key of each is its place."""
    return tuple(_media(tx, row) for row in tx.rows(OF, (number,)))


def opened(tx: Tx, key: str, now: datetime) -> File | None:
    """The file a link names, given by a look of the last minutes; None for any other key."""
    try:
        number, seq, place = (int(part) for part in key.removeprefix(MARK).split(":"))
    except ValueError:
        return None
    row = tx.row(ONE, (number, place, seq, ms(now - WHILE)))
    if row is None or not (shown := keys.show(tx, row[0])):
        return None
    about = json.loads(shown)
    named = (about["sha256"], about["size"], about["mime"], about["name"])
    return File(0, "stored", *named)


def forget(tx: Tx, number: int) -> None:
    """Forget the files of a message; bytes on their way come to nobody."""
    for (key,) in tx.rows(ALL_COMING, (number,)):
        if tx.row(ELSEWHERE, (key, key)) is None:
            tx.do(FORGET_ROW, (key,))
    tx.do(FORGET, (number,))


def _rewrap(tx: Tx, holder: str) -> None:
    for number, ring, master, wrapped in tx.rows(KEYS, (holder,)):
        raw = tx.seal.raw(cast("Ring", ring), master, wrapped)
        tx.do(REWRAP, (RING, *tx.seal.wrapped(RING, raw), number))
    tx.keys.clear()


def _media(tx: Tx, row: Row) -> Media:
    _, place, sealed = row
    about = json.loads(keys.show(tx, sealed) or "{}")
    told = {name: about.get(name) or "" for name in ("name", "mime")}
    return Media(key=str(place), kind=about.get("kind", "document"), size=about.get("size"), **told)
