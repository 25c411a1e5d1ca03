"""Messages told in confidence: kept, read, acted upon, each look an entry of a chain of its own.

An entry's hash is of ``["denunciation", id, seq, at, actor, kind, data, prev]`` (see
`storage.chain`). Nothing here is in any table of cases, and whoever told it is named nowhere in
clear: the actor of what they do is ``sender``.
"""

import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from handlers.confiding import Confide, MoveConfided, SendConfided
from handlers.denouncing import KINDS, LOOKS, MOVES, Denunciation, Line, State, may_read
from handlers.model import Frozen
from storage import confided_files, keys, members
from storage.chain import Break, Link, bound, first_break, told
from storage.database import Row, Tx
from storage.times import ms, when

ADD = """
    INSERT INTO denunciations (code, state, opened_at, updated_at, body)
    VALUES (?, 'draft', ?, ?, '')
"""
SET_BODY = "UPDATE denunciations SET body = ? WHERE id = ?"
LOCK = """
    SELECT d.id, d.code, d.receipt_key, d.state, d.due_on, d.opened_at, d.body, d.entries, d.head
    FROM denunciations d WHERE d.code = ? /*lock d*/
"""
GET = """
    SELECT d.id, d.code, d.receipt_key, d.state, d.due_on, d.opened_at, d.body, d.entries, d.head
    FROM denunciations d WHERE d.code = ?
"""
OPEN = """
    SELECT d.id, d.code, d.receipt_key, d.state, d.due_on, d.opened_at, d.body, d.entries, d.head
    FROM denunciations d WHERE d.open = 1 ORDER BY d.id
"""
SEND = """
    UPDATE denunciations
    SET state = 'received', open = 1, receipt_key = ?, due_on = ?, opened_at = ?, body = ?
    WHERE id = ?
"""
SET_STATE = "UPDATE denunciations SET state = ?, open = ?, body = ? WHERE id = ?"
OPEN_AGAIN = "UPDATE denunciations SET open = 1 WHERE id = ?"
SET_HEAD = "UPDATE denunciations SET entries = ?, head = ?, updated_at = ? WHERE id = ?"
EXISTS = "SELECT 1 FROM denunciations WHERE code = ?"
ADD_ENTRY = """
    INSERT INTO denunciation_entries (
        denunciation_id, seq, at, actor, kind, data, prev, hash, words
    )
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
ENTRIES = """
    SELECT seq, at, actor, kind, data, prev, hash, words FROM denunciation_entries
    WHERE denunciation_id = ? ORDER BY seq
