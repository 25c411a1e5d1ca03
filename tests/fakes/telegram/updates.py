"""The queue of updates of one bot, as the server keeps it.

An update is stored as the JSON it will be sent as, forgotten when a poll names a higher offset,
when a webhook takes it, or when its time is over. Numbers start at a random place and have no gap
but those a test makes.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from random import Random

from .args import dumps
from .clock import Clock
from .rules import DEFAULT_KINDS, TTL, UPDATE_KINDS, Limits

_FIRST = 2_000_001
_LAST = 1 << 29


@dataclass(frozen=True, slots=True)
class Event:
    """One update: *body* is its JSON, *queue* the webhook queue whose order it keeps."""

    seq: int
    update_id: int
    body: str
    expires_at: float
    queue: int


class UpdateQueue:
    """Updates waiting for a bot, oldest first."""

    def __init__(self, clock: Clock, limits: Limits, random: Random) -> None:
        """Begin empty, at a random number."""
        self._clock = clock
        self._limits = limits
        self._random = random
        self._events: OrderedDict[int, Event] = OrderedDict()
        self._bytes = 0
        self._seq = 0
        self._next_id = random.randrange(_FIRST, _LAST)
        self._in_order = True
        self._next_expiry = float("inf")
        self.allowed = DEFAULT_KINDS
        self.dropped = 0
        self.arrived: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        return len(self._events)

    @property
    def tail(self) -> int:
        """The number the next update gets."""
        return self._next_id

    @property
    def head(self) -> int:
        """The number of the oldest update, or of the next one."""
        for event in self._events.values():
            return event.update_id
        return self._next_id

    def allow(self, kinds: object) -> bool:
        """Keep only updates of these kinds from now on; unreadable lists change nothing."""
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            return False
        known = UPDATE_KINDS & {kind.lower() for kind in kinds}
        changed = (known or DEFAULT_KINDS) != self.allowed
        self.allowed = known or DEFAULT_KINDS
        return changed

    def push(self, kind: str, payload: object, queue: int) -> int | None:
        """Queue an update and give its number; None when its kind is not allowed or it is full."""
        if kind not in self.allowed:
            return None
        update_id = self._next_id
        body = f'{{"update_id":{update_id},\n"{kind}":{dumps(payload)}}}'
        if not self._add(update_id, body, TTL.get(kind, self._limits.update_seconds), queue):
            return None
        self._next_id += 1
        return update_id

    def inject(self, body: str, update_id: int, queue: int) -> None:
        """Queue any JSON at all under any number: duplicates, gaps and disorder included."""
        if update_id < self._next_id:
            self._in_order = False
        self._add(update_id, body, self._limits.update_seconds, queue)
        self._next_id = max(self._next_id, update_id + 1)

    def restart_numbers(self) -> None:
        """Go on at another random number, as after a week without updates."""
        before = self._next_id
        self._next_id = self._random.randrange(_FIRST, _LAST)
        self._in_order = self._in_order and (self._next_id > before or not self._events)

    def read(self, offset: int, limit: int) -> list[Event]:
        """What a poll from *offset* gets; everything before it is forgotten.

        An offset far past the tail or far before the head is no error: the server answers from
        the head and forgets nothing.
        """
        if offset < 0:
            self._keep_last(-offset)
        if offset <= 0:
            offset = self.head
        ahead = offset > self._next_id + self._limits.offset_ahead
        if not ahead and offset >= self.head - self._limits.queue_events:
            self._forget_below(offset)
        self._expire()
        return self._cut(islice(self._events.values(), limit))

    def fresh(self, known: set[int], count: int) -> list[Event]:
        """Up to *count* updates not among the *known* ones, for a webhook."""
        self._expire()
        events = (event for seq, event in self._events.items() if seq not in known)
        return list(islice(events, count))

    def forget(self, seq: int) -> None:
        """A webhook took this update."""
        event = self._events.pop(seq, None)
        if event is not None:
            self._bytes -= len(event.body)

    def clear(self) -> None:
        """Drop all pending updates."""
        self._keep_last(0)

    def _add(self, update_id: int, body: str, ttl: int, queue: int) -> bool:
        limits = self._limits
        size = len(body)
        full = len(self._events) >= limits.queue_events or self._bytes + size > limits.queue_bytes
        if full or size > limits.event_bytes:
            self.dropped += 1
            return False
        self._seq += 1
        event = Event(self._seq, update_id, body, self._clock.now() + ttl, queue)
        self._events[self._seq] = event
        self._bytes += size
        self._next_expiry = min(self._next_expiry, event.expires_at)
        self.arrived()
        return True

    def _forget_below(self, offset: int) -> None:
        if not self._in_order:
            for event in [each for each in self._events.values() if each.update_id < offset]:
                self.forget(event.seq)
            self._in_order = not self._events
            return
        while self._events and self.head < offset:
            _, event = self._events.popitem(last=False)
            self._bytes -= len(event.body)

    def _keep_last(self, count: int) -> None:
        while len(self._events) > count:
            _, event = self._events.popitem(last=False)
            self._bytes -= len(event.body)

    def _expire(self) -> None:
        """Taps die long before messages, so the whole queue is looked through, not its head."""
        now = self._clock.now()
        if self._next_expiry > now:
            return
        for event in [each for each in self._events.values() if each.expires_at <= now]:
            self.forget(event.seq)
        left = (event.expires_at for event in self._events.values())
        self._next_expiry = min(left, default=float("inf"))

    def _cut(self, events: Iterable[Event]) -> list[Event]:
        left = self._limits.get_updates_bytes
        taken = []
        for event in events:
            left -= 50 + len(event.body)
            if left <= 0:
                break
            taken.append(event)
        return taken
