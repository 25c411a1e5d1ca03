"""Databases for one measurement each, and what stands in them afterwards."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg

from storage import SQLITE

Database = Callable[[], AbstractContextManager[str]]
"""Makes the address of an empty database, gone after the block."""


@contextmanager
def fresh_sqlite() -> Iterator[str]:
    """The address of an SQLite database that is not there yet, gone after the block."""
    with tempfile.TemporaryDirectory(prefix="lang-nghe-bench-") as folder:
        yield f"{SQLITE}{folder}/bench.db"


def count_rows(url: str, tables: Iterable[str]) -> dict[str, int]:
    """How many rows each of *tables* has, read past everything of ours."""
    statements = {table: f"SELECT COUNT(*) FROM {table}" for table in tables}  # noqa: S608 - our own names
    if url.startswith(SQLITE):
        file = sqlite3.connect(Path(url.removeprefix(SQLITE)))
        found = {table: file.execute(sql).fetchone()[0] for table, sql in statements.items()}
        file.close()
        return found
    with psycopg.connect(url) as server:
        return {table: _number(server, sql) for table, sql in statements.items()}


def _number(server: psycopg.Connection, sql: str) -> int:
    row = server.execute(sql.encode()).fetchone()
    return int(row[0]) if row else 0
