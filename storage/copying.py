"""All that is kept of a person, gathered for the copy they asked for.

What belongs to a chat stays with it: of the cases sent from another chat of the same person only
the codes are told, as everywhere. Officials are named by what they are, not who. What was told in
confidence of somebody's breach of the law is in no copy: it would prove who told it to whoever
holds the telephone.
"""

from datetime import datetime
from typing import Literal

from handlers.events import Media
from handlers.model import Frozen
from handlers.rights import DataRequest
from handlers.tickets import Story
from storage import files, follows, people, rights, tickets
from storage.database import Tx
from storage.times import when

CODES = """
    SELECT t.code, CASE WHEN h.ticket_id IS NULL THEN 0 ELSE 1 END
    FROM contacts c JOIN tickets t ON t.person_id = c.person_id AND t.erased = 0
    LEFT JOIN ticket_contacts h ON h.ticket_id = t.id AND h.contact_id = c.id
    WHERE c.id = ? ORDER BY t.id
"""
CHATS = """
    SELECT o.channel, o.created_at FROM contacts c JOIN contacts o ON o.person_id = c.person_id
    WHERE c.id = ? ORDER BY o.id
"""
DELIVERED = """
    SELECT a.code, d.channel, d.state FROM contacts c
    JOIN deliveries d ON d.person_id = c.person_id
    AND d.announcement_id IN (SELECT id FROM announcements)
    JOIN announcements a ON a.id = d.announcement_id
    WHERE c.id = ? ORDER BY a.id
"""
MOST = 2000  # cases


class Consented(Frozen):
    """One consent given or taken back, with the very words that were shown."""

    purpose: str
    given: bool
    version: str
    at: datetime
    words: str = ""


class Delivered(Frozen):
    """An announcement they were to be told, and what became of that."""

    code: str
    channel: str
    state: str


class Chat(Frozen):
    """A chat of theirs: the channel alone, for its address is theirs to know."""

    channel: str
    since: datetime


class Copy(Frozen):
    """All of it."""

    name: str
    phone: str
    lang: Literal["vi", "en"]
    chats: tuple[Chat, ...]
    consents: tuple[Consented, ...]
    communes: tuple[str, ...]
    topics: tuple[str, ...]
    hears: bool
    stories: tuple[Story, ...]
    elsewhere: tuple[str, ...]
    delivered: tuple[Delivered, ...]
    requests: tuple[DataRequest, ...]


def gather(tx: Tx, contact_id: int, lang: Literal["vi", "en"]) -> Copy:
    """What is kept of whoever is in this chat; a long read."""
    said, wanted = people.person(tx, contact_id), follows.wanted(tx, contact_id)
    codes = tx.rows(CODES, (contact_id,))[:MOST]
    read = (tickets.story(tx, code, contact_id) for code, here in codes if here)
    return Copy(
        name=said.name,
        phone=said.phone,
        lang=lang,
        chats=tuple(
            Chat(channel=channel, since=when(at)) for channel, at in tx.rows(CHATS, (contact_id,))
        ),
        consents=tuple(
            Consented(
                purpose=one.purpose,
                given=one.given,
                version=one.version,
                at=one.at,
                words=people.consent_text(tx, one.text),
            )
            for one in people.consents(tx, contact_id)
        ),
        communes=wanted.communes,
        topics=wanted.topics,
        hears=wanted.hears,
        stories=tuple(story for story in read if story is not None),
        elsewhere=tuple(code for code, here in codes if not here),
        delivered=tuple(
            Delivered(code=code, channel=channel, state=state)
            for code, channel, state in tx.rows(DELIVERED, (contact_id,))
        ),
        requests=rights.mine(tx, contact_id).requests,
    )


def keep(tx: Tx, job: rights.Job, made: tuple[tuple[Media, str], ...], now: datetime) -> bool:
    """Name the files of a copy whose bytes are here, and have them given to the person."""
    for media, sha256 in made:
        files.upload(tx, job.contact_id, media, sha256, now)
    return rights.filed(tx, job, (media for media, _ in made), now)


# The keys of our files: nobody else's begin so.
OLD = """
    SELECT key FROM files WHERE created_at < ? AND key >= 'copy:' AND key < 'copy;' LIMIT ?
"""
FORGOTTEN = "UPDATE data_requests SET files = '' WHERE code = ?"


def old_files(tx: Tx, before: int, limit: int) -> tuple[str, ...]:
    """The copies made before, in milliseconds since 1970: they are of no use here any more."""
    return tuple(row[0] for row in tx.rows(OLD, (before, limit)))


def forgotten(tx: Tx, keys: tuple[str, ...]) -> None:
    """Requests no longer offer these files."""
    tx.many(FORGOTTEN, [(key.split(":")[1],) for key in keys])
