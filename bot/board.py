"""The board: shows cases in the groups of officials, and keeps what is shown true.

The rows are the truth (`storage.cards`): which cases a group shows, in which message, and which of
them changed since. Here they are looked at, and each group with something to do gets a task.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from bot.awaiting import heard
from bot.board_line import Chats, Line, Pace
from bot.turn import ZONE
from handlers.content import Content
from storage import cards
from storage.database import StorageError, Store

log = logging.getLogger(__name__)

AT_ONCE: Final = 500


@dataclass(slots=True)
class Board:
    """Sends and edits the messages of all groups until stopped; *news* wakes it."""

    store: Store
    content: Callable[[], Content]
    chats: Chats
    news: asyncio.Event
    pace: Pace = field(default_factory=Pace)
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)
    _swept: float = float("-inf")

    async def run(self) -> None:
        """Look at the rows, and have done what they ask for, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self.news.clear()
                try:
                    await self._sweep()
                    await self._look(tasks)
                except StorageError:
                    log.warning("the board cannot be read")
                await heard(self.news, self.pace.look)

    async def _sweep(self) -> None:
        """Now and then, mark what no turn noted: due dates that have passed."""
        now = asyncio.get_running_loop().time()
        if now < self._swept + self.pace.sweep:
            return
        today = datetime.now(ZONE).date()
        unseen = await self.store.read(lambda tx: cards.unseen(tx, today, AT_ONCE))
        if unseen:
            await self.store.run(partial(cards.mark, marked=unseen))
        if len(unseen) < AT_ONCE:  # else there is more: at the next look
            self._swept = now

    async def _look(self, tasks: asyncio.TaskGroup) -> None:
        while await self.store.read(cards.changed):
            await self.store.run(lambda tx: cards.absorb(tx, AT_ONCE))
        for address in await self.store.read(cards.busy):
            self._again.add(address)
            if address not in self._busy:
                self._busy[address] = tasks.create_task(self._serve(address))

    async def _serve(self, address: str) -> None:
        line = Line(self.store, self.content, self.chats, self.pace, address)
        try:
            while address in self._again:
                self._again.discard(address)
                await line.empty()
        except Exception as error:  # noqa: BLE001 - a fault in one group must not stop the others
            log.error(  # noqa: TRY400 - the message may quote what is private
                "a group cannot be served", extra={"error": type(error).__name__}
            )
            await asyncio.sleep(self.pace.refused)
        finally:
            # No other task runs between the look at `_again` and this: nothing is overlooked.
            del self._busy[address]
