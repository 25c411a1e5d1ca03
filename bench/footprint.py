"""What a province pays before anybody has said much: the start, the memory, the first page."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import aiohttp

from bench.citizens import content, labelled
from bench.figures import Budget, Figure, at_most
from bench.processes import free_port, our_bot, resident_mb, running
from bench.telegram_people import Crowd
from bench.web_people import first_load, visitor
from tests.fakes.telegram import FakeTelegram, Options

CONVERSATIONS = 500
AT_ONCE = 10
PATIENCE = 30.0  # seconds for a start
SECONDS = at_most(2)
MEGABYTES = at_most(120)
KILOBYTES = at_most(100)


def measure(*, quick: bool) -> list[Figure]:
    """Starts on a new database and again on the same; then the memory after many conversations."""
    rounds, conversations = (2, 100) if quick else (5, CONVERSATIONS)
    starts = [asyncio.run(_starts()) for _ in range(rounds)]
    figures = [
        _figure("start to first answer, new database", "s", [new for new, _, _ in starts], SECONDS),
        _figure("start to first answer, again", "s", [again for _, again, _ in starts], SECONDS),
        _figure("first load of the page", "kB", [load for _, _, load in starts], KILOBYTES),
    ]
    return figures + asyncio.run(_memory(conversations))


async def _starts() -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory(prefix="lang-nghe-bench-") as folder:
        new, load = await _start(Path(folder))
        again, _ = await _start(Path(folder))
    return new, again, load


async def _start(folder: Path) -> tuple[float, float]:
    """Seconds from the command to the first answer, and kB of the page."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    begun = perf_counter()
    with running(our_bot(folder, port), folder):
        await _answered(url, begun + PATIENCE)
        taken = perf_counter() - begun
        return taken, await first_load(url) / 1000


async def _answered(url: str, until: float) -> None:
    """Greet again and again until there is an answer."""
    async with visitor(url) as person:
        while True:
            try:
                await person.open()
                await person.do("/start")
            except (aiohttp.ClientError, LookupError):
                if perf_counter() > until:
                    raise
                await asyncio.sleep(0.01)
            else:
                return


async def _memory(conversations: int) -> list[Figure]:
    """Half of the conversations on the web, half on Telegram."""
    script, port = labelled(content()), free_port()
    url = f"http://127.0.0.1:{port}"
    options = Options(journal=0, remember=20)
    with tempfile.TemporaryDirectory(prefix="lang-nghe-bench-") as name:
        folder = Path(name)
        async with await FakeTelegram.start(options=options) as server:
            bot = our_bot(folder, port, server.url, server.token)
            with running(bot, folder) as process:
                await _answered(url, perf_counter() + PATIENCE)
                before = resident_mb(process)
                crowd, unsent = Crowd(server, script), 0
                for _ in range(conversations // 2 // AT_ONCE):
                    talks = [crowd.talk() for _ in range(AT_ONCE)]
                    visits = [_visit(url, script) for _ in range(AT_ONCE)]
                    sent, _ = await asyncio.gather(asyncio.gather(*visits), asyncio.gather(*talks))
                    unsent += sent.count(False)
                after = resident_mb(process)
    if before is None or after is None:
        return []
    row = f"memory after {conversations} conversations"
    return [
        _figure("memory after the start, web + Telegram", "MB", [before]),
        _figure(row, "MB", [after], MEGABYTES),
        _figure(row, "cases unsent", [crowd.unsent + unsent]),
    ]


async def _visit(url: str, script: tuple[str, ...]) -> bool:
    async with visitor(url) as person:
        return await person.talk(script)


def _figure(row: str, column: str, values: Sequence[float], budget: Budget | None = None) -> Figure:
    return Figure(row, column, tuple(values), budget)
