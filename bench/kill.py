"""What a SIGKILL costs: everybody greets at once, the bot dies amid its answers and starts again.

An update that was confirmed to the server and then forgotten is a person who is never answered.
"""

import asyncio
import itertools
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from bench.end_to_end import Side, both_sides
from bench.figures import Figure, at_most
from bench.processes import running
from bench.telegram_people import Crowd, platform
from tests.fakes.telegram import FakeTelegram, Person

LATENCY = 0.05
KILL_AFTER = 0.1  # of the people are answered
PATIENCE = 30.0


def measure(*, quick: bool) -> list[Figure]:
    """Each bot once."""
    citizens, quiet = (50, 1.5) if quick else (200, 3.0)
    return [
        figure for side in both_sides() for figure in asyncio.run(_killed(side, citizens, quiet))
    ]


async def _killed(side: Side, citizens: int, quiet: float) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="lang-nghe-bench-") as name:
        folder = Path(name)
        async with await platform(LATENCY) as server:
            bot = side.start(folder, server)
            crowd = Crowd(server, side.script)
            people = [crowd.person() for _ in range(citizens)]
            with running(bot, folder):
                await crowd.talk()
                await asyncio.gather(*(person.says("/start") for person in people))
                await _until(people, round(citizens * KILL_AFTER))
            before = sum(person.unread > 0 for person in people)
            with running(bot, folder):
                await _quiet(people, server, quiet)
    unread = [person.unread for person in people]
    row = f"{citizens} waiting: {side.name}"
    budget = at_most(0) if side.name == "ours" else None
    return [
        Figure(row, "answered before the kill", (before,)),
        Figure(row, "never answered", (unread.count(0),), budget),
        Figure(row, "answered twice", (sum(each > 1 for each in unread),)),
    ]


async def _until(people: Sequence[Person], answered: int) -> None:
    readers = [asyncio.create_task(person.sees("", PATIENCE)) for person in people]
    for first in itertools.islice(asyncio.as_completed(readers), answered):
        await first
    for reader in readers:
        reader.cancel()


async def _quiet(people: Sequence[Person], server: FakeTelegram, seconds: float) -> None:
    """Wait until nothing is left to fetch and nothing new has been heard for so long."""
    until = perf_counter() + PATIENCE
    heard, since = -1, perf_counter()
    while (server.pending or perf_counter() - since < seconds) and perf_counter() < until:
        await asyncio.sleep(0.1)
        if (now := sum(person.unread for person in people)) != heard:
            heard, since = now, perf_counter()
