from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.running import Bot, Telegram
from tests.fakes.telegram import TelegramSim, in_thread


@pytest.fixture
def sim() -> Iterator[TelegramSim]:
    """A Bot API server of this test's own, with its people."""
    with in_thread() as server:
        yield server


@pytest.fixture
def telegram_bot(sim: TelegramSim, database_url: str, tmp_path: Path) -> Iterator[Bot]:
    """A bot on each database that polls Telegram and serves the web chat, not started yet."""
    bot = Bot(tmp_path, database_url, Telegram.of(sim))
    yield bot
    bot.close()
