"""Whether what happened to a case reached somebody who follows it, and what comes next if not.

A message about a case says which entries of its history it tells of. What it could not tell is
told on the person's next channel; where nobody is left who could be told, the case is a task again:
its mark `unreached` names the entry, and an official is woken. The mark goes when somebody is told
after all, or an official told them by other means.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from handlers.desk.dossier import Delivery
from handlers.tickets import OVER, WEIGHTY, Status
from storage import history, members, people, timers
from storage.database import Row, Tx
from storage.history import Chain
from storage.tickets import COUNTER
from storage.times import ms, when

AT_ONCE = 50
_KINDS = ", ".join(f"'{kind}'" for kind in sorted(WEIGHTY))

OF_CASES = f"""
    SELECT o.id, o.contact_id, o.ticket_id, o.channel, o.since, o.upto
    FROM outbox o WHERE o.id IN ({", ".join("?" * AT_ONCE)}) AND o.waiting = 1 AND o.upto > 0
"""  # noqa: S608 - marks and names of kinds only
MARKED = "SELECT unreached FROM tickets WHERE id = ?"
LOCK = """
    SELECT t.id, t.code, t.entries, t.head, t.unit, t.assignee, t.unreached, t.status
    FROM tickets t WHERE t.id = ? /*lock t*/
"""
MARK = "UPDATE tickets SET unreached = ? WHERE id = ?"
UNTELL = """
    UPDATE ticket_contacts SET told = ? WHERE contact_id = ? AND ticket_id = ? AND told > ?
"""
# The last entry the citizen must know of, among those a message told of.
WEIGHTIEST = f"""
    SELECT MAX(seq) FROM history
    WHERE ticket_id = ? AND kind IN ({_KINDS}) AND seq > ? AND seq <= ?
"""  # noqa: S608 - marks and names of kinds only
INFORMED = "SELECT 1 FROM history WHERE ticket_id = ? AND kind = 'informed' AND seq > ?"
# Told of the entry, or about to be: by a message, or in a turn that somebody was woken to.
HOPE = """
    SELECT 1 FROM outbox
    WHERE ticket_id = ? AND since < ? AND upto >= ? AND (state = 'sent' OR waiting = 1)
    UNION ALL
    SELECT 1 FROM ticket_contacts h
    JOIN contacts c ON c.id = h.contact_id
    JOIN timers r ON r.contact_id = h.contact_id
    WHERE h.ticket_id = ? AND h.told < ? AND r.name = ? AND c.channel <> 'counter'
    LIMIT 1
"""
# Of the same person's other chats the one last used.
NEXT = """
    SELECT c.id, c.channel FROM contacts c LEFT JOIN sessions s ON s.contact_id = c.id
    WHERE c.person_id = (SELECT person_id FROM contacts WHERE id = ?)
    AND c.reachable = 1 AND c.channel <> 'counter'
    AND NOT EXISTS (
        SELECT 1 FROM ticket_contacts h WHERE h.ticket_id = ? AND h.contact_id = c.id
    )
    ORDER BY COALESCE(s.updated_at, 0) DESC, c.id LIMIT 1
"""
FOLLOW = "INSERT INTO ticket_contacts (ticket_id, contact_id, since, told) VALUES (?, ?, ?, ?)"
UNTOLD = f"""
    SELECT t.code FROM ticket_contacts h JOIN tickets t ON t.id = h.ticket_id
    WHERE h.contact_id = ? AND h.told < (
        SELECT MAX(e.seq) FROM history e WHERE e.ticket_id = t.id AND e.kind IN ({_KINDS})
    )
    ORDER BY h.ticket_id DESC LIMIT 20
"""  # noqa: S608 - marks and names of kinds only
SENDER = "SELECT id, contact_id FROM tickets WHERE code = ?"
LEDGER = """
    SELECT c.channel, CASE WHEN h.told >= ? THEN 1 ELSE 0 END,
        o.state, o.sent_at, o.not_before, o.attempts
    FROM ticket_contacts h
    JOIN contacts c ON c.id = h.contact_id
    LEFT JOIN outbox o ON o.id = (
        SELECT MAX(l.id) FROM outbox l
        WHERE l.ticket_id = h.ticket_id AND l.contact_id = h.contact_id
        AND l.since < ? AND l.upto >= ?
    )
    WHERE h.ticket_id = ? ORDER BY h.since, c.id LIMIT 8
"""


class Settled(Protocol):
    """What came of sending a message: see `storage.outbox.Result`."""

    @property
    def id(self) -> int:
        """Which message."""

    @property
    def state(self) -> str:
        """What became of it."""

    @property
    def at(self) -> datetime:
        """When."""


class News(NamedTuple):
    """A message that told of a case's entries after *since* up to *upto*, and what became of it."""

    contact_id: int
    ticket_id: int
    channel: str
    since: int
    upto: int
    state: str
    at: datetime


class Case(NamedTuple):
    """A case whose row nobody else changes until the end of the transaction."""

    id: int
    code: str
    entries: int
    head: str
    unit: str
    assignee: int
    unreached: int
    status: Status

    @property
    def chain(self) -> Chain:
        """Where its history ends."""
        return Chain(self.id, self.entries, self.head)


