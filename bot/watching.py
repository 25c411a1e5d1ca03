"""Hearing of what other workers committed, while there are any: a look three times a second.

One process alone hears of everything it commits itself, and never looks. With several, a page that
is open here may be told something by a turn that ran there, and the sender of a channel has to send
what was decided anywhere. Each look is one cheap read a worker, however many pages are open.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final, Protocol

from bot.awaiting import heard
from bot.holding import Holds
from storage import news
from storage.database import StorageError, Store

log = logging.getLogger(__name__)

EVERY: Final = 0.3  # seconds between two looks
SHORTEST: Final = 0.02  # however often somebody nudges
PAGE: Final = 500  # messages looked at together
PATIENCE: Final = 5.0  # seconds a row may take from its id to its commit
LARGEST_GAP: Final = 1000


class Seen:
    """Which rows have been seen of a table whose ids grow.

    A row may become visible after one of a greater id: its transaction took longer. So an id that
    was passed over is looked for again, for *patience* seconds; one that was undone never comes.
    """

    def __init__(self, newest: int, patience: float) -> None:
        self._newest = newest
        self._patience = patience
        self._missing: dict[int, float] = {}

    def after(self, now: float) -> int:
        """Read the rows of ids greater than this."""
        given_up = [id_ for id_, since in self._missing.items() if now > since + self._patience]
        for id_ in given_up:
            del self._missing[id_]
        return min(self._missing, default=self._newest + 1) - 1

    def fresh(self, id_: int, now: float) -> bool:
        """Whether a row is seen for the first time; give them in the order of their ids."""
        if id_ <= self._newest:
            return self._missing.pop(id_, None) is not None
        first = max(self._newest + 1, id_ - LARGEST_GAP)
        self._missing.update(dict.fromkeys(range(first, id_), now))
        self._newest = id_
        return True


class Hears(Protocol):
    """Whom a watch tells; all of it may be told twice."""

    def said(self, messages: Iterable[news.Message]) -> None:
        """These messages are new, in the order of their ids."""

    def anything(self) -> None:
        """Anything may be new: other workers came or went."""

    def timer(self) -> None:
        """A timer has run out."""

    def file(self) -> None:
        """A file is to be fetched."""

    def announced(self) -> None:
        """Something was done to an announcement."""

    async def amended(self) -> None:
        """What the province edits has changed."""


@dataclass(slots=True)
class Watch:
    """Looks while other workers live, until cancelled."""

    store: Store
    holds: Holds
    hears: Hears
    every: float = EVERY
    _seen: Seen | None = None
    _announced: tuple[int, int] | None = None
    _amended: tuple[int, int] | None = None
    _soon: asyncio.Event = field(default_factory=asyncio.Event)

    def nudge(self) -> None:
        """Something was committed here; whoever has to hear of it in order with the rest will."""
        self._soon.set()

    async def run(self) -> None:
        """Look, until cancelled."""
        while True:
            self._soon.clear()
            try:
                await self._look()
            except StorageError:
                log.warning("what other workers do cannot be read")
            await asyncio.sleep(min(SHORTEST, self.every))
            await heard(self._soon, self.every)

    async def _look(self) -> None:
        if self.holds.others:
            if self._seen is None:
                self._seen = Seen(await self.store.run(news.newest), PATIENCE)
                self.hears.anything()
            await self._read(self._seen)
        elif self._seen is not None:  # the last of the others may have said something yet
            await self._read(self._seen)
            self._seen = None
            self.hears.anything()

    async def _read(self, seen: Seen) -> None:
        clock = asyncio.get_running_loop().time()
        after = seen.after(clock)
        while True:
            now = datetime.now(UTC)
            found = await self.store.run(partial(news.look, after=after, now=now, limit=PAGE))
            self.hears.said([each for each in found.said if seen.fresh(each.id, clock)])
            await self._tell(found)
            if len(found.said) < PAGE:
                return
            after = found.said[-1].id

    async def _tell(self, found: news.News) -> None:
        if found.timer:
            self.hears.timer()
        if found.file:
            self.hears.file()
        if found.announced != self._announced:
            self.hears.announced()
            self._announced = found.announced
        if found.amended != self._amended:
            await self.hears.amended()
            self._amended = found.amended
