"""A bot that can be killed inside a test: from then on nothing it began goes any further.

A process that is killed does nothing more, but what it asked for may still be done: a message that
is on its way arrives, a transaction that was handed over is committed, and nobody hears of it.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from bot.channels import Channel, Outgoing
from storage.database import Store, Tx

T = TypeVar("T")


class Life:
    """One life of a bot; *over* is the end of the test, when what hangs is let go."""

    def __init__(self) -> None:
        self.dead = False
        self.over = asyncio.Event()

    async def go_on(self) -> None:
        """Return while it lives."""
        if self.dead:
            await self.over.wait()
            raise asyncio.CancelledError


class MortalStore:
    """A store that answers the living."""

    def __init__(self, store: Store, life: Life) -> None:
        self.engine = store.engine
        self._store = store
        self._life = life

    async def run(
        self,
        unit: Callable[[Tx], T],
        *,
        key: int = 0,
        failed: Callable[[Tx, Exception], T] | None = None,
    ) -> T:
        """See `Store.run`."""
        await self._life.go_on()
        done = await self._store.run(unit, key=key, failed=failed)
        await self._life.go_on()
        return done

    async def read(self, unit: Callable[[Tx], T]) -> T:
        """See `Store.read`."""
        await self._life.go_on()
        return await self._store.read(unit)

    async def close(self) -> None:
        """Leave it to the next life."""


class MortalChannel:
    """A channel that sends for the living."""

    def __init__(self, channel: Channel, life: Life) -> None:
        self.name = channel.name
        self.run = channel.run
        self.fetch = channel.fetch
        self._channel = channel
        self._life = life

    async def send(self, outgoing: Outgoing) -> str:
        """See `Channel.send`."""
        await self._life.go_on()
        try:
            return await self._channel.send(outgoing)
        finally:
            await self._life.go_on()
