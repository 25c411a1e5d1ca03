"""How fast announcements of one channel go: one budget, as plain arithmetic over a given clock.

Of our own, because the asyncio limiters there are (aiolimiter, the best kept, last released in
2024) either begin with a whole period's worth at once, on top of the rate, or forgive no lateness
of a timer at all; and none can count what is not made to wait.
"""

FORGIVEN = 0.3  # seconds without a send that are made up for


class Pace:
    """At most ``per_second * t + burst`` messages in any *t* seconds.

    A burst is what a loop that was held up for `FORGIVEN` seconds may make up for: so the rate is
    held on a busy machine, and a platform's own burst (a second's worth, at Telegram) is not used
    up. (The generic cell rate algorithm; times are seconds of any one clock.)
    """

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self.burst = max(1.0, per_second * FORGIVEN)
        self._ahead = (self.burst - 1) * self._interval
        self._next = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until one more may go; 0 when it may go at once."""
        return max(0.0, self._next - self._ahead - now)

    def take(self, now: float, count: int = 1) -> None:
        """Count *count* messages, whether they waited or not; those that wait pay for those."""
        self._next = max(self._next, now) + count * self._interval
