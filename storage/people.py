"""Contacts and the people behind them: the only place where a name, a phone or an address is read.

All of it is sealed: see `storage.keys`.
"""

import hashlib
from datetime import datetime
from typing import Literal, NamedTuple

from handlers.effects import Purpose, SaveConsent
from handlers.model import Frozen
from storage import keys
from storage.database import Tx
from storage.times import ms, when

FIND = "SELECT id, person_id, reachable FROM contacts WHERE channel = ? AND address_key = ?"
GET = "SELECT id, person_id, reachable FROM contacts WHERE id = ?"
FIND_MOVED = "SELECT contact_id FROM chat_moves WHERE channel = ? AND address_key = ?"
ADD_PERSON = """
    INSERT INTO people (name, phone, lang, created_at) VALUES ('', '', '', ?)
"""
DROP_PERSON = "DELETE FROM people WHERE id = ?"
# Two workers may meet the same new chat at once: one of them inserts, both then find.
ADD_CONTACT = """
    INSERT INTO contacts (channel, address_key, address, person_id, created_at)
    VALUES (?, ?, '', ?, ?) ON CONFLICT (channel, address_key) DO NOTHING
"""
ADDRESS = "SELECT channel, address FROM contacts WHERE id = ?"
SET_ADDRESS = "UPDATE contacts SET address_key = ?, address = ? WHERE id = ?"
SET_REACHABLE = """
    UPDATE contacts SET reachable = ?, left_at = ? WHERE id = ? AND reachable <> ?
"""
# An empty value leaves what is known.
SET_PERSON = """
    UPDATE people
    SET name = COALESCE(NULLIF(?, ''), name),
        phone = COALESCE(NULLIF(?, ''), phone),
        lang = COALESCE(NULLIF(?, ''), lang)
    WHERE id = (SELECT person_id FROM contacts WHERE id = ?)
"""
PERSON_ID = "SELECT person_id FROM contacts WHERE id = ?"
PERSON = """
    SELECT p.name, p.phone, p.lang
    FROM contacts c JOIN people p ON p.id = c.person_id WHERE c.id = ?
"""
ADD_CONSENT = """
    INSERT INTO consents (contact_id, purpose, given, version, lang, text, at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
KEEP_TEXT = """
    INSERT INTO consent_texts (hash, words, at) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING
"""
TEXT = "SELECT words FROM consent_texts WHERE hash = ?"
CONSENTS = """
    SELECT purpose, given, version, lang, at, text FROM consents WHERE contact_id = ? ORDER BY id
"""
ADD_MOVE = """
    INSERT INTO chat_moves (channel, address_key, contact_id, at) VALUES (?, ?, ?, ?)
    ON CONFLICT (channel, address_key) DO UPDATE
    SET contact_id = excluded.contact_id, at = excluded.at
