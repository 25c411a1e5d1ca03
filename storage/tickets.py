"""A citizen's cases: opened, followed, added to, read. Every change is an entry of the history."""

import hmac
from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice
from typing import get_args

from pydantic import TypeAdapter

from handlers.effects import AddToTicket, OpenTicket, SaveConsent
from handlers.events import Media
from handlers.text import fold
from handlers.tickets import OPEN, PASSED_ON, AnswerLine, Card, Happening, Story, Told
from handlers.tickets import move as moved
from storage import files, follows, history, members, people
from storage.database import Row, Tx
from storage.history import Chain, Entry
from storage.search import marked
from storage.times import iso, ms, when

# Characters of folded text a case is found by; PostgreSQL takes no tsvector over 1 MiB.
SEARCHABLE = 200_000
LOOKED_THROUGH = 500  # newest cases of one contact that are searched by words

ADD = """
    INSERT INTO tickets (
        code, receipt_key, person_id, contact_id, topic, commune, unit, status, open, lang,
        due_on, calendar, opened_at, updated_at, entries, head, kind, seems, priority
    )
    VALUES (
        ?, ?, (SELECT person_id FROM contacts WHERE id = ?), ?, ?, ?, ?, 'recorded', 1, ?,
        ?, ?, ?, ?, 0, '', ?, ?, ?
    )
"""
HOLD = """
    INSERT INTO ticket_contacts (ticket_id, contact_id, since, told) VALUES (?, ?, ?, ?)
    ON CONFLICT (contact_id, ticket_id) DO NOTHING
"""
INDEX = "INSERT INTO ticket_words (rowid, words) VALUES (?, ?)"
INDEX_MORE = "UPDATE ticket_words SET words = substr(words || ' ' || ?, 1, 200000) WHERE rowid = ?"
ANSWERED = """
    UPDATE tickets SET status = ?, open = ?, asked_on = NULL, due_on = COALESCE(?, due_on)
    WHERE id = ?
"""

EXISTS = "SELECT 1 FROM tickets WHERE code = ?"
HOLDS = """
    SELECT 1 FROM tickets t JOIN ticket_contacts h ON h.ticket_id = t.id
    WHERE t.code = ? AND h.contact_id = ?
"""
RECEIPT = "SELECT receipt_key FROM tickets WHERE code = ?"
LOCK = "SELECT t.id, t.entries, t.head, t.status FROM tickets t WHERE t.code = ? /*lock t*/"
LOCK_HELD = """
    SELECT t.id, t.entries, t.head, t.status
    FROM tickets t JOIN ticket_contacts h ON h.ticket_id = t.id
    WHERE t.code = ? AND h.contact_id = ? /*lock t*/
"""
TELL = """
    UPDATE ticket_contacts SET told = ?
    WHERE contact_id = ? AND ticket_id = (SELECT id FROM tickets WHERE code = ?) AND told < ?
"""

CARDS = """
    SELECT t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on,
        t.done_on, t.kind
    FROM ticket_contacts h JOIN tickets t ON t.id = h.ticket_id
    WHERE h.contact_id = ? ORDER BY h.ticket_id DESC LIMIT ?
"""
# Of a contact's own few cases the words are looked through here: the index is of everybody's, and
# walking it for each case takes longer with every case of others.
CARDS_WORDS = """
    SELECT t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on,
        t.done_on, t.kind, w.words
    FROM ticket_contacts h
    JOIN tickets t ON t.id = h.ticket_id
    JOIN ticket_words w ON w.rowid = t.id
    WHERE h.contact_id = ? ORDER BY h.ticket_id DESC LIMIT ?
"""
STORY = """
    SELECT t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on, t.done_on,
        t.kind, t.id, h.told
    FROM tickets t LEFT JOIN ticket_contacts h ON h.ticket_id = t.id AND h.contact_id = ?
    WHERE t.code = ?
"""

