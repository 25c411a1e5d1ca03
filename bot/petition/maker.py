"""Makes petitions: a turn only notes that one is asked for; its documents are drawn after it.

So nobody's conversation waits for the drawing, and a crash in the middle of it loses nothing: the
row says what is still to be made, and made again it is the same, byte for byte. Nothing of what is
printed is ever logged.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.awaiting import heard
from bot.petition.apart import Drawn, draw
from handlers.content import Content
from handlers.events import Media
from handlers.petition import Form, Petition
from storage import petitions
from storage.blobs import Blobs
from storage.database import StorageError, Store
from storage.petitions import Document, Waiting

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0  # seconds; another process may have noted one
AT_ONCE = 20
ATTEMPTS = 5  # then its citizen is told that it can't be made
PAUSE = timedelta(seconds=20)  # the first; each next one is four times as long
MOST_BYTES = 5 << 20


class Maker:
    """Draws the petitions that are asked for, one after the other."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        content: Callable[[], Content],
        told: Callable[[], None],
        draws: Callable[[Petition, Form], Awaitable[Drawn]] = draw,
    ) -> None:
        """*told* hears that a citizen is to be told now."""
        self._store = store
        self._blobs = blobs
        self._content = content
        self._told = told
        self._draws = draws
        self._asked = asyncio.Event()

    def nudge(self) -> None:
        """A turn has asked for a petition."""
        self._asked.set()

    async def run(self) -> None:
        """Make what is asked for, until cancelled."""
        while True:
            self._asked.clear()
            try:
                await self.work(datetime.now(UTC))
            except StorageError:
                log.warning("petitions cannot be read")
            await heard(self._asked, LOOK_EVERY)

    async def work(self, now: datetime) -> None:
        """Make all that is due at *now*. Raises `StorageError`."""
        while waiting := await self._store.read(partial(petitions.due, now=now, limit=AT_ONCE)):
            for each in waiting:
                await self._see_to(each, now)

    async def _see_to(self, waiting: Waiting, now: datetime) -> None:
        if waiting.petition is None:
            await self._store.run(partial(petitions.forget, contact_id=waiting.contact_id))
            return
        try:
            documents = await self._made(waiting.id, waiting.petition)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the next one is made
            log.warning("a petition is not made", extra={"error": type(error).__name__})
            if waiting.attempts + 1 < ATTEMPTS:
                until = now + PAUSE * 4**waiting.attempts
                await self._store.run(partial(petitions.put_off, waiting=waiting, until=until))
                return
            documents = ()
        done = partial(petitions.made, waiting=waiting, documents=documents, now=now)
        if await self._store.run(done):
            self._told()

    async def _made(self, number: int, petition: Petition) -> tuple[Document, ...]:
        form = self._content().petition
        drawn = await self._draws(petition, form)
        bodies = (("pdf", drawn.pdf), ("docx", drawn.docx))
        return tuple([await self._kept(number, form.file, end, body) for end, body in bodies])

    async def _kept(self, number: int, name: str, ending: str, body: bytes) -> Document:
        kept = await self._blobs.keep(_whole(body), limit=MOST_BYTES)
        media = Media(
            key=f"petition:{number}:{ending}",
            kind="document",
            name=f"{name}.{ending}",
            mime=kept.mime,
            size=kept.size,
        )
        return Document(media, kept.sha256)


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    yield body
