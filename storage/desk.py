"""What the desk reads: the queue, a case whole, who sent it, a search, and counts.

Whatever a page takes, it is read by an index that holds the open cases only, in the order of the
pages: it costs the same with ten thousand cases and with a million.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from heapq import merge
from itertools import islice

from handlers.desk.dossier import DeskCard, Dossier, Filter, Identity, Line, Reply, View
from handlers.desk.figures import Count
from handlers.desk.people import EVERYWHERE
from handlers.text import fold
from handlers.tickets import OPEN, WEIGHTY
from storage import files, history, keys, members, reaching, tickets
from storage.database import Row, Tx, Value
from storage.history import Entry
from storage.search import find
from storage.times import when

CARD = """
    SELECT t.id, t.code, t.topic, t.status, t.unit, t.commune, t.opened_at, t.due_on, t.done_on,
        t.lang, t.priority, t.assignee, COALESCE(m.name, ''), t.author, t.not_for, t.bounces,
        t.asked_on, t.entries, t.unreached, t.kind, t.seems,
        t.matter, t.person_id
    FROM tickets t LEFT JOIN members m ON m.id = t.assignee
"""
RESTRICTED = "SELECT restricted FROM tickets WHERE id = ?"
DOSSIER = f"{CARD} WHERE t.code = ? /*lock t*/"
SAME = f"{CARD} WHERE t.matter <> 0 AND t.matter = ? AND t.id <> ? ORDER BY t.id LIMIT ?"
# A person's other chats are told what the one that follows a case can't be told.
REACHED = """
    SELECT 1 FROM ticket_contacts h
    JOIN contacts f ON f.id = h.contact_id
    JOIN contacts c ON c.person_id = f.person_id
    WHERE h.ticket_id = ? AND c.channel <> ? AND c.reachable = 1 LIMIT 1
"""
BY_CODE = f"{CARD} WHERE t.code = ?"
BY_ID = f"{CARD} WHERE t.id = ?"
IDENTITY = """
    SELECT p.name, p.phone FROM tickets t JOIN people p ON p.id = t.person_id WHERE t.code = ?
"""
ANSWERS = "SELECT words FROM answers WHERE unit = ? ORDER BY id DESC LIMIT ?"
_COUNTS = """
    SELECT t.unit, COUNT(*),
        SUM(CASE WHEN t.status <> 'asking' AND t.due_on < ? THEN 1 ELSE 0 END),
        SUM(CASE WHEN t.status <> 'asking' AND t.due_on BETWEEN ? AND ? THEN 1 ELSE 0 END),
        SUM(CASE WHEN t.status = 'asking' THEN 1 ELSE 0 END)
    FROM tickets t WHERE t.open = 1
"""
COUNTS = f"{_COUNTS} GROUP BY t.unit ORDER BY t.unit"
COUNTS_OF = f"{_COUNTS} AND t.unit = ? GROUP BY t.unit"
LOADS = """
    SELECT t.assignee, COUNT(*) FROM tickets t WHERE t.open = 1 AND t.assignee > 0
    GROUP BY t.assignee
