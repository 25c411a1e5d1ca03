"""What is done to a case, by its citizen, the desk or the clock: one function over one table.

Here the table of moves is kept to and what was done is written down. Who may do it is asked before
(`handlers.desk.permission`), over the same locked row.
"""

from datetime import datetime
from typing import NamedTuple

from handlers.desk.dossier import Reply
from handlers.desk.resting import read
from handlers.effects import MoveTicket, Witness
from handlers.masking import searchable
from handlers.tickets import DONE, OPEN, OVER, Action, Status
from handlers.tickets import move as moved
from storage import files, history, keys, log, members, reaching, resting, tickets
from storage.database import Tx
from storage.history import Chain
from storage.times import iso, ms

LOCK = """
    SELECT t.id, t.entries, t.head, t.status, t.unit, t.matter, t.person_id, t.author,
        t.assignee
    FROM tickets t WHERE t.code = ? /*lock t*/
"""
# What is not given stays. The day of the question and the author of an answer end with the status.
SET = """
    UPDATE tickets
    SET status = ?, open = ?,
        unit = COALESCE(NULLIF(?, ''), unit),
        assignee = COALESCE(?, assignee),
        not_for = COALESCE(?, not_for),
        priority = COALESCE(?, priority),
        kind = COALESCE(NULLIF(?, ''), kind),
        seems = CASE WHEN ? = '' THEN seems ELSE '' END,
        due_on = COALESCE(?, due_on),
        done_on = COALESCE(?, done_on),
        asked_on = CASE WHEN ? = 'asking' THEN COALESCE(?, asked_on) END,
        author = ?,
        bounces = bounces + ?
    WHERE id = ?
"""
JOIN_MATTER = "UPDATE tickets SET matter = ? WHERE id = ? OR (matter <> 0 AND matter = ?)"
WORDS = "SELECT words FROM ticket_words WHERE rowid = ?"
SUBMITTED = """
    SELECT n.words FROM history h JOIN notes n ON n.ticket_id = h.ticket_id AND n.seq = h.seq
    WHERE h.ticket_id = ? AND h.kind = 'submitted' ORDER BY h.seq DESC LIMIT 1
"""
ADD_ANSWER = "INSERT INTO answers (ticket_id, unit, words, at) VALUES (?, ?, ?, ?)"

KINDS: dict[Action, str] = {
    "add": "added",
    "withdraw": "withdrawn",
    "rate": "rated",
    "resume": "reopened",
    "take": "taken",
    "assign": "assigned",
    "return": "returned",
    "ask": "asked",
    "note": "noted",
    "inform": "informed",
    "answer": "answered",
    "submit": "submitted",
    "approve": "answered",
    "send_back": "sent_back",
    "extend": "extended",
    "refer": "referred",
    "refuse": "refused",
    "close": "closed",
    "reopen": "reopened",
    "merge": "merged",
    "link": "linked",
    "prioritise": "prioritised",
    "classify": "classified",
    "expire": "expired",
    "leave": "left",
}


class Locked(NamedTuple):
    """A case whose row nobody else changes until the end of the transaction."""

    id: int
    entries: int
    head: str
    status: Status
    unit: str
    matter: int
    person_id: int
    author: int
    assignee: int

    @property
    def chain(self) -> Chain:
        """Where its history ends."""
        return Chain(self.id, self.entries, self.head)


def move(tx: Tx, contact_id: int, step: MoveTicket, now: datetime) -> Status | None:
    """Do *step* by the table of moves; the new status, None when it can't be done.

    A citizen (no *step.by*) moves only what their contact follows; a case expires by the clock. A
    case is merged into an open case of the same person. *now* is in the province's time zone.
    """
    case = _lock(tx, step.code)
    if case is None or (status := moved(case.status, step.action)) is None:
        return None
    if step.seen and case.entries != step.seen:
        return None
    citizen = not step.by and step.action != "expire"
    if citizen and not tickets.holds(tx, step.code, contact_id):
        return None
    other = _lock(tx, step.other) if step.action in {"merge", "link"} else None
    if step.action in {"merge", "link"} and not _fits(case, other, step.action):
        return None
    words = _words(tx, case, step)
    _set(tx, case, status, step, now)
    _attach(tx, case, contact_id, step, now)
    if step.action in {"answer", "approve"}:
        _release(tx, case, words, step.unit or case.unit, now)
        resting.keep(tx, case.id, read(str(step.data.get("rests", ""))), now)
    actor = members.actor(step.by, contact_id if citizen else 0)
    data = {"from": case.status, "to": status, **_changed(step), **step.data}
    history.append(tx, case.chain, KINDS[step.action], data, actor=actor, now=now, words=words)
    if step.action == "inform" or status in OVER:
        reaching.done(tx, case.id)
    if other is not None:
        _also(tx, case, other, step, actor, now)
    return status


