"""Cases: opened, followed, added to, taken back, found. Every change is an entry of the history."""

import hmac
from datetime import date, datetime
from itertools import islice

from pydantic import TypeAdapter

from handlers.effects import AddToTicket, MoveTicket, OpenTicket
from handlers.text import fold
from handlers.tickets import OPEN, Action, AnswerLine, Card, Happening, Status, Story
from handlers.tickets import move as moved
from storage import files, history, people
from storage.database import Row, Tx
from storage.history import Chain, Entry
from storage.times import ms, when

# Characters of folded text a case is found by; PostgreSQL takes no tsvector over 1 MiB.
SEARCHABLE = 200_000
LOOKED_THROUGH = 500  # newest cases of one contact that are searched by words

ADD = """
    INSERT INTO tickets (
        code, receipt_key, person_id, contact_id, topic, commune, unit, status, open, lang,
        due_on, calendar, opened_at, updated_at, entries, head
    )
    VALUES (
        ?, ?, (SELECT person_id FROM contacts WHERE id = ?), ?, ?, ?, ?, 'recorded', 1, ?,
        ?, ?, ?, ?, 0, ''
    )
"""
HOLD = """
    INSERT INTO ticket_contacts (ticket_id, contact_id, since) VALUES (?, ?, ?)
    ON CONFLICT (contact_id, ticket_id) DO NOTHING
"""
INDEX = "INSERT INTO ticket_words (rowid, words) VALUES (?, ?)"
INDEX_MORE = "UPDATE ticket_words SET words = substr(words || ' ' || ?, 1, 200000) WHERE rowid = ?"
SET_STATUS = "UPDATE tickets SET status = ?, open = ? WHERE id = ?"

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

CARDS = """
    SELECT t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on
    FROM ticket_contacts h JOIN tickets t ON t.id = h.ticket_id
    WHERE h.contact_id = ? ORDER BY h.ticket_id DESC LIMIT ?
"""
# Of a contact's own few cases the words are looked through here: the index is of everybody's, and
# walking it for each case takes longer with every case of others.
CARDS_WORDS = """
    SELECT t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on, w.words
    FROM ticket_contacts h
    JOIN tickets t ON t.id = h.ticket_id
    JOIN ticket_words w ON w.rowid = t.id
    WHERE h.contact_id = ? ORDER BY h.ticket_id DESC LIMIT ?
"""
SEARCH = """
    SELECT t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on
    FROM ticket_words w JOIN tickets t ON t.id = w.rowid
    WHERE w.ticket_words MATCH ? ORDER BY w.rowid DESC LIMIT ?
"""
STORY = """
    SELECT t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on, t.id
    FROM tickets t WHERE t.code = ?
"""

_KINDS: dict[Action, str] = {"withdraw": "withdrawn"}
_LINES = TypeAdapter(tuple[AnswerLine, ...])


