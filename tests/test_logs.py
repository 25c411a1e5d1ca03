"""What the log tells, and what it never does."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from bot.logs import NEVER, JsonLines

ROOT = Path(__file__).parents[1]
PHONE = "0905 123 456"
NAME = "Nguyễn Thị Kín"


def told(logger: str, sentence: str, /, *args: object, **extra: object) -> str:
    """One line of the log."""
    record = logging.getLogger(logger).makeRecord(
        logger, logging.WARNING, "x", 1, sentence, args, None, extra=extra
    )
    line = JsonLines().format(record)
    json.loads(line)
    return line


def test_a_number_is_hidden_wherever_it_comes_from() -> None:
    """In the sentence, in what goes into it, in a value, in a list and in a table."""
    why = {"why": f"no chat {PHONE}", "of": [PHONE, {"place": PHONE}]}
    line = told("bot.x", f"{PHONE}: %s", PHONE, **why)
    assert "0905" not in line
    assert "123" not in line


@pytest.mark.parametrize("key", sorted(NEVER - {"name"}))  # that one `logging` refuses itself
def test_some_things_are_never_told(key: str) -> None:
    """What a person is called or wrote is not told under its name, nor deeper down."""
    assert NAME not in told("bot.x", "failed", **{key: NAME})
    assert NAME not in told("bot.x", "failed", about={key: NAME})


def test_of_a_value_of_ours_only_its_kind_is_told() -> None:
    """A value's own words may quote a person."""
    assert NAME not in told("bot.x", "failed", error=ValueError(NAME), where=Path(NAME))


def test_of_a_library_only_the_fixed_words_are_told() -> None:
    """Not what it puts into them, nor the lines it adds, nor what it gives along."""
    words = f"Task exception was never retrieved\nfuture: <Task {NAME}>"
    assert NAME not in told("asyncio", words, why=NAME)
    line = told("httpx", "HTTP Request: %s %s", "GET", f"https://api/bot123:{NAME}/x")
    assert NAME not in line
    assert "HTTP Request: %s %s" in line


def test_what_is_to_be_replayed_can_be_found() -> None:
    """Telegram's count of an update stays; the address of a web visitor does not."""
    assert "telegram:123456789" in told("bot.x", "turn failed", arrival="telegram:123456789")
    line = told("bot.x", "turn failed", arrival=f"web:{'ab' * 16}:one-of-theirs")
    assert "web:ababab…:one-of-theirs" in line


FAULTS = """
import asyncio, gc, logging, threading, warnings
from bot.logs import start_logging
start_logging("DEBUG")
def fail():
    raise ValueError(KIN)
class Bad:
    def __del__(self):
        fail()
async def never():
    fail()
async def main():
    asyncio.get_running_loop().set_debug(True)
    asyncio.ensure_future(never())
    await asyncio.sleep(0.2)
KIN = "Kin " + "0905" + "123456"
warnings.warn(KIN)
logging.getLogger("PIL").debug(KIN)
logging.getLogger("bot").info("%d", KIN)
bad = Bad(); del bad
thread = threading.Thread(target=fail); thread.start(); thread.join()
asyncio.run(main()); gc.collect()
fail()
"""


def test_nothing_goes_past_the_log() -> None:
    """Warnings, threads, destructors, tasks and the last fault tell no word of theirs."""
    ran = subprocess.run(
        [sys.executable, "-c", FAULTS], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 1
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert len(lines) >= 5
    assert "Kin " not in ran.stdout + ran.stderr
    assert "0905" not in ran.stdout + ran.stderr
    assert {"ValueError"} <= {line.get("exception") or line.get("error") for line in lines}
