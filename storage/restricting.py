"""An ordinary case that has the content of a denunciation: taken out of everybody's sight.

What was written in it becomes a message told in confidence (`storage.denunciations`), under a key
of the other ring; the key of the case is destroyed, and what is left is a history without words,
still whole. Whoever repeats its words, in a message of the bot or in what an official was writing,
loses them too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from handlers.confiding import Restrict
from handlers.desk.places import Desk, Doing, Office, Queue
from handlers.model import Frozen
from handlers.session import Session, standing
from handlers.text import fold
from handlers.tickets import PASSED_ON
from storage import (
    confided_files,
    denunciations,
    files,
    history,
    inbox,
    keys,
    members,
    people,
    reaching,
    timers,
    waking,
)
from storage.database import Tx
from storage.history import Chain
from storage.search import marked
from storage.tickets import COUNTER, lines
from storage.times import when

LOCK = """
    SELECT t.id, t.entries, t.head, t.status, t.contact_id, t.lang, t.opened_at, t.receipt_key
    FROM tickets t WHERE t.code = ? /*lock t*/
"""
WHO = """
    SELECT p.name, p.phone FROM contacts c JOIN people p ON p.id = c.person_id WHERE c.id = ?
"""
CLOSE = """
    UPDATE tickets
    SET status = 'closed', open = 0, kind = 'other', seems = '', topic = 'khac', asked_on = NULL,
        author = 0, matter = 0, contact_id = ?,
        person_id = (SELECT person_id FROM contacts WHERE id = ?)
    WHERE id = ?
"""
FORGET_NOTES = "DELETE FROM notes WHERE ticket_id = ?"
FORGET_ANSWERS = "DELETE FROM answers WHERE ticket_id = ?"
FORGET_MARKS = "DELETE FROM ticket_marks WHERE ticket_id = ?"
FORGET_FILES = "DELETE FROM ticket_files WHERE ticket_id = ?"
FORGET_WORDS = "UPDATE ticket_words SET words = ? WHERE rowid = ?"
# Whoever may have been told of it: those who follow it, and officials.
TOLD = """
    SELECT contact_id, MAX(writes) FROM (
        SELECT contact_id, 1 AS writes FROM ticket_contacts WHERE ticket_id = ?
        UNION ALL SELECT contact_id, 0 FROM members
    ) told GROUP BY contact_id ORDER BY contact_id
"""
MESSAGES = """
    SELECT id, payload, ticket_id FROM outbox
    WHERE contact_id = ? AND created_at >= ? AND announcement_id IS NULL
