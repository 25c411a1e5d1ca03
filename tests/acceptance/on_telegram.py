"""A person of a script at their phone: Telegram brings what the bot says in its own pieces."""

from typing import Any

from bot.dialogue import NotUnderstoodError, written
from handlers.events import Media
from handlers.messages import Choice, Say
from tests.fakes.telegram import FakeTelegram, Shown
from tests.fakes.telegram.rules import Limits
from tests.fakes.telegram.units import units

LABEL_LETTERS = 35  # what `handlers.messages.Choice` promises to the narrowest screen
LIMITS = Limits()


class OnTelegram:
    """One private chat with the bot."""

    def __init__(self, fake: FakeTelegram, number: int) -> None:
        self._person = fake.person(number)
        self._parts: list[Shown] = []
        self._last: Shown | None = None
        self._heard: list[str] = []

    async def says(self, text: str) -> None:
        """See `Side`."""
        await self._person.says(text)

    async def presses(self, label: str) -> None:
        """Tap the inline button, or press the key, so labelled."""
        if self._last is not None and label in self._last.labels:
            tap = await self._person.taps(self._last.labels.index(label), self._last)
            await tap.answered()
        elif self._last is not None and label in self._last.keyboard:
            await self._person.presses(label)
        else:
            raise NotUnderstoodError(f"không có nút [{label}]")

    async def sends(self, photo: bytes = b"", paper: bytes = b"", name: str = "") -> None:
        """See `Side`."""
        if photo:
            await self._person.sends_photo(photo)
        else:
            await self._person.sends_document(paper, name, "application/pdf")

    async def hears(self) -> bool:
        """Read what came; false while the end of a message is still to come."""
        while self._person.unread:
            shown = await self._person.reads(0)
            assert_fits(shown)
            self._parts.append(shown)
            if shown.markup:  # the end of a message brings a keyboard, or takes one away
                self._heard.append(_lines(self._parts))
                self._last, self._parts = shown, []
        return not self._parts

    def told(self) -> tuple[str, ...]:
        """See `Side`."""
        told, self._heard = tuple(self._heard), []
        return told

    async def blocks(self, *, blocked: bool) -> None:
        """See `Side`."""
        await (self._person.blocks() if blocked else self._person.unblocks())

    async def leaves(self) -> None:
        """Put the phone away."""


def assert_fits(shown: Shown) -> None:
    """Nothing that Telegram would refuse or a phone would cut off."""
    assert units(shown.text) <= LIMITS.text, shown.text[:80]
    assert all(len(label) <= LABEL_LETTERS for label in shown.labels), shown.labels
    assert all(len(row) <= LIMITS.inline_row for row in shown.rows), shown.rows
    data = [button["callback_data"] for button in shown.buttons]
    assert all(len(each.encode()) <= LIMITS.callback_data for each in data), data


def _lines(parts: list[Shown]) -> str:
    """One message of the bot: its files, the parts of its text, and what may be pressed."""
    end = parts[-1]
    keys = (key for row in end.markup.get("keyboard", []) for key in row)
    plain = [key["text"] for key in keys if not {"request_contact", "request_location"} & {*key}]
    return written(
        Say(
            text="\n\n".join(part.text for part in parts if "text" in part.raw),
            choices=tuple(Choice(key="", label=label) for label in end.labels or plain),
            files=tuple(_file(part.raw) for part in parts if "text" not in part.raw),
        )
    )


def _file(raw: dict[str, Any]) -> Media:
    """A file; on Telegram a photo has no name."""
    if "document" in raw:
        return Media(key="", kind="document", name=raw["document"]["file_name"])
    return Media(key="", kind="photo")
