"""What every channel is: a stranger that turns raw input into arrivals and words into its own form.

A channel module reads top to bottom: its limits as a table, receiving, sending, the wire types.
Channels know neither each other nor storage nor the conversation; they are given callables.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from handlers.events import Event, Media
from handlers.messages import Say


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event of one person, as a channel understood it.

    *id* is unique over all channels (``telegram:<update_id>``) and the same when the platform
    delivers the event again. *raw* is the platform's own text of it, kept only when its turn fails.
    """

    id: str
    channel: str
    address: str
    event: Event
    at: datetime
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Garbled:
    """An update that could not be understood: kept for replay, never looped over."""

    id: str
    channel: str
    at: datetime
    raw: str
    error: str


Outcome = Literal["done", "duplicate", "failed"]
Accept = Callable[[Arrival | Garbled], Awaitable[Outcome]]
"""Hand an arrival to the engine; returns when its consequences are durable."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way: *id* grows within a chat, *say* is what to say there.

    It changes the message whose platform's id is *replaces*, unless that is empty. *paid*: the
    platform may charge for it, to send it faster than it sends announcements for nothing.
    """

    id: int
    address: str
    say: Say
    replaces: str = ""
    paid: bool = False


class UndeliveredError(Exception):
    """A message did not reach its person.

    *verdict*: ``retry`` later (after *after* seconds when the platform said so, for this chat or
    for the whole *scope*), ``gone`` when the person cannot be reached there, ``refused`` when this
    message can never be sent, ``unknown`` when it may have been sent (a read timed out).
    """

    def __init__(
        self,
        verdict: Literal["retry", "gone", "refused", "unknown"],
        why: str,
        *,
        after: float | None = None,
        scope: Literal["chat", "channel"] = "chat",
    ) -> None:
        super().__init__(why)
        self.verdict = verdict
        self.after = after
        self.scope = scope


class MovedError(UndeliveredError):
    """The chat has a new address (a group became a supergroup); send again there."""

    def __init__(self, address: str) -> None:
        super().__init__("retry", "chat moved", after=0)
        self.address = address


class GoneError(Exception):
    """A file can no longer be had from the channel."""


class Sends(Protocol):
    """What a sender asks of a channel."""

    name: str

    async def send(self, outgoing: Outgoing) -> str:
        """Send one message and return the platform's id of it; raise `UndeliveredError`."""


class Channel(Sends, Protocol):
    """What the shell asks of a channel."""

    async def run(self, accept: Accept) -> None:
        """Receive until cancelled; acknowledge to the platform only what *accept* returned for."""

    def fetch(self, media: Media) -> AsyncGenerator[bytes]:
        """Stream a file's bytes; raise `GoneError` for ever, OSError or TimeoutError for now."""
