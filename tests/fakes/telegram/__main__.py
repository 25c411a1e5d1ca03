"""The fake as its own process: `python -m tests.fakes.telegram --port 9010`.

Prints one line of JSON with its addresses and token once it listens, and serves until stopped.
"""

import argparse
import asyncio
import json
import signal
import sys

from .rules import Options, Pace
from .server import TOKEN, FakeTelegram


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.telegram")
    parser.add_argument("--port", type=int, default=9010)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--speed", type=float, default=1.0, help="platform seconds in one of ours")
    parser.add_argument("--enforce", action="store_true", help="answer 429 to what is too fast")
    parser.add_argument("--bulk", type=float, default=30.0, help="messages a second, all chats")
    parser.add_argument("--remember", type=int, help="messages kept in each chat; default all")
    parser.add_argument("--journal", type=int, default=100_000, help="calls remembered")
    asyncio.run(_serve(parser.parse_args()))


async def _serve(asked: argparse.Namespace) -> None:
    server = await FakeTelegram.start(
        token=asked.token,
        port=asked.port,
        latency=asked.latency,
        speed=asked.speed,
        pace=Pace(enforce=asked.enforce, bulk_per_second=asked.bulk),
        options=Options(remember=asked.remember, journal=asked.journal),
    )
    over = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, over.set)
    about = {"url": server.url, "file_url": server.file_url, "token": server.token}
    sys.stdout.write(json.dumps(about) + "\n")
    sys.stdout.flush()
    await over.wait()
    await server.close()


main()
