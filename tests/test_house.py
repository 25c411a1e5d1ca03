"""The promises of the house that no linter of ours can say."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
MIND = sorted((ROOT / "handlers").rglob("*.py"))
CLOCK_AND_WORLD = {"now", "utcnow", "today", "fromtimestamp", "open", "print", "input", "eval"}
WAITING = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)


def lines_that_reach_out(source: str) -> list[int]:
    """The numbers of the lines that wait, ask the clock or touch the terminal or a file."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, WAITING):
            found.append(node.lineno)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in CLOCK_AND_WORLD:
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("module", MIND, ids=lambda path: str(path.relative_to(ROOT)))
def test_mind_reaches_for_nothing(module: Path) -> None:
    """No module of `handlers` waits, asks the clock, or touches the terminal or a file."""
    assert lines_that_reach_out(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "date.today()",
        "open('x')",
        "async def f() -> None: ...",
    ],
)
def test_reaching_out_is_seen(source: str) -> None:
    """The check of the mind sees each way out of it."""
    assert lines_that_reach_out(source) == [1]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_releases_and_hashes_only(name: str) -> None:
    """A lock file pins every release by hash and names no place to get it from."""
    lock = (ROOT / name).read_text(encoding="utf-8")
    releases = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)[1:]
    assert releases
    assert all(re.match(r"[a-z0-9.\-\[\]]+==", release) for release in releases)
    assert all("--hash=sha256:" in release for release in releases)
    assert "://" not in lock


def test_development_adds_to_what_runs() -> None:
    """The bot is tested with exactly the releases it runs on."""
    runs, develops = (
        set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in LOCKS
    )
    assert runs < develops
