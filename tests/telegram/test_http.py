import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.channels.telegram_http import (
    AiohttpRequest,
    CutOffError,
    DownloadError,
    Timeouts,
    UnsentError,
    UnsentTimedOutError,
)

TOKEN = "123:verysecret"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    """The base address of a server that answers everything with *answer*."""
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1] and f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def bot_at(base_url: str, **timeouts: float) -> AsyncIterator[Bot]:
    """A bot of the given server, with short waits."""
    request = AiohttpRequest(2, Timeouts(**{"connect": 0.3, "pool": 0.3, "read": 0.3, **timeouts}))
    try:
        yield Bot(TOKEN, base_url, request=request, get_updates_request=request)
    finally:
        await request.shutdown()


async def fail(base_url: str) -> TelegramError:
    """The error a message to that server ends in; it and all it holds must not name the token."""
    async with bot_at(base_url) as bot:
        with pytest.raises(TelegramError) as caught:
            await bot.send_message(1, "Chào")
    error = caught.value
    told = repr(error)
    if error.__context__ is not None:
        told += repr(error.__context__)
    assert "verysecret" not in told
    return error


async def ok(_: web.Request) -> web.Response:
    """A message was sent."""
    message = {"message_id": 7, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "Chào"}
    return web.json_response({"ok": True, "result": message})


async def test_a_call_is_a_form() -> None:
    """A call goes out as PTB's own client sends it: a form with nested values in JSON."""
    seen: dict[str, object] = {}

    async def answer(request: web.Request) -> web.Response:
        seen.update(await request.post(), path=request.path, type=request.content_type)
        return await ok(request)

    async with serving(answer) as base_url, bot_at(base_url) as bot:
        message = await bot.send_message(1, "Chào 😀 &=", protect_content=True)
    assert message.message_id == 7
    assert seen == {
        "path": f"/bot{TOKEN}/sendMessage",
        "type": "application/x-www-form-urlencoded",
        "chat_id": "1",
        "text": "Chào 😀 &=",
        "protect_content": "true",
    }


async def test_a_broken_letter_costs_one_letter() -> None:
    """Half of a UTF-16 pair, which no form can carry, does not lose the message around it."""
    texts = []

    async def answer(request: web.Request) -> web.Response:
        texts.append((await request.post())["text"])
        return await ok(request)

    async with serving(answer) as base_url, bot_at(base_url) as bot:
        await bot.send_message(1, "Chào \ud83d!")
    assert texts == ["Chào ?!"]


async def test_a_file_is_uploaded_whole() -> None:
    """A file goes out as a multipart form with its name and bytes."""
    seen = []

    async def answer(request: web.Request) -> web.Response:
        form = await request.post()
        file = form["document"]
        assert isinstance(file, web.FileField)
        seen.append((file.filename, file.file.read(), form["caption"]))
        return await ok(request)

    async with serving(answer) as base_url, bot_at(base_url) as bot:
        document = InputFile(b"%PDF-", filename="đơn.pdf")
        await bot.send_document(1, document, caption="Đơn")
    assert seen == [("đơn.pdf", b"%PDF-", "Đơn")]


async def test_nobody_listening_means_not_sent() -> None:
    """A refused connection is known to have carried nothing."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    error = await fail(f"http://127.0.0.1:{port}/bot")
    assert isinstance(error, UnsentError)


@pytest.mark.parametrize("base_url", ["http://no-such-host.invalid/bot", "nonsense", "http://[/"])
async def test_no_address_means_not_sent(base_url: str) -> None:
    """A host that does not exist, or an address that is none, carried nothing."""
    assert isinstance(await fail(base_url), UnsentError)


async def test_a_full_pool_means_not_sent() -> None:
    """A call that found no free connection in time was not sent."""
    begun = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        begun.set()
        await asyncio.sleep(0.8)
        return await ok(request)

    async with serving(answer) as base_url:
        request = AiohttpRequest(1, Timeouts(connect=0.1, pool=0.1, read=5))
        bot = Bot(TOKEN, base_url, request=request, get_updates_request=request)
        first = asyncio.create_task(bot.send_message(1, "Một"))
        await begun.wait()
        with pytest.raises(UnsentTimedOutError):
            await bot.send_message(1, "Hai")
        await first
        await request.shutdown()


async def test_calls_are_served_in_the_order_they_came() -> None:
    """When more is to be sent than there are connections, nobody is overtaken for ever."""
    texts = []

    async def answer(request: web.Request) -> web.Response:
        texts.append(str((await request.post())["text"]))
        await asyncio.sleep(0.005)
        return await ok(request)

    async def talk(bot: Bot, who: int) -> None:
        for time in range(5):
            await bot.send_message(who, f"{time}")

    async with serving(answer) as base_url, bot_at(base_url, pool=5) as bot:
        await asyncio.gather(*(talk(bot, who) for who in range(6)))
    assert texts == sorted(texts)


async def test_no_answer_in_time_may_have_been_sent() -> None:
    """A call that reached the server and got no answer in time is `TimedOut`, not unsent."""

    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(0.8)
        return await ok(request)

    async with serving(answer) as base_url:
        error = await fail(base_url)
    assert type(error) is TimedOut


async def test_a_broken_connection_may_have_been_sent() -> None:
    """A connection that breaks once the request is through leaves it unknown."""

    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with serving(answer) as base_url:
        assert isinstance(await fail(base_url), CutOffError)


async def test_another_server_answering_is_told_apart() -> None:
    """A page where the Bot API should be is an unknown end, and is not quoted."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="<html>verysecret", content_type="text/html")

    async with serving(answer) as base_url:
        assert isinstance(await fail(base_url), CutOffError)


async def test_a_gateways_error_page_is_not_quoted() -> None:
    """A 502 with a page of HTML is an error of the network without the page."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="<html>verysecret", content_type="text/html", status=502)

    async with serving(answer) as base_url:
        error = await fail(base_url)
    assert type(error) is NetworkError
    assert str(error) == "Bad Gateway (502)"


async def test_what_people_wrote_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An answer that cannot be parsed is not logged: it holds what people wrote."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text='{"ok": true, "result": {"text": "Lan, 0912', status=200)

    async with serving(answer) as base_url:
        error = await fail(base_url)
    assert "Lan" not in caplog.text + repr(error)


async def test_a_file_is_streamed() -> None:
    """A download yields the bytes of the file in pieces."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=bytes(300_000))

    request = AiohttpRequest()
    async with serving(answer) as base_url, aclosing(request.download(base_url)) as chunks:
        sizes = [len(chunk) async for chunk in chunks]
    await request.shutdown()
    assert sum(sizes) == 300_000
    assert len(sizes) > 1


async def test_a_missing_file_says_its_status() -> None:
    """A download answered with anything but 200 raises that status."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=404)

    request = AiohttpRequest()
    async with serving(answer) as base_url:
        with pytest.raises(DownloadError, match="404"):
            await anext(request.download(base_url))
    await request.shutdown()


async def test_a_file_cut_short_is_no_file() -> None:
    """A download that breaks off in the middle raises instead of ending."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100000"})
        await response.prepare(request)
        await response.write(bytes(50_000))
        assert request.transport is not None
        request.transport.abort()
        return response

    request = AiohttpRequest()
    async with serving(answer) as base_url, aclosing(request.download(base_url)) as chunks:
        with pytest.raises(CutOffError):
            [chunk async for chunk in chunks]
    await request.shutdown()
