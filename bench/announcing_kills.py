"""An announcement with one send in ten failing, its bot killed ten times: who is missed, who twice.

The faults come in turn: blocked, refused, too fast, a bad gateway, no answer, a broken connection.
The first two are for good; everybody else has to be reached.
"""

import asyncio
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from bench.announced import begin, seed
from bench.databases import ask
from bench.figures import Figure, at_most
from bench.processes import Bot, EndedError, free_port, our_bot, running
from bench.telegram_people import platform
from bot.outbox import ANNOUNCEMENTS
from handlers.announcing import FINAL
from storage import keys, open_store
from tests.fakes.telegram import OF_A_SEND, FakeTelegram, Pace
from tests.postgres_server import fresh_database, postgres_server
from tests.sealing import SEAL

FIRST = 10_000_000
KILLS = 10
PER_SECOND = 400.0
PATIENCE = 600.0
STATES = "SELECT d.state, c.address FROM deliveries d JOIN contacts c ON c.id = d.contact_id"


class Ended(NamedTuple):
    """What came of it."""

    unaccounted: int
    unsettled: int
    missed: int
    twice: int
    refused: int
    seconds: float


def measure(*, quick: bool) -> list[Figure]:
    """On each engine."""
    people = 600 if quick else 10_000
    figures = _figures("SQLite", people, asyncio.run(_run(people, None)))
    with postgres_server() as server, fresh_database(server) as url:
        figures += _figures("PostgreSQL", people, asyncio.run(_run(people, url)))
    return figures


def _figures(engine: str, people: int, ended: Ended) -> list[Figure]:
    row = f"{KILLS} kills, {people:,} people: {engine}"
    return [
        Figure(row, "not in the ledger", (ended.unaccounted,), at_most(0)),
        Figure(row, "without a last state", (ended.unsettled,), at_most(0)),
        Figure(row, "missed", (ended.missed,), at_most(0)),
        Figure(row, "told twice", (ended.twice,), at_most(KILLS * ANNOUNCEMENTS)),
        Figure(row, "429s of ours", (ended.refused,), at_most(0)),
        Figure(row, "seconds", (ended.seconds,)),
    ]


async def _run(people: int, url: str | None) -> Ended:
    pace = Pace(enforce=True, paid_per_second=PER_SECOND)
    with tempfile.TemporaryDirectory(prefix="lang-nghe-bench-") as name:
        folder, ids = Path(name), range(FIRST, FIRST + people)
        url = url or f"sqlite:///{folder}/bot.db"
        async with await platform(pace=pace) as server:
            server.crowd(ids.start, len(ids))
            server.faults.add_in_turn(OF_A_SEND, 10)
            await seed(url, ids)
            begin(url)
            bot = our_bot(
                *(folder, free_port(), server.url, server.token),
                STORAGE__URL=url,
                CHANNELS__TELEGRAM__ANNOUNCEMENTS_PER_SECOND=PER_SECOND,
                CHANNELS__TELEGRAM__PAID_BROADCAST="true",
            )
            began = perf_counter()
            await _lives(bot, folder, server, url, people)
            seconds = perf_counter() - began
            return _ended(server, ids, await _states(url), seconds)


async def _lives(bot: Bot, folder: Path, server: FakeTelegram, url: str, people: int) -> None:
    """Start the bot eleven times, and kill it each time but the last amid its sends."""
    for _ in range(KILLS):
        enough = server.journal.counts["sendmessage", 200] + people // (KILLS + 2)
        with running(bot, folder) as process:
            await _until(process, partial(_accepted, server, enough))
    with running(bot, folder) as process:
        done = [("done",)]
        await _until(process, lambda: ask(url, "SELECT state FROM announcements") == done, 0.5)


def _accepted(server: FakeTelegram, count: int) -> bool:
    return server.journal.counts["sendmessage", 200] >= count


async def _until(
    process: "subprocess.Popen[bytes]", true: Callable[[], bool], every: float = 0.02
) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            if process.poll() is not None:
                raise EndedError("the bot ended by itself")
            await asyncio.sleep(every)


async def _states(url: str) -> dict[int, str]:
    """What the ledger says of each person, by their id at the platform."""
    store = await open_store(url, seal=SEAL)
    try:
        return await store.read(
            lambda tx: {int(keys.show(tx, sealed)): state for state, sealed in tx.rows(STATES)}
        )
    finally:
        await store.close()


def _ended(server: FakeTelegram, ids: range, states: dict[int, str], seconds: float) -> Ended:
    """Compare what the ledger says with what the people have read."""
    read = {number: server.person(number).unread for number in ids}
    told = [number for number in ids if read[number]]
    lost = {number for number, state in states.items() if state in {"unreachable", "failed"}}
    return Ended(
        unaccounted=len(set(ids) ^ set(states)),
        unsettled=sum(state not in FINAL for state in states.values()),
        missed=len(set(ids) - set(told) - lost),
        twice=sum(read[number] - 1 for number in told),
        refused=len(server.violations),
        seconds=seconds,
    )
