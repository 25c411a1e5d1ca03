"""Citizens on a strict Bot API server, who go through a script as fast as they are answered."""

import asyncio
import logging
from itertools import count
from time import perf_counter

from tests.fakes.telegram import FakeTelegram, Options, Pace, Person, Shown

UNHURRIED = Pace()
PATIENCE = 30.0  # seconds until a bot must have answered
SENT = "PA-"  # stands in the last answer when the case has got its code


async def platform(latency: float = 0.0, pace: Pace = UNHURRIED) -> FakeTelegram:
    """A strict server that keeps little, so that its own memory does not slow it."""
    # It would tell of every bot that is killed in the middle of a call.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    options = Options(journal=0, remember=20)
    return await FakeTelegram.start(latency=latency, pace=pace, options=options)


class Crowd:
    """People of *server* who follow *script*; what is in brackets there is a button to tap."""

    def __init__(self, server: FakeTelegram, script: tuple[str, ...], pause: float = 0.0) -> None:
        """Each thinks *pause* seconds before what they do next."""
        self._pause = pause
        self._server = server
        self._script = script
        self._ids = count(1001)
        self.answered: list[float] = []
        self.waiting: list[float] = []
        self.unsent = 0

    def person(self) -> Person:
        """Somebody who has never been here."""
        return self._server.person(next(self._ids))

    async def talk(self) -> None:
        """One person, from the first greeting to the last answer."""
        person, shown = self.person(), None
        for line in self._script:
            shown = await self._exchange(person, line, shown)
        self.unsent += shown is None or SENT not in shown.text

    async def crowd(self, people: int, seconds: float) -> None:
        """So many at once, each followed by the next one, for so long."""
        tasks = [asyncio.create_task(self._live()) for _ in range(people)]
        ended, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in ended:
            task.result()

    async def _live(self) -> None:
        while True:
            await self.talk()

    async def _exchange(self, person: Person, line: str, shown: Shown | None) -> Shown:
        if self._pause:
            await asyncio.sleep(self._pause)
        start = perf_counter()
        try:
            if line.startswith("["):
                await person.taps(line[1:-1], shown)
            else:
                await person.says(line)
            answer = await person.reads(PATIENCE)
        except asyncio.CancelledError:
            self.waiting.append(perf_counter() - start)
            raise
        self.answered.append(perf_counter() - start)
        return answer
