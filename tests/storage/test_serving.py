"""Only one process serves a database."""

from collections.abc import Iterator

import pytest

from storage.database import StorageTakenError
from storage.serving import serving
from tests.postgres_server import fresh_database


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with fresh_database(postgres) as url:
        yield url


async def test_a_second_process_is_told_that_another_serves(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one serves a PostgreSQL database, another hears so instead of saying all twice."""
    monkeypatch.setattr("storage.serving.PAUSE", 0.01)
    async with serving(postgres_url):
        with pytest.raises(StorageTakenError, match="another process"):
            async with serving(postgres_url):
                pass


async def test_whoever_stops_lets_the_next_serve(postgres_url: str) -> None:
    """A database is free again as soon as its process has ended."""
    async with serving(postgres_url):
        pass
    async with serving(postgres_url):
        pass


async def test_sqlite_needs_no_further_lock() -> None:
    """The lock beside the file is enough."""
    async with serving("sqlite:///nowhere.db"):
        pass
