"""The clerk: what people asked of their data and the machine does: copies made, persons erased.

All it knows is in rows, so it may be killed anywhere: what was not made is made again, an erasing
goes on with its next slice. It also calls to mind what is soon due, or late.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from bot.awaiting import heard
from bot.copying import make_copy
from bot.retain import automatic
from bot.turn import ZONE
from handlers.content import Content
from handlers.rights import SOON
from storage import copying, erasing, files, rights
from storage.blobs import Blobs
from storage.database import StorageError, Store, Tx
from storage.rights import Job
from storage.times import ms

log = logging.getLogger(__name__)

EVERY = 3.0  # seconds between looks
AGAIN = timedelta(minutes=1)  # after a fault
TOLD = timedelta(seconds=2)  # for a message to go before its chat is cut off
COPIES = timedelta(days=3)  # a copy stays that long here
FORGETS = 3600.0  # seconds between looks at old copies
BREATH = 0.01  # seconds between slices, so that no reply waits long


class _Work(NamedTuple):
    """What there is to do, looked for beside the writing."""

    jobs: tuple[Job, ...]
    erasing: bool
    to_warn: bool


class Clerk:
    """Works until cancelled; one in the whole."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        content: Callable[[], Content],
        nudge: Callable[[], None],
    ) -> None:
        """*nudge* tells the clock of new timers."""
        self._store = store
        self._blobs = blobs
        self._content = content
        self._nudge = nudge
        self._news = asyncio.Event()
        self._forgot = 0.0

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._news.clear()
            try:
                await self.work(datetime.now(UTC))
                await self._forget(datetime.now(UTC))
            except (StorageError, OSError) as error:
                log.warning("requests about data put off", extra={"error": type(error).__name__})
            await heard(self._news, EVERY)

    async def work(self, now: datetime) -> None:
        """Do all there is to do at *now*. Raises `StorageError` and OSError."""
        today = now.astimezone(ZONE).date()
        found = await self._store.read(partial(_look, now=now, today=today))
        for job in found.jobs:
            await self._tried(job, now)
        more = bool(found.jobs) or found.erasing
        while more:
            more = await self._slice(now)
            await asyncio.sleep(BREATH)
        if found.to_warn:
            await self._store.run(partial(rights.warn, now=now, today=today, soon=SOON))
            self._nudge()

    async def _tried(self, job: Job, now: datetime) -> None:
        """One that can't be done must not hold up the others."""
        does: Awaitable[None] = (
            self._copy(job, now) if job.kind == "copy" else self._erase(job, now)
        )
        try:
            await does
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is tried again
            log.warning(
                "a request cannot be carried out",
                extra={"code": job.code, "error": type(error).__name__},
            )
            await self._store.run(partial(rights.put_off, code=job.code, until=now + AGAIN))

    async def _copy(self, job: Job, now: datetime) -> None:
        await make_copy(self._store, self._blobs, self._content(), job, now)
        self._nudge()

    async def _erase(self, job: Job, now: datetime) -> None:
        if not await self._store.run(partial(_begun, job=job, now=now)):
            self._nudge()

    async def _slice(self, now: datetime) -> bool:
        """Do one slice of what is being erased; whether there was one."""
        done = await self._store.run(partial(erasing.advance, now=now))
        for digest in done.bytes:
            await self._blobs.remove(digest)
        return done.more

    async def _forget(self, now: datetime) -> None:
        """Let go of copies that were given days ago, and of what rules let go of by themselves."""
        clock = asyncio.get_running_loop().time()
        if self._forgot and clock - self._forgot < FORGETS:
            return
        self._forgot = clock
        await self.forget(now)
        await automatic(self._store, self._blobs, self._content().retention, now)

    async def forget(self, now: datetime) -> None:
        """Let go of every copy that was made long enough before *now*."""
        before = now - COPIES
        while found := await self._store.read(lambda tx: copying.old_files(tx, ms(before), 100)):
            for digest in await self._store.run(partial(_forgotten, found=found, before=before)):
                await self._blobs.remove(digest)


def _look(tx: Tx, now: datetime, today: date) -> _Work:
    waiting = rights.to_warn(tx, today, SOON)
    return _Work(rights.jobs(tx, now), erasing.unfinished(tx) is not None, bool(waiting))


def _forgotten(tx: Tx, found: tuple[str, ...], before: datetime) -> tuple[str, ...]:
    copying.forgotten(tx, found)
    return files.forget(tx, found, before)


def _begun(tx: Tx, job: Job, now: datetime) -> bool:
    """Put a person on the list, once they were told; False when somebody is to decide again.

    What was granted to somebody without cases, or without open ones, is not granted to whoever has
    sent one meanwhile.
    """
    counts = erasing.open_cases if job.scope else erasing.cases
    if counts(tx, job.person_id):
        rights.reopened(tx, job.code, now)
        return False
    if erasing.telling(tx, job.person_id, job.code):
        rights.put_off(tx, job.code, now + TOLD)
        return True
    rights.finished(tx, job.code, now)
    erasing.begin(tx, job.person_id, why=job.code, by=0, scope=job.scope or "everything", now=now)
    return True
