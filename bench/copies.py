"""Many cases in little time: a thousand are opened as by citizens, the others are copied rows."""

import random
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.secret import SHORTEST, fresh_code, fresh_receipt
from handlers.effects import AddToTicket, OpenTicket
from handlers.text import fold
from handlers.tickets import OPEN, AnswerLine, Status
from storage import people, tickets
from storage.database import Store, Tx

OPENED = 1000
AT_ONCE = 50 * OPENED  # cases copied in one transaction
EACH = 10  # cases of one citizen
RARE_IN = 250  # one case in so many speaks of it
RARE = "đền bù đất"
COMMON = """
    đường liên thôn nhà tôi sạt lở mưa lớn tuần trước xe không đi được báo với hai lần chưa thấy
    ai xuống xem mong kiểm tra sớm học phí con em trường tiểu giấy chứng nhận quyền sử dụng thửa
    số tờ bản đồ hồ sơ nộp năm xã phường hộ nghèo chính sách hỗ trợ ngập nước cống thoát rác
"""
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
UNITS = 13
TOPICS = 7
COMMUNES = 94
MEMBERS = 50
# One case in five is open, in all states; an office has far fewer.
STATES: tuple[Status, ...] = (
    *("recorded", "working", "forwarded", "asking", "approving", "sorting"),
    *("recorded", "working", "working"),
)

# Each copies what was opened, once for each of the numbers that move its ids on.
COPIES = (
    """
    INSERT INTO people (id, name, phone, lang, created_at)
    {moved} SELECT id + by, name, phone, lang, created_at FROM moved, people WHERE id <= 1000
    """,
    """
    INSERT INTO contacts (id, channel, address_key, address, person_id, created_at)
    {moved}
    SELECT id + by, channel, address_key || ':' || CAST(by AS TEXT), address, person_id + by,
        created_at
    FROM moved, contacts WHERE id <= 1000
    """,
    """
    INSERT INTO tickets (id, code, receipt_key, person_id, contact_id, topic, commune, unit,
        status, open, lang, due_on, calendar, opened_at, updated_at, entries, head, assignee)
    {moved}
    SELECT id + by, code || ':' || CAST(by AS TEXT), receipt_key, person_id + by, contact_id + by,
        topic, commune, 'unit-' || CAST((id + by / 1000 * 5) % 13 AS TEXT), status, open, lang,
        due_on, calendar, opened_at, updated_at, entries, head, assignee
    FROM moved, tickets WHERE id <= 1000
    """,
    """
    INSERT INTO ticket_contacts (ticket_id, contact_id, since)
    {moved}
    SELECT ticket_id + by, contact_id + by, since FROM moved, ticket_contacts
    WHERE ticket_id <= 1000
    """,
    """
    INSERT INTO ticket_words (rowid, words)
    {moved}
    SELECT rowid + by,
        'khoi' || CAST((rowid + by) / 4096 AS TEXT) || ' vung' || CAST((rowid + by) / 65536 AS TEXT)
        || substr(words, 12)
    FROM moved, ticket_words WHERE rowid <= 1000
    """,
    """
    INSERT INTO history (ticket_id, seq, at, actor, kind, data, prev, hash)
    {moved}
    SELECT ticket_id + by, seq, at, actor, kind, data, prev, hash FROM moved, history
    WHERE ticket_id <= 1000
    """,
    """
    INSERT INTO notes (ticket_id, seq, salt, words)
    {moved} SELECT ticket_id + by, seq, salt, words FROM moved, notes WHERE ticket_id <= 1000
    """,
)
MOVED = """
    WITH RECURSIVE moved(by) AS (
        SELECT CAST(? AS BIGINT) UNION ALL SELECT by + 1000 FROM moved WHERE by + 1000 < ?
    )
"""
SPREAD = """
    UPDATE tickets SET unit = ?, topic = ?, commune = ?, due_on = ?, status = ?, open = ?,
        assignee = ?
    WHERE id = ?
"""
# The checks and the index of the search take most of the time when done row by row.
POSTGRES_BEFORE = "DROP INDEX ticket_words_found"
POSTGRES_UNCHECKED = "SET LOCAL session_replication_role = replica"
POSTGRES_AFTER = (
    "CREATE INDEX ticket_words_found ON ticket_words USING GIN (ticket_words)",
    "ANALYZE",  # as its autovacuum does within a minute
)


async def fill(store: Store, cases: int) -> list[str]:
    """Put *cases* (a multiple of 1,000) into an empty storage; the codes of the first thousand."""
    chance = random.Random(1)
    codes = [fresh_code() for _ in range(OPENED)]
    await store.run(lambda tx: _open(tx, codes, chance))
    postgres = store.engine == "postgresql"
    if postgres:
        await store.run(partial(_do, POSTGRES_BEFORE))
    for first in range(OPENED, cases, AT_ONCE):
        last = min(cases, first + AT_ONCE)
        await store.run(partial(_copy, first, last, unchecked=postgres))
    if postgres:
        for statement in POSTGRES_AFTER:
            await store.run(partial(_do, statement))
    return codes


def _do(statement: str, tx: Tx) -> int:
    return tx.do(statement)


def code_of(code: str, by: int) -> str:
    """The code of the copy whose ids are moved on by so much; 0 is the one opened."""
    return f"{code}:{by}" if by else code


def _open(tx: Tx, codes: list[str], chance: random.Random) -> None:
    for number, code in enumerate(codes):
        text = " ".join(chance.choices(COMMON.split(), k=20))
        if number % RARE_IN == 0:
            text += f" {RARE}"
        contact = people.contact(tx, "bench", str(number // EACH), NOW)
        ticket_id = tickets.open(tx, contact.id, _case(code, text), NOW, b"x" * SHORTEST)
        note = AddToTicket(code=code, text=text, media=(), search=fold(text))
        tickets.add_note(tx, contact.id, note, NOW)
        tx.do(SPREAD, (*_spread(number, chance), ticket_id))


def _spread(number: int, chance: random.Random) -> tuple[str | int, ...]:
    """Unit, topic, commune, due date, status, open or not, and member in charge of a case."""
    status: Status = "closed" if number % 5 else STATES[number // 5 % len(STATES)]
    assigned = status not in {"recorded", "sorting"}
    return (
        f"unit-{number % UNITS}",
        f"topic-{chance.randrange(TOPICS)}",
        f"commune-{chance.randrange(COMMUNES)}",
        (NOW + timedelta(days=chance.randrange(-30, 60))).date().isoformat(),
        status,
        int(status in OPEN),
        1 + chance.randrange(MEMBERS) if assigned else 0,
    )


def _copy(first: int, last: int, tx: Tx, *, unchecked: bool) -> None:
    if unchecked:
        tx.do(POSTGRES_UNCHECKED)
    for sql in COPIES:
        tx.do(sql.format(moved=MOVED), (first, last))


def _case(code: str, text: str) -> OpenTicket:
    return OpenTicket(
        code=code,
        receipt=fresh_receipt(),
        topic="khac",
        commune="20194",
        unit="unit-0",
        due_on=NOW.date(),
        calendar="2026-11",
        lang="vi",
        lines=(AnswerLine(name="what", label="Nội dung", value="", text=text),),
        media=(),
        search=fold(text),
    )