"""
DROP_MOVE = "DELETE FROM chat_moves WHERE channel = ? AND address_key = ?"
# What the short-lived second contact of one chat may have gathered before the move was known.
MERGE = (
    "UPDATE chat_moves SET contact_id = ? WHERE contact_id = ?",
    "UPDATE consents SET contact_id = ? WHERE contact_id = ?",
    "UPDATE data_requests SET contact_id = ? WHERE contact_id = ?",
    "UPDATE tickets SET contact_id = ? WHERE contact_id = ?",
    """
    INSERT INTO ticket_contacts (contact_id, ticket_id, since, told)
    SELECT ?, ticket_id, since, told FROM ticket_contacts WHERE contact_id = ?
    ON CONFLICT DO NOTHING
    """,
    "UPDATE inbox SET contact_id = ? WHERE contact_id = ?",
    "UPDATE outbox SET contact_id = ? WHERE contact_id = ?",
    "UPDATE files SET contact_id = ? WHERE contact_id = ?",
    """
    UPDATE deliveries SET contact_id = ?
    WHERE announcement_id IN (SELECT id FROM announcements)
    AND (person_id, contact_id) IN (SELECT person_id, id FROM contacts WHERE id = ?)
    """,
    """
    INSERT INTO petitions (contact_id, words, made, attempts, not_before)
    SELECT ?, words, made, attempts, not_before FROM petitions WHERE contact_id = ?
    ON CONFLICT (contact_id) DO NOTHING
    """,
    "UPDATE members SET contact_id = ? WHERE contact_id = ?",
    "UPDATE invitations SET used_by = ? WHERE used_by = ?",
)
FORGET = (
    "DELETE FROM ticket_contacts WHERE contact_id = ?",
    "DELETE FROM chat_links WHERE contact_id = ?",
    "DELETE FROM petitions WHERE contact_id = ?",
    "DELETE FROM slowed WHERE contact_id = ?",
    "DELETE FROM timers WHERE contact_id = ?",
    "DELETE FROM sessions WHERE contact_id = ?",
    "DELETE FROM contacts WHERE id = ?",
)


class Contact(NamedTuple):
    """A chat: *person_id* is who is behind it, *reachable* whether it can be written to."""

    id: int
    person_id: int
    reachable: bool


class Person(NamedTuple):
    """Who somebody said they are; empty where they did not say."""

    name: str
    phone: str
    lang: str


class Consent(Frozen):
    """One entry of what was agreed to or taken back; *text* is the hash of what was shown."""

    purpose: Purpose
    given: bool
    version: str
    lang: Literal["vi", "en"]
    at: datetime
    text: str = ""


def contact(tx: Tx, channel: str, address: str, now: datetime) -> Contact:
    """The contact at *address*, made if it is new."""
    found = find(tx, channel, address)
    return _make(tx, channel, address, now) if found is None else found


def find(tx: Tx, channel: str, address: str) -> Contact | None:
    """The contact at *address*, or that was there before its chat moved."""
    key = tx.seal.key(address)
    found = tx.row(FIND, (channel, key))
    if found is None and (moved := tx.row(FIND_MOVED, (channel, key))):
        found = tx.row(GET, moved)
    return None if found is None else Contact(found[0], found[1], found[2] == 1)


def address(tx: Tx, contact_id: int) -> tuple[str, str]:
    """Channel and address of a contact; the address is empty when it was erased."""
    found = tx.row(ADDRESS, (contact_id,))
    if found is None:
        raise LookupError(f"no contact {contact_id}")
    return found[0], keys.seen(tx, found[1])


def readdress(tx: Tx, contact_id: int, address: str) -> None:
    """Keep the *address* a contact was found by, of which nothing was left."""
    sealed = keys.hide(tx, address, f"contact:{contact_id}")
    tx.do(SET_ADDRESS, (tx.seal.key(address), sealed, contact_id))


def move(tx: Tx, channel: str, old: str, new: str, now: datetime) -> bool:
    """A chat has a new address: one contact from now on; whether its old one was known.

    What the new address gathered before this was known goes to the older contact, whose
    conversation goes on.
    """
    here = find(tx, channel, old)
    if here is None:
        return False
    other = find(tx, channel, new)
    if other is not None and other.id != here.id:
        _merge(tx, here.id, other.id)
    new_key = tx.seal.key(new)
    tx.do(SET_ADDRESS, (new_key, keys.hide(tx, new, f"contact:{here.id}"), here.id))
    tx.do(DROP_MOVE, (channel, new_key))
    if old != new:
        tx.do(ADD_MOVE, (channel, tx.seal.key(old), here.id, ms(now)))
    return True


def set_reachable(tx: Tx, contact_id: int, now: datetime, *, reachable: bool) -> None:
    """Remember whether a contact can be written to, and since when not."""
    left_at = None if reachable else ms(now)
    tx.do(SET_REACHABLE, (int(reachable), left_at, contact_id, int(reachable)))


def describe(tx: Tx, contact_id: int, *, name: str = "", phone: str = "", lang: str = "") -> None:
    """Remember what a person said of themselves; what is empty leaves what is known."""
    holder = f"person:{tx.rows(PERSON_ID, (contact_id,))[0][0]}"
    sealed = (text and keys.hide(tx, text, holder) for text in (name, phone))
    tx.do(SET_PERSON, (*sealed, lang, contact_id))


def person(tx: Tx, contact_id: int) -> Person:
    """Who is behind a contact."""
    found = tx.row(PERSON, (contact_id,))
    if found is None:
        raise LookupError(f"no contact {contact_id}")
    name, phone, lang = found
    return Person(name and keys.seen(tx, name), phone and keys.seen(tx, phone), lang)


def add_consent(tx: Tx, contact_id: int, consent: SaveConsent, now: datetime) -> None:
    """Append what was agreed to or taken back, and keep the words; nothing is ever overwritten."""
    text = hashlib.sha256(consent.text.encode()).hexdigest() if consent.text else ""
    if text:
        tx.do(KEEP_TEXT, (text, consent.text, ms(now)))
    what = (consent.purpose, int(consent.given), consent.version, consent.lang)
    tx.do(ADD_CONSENT, (contact_id, *what, text, ms(now)))


def consent_text(tx: Tx, text: str) -> str:
    """What somebody was shown when they agreed, by its hash."""
    row = tx.row(TEXT, (text,)) if text else None
    return "" if row is None else row[0]


def consents(tx: Tx, contact_id: int) -> tuple[Consent, ...]:
    """All a contact agreed to or took back, oldest first."""
    return tuple(
        Consent(
            purpose=purpose, given=given == 1, version=version, lang=lang, at=when(at), text=text
        )
        for purpose, given, version, lang, at, text in tx.rows(CONSENTS, (contact_id,))
    )


def _make(tx: Tx, channel: str, address: str, now: datetime) -> Contact:
    person_id = tx.add(ADD_PERSON, (ms(now),))
    address_key = tx.seal.key(address)
    new = tx.do(ADD_CONTACT, (channel, address_key, person_id, ms(now)))
    if not new:
        tx.do(DROP_PERSON, (person_id,))
    made = find(tx, channel, address)
    if made is None:
        raise LookupError("a contact just made is gone")
    if new:
        sealed = keys.hide(tx, address, f"contact:{made.id}")
        tx.do(SET_ADDRESS, (address_key, sealed, made.id))
    return made


def _merge(tx: Tx, kept: int, gone: int) -> None:
    keys.adopt(tx, f"contact:{kept}", f"contact:{gone}")
    for statement in MERGE:
        tx.do(statement, (kept, gone))
    for statement in FORGET:
        tx.do(statement, (gone,))
