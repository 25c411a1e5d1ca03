"""200 citizens at once over a strict Bot API server: our bot beside a plain one, as processes.

The server and its people live in this process, the bot in one of its own. Each citizen does the
next thing as soon as the last answer is read; who still waits at the end counts with the time
waited so far.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from bench import plain_bot
from bench.citizens import content, labelled, with_labels
from bench.closed_loop import percentile
from bench.figures import Figure, at_least, at_most, ratios
from bench.processes import Bot, cpu_seconds, free_port, our_bot, running, the_plain_bot
from bench.telegram_people import Crowd, platform
from tests.fakes.telegram import FakeTelegram

CITIZENS = 200
LATENCIES = (0.0, 0.05)


class Side(NamedTuple):
    """A bot and what a citizen does there."""

    name: str
    start: Callable[[Path, FakeTelegram], Bot]
    script: tuple[str, ...]


class Run(NamedTuple):
    """What came of so many seconds."""

    per_s: float
    p50_ms: float
    p95_ms: float
    cpu_us: float
    unsent: int


def measure(*, quick: bool) -> list[Figure]:
    """Both bots at each latency of the API, in alternating rounds."""
    sides = both_sides()
    rounds, seconds = (1, 3.0) if quick else (3, 5.0)
    figures: list[Figure] = []
    for latency in LATENCIES[: 1 if quick else None]:
        runs: dict[str, list[Run]] = {side.name: [] for side in sides}
        for number in range(rounds):
            for side in sides if number % 2 == 0 else reversed(sides):
                runs[side.name].append(asyncio.run(_run(side, latency, seconds)))
        figures += _figures(f"API {latency * 1000:.0f} ms", runs)
    return figures


def both_sides() -> tuple[Side, Side]:
    """Our bot and the plain one, with the same questions."""
    return (
        Side("ours", _ours, labelled(content())),
        Side("plain", _plain, with_labels(plain_bot.LABELS)),
    )


def _ours(folder: Path, server: FakeTelegram) -> Bot:
    return our_bot(folder, free_port(), server.url, server.token)


def _plain(folder: Path, server: FakeTelegram) -> Bot:
    return the_plain_bot(folder, server.url, server.token)


def _figures(load: str, runs: Mapping[str, Sequence[Run]]) -> Iterator[Figure]:
    for name, each in runs.items():
        row = f"{load}: {name}"
        yield Figure(row, "updates/s", tuple(run.per_s for run in each))
        if name == "ours":
            speeds = [[run.per_s for run in runs[side]] for side in ("ours", "plain")]
            waits = [[run.p95_ms for run in runs[side]] for side in ("ours", "plain")]
            yield Figure(row, "of plain", ratios(*speeds), at_least(1))
            yield Figure(row, "p95 of plain", ratios(*waits), at_most(1))
        yield Figure(row, "p50 ms", tuple(run.p50_ms for run in each))
        yield Figure(row, "p95 ms", tuple(run.p95_ms for run in each))
        yield Figure(row, "CPU µs/update", tuple(run.cpu_us for run in each))
        yield Figure(row, "cases unsent", (sum(run.unsent for run in each),))


async def _run(side: Side, latency: float, seconds: float) -> Run:
    with tempfile.TemporaryDirectory(prefix="lang-nghe-bench-") as name:
        async with await platform(latency) as server:
            with running(side.start(Path(name), server), Path(name)) as process:
                crowd = Crowd(server, side.script)
                await crowd.talk()
                crowd.answered.clear()
                begun, spent = perf_counter(), cpu_seconds(process) or 0.0
                await crowd.crowd(CITIZENS, seconds)
                spent = (cpu_seconds(process) or 0.0) - spent
                taken = perf_counter() - begun
    count = max(len(crowd.answered), 1)
    waits = crowd.answered + crowd.waiting
    return Run(
        per_s=len(crowd.answered) / taken,
        p50_ms=percentile(waits, 50) * 1e3,
        p95_ms=percentile(waits, 95) * 1e3,
        cpu_us=spent / count * 1e6,
        unsent=crowd.unsent,
    )
