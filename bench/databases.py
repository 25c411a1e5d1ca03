"""Databases for one measurement each, and what stands in them afterwards."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
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
    return {table: int(str(ask(url, sql)[0][0])) for table, sql in statements.items()}


def do(url: str, sql: str) -> None:
    """Change rows, past everything of ours."""
    if url.startswith(SQLITE):
        with closing(sqlite3.connect(Path(url.removeprefix(SQLITE)))) as file, file:
            file.execute(sql)
        return
    with psycopg.connect(url) as server:
        server.execute(sql.encode())


def ask(url: str, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query, read past everything of ours, also while a bot runs on it."""
    if url.startswith(SQLITE):
        file = sqlite3.connect(Path(url.removeprefix(SQLITE)))
        try:
            return file.execute(sql).fetchall()
        finally:
            file.close()
    with psycopg.connect(url) as server:
        return server.execute(sql.encode()).fetchall()
