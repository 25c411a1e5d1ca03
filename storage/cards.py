"""The cards of cases in groups of officials: what waits to be shown, and what is.

Theory of operation. Whatever appends to a case's history notes the case in `group_changes`, in the
same transaction (`storage.history`). `absorb` takes such notes away and marks the case's cards, in
every group that is to show it. What a card shows is always read anew, so five changes of a case
that waits are one message, and a restart loses nothing.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from handlers.tickets import Card
from storage import keys
from storage.database import Row, Tx
from storage.times import when

CHANGES = "SELECT id, ticket_id FROM group_changes ORDER BY id LIMIT ?"
DROP_CHANGE = "DELETE FROM group_changes WHERE id = ?"
MARK_TICKET = "UPDATE group_cards SET changes = changes + 1 WHERE ticket_id = ?"
ADD_TICKET = """
    INSERT INTO group_cards (group_id, ticket_id)
    SELECT g.id, t.id FROM tickets t JOIN staff_groups g ON g.unit IN ('*', t.unit)
    WHERE t.id = ? AND t.open = 1 AND g.active = 1
    ON CONFLICT (group_id, ticket_id) DO NOTHING
"""
MARK = "UPDATE group_cards SET changes = changes + 1 WHERE group_id = ? AND ticket_id = ?"

BUSY = """
    SELECT DISTINCT g.address FROM group_cards c JOIN staff_groups g ON g.id = c.group_id
    WHERE c.changes > c.told AND g.active = 1
"""
ANSWERING = "SELECT DISTINCT address FROM group_answers"
GROUPS = """
    SELECT id, CASE WHEN thread_lost = 1 THEN 0 ELSE thread END, unit FROM staff_groups
    WHERE address_key = ? AND active = 1 ORDER BY id
"""
ACTIVE = "SELECT id, unit, bound_at FROM staff_groups WHERE active = 1 ORDER BY id"

FRESH = """
    SELECT c.ticket_id, c.changes, c.over, c.shown, c.message,
        t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on, t.open
    FROM group_cards c JOIN tickets t ON t.id = c.ticket_id
    WHERE c.group_id = ? AND c.changes > c.told AND c.message = '' ORDER BY c.ticket_id LIMIT ?
"""
STALE = """
    SELECT c.ticket_id, c.changes, c.over, c.shown, c.message,
        t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on, t.open
    FROM group_cards c JOIN tickets t ON t.id = c.ticket_id
    WHERE c.group_id = ? AND c.changes > c.told AND c.message <> '' ORDER BY c.ticket_id LIMIT 1
"""
OF_MESSAGE = """
    SELECT c.ticket_id, c.changes, c.over, c.shown, c.message,
        t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on, t.open
    FROM group_cards c JOIN tickets t ON t.id = c.ticket_id
    WHERE c.group_id = ? AND c.message = ? ORDER BY c.ticket_id
"""
DROP = "DELETE FROM group_cards WHERE group_id = ? AND ticket_id = ?"
ANEW = """
    UPDATE group_cards SET message = '', over = 0, changes = changes + 1
    WHERE group_id = ? AND ticket_id = ?
"""
SHOW = """
    UPDATE group_cards SET message = ?, shown = ?, told = ?, late = ?, over = ?
    WHERE group_id = ? AND ticket_id = ?
"""
# A message whose cases are all over is never edited again.
FINISH = """
    DELETE FROM group_cards WHERE group_id = ? AND message = ? AND NOT EXISTS (
        SELECT 1 FROM group_cards o
        WHERE o.group_id = ? AND o.message = ? AND (o.over = 0 OR o.changes > o.told)
    )
"""
FORGET_OVER = "DELETE FROM group_cards WHERE group_id = ? AND message = ? AND over = 1"
LOSE_MESSAGE = """
    UPDATE group_cards SET message = '', changes = changes + 1 WHERE group_id = ? AND message = ?
"""
LOSE_TOPIC = "UPDATE staff_groups SET thread_lost = 1 WHERE id = ? AND thread_lost = 0"
FORGET_ALL_OVER = "DELETE FROM group_cards WHERE group_id = ? AND over = 1"
LOSE_MESSAGES = """
    UPDATE group_cards SET message = '', changes = changes + 1 WHERE group_id = ? AND message <> ''
"""

# Open cases of a unit are an index of their own; those of all units are read through once an hour.
MISSED = """
    SELECT t.id FROM tickets t
    LEFT JOIN group_cards c ON c.group_id = ? AND c.ticket_id = t.id
    WHERE t.open = 1 AND t.unit = ? AND t.updated_at >= ? AND c.ticket_id IS NULL LIMIT ?
"""
MISSED_ANYWHERE = """
    SELECT t.id FROM tickets t
    LEFT JOIN group_cards c ON c.group_id = ? AND c.ticket_id = t.id
    WHERE t.open = 1 AND t.updated_at >= ? AND c.ticket_id IS NULL LIMIT ?
"""
LATE = """
    SELECT c.ticket_id FROM group_cards c JOIN tickets t ON t.id = c.ticket_id
    WHERE c.group_id = ? AND c.late = 0 AND c.over = 0 AND c.message <> ''
    AND t.open = 1 AND t.due_on < ? LIMIT ?
