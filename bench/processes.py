"""Bots as real processes: started, watched from outside, killed."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.sealing import install

ROOT = Path(__file__).parents[1]


class EndedError(Exception):
    """A bot that was not told to stop has stopped."""


class Bot(NamedTuple):
    """How to start a bot: its arguments after `python`, and what to add to the environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str]


def our_bot(folder: Path, port: int, telegram: str = "", token: str = "", **others: object) -> Bot:
    """`python -m bot run` with everything it keeps in *folder*, its web chat on *port*.

    *others* are settings by the names they have in the environment.
    """
    settings: dict[str, object] = {
        "STORAGE__URL": f"sqlite:///{folder}/bot.db",
        "STORAGE__FILES": f"{folder}/files",
        "SECRET_FILE": f"{folder}/secret",
        "KEYS_FILE": f"{folder}/keys",
        "DENUNCIATION_KEYS_FILE": f"{folder}/keys-denunciations",
        "CHANNELS__WEB__PORT": str(port),
        "CHANNELS__TELEGRAM__BASE_URL": telegram,
        "CHANNELS__TELEGRAM__TOKEN": token,
        **others,
    }
    environment = {f"LANGNGHE__{name}": str(value) for name, value in settings.items() if value}
    file = folder / "config.toml"  # an empty one, whatever the province has set here
    file.touch()
    install(folder)  # the keys that what was seeded is sealed by
    return Bot(("-m", "bot", "--config", str(file), "run"), environment)


def the_plain_bot(folder: Path, telegram: str, token: str) -> Bot:
    """The plain bot compared with, its pickle in *folder*."""
    return Bot(("-m", "bench.plain_bot", telegram, token, f"{folder}/plain.pickle"), {})


@contextmanager
def running(bot: Bot, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The bot, killed at the end; what it says goes to a file in *folder*.

    When the block fails because the bot had ended, raises `EndedError`.
    """
    with (folder / "said.txt").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, *bot.command],
            cwd=ROOT,
            env={**os.environ, **bot.environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            yield process
        except Exception as error:
            if process.poll() is not None:
                last = (folder / "said.txt").read_text().strip().splitlines()[-1:]
                raise EndedError(f"the bot ended by itself, saying {last}") from error
            raise
        finally:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def cpu_seconds(process: "subprocess.Popen[bytes]") -> float | None:
    """Processor time it has used; None where the system has no /proc."""
    stat = Path(f"/proc/{process.pid}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process: "subprocess.Popen[bytes]") -> float | None:
    """Memory it holds now, in MB of 1,000,000 bytes; None where the system has no /proc."""
    statm = Path(f"/proc/{process.pid}/statm")
    if not statm.exists():
        return None
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
