"""The same reads in a small storage and in one a hundred times as large.

A citizen's list, their list by words, a case's story; the desk's queue, its case card, and a search
for words that one case in 250 has. The time is that of the statements and what is made of them, in
a turn's own transaction.
"""

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from statistics import median
from time import perf_counter
from typing import NamedTuple

from bench.copies import EACH, MEMBERS, NOW, OPENED, RARE, UNITS, code_of, fill
from bench.databases import Database, fresh_sqlite
from bench.figures import Figure, at_most, ratios
from handlers.desk.dossier import Filter
from storage import desk, open_store, tickets
from storage.database import Store, Tx
from tests.postgres_server import fresh_database, postgres_server
from tests.sealing import SEAL

SIZES = (10_000, 1_000_000)
QUICK = (10_000, 100_000)
TWICE = at_most(2)
CARDS = 50  # of one citizen, as a turn asks for them
FOUND = 10  # of a search
PAGE = 7  # of the queue: a page, and one more to know of another
ALL = frozenset({"*"})

Read = Callable[[Tx], object]


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
    "the case card": lambda at: partial(_dossier, at.code()),
    "queue: all": lambda _: _queue(ALL),
    "queue: overdue": lambda _: _queue(ALL, view="overdue"),
    "queue: unassigned": lambda _: _queue(ALL, view="unassigned"),
    "queue: a topic": lambda _: _queue(ALL, topic="topic-1"),
    "queue: a unit": lambda _: _queue(_units(1)),
    "queue: a unit's to release": lambda _: _queue(_units(1), view="approving"),
    "queue: three units": lambda _: _queue(_units(3)),
    "queue: mine": lambda _: _queue(ALL, view="mine"),
    "queue: further on": lambda at: _queue(ALL, after_due=_due(), after_id=at.cases // 2),
    "search": lambda _: partial(_search, ALL),
    "search of a unit": lambda _: partial(_search, _units(1)),
}


def measure(*, quick: bool) -> list[Figure]:
    """Each read on each engine; *quick* leaves PostgreSQL out."""
    rounds, each = (3, 50) if quick else (5, 100)
    sizes = QUICK if quick else SIZES
    figures = asyncio.run(_measured("SQLite", fresh_sqlite, sizes, rounds, each))
    if not quick:
        with postgres_server(durable=True) as server:
            database = partial(fresh_database, server)
            figures += asyncio.run(_measured("PostgreSQL", database, sizes, rounds, each))
    return figures


async def _measured(
    engine: str, database: Database, sizes: Sequence[int], rounds: int, each: int
) -> list[Figure]:
    async with AsyncExitStack() as stack:
        filled = [await _filled(stack, stack.enter_context(database()), size) for size in sizes]
        return [
            figure
            for name in READS
            for figure in _figures(
                f"{engine}: {name}",
                sizes,
                [[await _time(at, name, each) for at in filled] for _ in range(rounds)],
            )
        ]


async def _filled(stack: AsyncExitStack, url: str, size: int) -> Filled:
    store = await open_store(url, seal=SEAL)
    stack.push_async_callback(store.close)
    return Filled(store, size, await fill(store, size))


async def _time(at: Filled, name: str, each: int) -> float:
    """The median time of so many reads, each of something else."""
    reads = [READS[name](at) for _ in range(each)]
    return median(await at.store.run(lambda tx: [_timed(tx, read) for read in reads]))


def _timed(tx: Tx, read: Read) -> float:
    start = perf_counter()
    read(tx)
    return perf_counter() - start


def _figures(row: str, sizes: Sequence[int], rounds: list[list[float]]) -> Iterator[Figure]:
    small, large = ([times[at] for times in rounds] for at in range(2))
    yield Figure(row, f"{sizes[0]:,} cases: ms", tuple(time * 1e3 for time in small))
    yield Figure(row, f"{sizes[1]:,} cases: ms", tuple(time * 1e3 for time in large))
    yield Figure(row, "large / small", ratios(large, small), TWICE)


def _cards(contact_id: int, words: str, tx: Tx) -> object:
    return tickets.cards(tx, contact_id, words, CARDS)


def _story(code: str, tx: Tx) -> object:
    return tickets.story(tx, code)


def _dossier(code: str, tx: Tx) -> object:
    return desk.dossier(tx, code)


def _queue(units: frozenset[str], **filters: object) -> Read:
    page, member = Filter.model_validate(filters), 1 + random.randrange(MEMBERS)
    return lambda tx: desk.queue(tx, page, units, member, NOW.date(), PAGE)


def _units(several: int) -> frozenset[str]:
    return frozenset(f"unit-{number}" for number in random.sample(range(UNITS), several))


def _due() -> str:
    """A day in the middle of the queue."""
    return (NOW + timedelta(days=random.randrange(30))).date().isoformat()


def _search(units: frozenset[str], tx: Tx) -> object:
    return desk.search(tx, RARE, units, FOUND)
