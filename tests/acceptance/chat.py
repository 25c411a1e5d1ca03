"""The web chat as a citizen uses it: typing, pressing, sending photos, reading."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from tests.acceptance.running import Bot

LONG = 45_000  # milliseconds for a start and the page's own pause before it tries again
PICTURES = os.environ.get("PICTURES", "")  # a folder for screenshots, when somebody wants them


class Chat:
    """The page as the citizen uses it; *done* is all that was done, in its words."""

    def __init__(self, page: Page, bot: Bot) -> None:
        self.page = page
        self.done: list[str] = []
        self._bot = bot

    def types(self, text: str) -> None:
        """Write something and send it."""
        self.page.fill("#say", text)
        self.page.click("#send")
        self.done.append(text)

    def types_twice(self, text: str) -> None:
        """Write something and press the button like a nervous thumb."""
        self.page.fill("#say", text)
        self.page.dblclick("#send")
        self.done.append(text)

    def presses(self, label: str) -> None:
        """Press a choice."""
        self.page.click(f'#choices button:has-text("{label}")')
        self.done.append(label)

    def sends_photos(self, *photos: bytes) -> None:
        """Send photos as one album, without a word."""
        files = [
            FilePayload(name=f"anh-{number}.png", mimeType="image/png", buffer=photo)
            for number, photo in enumerate(photos)
        ]
        self.page.set_input_files("#pick", files)
        expect(self.page.locator(".chosen")).to_have_count(len(photos))
        self.page.click("#send")
        self.done.append("")

    def reads(self, *texts: str) -> str:
        """Wait for an answer to the last thing done that holds all *texts*; all of it."""
        answers = self.page.locator("#log .row.bot .words")
        expect(answers).to_have_count(len(self.done) + 1, timeout=LONG)
        for text in texts:
            expect(answers.last).to_contain_text(text)
        return answers.last.inner_text()

    def while_it_dies(self, act: Callable[[], None]) -> None:
        """Do something as the bot is killed, see that the page says so, and start the bot."""
        act()
        self._bot.kill()
        expect(self.page.locator("#state")).to_have_text("Mất kết nối", timeout=LONG)
        self._bot.start()

    def photographs(self, name: str) -> None:
        """Keep a picture of the screen, if pictures are wanted."""
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{name}.png")
