"""The webhook: Telegram's own deliveries, answered with 200 only when they are durable.

Anything but 2xx makes Telegram deliver again, and hold back what the same person sends next; so an
update nobody can read is kept and answered with 200 as well, and only a storage that is away is
answered with 503.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request, Response, status

from bot.channels.telegram_wire import CHANNEL, Understood, garbled, understand

log = logging.getLogger(__name__)

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
MAX_BODY: Final = 1 << 20
"""Bytes of one update; Telegram's own are far smaller."""
RETRY_SECONDS: Final = 5


def webhook(secret: str, take: Callable[[Understood], Awaitable[None]]) -> APIRouter:
    """``POST /channels/telegram`` for whoever knows *secret*; *take* returns when it is durable."""
    router = APIRouter(tags=["channels"])

    @router.post(
        f"/channels/{CHANNEL}",
        summary="One update of the Telegram Bot API",
        responses={
            status.HTTP_200_OK: {"description": "The update is kept for good."},
            status.HTTP_403_FORBIDDEN: {"description": "The secret token is missing or wrong."},
            status.HTTP_413_CONTENT_TOO_LARGE: {"description": "Larger than any update."},
            status.HTTP_503_SERVICE_UNAVAILABLE: {"description": "Deliver it again later."},
        },
        response_class=Response,
    )
    async def receive(request: Request) -> Response:
        if not _knows(secret, request.headers.get(SECRET_HEADER, "")):
            return Response(status_code=status.HTTP_403_FORBIDDEN)
        body = await _body(request)
        if body is None:
            return Response(status_code=status.HTTP_413_CONTENT_TOO_LARGE)
        try:
            await take(_read(body))
        except Exception as error:  # noqa: BLE001 - whatever ails the storage, Telegram must keep it
            log.warning("an update could not be kept (%s)", type(error).__name__)
            return Response(
                status_code=status.HTTP_503_SERVICE_UNAVAILABLE,
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        return Response()

    return router


def _knows(secret: str, given: str) -> bool:
    """Whether *given* is the secret; never when there is none."""
    return bool(secret) and hmac.compare_digest(secret.encode(), given.encode())


async def _body(request: Request) -> bytes | None:
    """The whole body, or None when it is too large; never more than that in memory."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _read(body: bytes) -> Understood:
    now = datetime.now(UTC)
    try:
        raw = json.loads(body)
        if isinstance(raw, dict) and isinstance(raw.get("update_id"), int):
            return understand(raw, now)
    except (ValueError, RecursionError):  # brackets in brackets without end, too
        pass
    # Without a number of its own it is named by what it holds, so that it is kept once.
    name = hashlib.sha256(body).hexdigest()[:32]
    return garbled(name, body.decode("utf-8", "backslashreplace"), now, "not an update")
