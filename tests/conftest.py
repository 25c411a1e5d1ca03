import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres_server import fresh_database, postgres_server

# A busy machine is no fault of the code: an example may take its time.
settings.register_profile("lang-nghe", deadline=None)
settings.load_profile("lang-nghe")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-transcripts` writes what the bot says now into tests/transcripts."""
    parser.addoption(
        "--update-transcripts", action="store_true", help="write what the bot says now"
    )


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real PostgreSQL server, started when the first test asks for it."""
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of this test's own, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bot.db'}"
    else:
        with fresh_database(request.getfixturevalue("postgres")) as url:
            yield url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium; where there is none, the test is left out loudly."""
    path = shutil.which(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    if path is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium; or set CHROMIUM)")
    return path


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what this run left out."""
    skipped: list[pytest.TestReport] = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.line(f"NOT TESTED: {report.nodeid}: {reason}", red=True)
