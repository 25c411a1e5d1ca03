"""How often something may be done, by whoever does it: evenly given back, bounded in memory.

It is kept in this process alone, and forgotten at a restart: what must last is counted in the
conversation (`handlers.limits`).
"""

import time
from collections import OrderedDict
from collections.abc import Callable

ROUNDING = 1e-6  # seconds
MOST = 20_000  # who are remembered; the longest quiet are forgotten first


class Rates:
    """*most* of something in *seconds* for each name."""

    def __init__(
        self, most: float, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._step, self._seconds, self._clock = seconds / most, seconds, clock
        self._back: OrderedDict[str, float] = OrderedDict()

    def take(self, name: str, count: float = 1) -> float:
        """Take *count*; the seconds to wait until there is as much, and nothing taken, unless 0."""
        now = self._clock()
        back = max(self._back.pop(name, now), now)
        after = back + count * self._step
        wait = after - now - self._seconds - ROUNDING
        self._back[name] = back if wait > 0 else after
        if len(self._back) > MOST:
            self._back.popitem(last=False)
        return max(wait, 0.0)

    def give(self, name: str, count: float = 1) -> None:
        """Give back *count* that were taken for nothing."""
        if name in self._back:
            self._back[name] -= count * self._step