"""

# Literals where they can be: the planner knows how rare they are.
_VIEWS: dict[View, str] = {
    "all": "",
    "mine": "AND t.assignee = ? AND t.status <> 'sorting'",
    "unassigned": "AND t.assignee = 0 AND t.status <> 'sorting'",
    "waiting": "AND t.status = 'asking'",
    "sorting": "AND t.status = 'sorting'",
    "approving": "AND t.status = 'approving'",
    "overdue": "AND t.due_on < ? AND t.status <> 'asking'",
    "unreached": "AND t.unreached > 0",
    "emergency": "AND t.kind = 'emergency'",
    "complaint": "AND t.kind = 'complaint'",
    "doubtful": "AND t.seems <> ''",
}
# Apart, for SQLite uses no index for the second half of (due_on, id) > (?, ?).
_SAME_DAY = "AND t.due_on = ? AND t.id > ?"
_LATER = "AND t.due_on > ?"
MATTER = 50  # cases of one matter that are shown with each of them


def queue(
    tx: Tx, page: Filter, units: frozenset[str], member: int, today: date, limit: int
) -> tuple[DeskCard, ...]:
    """A page of the open cases of *units* (``*``: all), by due date, then age.

    *member* is who reads; *today* tells what is overdue.
    """
    pages = [_page(tx, page, unit, member, today, limit) for unit in _within(page.unit, units)]
    in_order = merge(*pages, key=lambda card: (card.due_on, card.id))
    return tuple(islice(in_order, limit))


def dossier(tx: Tx, code: str) -> Dossier | None:
    """A case whole, locked until the end of the transaction; None when there is none."""
    row = tx.row(DOSSIER, (code,))
    if row is None:
        return None
    card, (matter, person) = _card(tx, row), row[-2:]
    entries = history.entries(tx, card.id)
    rows = tx.rows(SAME, (matter, card.id, MATTER)) if matter else []
    same = tuple(_card(tx, other) for other in rows)
    submitted = _submitted(entries)
    weighty = next((entry for entry in reversed(entries) if entry.kind in WEIGHTY), None)
    return Dossier(
        card=card,
        lines=tickets.lines(entries),
        media=files.of_ticket(tx, card.id),
        story=tuple(_story(tx, entries)),
        draft=submitted if card.status == "approving" else None,
        same=same,
        drafts=dict(_drafts(tx, same)) if submitted else {},
        person=person,
        reached=tx.row(REACHED, (card.id, tickets.COUNTER)) is not None,
        weighty=weighty.kind if weighty else "",
        restricted=tx.rows(RESTRICTED, (card.id,))[0][0] == 1,
        ledger=tuple(reaching.ledger(tx, card.id, weighty.seq)) if weighty else (),
    )


def identity(tx: Tx, code: str) -> Identity | None:
    """Who sent a case, as far as they said; reading it is to be witnessed."""
    row = tx.row(IDENTITY, (code,))
    if row is None:
        return None
    name, phone = (sealed and keys.seen(tx, sealed) for sealed in row)
    return Identity(name=name, phone=phone)


def recent_answers(tx: Tx, unit: str, limit: int = 20) -> tuple[str, ...]:
    """The folded texts of the latest answers of a unit, newest first."""
    return tuple(keys.seen(tx, row[0]) for row in tx.rows(ANSWERS, (unit, limit)))


def search(tx: Tx, query: str, units: frozenset[str], limit: int) -> tuple[DeskCard, ...]:
    """The cases of *units* in which the words of *query* follow each other, newest first."""
    found = find(tx, fold(query), units, limit)
    return tuple(_card(tx, row) for number in found for row in tx.rows(BY_ID, (number,)))


def named(tx: Tx, codes: Iterable[str], units: frozenset[str]) -> tuple[DeskCard, ...]:
    """Those cases of *units* that have one of these codes."""
    found = (_card(tx, row) for code in codes for row in tx.rows(BY_CODE, (code,)))
    return tuple(card for card in found if units & {card.unit, EVERYWHERE})


def figures(tx: Tx, units: frozenset[str], today: date, soon: date) -> tuple[Count, ...]:
    """Counts of the open cases of each of *units* that has any; *soon* is the last day so called.

    What waits for its citizen is neither overdue nor soon due.
    """
    days = (today.isoformat(), today.isoformat(), soon.isoformat())
    if EVERYWHERE in units:
        rows = tx.rows(COUNTS, days)
    else:
        rows = [row for unit in sorted(units) for row in tx.rows(COUNTS_OF, (*days, unit))]
    return tuple(
        Count(unit=unit, open=open_, overdue=overdue, soon=near, waiting=waiting)
        for unit, open_, overdue, near, waiting in rows
    )


def loads(tx: Tx) -> dict[int, int]:
    """How many open cases each member has who has any."""
    return dict(tx.rows(LOADS))


def _within(unit: str, units: frozenset[str]) -> Iterable[str]:
    """The units to look into, each by itself; the empty one is all of them."""
    if unit:
        return [unit] if units & {unit, EVERYWHERE} else []
    return [""] if EVERYWHERE in units else sorted(units)


def _page(tx: Tx, page: Filter, unit: str, member: int, today: date, limit: int) -> list[DeskCard]:
    seen: dict[View, Value] = {"mine": member, "overdue": today.isoformat()}
    params = [seen[page.view]] if page.view in seen else []
    params += [named for named in (unit, page.topic, page.commune) if named]
    named = {"unit": bool(unit), "topic": bool(page.topic), "commune": bool(page.commune)}
    rows: list[Row] = []
    if page.after_due:
        same_day = _page_sql(page.view, _SAME_DAY, **named)
        rows = tx.rows(same_day, (*params, page.after_due, page.after_id, limit))
    if len(rows) < limit:
        later = _page_sql(page.view, _LATER, **named)
        rows += tx.rows(later, (*params, page.after_due, limit - len(rows)))
    return [_card(tx, row) for row in rows]


@cache
def _page_sql(view: View, after: str, *, unit: bool, topic: bool, commune: bool) -> str:
    """One of a few dozen statements, each with an index that fits it."""
    named = {"unit": unit, "topic": topic, "commune": commune}
    filters = " ".join(f"AND t.{column} = ?" for column, given in named.items() if given)
    # Whether somebody came to know of an answer is asked of what is no longer open, above all.
    which = "1 = 1" if view == "unreached" else "t.open = 1"
    return f"""
        {CARD} WHERE {which} {_VIEWS[view]} {filters}
        {after} ORDER BY t.due_on, t.id LIMIT ?
    """


def _card(tx: Tx, row: Row) -> DeskCard:
    (number, code, topic, status, unit, commune, opened_at, due_on, done_on, *rest) = row
    (lang, priority, assignee, name, author, not_for, bounces, asked_on, entries, *more) = rest
    return DeskCard(
        id=number,
        code=code,
        topic=topic,
        status=status,
        unit=unit,
        commune=commune,
        opened_at=when(opened_at),
        due_on=date.fromisoformat(due_on),
        done_on=done_on and date.fromisoformat(done_on),
        lang=lang,
        priority=priority,
        assignee=assignee,
        assignee_name=name and keys.seen(tx, name),
        author=author,
        not_for=not_for,
        bounces=bounces,
        asked_on=asked_on and date.fromisoformat(asked_on),
        entries=entries,
        unreached=more[0],
        kind=more[1],
        seems=more[2],
    )


def _story(tx: Tx, entries: Iterable[Entry]) -> Iterator[Line]:
    names: dict[str, str] = {}
    for entry in entries:
        whom = f"member:{entry.data['member']}" if "member" in entry.data else ""
        for actor in {entry.actor, whom} - names.keys():
            names[actor] = members.name_of(tx, actor)
        yield Line(
            seq=entry.seq,
            at=when(entry.at),
            kind=entry.kind,
            by=names[entry.actor],
            whom=names[whom],
            # The answers a case was opened with are shown by themselves.
            words="" if entry.kind == "opened" else entry.words or "",
            data={name: value for name, value in entry.data.items() if name != "words"},
        )


def _drafts(tx: Tx, cards: Iterable[DeskCard]) -> Iterator[tuple[str, Reply]]:
    """The answers to these cases that wait for release, or were sent back to be mended."""
    for card in cards:
        if card.status in OPEN and (draft := _submitted(history.entries(tx, card.id))):
            yield card.code, draft


def _submitted(entries: tuple[Entry, ...]) -> Reply | None:
    """The answer last submitted, unless one was given since."""
    last = next((e for e in reversed(entries) if e.kind in {"submitted", "answered"}), None)
    if last is None or last.kind == "answered" or last.words is None:
        return None
    return Reply.model_validate_json(last.words)