def open(  # noqa: A001 - tickets.open reads well
    tx: Tx, contact_id: int, case: OpenTicket, now: datetime, secret: bytes
) -> int:
    """Record a new case, held by the contact that sent it, and return its id.

    *secret* seals the receipt. An already used code raises the engine's integrity error.
    """
    people.describe(tx, contact_id, name=case.name, phone=case.phone, lang=case.lang)
    key = _sealed(case.receipt, secret)
    due_on = case.due_on.isoformat()
    ticket_id = tx.add(
        ADD,
        (
            *(case.code, key, contact_id, contact_id, case.topic, case.commune, case.unit),
            *(case.lang, due_on, case.calendar, ms(now), ms(now)),
        ),
    )
    tx.do(HOLD, (ticket_id, contact_id, ms(now)))
    tx.do(INDEX, (ticket_id, case.search[:SEARCHABLE]))
    _keep(tx, ticket_id, contact_id, case, now)
    told = {"code": case.code, "topic": case.topic, "commune": case.commune, "unit": case.unit}
    told |= {"due_on": due_on, "calendar": case.calendar}
    history.append(
        tx,
        Chain(ticket_id),
        "opened",
        {**told, "files": len(case.media)},
        actor=_actor(contact_id),
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
    return row is not None and hmac.compare_digest(row[0], _sealed(receipt, secret))


def hold(tx: Tx, code: str, contact_id: int, now: datetime) -> bool:
    """Let a contact follow a case it proved to hold the receipt of; False when there is none."""
    row = tx.row(LOCK, (code,))
    if row is None:
        return False
    if tx.do(HOLD, (row[0], contact_id, ms(now))):
        history.append(tx, Chain(*row[:3]), "held", {}, actor=_actor(contact_id), now=now)
    return True


def add_note(tx: Tx, contact_id: int, addition: AddToTicket, now: datetime) -> bool:
    """Append what a citizen added to a case they follow; False when that can't be done."""
    row = tx.row(LOCK_HELD, (addition.code, contact_id))
    if row is None or moved(row[3], "add") is None:
        return False
    _keep(tx, row[0], contact_id, addition, now)
    tx.do(INDEX_MORE, (addition.search[:SEARCHABLE], row[0]))
    history.append(
        tx,
        Chain(*row[:3]),
        "added",
        {"files": len(addition.media)},
        actor=_actor(contact_id),
        now=now,
        words=addition.text,
    )
    return True


def move(tx: Tx, contact_id: int, step: MoveTicket, now: datetime) -> Status | None:
    """Move a case its contact follows by the table; its new status, None when it can't be done."""
    row = tx.row(LOCK_HELD, (step.code, contact_id))
    if row is None or (status := moved(row[3], step.action)) is None:
        return None
    tx.do(SET_STATUS, (status, int(status in OPEN), row[0]))
    history.append(
        tx,
        Chain(*row[:3]),
        _KINDS.get(step.action, "moved"),
        {"from": row[3], "to": status},
        actor=_actor(contact_id),
        now=now,
        words=step.reason,
    )
    return status


def cards(tx: Tx, contact_id: int, query: str, limit: int) -> tuple[Card, ...]:
    """The cases a contact follows, newest first; of a *query*, those with all of its words."""
    wanted = set(fold(query).split())
    if not wanted:
        return tuple(_card(row) for row in tx.rows(CARDS, (contact_id, limit)))
    rows = tx.rows(CARDS_WORDS, (contact_id, LOOKED_THROUGH))
    found = (_card(row) for row in rows if wanted.issubset(row[7].split()))
    return tuple(islice(found, limit))


def search(tx: Tx, query: str, limit: int) -> tuple[Card, ...]:
    """The cases in which the words of *query* follow each other, newest first.

    Words of Vietnamese are several syllables, so a phrase finds what is meant.
    """
    if not (phrase := fold(query)):
        return ()
    return tuple(_card(row) for row in tx.rows(SEARCH, (f'"{phrase}"', limit)))


def story(tx: Tx, code: str) -> Story | None:
    """All of a case that its citizen may read."""
    row = tx.row(STORY, (code,))
    if row is None:
        return None
    ticket_id = row[7]
    entries = history.entries(tx, ticket_id)
    return Story(
        card=_card(row),
        lines=_LINES.validate_json(entries[0].words or "[]"),
        media=files.of_ticket(tx, ticket_id),
        happenings=tuple(_happening(entry) for entry in entries),
    )


def _keep(
    tx: Tx, ticket_id: int, contact_id: int, case: OpenTicket | AddToTicket, now: datetime
) -> None:
    for media in case.media:
        files.keep(tx, contact_id, media, now)
    files.link(tx, ticket_id, case.media)


def _card(row: Row) -> Card:
    code, topic, status, unit, commune, opened_at, due_on = row[:7]
    return Card(
        code=code,
        topic=topic,
        status=status,
        unit=unit,
        commune=commune,
        opened_at=when(opened_at),
        due_on=date.fromisoformat(due_on),
    )


def _happening(entry: Entry) -> Happening:
    # The words of the first entry are the answers, which the story shows by themselves.
    text = "" if entry.seq == 1 else entry.words or ""
    files = entry.data.get("files", 0)
    return Happening.model_validate(
        {"at": when(entry.at), "kind": entry.kind, "text": text, "files": files}
    )


def _actor(contact_id: int) -> str:
    return f"contact:{contact_id}"


def _sealed(receipt: str, secret: bytes) -> str:
    return hmac.new(secret, receipt.encode(), "sha256").hexdigest()