def witness(tx: Tx, contact_id: int, effect: Witness, now: datetime) -> None:
    """Write down what was seen or refused, in the case's history if there is such a case."""
    actor = members.actor(effect.by, contact_id)
    case = _lock(tx, effect.code) if effect.code else None
    data = {"deed": effect.deed}
    if case is None:
        subject = f"case:{effect.code}" if effect.code else ""
        log.append(tx, effect.kind, data, actor=actor, now=now, subject=subject)
    else:
        history.append(tx, case.chain, effect.kind, data, actor=actor, now=now)


def _lock(tx: Tx, code: str) -> Locked | None:
    row = tx.row(LOCK, (code,))
    return None if row is None else Locked(*row)


def _fits(case: Locked, other: Locked | None, action: Action) -> bool:
    """Whether a case can be merged into, or linked with, the other."""
    if other is None or other.id == case.id:
        return False
    return action == "link" or (other.person_id == case.person_id and other.status in OPEN)


def _words(tx: Tx, case: Locked, step: MoveTicket) -> str:
    """What is kept beside the entry; a released answer is the one that was submitted."""
    if step.action != "approve" or step.words:
        return step.words
    row = tx.row(SUBMITTED, (case.id,))
    return "" if row is None else keys.show(tx, row[0])


def _set(tx: Tx, case: Locked, status: Status, step: MoveTicket, now: datetime) -> None:
    asked_on = (step.asked_on or now.date()) if step.action == "ask" else None
    # Closing what was answered is no new answer: the days to contest it run on.
    ended = status in DONE and status != case.status and case.status not in DONE
    done_on = now.date() if ended else None
    assignee, not_for = step.assignee, step.not_for
    if step.action == "reopen":  # somebody else looks at it
        assignee = 0 if assignee is None else assignee
        not_for = case.assignee if not_for is None else not_for
    author = (step.by if step.action == "submit" else case.author) if status == "approving" else 0
    tx.do(
        SET,
        (
            *(status, int(status in OPEN)),
            *(step.unit, assignee, not_for, step.priority, step.kind, step.kind),
            *(iso(step.due_on), iso(done_on), status, iso(asked_on), author),
            *(int(step.action == "return"), case.id),
        ),
    )


def _attach(tx: Tx, case: Locked, contact_id: int, step: MoveTicket, now: datetime) -> None:
    for file in step.media:
        files.keep(tx, contact_id, file, now)
    withheld = KINDS[step.action] not in tickets.TOLD
    files.link(tx, case.id, step.media, withheld=withheld)


def _release(tx: Tx, case: Locked, words: str, unit: str, now: datetime) -> None:
    """The citizen gets this answer: its files too; it is kept for comparing the next ones."""
    reply = Reply.model_validate_json(words)
    files.release(tx, case.id, reply.files)
    said = searchable(f"{reply.finding} {reply.action} {reply.next}")
    tx.do(ADD_ANSWER, (case.id, unit, keys.hide(tx, said, f"case:{case.id}"), ms(now)))


def _changed(step: MoveTicket) -> dict[str, str | int]:
    """What the entry says of the columns that change, whatever `data` says besides."""
    told: dict[str, str | int | None] = {
        "unit": step.unit or None,
        "assignee": step.assignee,
        "not_for": step.not_for,
        "priority": step.priority,
        "kind": step.kind or None,
        "due_on": iso(step.due_on),
        "other": step.other or None,
        "files": len(step.media) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _also(tx: Tx, case: Locked, other: Locked, step: MoveTicket, actor: str, now: datetime) -> None:
    """What merging or linking does to the other case."""
    words = ""
    if step.action == "merge":
        files.give(tx, case.id, other.id)
        words = _told(tx, case)
        found = tx.row(WORDS, (case.id,))
        tx.do(tickets.INDEX_MORE, (found[0] if found else "", other.id))
    else:
        matter = other.matter or case.matter or other.id
        tx.do(JOIN_MATTER, (matter, case.id, case.matter))
        tx.do(JOIN_MATTER, (matter, other.id, other.matter))
    kind, data = KINDS[step.action], {"with": step.code}
    history.append(tx, other.chain, kind, data, actor=actor, now=now, words=words)


def _told(tx: Tx, case: Locked) -> str:
    """All the citizen wrote in a case, to be read in another one of theirs."""
    entries = history.entries(tx, case.id)
    said = [f"{line.label}: {line.text}" for line in tickets.lines(entries)]
    return "\n".join([*said, *(entry.words or "" for entry in entries if entry.kind == "added")])
