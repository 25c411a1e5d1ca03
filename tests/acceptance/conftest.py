from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.acceptance.running import Bot, Telegram
from tests.fakes.telegram import TelegramSim, in_thread
from tests.web.browser import ARGS, Phone, phone


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


@pytest.fixture
def web_bot(database_url: str, tmp_path: Path) -> Iterator[Bot]:
    """A bot on each database that serves the web chat alone, not started yet."""
    bot = Bot(tmp_path, database_url)
    yield bot
    bot.close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium without a window, for the tests of a module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def citizen(web_bot: Bot, browser: Browser) -> Iterator[Phone]:
    """A phone whose browser has never been here; the bot runs."""
    web_bot.start()
    with phone(browser, web_bot.url) as here:
        yield here
