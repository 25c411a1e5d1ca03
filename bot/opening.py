"""The bytes of stored files, as the channels are given them."""

import asyncio
from datetime import UTC, datetime

from bot.channels.enclosed import OpenFile, Stored
from storage import confided_files, files
from storage.blobs import Blobs
from storage.database import Store, Tx
from storage.files import File
from storage.sealed_bytes import SealedFile


def opener(store: Store, blobs: Blobs) -> OpenFile:
    """Opens files by their keys; what was not checked yet, or was refused, is not given to anybody.

    Raises `StorageError` when the database does not answer.
    """

    async def open_file(key: str) -> Stored | None:
        def find(tx: Tx) -> tuple[File, SealedFile] | None:
            if key.startswith(confided_files.MARK):
                return _confided(tx, key, blobs)
            known = files.get(tx, key)
            if known is None or known.state != "stored":
                return None
            return known, blobs.sealed(tx, known.sha256)

        found = await store.read(find)
        if found is None or not await asyncio.to_thread(found[1].here):
            return None  # a database restored without its files, or files without their keys
        known, source = found
        return Stored(known.name, known.mime, known.size or 0, source)

    return open_file


def _confided(tx: Tx, key: str, blobs: Blobs) -> tuple[File, SealedFile] | None:
    """A file of what was told in confidence, for whoever has just looked at it."""
    known = confided_files.opened(tx, key, datetime.now(UTC))
    return None if known is None else (known, blobs.sealed(tx, known.sha256))
