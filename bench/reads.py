"""The same reads in a small storage and in one ten times as large.

A citizen's list, their list by words, a case's story, and a search for words that one case in 250
has. The time is that of the statements and what is made of them, on the reading thread.
"""

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, AsyncExitStack
from functools import partial
from statistics import median
from time import perf_counter
from typing import NamedTuple

from bench.copies import EACH, OPENED, RARE, code_of, fill
from bench.databases import fresh_sqlite
from bench.figures import Figure, at_most, ratios
from storage import open_store, tickets
from storage.database import Store, Tx
from tests.postgres_server import fresh_database, postgres_server

SIZES = (10_000, 100_000)
TWICE = at_most(2)
CARDS = 50  # of one citizen, as a turn asks for them
FOUND = 10  # of a search

Read = Callable[[Tx], object]
Database = Callable[[], AbstractContextManager[str]]


class Filled(NamedTuple):
    """A storage and how to pick things in it."""

    store: Store
    cases: int
    codes: list[str]

    def code(self) -> str:
        """Any case's code."""
        return code_of(random.choice(self.codes), self._by())

    def contact(self) -> int:
        """Any citizen's contact."""
        return 1 + random.randrange(OPENED // EACH) + self._by()

    def _by(self) -> int:
        return random.randrange(self.cases // OPENED) * OPENED


READS: Mapping[str, Callable[[Filled], Read]] = {
    "a citizen's list": lambda at: partial(_cards, at.contact(), ""),
    "a citizen's list by words": lambda at: partial(_cards, at.contact(), RARE),
    "a case's story": lambda at: partial(_story, at.code()),
    "search": lambda _: _search,
}


def measure(*, quick: bool) -> list[Figure]:
    """Each read on each engine; *quick* leaves PostgreSQL out."""
    rounds, each = (3, 50) if quick else (5, 100)
    figures = asyncio.run(_measured("SQLite", fresh_sqlite, rounds, each))
    if not quick:
        with postgres_server(durable=True) as server:
            database = partial(fresh_database, server)
            figures += asyncio.run(_measured("PostgreSQL", database, rounds, each))
    return figures


async def _measured(engine: str, database: Database, rounds: int, each: int) -> list[Figure]:
    async with AsyncExitStack() as stack:
        filled = [await _filled(stack, stack.enter_context(database()), size) for size in SIZES]
        return [
            figure
            for name in READS
            for figure in _figures(
                f"{engine}: {name}",
                [[await _time(at, name, each) for at in filled] for _ in range(rounds)],
            )
        ]


async def _filled(stack: AsyncExitStack, url: str, size: int) -> Filled:
    store = await open_store(url)
    stack.push_async_callback(store.close)
    return Filled(store, size, await fill(store, size))


async def _time(at: Filled, name: str, each: int) -> float:
    """The median time of so many reads, each of something else."""
    reads = [READS[name](at) for _ in range(each)]
    return median(await at.store.read(lambda tx: [_timed(tx, read) for read in reads]))


def _timed(tx: Tx, read: Read) -> float:
    start = perf_counter()
    read(tx)
    return perf_counter() - start


def _figures(row: str, rounds: list[list[float]]) -> Iterator[Figure]:
    small, large = ([times[at] for times in rounds] for at in range(2))
    yield Figure(row, f"{SIZES[0]:,} cases: ms", tuple(time * 1e3 for time in small))
    yield Figure(row, f"{SIZES[1]:,} cases: ms", tuple(time * 1e3 for time in large))
    yield Figure(row, "large / small", ratios(large, small), TWICE)


def _cards(contact_id: int, words: str, tx: Tx) -> object:
    return tickets.cards(tx, contact_id, words, CARDS)


def _story(code: str, tx: Tx) -> object:
    return tickets.story(tx, code)


def _search(tx: Tx) -> object:
    return tickets.search(tx, RARE, FOUND)
