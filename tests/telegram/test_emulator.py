"""The channel against a Bot API server somebody else wrote, `lo-bot-api-emulator`.

It models a platform like Telegram. It draws no link previews and refuses the word for them, which
is left out on the way in; everything else reaches it as the channel sends it.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from lo_bot_api_emulator import (  # type: ignore[import-untyped]  # it has no types
    LoBotApiEmulator,
)

from bot.channels.telegram import TelegramChannel, TelegramSettings
from handlers.events import Chose, Said, SentMedia, Started
from tests.telegram.listening import (
    COMMANDS,
    FILE_WORDS,
    SHARE,
    Ear,
    Moves,
    Overheard,
    nothing_stored,
    running,
    saying,
    until,
)
from tests.telegram.payloads import CHAT, LAN, SENT, Json, photo, said, tapped

TOKEN = "7:AAemulated"


class Emulator:
    """The other server, and what it was asked."""

    def __init__(self) -> None:
        self.server: Any = LoBotApiEmulator()
        self.url = ""
        self._read = self.server.read_request
        self.server.read_request = self._without_previews

    async def _without_previews(self, request: web.Request) -> tuple[dict[str, object], object]:
        fields, uploads = await self._read(request)
        fields.pop("link_preview_options", None)
        return fields, uploads

    async def brings(self, update: Json) -> None:
        """Queue an update under the next number."""
        body = {name: value for name, value in update.items() if name != "update_id"}
        await self.server.enqueue_update(body, token=TOKEN)

    def asked(self, method: str) -> list[int]:
        """The statuses it answered *method* with."""
        return [each["status"] for each in self.server.requests if each["method"] == method]


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """The other server, on a free port."""
    emulator = Emulator()
    runner = web.AppRunner(emulator.server.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    emulator.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield emulator
    await runner.cleanup()


@asynccontextmanager
async def listening(emulator: Emulator, ear: Ear) -> AsyncIterator[TelegramChannel]:
    """The channel, polling the other server."""
    settings = TelegramSettings(
        token=TOKEN,
        base_url=f"{emulator.url}/bot",
        base_file_url=f"{emulator.url}/file/bot",
    )
    channel = TelegramChannel(
        settings,
        commands=COMMANDS,
        share=SHARE,
        moved=Moves().moved,
        overheard=Overheard().take,
        open_file=nothing_stored,
        file_words=FILE_WORDS,
    )
    async with running(channel, ear):
        yield channel
    await channel.close()


async def test_a_conversation_with_buttons(emulator: Emulator, ear: Ear) -> None:
    """Start, a question with buttons, a tap, a share key: the other server takes every call."""
    async with listening(emulator, ear) as channel:
        await emulator.brings(said(text="/start dat"))
        await ear.hears(1)
        number = await channel.send(saying(70001, "Gửi?", "Gửi", "Hủy"))
        await emulator.brings(tapped("c:3:2", message_id=int(number)))
        await ear.hears(2)
        await channel.send(saying(70001, "Số điện thoại?", "Bỏ qua", expects="phone"))
        await channel.send(saying(70001, "Cảm ơn."))
        await until(lambda: emulator.asked("editMessageReplyMarkup") == [200])
        await until(lambda: len(emulator.asked("setMyCommands")) == 2)
    assert ear.events == [Started(payload="dat"), Chose(step=3, n=2)]
    assert emulator.asked("sendMessage") == [200, 200, 200]
    assert emulator.asked("answerCallbackQuery") == [200]
    assert emulator.asked("setMyCommands") == [200, 200]


async def test_nothing_is_confirmed_before_it_is_durable(emulator: Emulator, ear: Ear) -> None:
    """A process that dies between fetching and storing gets the same from the other server too."""
    await emulator.brings(said(text="Chào"))
    ear.ready.clear()
    async with listening(emulator, ear):
        (lost,) = await ear.hears(1)
    again = Ear()
    async with listening(emulator, again):
        assert await again.hears(1) == [lost]
        await emulator.brings(said(text="Còn đó không?"))
        await again.hears(2)
    assert [event.text for event in again.events if isinstance(event, Said)] == [
        "Chào",
        "Còn đó không?",
    ]


async def test_a_photo_is_fetched(emulator: Emulator, ear: Ear) -> None:
    """A photo told of by the other server is downloaded from it, byte for byte."""
    emulator.server.assets["l-file"] = {"data": b"\xff\xd8\xff" * 50_000}
    async with listening(emulator, ear) as channel:
        content = {"photo": [photo("s", 90, 900), photo("l", 1280, 150_000)], "caption": "Nhà"}
        message = {"message_id": 9, "from": LAN, "chat": CHAT, "date": SENT, **content}
        await emulator.brings({"message": message})
        await ear.hears(1)
        event = ear.events[0]
        assert isinstance(event, SentMedia)
        async with aclosing(channel.fetch(event.media[0])) as chunks:
            assert b"".join([chunk async for chunk in chunks]) == b"\xff\xd8\xff" * 50_000
    assert (event.caption, event.media[0].size) == ("Nhà", 150_000)
