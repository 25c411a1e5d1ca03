"""The whole bot: an announcement reaches a chat, its page is there, and its report is made."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.app import App, open_app
from bot.config import load_config
from bot.http import listen
from bot.running import serve_all
from handlers.announcing import Announcement, Audience, Wording
from handlers.desk.people import Duty
from handlers.effects import Announce, MoveAnnouncement
from handlers.messages import Say
from storage import announcements, follows, outbox, people
from storage.database import Tx
from tests.storage.desks import member

CODE = "TB-7K3Q-M2X"
PORT_TAKEN_BY_NOBODY = 0


@pytest.fixture
async def app(tmp_path: Path, database_url: str) -> AsyncIterator[App]:
    """The bot with its web chat, at work."""
    door = listen("127.0.0.1", PORT_TAKEN_BY_NOBODY)
    settings = {
        "LANGNGHE__STORAGE__URL": database_url,
        "LANGNGHE__STORAGE__FILES": str(tmp_path / "files"),
        "LANGNGHE__SECRET_FILE": str(tmp_path / "secret"),
        "LANGNGHE__CHANNELS__WEB__PORT": str(door.getsockname()[1]),
    }
    stop = asyncio.Event()
    async with open_app(load_config(environ=settings)) as app:
        running = asyncio.create_task(serve_all(app, door, stop))
        yield app
        stop.set()
        await running


async def announced(app: App, audience: Audience) -> None:
    """An urgent announcement, released by a second person; so no quiet hours hold it up."""

    def write(tx: Tx) -> None:
        author = member(tx, "an", Duty(role="officer"), name="An")
        releaser = member(tx, "bình", Duty(role="leader"), name="Bình")
        wording = Wording(text="Ngừng cấp nước ngày 23/11.")
        now = datetime.now(UTC)
        follows.hear(tx, people.contact(tx, "web", "dân", now).id, wanted=True)
        effect = Announce(
            by=author, code=CODE, unit="*", urgent=True, wording=wording, audience=audience
        )
        announcements.announce(tx, effect, now)
        release = MoveAnnouncement(by=releaser, code=CODE, action="release")
        assert announcements.move(tx, release, now)

    await app.store.run(write)
    app.announcer.nudge()


async def message(app: App, address: str) -> str:
    """What the chat at *address* was told of it."""

    def read(tx: Tx) -> list[str]:
        contact = people.contact(tx, "web", address, datetime.now(UTC))
        told = outbox.after(tx, contact.id, 0, 9)
        return [Say.model_validate_json(row.payload).text for row in told]

    async with asyncio.timeout(20):
        while True:
            for text in await app.store.run(read):
                if "Ngừng cấp nước" in text:
                    return text
            await asyncio.sleep(0.05)


async def reported(app: App) -> Announcement:
    """The announcement, once its report is made."""
    async with asyncio.timeout(20):
        while True:
            found = await app.store.read(lambda tx: announcements.get(tx, CODE))
            assert found is not None
            if found.report is not None:
                return found
            await asyncio.sleep(0.05)


async def test_a_message_leads_to_the_page(app: App) -> None:
    """The address in the message opens the page; when all is told the report is there."""
    await announced(app, Audience())
    address = re.search(r"http\S+/thong-bao/\S+", await message(app, "dân"))
    assert address is not None
    async with aiohttp.ClientSession() as session:
        async with session.get(address[0]) as answer:
            assert answer.status == 200
            assert "Ngừng cấp nước ngày 23/11." in await answer.text()
        async with session.get(address[0][:-4] + "0000") as answer:
            assert answer.status == 404
    assert (await reported(app)).state == "done"


async def test_what_officials_are_told_has_no_page(app: App) -> None:
    """An announcement to staff names no page and has none."""
    await announced(app, Audience(whom="staff"))
    assert "/thong-bao/" not in await message(app, "an")
