"""Many cases in little time: a thousand are opened as by citizens, the others are copied rows."""

import random
from datetime import UTC, datetime
from functools import partial

from bot.secret import SHORTEST, fresh_code, fresh_receipt
from handlers.effects import AddToTicket, OpenTicket
from handlers.text import fold
from handlers.tickets import AnswerLine
from storage import people, tickets
from storage.database import Store, Tx

OPENED = 1000
EACH = 10  # cases of one citizen
RARE_IN = 250  # one case in so many speaks of it
RARE = "đền bù đất"
COMMON = """
    đường liên thôn nhà tôi sạt lở mưa lớn tuần trước xe không đi được báo với hai lần chưa thấy
    ai xuống xem mong kiểm tra sớm học phí con em trường tiểu giấy chứng nhận quyền sử dụng thửa
    số tờ bản đồ hồ sơ nộp năm xã phường hộ nghèo chính sách hỗ trợ ngập nước cống thoát rác
"""
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

# Each copies what was opened once more; its only parameter, however often, moves the ids on.
COPIES = (
    """
    INSERT INTO people (id, name, phone, lang, created_at)
    SELECT id + ?, name, phone, lang, created_at FROM people WHERE id <= 1000
    """,
    """
    INSERT INTO contacts (id, channel, address_key, address, person_id, created_at)
    SELECT id + ?, channel, address_key || ':' || CAST(? AS TEXT), address, person_id + ?,
        created_at
    FROM contacts WHERE id <= 1000
    """,
    """
    INSERT INTO tickets (id, code, receipt_key, person_id, contact_id, topic, commune, unit,
        status, open, lang, due_on, calendar, opened_at, updated_at, entries, head)
    SELECT id + ?, code || ':' || CAST(? AS TEXT), receipt_key, person_id + ?, contact_id + ?,
        topic, commune, unit, status, open, lang, due_on, calendar, opened_at, updated_at,
        entries, head
    FROM tickets WHERE id <= 1000
    """,
    """
    INSERT INTO ticket_contacts (ticket_id, contact_id, since)
    SELECT ticket_id + ?, contact_id + ?, since FROM ticket_contacts WHERE ticket_id <= 1000
    """,
    """
    INSERT INTO ticket_words (rowid, words)
    SELECT rowid + ?, words FROM ticket_words WHERE rowid <= 1000
    """,
    """
    INSERT INTO history (ticket_id, seq, at, actor, kind, data, prev, hash)
    SELECT ticket_id + ?, seq, at, actor, kind, data, prev, hash
    FROM history WHERE ticket_id <= 1000
    """,
    """
    INSERT INTO notes (ticket_id, seq, salt, words)
    SELECT ticket_id + ?, seq, salt, words FROM notes WHERE ticket_id <= 1000
    """,
)


async def fill(store: Store, cases: int) -> list[str]:
    """Put *cases* (a multiple of 1,000) into an empty storage; the codes of the first thousand."""
    chance = random.Random(1)
    codes = [fresh_code() for _ in range(OPENED)]
    await store.run(lambda tx: _open(tx, codes, chance))
    for by in range(OPENED, cases, OPENED):
        await store.run(partial(_copy, by))
    if store.engine == "postgresql":
        await store.run(lambda tx: tx.do("ANALYZE"))  # as its autovacuum does within a minute
    return codes


def code_of(code: str, by: int) -> str:
    """The code of the copy whose ids are moved on by so much; 0 is the one opened."""
    return f"{code}:{by}" if by else code


def _open(tx: Tx, codes: list[str], chance: random.Random) -> None:
    for number, code in enumerate(codes):
        text = " ".join(chance.choices(COMMON.split(), k=35))
        if number % RARE_IN == 0:
            text += f" {RARE}"
        contact = people.contact(tx, "bench", str(number // EACH), NOW)
        tickets.open(tx, contact.id, _case(code, text), NOW, b"x" * SHORTEST)
        note = AddToTicket(code=code, text=text, media=(), search=fold(text))
        tickets.add_note(tx, contact.id, note, NOW)


def _copy(by: int, tx: Tx) -> None:
    for sql in COPIES:
        tx.do(sql, (by,) * sql.count("?"))


def _case(code: str, text: str) -> OpenTicket:
    return OpenTicket(
        code=code,
        receipt=fresh_receipt(),
        topic="khac",
        commune="20194",
        unit="so-nn-mt",
        due_on=NOW.date(),
        calendar="2026-11",
        lang="vi",
        lines=(AnswerLine(name="what", label="Nội dung", value="", text=text),),
        media=(),
        search=fold(text),
    )
