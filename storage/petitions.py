"""Petitions on their way: asked for in a turn, made beside it, told of in another turn.

A row stands from the asking until the telling is committed, so that a kill at any instant loses
nothing: what was not made is made again, of the same words. A contact has one; another one asked
for meanwhile takes its place.
"""

from datetime import datetime
from typing import NamedTuple

from pydantic import TypeAdapter

from handlers.events import Media
from handlers.facts import Made
from handlers.petition import Petition
from storage import files, keys, timers
from storage.database import Tx
from storage.times import ms

TIMER = "petition"

DROP = "DELETE FROM petitions WHERE contact_id = ?"
ASK = "INSERT INTO petitions (contact_id, words, not_before) VALUES (?, ?, ?)"
# In the words of the index.
DUE = """
    SELECT id, contact_id, words, attempts FROM petitions
    WHERE made = '' AND not_before <= ? ORDER BY not_before, id LIMIT ?
"""
PUT_OFF = """
    UPDATE petitions SET attempts = attempts + 1, not_before = ? WHERE id = ? AND made = ''
"""
# Not one that another took the place of meanwhile.
MADE = "UPDATE petitions SET words = '', made = ? WHERE id = ? AND made = ''"
OF_CONTACT = "SELECT made FROM petitions WHERE contact_id = ?"
# The keys of our files: nobody else's begin so.
OLD = """
    SELECT key FROM files
    WHERE created_at < ? AND key >= 'petition:' AND key < 'petition;'
    AND NOT EXISTS (SELECT 1 FROM ticket_files l WHERE l.file_key = files.key)
    AND NOT EXISTS (SELECT 1 FROM announcement_files a WHERE a.file_key = files.key)
    ORDER BY created_at LIMIT ?
"""

_FILES: TypeAdapter[tuple[Media, ...]] = TypeAdapter(tuple[Media, ...])


class Waiting(NamedTuple):
    """A petition to be made; None when its words can't be read any more."""

    id: int
    contact_id: int
    petition: Petition | None
    attempts: int


class Document(NamedTuple):
    """A file that was made; its bytes are here."""

    media: Media
    sha256: str


def ask(tx: Tx, contact_id: int, petition: Petition, now: datetime) -> None:
    """Have a petition made for this contact, in the place of an earlier one."""
    tx.do(DROP, (contact_id,))
    words = keys.hide(tx, petition.model_dump_json(), _holder(contact_id))
    tx.add(ASK, (contact_id, words, ms(now)))


def due(tx: Tx, now: datetime, limit: int) -> tuple[Waiting, ...]:
    """What is to be made now, the longest waiting first."""
    return tuple(
        Waiting(number, contact_id, _read(keys.show(tx, words)), attempts)
        for number, contact_id, words, attempts in tx.rows(DUE, (ms(now), limit))
    )


def put_off(tx: Tx, waiting: Waiting, until: datetime) -> None:
    """It could not be made for now: try again later."""
    tx.do(PUT_OFF, (ms(until), waiting.id))


def made(tx: Tx, waiting: Waiting, documents: tuple[Document, ...], now: datetime) -> bool:
    """Keep the files and have the citizen told; its words are gone with it.

    No documents: it can't be made at all, which is told, too. False when another petition took its
    place, or its chat was erased, meanwhile.
    """
    media = tuple(document.media for document in documents)
    hidden = keys.hide(tx, _FILES.dump_json(media).decode(), _holder(waiting.contact_id))
    if not tx.do(MADE, (hidden, waiting.id)):
        return False
    for document in documents:
        files.upload(tx, waiting.contact_id, document.media, document.sha256, now)
    timers.set(tx, waiting.contact_id, TIMER, now)
    return True


def forget(tx: Tx, contact_id: int) -> None:
    """The citizen was told, or nobody is left to be told."""
    tx.do(DROP, (contact_id,))


def of_contact(tx: Tx, contact_id: int) -> Made | None:
    """What was made for this contact and not told yet."""
    row = tx.row(OF_CONTACT, (contact_id,))
    if row is None or not row[0] or not (shown := keys.show(tx, row[0])):
        return None
    return Made(_FILES.validate_json(shown))


def old_files(tx: Tx, before: datetime, limit: int) -> tuple[str, ...]:
    """The keys of files of petitions that were made before an instant, oldest first."""
    return tuple(key for (key,) in tx.rows(OLD, (ms(before), limit)))


def _read(words: str) -> Petition | None:
    return Petition.model_validate_json(words) if words else None


def _holder(contact_id: int) -> str:
    return f"contact:{contact_id}"
