from collections.abc import AsyncIterator

import pytest

from storage import open_store
from storage.database import Store


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty store, on each engine in turn."""
    store = await open_store(database_url)
    yield store
    await store.close()
