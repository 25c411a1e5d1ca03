"""Housekeeping: once a day, what nobody can ask for any more is let go of.

Everything goes in slices, so that no conversation waits for it; what is not done today is done
tomorrow. Several processes may keep house at once.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from storage import abuse, denunciations, files, inbox, outbox, petitions, search
from storage.blobs import Blobs
from storage.database import StorageError, Store, Tx

log = logging.getLogger(__name__)

FIRST = 60.0  # seconds: a start has other things to do
EVERY = 24 * 3600.0
SLICE = 500

ARRIVALS = timedelta(days=7)  # no channel delivers again what is older; Telegram ends after a day
LOOSE_FILES = timedelta(days=30)
MESSAGES = timedelta(days=90)
CONFIDENTIAL = timedelta(minutes=10)  # what was said in confidence, whether read or not
UNSENT = timedelta(days=3)  # what was told in confidence and not sent
PETITIONS = timedelta(days=7)  # unless `content/petition.toml` says otherwise


class Housekeeper:
    """Forgets old arrivals, messages long delivered, and files that were never sent with a case."""

    def __init__(self, store: Store, blobs: Blobs, petitions_stay: timedelta = PETITIONS) -> None:
        self._store = store
        self._blobs = blobs
        self._petitions = petitions_stay

    async def run(self) -> None:
        """Tidy up every day, until cancelled."""
        await asyncio.sleep(FIRST)
        while True:
            try:
                await self.tidy(datetime.now(UTC))
            except (StorageError, OSError) as error:
                log.warning("housekeeping put off", extra={"error": type(error).__name__})
            await asyncio.sleep(EVERY)

    async def tidy(self, now: datetime) -> None:
        """Let go of everything that is too old at *now*. Raises `StorageError` and OSError."""
        arrivals, messages, loose = now - ARRIVALS, now - MESSAGES, now - LOOSE_FILES
        while await self._store.run(lambda tx: inbox.purge(tx, arrivals, SLICE)):
            pass
        last: int | None = 0
        while last is not None:
            last = await self._forget_messages(messages, last)
        while await self._forget_files(loose, now):
            pass
        if self._store.engine == "sqlite":
            await self._store.run(search.tidy)
        await self._store.run(lambda tx: outbox.burn_old(tx, now - CONFIDENTIAL))
        await self._store.run(lambda tx: denunciations.drop_old(tx, now - UNSENT))
        await self._store.run(lambda tx: abuse.purge(tx, now))
        while await self._shred(now - files.UPLOAD_LASTS):
            pass
        while await self._forget_petitions(now - self._petitions):
            pass

    async def _forget_messages(self, before: datetime, last: int) -> int | None:
        return await self._store.run(lambda tx: outbox.purge(tx, before, last, SLICE))

    async def _forget_files(self, before: datetime, now: datetime) -> bool:
        """Whether there was anything to do. A file that a draft still names gets another while."""
        # A long look, past all files of cases: beside the writing.
        loose = await self._store.read(lambda tx: files.loose(tx, before, SLICE))

        def forget(tx: Tx) -> tuple[str, ...]:
            files.renew(tx, [file.key for file in loose if file.in_draft], now)
            return files.forget(tx, [f.key for f in loose if not f.in_draft], before)

        for sha256 in await self._store.run(forget):
            await self._blobs.remove(sha256)
        return bool(loose)

    async def _forget_petitions(self, before: datetime) -> bool:
        """Whether there was anything to do. What was made to be printed is soon of no use here."""
        old = await self._store.read(lambda tx: petitions.old_files(tx, before, SLICE))
        for sha256 in await self._store.run(lambda tx: files.forget(tx, old, before)):
            await self._blobs.remove(sha256)
        return bool(old)

    async def _shred(self, before: datetime) -> bool:
        """Destroy the keys of bytes that were never named, or not let go of at once; any left."""
        unused = await self._store.read(lambda tx: files.unused(tx, before, SLICE))
        gone = await self._store.run(lambda tx: files.shred(tx, unused, before))
        for sha256 in gone:
            await self._blobs.remove(sha256)
        return bool(gone)
