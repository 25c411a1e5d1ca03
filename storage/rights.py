"""What people ask of their own data: recorded, decided, told; and what is kept of them, in short.

Everything done to a request is an entry of the log, which says nothing personal: reasons are under
the seal of the chat that asked, and go with it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pydantic import TypeAdapter

from handlers.content import Lang
from handlers.events import Media
from handlers.rights import (
    WAITING,
    Agreed,
    AskData,
    Correct,
    DataRequest,
    HoldCase,
    Mine,
    MoveRequest,
    OwnCase,
    Scope,
    State,
    move,
)
from storage import follows, keys, log, members, people, timers
from storage.database import Row, Tx
from storage.times import ms, when

ADD = """
    INSERT INTO data_requests (
        code, person_id, contact_id, kind, state, waiting, lang, due_on, opened_at, done_at
    )
    VALUES (?, (SELECT person_id FROM contacts WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?)
"""
EXISTS = "SELECT 1 FROM data_requests WHERE code = ?"
COLUMNS = """
    SELECT r.code, r.kind, r.state, r.lang, r.opened_at, r.due_on, r.extended, r.reason, r.scope,
        r.files, r.entries, r.done_at, r.person_id, r.contact_id
    FROM data_requests r
"""
GET = f"{COLUMNS} WHERE r.code = ?"
LOCK = f"{COLUMNS} WHERE r.code = ? /*lock r*/"
# By the index of what waits; the last request first where several are due on one day.
PAGE = f"{COLUMNS} WHERE r.waiting = 1 ORDER BY r.due_on, r.id LIMIT ? OFFSET ?"
OF_PERSON = f"""
    {COLUMNS} WHERE r.person_id = (SELECT person_id FROM contacts WHERE id = ?)
    ORDER BY r.id DESC LIMIT ?
"""  # noqa: S608 - names of columns only
SET = """
    UPDATE data_requests
    SET state = ?, waiting = ?, reason = ?, due_on = ?, extended = ?, scope = ?, done_at = ?,
        entries = entries + 1
    WHERE code = ?
"""
SAME_PERSON = """
    SELECT 1 FROM data_requests r JOIN contacts c ON c.person_id = r.person_id
    WHERE r.code = ? AND c.id = ?
"""
RESTRICT = """
    UPDATE people SET restricted = ? WHERE id = (SELECT person_id FROM contacts WHERE id = ?)
"""
RESTRICT_CASES = """
    UPDATE tickets SET restricted = ?
    WHERE person_id = (SELECT person_id FROM contacts WHERE id = ?)
"""
CASES = """
    SELECT t.code, t.status, t.open, CASE WHEN h.ticket_id IS NULL THEN 0 ELSE 1 END
    FROM tickets t LEFT JOIN holds h ON h.ticket_id = t.id
    WHERE t.person_id = ? AND t.erased = 0 ORDER BY t.open DESC, t.id DESC LIMIT ?
"""
COUNTED = """
    SELECT COUNT(*), COALESCE(SUM(t.open), 0) FROM tickets t
    WHERE t.person_id = (SELECT person_id FROM contacts WHERE id = ?) AND t.erased = 0
"""
CHATS = """
    SELECT o.id, o.channel FROM contacts c JOIN contacts o ON o.person_id = c.person_id
    WHERE c.id = ? AND o.channel <> 'counter' ORDER BY o.channel, o.id
"""
CHATS_OF = "SELECT COUNT(*) FROM contacts WHERE person_id = ? AND channel <> 'counter'"
RESTRICTED = (
    "SELECT p.restricted FROM people p JOIN contacts c ON c.person_id = p.id WHERE c.id = ?"
)
# Whether one of their chats has a duty.
OFFICIAL = """
    SELECT 1 FROM contacts c
    JOIN members m ON m.contact_id = c.id
    JOIN duties d ON d.member_id = m.id
    WHERE c.person_id = ? LIMIT 1
"""
OF_CONTACT = "SELECT person_id FROM contacts WHERE id = ?"
TO_WARN = """
    SELECT r.code, r.due_on FROM data_requests r
    WHERE r.waiting = 1 AND r.due_on <= ? AND r.warned < CASE WHEN r.due_on < ? THEN 2 ELSE 1 END
    ORDER BY r.due_on LIMIT ?
"""
WARNED = "UPDATE data_requests SET warned = ? WHERE code = ?"
# Locked, so that an erasing under way is over, or will see it.
TICKET = "SELECT t.id FROM tickets t WHERE t.code = ? /*lock t*/"
HOLD = """
    INSERT INTO holds (ticket_id, by_member, at) VALUES (?, ?, ?) ON CONFLICT (ticket_id) DO NOTHING
"""
UNHOLD = "DELETE FROM holds WHERE ticket_id = ?"
JOBS = """
    SELECT r.code, r.kind, r.contact_id, r.person_id, r.lang, r.scope FROM data_requests r
    WHERE r.waiting = 1 AND r.state = 'doing' AND r.not_before <= ? ORDER BY r.due_on, r.id LIMIT ?
"""
PUT_OFF = "UPDATE data_requests SET not_before = ? WHERE code = ?"
FILED = """
    UPDATE data_requests SET files = ?, state = 'done', waiting = 0, done_at = ?,
        entries = entries + 1
    WHERE code = ? AND state = 'doing'
"""
FINISHED = """
    UPDATE data_requests SET state = 'done', waiting = 0, done_at = ?, entries = entries + 1
    WHERE code = ? AND state = 'doing'
"""

REOPENED = """
    UPDATE data_requests SET state = 'open', entries = entries + 1
    WHERE code = ? AND state = 'doing'
"""

MOST = 20  # requests of one person that are shown
MOST_CASES = 30  # of a person's cases that are named on a card
_FILES = TypeAdapter(tuple[Media, ...])
_DONE = {
    "carry_out": "data_granted",
    "refuse": "data_refused",
    "extend": "data_extended",
    "cancel": "data_cancelled",
    "finish": "data_finished",
}


class Job(NamedTuple):
    """A request that the machine is to see through."""

    code: str
    kind: str
    contact_id: int
    person_id: int
    lang: Lang
    scope: Scope


# -- asking ----------------------------------------------------------------------------------------


def exists(tx: Tx, code: str) -> bool:
    """Whether a request has this code."""
    return tx.row(EXISTS, (code,)) is not None


def ask(tx: Tx, contact_id: int, asked: AskData, now: datetime) -> None:
    """Record a request; whoever decides is woken when there is something to decide."""
    waiting = asked.state in WAITING
    done_at = None if waiting else ms(now)
    about = (asked.kind, asked.state, int(waiting), asked.lang, asked.due_on.isoformat())
    tx.add(ADD, (asked.code, contact_id, contact_id, *about, ms(now), done_at))
    told = {"kind": asked.kind, "state": asked.state, "due_on": asked.due_on.isoformat()}
    _write(tx, asked.code, "data_asked", told, members.actor(0, contact_id), now)
    if asked.kind == "restrict":
        tx.do(RESTRICT, (1, contact_id))
        tx.do(RESTRICT_CASES, (1, contact_id))
    if asked.state == "open":
        wake(tx, "request", asked.code, now)
    if asked.kind == "erase":
        _tell_others(tx, contact_id, asked.code, now)


def move_request(tx: Tx, contact_id: int, effect: MoveRequest, now: datetime) -> bool:
    """Do what was decided, and wake the person; False when it can't be done (any more).

    A person moves their own requests alone, whatever code they name.
    """
    row = tx.row(LOCK, (effect.code,))
    if row is None or not (effect.by or tx.row(SAME_PERSON, (effect.code, contact_id))):
        return False
    before = _request(tx, row)
    after = move(before.state, effect.action)
    meanwhile = bool(effect.seen) and effect.seen != before.entries
    if after is None or meanwhile or (effect.action == "extend" and before.extended):
        return False
    after = _next(before, after)
    chat: int = row[13]
    reason = effect.reason and keys.hide(tx, effect.reason, f"contact:{chat}")
    due_on, done_at = effect.due_on or before.due_on, None if after in WAITING else ms(now)
    extended = int(before.extended or effect.action == "extend")
    state = (after, int(after in WAITING), reason, due_on.isoformat(), extended)
    tx.do(SET, (*state, effect.scope, done_at, effect.code))
    told: dict[str, str | int] = {"kind": before.kind, "due_on": due_on.isoformat()}
    if effect.scope:
        told["scope"] = effect.scope
    _write(tx, effect.code, _DONE[effect.action], told, members.actor(effect.by, contact_id), now)
    if before.kind == "restrict" and effect.action in {"refuse", "cancel"}:
        tx.do(RESTRICT, (0, chat))
        tx.do(RESTRICT_CASES, (0, chat))
    if effect.by:
        timers.set(tx, chat, f"data:{effect.code}", now)
    return True


def _next(before: DataRequest, after: State) -> State:
    """What an official granted is done with that, unless the machine has something to do for it."""
    return "done" if after == "doing" and before.kind not in {"copy", "erase"} else after


def correct(tx: Tx, contact_id: int, effect: Correct, now: datetime) -> None:
    """Replace a name or a number; that it was done is written down, not what it was or is."""
    people.describe(tx, contact_id, name=effect.name, phone=effect.phone)
    which = "name" if effect.name else "phone"
    actor = members.actor(0, contact_id)
    log.append(tx, "data_corrected", {"which": which}, actor=actor, now=now, subject=actor)


def hold(tx: Tx, effect: HoldCase, now: datetime) -> bool:
    """Keep a case from being erased, or no longer; False when there is no such case."""
    row = tx.row(TICKET, (effect.code,))
    if row is None:
        return False
    if effect.held:
        tx.do(HOLD, (row[0], effect.by, ms(now)))
    else:
        tx.do(UNHOLD, row)
    log.append(
        tx,
        "case_held" if effect.held else "case_unheld",
        {},
        actor=members.actor(effect.by),
        now=now,
        subject=f"case:{effect.code}",
        words=effect.reason,
    )
    return True


def wake(tx: Tx, what: str, code: str, now: datetime) -> bool:
    """Wake who answers requests; where there is nobody, those who can appoint somebody."""
    found = members.with_role(tx, "dpo") or members.with_role(tx, "administrator")
    for contact in found:
        timers.set(tx, contact, f"desk:{what}:{code}", now)
    return bool(found)


def warn(tx: Tx, now: datetime, today: date, soon: timedelta, limit: int = 20) -> bool:
    """Call to mind what is soon due, and what is late, once each; whether somebody was woken."""
    woken = False
    for code, due_on in to_warn(tx, today, soon, limit):
        late = due_on < today.isoformat()
        tx.do(WARNED, (2 if late else 1, code))
        woken |= wake(tx, "request_late" if late else "request_soon", code, now)
    return woken


def to_warn(tx: Tx, today: date, soon: timedelta, limit: int = 20) -> Sequence[Row]:
    """Requests that are to be called to mind, by code and due date."""
    return tx.rows(TO_WARN, ((today + soon).isoformat(), today.isoformat(), limit))


def _tell_others(tx: Tx, contact_id: int, code: str, now: datetime) -> None:
    """Whoever asks to erase a person from one chat is heard of in the others."""
    for other, _ in tx.rows(CHATS, (contact_id,)):
        if other != contact_id:
            timers.set(tx, other, f"data:{code}", now)


def _write(
    tx: Tx, code: str, kind: str, data: Mapping[str, str | int], actor: str, now: datetime
) -> None:
    log.append(tx, kind, data, actor=actor, now=now, subject=f"request:{code}")


# -- the machine's part ----------------------------------------------------------------------------


def jobs(tx: Tx, now: datetime, limit: int = 5) -> tuple[Job, ...]:
    """What the machine is to see through now, the soonest due first."""
    rows = tx.rows(JOBS, (ms(now), limit))
    return tuple(Job(*row) for row in rows)


def put_off(tx: Tx, code: str, until: datetime) -> None:
    """Try a job again later."""
    tx.do(PUT_OFF, (ms(until), code))


def filed(tx: Tx, job: Job, files: Iterable[Media], now: datetime) -> bool:
    """The copy is here: its person is woken to be given it. False when nobody wants it any more."""
    kept = keys.hide(tx, _FILES.dump_json(tuple(files)).decode(), f"contact:{job.contact_id}")
    if not tx.do(FILED, (kept, ms(now), job.code)):
        return False
    _write(tx, job.code, "data_finished", {"kind": "copy"}, members.actor(0), now)
    timers.set(tx, job.contact_id, f"data:{job.code}", now)
    return True


def reopened(tx: Tx, code: str, now: datetime) -> None:
    """What was to be erased can't be as it stands now: somebody is to decide again."""
    if tx.do(REOPENED, (code,)):
        _write(tx, code, "data_asked", {"kind": "erase", "state": "open"}, members.actor(0), now)
        wake(tx, "request", code, now)


def finished(tx: Tx, code: str, now: datetime) -> None:
    """What was to be erased is."""
    if tx.do(FINISHED, (ms(now), code)):
        _write(tx, code, "data_finished", {"kind": "erase"}, members.actor(0), now)


# -- reading ---------------------------------------------------------------------------------------


def mine(tx: Tx, contact_id: int) -> Mine:
    """What is kept of whoever is in this chat, in short."""
    said = people.person(tx, contact_id)
    cases, open_ = tx.rows(COUNTED, (contact_id,))[0]
    requests = (
        _request(tx, row).model_copy(update={"here": row[13] == contact_id})
        for row in tx.rows(OF_PERSON, (contact_id, MOST))
    )
    person_id = tx.rows(OF_CONTACT, (contact_id,))[0][0]
    return Mine(
        name=said.name,
        phone=said.phone,
        cases=cases,
        open=open_,
        channels=tuple(channel for _, channel in tx.rows(CHATS, (contact_id,))),
        agreed=_agreed(tx, contact_id),
        requests=tuple(requests),
        restricted=tx.rows(RESTRICTED, (contact_id,))[0][0] == 1,
        staff=tx.row(OFFICIAL, (person_id,)) is not None,
    )


def get(tx: Tx, code: str) -> DataRequest | None:
    """A request as whoever answers it sees it, with its person's cases by their codes alone."""
    row = tx.row(GET, (code,))
    if row is None:
        return None
    person_id = row[12]
    cases = tx.rows(CASES, (person_id, MOST_CASES))
    return _request(tx, row).model_copy(
        update={
            "cases": tuple(
                OwnCase(code=case, status=status, open=open_ == 1, held=held == 1)
                for case, status, open_, held in cases
            ),
            "several": tx.rows(CHATS_OF, (person_id,))[0][0] > 1,
            "staff": tx.row(OFFICIAL, (person_id,)) is not None,
        }
    )


def page(tx: Tx, after: int, limit: int) -> tuple[DataRequest, ...]:
    """Those that wait, the soonest due first: what is late comes before everything."""
    return tuple(_request(tx, row) for row in tx.rows(PAGE, (limit, after)))


def _agreed(tx: Tx, contact_id: int) -> tuple[Agreed, ...]:
    """The last word on each purpose. That on announcements is the person's, in whatever chat."""
    last = {one.purpose: one for one in people.consents(tx, contact_id)}
    hears = follows.wanted(tx, contact_id).hears
    words = {
        purpose: Agreed(purpose=purpose, given=one.given, version=one.version, at=one.at)
        for purpose, one in last.items()
    }
    if (told := words.get("announcements")) and told.given != hears:
        words["announcements"] = told.model_copy(update={"given": hears})
    return tuple(words.values())


def _request(tx: Tx, row: Row) -> DataRequest:
    code, kind, state, lang, opened_at, due_on, extended, reason, scope, files, entries = row[:11]
    kept = keys.show(tx, files) if files else ""
    return DataRequest(
        code=code,
        kind=kind,
        state=state,
        lang=lang,
        opened_at=when(opened_at),
        due_on=date.fromisoformat(due_on),
        extended=extended == 1,
        reason=keys.show(tx, reason) if reason else "",
        scope=scope,
        files=tuple(_FILES.validate_python(json.loads(kept))) if kept else (),
        entries=entries,
        done_at=when(row[11]) if row[11] else None,
    )
