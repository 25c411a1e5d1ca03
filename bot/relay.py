"""Passes on what was committed, here or by another worker, to whoever acts on it in this one.

One process alone hands each message straight to its sender. While other workers live, a message may
only be sent behind what any of them committed for the same chat before: then every sender reads
the rows, in their order, as soon as the watch has seen them.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.channels.web import WebChannel
from bot.holding import Holds
from bot.outbox import Sender
from bot.posting import Posted
from storage.news import Message


@dataclass(frozen=True, slots=True)
class Relay:
    """Hears of everything: from the engine by `posted`, from the watch as `bot.watching.Hears`."""

    holds: Holds
    senders: Mapping[str, Sender]
    web: WebChannel | None
    clock: Callable[[], None]
    fetcher: Callable[[], None]
    announcer: Callable[[], None]
    renew: Callable[[], Awaitable[None]]

    def posted(self, message: Posted, look: Callable[[], None]) -> None:
        """A turn of this worker committed a message; *look* has the watch look at once."""
        sender = self.senders.get(message.channel)
        if self.holds.others:
            look()
        elif sender is not None:
            sender.post(message)  # one that is about to begin looks for it once more
        if sender is None or self.holds.others or not sender.sends:
            self._ring(message.channel, message.address)

    def said(self, messages: Iterable[Message]) -> None:
        """See `Hears`."""
        first: dict[str, int] = {}
        for message in messages:
            first.setdefault(message.channel, message.id)
            self._ring(message.channel, message.address)
        for channel, id_ in first.items():
            if sender := self.senders.get(channel):
                sender.seek(id_ - 1)

    def anything(self) -> None:
        """See `Hears`."""
        for sender in self.senders.values():
            sender.seek(0)
        if self.web:
            self.web.ring_all()

    def timer(self) -> None:
        """See `Hears`."""
        self.clock()

    def file(self) -> None:
        """See `Hears`."""
        self.fetcher()

    def announced(self) -> None:
        """See `Hears`."""
        self.announcer()

    async def amended(self) -> None:
        """See `Hears`."""
        await self.renew()

    def _ring(self, channel: str, address: str) -> None:
        """Have the pages of a visitor that are open at this worker look."""
        if self.web and channel == self.web.name:
            self.web.ring(address)
