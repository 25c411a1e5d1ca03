"""All that tells people something: senders, who feeds them, who leads announcements."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

from bot.announcer import Announcer, Quiet
from bot.channels import Sends
from bot.feeder import Feeder, Words
from bot.holding import Holds, SendsWhileHeld
from bot.outbox import Sender
from bot.report import make_report
from bot.turn import Turns
from handlers.announcing import Limits
from storage.blobs import Blobs
from storage.database import Store


@dataclass(frozen=True, slots=True)
class Telling:
    """Each sender with its feeder, by the channel; *clock* wakes whoever is told of what moves."""

    senders: Mapping[str, Sender]
    feeders: Sequence[Feeder]
    announcer: Announcer
    clock: Callable[[], None]

    def announced(self) -> None:
        """Something was done to an announcement."""
        self.announcer.nudge()
        _move(self.clock, self.feeders)


@dataclass(frozen=True, slots=True)
class Lines:
    """The channels, what each bears, and on which of them announcements may cost money."""

    channels: Mapping[str, Sends]
    limits: Mapping[str, Limits]
    paid: Container[str]


def sender_lease(channel: str) -> str:
    """What the sender of a channel holds."""
    return f"sender:{channel}"


def make_telling(
    store: Store, blobs: Blobs, turns: Turns, lines: Lines, holds: Holds, clock: Callable[[], None]
) -> Telling:
    """Make them; nothing is sent yet."""
    senders = {
        name: Sender(
            *(store, SendsWhileHeld(channel, holds, sender_lease(name)), lines.limits[name]),
            paid=name in lines.paid,
        )
        for name, channel in lines.channels.items()
    }
    for sender in senders.values():
        sender.wakes(clock)
    quiet = Quiet(lambda: turns.content)
    words = Words(store, lambda: turns.content, turns.page)
    feeders = [Feeder(store, sender, words, quiet) for sender in senders.values()]

    async def report(code: str) -> None:
        await make_report(store, blobs, turns.content, code)

    announcer = Announcer(
        store, quiet, lambda: _move(clock, feeders), report, channels=lines.channels
    )
    return Telling(senders, feeders, announcer, clock)


def _move(clock: Callable[[], None], feeders: Sequence[Feeder]) -> None:
    clock()  # the desk is told of it
    for feeder in feeders:
        feeder.nudge()
