"""Fetching files: a turn only notes that a file is wanted; its bytes are brought here after it.

So a slow download delays no conversation, and a crash in the middle of one loses nothing: the row
says what is still wanted. A file that cannot be kept is told to its sender as an event of its own.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from bot.channels import Accept, Arrival, Channel, GoneError
from handlers.events import FileRefused
from handlers.pending import MAX_FILE
from storage import files, people
from storage.blobs import Blobs, EmptyError, TooLargeError, TypeRefusedError
from storage.database import StorageError, Store
from storage.files import Wanted

log = logging.getLogger(__name__)

AT_ONCE = 4  # downloads of all channels together
LOOK_EVERY = 30.0  # seconds
ATTEMPTS = 12  # with doubling pauses: about a day
FIRST = 5.0
LONGEST = 4 * 3600.0


REASONS: Mapping[type[Exception], Literal["empty", "too_large", "type", "gone"]] = {
    EmptyError: "empty",
    TooLargeError: "too_large",
    TypeRefusedError: "type",
    GoneError: "gone",
}


class Fetcher:
    """Brings wanted files into the blob store until stopped."""

    def __init__(self, store: Store, blobs: Blobs, channels: Mapping[str, Channel]) -> None:
        self._store = store
        self._blobs = blobs
        self._channels = channels
        self._wanted = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)

    def nudge(self) -> None:
        """A turn wants a file."""
        self._wanted.set()

    async def run(self, accept: Accept) -> None:
        """Fetch what is wanted, until cancelled."""
        while True:
            self._wanted.clear()
            try:
                await self._fetch_all(accept)
            except StorageError:
                log.warning("files cannot be read")
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _fetch_all(self, accept: Accept) -> None:
        for name in self._channels:
            now = datetime.now(UTC)
            wanted = await self._store.run(partial(files.wanted, channel=name, now=now, limit=100))
            await asyncio.gather(*(self._fetch(name, item, accept) for item in wanted))

    async def _fetch(self, channel: str, wanted: Wanted, accept: Accept) -> None:
        key = wanted.media.key
        async with self._slots:
            try:
                async with aclosing(self._channels[channel].fetch(wanted.media)) as chunks:
                    kept = await self._blobs.keep(chunks, limit=MAX_FILE)
            except (EmptyError, TooLargeError, TypeRefusedError, GoneError) as error:
                await self._refuse(wanted, error, accept)
            except (OSError, TimeoutError) as error:
                await self._later(wanted, error, accept)
            else:
                await self._store.run(
                    lambda tx: files.stored(tx, key, kept.sha256, kept.size, kept.mime)
                )

    async def _later(self, wanted: Wanted, error: Exception, accept: Accept) -> None:
        if wanted.attempts + 1 >= ATTEMPTS:
            await self._refuse(wanted, GoneError(), accept)
            return
        pause = min(LONGEST, FIRST * 2**wanted.attempts)
        log.warning("file not fetched yet", extra={"error": type(error).__name__, "pause": pause})
        again = datetime.now(UTC) + timedelta(seconds=pause)
        await self._store.run(lambda tx: files.put_off(tx, wanted.media.key, again))

    async def _refuse(self, wanted: Wanted, error: Exception, accept: Accept) -> None:
        """Tell the sender first: told twice is once, and a crash in between must not swallow it."""
        media, reason = wanted.media, REASONS[type(error)]
        channel, address = await self._store.run(
            partial(people.address, contact_id=wanted.contact_id)
        )
        event = FileRefused(key=media.key, name=media.name, reason=reason)
        await accept(Arrival(f"file:{media.key}", channel, address, event, datetime.now(UTC)))
        await self._store.run(lambda tx: files.refused(tx, media.key, reason))
