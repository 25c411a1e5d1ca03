import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage import history, keys, open_store
from storage.database import Tx
from tests.sealing import SEAL

ROOT = Path(__file__).parents[2]
KILLS = 4

CLAIMED = "SELECT id FROM inbox"
SAID = "SELECT payload FROM outbox"
CASES = "SELECT code FROM tickets t JOIN ticket_words w ON w.rowid = t.id"
LAST = "SELECT state FROM sessions"


def run_and_kill(url: str, first: int, seconds: float) -> list[int]:
    """Let a worker run that long, kill it, and return the numbers it had acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.storage.crash_child", url, str(first)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    ) as worker:
        assert worker.stdout is not None
        begun = worker.stdout.readline()
        time.sleep(seconds)
        worker.kill()
        rest = worker.stdout.read()
    *whole, _ = (begun + rest).split(b"\n")
    return [int(line) for line in whole]


@pytest.mark.parametrize("seed", [1])
async def test_a_kill_loses_nothing_acknowledged_and_leaves_nothing_half(
    database_url: str, seed: int
) -> None:
    """After SIGKILL at any moment, all acknowledged turns are there whole, and no turn is half."""
    chance = random.Random(seed)
    acknowledged: list[int] = []
    for kill in range(KILLS):
        acknowledged += run_and_kill(database_url, kill * 10**6, chance.uniform(0.05, 0.4))
    assert len(acknowledged) > KILLS

    def look(tx: Tx) -> tuple[set[int], set[int], set[int], int]:
        claimed = {int(row[0].removeprefix("test:")) for row in tx.rows(CLAIMED)}
        said = [int(keys.show(tx, row[0])) for row in tx.rows(SAID)]
        cases = [int(row[0].removeprefix("T")) for row in tx.rows(CASES)]
        assert len(said) == len(set(said))
        assert len(cases) == len(set(cases))
        return claimed, set(said), set(cases), history.verify_all(tx).broken

    store = await open_store(database_url, seal=SEAL)
    claimed, said, cases, broken = await store.read(look)
    await store.close()
    assert set(acknowledged) <= claimed
    assert claimed == said
    assert cases == {number for number in claimed if number % 8 == 0}
    assert broken == 0