"""

DIGEST_ABOVE = 10  # cases waiting in one group; that many get a card each
DIGEST_LINES = 20
BINDING = 60_000  # ms a turn may take that did not see the group being bound


class Group(NamedTuple):
    """A group, or one topic of it (*thread*, 0: none), and whose cases it shows."""

    id: int
    thread: int
    unit: str


class Case(NamedTuple):
    """A case of a message, as it stands now; *changes* is how far that is."""

    ticket_id: int
    changes: int
    over: bool
    card: Card


class Sheet(NamedTuple):
    """A message to be sent (*message* empty) or edited; one of several cases is a digest.

    *shown* is the digest of what the message says.
    """

    group: Group
    cases: tuple[Case, ...]
    message: str = ""
    shown: str = ""


def absorb(tx: Tx, limit: int) -> int:
    """Mark the cards of cases that changed; how many changes were looked at."""
    changes = tx.rows(CHANGES, (limit,))
    for ticket_id in dict.fromkeys(row[1] for row in changes):
        tx.do(MARK_TICKET, (ticket_id,))
        tx.do(ADD_TICKET, (ticket_id,))
    tx.many(DROP_CHANGE, [row[:1] for row in changes])
    return len(changes)


def changed(tx: Tx) -> bool:
    """Whether there is anything to `absorb`."""
    return bool(tx.rows(CHANGES, (1,)))


def busy(tx: Tx) -> frozenset[str]:
    """The addresses of the groups in which something waits to be shown or answered."""
    found = (keys.seen(tx, row[0]) for query in (ANSWERING, BUSY) for row in tx.rows(query))
    return frozenset(filter(None, found))


def unseen(tx: Tx, today: date, limit: int) -> tuple[tuple[int, int], ...]:
    """Group and case of what no turn noted; a long read.

    That is a case that became overdue, and one recorded while its group was being bound.
    """
    found: list[tuple[int, int]] = []
    for group_id, unit, bound_at in tx.rows(ACTIVE):
        since = bound_at - BINDING
        rows = tx.rows(LATE, (group_id, today.isoformat(), limit))
        if unit == "*":
            rows += tx.rows(MISSED_ANYWHERE, (group_id, since, limit))
        else:
            rows += tx.rows(MISSED, (group_id, unit, since, limit))
        found += [(group_id, row[0]) for row in rows]
    return tuple(found[:limit])


def mark(tx: Tx, marked: Iterable[tuple[int, int]]) -> None:
    """Have each card, of group and case, shown anew."""
    for card in marked:
        if not tx.do(MARK, card):
            tx.do(ADD_TICKET, (card[1],))


def next_sheet(tx: Tx, address: str) -> Sheet | None:
    """What to show next in the group at *address*: new cases first, then what changed."""
    groups = [Group(*row) for row in tx.rows(GROUPS, (tx.seal.key(address),))]
    for group in groups:
        if cases := _fresh(tx, group):
            return Sheet(group, cases if len(cases) > DIGEST_ABOVE else cases[:1])
    for group in groups:
        if sheet := _stale(tx, group):
            return sheet
    return None


def show(tx: Tx, sheet: Sheet, message: str, shown: str, today: date) -> None:
    """The cases of *sheet* are shown in *message*, as they stood in it."""
    group = sheet.group.id
    for case in sheet.cases:
        late = int(case.card.due_on < today)
        values = (message, shown, case.changes, late, int(case.over), group, case.ticket_id)
        tx.do(SHOW, values)
    tx.do(FINISH, (group, message, group, message))


def lose_message(tx: Tx, sheet: Sheet) -> None:
    """The message of *sheet* is gone: what is still open in it is shown anew."""
    tx.do(FORGET_OVER, (sheet.group.id, sheet.message))
    tx.do(LOSE_MESSAGE, (sheet.group.id, sheet.message))


def lose_topic(tx: Tx, group: Group) -> None:
    """The topic of *group* is gone with its messages: what is open is shown outside of topics."""
    if tx.do(LOSE_TOPIC, (group.id,)):
        tx.do(FORGET_ALL_OVER, (group.id,))
        tx.do(LOSE_MESSAGES, (group.id,))


def _fresh(tx: Tx, group: Group) -> tuple[Case, ...]:
    """Cases in no message yet; those over before they were shown never are."""
    while rows := tx.rows(FRESH, (group.id, DIGEST_LINES)):
        cases = tuple(_case(row, group) for row in rows)
        over = [(group.id, case.ticket_id) for case in cases if case.over]
        if not over:
            return cases
        tx.many(DROP, over)
    return ()


def _stale(tx: Tx, group: Group) -> Sheet | None:
    """A message that says what is no longer so."""
    anew = False
    while row := tx.row(STALE, (group.id,)):
        shown, message = row[3:5]
        rows = tx.rows(OF_MESSAGE, (group.id, message))
        cases = tuple(_case(row, group) for row in rows)
        # Reopened, or given back: nobody would see an old message change.
        back = [case for row, case in zip(rows, cases, strict=True) if row[2] and not case.over]
        if not back:
            return Sheet(group, cases, message, shown)
        tx.many(ANEW, [(group.id, case.ticket_id) for case in back])
        tx.do(FINISH, (group.id, message, group.id, message))
        anew = True
    return Sheet(group, _fresh(tx, group)[:1]) if anew else None


def _case(row: Row, group: Group) -> Case:
    code, topic, status, unit, commune, opened_at, due_on, is_open = row[5:]
    card = Card(
        code=code,
        topic=topic,
        status=status,
        unit=unit,
        commune=commune,
        opened_at=when(opened_at),
        due_on=date.fromisoformat(due_on),
    )
    over = not is_open or group.unit not in {"*", unit}
    return Case(row[0], row[1], over, card)
