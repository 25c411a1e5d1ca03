"""PostgreSQL: several lanes, each a connection on its own thread.

A chat's units go to one lane by their key, so they stay in order; the lanes' commits meet in the
server, which groups them. A few more connections read.
"""

import time
from asyncio import get_running_loop
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from storage import migrations, sealing
from storage.batch import Connection, Job, Outcome, persist
from storage.database import StorageUnavailableError, Tx
from storage.lane import READERS, Lane, Readers
from storage.postgres_statements import PostgresConnection
from storage.seal import Seal

T = TypeVar("T")


class PostgresStore:
    """A database and the lanes to it."""

    engine = "postgresql"

    def __init__(self, writers: Sequence["_Side"], readers: Sequence["_Side"]) -> None:
        self._writers = writers
        self._readers = Readers(readers)
        self._lanes = [Lane(partial(_persist, writer)) for writer in writers]

    async def run(
        self,
        unit: Callable[[Tx], T],
        *,
        key: int = 0,
        failed: Callable[[Tx, Exception], T] | None = None,
    ) -> T:
        """See `Store`."""
        return await self._lanes[key % len(self._lanes)].run(Job(unit, failed))

    async def read(self, unit: Callable[[Tx], T]) -> T:
        """See `Store`."""
        return await self._readers.read(unit)

    async def close(self) -> None:
        """See `Store`."""
        for lane in self._lanes:
            await lane.close()
        for writer in self._writers:
            await writer.close()
        await self._readers.close()


class _Side:
    """A connection and its thread."""

    def __init__(self, url: str, seal: Seal, name: str) -> None:
        self._connection = PostgresConnection(url, seal)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"postgresql-{name}")

    async def run(self, function: Callable[[Connection], T]) -> T:
        """Run *function* on the connection's thread."""
        return await get_running_loop().run_in_executor(self._thread, function, self._connection)

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()


async def _persist(side: _Side, jobs: Sequence[Job[Any]]) -> list[Outcome[Any]]:
    return await side.run(lambda connection: persist(connection, jobs))


def has_password(url: str) -> bool:
    """Whether a password stands in *url*, wherever libpq would read one."""
    try:
        return bool(conninfo_to_dict(url).get("password"))
    except psycopg.ProgrammingError:
        return False  # not an address at all, as opening it will say


async def open_postgres(url: str, lanes: int, seal: Seal) -> tuple[PostgresStore, list[str]]:
    """Open the database at *url*; also the names of the migrations just applied."""
    writers = [_Side(url, seal, str(number)) for number in range(lanes)]
    readers = [_Side(url, seal, f"reader-{number}") for number in range(READERS)]
    try:
        done = await writers[0].run(lambda connection: migrations.apply(connection, time.time()))
        # Its VACUUM FULL is the administrator's to run: it stops whoever else works there.
        await writers[0].run(sealing.seal_old)
    except BaseException as error:
        for side in (*writers, *readers):
            await side.close()
        if isinstance(error, psycopg.OperationalError):
            raise StorageUnavailableError(f"PostgreSQL does not answer: {error}") from error
        raise
    return PostgresStore(writers, readers), done


async def read_postgres(url: str, seal: Seal) -> Readers:
    """Open the database at *url*, which must be up to date, to read."""
    side = _Side(url, seal, "reader")
    try:
        await side.run(migrations.check)
    except BaseException:
        await side.close()
        raise
    return Readers([side])
