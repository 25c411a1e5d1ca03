"""Webhooks of the fake: secret, order, retries, and what the platform demands of the place."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import Conflict, RetryAfter

from tests.fakes.clients import client
from tests.fakes.patience import eventually
from tests.fakes.refusal import refused
from tests.fakes.samples import inline
from tests.fakes.telegram import FakeTelegram, Options, Person


@dataclass
class Hook:
    """A bot's end of the webhook: what came, and what it shall answer."""

    url: str = ""
    came: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    server: FakeTelegram | None = None

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Take an update down, and answer as told."""
        self.came.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.times.append(0.0 if self.server is None else self.server.clock.now())
        self.news.set()
        return self.answers.pop(0) if self.answers else web.Response()

    async def until(self, count: int) -> list[str]:
        """The texts of the updates, once *count* have come."""
        async with asyncio.timeout(20):
            while len(self.came) < count:
                self.news.clear()
                await self.news.wait()
        return [each["message"]["text"] for each in self.came if "message" in each]

    async def rests(self) -> None:
        """Return when nothing is on its way to this hook any more."""
        await asyncio.sleep(0.02)
        await eventually(lambda: self.server is None or self.server.world.webhooks.idle)


@pytest.fixture
async def hook(server: FakeTelegram) -> AsyncIterator[Hook]:
    """A listening webhook."""
    made = Hook(server=server)
    runner = web.ServerRunner(web.Server(made.handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_updates_are_brought_with_the_secret(
    server: FakeTelegram, bot: Bot, lan: Person, hook: Hook
) -> None:
    """An update comes once, with the secret in its header, and is forgotten after a 200."""
    await lan.says("trước")
    await bot.set_webhook(hook.url, secret_token="bí-mật".encode().hex())
    await lan.says("sau")
    assert await hook.until(2) == ["trước", "sau"]
    assert hook.secrets == ["bí-mật".encode().hex()] * 2
    await hook.rests()
    assert server.pending == 0


async def test_polling_is_closed_meanwhile(server: FakeTelegram, bot: Bot, hook: Hook) -> None:
    """Setting a webhook ends the poll that waits; no other is let in until it is deleted."""
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    await eventually(lambda: server.world.poll.waiting_from)
    await bot.set_webhook(hook.url)
    with pytest.raises(Conflict, match="terminated by setWebhook"):
        await waiting
    server.clock.advance(4)
    with pytest.raises(Conflict, match="while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    server.clock.advance(4)
    assert await bot.get_updates() == ()


async def test_info(server: FakeTelegram, bot: Bot, lan: Person, hook: Hook) -> None:
    """The state of a webhook says where it is, what waits, and what went wrong last."""
    assert (await bot.get_webhook_info()).url == ""
    hook.answers = [web.Response(status=500) for _ in range(9)]
    await bot.set_webhook(hook.url, max_connections=7, allowed_updates=["message"])
    await lan.says("một")
    await hook.until(2)
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.pending_update_count) == (hook.url, 7, 1)
    assert info.allowed_updates == ("message",)
    assert info.last_error_message == ("Wrong response from the webhook: 500 Internal Server Error")


async def test_back_off(server: FakeTelegram, bot: Bot, lan: Person, hook: Hook) -> None:
    """A failed update is tried again at once, then after 2, 4, 8 seconds."""
    hook.answers = [web.Response(status=500) for _ in range(4)]
    await bot.set_webhook(hook.url)
    await lan.says("một")
    await hook.until(2)
    for count, seconds in ((3, 2), (4, 4), (5, 8)):
        await hook.rests()
        server.clock.advance(seconds - 1)
        await hook.rests()
        assert len(hook.came) == count - 1
        server.clock.advance(1)
        await hook.until(count)
    await hook.rests()
    assert server.pending == 0


async def test_an_accelerated_clock_retries_sooner(lan: Person, hook: Hook) -> None:
    """With a fast clock the whole back-off passes in a moment."""
    async with (
        FakeTelegram(speed=200) as fast,
        client(fast) as bot,
    ):
        hook.answers = [web.Response(status=500) for _ in range(5)]
        await bot.set_webhook(hook.url)
        await fast.person(7).says("một")
        assert await hook.until(6) == ["một"] * 6


async def test_retry_after_is_honoured(
    server: FakeTelegram, bot: Bot, lan: Person, hook: Hook
) -> None:
    """An answer may say itself when to come again."""
    hook.answers = [web.Response(status=503, headers={"Retry-After": "30"})]
    await bot.set_webhook(hook.url)
    await lan.says("một")
    await hook.until(1)
    await hook.rests()
    server.clock.advance(29)
    await hook.rests()
    assert len(hook.came) == 1
    server.clock.advance(1)
    assert len(await hook.until(2)) == 2


async def test_the_next_of_a_chat_waits(
    server: FakeTelegram, bot: Bot, lan: Person, hook: Hook
) -> None:
    """A failing update holds back its own chat only, and a tap is not of the chat's queue."""
    minh = server.person(1002, "Minh")
    await bot.send_message(1001, "?", reply_markup=inline("Có"))
    hook.answers = [web.Response(status=503, headers={"Retry-After": "60"})]
    await bot.set_webhook(hook.url)
    await lan.says("một")
    await hook.until(1)
    await lan.says("hai")
    await minh.says("ba")
    await lan.taps("Có")
    await hook.until(3)
    await hook.rests()
    assert [each.get("message", {}).get("text") for each in hook.came] == ["một", "ba", None]
    server.clock.advance(60)
    assert (await hook.until(5))[-2:] == ["một", "hai"]


