"""Announcements in a rehearsal: counted, begun, told, ended, all that there is to do by now."""

from datetime import datetime
from functools import partial

from bot.announcer import Announcer, Quiet
from bot.channels import Outgoing
from bot.dialogue import CHANNEL
from bot.feeder import Feeder, Words
from bot.outbox import Sender
from bot.posting import Posted
from bot.talk import Rehearsal
from bot.turn import ZONE
from handlers.announcing import Limits
from handlers.content import Content
from storage import outbox
from storage.database import Store
from storage.outbox import Result

LIMITS = Limits(channel=CHANNEL, text=4096, per_second=30)


class Handing(Sender):
    """A sender whose messages are there as soon as they are posted."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, NoChannel(), LIMITS)
        self.told: list[Posted] = []

    @property
    def sends(self) -> bool:
        """See `Sender`."""
        return True

    def post(self, posted: Posted) -> None:
        """See `Sender`."""
        self.told.append(posted)


class NoChannel:
    """A channel nothing is sent on."""

    name = CHANNEL

    async def send(self, outgoing: Outgoing) -> str:
        """See `Sends`."""
        raise AssertionError(outgoing)


async def see_to_announcements(rehearsal: Rehearsal, content: Content) -> None:
    """Do once what the announcer and the feeder do until nothing is left to do."""
    store, now = rehearsal.store, rehearsal.hour.now

    def here() -> datetime:
        return rehearsal.hour.now.astimezone(ZONE)

    quiet, sender = Quiet(lambda: content, here), Handing(store)
    announcer = Announcer(store, quiet, lambda: None, channels={"talk"})
    feeder = Feeder(store, sender, Words(store, lambda: content), quiet)
    await announcer.work()
    await feeder.feed()
    results = [Result(one.id, "sent", now) for one in sender.told]
    await store.run(partial(outbox.record, results=results))
    rehearsal.heard += sender.told
    await announcer.work()