"""
ENDS = "SELECT id, code, entries, head FROM denunciations ORDER BY id"
OLD_DRAFTS = "SELECT code FROM denunciations WHERE state = 'draft' AND updated_at < ?"
DROP_ENTRIES = "DELETE FROM denunciation_entries WHERE denunciation_id = ?"
DROP = "DELETE FROM denunciations WHERE id = ?"

SENDER = "sender"
OPEN_STATES: frozenset[State] = frozenset({"received"})
HOLDER = "denunciation:"
NOBODY = f"{HOLDER}0"  # what is said in confidence of no message, or of several


class Body(Frozen):
    """What is known of a message besides its words; *case* the code of the case it was found in."""

    contact: int
    lang: str = "vi"
    unit: str = ""
    name: str = ""
    phone: str = ""
    case: str = ""


class Kept(NamedTuple):
    """A message as its row has it."""

    id: int
    code: str
    receipt_key: str
    state: State
    due_on: str
    opened_at: int
    sealed: str
    entries: int
    head: str

    @property
    def holder(self) -> str:
        """Whose key seals it."""
        return f"{HOLDER}{self.id}"


class _Entry(NamedTuple):
    seq: int
    at: int
    actor: str
    kind: str
    data: str
    prev: str
    hash: str
    salt: str
    words: str


# -- telling it ------------------------------------------------------------------------------------


def confide(tx: Tx, contact_id: int, effect: Confide, now: datetime) -> None:
    """Take in more of a message that is not sent yet, or was; the first of it begins it."""
    kept = lock(tx, effect.code) or begin(tx, contact_id, effect.code, now)
    body = body_of(tx, kept)
    changes = {"unit": effect.unit, "name": effect.name, "phone": effect.phone}
    body = body.model_copy(update={k: v for k, v in changes.items() if v is not None})
    tx.do(SET_BODY, (keys.hide(tx, body.model_dump_json(), kept.holder), kept.id))
    kind = "told" if kept.state == "draft" else "added"
    if kind == "added":
        tx.do(OPEN_AGAIN, (kept.id,))
    for text in effect.texts:
        kept = append(tx, kept, kind, now, words=text)
    for media in effect.media:
        confided_files.take(tx, kept.id, media)
    if effect.media:
        append(tx, kept, "files_added", now, {"files": len(effect.media)})


def begin(tx: Tx, contact_id: int, code: str, now: datetime, case: str = "") -> Kept:
    """A message of nothing yet; *case* is where it was found."""
    number = tx.add(ADD, (code, ms(now), ms(now)))
    body = Body(contact=contact_id, case=case).model_dump_json()
    tx.do(SET_BODY, (keys.hide(tx, body, f"{HOLDER}{number}"), number))
    return must(lock(tx, code))


def send(tx: Tx, effect: SendConfided, now: datetime, secret: bytes) -> bool:
    """Receive what was told: from now on inspectors see it; False when there is nothing."""
    kept = lock(tx, effect.code)
    if kept is None or kept.state != "draft":
        return False
    receive(tx, kept, receipt_key(effect.receipt, secret), effect.due_on, now, lang=effect.lang)
    return True


def receive(tx: Tx, kept: Kept, receipt: str, due_on: date, now: datetime, *, lang: str) -> None:
    """Make a draft a message that inspectors see."""
    body = body_of(tx, kept).model_copy(update={"lang": lang})
    sealed = keys.hide(tx, body.model_dump_json(), kept.holder)
    tx.do(SEND, (receipt, due_on.isoformat(), ms(now), sealed, kept.id))
    append(tx, kept, "received", now)


def drop(tx: Tx, code: str) -> None:
    """Forget a message that was not sent: its key first, so that nothing of it opens again."""
    kept = lock(tx, code)
    if kept is None or kept.state != "draft":
        return
    confided_files.forget(tx, kept.id)
    keys.destroy(tx, kept.holder)
    tx.do(DROP_ENTRIES, (kept.id,))
    tx.do(DROP, (kept.id,))


def drop_old(tx: Tx, before: datetime) -> int:
    """Forget what was begun and not touched since *before*; how many."""
    codes = [row[0] for row in tx.rows(OLD_DRAFTS, (ms(before),))]
    for code in codes:
        drop(tx, code)
    return len(codes)


# -- seeing to it ----------------------------------------------------------------------------------


def move(tx: Tx, contact_id: int, effect: MoveConfided, now: datetime) -> int:
    """Do what an inspector decides or looks at; the contact to be told of it, 0: nobody.

    Nothing is done when they may not know of it, or when it changed since they saw it; but a look
    is written down whoever looks at the same time, for they are shown it all the same.
    """
    kept = lock(tx, effect.code)
    if kept is None or kept.state == "draft":
        return 0
    if kept.entries != effect.seen and effect.action not in LOOKS:
        return 0
    body = body_of(tx, kept)
    if not may_read(body.unit, inspects(tx, contact_id), barred(tx, contact_id)):
        return 0
    state = MOVES[effect.action] or kept.state
    if effect.action == "move":
        body = body.model_copy(update={"unit": effect.unit})
    if effect.action not in LOOKS:
        sealed = keys.hide(tx, body.model_dump_json(), kept.holder)
        tx.do(SET_STATE, (state, int(state in OPEN_STATES), sealed, kept.id))
    actor = members.actor(effect.by)
    append(tx, kept, KINDS[effect.action], now, actor=actor, words=effect.words)
    return body.contact if effect.action == "reply" else 0


def sent(tx: Tx, code: str) -> Denunciation | None:
    """What whoever told it may read of it again: that it is there, and what they were told."""
    kept = get(tx, code)
    if kept is None:
        return None
    found = _whole(tx, kept)
    nothing = {"lines": (), "name": "", "phone": "", "files": tuple(_nameless(found))}
    return found.model_copy(update=nothing)


def read(tx: Tx, contact_id: int, code: str, *, identity: bool = False) -> Denunciation | None:
    """All of a message for an inspector who may know of it; who told it only with *identity*."""
    kept = get(tx, code)
    if kept is None or kept.state == "draft":
        return None
    found = _whole(tx, kept)
    if not may_read(found.unit, inspects(tx, contact_id), barred(tx, contact_id)):
        return None
    return found if identity else found.model_copy(update={"name": "", "phone": ""})


def listed(tx: Tx, contact_id: int) -> tuple[Denunciation, ...]:
    """The open messages an inspector may know of, the oldest first, without their words."""
    theirs, not_theirs = inspects(tx, contact_id), barred(tx, contact_id)
    found = (_card(kept, body) for kept, body in _open(tx))
    return tuple(one for one in found if may_read(one.unit, theirs, not_theirs))


def count(tx: Tx, contact_id: int) -> int:
    """How many are open, without those that name a unit this person has a duty in."""
    not_theirs = barred(tx, contact_id)
    return sum(body.unit not in not_theirs for _, body in _open(tx))


# -- the rows --------------------------------------------------------------------------------------


def exists(tx: Tx, code: str) -> bool:
    """Whether a message has this code, sent or not."""
    return tx.row(EXISTS, (code,)) is not None


def proves(tx: Tx, code: str, receipt: str, secret: bytes) -> bool:
    """Whether *receipt*, in the form it was given out in, belongs to this message."""
    kept = get(tx, code)
    given = receipt_key(receipt, secret)
    there = kept.receipt_key if kept and kept.state != "draft" else ""
    return hmac.compare_digest(there or "-" * len(given), given)


def receipt_key(receipt: str, secret: bytes) -> str:
    """What is kept of a receipt, as of a case's."""
    return hmac.new(secret, receipt.encode(), "sha256").hexdigest()


