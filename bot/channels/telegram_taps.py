"""What Telegram wants done for a press of a button: its spinner ended, its keyboard taken away."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram_wire import Tapped

log = logging.getLogger(__name__)

_AT_ONCE: Final = 32
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

    def finish(self, tap: Tapped, *, spent: bool) -> None:
        """End the spinner of *tap*; when it is *spent*, take its keyboard away as well."""
        if len(self._tasks) < _WAITING:
            task = asyncio.create_task(self._finish(tap, spent=spent))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Leave undone what is not done yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _finish(self, tap: Tapped, *, spent: bool) -> None:
        async with self._slots:
            calls: list[Awaitable[object]] = [self._bot.answer_callback_query(tap.query)]
            if spent:
                chat = int(tap.arrival.address)
                calls.append(
                    self._bot.edit_message_reply_markup(chat_id=chat, message_id=tap.message)
                )
            await asyncio.gather(*map(_quietly, calls))


async def _quietly(call: Awaitable[object]) -> None:
    try:
        await call
    except TelegramError as error:
        log.debug("Telegram: left undone: %s", error.message)
