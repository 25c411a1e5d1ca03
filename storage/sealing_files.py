"""Sealing the files that lay plain on disk before there was a seal: once, before they are served.

Stopped anywhere, it goes on at the next start; a file is plain, sealed, or for a moment both.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from storage import keys
from storage.blobs import Blobs, FileRefusedError, place
from storage.database import Store, Tx
from storage.sealed_bytes import sealed

log = logging.getLogger(__name__)

SLICE = 100
PIECE = 256 * 1024

DONE = "SELECT 1 FROM sealed WHERE name = 'bytes'"
MARK = "INSERT INTO sealed (name) VALUES ('bytes') ON CONFLICT (name) DO NOTHING"
PAGE = """
    SELECT DISTINCT sha256 FROM files WHERE sha256 > ? ORDER BY sha256 LIMIT ?
"""
RENAME = "UPDATE files SET sha256 = ? WHERE sha256 = ?"


async def seal_old_files(store: Store, root: Path) -> int:
    """Seal all files below *root* that are plain, and name them as sealed ones are; how many.

    Raises `StorageError` and OSError.
    """
    if await store.read(lambda tx: tx.row(DONE)):
        return 0
    blobs, after, count = Blobs(root, store), "", 0
    while page := await store.read(partial(_page, after=after)):
        for name in page:
            count += await _seal(store, blobs, root, name)
        after = page[-1]
    await asyncio.to_thread(_sweep, root)
    await store.run(lambda tx: tx.do(MARK))
    return count


def _page(tx: Tx, after: str) -> list[str]:
    return [row[0] for row in tx.rows(PAGE, (after, SLICE))]


async def _seal(store: Store, blobs: Blobs, root: Path, name: str) -> bool:
    if await store.read(lambda tx: keys.all_of(tx, keys.of_bytes(name))):
        return False  # no plain name has a key
    old = place(root, name)
    if not await asyncio.to_thread(old.is_file):
        await store.run(lambda tx: tx.do(RENAME, (tx.seal.key(name), name)))
        return False
    try:
        kept = await blobs.keep(_pieces(old), limit=2**62)
    except FileRefusedError:
        log.error("an old file is not of a kind that is kept", extra={"file": name[:8]})  # noqa: TRY400 - told by its name
        return False
    await store.run(lambda tx: tx.do(RENAME, (kept.sha256, name)))
    await asyncio.to_thread(old.unlink, missing_ok=True)
    return True


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def _sweep(root: Path) -> None:
    """Remove plain files that nothing names any more: their sealed ones stand beside them."""
    for path in root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
        if not sealed(path):
            path.unlink()
