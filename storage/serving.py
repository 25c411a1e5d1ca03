"""One serving process a database: two senders would say everything twice.

SQLite's own lock sees to it for a file. On PostgreSQL the serving process holds an advisory lock on
a connection of its own, which the server lets go of as soon as that process is gone, however it
went. `migrate`, `invite` and `replay` need none.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from storage.database import StorageTakenError, StorageUnavailableError

if TYPE_CHECKING:
    from psycopg import Connection

SERVING = 0x1A1662F
TRY = "SELECT pg_try_advisory_lock(%s)"
TRIES = 20  # a quarter of a second apart: the server notices a killed process in a moment
PAUSE = 0.25


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[None]:
    """Serve the database at *url* alone; `StorageTakenError` while another process does."""
    if url.startswith("sqlite:"):
        yield
        return
    import psycopg  # noqa: PLC0415 - 9 MB that SQLite does not need

    try:
        connection = await asyncio.to_thread(lambda: psycopg.connect(url, autocommit=True))
    except psycopg.Error as error:
        raise StorageUnavailableError(f"PostgreSQL does not answer: {error}") from error
    try:
        await _take(connection)
        yield
    finally:
        await asyncio.to_thread(connection.close)


async def _take(connection: "Connection") -> None:
    for _ in range(TRIES):
        row = await asyncio.to_thread(lambda: connection.execute(TRY, (SERVING,)).fetchone())
        if row and row[0]:
            return
        await asyncio.sleep(PAUSE)
    raise StorageTakenError("another process serves this database; stop it first")
