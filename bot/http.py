"""The HTTP side of the bot: one application made of the parts it is given, and serving it."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from bot.callers import Callers
from bot.http_guard import Guard, HttpLimits, refusal
from bot.http_wire import Wire
from bot.problems import Code, Problem, RefusedError, refusals

Check = Callable[[], Awaitable[str]]
"""Answers ``""`` when its part works, else a few words without anything personal."""

_CHECK_SECONDS = 3.0
_WORTH_PACKING = 1_000
_GRACE_SECONDS = 6
_CODES: dict[int, Code] = {404: "not_found", 405: "wrong_method", 413: "too_large"}


class Health(BaseModel):
    """The process runs."""

    alive: bool = True


class Readiness(BaseModel):
    """Whether the bot can do its work now: each part's name with ``ok`` or what is wrong."""

    model_config = ConfigDict(frozen=True)

    ready: bool
    checks: dict[str, str]


def make_http(
    routers: Iterable[APIRouter] = (),
    *,
    checks: Mapping[str, Check] | None = None,
    registry: CollectorRegistry | None = None,
    limits: HttpLimits | None = None,
    secure: bool = False,
    callers: Callers | None = None,
) -> FastAPI:
    """The whole application: health, readiness, figures, and the *routers* of the channels.

    *registry* holds the figures of ``/metrics``; *secure* says that people reach it by https,
    *callers* who may see its readiness and figures: by default, whoever is on this machine.
    Its OpenAPI document is at ``/openapi.json``; there are no pages that show it, because those
    would load scripts from elsewhere.
    """
    app = _App(title="Lắng Nghe", version="1", docs_url=None, redoc_url=None)
    known = callers or Callers()
    app.include_router(_operations(checks or {}, registry or CollectorRegistry(), known))
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _answer)
    app.add_exception_handler(RequestValidationError, _answer)
    app.add_middleware(GZipMiddleware, minimum_size=_WORTH_PACKING, compresslevel=6)
    app.add_middleware(Guard, limits=limits or HttpLimits(), secure=secure, callers=known)
    return app


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises OSError when it can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.create_server((host, port), family=family, backlog=1024)
    # asyncio does so only for sockets that name their protocol. Without it the body of an answer
    # waits 40 ms for the other side to acknowledge the head.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door


async def serve(
    app: FastAPI, at: socket.socket, *, stop: asyncio.Event, closing: Callable[[], None]
) -> None:
    """Serve *app* until *stop* is set, then end within 10 s.

    *closing* is called first: it must make endless answers (streams) end.
    """
    config = uvicorn.Config(
        app,
        access_log=False,
        lifespan="off",
        http=Wire,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=65,  # longer than the usual 60 s of a proxy, so that it closes first
        ws="none",
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[at]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        closing()
        server.should_exit = True
        await serving


class _App(FastAPI):
    """FastAPI whose document knows the form of a refusal."""

    def openapi(self) -> dict[str, Any]:
        """The document; see `bot.problems.refusals`."""
        document = super().openapi()
        forms = document.setdefault("components", {}).setdefault("schemas", {})
        forms["Problem"] = Problem.model_json_schema()
        return document


class _Server(uvicorn.Server):
    """uvicorn that leaves the signals of the process to whoever started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _operations(
    checks: Mapping[str, Check], registry: CollectorRegistry, callers: Callers
) -> APIRouter:
    router = APIRouter(tags=["operations"])

    async def ours(request: Request) -> None:
        """Whoever is not to know how the bot is doing finds nothing here."""
        if not callers.operates(request.scope):
            raise RefusedError("not_found")

    inside = [Depends(ours)]

    @router.get("/healthz")
    async def healthz() -> Health:
        """Say that the process is alive; touches nothing else."""
        return Health()

    @router.get(
        "/readyz",
        dependencies=inside,
        responses={503: {"model": Readiness, "description": "Not ready"}, **refusals("not_found")},
    )
    async def readyz(response: Response) -> Readiness:
        """Ask every part whether it works; 503 when one does not."""
        found = await asyncio.gather(*(_ask(check) for check in checks.values()))
        parts = {name: why or "ok" for name, why in zip(checks, found, strict=True)}
        ready = not any(found)
        response.status_code = 200 if ready else 503
        return Readiness(ready=ready, checks=parts)

    @router.get(
        "/metrics",
        dependencies=inside,
        response_class=Response,
        responses={
            200: {"content": {"text/plain": {}}, "description": "Prometheus text"},
            **refusals("not_found"),
        },
    )
    async def metrics() -> Response:
        """Give the figures of this process to Prometheus."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


async def _ask(check: Check) -> str:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return "timeout"
    except Exception as error:  # noqa: BLE001 - whatever a part raises, it is not ready
        return type(error).__name__


async def _answer(request: Request, error: Exception) -> Response:
    match error:
        case RefusedError():
            return refusal(error, request.scope)
        case HTTPException():
            answer = refusal(
                RefusedError(_CODES.get(error.status_code, "bad_request")), request.scope
            )
            answer.headers.update(error.headers or {})  # "Allow" of a 405
            return answer
        case _:
            # Never the details of a validation error: they quote what a person wrote.
            return refusal(RefusedError("bad_request"), request.scope)