async def test_nobody_listens(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Where nobody listens updates stay, and the reason can be asked for."""
    await bot.set_webhook("http://127.0.0.1:9/hook")
    await lan.says("một")
    await eventually(lambda: "last_error_message" in server.world.webhooks.info())
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 1
    assert info.last_error_message is not None
    assert info.last_error_message.startswith("Can't connect to the webhook")


async def test_gone_for_23_hours(server: FakeTelegram, bot: Bot, lan: Person, hook: Hook) -> None:
    """A place that answers 410 for 23 hours is given up."""
    later = {"Retry-After": "3600"}
    hook.answers = [web.Response(status=410, headers=later) for _ in range(60)]
    await bot.set_webhook(hook.url)
    await lan.says("một")
    for count in range(1, 25):
        await hook.until(count)
        await hook.rests()
        server.clock.advance(3599 if count < 24 else 3600)
        await lan.says("còn đó")
        server.clock.advance(1)
    for _ in range(40):
        await hook.rests()
        server.clock.advance(3601)
    assert (await bot.get_webhook_info()).url == ""


async def test_a_method_in_the_answer(
    server: FakeTelegram, bot: Bot, lan: Person, hook: Hook
) -> None:
    """A 200 may carry one method to run."""
    say = {"method": "sendMessage", "chat_id": 1001, "text": "đáp"}
    hook.answers = [web.json_response(say)]
    await bot.set_webhook(hook.url)
    await lan.says("một")
    assert (await lan.reads()).text == "đáp"


async def test_dropping_what_waits(server: FakeTelegram, bot: Bot, lan: Person, hook: Hook) -> None:
    """The backlog can be thrown away."""
    await lan.says("một")
    await bot.set_webhook(hook.url, drop_pending_updates=True)
    await lan.says("hai")
    assert await hook.until(1) == ["hai"]


async def test_once_a_second(server: FakeTelegram, bot: Bot, hook: Hook) -> None:
    """A webhook is set once a second at most."""
    await bot.set_webhook(hook.url)
    with pytest.raises(RetryAfter):
        await bot.set_webhook(hook.url)
    server.clock.advance(1)
    assert await bot.set_webhook(hook.url)


@pytest.mark.parametrize(
    ("about", "complaint"),
    [
        ({"url": "http://"}, "invalid webhook URL specified"),
        ({"url": "https://a.vn", "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": "https://a.vn", "secret_token": "hở?"}, "unallowed characters"),
        ({"url": "http://a.vn"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "https://a.vn:8080"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://127.0.0.1"}, "IP address 127.0.0.1 is reserved"),
    ],
)
async def test_bad_places(about: dict[str, Any], complaint: str) -> None:
    """The hosted platform takes HTTPS on four ports only, and a plain secret."""
    async with (
        FakeTelegram(options=Options(strict_webhook=True)) as server,
        client(server) as bot,
    ):
        with refused(complaint):
            await bot.set_webhook(**about)
