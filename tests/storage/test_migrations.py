import asyncio
import re
from pathlib import Path

import pytest

from storage import migrate, migrations, open_store
from storage.batch import Connection
from storage.database import Store, Tx
from storage.migrations import Migration, MigrationError
from tests.postgres_server import fresh_database
from tests.sealing import SEAL

NAMES = [step.name for step in migrations.shipped()]
START = Migration("0001_start", "CREATE TABLE a (id {identity}, t TEXT); -- one; two\n")
NEXT = Migration("0002_next", "CREATE TABLE b (id {key}) {clustered};")

OWN = re.compile("ticket_words|sqlite_")
SQLITE_COLUMNS = """
    SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table'
"""
POSTGRES_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
"""


async def apply(store: Store, *steps: Migration) -> list[str]:
    """Apply made-up migrations to a database of its own."""

    def unit(tx: Tx) -> list[str]:
        assert isinstance(tx, Connection)
        tx.commit()  # `apply` makes its own transaction
        try:
            return migrations.apply(tx, 0, steps)
        finally:
            tx.begin()
            tx.mark()

    return await store.run(unit)


@pytest.fixture
async def bare(store: Store) -> Store:
    """A store that was never migrated."""
    await store.run(lambda tx: tx.do("DROP TABLE migrations"))
    return store


def test_files_are_numbered_without_a_gap() -> None:
    """Migrations are 0001, 0002, … each with a name that says what it does."""
    assert [int(name[:4]) for name in NAMES] == list(range(1, len(NAMES) + 1))
    assert all(re.fullmatch(r"\d{4}_[a-z_]+", name) for name in NAMES)


async def test_a_database_is_brought_up_to_date_once(database_url: str) -> None:
    """The first start applies everything, the second nothing."""
    assert await migrate(database_url, SEAL) == NAMES
    assert await migrate(database_url, SEAL) == []


async def test_workers_starting_at_once_apply_everything_once(postgres: str) -> None:
    """Workers that start together on one PostgreSQL wait for each other's migrations."""
    with fresh_database(postgres) as url:
        applied = await asyncio.gather(*(migrate(url, SEAL) for _ in range(4)))
    assert sorted(len(names) for names in applied) == [0, 0, 0, len(NAMES)]


async def test_what_is_new_is_added(bare: Store) -> None:
    """Later migrations go on from where the database is, in both engines' words."""
    assert await apply(bare, START) == ["0001_start"]
    assert await apply(bare, START, NEXT) == ["0002_next"]
    await bare.run(lambda tx: tx.do("INSERT INTO a (t) VALUES ('x')"))
    assert await bare.read(lambda tx: tx.row("SELECT id FROM a")) == (1,)


async def test_a_changed_file_stops_the_start(bare: Store) -> None:
    """A migration that was edited after it had been applied is named, and nothing is done."""
    await apply(bare, START)
    with pytest.raises(MigrationError, match="0001_start was changed"):
        await apply(bare, Migration("0001_start", START.sql + " "), NEXT)
    assert await apply(bare, START) == []


async def test_a_newer_database_stops_the_start(bare: Store) -> None:
    """An older program does not touch a database that a newer one has changed."""
    await apply(bare, START, NEXT)
    with pytest.raises(MigrationError, match="newer than this program: it has 0002_next"):
        await apply(bare, START)


async def test_a_migration_that_fails_leaves_nothing(bare: Store) -> None:
    """When a later statement fails, the earlier ones of the same start are undone."""
    broken = Migration("0002_broken", "CREATE TABLE c (id {key}); CREATE TABLE a (t TEXT);")
    with pytest.raises(Exception, match="already exists"):
        await apply(bare, START, broken)
    assert await apply(bare, START) == ["0001_start"]


async def test_both_engines_have_the_same_tables(tmp_path: Path, postgres: str) -> None:
    """Every table and column of one engine is in the other, but for the search's own."""

    async def columns(url: str, sql: str) -> set[tuple[str, str]]:
        store = await open_store(url, seal=SEAL)
        rows = await store.read(lambda tx: tx.rows(sql))
        await store.close()
        return {(table, column) for table, column in rows if not OWN.match(table)}

    here = await columns(f"sqlite:///{tmp_path}/bot.db", SQLITE_COLUMNS)
    with fresh_database(postgres) as url:
        assert here == await columns(url, POSTGRES_COLUMNS)
    assert ("outbox", "payload") in here