NO_RECEIPT = "0" * 64
COUNTER = "counter"  # the channel of whoever has a case filed by an official: nothing is sent there
TOLD: frozenset[str] = frozenset(get_args(Told))
# What was written for these is for the desk, or shown elsewhere: an opened case's are its answers.
_SILENT = {"opened", "held", "moved", "taken", "assigned"}
_ANSWERS = {"answered", "refused", "expired"}
_LINES = TypeAdapter(tuple[AnswerLine, ...])


def open(  # noqa: A001 - tickets.open reads well
    tx: Tx, contact_id: int, case: OpenTicket, now: datetime, secret: bytes, notice: str = ""
) -> int:
    """Record a new case, held by the contact that sent it, and return its id.

    *secret* seals the receipt. One that a member files for somebody is held by a contact of the
    counter, named by the code, that agreed to the *notice* of this version; whoever shows the
    receipt holds it too. An already used code raises the engine's integrity error.
    """
    holder = _at_the_counter(tx, case, now, notice) if case.by else contact_id
    people.describe(tx, holder, name=case.name, phone=case.phone, lang=case.lang)
    key = _sealed(case.receipt, secret)
    due_on = case.due_on.isoformat()
    ticket_id = tx.add(
        ADD,
        (
            *(case.code, key, holder, holder, case.topic, case.commune, case.unit),
            *(case.lang, due_on, case.calendar, ms(now), ms(now)),
            *(case.kind, case.seems, case.priority),
        ),
    )
    tx.do(HOLD, (ticket_id, holder, ms(now), 1))
    tx.do(INDEX, (ticket_id, marked(ticket_id, case.search)[:SEARCHABLE]))
    if not case.by and case.kind != "emergency":  # nobody in danger agreed to announcements
        follows.begin(tx, contact_id, case.commune, case.topic)
    keep(tx, ticket_id, contact_id, case.media, now)
    history.append(
        tx,
        Chain(ticket_id),
        "opened",
        _opened(case),
        actor=members.actor(case.by, contact_id),
        now=now,
        words=_LINES.dump_json(case.lines).decode(),
    )
    return ticket_id


def code_exists(tx: Tx, code: str) -> bool:
    """Whether a case has this code."""
    return tx.row(EXISTS, (code,)) is not None


def holds(tx: Tx, code: str, contact_id: int) -> bool:
    """Whether a contact follows this case."""
    return tx.row(HOLDS, (code, contact_id)) is not None


def proves(tx: Tx, code: str, receipt: str, secret: bytes) -> bool:
    """Whether *receipt*, in the form it was given out in, belongs to this case."""
    row = tx.row(RECEIPT, (code,))
    kept = row[0] if row else NO_RECEIPT  # the same work for a code that no case has
    return hmac.compare_digest(kept, _sealed(receipt, secret)) and row is not None


def hold(tx: Tx, code: str, contact_id: int, now: datetime) -> bool:
    """Let a contact follow a case it proved to hold the receipt of; False when there is none."""
    row = tx.row(LOCK, (code,))
    if row is None:
        return False
    if tx.do(HOLD, (row[0], contact_id, ms(now), row[1] + 1)):
        actor = members.actor(0, contact_id)
        history.append(tx, Chain(*row[:3]), "held", {}, actor=actor, now=now)
    return True


def add_note(tx: Tx, contact_id: int, addition: AddToTicket, now: datetime) -> bool:
    """Append what a citizen added to a case they follow; False when that can't be done.

    What is added to a question answers it: the case is worked on again.
    """
    row = tx.row(LOCK_HELD, (addition.code, contact_id))
    if row is None or (status := moved(row[3], "add")) is None:
        return False
    keep(tx, row[0], contact_id, addition.media, now)
    tx.do(INDEX_MORE, (addition.search[:SEARCHABLE], row[0]))
    data: dict[str, str | int] = {"files": len(addition.media)}
    if status != row[3]:
        due_on = iso(addition.due_on)
        tx.do(ANSWERED, (status, int(status in OPEN), due_on, row[0]))
        data |= {"from": row[3], "to": status, **({"due_on": due_on} if due_on else {})}
    history.append(
        tx,
        Chain(*row[:3]),
        "added",
        data,
        actor=members.actor(0, contact_id),
        now=now,
        words=addition.text,
    )
    return True


