import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
import uvicorn
from aiohttp import ClientSession
from fastapi import APIRouter, FastAPI

from bot.channels import Garbled
from bot.channels.telegram import TelegramChannel, TelegramSettings
from bot.channels.telegram_webhook import MAX_BODY, SECRET_HEADER
from handlers.events import Said
from tests.fakes.telegram import FakeTelegram, Fault
from tests.telegram.listening import (
    SECRET,
    Ear,
    Moves,
    Overheard,
    channel_of,
    nothing_stored,
    running,
    saying,
    until,
    until_confirmed,
)
from tests.telegram.payloads import said

UPDATE = json.dumps(said(text="Chào")).encode()


class Place:
    """Where Telegram brings updates: a web server of the bot, with its channel."""

    def __init__(self, channel: TelegramChannel, url: str) -> None:
        self.channel = channel
        self.url = url

    async def brings(self, body: bytes, **headers: str) -> tuple[int, str | None]:
        """Deliver *body* by hand; the status, and when to deliver again."""
        async with (
            ClientSession() as session,
            session.post(self.url, data=io.BytesIO(body), headers=headers) as answer,
        ):
            assert await answer.read() == b""
            return answer.status, answer.headers.get("Retry-After")


@asynccontextmanager
async def served(bound: socket.socket, router: APIRouter) -> AsyncIterator[None]:
    """A web server with *router* on the socket *bound*."""
    app = FastAPI()
    app.include_router(router)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve([bound]))
    await until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        await task


