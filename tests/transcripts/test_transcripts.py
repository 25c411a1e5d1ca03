"""Conversations as the manual tells them: each file, said again, comes back unchanged.

`pytest tests/transcripts --update-transcripts` writes what the bot says now: read the difference.
"""

import asyncio
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.transcripts.saying import said_again

FILES = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_transcript(path: Path, database_url: str, request: pytest.FixtureRequest) -> None:
    """What the bot says in this conversation is what the file says."""
    script = path.read_text("utf-8")
    again = asyncio.run(said_again(script, database_url))
    if request.config.getoption("--update-transcripts"):
        path.write_text(again, "utf-8")
        return
    if again != script:
        changes = unified_diff(script.splitlines(), again.splitlines(), path.name, "now", n=4)
        pytest.fail("\n".join(["the bot answers otherwise:", *changes]), pytrace=False)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_transcript_begins_with_what_it_shows(path: Path) -> None:
    """The first line of each file says in a sentence what happens in it."""
    head = path.read_text("utf-8").splitlines()[0]
    assert head.startswith("# ")
    assert head.endswith(".")
