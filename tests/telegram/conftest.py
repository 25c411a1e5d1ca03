import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.telegram.listening import Ear


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    """A Bot API server of this test's own."""
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
async def ear() -> Ear:
    """Somebody to hand arrivals to."""
    return Ear()


@pytest.fixture(autouse=True)
def no_token_in_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, even the most talkative log of the bot never names the token."""
    caplog.set_level(logging.DEBUG)
    yield
    secret = TOKEN.partition(":")[2]
    told = [
        f"{record.getMessage()} {record.exc_text}"
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.name != "aiohttp.access"  # the server's own log, not the bot's
    ]
    assert not [line for line in told if secret in line]