def news(tx: Tx, results: Iterable[Settled], waiting: frozenset[str]) -> tuple[News, ...]:
    """What among *results* told of a case and ends now; asked before they are written down.

    *waiting* are the states that end nothing.
    """
    final: dict[int, Settled] = {}
    for result in results:
        if result.state not in waiting:
            final.setdefault(result.id, result)
    found: list[News] = []
    numbers = sorted(final)
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        for number, *row in tx.rows(OF_CASES, (*some, *(0,) * (AT_ONCE - len(some)))):
            contact_id, ticket_id, channel, since, upto = row
            result = final[number]
            told = News(contact_id, ticket_id, channel, since, upto, result.state, result.at)
            found.append(told)
    return tuple(sorted(found, key=lambda one: one.ticket_id))


def settle(tx: Tx, told: Sequence[News]) -> bool:
    """What follows from *told*, once it is written down; whether somebody was woken."""
    woken = [_reached(tx, one) if one.state == "sent" else _missed(tx, one) for one in told]
    return any(woken)


def nobody(tx: Tx, code: str, now: datetime) -> None:
    """There is no chat that could be told of a case: an official tells its sender."""
    row = tx.row(SENDER, (code,))
    case = None if row is None else _lock(tx, row[0])
    if row is None or case is None:
        return
    if entry := _due(tx, case, 0, case.entries):
        _next(tx, case, entry, News(row[1], case.id, COUNTER, 0, 0, "nowhere", now))


def done(tx: Tx, ticket_id: int) -> None:
    """Whoever sent a case need not be told any more: they were by other means, or it is over."""
    tx.do(MARK, (0, ticket_id))


def back(tx: Tx, contact_id: int, now: datetime) -> None:
    """A contact can be written to again: whatever it was not told is told in turns of its own."""
    people.set_reachable(tx, contact_id, now, reachable=True)
    for (code,) in tx.rows(UNTOLD, (contact_id,)):
        timers.set(tx, contact_id, f"case:{code}", now)


def ledger(tx: Tx, ticket_id: int, entry: int) -> Iterator[Delivery]:
    """How far each chat that follows a case has come to know of an *entry* of its history."""
    for row in tx.rows(LEDGER, (entry, entry, entry, ticket_id)):
        yield _delivery(row)


def _lock(tx: Tx, ticket_id: int) -> Case | None:
    row = tx.row(LOCK, (ticket_id,))
    return None if row is None else Case(*row)


def _reached(tx: Tx, one: News) -> bool:
    row = tx.row(MARKED, (one.ticket_id,))
    if row is None or not one.since < row[0] <= one.upto:
        return False
    case = _lock(tx, one.ticket_id)
    if case is not None and one.since < case.unreached <= one.upto:
        tx.do(MARK, (0, case.id))
        _write(tx, case, "reached", {"channel": one.channel}, one.at)
    return False


def _missed(tx: Tx, one: News) -> bool:
    """What was not told is told again when the chat is back, and on another channel now."""
    case = _lock(tx, one.ticket_id)
    if case is None:
        return False
    tx.do(UNTELL, (one.since, one.contact_id, case.id, one.since))
    entry = _due(tx, case, one.since, one.upto)
    if not entry or tx.row(HOPE, (case.id, entry, entry, case.id, entry, f"case:{case.code}")):
        return False
    _next(tx, case, entry, one)
    return True


def _due(tx: Tx, case: Case, since: int, upto: int) -> int:
    """The entry its citizen must still be told of, of those after *since* up to *upto*; 0: none."""
    entry: int = tx.rows(WEIGHTIEST, (case.id, since, upto))[0][0] or 0
    if entry <= case.unreached or case.status in OVER or tx.row(INFORMED, (case.id, entry)):
        return 0
    return entry


def _next(tx: Tx, case: Case, entry: int, one: News) -> None:
    """The person's next channel, or else an official."""
    other = tx.row(NEXT, (one.contact_id, case.id))
    if other is not None:
        contact_id, channel = other
        tx.do(FOLLOW, (case.id, contact_id, ms(one.at), min(max(one.since, 1), entry - 1)))
        _write(tx, case, "rerouted", {"from": one.channel, "channel": channel}, one.at)
        timers.set(tx, contact_id, f"case:{case.code}", one.at)
        return
    tx.do(MARK, (entry, case.id))
    data: dict[str, str | int] = {"channel": one.channel, "state": one.state, "entry": entry}
    _write(tx, case, "unreached", data, one.at)
    for contact_id in _officials(tx, case):
        timers.set(tx, contact_id, f"desk:unreached:{case.code}", one.at)


def _officials(tx: Tx, case: Case) -> tuple[int, ...]:
    """Whoever has the case, if they are still on duty and hear; else who sees to its unit."""
    assignee = members.contact_of(tx, case.assignee) or 0
    official = members.official(tx, assignee)
    if official is not None and official.reachable:
        return (assignee,)
    return members.stewards(tx, case.unit, besides=assignee, just=True)


def _write(tx: Tx, case: Case, kind: str, data: dict[str, str | int], now: datetime) -> None:
    history.append(tx, case.chain, kind, data, actor=members.actor(0), now=now)


def _delivery(row: Row) -> Delivery:
    channel, knows, state, sent_at, not_before, attempts = row
    if channel == COUNTER:
        return Delivery(channel=channel, state="nowhere")
    if state is None:  # not told yet, or told in a message that is long gone
        return Delivery(channel=channel, state="sent" if knows else "coming")
    put_off = state == "queued" and attempts > 0
    ended = state in {"unreachable", "failed", "unknown"}
    at = sent_at or (not_before if put_off or ended else None)
    return Delivery(channel=channel, state=state, at=at and when(at))