@contextmanager
def bound() -> Iterator[tuple[socket.socket, str]]:
    """A free port, and the webhook's address there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free, f"http://127.0.0.1:{free.getsockname()[1]}/channels/telegram"


@asynccontextmanager
async def place(fake: FakeTelegram, ear: Ear) -> AsyncIterator[Place]:
    """A web server that takes updates for *ear*; Telegram has not been told of it."""
    with bound() as (free, url):
        async with (
            channel_of(fake, webhook_url=url) as channel,
            served(free, channel.router(ear.accept)),
        ):
            yield Place(channel, url)


async def test_telegram_brings_what_people_do(fake: FakeTelegram, ear: Ear) -> None:
    """The bot tells Telegram its webhook, and everything said is brought there and confirmed."""
    lan = fake.person(70001)
    await lan.says("Trước đó")
    async with place(fake, ear) as here, running(here.channel, ear):
        await lan.starts()
        await here.channel.send(saying(lan.id, "Gửi?", "Gửi", "Hủy"))
        tap = await lan.taps("Gửi")
        await tap.answered()
        await ear.hears(3)
        await until_confirmed(fake)
        await until(lambda: lan.chat[-1].labels == [])
        assert here.channel.fault == ""
    (call,) = fake.calls_of("setWebhook")
    assert call.params["secret_token"] == SECRET
    assert "my_chat_member" in call.params["allowed_updates"]
    assert call.params.get("drop_pending_updates") != "true"


async def test_an_update_is_confirmed_only_when_durable(fake: FakeTelegram, ear: Ear) -> None:
    """While an update is not yet durable Telegram keeps it, and what the person says next."""
    ear.ready.clear()
    async with place(fake, ear) as here, running(here.channel, ear):
        await fake.person(70001).says("Một")
        await fake.person(70001).says("Hai")
        await ear.hears(1)
        await asyncio.sleep(0.1)
        assert (fake.pending, len(ear.heard)) == (2, 1)
        ear.ready.set()
        await until_confirmed(fake)
    assert [event.text for event in ear.events if isinstance(event, Said)] == ["Một", "Hai"]


async def test_a_storage_that_is_away_is_said_so(fake: FakeTelegram, ear: Ear) -> None:
    """An update that could not be kept is answered with 503 and comes again."""
    ear.trouble = OSError("disk")
    async with place(fake, ear) as here, running(here.channel, ear):
        assert await here.brings(UPDATE, **{SECRET_HEADER: SECRET}) == (503, "5")
        await fake.person(70001).says("Chào")
        await ear.hears(2)
        ear.trouble = None
        await asyncio.sleep(0.1)
        fake.clock.advance(6)
        await until_confirmed(fake)
    assert ear.heard[1] == ear.heard[2]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], "b\u00ed"])
async def test_a_stranger_is_turned_away(fake: FakeTelegram, ear: Ear, secret: str) -> None:
    """Without the secret, or with another, nothing is read and nothing is kept."""
    async with place(fake, ear) as here:
        assert await here.brings(UPDATE, **{SECRET_HEADER: secret}) == (403, None)
        assert await here.brings(UPDATE) == (403, None)
    assert ear.heard == []


async def test_nobody_comes_in_when_there_is_no_secret(ear: Ear) -> None:
    """A bot that polls has no secret, and its webhook is closed even to an empty one."""
    settings = TelegramSettings(token="1:x")
    channel = TelegramChannel(
        settings,
        commands={},
        share={},
        moved=Moves().moved,
        overheard=Overheard().take,
        open_file=nothing_stored,
        file_words={},
    )
    with bound() as (free, url):
        async with served(free, channel.router(ear.accept)):
            assert await Place(channel, url).brings(UPDATE, **{SECRET_HEADER: ""}) == (403, None)
    assert ear.heard == []


async def test_the_right_secret_is_let_in(fake: FakeTelegram, ear: Ear) -> None:
    """What carries the secret is kept, and answered with an empty 200."""
    async with place(fake, ear) as here:
        assert await here.brings(UPDATE, **{SECRET_HEADER: SECRET}) == (200, None)
    assert ear.events == [Said(text="Chào", ref="5")]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"update_id": "x"}', b"\xff\xfe", b'{"update_id": 1, "message": 2}'],
)
async def test_what_nobody_can_read_is_kept_once(fake: FakeTelegram, ear: Ear, body: bytes) -> None:
    """A body that is no update is kept under a name of its own and never delivered again."""
    async with place(fake, ear) as here:
        for _ in range(2):
            assert await here.brings(body, **{SECRET_HEADER: SECRET}) == (200, None)
    first, second = ear.heard
    assert isinstance(first, Garbled)
    assert isinstance(second, Garbled)
    assert first.id == second.id


async def test_a_flood_is_not_read(fake: FakeTelegram, ear: Ear) -> None:
    """A body larger than any update is refused without holding it in memory."""
    async with place(fake, ear) as here:
        status, _ = await here.brings(bytes(MAX_BODY + 1), **{SECRET_HEADER: SECRET})
    assert (status, ear.heard) == (413, [])


async def test_a_webhook_telegram_refuses_is_a_fault(fake: FakeTelegram, ear: Ear) -> None:
    """While Telegram does not know the webhook, the operator is told so."""
    fault = Fault("status", "setwebhook", code=400, description="Bad Request: bad webhook")
    fake.faults.add(fault)
    async with place(fake, ear) as here, running(here.channel, ear):
        await until(lambda: fake.faults.struck == 1)
        await asyncio.sleep(0.05)
        assert "webhook" in here.channel.fault


async def test_telegram_is_told_until_it_listens(fake: FakeTelegram, ear: Ear) -> None:
    """A webhook that could not be set for the moment is set as soon as Telegram takes it."""
    fake.faults.add(Fault("status", "setwebhook", code=429, retry_after=1))
    async with place(fake, ear) as here, running(here.channel, ear):
        await until(lambda: here.channel.fault == "" and fake.world.webhooks.active)


def test_a_webhook_needs_an_address_and_a_secret() -> None:
    """Settings for a webhook that could never work are refused before anything starts."""
    with pytest.raises(ValueError, match="secret_token"):
        TelegramSettings(token="1:x", mode="webhook", webhook_url="https://a.vn/channels/telegram")


def test_settings_do_not_print_their_secrets() -> None:
    """Neither the token nor the secret is in what settings look like in a log."""
    shown = repr(TelegramSettings(token="1:hidden", secret_token="hidden"))
    assert "hidden" not in shown
