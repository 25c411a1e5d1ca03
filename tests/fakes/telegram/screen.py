"""A chat as its people look at it: what came, what stands there, what keys they have."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from .chats import Chat
from .view import Shown, show
from .world import World

Found = TypeVar("Found")


async def wait_until(chat: Chat, found: Callable[[], Found | None], timeout: float) -> Found:  # noqa: ASYNC109 - asyncio.timeout can't tell what was seen instead
    """What *found* gives once it is not None, looked at again whenever the chat changes.

    Raises TimeoutError, with the end of the chat, after *timeout* seconds of ours.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + timeout
    while (value := found()) is None:
        change: asyncio.Future[None] = loop.create_future()
        chat.waiting.append(change)
        await asyncio.wait({change}, timeout=until - loop.time())
        if not change.done() and loop.time() >= until:
            chat.waiting.remove(change)
            raise TimeoutError(f"not seen within {timeout} s; the chat ends with {_end(chat)}")
    return value


def _end(chat: Chat) -> list[str]:
    last = list(chat.messages.values())[-3:]
    return [f"{'bot' if each.from_bot else 'person'}: {show(each).text[:200]!r}" for each in last]


class Screen:
    """One chat, read by a test."""

    def __init__(self, world: World, chat: Chat) -> None:
        """Look at *chat*."""
        self._world = world
        self._chat = chat

    async def reads(self, timeout: float = 5.0) -> Shown:  # noqa: ASYNC109 - see wait_until
        """The next message of the bot not read yet; TimeoutError when none comes."""
        return await wait_until(self._chat, self._next, timeout)

    async def sees(self, fragment: str, timeout: float = 5.0) -> Shown:  # noqa: ASYNC109 - see wait_until
        """The latest message of the bot that contains *fragment*, edits included."""

        def found() -> Shown | None:
            shown = (each for each in reversed(self.chat) if each.from_bot)
            return next((each for each in shown if fragment in each.text), None)

        return await wait_until(self._chat, found, timeout)

    async def reads_nothing(self, seconds: float = 0.3) -> None:
        """Make sure that no message of the bot comes for *seconds*."""
        try:
            shown = await self.reads(seconds)
        except TimeoutError:
            return
        raise AssertionError(f"the bot said {shown.text!r}")

    @property
    def chat(self) -> list[Shown]:
        """The whole chat as it stands now: edits applied, deleted messages gone."""
        return [show(each) for each in self._chat.messages.values() if not each.deleted]

    @property
    def unread(self) -> int:
        """How many messages of the bot were not read yet."""
        return len(self._chat.unread)

    @property
    def keyboard(self) -> list[str]:
        """Labels of the reply keyboard on the screen."""
        if self._chat.keyboard is None:
            return []
        rows = self._chat.keyboard.raw["keyboard"]
        return [button["text"] for row in rows for button in row]

    @property
    def actions(self) -> list[str]:
        """The signs of work the bot showed ("typing", …), oldest first."""
        return self._chat.actions

    def _next(self) -> Shown | None:
        while self._chat.unread:
            message = self._chat.unread.pop(0)
            if not message.deleted:
                return show(message)
        return None