def tell(tx: Tx, contact_id: int, code: str, seq: int) -> None:
    """This contact was told of a case up to the entry *seq*; earlier is never said again."""
    tx.do(TELL, (seq, contact_id, code, seq))


def cards(tx: Tx, contact_id: int, query: str, limit: int) -> tuple[Card, ...]:
    """The cases a contact follows, newest first; of a *query*, those with all of its words."""
    wanted = set(fold(query).split())
    if not wanted:
        return tuple(_card(row) for row in tx.rows(CARDS, (contact_id, limit)))
    rows = tx.rows(CARDS_WORDS, (contact_id, LOOKED_THROUGH))
    found = (_card(row) for row in rows if wanted.issubset(row[9].split()))
    return tuple(islice(found, limit))


def story(tx: Tx, code: str, contact_id: int = 0) -> Story | None:
    """All of a case that its citizen may read, and how far this contact was told of it."""
    row = tx.row(STORY, (contact_id, code))
    if row is None:
        return None
    ticket_id, told = row[9:]
    entries, reader = history.entries(tx, ticket_id), members.actor(0, contact_id)
    return Story(
        card=_card(row),
        lines=lines(entries),
        media=files.of_ticket(tx, ticket_id, shown=True),
        happenings=tuple(_happening(entry, reader) for entry in entries if entry.kind in TOLD),
        told=told or 0,
        rated=_rated(entries),
        passed_on=any(entry.kind == PASSED_ON for entry in entries),
    )


def lines(entries: Sequence[Entry]) -> tuple[AnswerLine, ...]:
    """The answers a case was opened with; none once they were erased."""
    return _LINES.validate_json(entries[0].words or "[]")


def keep(tx: Tx, ticket_id: int, contact_id: int, media: Sequence[Media], now: datetime) -> None:
    """Keep files for a case, as those its citizen sees."""
    for file in media:
        files.keep(tx, contact_id, file, now)
    files.link(tx, ticket_id, media)


def _at_the_counter(tx: Tx, case: OpenTicket, now: datetime, notice: str) -> int:
    holder = people.contact(tx, COUNTER, case.code, now).id
    agreed = SaveConsent(
        purpose="handling", given=True, version=notice, lang=case.lang, text=case.read_out
    )
    people.add_consent(tx, holder, agreed, now)
    return holder


def _opened(case: OpenTicket) -> dict[str, str | int]:
    told = {"code": case.code, "topic": case.topic, "commune": case.commune, "unit": case.unit}
    told |= {"due_on": case.due_on.isoformat(), "calendar": case.calendar, "kind": case.kind}
    told |= {"seems": case.seems} if case.seems else {}
    filed: dict[str, str | int] = {"behalf": 1, "consent": case.consent} if case.by else {}
    return {**told, "files": len(case.media), **filed}


def _card(row: Row) -> Card:
    code, topic, status, unit, commune, opened_at, due_on, done_on, kind = row[:9]
    return Card(
        code=code,
        topic=topic,
        status=status,
        unit=unit,
        commune=commune,
        opened_at=when(opened_at),
        due_on=date.fromisoformat(due_on),
        done_on=done_on and date.fromisoformat(done_on),
        kind=kind,
    )


def _happening(entry: Entry, reader: str) -> Happening:
    said = {
        "at": when(entry.at),
        "kind": entry.kind,
        "text": "" if entry.kind in _SILENT else entry.words or "",
        "files": entry.data.get("files", 0),
        "seq": entry.seq,
        "mine": entry.actor == reader,
        "data": {name: value for name, value in entry.data.items() if name != "words"},
    }
    return Happening.model_validate(said)


def _rated(entries: Sequence[Entry]) -> bool:
    """Whether the last answer was rated; closing what was answered is no answer of its own."""
    last = (entry.kind for entry in reversed(entries) if entry.kind in {*_ANSWERS, "rated"})
    return next(last, "") == "rated"


def _sealed(receipt: str, secret: bytes) -> str:
    return hmac.new(secret, receipt.encode(), "sha256").hexdigest()
