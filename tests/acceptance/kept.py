"""What is in the memory of a bot that has been stopped."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from handlers.messages import Say
from storage import history, inbox, keys, log, open_store, outbox
from storage.blobs import place
from storage.database import Tx
from storage.sealed_bytes import SealedFile
from tests.sealing import SEAL

T = TypeVar("T")
FAR = datetime(2100, 1, 1, tzinfo=UTC)

CASES = "SELECT id, code, topic, unit FROM tickets ORDER BY id"
FILES = """
    SELECT f.sha256, f.state FROM ticket_files l JOIN files f ON f.key = l.file_key
    WHERE l.ticket_id = ? ORDER BY l.place
"""
CONSENTS = "SELECT purpose FROM consents ORDER BY id"
STAFF = "SELECT role FROM duties ORDER BY member_id, role"


class Case(NamedTuple):
    """One ticket, with the bytes of its files."""

    code: str
    topic: str
    unit: str
    files: tuple[bytes, ...]


class Kept(NamedTuple):
    """All that matters of a whole database. *sound*: histories and log are as they were written."""

    cases: tuple[Case, ...]
    consents: tuple[str, ...]
    staff: tuple[str, ...]
    failed: tuple[str, ...]
    unsent: int
    sound: bool


def waiting(database_url: str) -> list[tuple[str, str]]:
    """Address and text of every message on Telegram that a killed bot had not written off yet."""

    def look(tx: Tx) -> list[tuple[str, str]]:
        found = outbox.due(tx, "telegram", FAR, 0, 10_000)
        return [(row.address, Say.model_validate_json(row.payload).text) for row in found]

    return _read(database_url, look)


def kept(database_url: str, files: Path) -> Kept:
    """Read it all."""

    def content(tx: Tx, sha256: str) -> bytes:
        held = keys.all_of(tx, keys.of_bytes(sha256))
        with SealedFile(place(files, sha256), held).open() as file:
            return file.read()

    def look(tx: Tx) -> Kept:
        return Kept(
            cases=tuple(
                Case(
                    code,
                    topic,
                    unit,
                    tuple(content(tx, row[0]) for row in tx.rows(FILES, (number,))),
                )
                for number, code, topic, unit in tx.rows(CASES)
            ),
            consents=tuple(row[0] for row in tx.rows(CONSENTS)),
            staff=tuple(row[0] for row in tx.rows(STAFF)),
            failed=tuple(one.id for one in inbox.failures(tx, 100)),
            unsent=sum(outbox.pending(tx, channel).waiting for channel in ("telegram", "web")),
            sound=history.verify_all(tx).broken == 0 and log.verify(tx) is None,
        )

    return _read(database_url, look)


def _read(database_url: str, look: Callable[[Tx], T]) -> T:
    async def read() -> T:
        store = await open_store(database_url, seal=SEAL)
        try:
            return await store.read(look)
        finally:
            await store.close()

    # In a thread of its own: while a browser is led, this one has an event loop already.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, read()).result()
