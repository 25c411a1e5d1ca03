"""Running the bot: from a socket that listens to a clean stop."""

import asyncio
import gc
import logging
import signal
from collections.abc import Coroutine
from contextlib import closing
from datetime import timedelta
from functools import partial
from socket import socket
from typing import Any

from fastapi import FastAPI

from bot.app import App, invite, open_app
from bot.callers import Callers
from bot.clerk import Clerk
from bot.config import Config, ConfigFaultsError, WebConfig
from bot.feeder import Feeder
from bot.holding import Alone, Part
from bot.housekeeping import Housekeeper
from bot.http import listen, make_http, serve
from bot.http_guard import HttpLimits
from bot.lawkeeper import LawKeeper
from bot.outbox import Sender
from bot.telling import sender_lease
from handlers.faults import Fault
from storage import members

log = logging.getLogger(__name__)


async def run(config: Config) -> None:
    """Serve until SIGTERM or SIGINT; ends within 10 s and may be killed at any time.

    Raises what `open_app` does, and `ConfigFaultsError` when the port can't be had.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_app(config) as app:
        await app.blobs.clean()
        with closing(_listen(config.channels.web)) as door:
            await _welcome(app)
            # What is loaded by now stays to the end: looking through it again and again for
            # garbage would hold up everybody's answer for a tenth of a second each time.
            gc.collect()
            gc.freeze()
            await serve_all(app, door, stop)
    log.info("stopped")


def _listen(web: WebConfig) -> socket:
    try:
        return listen(web.host, web.port)
    except OSError as error:
        why, _, _ = str(error.strerror).partition(" (while")
        fault = Fault(
            file="config.toml",
            key="channels.web.port",
            message=f"không mở được {web.host}:{web.port} ({why})",
            mend="dừng chương trình đang dùng cổng này, hoặc sửa port, host",
        )
        raise ConfigFaultsError((fault,)) from error


async def serve_all(app: App, door: socket, stop: asyncio.Event) -> None:
    """Run every part of *app* until *stop*; a part that ends by itself stops the others."""
    log.info(
        "started",
        extra={
            "url": f"http://{app.config.channels.web.host}:{door.getsockname()[1]}",
            "channels": sorted(app.channels),
            "storage": app.store.engine,
        },
    )
    tasks = [asyncio.ensure_future(part) for part in _in_every_worker(app)]
    end_streams = app.web.close if app.web else lambda: None
    serving = asyncio.create_task(
        serve(make_application(app), door, stop=stop, closing=end_streams)
    )
    await asyncio.wait((serving, *tasks), return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await serving
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ended:
        if isinstance(end, Exception):
            raise end


def _in_every_worker(app: App) -> list[Coroutine[Any, Any, None]]:
    parts = [app.holds.run(_once(app))]
    if not isinstance(app.holds, Alone):
        parts.append(app.watch.run())
    if app.web:
        parts.append(app.web.run(app.engine.accept))
    if app.telegram:
        parts.append(app.telegram.stand_by())
    return parts


def _once(app: App) -> dict[str, Part]:
    """What runs once over all workers that serve one database, by the name of its lease."""
    accept = app.engine.accept
    parts: dict[str, Part] = {
        "announcer": app.announcer.run,
        "clerk": Clerk(app.store, app.blobs, lambda: app.engine.content, app.clock.nudge).run,
        "fetcher": partial(app.fetcher.run, accept),
        "lawkeeper": LawKeeper(app.store, lambda: app.engine.content, app.clock.nudge).run,
        "maker": app.maker.run,
        "housekeeper": Housekeeper(app.store, app.blobs, _petitions_stay(app)).run,
        "timers": partial(app.clock.run, accept),
    }
    for (name, sender), feeder in zip(app.senders.items(), app.feeders, strict=True):
        parts[sender_lease(name)] = partial(_send, sender, feeder)
    if app.telegram:
        parts["poller:telegram"] = partial(app.telegram.run, accept)
    if app.board:
        parts["board:telegram"] = app.board.run
    return parts


def _petitions_stay(app: App) -> timedelta:
    return timedelta(days=app.content.petition.keep_days)


async def _send(sender: Sender, feeder: Feeder) -> None:
    """A sender, and who feeds it with announcements: the latter looks at what the former holds."""
    await sender.catch_up()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sender.run())
        tasks.create_task(feeder.run())


def make_application(app: App) -> FastAPI:
    """The HTTP side of *app*: what its channels have, readiness, figures."""
    web = app.config.channels.web
    routers = [app.web.router] if app.web else []
    if app.telegram and app.config.channels.telegram.mode == "webhook":
        routers.append(app.telegram.router(app.engine.accept))
    checks = dict(app.figures.checks)
    if telegram := app.telegram:
        checks["telegram"] = lambda: _said(telegram.fault)
    return make_http(
        routers,
        checks=checks,
        registry=app.figures.registry,
        limits=HttpLimits(bodies=app.web.body_limits if app.web else {}),
        secure=web.public_url.startswith("https://"),
        callers=Callers(web.proxies, web.ops_allow),
    )


async def _said(fault: str) -> str:
    return fault


async def _welcome(app: App) -> None:
    """Print where the chat is and, while nobody administers it, a one-time invitation."""
    web = app.config.channels.web
    told = [f"Lắng Nghe: {web.address}"] if web.enabled else []
    if not await app.store.read(lambda tx: members.with_role(tx, "administrator")):
        invitation = await invite(app)
        told.append(f"Lời mời quản trị viên (dùng một lần, trong 24 giờ): {invitation}")
    for line in told:
        print(line, flush=True)  # noqa: T201 - for the person at the terminal
