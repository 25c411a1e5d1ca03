"""The clock: tells a conversation when a timer one of its turns set has run out."""

import asyncio
import logging
from datetime import UTC, datetime

from bot.awaiting import heard
from bot.channels import Accept, Arrival
from handlers.events import TimedOut
from storage import timers
from storage.database import StorageError, Store

log = logging.getLogger(__name__)

LONGEST = 30.0  # seconds without looking; another process may have set one
AT_ONCE = 500


class Clock:
    """Looks at the timers' rows when the next is due, or when a turn has set one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._set = asyncio.Event()

    def nudge(self) -> None:
        """A turn has set a timer."""
        self._set.set()

    async def run(self, accept: Accept) -> None:
        """Fire what is due, until cancelled."""
        while True:
            self._set.clear()
            try:
                pause = await self._fire(accept)
            except StorageError:
                log.warning("timers cannot be read")
                pause = 1.0
            await heard(self._set, pause)

    async def _fire(self, accept: Accept) -> float:
        """Fire all that is due; seconds until the next."""
        now = datetime.now(UTC)
        due = await self._store.run(lambda tx: timers.due(tx, now, AT_ONCE))
        arrivals = [
            Arrival(
                id=f"timer:{timer.contact_id}:{timer.name}:{now.timestamp():.3f}",
                channel=timer.channel,
                address=timer.address,
                event=TimedOut(timer=timer.name),
                at=now,
            )
            for timer in due
        ]
        await asyncio.gather(*(accept(arrival) for arrival in arrivals))
        following = await self._store.run(timers.next_due)
        if following is None:
            return LONGEST
        return min(LONGEST, max(0.0, (following - datetime.now(UTC)).total_seconds()))
