"""What waits to be said in one chat, in its order."""

import asyncio
from dataclasses import dataclass, field

from bot.attempt import Waiting


@dataclass(slots=True)
class Chat:
    """The messages of one chat, in the order they were queued.

    *busy*: one of them is being sent or waited for. *in_line*: it waits for its turn to hear an
    announcement. Nothing is sent here before *closed_until*, because the platform asked for it.
    """

    contact_id: int
    waiting: list[Waiting] = field(default_factory=list)
    busy: bool = False
    in_line: bool = False
    closed_until: float = 0.0
    news: asyncio.Event | None = None

    @property
    def replies(self) -> bool:
        """Whether a reply or a notice waits: announcements come after it."""
        return any(each.posted.lane != "announcement" for each in self.waiting)

    @property
    def announcement(self) -> Waiting | None:
        """The first announcement that waits."""
        lane = (each for each in self.waiting if each.posted.lane == "announcement")
        return next(lane, None)

    def next(self, now: float) -> Waiting | None:
        """The reply or notice to send now: one that is put off holds up only its own lane."""
        if now < self.closed_until:
            return None
        put_off = {"announcement"}
        for each in self.waiting:
            if each.posted.lane in put_off:
                continue
            if each.until <= now:
                return each
            put_off.add(each.posted.lane)
        return None

    def opens(self) -> float:
        """When the next reply or notice that was put off may be tried."""
        lanes = (each.until for each in self.waiting if each.posted.lane != "announcement")
        return max(self.closed_until, min(lanes, default=0.0))

    async def rest(self, until: float) -> None:
        """Wait until then (the loop's time), or until another message has come."""
        self.news = asyncio.Event()
        try:
            async with asyncio.timeout_at(until):
                await self.news.wait()
        except TimeoutError:
            pass
        finally:
            self.news = None

    def add(self, waiting: Waiting) -> None:
        """Queue a message behind the others."""
        self.waiting.append(waiting)
        if self.news is not None:
            self.news.set()
