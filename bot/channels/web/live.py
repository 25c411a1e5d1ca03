"""Pages that are open now, and how many things one of them may do at once."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bot.awaiting import heard
from bot.problems import RefusedError


class Bell:
    """Rings when there may be news for one open page."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Have whoever waits look for news; many rings before they look are one."""
        self._rung.set()

    async def heard(self, seconds: float) -> bool:
        """Wait for a ring, at most *seconds*."""
        if not await heard(self._rung, seconds):
            return False
        self._rung.clear()
        return True


class Bells:
    """The bells of all open pages, by the address of their people."""

    def __init__(self) -> None:
        self._of: dict[str, set[Bell]] = {}
        self.closed = False

    @contextmanager
    def listen(self, address: str) -> Iterator[Bell]:
        """A bell for one page, as long as it is open."""
        bell = Bell()
        self._of.setdefault(address, set()).add(bell)
        try:
            yield bell
        finally:
            here = self._of[address]
            here.discard(bell)
            if not here:
                del self._of[address]

    def ring(self, address: str) -> None:
        """There is news for *address*."""
        for bell in self._of.get(address, ()):
            bell.ring()

    def ring_all(self) -> None:
        """There may be news for everybody."""
        for bells in self._of.values():
            for bell in bells:
                bell.ring()

    def close(self) -> None:
        """Have every page let go."""
        self.closed = True
        self.ring_all()


class Slots:
    """Lets at most *each* run at once for one person and *total* for all together."""

    def __init__(self, each: int, total: int) -> None:
        self._each, self._total = each, total
        self.taken: Counter[str] = Counter()

    @contextmanager
    def take(self, address: str) -> Iterator[None]:
        """A place for one of *address*; raises `RefusedError` when there is none."""
        if self.taken[address] >= self._each or self.taken.total() >= self._total:
            raise RefusedError("busy")
        self.taken[address] += 1
        try:
            yield
        finally:
            self.taken[address] -= 1
            if not self.taken[address]:
                del self.taken[address]
