"""Who is certainly dead, and of whom nothing can be known."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.worker import is_gone, this_worker

SAY_WHO = "from bot.worker import this_worker; print(this_worker(), flush=True); input()"


@pytest.fixture
def other() -> Iterator[subprocess.Popen[str]]:
    """A process that says its name and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", SAY_WHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        yield process
        process.kill()


def test_a_process_lives_until_it_is_killed(other: subprocess.Popen[str]) -> None:
    """A worker of this machine is gone as soon as its process is, even if nobody buried that."""
    assert other.stdout is not None
    name = other.stdout.readline().strip()
    assert not is_gone(name)
    other.kill()
    other.stdout.read()  # ends when the process has
    while not is_gone(name):
        pass
    other.wait()
    assert is_gone(name)


def test_a_number_given_anew_is_another_process() -> None:
    """Who has the number of a dead worker is told from it by when it started."""
    place, number, started, token = this_worker().split(":")
    assert is_gone(f"{place}:{number}:{int(started) - 1}:{token}")
    assert not is_gone(f"{place}:{number}:{started}:another start of nobody")


@pytest.mark.parametrize("name", ["", "a", "elsewhere:1:2:c", ":999999:1:d"])
def test_of_workers_elsewhere_nothing_is_known(name: str) -> None:
    """Only what happened on this machine is certain."""
    assert not is_gone(name)


def test_no_two_starts_have_one_name() -> None:
    """Even in one process."""
    assert this_worker() != this_worker()