"""
BLANK = "UPDATE outbox SET payload = ?, confidential = ? WHERE id = ?"
STATE = "SELECT s.state FROM sessions s WHERE s.contact_id = ? /*lock s*/"
SET_STATE = "UPDATE sessions SET state = ? WHERE contact_id = ?"
AT_WORK = Queue | Desk | Doing | Office  # where an official may have searched, read or written it
WRITTEN_IN = 90 * 24 * 3600 * 1000  # milliseconds in which the case may have been written
TOGETHER = 5  # words that follow each other: whoever says as many of them repeats the text
SURELY = 4  # so many such rows: what is written elsewhere is no common phrase, but these words


class _Case(NamedTuple):
    id: int
    entries: int
    head: str
    status: str
    contact_id: int
    lang: str
    opened_at: int
    receipt_key: str


class _Written(NamedTuple):
    """Words of the case, and whose: its sender's, or an official's, by what entry they become."""

    text: str
    kind: str = "told"
    actor: str = denunciations.SENDER


def restrict(tx: Tx, effect: Restrict, now: datetime) -> bool:
    """Take the case out of sight; False when there is none of this code, or nothing left in it."""
    row = tx.row(LOCK, (effect.code,))
    if row is None:
        return False
    case = _Case(*row)
    entries = history.entries(tx, case.id)
    if any(entry.kind == PASSED_ON for entry in entries):
        return False
    written = tuple(_written(entries))
    kept = denunciations.begin(tx, case.contact_id, effect.into, now, effect.code)
    _move(tx, case, kept, written, now)
    kept = denunciations.must(denunciations.get(tx, effect.into))
    denunciations.receive(tx, kept, case.receipt_key, effect.due_on, now, lang=case.lang)
    _erase(tx, case, effect.code, now)
    told = {"from": case.status, "to": "closed"}
    actor = members.actor(effect.by)
    chain = Chain(case.id, case.entries, case.head)
    history.append(tx, chain, PASSED_ON, told, actor=actor, now=now)
    _forget_quotes(tx, case, effect.code, tuple(one.text for one in written))
    _wake(tx, case, effect, now)
    return True


def _written(entries: Sequence[history.Entry]) -> Iterator[_Written]:
    """All that was written in it, the answers of the form one by one."""
    yield from (_Written(f"{line.label}: {line.text}") for line in lines(entries))
    for entry in entries[1:]:
        if entry.words and entry.actor.startswith("member:"):
            yield _Written(entry.words, "noted", entry.actor)
        elif entry.words:
            yield _Written(entry.words)


def _move(
    tx: Tx, case: _Case, kept: denunciations.Kept, written: Iterable[_Written], now: datetime
) -> None:
    """Words, files and who wrote them, under the key of the message."""
    who = tx.rows(WHO, (case.contact_id,))[0]
    name, phone = (keys.show(tx, one) if one else "" for one in who)
    body = denunciations.body_of(tx, kept)
    body = body.model_copy(update={"name": name, "phone": phone})
    sealed = keys.hide(tx, body.model_dump_json(), kept.holder)
    tx.do(denunciations.SET_BODY, (sealed, kept.id))
    for one in written:
        kept = denunciations.append(tx, kept, one.kind, now, actor=one.actor, words=one.text)
    media = files.of_ticket(tx, case.id)
    tx.do(FORGET_FILES, (case.id,))
    for file in media:
        confided_files.take(tx, kept.id, file)


def _erase(tx: Tx, case: _Case, code: str, now: datetime) -> None:
    """No words, and nobody who sent it: they go on following it, which the desk does not see."""
    tx.do(FORGET_NOTES, (case.id,))
    tx.do(FORGET_ANSWERS, (case.id,))
    tx.do(FORGET_MARKS, (case.id,))
    tx.do(FORGET_WORDS, (marked(case.id, ""), case.id))
    keys.destroy(tx, f"case:{case.id}")
    nobody = people.contact(tx, COUNTER, f"{code} passed on", now)
    tx.do(CLOSE, (nobody.id, nobody.id, case.id))
    reaching.done(tx, case.id)


# -- who repeats it --------------------------------------------------------------------------------


def _forget_quotes(tx: Tx, case: _Case, code: str, texts: tuple[str, ...]) -> None:
    """Blank what repeats its words to those told of it, and leave what they were writing."""
    quotes = Quotes(texts)
    for contact_id, writes in tx.rows(TOLD, (case.id,)):
        since = case.opened_at - (WRITTEN_IN if writes else 0)
        holder = f"contact:{contact_id}"
        blank = keys.hide(tx, '{"text":"…"}', holder)
        for number, payload, ticket in tx.rows(MESSAGES, (contact_id, since)):
            said = keys.show(tx, payload)
            if code in said or quotes.found_in(said):
                tx.do(BLANK, (blank, int(ticket is None), number))
        inbox.hush(tx, contact_id, when(since))
        _leave(tx, contact_id, code, quotes)


def _leave(tx: Tx, contact_id: int, code: str, quotes: "Quotes") -> None:
    """Whoever was writing in the case writes no more."""
    row = tx.row(STATE, (contact_id,))
    state = keys.show(tx, row[0]) if row and row[0] else ""
    if not state or not (code in state or quotes.found_in(state)):
        return
    session = Session.model_validate_json(state)
    room = session.room
    away = isinstance(standing(room), AT_WORK) and _repeats(room, code, quotes)
    left = session.model_copy(
        update={
            "room": Queue() if away else room,
            "aside": tuple(one for one in session.aside if not _repeats(one, code, quotes)),
            "hand": "" if session.hand == code else session.hand,
        }
    )
    tx.do(SET_STATE, (keys.hide(tx, left.model_dump_json(), f"contact:{contact_id}"), contact_id))


def _repeats(room: Frozen, code: str, quotes: "Quotes") -> bool:
    """Whether what is written there is of the case, or surely in its words."""
    held = room.model_dump_json()
    rows = 1 if isinstance(room, Queue) else SURELY  # a search is soon typed again
    return code in held or quotes.found_in(held, rows)


class Quotes:
    """Finds whether a text repeats another: some words in a row, or all of a short one."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._runs = {run for text in texts for run in _runs(text.partition(": ")[2] or text)}

    def found_in(self, text: str, rows: int = 1) -> bool:
        """Whether *text* repeats them in so many different *rows* of words."""
        said = set(_runs(re.sub(r"\\n|\\u[0-9a-f]{4}", " ", text)))
        return len(self._runs & said) >= rows


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = fold(text).split()
    for start in range(max(1, len(words) - TOGETHER + 1)):
        yield tuple(words[start : start + TOGETHER])


def _wake(tx: Tx, case: _Case, effect: Restrict, now: datetime) -> None:
    """Inspectors, as of any message; and the sender, who is told neutrally."""
    waking.inspectors(tx, effect.into, now)
    timers.set(tx, case.contact_id, f"confidential:passed:{effect.into}", now)
