"""Sees announcements through: counts whom they concern, begins them, prepares them, ends them.

What is to be done is read from the rows each time, in bounded pieces with a breath between them, so
that it may stop anywhere and go on anywhere, and no reply waits long for the database. Telling is
the feeders' part (`bot.feeder`): one for each channel.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from functools import partial

from bot.awaiting import heard
from bot.turn import ZONE
from handlers import announcing
from handlers.content import Content
from handlers.effects import MoveAnnouncement
from storage import announcements, deliveries, reports
from storage.database import StorageError, Store, Tx
from storage.deliveries import Live

log = logging.getLogger(__name__)

SOON = 1.0  # seconds between looks while something is under way
LONGEST = 10.0  # and else; another process may have released one
WINDOW = 2000  # people put right in one transaction
LEAST_BREATH = 0.01  # seconds


class Quiet:
    """Whether an announcement may be told now, by the quiet hours of the desk."""

    def __init__(
        self, content: Callable[[], Content], now: Callable[[], datetime] | None = None
    ) -> None:
        self._content = content
        self._now = now or _here

    def now(self) -> datetime:
        """The province's time."""
        return self._now()

    def may_go(self, live: Live) -> bool:
        """Whether its hour is none of the quiet ones, or nothing is to wait for them.

        What is withdrawn is taken back at once: a wrong announcement must not stand all night.
        """
        rules, now = self._content().desk, self._now()
        at_once = live.urgent or live.state == "withdrawn"
        return now == announcing.may_begin(
            now, urgent=at_once, quiet_from=rules.quiet_from, quiet_to=rules.quiet_to
        )

    def may_begin(self, live: Live) -> bool:
        """Whether the time has come for what was released."""
        return (live.begins_at is None or live.begins_at <= self._now()) and self.may_go(live)


def _here() -> datetime:
    return datetime.now(ZONE)


class Announcer:
    """Works on what is live until cancelled; one in the whole."""

    def __init__(
        self,
        store: Store,
        quiet: Quiet,
        moved: Callable[[], None],
        report: Callable[[str], Awaitable[None]] | None = None,
        *,
        channels: Collection[str],
    ) -> None:
        """*moved* is called when one began or ended; *report* makes the report of an ended one.

        *channels* are those that are open: whoever is on another can't be told there.
        """
        self.waiting: Mapping[str, int] = {}
        """People still to be told, by channel, when it looked last."""
        self._store = store
        self._quiet = quiet
        self._moved = moved
        self._report = report
        self._channels = channels
        self._news = asyncio.Event()

    def nudge(self) -> None:
        """A turn has done something to an announcement."""
        self._news.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._news.clear()
            try:
                pause = SOON if await self.work() else LONGEST
            except StorageError:
                log.warning("announcements cannot be read or written")
                pause = SOON
            await heard(self._news, pause)

    async def work(self) -> bool:
        """Do all there is to do now; whether anything is under way."""
        await self._count()
        while True:
            began = asyncio.get_running_loop().time()
            found = await self._store.run(deliveries.live)
            more = [await self._advance(live) for live in found]
            if not any(more):
                break
            # A breath as long as the work: replies have the database half of the time at least.
            await asyncio.sleep(max(LEAST_BREATH, asyncio.get_running_loop().time() - began))
        self.waiting = await self._store.read(partial(_waiting, found=found))
        await self._report_ended()
        return bool(found)

    async def _report_ended(self) -> None:
        if self._report is None:
            return
        for code in await self._store.read(reports.due):
            try:
                await self._report(code)
            except StorageError:
                raise
            except Exception as error:  # noqa: BLE001 - one report must not stop all that is told
                why = {"code": code, "error": type(error).__name__}
                log.warning("a report cannot be kept", extra=why)

    async def _count(self) -> None:
        for number, _, audience in await self._store.read(deliveries.uncounted):
            counts = await self._store.read(partial(deliveries.count, audience=audience))
            await self._store.run(
                partial(
                    deliveries.counted, announcement_id=number, counts=counts, audience=audience
                )
            )

    async def _advance(self, live: Live) -> bool:
        """Do one piece of work; whether there is another at once."""
        match live.state:
            case "released":
                return self._quiet.may_begin(live) and await self._move(live, "begin")
            case "running":
                if not live.prepared:
                    await self._store.run(partial(deliveries.prepare, announcement_id=live.id))
                    return True
                if not await self._renewed(live):
                    return True
                if not await self._store.run(partial(deliveries.unfinished, live=live)):
                    await self._move(live, "finish")
                return False
            case _:
                settled = partial(
                    deliveries.settle_cancelled, announcement_id=live.id, limit=WINDOW
                )
                if not await self._store.run(settled):
                    return True
                if live.state == "withdrawn" and not await self._renewed(live):
                    return True
                if not await self._store.run(partial(deliveries.unfinished, live=live)):
                    await self._store.run(partial(deliveries.rest, announcement_id=live.id))
                return False

    async def _renewed(self, live: Live) -> bool:
        """Whether all are queued who are to be told anew, each on a channel that is open."""
        renew = partial(deliveries.renew, live=live, limit=WINDOW)
        strand = partial(deliveries.strand, live=live, channels=self._channels, limit=WINDOW)
        return await self._store.run(renew) and await self._store.run(strand)

    async def _move(self, live: Live, action: announcing.Action) -> bool:
        effect = MoveAnnouncement(by=0, code=live.code, action=action)
        now = self._quiet.now()
        done = await self._store.run(lambda tx: announcements.move(tx, effect, now))
        self._moved()
        return done


def _waiting(tx: Tx, found: tuple[Live, ...]) -> Mapping[str, int]:
    """How many are still to be told on each channel."""
    waiting: Counter[str] = Counter()
    for live in found:
        announcement = announcements.get(tx, live.code)
        for tally in announcement.tallies if announcement else ():
            waiting[tally.channel] += tally.counts.get("queued", 0)
    return waiting
