"""How fast the bot may go, and a record of every time it went faster.

All figures are in `rules.Pace`. A refusal closes its scope (a chat, a group, the bot) for the
seconds it names; a call made before that is counted as one that ignored the refusal.
"""

from collections import deque
from dataclasses import dataclass
from math import ceil

from .chats import Chat
from .clock import Clock
from .errors import too_many
from .rules import Pace

FLOOD_PAUSE = 3.0  # the server's self-protection answers late
FLOOD_WAIT = 60
_COUNTED_UPLOAD = 100_000
_UPLOAD_BACKLOG = 5.0
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Violation:
    """A call faster than allowed. *ignored*: it came before an earlier refusal's time was over."""

    at: float
    scope: str
    method: str
    chat_id: int | None
    retry_after: int
    ignored: bool


class FloodError(Exception):
    """The server protects itself: it answers 429 with a minute to wait, three seconds late."""


class _Bucket:
    __slots__ = ("_at", "_burst", "_level", "_rate")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._level = float(burst)
        self._at = float("-inf")

    def wait(self, count: int, now: float) -> float:
        """Seconds until *count* fit; 0 when they do."""
        if self._level < self._burst:
            self._level = min(self._burst, self._level + (now - self._at) * self._rate)
        self._at = now
        needed = min(count, self._burst)
        return 0.0 if self._level >= needed else (needed - self._level) / self._rate

    def take(self, count: int) -> None:
        self._level -= count


class _Window:
    __slots__ = ("_most", "_times")

    def __init__(self, most: int) -> None:
        self._most = most
        self._times: deque[float] = deque()

    def wait(self, count: int, now: float) -> float:
        while self._times and self._times[0] <= now - _MINUTE:
            self._times.popleft()
        over = len(self._times) + count - self._most
        if over <= 0 or not self._times:
            return 0.0
        return self._times[min(over, len(self._times)) - 1] + _MINUTE - now

    def take(self, count: int, now: float) -> None:
        self._times.extend([now] * count)


class Pacer:
    """Admits or refuses the sends of one bot."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        """Begin with full buckets."""
        self.violations: list[Violation] = []
        self._clock = clock
        self._uploads: dict[int, float] = {}
        self._updates: deque[list[float]] = deque()
        self.set(pace)

    def set(self, pace: Pace) -> None:
        """Go by other figures from now on."""
        self.pace = pace
        self._chats: dict[int, _Bucket] = {}
        self._groups: dict[tuple[int, str], _Window] = {}
        self._bulk = _Bucket(pace.bulk_per_second, pace.bulk_burst)
        self._paid = _Bucket(pace.paid_per_second, pace.paid_per_second)
        self._closed: dict[str, float] = {}

    def send(self, chat: Chat, method: str, count: int, *, paid: bool) -> None:
        """Count *count* new messages to a chat; too fast is refused with 429."""
        if not self.pace.enforce:
            return
        now = self._clock.now()
        overall = self._overall(chat, now, paid=paid)
        if chat.kind == "private":
            bucket = self._chat_bucket(chat)
            self._check(f"chat {chat.id}", method, chat, bucket.wait(count, now))
            self._check_overall(overall, method, chat, count, now)
            bucket.take(count)
        else:
            window = self._window(chat, "sends", self.pace.group_per_minute)
            self._check(f"group {chat.id}", method, chat, window.wait(count, now))
            self._check_overall(overall, method, chat, count, now)
            window.take(count, now)
        if overall is not None:
            overall.take(count)

    def edit(self, chat: Chat, method: str) -> None:
        """Count an edit in a group, where the pace knows a limit for it."""
        most = self.pace.group_edits_per_minute
        if not self.pace.enforce or most is None or chat.kind == "private":
            return
        now = self._clock.now()
        window = self._window(chat, "edits", most)
        self._check(f"edits {chat.id}", method, chat, window.wait(1, now))
        window.take(1, now)

    def upload(self, size: int) -> float:
        """Seconds to hold back an upload of *size* bytes because of others of the same size."""
        if not (self.pace.enforce and self.pace.same_size_uploads) or size <= _COUNTED_UPLOAD:
            return 0.0
        now = self._clock.now()
        last = self._uploads.get(size, float("-inf"))
        if last > now + _UPLOAD_BACKLOG:
            self._record("uploads", "upload", None, FLOOD_WAIT, ignored=False)
            raise FloodError
        delay = min(max(size * 1e-7, 0.2), 0.9)
        self._uploads[size] = at = max(last + delay, now - 1.0)
        return max(0.0, at - now)

    def active(self, calls: int, method: str) -> None:
        """Refuse a call when too many are in flight already."""
        if not self.pace.enforce:
            return
        if calls > self.pace.active_requests + self._updates_of_a_minute():
            self._record("active requests", method, None, FLOOD_WAIT, ignored=False)
            raise FloodError

    def update_made(self) -> None:
        """Each update of the last minute allows one more call in flight."""
        if not self.pace.enforce:
            return
        second = float(int(self._clock.now()))
        if self._updates and self._updates[-1][0] == second:
            self._updates[-1][1] += 1
        else:
            self._updates.append([second, 1])

    def _updates_of_a_minute(self) -> float:
        since = self._clock.now() - _MINUTE
        while self._updates and self._updates[0][0] < since:
            self._updates.popleft()
        return sum(count for _, count in self._updates)

    def _overall(self, chat: Chat, now: float, *, paid: bool) -> _Bucket | None:
        if paid:
            return self._paid
        replying = now - chat.last_act <= self.pace.reply_window
        return None if self.pace.reply_window and replying else self._bulk

    def _check_overall(
        self, overall: _Bucket | None, method: str, chat: Chat, count: int, now: float
    ) -> None:
        if overall is not None:
            scope = "paid" if overall is self._paid else "bulk"
            self._check(scope, method, chat, overall.wait(count, now))

    def _check(self, scope: str, method: str, chat: Chat, wait: float) -> None:
        now = self._clock.now()
        closed = self._closed.get(scope, 0.0) - now
        if closed <= 0 and wait <= 0:
            return
        ignored = closed > 0
        seconds = max(1, ceil(max(closed, wait)))
        if not ignored:
            seconds = self.pace.penalty or seconds
            self._closed[scope] = now + seconds
        self._record(scope, method, chat.id, seconds, ignored=ignored)
        raise too_many(seconds)

    def _record(
        self, scope: str, method: str, chat_id: int | None, seconds: int, *, ignored: bool
    ) -> None:
        now = self._clock.now()
        self.violations.append(Violation(now, scope, method, chat_id, seconds, ignored))

    def _chat_bucket(self, chat: Chat) -> _Bucket:
        bucket = self._chats.get(chat.id)
        if bucket is None:
            bucket = _Bucket(self.pace.chat_per_second, self.pace.chat_burst)
            self._chats[chat.id] = bucket
        return bucket

    def _window(self, chat: Chat, what: str, most: int) -> _Window:
        window = self._groups.get((chat.id, what))
        if window is None:
            window = self._groups[chat.id, what] = _Window(most)
        return window
