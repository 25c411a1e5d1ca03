"""What announcements need to be told in a test: people, an announcement, and the parts at work."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.announcer import Announcer, Quiet
from bot.channels import Channel
from bot.content import load_content
from bot.feeder import Feeder, Words
from bot.outbox import Sender
from bot.turn import ZONE
from handlers.announcing import Action, Announcement, Audience, Limits, Wording
from handlers.effects import Announce, MoveAnnouncement
from storage import announcements, follows, people
from storage.database import Store, Tx

AUTHOR, RELEASER = 1, 2
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # nine in the morning there
CODE = "TB-7K3Q-M2X"
CONTENT = load_content(Path("content"))
FAST = Limits(channel="test", text=4096, per_second=1000)


async def crowd(store: Store, addresses: Iterable[str], channel: str = "test") -> None:
    """People who can be written to, one chat each."""

    def come(tx: Tx) -> None:
        for address in addresses:
            follows.hear(tx, people.contact(tx, channel, address, NOW).id, wanted=True)

    await store.run(come)


async def announce(
    store: Store,
    text: str = "Mất điện sáng mai.",
    *,
    code: str = CODE,
    urgent: bool = False,
    begins_at: datetime | None = None,
    released: bool = True,
) -> None:
    """One for everybody who hears announcements, released by a second person."""
    effect = Announce(
        by=AUTHOR,
        code=code,
        unit="*",
        urgent=urgent,
        wording=Wording(text=text),
        audience=Audience(),
        begins_at=begins_at,
    )
    await store.run(lambda tx: announcements.announce(tx, effect, NOW))
    if released:
        await do(store, "release", code=code)


async def do(
    store: Store, action: Action, *, code: str = CODE, text: str = "", reason: str = ""
) -> None:
    """Something is done to it by the second person; it must be allowed."""
    wording = Wording(text=text) if text else None
    effect = MoveAnnouncement(by=RELEASER, code=code, action=action, wording=wording, reason=reason)
    assert await store.run(lambda tx: announcements.move(tx, effect, NOW))


async def announcement(store: Store, code: str = CODE) -> Announcement:
    """How it stands."""
    found = await store.run(partial(announcements.get, code=code))
    assert found is not None
    return found


async def ledger(store: Store, code: str = CODE) -> Mapping[str, int]:
    """How many people are in which state, as the ledger's own rows say."""
    rows = await store.run(
        lambda tx: tx.rows(
            "SELECT d.state, COUNT(*) FROM deliveries d JOIN announcements a"
            " ON a.id = d.announcement_id WHERE a.code = ? GROUP BY d.state",
            (code,),
        )
    )
    return Counter(dict(map(tuple, rows)))


@dataclass(slots=True)
class Parts:
    """Announcer, feeder and sender of one channel."""

    announcer: Announcer
    feeder: Feeder
    sender: Sender

    def nudge(self) -> None:
        """Something was done to an announcement."""
        self.announcer.nudge()
        self.feeder.nudge()


def parts(
    store: Store,
    channel: Channel,
    limits: Limits = FAST,
    *,
    now: Callable[[], datetime] = lambda: NOW,
    paid: bool = False,
) -> Parts:
    """What sees announcements through on one channel; *now* is the province's time."""
    quiet = Quiet(lambda: CONTENT, lambda: now().astimezone(ZONE))
    sender = Sender(store, channel, limits, paid=paid)
    feeder = Feeder(store, sender, Words(store, lambda: CONTENT), quiet)
    return Parts(Announcer(store, quiet, feeder.nudge, channels={channel.name}), feeder, sender)


@asynccontextmanager
async def working(made: Parts) -> AsyncIterator[None]:
    """The parts at work."""
    await made.sender.catch_up()
    work = [asyncio.create_task(part.run()) for part in (made.sender, made.feeder, made.announcer)]
    try:
        yield
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


async def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something, not for ever."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is awaited sets no event
            await asyncio.sleep(0.02)


async def until_it_is(store: Store, state: str, *, code: str = CODE, seconds: float = 15.0) -> None:
    """Wait until an announcement has come to a state."""
    async with asyncio.timeout(seconds):
        while (await announcement(store, code)).state != state:  # noqa: ASYNC110 - rows set no event
            await asyncio.sleep(0.05)