def holder(tx: Tx, code: str) -> str:
    """Whose key seals what is said in confidence of *code*."""
    kept = get(tx, code)
    return kept.holder if kept else NOBODY


def lock(tx: Tx, code: str) -> Kept | None:
    """The message, which nobody else changes until the end of the transaction."""
    row = tx.row(LOCK, (code,))
    return None if row is None else Kept(*row)


def get(tx: Tx, code: str) -> Kept | None:
    """The message as its row has it."""
    row = tx.row(GET, (code,))
    return None if row is None else Kept(*row)


def must(kept: Kept | None) -> Kept:
    """What was just made."""
    if kept is None:
        raise LookupError("a message just begun is gone")
    return kept


def body_of(tx: Tx, kept: Kept) -> Body:
    """What its row hides."""
    return Body.model_validate_json(keys.show(tx, kept.sealed))


def append(  # noqa: PLR0913 - an entry
    tx: Tx,
    kept: Kept,
    kind: str,
    now: datetime,
    data: Mapping[str, str | int] | None = None,
    *,
    actor: str = SENDER,
    words: str = "",
) -> Kept:
    """Add an entry at the end of its chain; *data* says nothing of anybody."""
    seq, salt = kept.entries + 1, secrets.token_hex(16)
    values = (kept.id, seq, ms(now), actor, kind, told(data or {}, salt, words))
    head = bound(("denunciation", *values), kept.head)
    sealed = words and keys.hide(tx, json.dumps({"salt": salt, "words": words}), kept.holder)
    tx.do(ADD_ENTRY, (*values, kept.head, head, sealed))
    tx.do(SET_HEAD, (seq, head, ms(now), kept.id))
    return kept._replace(entries=seq, head=head)


def verify(tx: Tx) -> Iterator[tuple[str, Break]]:
    """The messages whose chain is broken, by their code, and where; a long read."""
    for number, code, entries, head in tx.rows(ENDS):
        links = (_link(number, entry) for entry in _entries(tx, number))
        if (broken := first_break(links, entries, head)) is not None:
            yield code, broken


def inspects(tx: Tx, contact_id: int) -> frozenset[str]:
    """The units in which this contact is an inspector."""
    return frozenset(row[0] for row in tx.rows(INSPECTS, (contact_id,)))


def barred(tx: Tx, contact_id: int) -> frozenset[str]:
    """The units in which this person has any duty, from whichever chat."""
    return frozenset(row[0] for row in tx.rows(BARRED, (contact_id,)))


INSPECTS = """
    SELECT d.unit FROM duties d JOIN members m ON m.id = d.member_id
    WHERE m.contact_id = ? AND d.role = 'inspector'
"""
BARRED = """
    SELECT DISTINCT d.unit FROM contacts mine
    JOIN contacts c ON c.person_id = mine.person_id
    JOIN members m ON m.contact_id = c.id
    JOIN duties d ON d.member_id = m.id
    WHERE mine.id = ? AND d.unit <> '*'
"""


def _open(tx: Tx) -> Iterator[tuple[Kept, Body]]:
    for row in tx.rows(OPEN):
        kept = Kept(*row)
        yield kept, body_of(tx, kept)


def _card(kept: Kept, body: Body) -> Denunciation:
    return Denunciation(
        id=kept.id,
        code=kept.code,
        state=kept.state,
        opened_at=when(kept.opened_at),
        due_on=date.fromisoformat(kept.due_on) if kept.due_on else None,
        entries=kept.entries,
        unit=body.unit,
        named=bool(body.name),
        callable=bool(body.phone),
    )


def _whole(tx: Tx, kept: Kept) -> Denunciation:
    body = body_of(tx, kept)
    entries = tuple(_entries(tx, kept.id))
    replies = [entry.words for entry in entries if entry.kind == "replied"]
    return _card(kept, body).model_copy(
        update={
            "told": sum(entry.kind in {"told", "added"} for entry in entries),
            "files": confided_files.of(tx, kept.id),
            "lines": tuple(_line(tx, entry) for entry in entries),
            "reply": replies[-1] if replies else "",
            "name": body.name,
            "phone": body.phone,
        }
    )


def _nameless(found: Denunciation) -> Iterator[object]:
    return (media.model_copy(update={"name": "", "key": ""}) for media in found.files)


def _entries(tx: Tx, number: int) -> Iterator[_Entry]:
    for row in tx.rows(ENTRIES, (number,)):
        sealed = row[-1]
        shown = keys.show(tx, sealed) if sealed else ""
        said = json.loads(shown) if shown else {"salt": "", "words": ""}
        yield _Entry._make((*row[:-1], said["salt"], said["words"]))


def _line(tx: Tx, entry: _Entry) -> Line:
    by = members.name_of(tx, entry.actor)
    return Line(seq=entry.seq, at=when(entry.at), kind=entry.kind, by=by, words=entry.words)


def _link(number: int, entry: _Entry) -> Link:
    values: Row = (entry.seq, entry.at, entry.actor, entry.kind, entry.data)
    words = entry.words or None
    about = ["denunciation", number, *values]
    return Link(entry.seq, about, entry.data, entry.prev, entry.hash, entry.salt, words)
