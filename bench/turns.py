"""Durable turns: the whole engine beside the bare unit of work, on both databases, in one run.

After each run the rows in the database are counted against the turns taken; a way that does not
do its work would be the fastest of all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import NamedTuple

from bench.bare import Bare, bare_sqlite, rows_expected
from bench.bare_postgres import bare_lanes, bare_threads
from bench.citizens import Town, content
from bench.closed_loop import Pace, drive
from bench.databases import count_rows, fresh_sqlite
from bench.figures import Budget, Figure, at_least, ratios
from handlers.content import Content
from storage import open_store
from tests.postgres_server import fresh_database, postgres_server
from tests.sealing import SEAL

WAITING = (16, 64, 1)
ENGINE = "engine"
HALF = at_least(0.5)


class Run(NamedTuple):
    """How a run went, and by how many rows the database disagrees with it."""

    pace: Pace
    amiss: int


Way = Callable[[str, int, float], Awaitable[Run]]
Database = Callable[[], AbstractContextManager[str]]


class Engine(NamedTuple):
    """A database engine: fresh databases of it, and the bare ways by name, the budget's first."""

    name: str
    database: Database
    bare: Mapping[str, Way]


def measure(*, quick: bool) -> list[Figure]:
    """Every way, at every load, in alternating rounds."""
    rounds, seconds = (2, 0.3) if quick else (5, 1.0)
    with postgres_server(durable=True) as server:
        engines = (
            Engine("SQLite", fresh_sqlite, {"bare, one hop": partial(_bare, bare_sqlite)}),
            Engine(
                "PostgreSQL",
                partial(fresh_database, server),
                {
                    "bare, 10 threads": partial(_bare, bare_threads),
                    "bare, 4 lanes": partial(_bare, bare_lanes),
                },
            ),
        )
        turns = partial(_engine, content())
        with fresh_sqlite() as url:  # whatever is loaded with the first turn is not a turn's cost
            asyncio.run(turns(url, 1, 0.1))
        return [
            figure
            for engine in engines
            for waiting in WAITING
            for figure in _figures(
                f"{engine.name}, {waiting} waiting",
                _compare(engine.database, {**engine.bare, ENGINE: turns}, waiting, rounds, seconds),
            )
        ]


def _compare(
    database: Database, ways: Mapping[str, Way], waiting: int, rounds: int, seconds: float
) -> dict[str, list[Run]]:
    """The runs of each way; every other round goes the other way round."""
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in sorted(ways, key=list(ways).index, reverse=number % 2 == 1):
            with database() as url:
                runs[name].append(asyncio.run(_awaited(ways[name](url, waiting, seconds))))
    return runs


async def _awaited(run: Awaitable[Run]) -> Run:
    return await run


def _figures(load: str, runs: Mapping[str, Sequence[Run]]) -> Iterator[Figure]:
    base = next(iter(runs))
    speeds = {name: [run.pace.per_s for run in each] for name, each in runs.items()}
    for name, each in runs.items():
        row = f"{load}: {name}"
        budget: Budget | None = HALF if name == ENGINE else None
        paces = [run.pace for run in each]
        yield Figure(row, "turns/s", tuple(speeds[name]))
        yield Figure(row, "of bare", ratios(speeds[name], speeds[base]), budget)
        yield Figure(row, "p50 ms", tuple(pace.p50_ms for pace in paces))
        yield Figure(row, "p99 ms", tuple(pace.p99_ms for pace in paces))
        yield Figure(row, "CPU µs/turn", tuple(pace.cpu_us for pace in paces))
        yield Figure(row, "CPU of bare", ratios(_cpu(each), _cpu(runs[base])))
        yield Figure(row, "rows amiss", (sum(run.amiss for run in each),))


async def _bare(
    opened: Callable[[str], Awaitable[Bare]], url: str, waiting: int, seconds: float
) -> Run:
    bare = await opened(url)
    pace = await drive([bare.act] * waiting, seconds)
    await bare.close()
    return Run(pace, _amiss(url, rows_expected(pace.done)))


async def _engine(province: Content, url: str, waiting: int, seconds: float) -> Run:
    store = await open_store(url, seal=SEAL)
    town = Town(store, province)
    pace = await drive([town.citizen() for _ in range(waiting)], seconds)
    await store.close()
    return Run(pace, _amiss(url, town.rows_expected(pace.done)) + town.failed)


def _amiss(url: str, expected: Mapping[str, int]) -> int:
    found = count_rows(url, expected)
    return sum(abs(found[table] - count) for table, count in expected.items())


def _cpu(runs: Sequence[Run]) -> list[float]:
    return [run.pace.cpu_us for run in runs]
