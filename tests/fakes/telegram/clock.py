"""The platform's time: it can run faster than ours, and jump."""

import asyncio
import time
from typing import Any


class Clock:
    """Seconds of the platform: *speed* of them in one of ours, and `advance` adds some at once."""

    def __init__(self, speed: float = 1.0) -> None:
        """Start at the present."""
        self._speed = speed
        self._zero = time.monotonic()
        self._epoch = time.time()
        self._ahead = 0.0
        self._jump = asyncio.Event()

    def now(self) -> float:
        """Seconds since the server started; never goes back."""
        return (time.monotonic() - self._zero) * self._speed + self._ahead

    def unix(self) -> int:
        """The date the platform writes on messages."""
        return int(self._epoch + self.now())

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass at once, and wake whoever waits for them."""
        self._ahead += seconds
        jumped, self._jump = self._jump, asyncio.Event()
        jumped.set()

    def real(self, seconds: float) -> float:
        """*seconds* of the platform in seconds of ours."""
        return seconds / self._speed

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds* of the platform."""
        until = self.now() + seconds
        while (left := until - self.now()) > 0:
            await self._pause(left)

    async def wait(self, happening: asyncio.Future[Any], seconds: float) -> bool:
        """Tell whether *happening* came within *seconds* of the platform; raises what it raises."""
        until = self.now() + seconds
        while not happening.done() and (left := until - self.now()) > 0:
            jump = asyncio.ensure_future(self._jump.wait())
            try:
                await asyncio.wait(
                    {happening, jump},
                    timeout=self.real(left),
                    return_when=asyncio.FIRST_COMPLETED,
                )
            finally:
                jump.cancel()
        if happening.done():
            happening.result()
            return True
        return False

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._jump.wait(), self.real(seconds))
        except TimeoutError:
            return
