"""An announcement over a strict Bot API server that enforces its limits, while people talk.

The server and its people live in this process, the bot in one of its own. The rate is what the
server counted, from the first message it took to the last, over the rate that was configured; the
replies are those of citizens who go through a conversation, before it began and while it runs.
"""

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from bench import announcing_kills
from bench.announced import begin, seed
from bench.citizens import content, labelled
from bench.closed_loop import percentile
from bench.figures import Figure, at_least, at_most
from bench.processes import cpu_seconds, free_port, our_bot, resident_mb, running
from bench.telegram_people import Crowd, platform
from tests.fakes.telegram import FakeTelegram, Pace

FIRST = 10_000_000  # their ids; the citizens who talk have others
TALKING, THINKING = (
    40,
    1.2,
)  # citizens at once; seconds before each thing they do: one chat bears one a second
WINDOW = 300.0  # seconds within which an answer to a person is no bulk message
PATIENCE = 120.0
WARM = 5.0  # seconds after the first answer that are not counted
FREE = 28.0  # a second: the default of config.toml


class Load(NamedTuple):
    """How many are told how fast; *alone* seconds before are without it."""

    name: str
    people: int
    per_second: float
    paid: bool
    alone: float


class Run(NamedTuple):
    """What came of it."""

    held: float
    refused: int
    p95_alone_ms: float
    p95_during_ms: float
    grown_mb: float
    cpu_us: float


def measure(*, quick: bool) -> list[Figure]:
    """At Telegram's plain pace, at one that is paid for, and over faults and kills."""
    loads = (
        Load("plain", 300 if quick else 1_800, FREE, paid=False, alone=5 if quick else 20),
        Load("paid", *((3_000, 300.0) if quick else (100_000, 300.0)), paid=True, alone=20),
    )
    figures = [figure for load in loads for figure in _figures(load, asyncio.run(_run(load)))]
    return figures + announcing_kills.measure(quick=quick)


def _figures(load: Load, run: Run) -> Iterator[Figure]:
    row = f"{load.name}: {load.people:,} people at {load.per_second:g}/s"
    yield Figure(row, "of the rate", (run.held,), at_least(0.98))
    yield Figure(row, "429s", (run.refused,), at_most(0))
    yield Figure(row, "replies p95 alone ms", (run.p95_alone_ms,))
    yield Figure(row, "during ms", (run.p95_during_ms,))
    yield Figure(row, "during / alone", (run.p95_during_ms / run.p95_alone_ms,), at_most(1.5))
    yield Figure(row, "memory grown MB", (run.grown_mb,))
    yield Figure(row, "CPU µs/message", (run.cpu_us,))


async def _run(load: Load) -> Run:
    pace = Pace(enforce=True, paid_per_second=load.per_second, reply_window=WINDOW)
    with tempfile.TemporaryDirectory(prefix="lang-nghe-bench-") as name:
        folder, recipients = Path(name), range(FIRST, FIRST + load.people)
        async with await platform(pace=pace) as server:
            server.crowd(recipients.start, len(recipients))
            bot = our_bot(
                *(folder, free_port(), server.url, server.token),
                CHANNELS__TELEGRAM__ANNOUNCEMENTS_PER_SECOND=load.per_second,
                CHANNELS__TELEGRAM__PAID_BROADCAST=str(load.paid).lower(),
            )
            url = f"sqlite:///{folder}/bot.db"
            await seed(url, recipients)
            with running(bot, folder) as process:
                async with asyncio.timeout(PATIENCE + 2 * load.people / load.per_second):
                    return await _watched(load, url, server, process)


async def _watched(
    load: Load, url: str, server: FakeTelegram, process: "subprocess.Popen[bytes]"
) -> Run:
    crowd = Crowd(server, labelled(content()), THINKING)
    await crowd.talk()
    talking = [asyncio.create_task(_live(crowd)) for _ in range(TALKING)]
    await asyncio.sleep(WARM)
    crowd.answered.clear()
    await asyncio.sleep(load.alone)
    begin(url)
    told = _Told(server, load.people)
    began, memory = await told.begins(), resident_mb(process) or 0.0
    alone, spent = crowd.answered, cpu_seconds(process) or 0.0
    during: list[float] = []
    crowd.answered = during
    ended = await told.ends()
    spent = (cpu_seconds(process) or 0.0) - spent
    grown = (resident_mb(process) or 0.0) - memory
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
    return Run(
        held=load.people / (ended - began) / load.per_second,
        refused=len(server.violations),
        p95_alone_ms=percentile(alone, 95) * 1e3,
        p95_during_ms=percentile(during, 95) * 1e3,
        grown_mb=grown,
        cpu_us=spent / load.people * 1e6,
    )


async def _live(crowd: Crowd) -> None:
    while True:
        await crowd.talk()


class _Told:
    """How many of the audience were told: chats come into being when they are written to."""

    def __init__(self, server: FakeTelegram, people: int) -> None:
        self._chats = server.world.chats
        self._last = FIRST + people - 1
        self._people = people

    async def begins(self) -> float:
        """When the first was told."""
        while not any(number >= FIRST for number in self._newest()):  # noqa: ASYNC110 - see below
            await asyncio.sleep(0.01)
        return perf_counter()

    async def ends(self) -> float:
        """When all were told."""
        while sum(number >= FIRST for number in self._chats) < self._people:  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0.25)
        return perf_counter()

    def _newest(self) -> list[int]:
        return list(self._chats)[-50:]
