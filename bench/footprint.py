"""What a province pays before anybody has said much: the start, the memory, the first page."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import aiohttp

from bench.citizens import content, labelled
from bench.figures import Budget, Figure, at_most
from bench.processes import cpu_seconds, free_port, our_bot, resident_mb, running
from bench.telegram_people import Crowd, platform
from bench.web_people import first_load, visitor

CONVERSATIONS = 500
AT_ONCE = 10
PATIENCE = 30.0  # seconds for a start
SECONDS = at_most(2)
MEGABYTES = at_most(120)
KILOBYTES = at_most(100)


def measure(*, quick: bool) -> list[Figure]:
    """Starts on a new database and again on the same; then the memory after many conversations."""
    rounds, conversations = (1, 60) if quick else (5, CONVERSATIONS)
    starts = [asyncio.run(_starts()) for _ in range(rounds)]
    figures = _told("start on a new database", [new for new, _ in starts])
    figures += _told("start on the same again", [again for _, again in starts])
    return figures + asyncio.run(_memory(conversations))


class Start(NamedTuple):
    """From the command to the first answer."""

    seconds: float
    cpu_seconds: float
    page_kb: float


def _told(row: str, starts: Sequence[Start]) -> list[Figure]:
    return [
        _figure(row, "s to first answer", [start.seconds for start in starts], SECONDS),
        _figure(row, "CPU s", [start.cpu_seconds for start in starts]),
        _figure(row, "first load kB", [start.page_kb for start in starts], KILOBYTES),
    ]


async def _starts() -> tuple[Start, Start]:
    with tempfile.TemporaryDirectory(prefix="lang-nghe-bench-") as folder:
        return await _start(Path(folder)), await _start(Path(folder))


async def _start(folder: Path) -> Start:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    begun = perf_counter()
    with running(our_bot(folder, port), folder) as process:
        await _answered(url, begun + PATIENCE)
        taken, spent = perf_counter() - begun, cpu_seconds(process) or 0.0
        return Start(taken, spent, await first_load(url) / 1000)


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
    with tempfile.TemporaryDirectory(prefix="lang-nghe-bench-") as name:
        folder = Path(name)
        async with await platform() as server:
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
