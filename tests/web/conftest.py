import time
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bot.channels.web import Limits
from tests.web.browser import ARGS, Phone, phone
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
    while running.mind.busy:  # the last visitor is gone, but was still being heard
        time.sleep(0.02)
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


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium without a window, for the tests of a module.

    No longer: while playwright runs, it holds the thread's event loop, and no test could wait.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def citizen(chat: Served, browser: Browser) -> Iterator[Phone]:
    """A citizen's phone."""
    with phone(browser, chat.url) as here:
        yield here


@pytest.fixture
def page(citizen: Phone) -> Page:
    """The chat, opened for the first time, with the bot's greeting."""
    page = citizen.open()
    page.wait_for_selector("#choices button")
    return page
