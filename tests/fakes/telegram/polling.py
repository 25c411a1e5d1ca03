"""getUpdates: the long poll, and who loses when two bots poll at once."""

import asyncio

from .args import Args
from .clock import Clock
from .errors import ApiError, conflict
from .rules import Limits
from .updates import Event, UpdateQueue

_COALESCE = 0.001  # the server waits a millisecond or two for company before it answers a poll
_CONFLICT_PAUSE = 3.0
_SAME_OFFSET_SHORT = 0.5
_SAME_OFFSET_LONG = 3.0
_OTHER_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
_WEBHOOK_SET = "terminated by setWebhook request"
_WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class LongPoll:
    """The one poller a bot may have; *waiting_from* is the offset of the poll that waits."""

    def __init__(self, queue: UpdateQueue, clock: Clock, limits: Limits) -> None:
        """Serve *queue*."""
        self._queue = queue
        self._clock = clock
        self._limits = limits
        self._waiting: asyncio.Future[None] | None = None
        self.waiting_from: int | None = None
        self._firing = False
        self._last_offset = 0
        self._last_start = float("-inf")
        self._next_conflict = float("-inf")

    async def get_updates(self, args: Args, *, webhook: bool) -> str:
        """The JSON array of updates; refused with 409 while a webhook is set."""
        if webhook:
            raise await self._conflict(_WEBHOOK_ACTIVE)
        offset = args.integer("offset")
        limit = args.clamped("limit", 100, 1, self._limits.get_updates)
        timeout = args.clamped("timeout", 0, 0, self._limits.poll_seconds)
        if args.text("allowed_updates"):
            self._queue.allow(args.json_or_none("allowed_updates"))
        limit, wait = self._slow_down(offset, limit, timeout)
        events = self._queue.read(offset, limit)
        if not events and wait:
            events = await self._wait(max(offset, 0) or self._queue.head, limit, wait)
        return "[" + ",".join(event.body for event in events) + "]"

    def _slow_down(self, offset: int, limit: int, timeout: int) -> tuple[int, float]:
        """Asking again from the same offset at once gets one update, or three seconds to wait."""
        since = self._clock.now() - self._last_start
        same = offset == self._last_offset
        wait = float(timeout)
        if same and timeout < _SAME_OFFSET_LONG and since < _SAME_OFFSET_LONG:
            wait = _SAME_OFFSET_LONG
        if same and since < _SAME_OFFSET_SHORT:
            limit = 1
        self._last_offset = offset
        self._last_start = self._clock.now()
        return limit, wait

    async def _wait(self, offset: int, limit: int, seconds: float) -> list[Event]:
        self.abort(_OTHER_POLLER)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting, self.waiting_from = mine, offset
        try:
            await self._clock.wait(mine, seconds)
        except ApiError as error:
            raise await self._conflict(error.description) from error
        finally:
            if self._waiting is mine:
                self._waiting = self.waiting_from = None
        return self._queue.read(offset, limit)

    def arrived(self) -> None:
        """An update came: answer the poll that waits, in a moment."""
        if self._waiting is not None and not self._firing:
            self._firing = True
            asyncio.get_running_loop().call_later(_COALESCE, self._fire)

    def _fire(self) -> None:
        self._firing = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def abort(self, why: str = _WEBHOOK_SET) -> None:
        """End the poll that waits with a 409."""
        waiting, self._waiting, self.waiting_from = self._waiting, None, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(ApiError(409, why))

    async def _conflict(self, why: str) -> ApiError:
        """At most one 409 in three seconds comes at once; the others come late."""
        now = self._clock.now()
        if now >= self._next_conflict:
            self._next_conflict = now + _CONFLICT_PAUSE
        else:
            await self._clock.sleep(_CONFLICT_PAUSE)
        return conflict(why)
