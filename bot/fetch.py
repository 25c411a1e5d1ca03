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

from bot.awaiting import heard
from bot.channels import Accept, Arrival, Channel, GoneError
from handlers.events import FileRefused
from handlers.pending import MAX_FILE
from storage import confided_files, files, people
from storage.blobs import (
    Blobs,
    EmptyError,
    FileRefusedError,
    IdCardError,
    TooLargeError,
    TypeRefusedError,
)
from storage.database import StorageError, Store, Tx
from storage.files import Wanted

log = logging.getLogger(__name__)

AT_ONCE = 4  # downloads of all channels together
PAGE = 100  # files looked at together; more than can be under way
LOOK_EVERY = 30.0  # seconds
ATTEMPTS = 12  # with doubling pauses: about a day
FIRST = 5.0
LONGEST = 4 * 3600.0


REASONS: Mapping[type[Exception], Literal["empty", "too_large", "type", "gone", "id_card"]] = {
    EmptyError: "empty",
    TooLargeError: "too_large",
    TypeRefusedError: "type",
    GoneError: "gone",
    IdCardError: "id_card",
}


class Fetcher:
    """Brings wanted files into the blob store until stopped."""

    def __init__(self, store: Store, blobs: Blobs, channels: Mapping[str, Channel]) -> None:
        self._store = store
        self._blobs = blobs
        self._channels = channels
        self._wanted = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def nudge(self) -> None:
        """A turn wants a file."""
        self._wanted.set()

    async def run(self, accept: Accept) -> None:
        """Fetch what is wanted, until cancelled."""
        try:
            while True:
                self._wanted.clear()
                await self._look(accept)
                await heard(self._wanted, LOOK_EVERY)
        finally:
            tasks = tuple(self._under_way.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self, accept: Accept) -> None:
        """Start what is wanted and not under way; one slow download holds back no other."""
        for name in self._channels:
            now = datetime.now(UTC)
            try:
                wanted = await self._store.run(
                    partial(files.wanted, channel=name, now=now, limit=PAGE)
                )
            except StorageError:
                log.warning("files cannot be read")
                return
            for item in wanted:
                if item.media.key not in self._under_way:
                    task = asyncio.create_task(self._try(name, item, accept))
                    self._under_way[item.media.key] = task

    async def _try(self, channel: str, wanted: Wanted, accept: Accept) -> None:
        try:
            async with self._slots:
                await self._fetch(channel, wanted, accept)
        except StorageError:
            log.warning("files cannot be written")
            await asyncio.sleep(1)
        finally:
            del self._under_way[wanted.media.key]
            self._wanted.set()

    async def _fetch(self, channel: str, wanted: Wanted, accept: Accept) -> None:
        key = wanted.media.key
        try:
            async with aclosing(self._channels[channel].fetch(wanted.media)) as chunks:
                kept = await self._blobs.keep(chunks, limit=MAX_FILE)
        except (FileRefusedError, GoneError) as error:
            await self._refuse(wanted, error, accept)
        except (OSError, TimeoutError) as error:
            await self._later(wanted, error, accept)
        else:

            def arrived(tx: Tx) -> None:
                files.stored(tx, key, kept.sha256, kept.size, kept.mime)
                confided_files.absorb(tx, key)

            await self._store.run(arrived)

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
        if not address:  # whoever sent it was forgotten
            await self._store.run(lambda tx: files.refused(tx, media.key, reason))
            return
        event = FileRefused(key=media.key, name=media.name, reason=reason)
        name = f"file:{media.key}:{wanted.asked_at}"  # sent again later, it is refused anew
        await accept(Arrival(name, channel, address, event, datetime.now(UTC)))
        await self._store.run(lambda tx: files.refused(tx, media.key, reason))
