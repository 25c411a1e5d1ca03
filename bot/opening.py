"""The bytes of stored files, as the channels are given them."""

import asyncio

from bot.channels.enclosed import OpenFile, Stored
from storage import files
from storage.blobs import Blobs
from storage.database import Store


def opener(store: Store, blobs: Blobs) -> OpenFile:
    """Opens files by their keys; what was not checked yet, or was refused, is not given to anybody.

    Raises `StorageError` when the database does not answer.
    """

    async def open_file(key: str) -> Stored | None:
        known = await store.read(lambda tx: files.get(tx, key))
        if known is None or known.state != "stored":
            return None
        path = blobs.path(known.sha256)
        if not await asyncio.to_thread(path.is_file):
            return None  # a database restored without its files
        return Stored(known.name, known.mime, known.size or 0, path)

    return open_file
