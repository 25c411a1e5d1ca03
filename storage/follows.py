"""What people want to hear of: of announcements; a case's own news always come."""

from datetime import datetime
from typing import NamedTuple

from handlers.effects import Follow, SaveConsent
from storage import people
from storage.database import Tx

SET = """
    INSERT INTO follows (person_id, kind, name, wanted)
    SELECT person_id, ?, ?, ? FROM contacts WHERE id = ?
    ON CONFLICT (person_id, kind, name) DO UPDATE SET wanted = excluded.wanted
"""
# Whoever switched something off by hand is not switched on by filing a case.
BEGIN = """
    INSERT INTO follows (person_id, kind, name, wanted)
    SELECT person_id, ?, ?, 1 FROM contacts WHERE id = ?
    ON CONFLICT (person_id, kind, name) DO NOTHING
"""
HEAR = """
    UPDATE people SET hears = ?, stopped = ?
    WHERE id = (SELECT person_id FROM contacts WHERE id = ?)
"""
ENDED = """
    UPDATE people SET hears = 0
    WHERE id = (SELECT person_id FROM contacts WHERE id = ?)
"""
HEARS = """
    SELECT p.hears FROM people p JOIN contacts c ON c.person_id = p.id WHERE c.id = ?
"""
WANTED = """
    SELECT f.kind, f.name FROM follows f JOIN contacts c ON c.person_id = f.person_id
    WHERE c.id = ? AND f.wanted = 1 ORDER BY f.kind, f.name
"""
CHANNELS = """
    SELECT o.channel FROM contacts c JOIN contacts o ON o.person_id = c.person_id
    WHERE c.id = ? AND o.reachable = 1 ORDER BY o.channel
"""


class Wanted(NamedTuple):
    """What one person wants to hear of; nothing unless *hears*. *channels*: one for each chat."""

    hears: bool
    communes: tuple[str, ...]
    topics: tuple[str, ...]
    channels: tuple[str, ...]


def follow(tx: Tx, contact_id: int, effect: Follow) -> None:
    """Switch one commune or topic on or off."""
    tx.do(SET, (effect.kind, effect.name, int(effect.wanted), contact_id))


def begin(tx: Tx, contact_id: int, commune: str, topic: str) -> None:
    """Whoever files a case hears of its commune and topic, unless they once switched it off."""
    for kind, name in (("commune", commune), ("topic", topic)):
        if name:
            tx.do(BEGIN, (kind, name, contact_id))


def hear(tx: Tx, contact_id: int, *, wanted: bool) -> None:
    """Switch all announcements on or off; joining two chats, off outweighs on."""
    tx.do(HEAR, (int(wanted), int(not wanted), contact_id))


def agreed(tx: Tx, contact_id: int, consent: SaveConsent, now: datetime) -> None:
    """Keep what was agreed to or taken back, and do as it says.

    Announcements begin with the consent to them; they end with it, and with that to being answered.
    Who takes back what they never gave has nothing to prove.
    """
    if consent.purpose == "announcements":
        before = wanted(tx, contact_id).hears
        hear(tx, contact_id, wanted=consent.given)
        if not (before or consent.given):
            return
    elif consent.purpose == "handling" and not consent.given:
        tx.do(ENDED, (contact_id,))
    people.add_consent(tx, contact_id, consent, now)


def wanted(tx: Tx, contact_id: int) -> Wanted:
    """What this person wants to hear of."""
    row = tx.row(HEARS, (contact_id,))
    rows = tx.rows(WANTED, (contact_id,))
    return Wanted(
        row is None or row[0] == 1,
        tuple(name for kind, name in rows if kind == "commune"),
        tuple(name for kind, name in rows if kind == "topic"),
        tuple(row[0] for row in tx.rows(CHANNELS, (contact_id,))),
    )
