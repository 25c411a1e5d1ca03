"""A real browser on a phone, watched: whatever it complains of or asks of others fails the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
)

PHONE: ViewportSize = {"width": 360, "height": 740}
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=15_000)  # a busy machine is no fault of the page


@dataclass
class Phone:
    """One browser profile: its pages share cookies and storage."""

    context: BrowserContext
    url: str
    expected: tuple[str, ...] = ()
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """A new tab on the chat."""
        page = self.context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._complain)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.url + path)
        return page

    def expect(self, *words: str) -> None:
        """Let the browser report these: they are what the test is about."""
        self.expected += words

    def check(self) -> None:
        """Fail when anything unexpected was reported, or asked of somebody else."""
        assert self.complaints == []
        host = urlsplit(self.url).netloc
        assert {urlsplit(url).netloc for url in self.asked if not url.startswith("data:")} <= {
            host,
            "",
        }

    def _complain(self, message: ConsoleMessage) -> None:
        known = any(words in message.text for words in self.expected)
        if message.type in ("error", "warning") and not known:
            self.complaints.append(message.text)


def until(page: Page, true: str) -> None:
    """Wait until an expression is true; playwright's own way is forbidden by the page's policy."""
    for _ in range(200):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    raise AssertionError(true)


@contextmanager
def phone(browser: Browser, url: str, **options: Any) -> Iterator[Phone]:  # noqa: ANN401 - playwright's options
    """A phone with a browser that has never been here."""
    chosen = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "locale": "vi-VN", **options}
    context = browser.new_context(**chosen)
    here = Phone(context, url)

    def asked(request: Request) -> None:
        here.asked.append(request.url)

    context.on("request", asked)
    try:
        yield here
        here.check()
    finally:
        context.close()
