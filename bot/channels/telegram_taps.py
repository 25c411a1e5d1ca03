"""What Telegram wants done for a press of a button: its spinner ended, its keyboard taken away."""

import asyncio
import logging
import time
from collections.abc import Awaitable
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram_wire import Tapped

log = logging.getLogger(__name__)

_AT_ONCE: Final = 32
_JUST_NOW: Final = 5.0
"""Seconds in which a tap of before a change may still want the keyboard gone that it brought."""
_WAITING: Final = 1000


class Taps:
    """Finishes taps in the background, a bounded number of them, without holding anybody up.

    It is courtesy only: a tap told of too late (150 s), twice or about a message that is gone ends
    in an error that means nothing.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._removing: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._changed: dict[tuple[int, int], float] = {}

    def finish(self, tap: Tapped, *, spent: bool) -> None:
        """End the spinner of *tap*; when it is *spent*, take its keyboard away as well."""
        if len(self._tasks) >= _WAITING:
            return
        place = (int(tap.arrival.address), tap.message)
        removes = spent and not self._just_changed(place)
        task = asyncio.create_task(self._finish(tap, place, removes=removes))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if removes:
            self._removing[place] = task
            task.add_done_callback(lambda done: self._forget(place, done))

    async def before_change(self, chat: int, message: int) -> None:
        """A message is about to get a new keyboard: no earlier tap may take that one away."""
        now, place = time.monotonic(), (chat, message)
        self._changed = {at: until for at, until in self._changed.items() if until > now}
        self._changed[place] = now + _JUST_NOW
        if (removing := self._removing.get(place)) is not None:
            await asyncio.wait({removing}, timeout=_JUST_NOW)

    async def close(self) -> None:
        """Leave undone what is not done yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _just_changed(self, place: tuple[int, int]) -> bool:
        return self._changed.get(place, 0) > time.monotonic()

    def _forget(self, place: tuple[int, int], done: asyncio.Task[None]) -> None:
        if self._removing.get(place) is done:
            del self._removing[place]

    async def _finish(self, tap: Tapped, place: tuple[int, int], *, removes: bool) -> None:
        async with self._slots:
            calls: list[Awaitable[object]] = [self._bot.answer_callback_query(tap.query)]
            if removes:
                chat, message = place
                calls.append(self._bot.edit_message_reply_markup(chat_id=chat, message_id=message))
            await asyncio.gather(*map(_quietly, calls))


async def _quietly(call: Awaitable[object]) -> None:
    try:
        await call
    except TelegramError as error:
        log.debug("Telegram: left undone: %s", error.message)
