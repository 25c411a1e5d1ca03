from collections.abc import AsyncIterator

import pytest

from storage import open_store
from storage.database import Store
from tests.sealing import SEAL


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty store, on each engine in turn."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()
