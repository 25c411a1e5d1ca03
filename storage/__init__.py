"""The memory: everything that lasts, on SQLite or PostgreSQL.

Open it with `open_store`; hand it units over `storage.database.Tx`, made of the functions of the
repositories beside this file, one for each noun.
"""

from pathlib import Path

from storage.database import StorageError, Store
from storage.lane import Readers
from storage.seal import Seal
from storage.sqlite import open_sqlite, read_sqlite

SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")
WRONG = "the storage's address is sqlite:///FILE or postgresql://…"


async def open_store(url: str, *, seal: Seal, lanes: int = 4) -> Store:
    """Open the database at *url*, brought up to date.

    ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``postgresql://…`` (all that libpq
    understands), where *lanes* units are worked on at a time. Raises `StorageError`.
    """
    store, _ = await _open(url, lanes, seal)
    return store


async def open_readers(url: str, *, seal: Seal) -> Readers:
    """Open the database at *url* to read, also beside a running bot; nothing is changed.

    Raises `StorageError`, also when the database is not there or not up to date.
    """
    if path := _file(url):
        return await read_sqlite(path, seal)
    if url.startswith(POSTGRES):
        from storage.postgres import read_postgres  # noqa: PLC0415 - as below

        return await read_postgres(url, seal)
    raise StorageError(WRONG)


async def migrate(url: str, seal: Seal) -> list[str]:
    """Bring the database at *url* up to date and return the names of what was applied."""
    store, applied = await _open(url, 1, seal)
    await store.close()
    return applied


async def _open(url: str, lanes: int, seal: Seal) -> tuple[Store, list[str]]:
    if path := _file(url):
        return await open_sqlite(path, seal)
    if url.startswith(POSTGRES):
        # Only where it is used: psycopg takes 9 MB and a fifth of a second of every start.
        from storage.postgres import open_postgres  # noqa: PLC0415

        return await open_postgres(url, lanes, seal)
    raise StorageError(WRONG)


def _file(url: str) -> Path | None:
    name = url.removeprefix(SQLITE)
    return Path(name) if name and url.startswith(SQLITE) else None
