"""What the report of an announcement says, and the file it is kept in."""

from datetime import datetime
from typing import Literal, NamedTuple

from handlers.announcing import Announcement
from handlers.events import Media
from storage import announcements, files, members
from storage.database import Tx

# Of those who were told: what they follow, how many of them.
FOLLOWED = """
    SELECT f.kind, f.name, COUNT(*)
    FROM deliveries d
    JOIN announcements a ON a.id = d.announcement_id
    JOIN follows f ON f.person_id = d.person_id AND f.wanted = 1
    WHERE a.code = ? AND d.state = 'sent'
    GROUP BY f.kind, f.name
    ORDER BY f.kind, COUNT(*) DESC, f.name
"""
# In the words of the index.
DUE = """
    SELECT code FROM announcements
    WHERE live = 0 AND ended_at IS NOT NULL AND begun_at IS NOT NULL AND reported < entries
    ORDER BY id LIMIT 20
"""
SET = "UPDATE announcements SET report = ? WHERE code = ?"
DONE = "UPDATE announcements SET reported = ? WHERE code = ?"


class Followed(NamedTuple):
    """How many of those who were told follow a commune or a topic, by its id."""

    kind: Literal["commune", "topic"]
    name: str
    people: int


class Gathered(NamedTuple):
    """All that a report says; officials by their names."""

    announcement: Announcement
    author: str
    releaser: str
    followed: tuple[Followed, ...]


def gather(tx: Tx, code: str) -> Gathered | None:
    """What is to be reported of an announcement; None when there is none of this code."""
    found = announcements.get(tx, code)
    if found is None:
        return None
    return Gathered(
        found,
        members.name_of(tx, members.actor(found.author)),
        members.name_of(tx, members.actor(found.releaser)) if found.releaser else "",
        tuple(Followed(*row) for row in tx.rows(FOLLOWED, (code,))),
    )


def due(tx: Tx) -> tuple[str, ...]:
    """Announcements that told somebody, have come to an end and are to be reported."""
    return tuple(row[0] for row in tx.rows(DUE))


def keep(tx: Tx, announcement: Announcement, report: Media, sha256: str, now: datetime) -> None:
    """Keep a *report* whose bytes are here, in place of an earlier one."""
    author = members.contact_of(tx, announcement.author)
    if author is not None:
        files.upload(tx, author, report, sha256, now)
        files.announce(tx, announcement.code, (report,))
        tx.do(SET, (report.model_dump_json(), announcement.code))
    tx.do(DONE, (announcement.entries, announcement.code))
