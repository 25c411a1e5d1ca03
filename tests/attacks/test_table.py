"""The table of attempts is true: every test it names is there, and is collected."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\S.*?) \| (.+?) \| (.+?) \| `(tests/\S+?)` \|$", re.MULTILINE)
PAGE = (ROOT / "docs" / "attacks.md").read_text("utf-8")
ROWS = ROW.findall(PAGE)
WHO = {"stranger", "citizen", "official", "site", "thief"}


def test_every_row_is_whole() -> None:
    """Each row says who, what, what stops it and which test, and no row is left out unread."""
    lines = [line for line in PAGE.splitlines() if line.startswith("|")]
    heads = sum(line.startswith(("| who ", "|---")) for line in lines)
    assert len(ROWS) == len(lines) - heads
    assert len(ROWS) >= 40
    assert {who for who, *_ in ROWS} <= WHO
    assert len({what for _, what, *_ in ROWS}) == len(ROWS)


def test_every_test_is_collected() -> None:
    """Pytest knows each test that is named, with its parameters where they are given."""
    named = {node for *_, node in ROWS}
    files = sorted({node.partition("::")[0] for node in named})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:xdist", *files]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    collected = set(told.split("\n"))
    collected |= {node.partition("[")[0] for node in collected}
    assert named - collected == set()
