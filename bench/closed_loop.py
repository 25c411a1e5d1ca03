"""So many people at once, each waiting for the answer before the next thing is done."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter, process_time

WARM_UP = 0.3  # seconds, not measured

Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """What came of a run: *done* counts the warm-up too, the rest does not."""

    done: int
    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


async def drive(people: list[Act], seconds: float) -> Pace:
    """Let each of *people* act again and again."""
    start = perf_counter()
    begin, end = start + WARM_UP, start + WARM_UP + seconds
    measured: list[float] = []
    done = 0

    async def live(act: Act) -> None:
        nonlocal done
        while (before := perf_counter()) < end:
            await act()
            done += 1
            after = perf_counter()
            if before >= begin:
                measured.append(after - before)

    async def cpu_after_warm_up() -> float:
        await asyncio.sleep(WARM_UP)
        return process_time()

    cpu = asyncio.create_task(cpu_after_warm_up())
    await asyncio.gather(*map(live, people))
    spent = process_time() - await cpu
    taken = perf_counter() - begin
    return _pace(done, measured, taken, spent)


def _pace(done: int, measured: list[float], taken: float, spent: float) -> Pace:
    count = max(len(measured), 1)
    return Pace(
        done=done,
        per_s=count / taken,
        p50_ms=percentile(measured, 50) * 1e3,
        p99_ms=percentile(measured, 99) * 1e3,
        cpu_us=spent / count * 1e6,
    )


def percentile(values: list[float], percent: int) -> float:
    """The smallest value that *percent* of them do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)] if ordered else 0.0
