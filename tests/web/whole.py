"""The whole application in this process: settings, storage, engine, channels; nothing is sent."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from bot.app import App, open_app
from bot.config import Config
from bot.running import make_application
from tests.asgi import Answer, ask
from tests.sealing import install

ROOT = Path(__file__).parents[2]
HOOK = "webhook-secret-of-the-tests"


class Whole:
    """An application that is asked from a test that waits for nothing."""

    def __init__(self, loop: asyncio.AbstractEventLoop, app: App, http: FastAPI) -> None:
        self.app, self.http, self._loop = app, http, loop

    def ask(self, method: str, path: str, **options: Any) -> Answer:  # noqa: ANN401 - of `ask`
        """One request and its answer."""
        return self._loop.run_until_complete(ask(self.http, method, path, **options))

    def visitor(self) -> str:
        """The cookie header of somebody new."""
        set_cookie = self.ask("GET", "/").headers["set-cookie"]
        return set_cookie.partition(";")[0]


def settings(folder: Path, url: str, least_free: int) -> Config:
    """Settings of an installation in *folder*, with Telegram's webhook open."""
    install(folder)
    return Config.model_validate(
        {
            "storage": {"url": url, "files": folder / "files", "least_free": least_free},
            "content": ROOT / "content",
            "secret_file": folder / "secret",
            "keys_file": folder / "keys",
            "denunciation_keys_file": folder / "keys-denunciations",
            "channels": {
                "telegram": {
                    "token": "1:fuzz",
                    "mode": "webhook",
                    "webhook_url": "https://lang-nghe.example/channels/telegram",
                    "secret_token": HOOK,
                    "base_url": "http://127.0.0.1:9/bot",
                    "base_file_url": "http://127.0.0.1:9/file/bot",
                }
            },
        }
    )


@contextmanager
def whole(folder: Path, url: str, *, least_free: int = 0) -> Iterator[Whole]:
    """The application over the database at *url*, with its files in *folder*.

    It takes no files when the disk has fewer than *least_free* MB.
    """
    loop = asyncio.new_event_loop()
    stack = AsyncExitStack()
    try:
        opening = open_app(settings(folder, url, least_free))
        app = loop.run_until_complete(stack.enter_async_context(opening))
        assert app.web is not None
        chatting = loop.create_task(app.web.run(app.engine.accept))
        loop.run_until_complete(asyncio.sleep(0))
        yield Whole(loop, app, make_application(app))
        chatting.cancel()
        loop.run_until_complete(asyncio.gather(chatting, return_exceptions=True))
    finally:
        loop.run_until_complete(stack.aclose())
        loop.close()


def routes(app: Whole) -> list[str]:
    """The addresses of the application, as templates, also those its document leaves out."""
    return sorted(_paths(app.http.router))


def _paths(router: Any) -> Iterator[str]:  # noqa: ANN401 - FastAPI's own kinds of routers
    for route in router.routes:
        if hasattr(route, "original_router"):
            yield from _paths(route.original_router)
        else:
            yield route.path
