"""How long the audience of an announcement takes: counted for the dry run, written into the ledger.

Nobody may wait for it: it is done by windows, each a transaction of its own, so what counts is the
longest of them. A million people with their chats and conversations are filled in first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import TypeVar

from bench.databases import Database, fresh_sqlite
from bench.figures import Figure, at_most
from handlers.announcing import Audience, Wording
from handlers.effects import Announce
from storage import announcements, deliveries, open_store
from storage.database import Store, Tx
from tests.postgres_server import fresh_database, postgres_server
from tests.sealing import SEAL

PEOPLE = 1_000_000
QUICK = 100_000
AT_ONCE = 50_000  # people filled in by one transaction
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

# One in five has two chats, one in fifty can't be written to, one in forty wants to hear nothing.
# Each follows one of 94 communes, every other one of six topics too.
FILL = (
    """
    INSERT INTO people (id, name, phone, lang, created_at, hears)
    {numbers}
    SELECT n, '', '', CASE WHEN n % 10 = 0 THEN 'en' ELSE 'vi' END, 0,
        CASE WHEN n % 40 = 0 THEN 0 ELSE 1 END
    FROM numbers
    """,
    """
    INSERT INTO contacts (id, channel, address_key, address, person_id, reachable, created_at)
    {numbers}
    SELECT n * 2, CASE WHEN n % 3 = 0 THEN 'web' ELSE 'telegram' END, 'a' || CAST(n AS TEXT), 'a',
        n, CASE WHEN n % 50 = 0 THEN 0 ELSE 1 END, 0
    FROM numbers
    """,
    """
    INSERT INTO contacts (id, channel, address_key, address, person_id, created_at)
    {numbers}
    SELECT n * 2 + 1, 'zalo', 'a' || CAST(n AS TEXT), 'a', n, 0 FROM numbers WHERE n % 5 = 0
    """,
    """
    INSERT INTO sessions (contact_id, state, updated_at)
    {numbers}
    SELECT n * 2, '{{"room": "Menu", "said": "Chọn một việc dưới đây, hoặc viết nội dung"}}', n
    FROM numbers
    """,
    """
    INSERT INTO follows (person_id, kind, name, wanted)
    {numbers} SELECT n, 'commune', CAST(20000 + n % 94 AS TEXT), 1 FROM numbers
    """,
    """
    INSERT INTO follows (person_id, kind, name, wanted)
    {numbers} SELECT n, 'topic', 'topic-' || CAST(n % 6 AS TEXT), 1 FROM numbers WHERE n % 2 = 0
    """,
)
NUMBERS = """
    WITH RECURSIVE numbers(n) AS (
        SELECT CAST(? AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < ?
    )
"""
UNCHECKED = "SET LOCAL session_replication_role = replica"
AUDIENCES: Mapping[str, Audience] = {
    "everybody": Audience(),
    "ten communes": Audience(communes=tuple(str(20_000 + number) for number in range(10))),
    "one commune, one topic": Audience(communes=("20000",), topics=("topic-0",)),
}

T = TypeVar("T")


def measure(*, quick: bool) -> list[Figure]:
    """Count and prepare each audience on each engine."""
    people = QUICK if quick else PEOPLE
    figures = asyncio.run(_measured("SQLite", fresh_sqlite, people))
    with postgres_server(durable=True) as server:
        figures += asyncio.run(_measured("PostgreSQL", partial(fresh_database, server), people))
    return figures


async def _measured(engine: str, database: Database, people: int) -> list[Figure]:
    with database() as url:
        store = await open_store(url, seal=SEAL)
        try:
            await _fill(store, people)
            return [
                figure
                for name, audience in AUDIENCES.items()
                for figure in await _one(store, f"{engine}, {people:,} people: {name}", audience)
            ]
        finally:
            await store.close()


async def _one(store: Store, row: str, audience: Audience) -> list[Figure]:
    count, counts = await _timed(lambda: store.read(partial(deliveries.count, audience=audience)))
    effect = Announce(
        by=1, code=row, unit="*", urgent=False, wording=Wording(text="x"), audience=audience
    )
    number = await store.run(lambda tx: announcements.announce(tx, effect, NOW))
    times: list[float] = []
    ended = False
    while not ended:
        taken, ended = await _timed(
            lambda: store.run(partial(deliveries.prepare, announcement_id=number))
        )
        times.append(taken)
    ledger = await store.read(partial(announcements.get, code=row))
    told = sum(tally.total for tally in ledger.tallies) if ledger else 0
    if told != sum(counts.values()) - counts.get("stopped", 0):
        raise RuntimeError("the ledger and the dry run do not agree")
    # On PostgreSQL nobody waits for another's transaction.
    longest = at_most(50) if store.engine == "sqlite" else None
    return [
        Figure(row, "concerned", (sum(counts.values()),)),
        Figure(row, "counted: s", (count,)),
        Figure(row, "prepared: s", (sum(times),)),
        Figure(row, "99 of 100 transactions: ms", (sorted(times)[int(len(times) * 0.99)] * 1e3,)),
        Figure(row, "the longest: ms", (max(times) * 1e3,), longest),
    ]


async def _timed(work: Callable[[], Awaitable[T]]) -> tuple[float, T]:
    start = perf_counter()
    value = await work()
    return perf_counter() - start, value


async def _fill(store: Store, people: int) -> None:
    for first in range(1, people, AT_ONCE):
        await store.run(partial(_add, first, first + AT_ONCE - 1, store.engine))
    if store.engine == "postgresql":
        await store.run(lambda tx: tx.do("ANALYZE"))  # as its autovacuum does within a minute


def _add(first: int, last: int, engine: str, tx: Tx) -> None:
    if engine == "postgresql":
        tx.do(UNCHECKED)
    for sql in FILL:
        tx.do(sql.format(numbers=NUMBERS), (first, last))
