"""SQLite: one writing connection and a few that read, each on its own thread; one process.

Durable by WAL with ``synchronous=FULL``. A second writing process would starve (SQLite's busy wait
is not fair), so it is refused by a lock on a file beside the database, which the kernel lets go of
however the process dies.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from storage import migrations, sealing
from storage.batch import Connection, Job, Outcome, persist
from storage.database import (
    StorageError,
    StorageTakenError,
    StorageUnavailableError,
    Tx,
)
from storage.lane import READERS, Lane, Readers
from storage.seal import Seal
from storage.sqlite_statements import SqliteConnection

T = TypeVar("T")

OLDEST = (3, 35, 0)  # the first with RETURNING

_READING = ("PRAGMA query_only = ON",)
_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is deleted is overwritten (some builds do so by themselves): a destroyed key is gone.
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cache_size = -8000",
    # Statements that may be undone alone (RETURNING) keep their journal there, not in a file.
    "PRAGMA temp_store = MEMORY",
    # What is deleted is overwritten: search words are not sealed. Costs 5 µs a deleted row.
    "PRAGMA secure_delete = ON",
    # Lets a WAL that a long read made grow shrink again.
    "PRAGMA journal_size_limit = 67108864",
)
_SWEEP = (
    "INSERT INTO ticket_words (ticket_words) VALUES ('optimize')",  # words that were taken out
    "PRAGMA temp_store = FILE",  # the copy; there may be too much of it for memory
    "VACUUM",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_checkpoint(TRUNCATE)",
)


class SqliteStore:
    """A database file and its threads."""

    engine = "sqlite"

    def __init__(self, writer: "_Side", readers: Sequence["_Side"], lock: int) -> None:
        self._writer = writer
        self._readers = Readers(readers)
        self._lock = lock
        self._lane = Lane(self._persist)

    async def run(
        self,
        unit: Callable[[Tx], T],
        *,
        key: int = 0,  # noqa: ARG002 - one writer keeps the order of every key
        failed: Callable[[Tx, Exception], T] | None = None,
    ) -> T:
        """See `Store`."""
        return await self._lane.run(Job(unit, failed))

    async def read(self, unit: Callable[[Tx], T]) -> T:
        """See `Store`."""
        return await self._readers.read(unit)

    async def close(self) -> None:
        """See `Store`."""
        await self._lane.close()
        await self._readers.close()
        await self._writer.close()
        os.close(self._lock)

    async def _persist(self, jobs: Sequence[Job[Any]]) -> list[Outcome[Any]]:
        return await self._writer.run(lambda connection: persist(connection, jobs))


class _Side:
    """An aiosqlite connection, whose thread runs whole functions for us.

    aiosqlite offers a hop for each statement only; a whole batch in one hop is 12 times as fast
    (bench/). So its private `_execute` and `_conn` are used, here and nowhere else;
    tests/storage/test_sqlite.py fails when a new release changes them.
    """

    def __init__(self, connection: aiosqlite.Connection, seal: Seal) -> None:
        self._aiosqlite = connection
        self._seal = seal
        self._connection: SqliteConnection | None = None

    async def run(self, function: Callable[[Connection], T]) -> T:
        """Run *function* on the connection's thread."""
        value: T = await self._aiosqlite._execute(  # type: ignore[no-untyped-call] # noqa: SLF001 - see above
            self._call, function
        )
        return value

    async def sweep(self) -> None:
        """Leave nothing in the files of what was changed or removed; takes a copy's room."""
        for statement in _SWEEP:
            await self._aiosqlite.execute_fetchall(statement)

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await self._aiosqlite.close()

    def _call(self, function: Callable[[Connection], T]) -> T:
        # Made here because sqlite3 wants its objects used by the thread that made them.
        if self._connection is None:
            self._connection = SqliteConnection(
                self._aiosqlite._conn,  # noqa: SLF001 - see above
                self._seal,
            )
        return function(self._connection)


async def open_sqlite(path: Path, seal: Seal) -> tuple[SqliteStore, list[str]]:
    """Open, or make, the database at *path*; also the names of the migrations just applied."""
    if sqlite3.sqlite_version_info < OLDEST:
        raise StorageError(f"SQLite {sqlite3.sqlite_version} is too old; 3.35 is needed")
    try:
        return await _opened(path, seal)
    except sqlite3.Error as error:
        raise StorageUnavailableError(f"{path} can't be opened: {error}") from error


async def read_sqlite(path: Path, seal: Seal) -> Readers:
    """Open the database at *path*, which must be up to date, beside whoever writes to it."""
    _ask(path)
    try:
        side = await _open(f"{_uri(path)}?mode=ro", _READING, seal)
    except sqlite3.Error as error:
        raise StorageUnavailableError(f"{path} can't be opened: {error}") from error
    try:
        await side.run(migrations.check)
    except BaseException:
        await side.close()
        raise
    return Readers([side])


async def _opened(path: Path, seal: Seal) -> tuple[SqliteStore, list[str]]:
    uri = _uri(path)
    async with AsyncExitStack() as undo:
        lock = _take(path)
        undo.callback(os.close, lock)
        writer = await _open(f"{uri}?mode=rw", _SETTINGS, seal)
        undo.push_async_callback(writer.close)
        done = await writer.run(lambda connection: migrations.apply(connection, time.time()))
        if await writer.run(sealing.seal_old):
            await writer.sweep()
            await writer.run(sealing.emptied)
        readers = []
        for _ in range(READERS):
            readers.append(await _open(f"{uri}?mode=ro", _READING, seal))
            undo.push_async_callback(readers[-1].close)
        undo.pop_all()
    return SqliteStore(writer, readers, lock), done


async def _open(uri: str, settings: Sequence[str], seal: Seal) -> _Side:
    connection = await aiosqlite.connect(
        uri,
        uri=True,
        isolation_level=None,  # transactions are begun and ended here, not guessed
        timeout=5.0,
        cached_statements=256,
    )
    try:
        for setting in settings:
            await connection.execute_fetchall(setting)
    except BaseException:
        await connection.close()
        raise
    return _Side(connection, seal)


def _uri(path: Path) -> str:
    return path.absolute().as_uri()


def _ask(path: Path) -> None:
    # Before connecting: when that fails, aiosqlite's thread may outlive the loop and complain.
    if not (path.is_file() and os.access(path, os.R_OK)):
        raise StorageUnavailableError(f"{path} can't be read")


def _take(path: Path) -> int:
    """Make the file at *path* if it is new, its owner's alone, and lock it while we live."""
    if path.exists() and not path.is_file():
        raise StorageUnavailableError(f"{path} is not a file")  # nor ours to close to others
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Not the database itself: closing any descriptor of it would drop SQLite's own locks.
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise StorageTakenError(
            f"another process writes to {path}: stop it, or use PostgreSQL for several workers"
        ) from error
    # SQLite gives its -wal and -shm files the mode of the database.
    path.touch(0o600)
    path.chmod(0o600)
    return lock
