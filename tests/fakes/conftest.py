from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.fakes.clients import client
from tests.fakes.telegram import FakeTelegram, Person


@pytest.fixture(autouse=True)
def _seconds_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's coming way of giving `retry_after`; its old way warns."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def server() -> AsyncIterator[FakeTelegram]:
    """A fake that plays by the default figures."""
    async with FakeTelegram() as running:
        yield running


@pytest.fixture
async def bot(server: FakeTelegram) -> AsyncIterator[Bot]:
    """The client of python-telegram-bot, over its own HTTP library."""
    async with client(server) as running:
        yield running


@pytest.fixture
async def lan(server: FakeTelegram) -> Person:
    """A citizen who started the bot; her first message is taken already."""
    person = server.person(1001, "Lan")
    await person.starts()
    server.world.queue.clear()
    return person


@pytest.fixture
async def bots(server: FakeTelegram) -> AsyncIterator[list[Bot]]:
    """Three processes' clients of the same bot: each may wait for updates."""
    clients = [client(server) for _ in range(3)]
    async with clients[0], clients[1], clients[2]:
        yield clients
