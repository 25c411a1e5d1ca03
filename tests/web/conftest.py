from collections.abc import AsyncIterator, Iterator

import pytest

from bot.channels.web import Limits
from tests.web.client import Client
from tests.web.served import Served, served


@pytest.fixture(scope="module")
def limits() -> Limits:
    """The limits of the web chat; a test module may have its own."""
    return Limits()


@pytest.fixture(scope="module")
def running(limits: Limits) -> Iterator[Served]:
    """A web chat on a free port, for all tests of a module."""
    with served(limits=limits) as here:
        yield here


@pytest.fixture
def chat(running: Served) -> Served:
    """A web chat that has met nobody yet."""
    running.mind.forget()
    return running


@pytest.fixture
async def stranger(chat: Served) -> AsyncIterator[Client]:
    """A browser that has not opened the page yet."""
    async with Client(chat.url) as client:
        yield client


@pytest.fixture
async def visitor(stranger: Client) -> Client:
    """A browser that has opened the page, and so has a cookie."""
    await stranger.get("/")
    return stranger
