"""The web chat: the embedded default, needing no platform and no token.

A page says what a person did and gets the bot's words in the same answer, so that one round
trip is enough on a slow network. A stream of server-sent events brings what comes later. The
messages in storage are the truth for both: a stream is only told to look again.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response, Security
from fastapi.security import APIKeyCookie
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse

from bot.channels import Accept, Arrival, GoneError, Outgoing
from bot.channels.enclosed import FileWords, OpenFile
from bot.channels.web import privacy_page
from bot.channels.web.files import Keep, Kept, Register, Uploaded, file_key, file_kind, file_name
from bot.channels.web.given import Given, Sign
from bot.channels.web.live import Bell, Bells, Slots
from bot.channels.web.notices import Notices
from bot.channels.web.page import Page
from bot.channels.web.visitors import Visitors
from bot.channels.web.wire import AnswerOut, FileOut, MessageId, MessagesOut, SayIn
from bot.problems import Code, RefusedError, refusals
from bot.rates import Rates
from handlers.events import Media
from handlers.messages import Say
from handlers.papers import names_card

_RETRY_MILLISECONDS = 2_000
_DAY = 24 * 3600
_HOLDS_UP: tuple[Code, ...] = ("too_slow", "busy", "too_often", "not_ready")
_RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the web channel lets people do at once."""

    file_bytes: int = 20 * 1024 * 1024
    page_of_messages: int = 100
    streams_each: int = 4
    streams: int = 600
    saying_each: int = 4
    saying: int = 500
    uploads_each: int = 3
    uploads: int = 40
    given_each: int = 12
    given: int = 120
    says_a_minute: int = 600
    """What one visitor may do; more than a hand can, for the conversation has its own bounds."""
    files_a_day: int = 200
    bytes_a_day: int = 500 * 1024 * 1024
    heartbeat_seconds: float = 15
    """A stream says that it lives, and looks for news that another worker may have made."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message of the bot as storage has it: *id* grows within an address.

    It is said in the place of the message *replaces*, unless that is 0.
    """

    id: int
    at: datetime
    say: Say
    replaces: int = 0


After = Callable[[str, int, int], Awaitable[Sequence[Told]]]
"""The bot's messages to an address with an id greater than that, in order, at most so many."""


@dataclass(frozen=True, slots=True)
class Store:
    """What the web channel needs from storage, which it does not know.

    *sign* makes the links to files; *file_words* are said of those that cannot go along. *refused*
    says which errors of *keep* are the sender's, and how they are called.
    """

    after: After
    keep: Keep
    register: Register
    uploaded: Uploaded
    open_file: OpenFile
    sign: Sign
    file_words: Mapping[Literal["vi", "en"], FileWords]
    refused: Mapping[type[Exception], Code] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class WebChannel:
    """The channel ``web``; *router* is its HTTP side."""

    name = "web"

    def __init__(
        self,
        store: Store,
        *,
        limits: Limits | None = None,
        secure: bool = False,
        public_url: str = "",
        notices: Notices | None = None,
        privacy: privacy_page.Read | None = None,
    ) -> None:
        """*secure* when people reach the page by https, *public_url* where they reach it.

        *notices* are the public pages of announcements, *privacy* the notice about personal data.
        """
        self._store = store
        self._limits = limits or Limits()
        self._visitors = Visitors(secure=secure, public_url=public_url)
        self._accept: Accept | None = None
        self._bells = Bells()
        self._streams = Slots(self._limits.streams_each, self._limits.streams)
        self._saying = Slots(self._limits.saying_each, self._limits.saying)
        self._uploads = Slots(self._limits.uploads_each, self._limits.uploads)
        self._giving = Slots(self._limits.given_each, self._limits.given)
        self._often = Rates(self._limits.says_a_minute, 60)
        self._files = Rates(self._limits.files_a_day, _DAY)
        self._bytes = Rates(self._limits.bytes_a_day, _DAY)
        self._given = Given(store.open_file, store.sign, store.file_words)
        self.body_limits = {"/chat/files": self._limits.file_bytes}
        self.router = APIRouter()
        page = Page(max_file=self._limits.file_bytes)
        self.router.include_router(page.router(self._visitors.welcome))
        if notices:
            self.router.include_router(notices.router(page.version))
        if privacy:
            self.router.include_router(privacy_page.router(privacy, page.version))
        self.router.include_router(self._chat())
        self.router.add_api_route(
            Given.path,
            self.given,
            tags=["chat"],
            response_class=FileResponse,
            dependencies=[Depends(self._fetching)],
            responses={
                206: {"description": "A part"},
                **refusals("foreign", "not_found", "bad_request", "busy", "broken"),
            },
        )

    async def run(self, accept: Accept) -> None:
        """Let people talk until cancelled; before and after, they are asked to wait."""
        self._accept = accept
        try:
            await asyncio.Event().wait()
        finally:
            self.close()

    def close(self) -> None:
        """Stop taking new things and end every stream; what is being said is finished."""
        self._accept = None
        self._bells.close()

    async def send(self, outgoing: Outgoing) -> str:
        """Tell the open pages of the person to look; a closed one looks when it is opened.

        A page puts a change in the place of the message it changes: that is the one that stands.
        """
        self.ring(outgoing.address)
        return outgoing.replaces or str(outgoing.id)

    def ring(self, address: str) -> None:
        """Have the open pages of a person look for news."""
        self._bells.ring(address)

    def ring_all(self) -> None:
        """Have every open page look for news."""
        self._bells.ring_all()

    async def fetch(self, media: Media) -> AsyncGenerator[bytes]:
        """Raise `GoneError`: what people upload here is kept before anybody hears of it."""
        raise GoneError(media.key)
        yield b""  # never reached; it makes this the stream that a channel promises

    def _chat(self) -> APIRouter:
        cookie = APIKeyCookie(name=self._visitors.cookie, auto_error=False)
        router = APIRouter(
            prefix="/chat",
            tags=["chat"],
            dependencies=[Depends(self._visitors.known), Security(cookie)],
            responses=refusals("no_cookie", "foreign", "bad_request", "broken"),
        )
        private = [Depends(_private)]
        router.add_api_route(
            "/say",
            self.say,
            methods=["POST"],
            dependencies=private,
            responses=refusals("file_unknown", "text_too_long", "too_large", *_HOLDS_UP),
        )
        router.add_api_route("/messages", self.messages, dependencies=private)
        router.add_api_route(
            "/stream",
            self.stream,
            response_class=EventSourceResponse,
            dependencies=[Depends(self._listening)],
            responses=refusals("busy", "not_ready"),
        )
        router.add_api_route(
            "/files",
            self.upload,
            methods=["POST"],
            dependencies=private,
            openapi_extra=_RAW_BODY,
            responses=refusals(
                *(
                    "file_empty",
                    "too_large",
                    "wrong_type",
                    "file_type",
                    "id_card",
                    "too_many_files",
                    "full",
                ),
                *_HOLDS_UP,
            ),
        )
        return router

    async def say(self, request: Request, said: SayIn) -> AnswerOut:
        """Do what a person did, once however often it is sent; answers when it is durable."""
        address = self._visitors.address(request)
        accept = self._open()
        if wait := self._often.take(address):
            raise RefusedError("too_often", wait)
        with self._saying.take(address):
            keys = said.files()
            files = await self._store.uploaded(address, keys) if keys else {}
            arrival = Arrival(
                id=f"web:{address[:32]}:{said.id}",
                channel=self.name,
                address=address,
                event=said.told(files),
                at=self._store.now(),
                raw=said.model_dump_json(),
            )
            outcome = await accept(arrival)
            news = await self._news(address, said.after)
        return AnswerOut(outcome=outcome, messages=news.messages, more=news.more)

    async def messages(
        self, request: Request, response: Response, after: MessageId = 0
    ) -> MessagesOut:
        """Give the bot's messages with an id greater than *after*, the oldest first."""
        self._visitors.welcome(request, response)
        return await self._news(self._visitors.address(request), after, again=True)

    async def stream(
        self,
        request: Request,
        after: MessageId = 0,
        last_event_id: Annotated[MessageId, Header()] = 0,
    ) -> AsyncIterator[ServerSentEvent]:
        """Bring the bot's messages as they come.

        Events ``said`` have a message as their data; ``hello`` is the first, and ``beat``
        comes while nothing happens.
        """
        address = self._visitors.address(request)
        bell: Bell = request.state.bell
        last = max(after, last_event_id)
        yield ServerSentEvent(event="hello", data=last, retry=_RETRY_MILLISECONDS)
        while not self._bells.closed:
            news = await self._news(address, last)
            for message in news.messages:
                last = message.id
                yield ServerSentEvent(event="said", id=str(last), data=message)
            if not news.more and not await bell.heard(self._limits.heartbeat_seconds):
                yield ServerSentEvent(event="beat", data=last)

    async def upload(
        self, request: Request, name: Annotated[str, Query(max_length=1_000)] = ""
    ) -> FileOut:
        """Keep one file, its bytes being the whole body; a ``sent_media`` event then names it."""
        address = self._visitors.address(request)
        self._open()
        if request.headers.get("content-type") != "application/octet-stream":
            raise RefusedError("wrong_type")
        if names_card(name):
            raise RefusedError("id_card")
        self._may_upload(address, request)
        with self._uploads.take(address):
            kept = await self._keep(request)
            key = file_key(address, kept)
            await self._store.register(address, key, file_name(name), kept)
        return FileOut(key=key, kind=file_kind(kept.mime), size=kept.size, mime=kept.mime)

    async def given(self, request: Request, signature: str, key: str) -> Response:
        """Give a file to the visitor who was told of it; to anybody else there is none."""
        return await self._given.follow(request, self._visitors.address(request), signature, key)

    def _may_upload(self, address: str, request: Request) -> None:
        """Raise `RefusedError` when a visitor sent too many files, or too large ones, in a day."""
        said = request.headers.get("content-length", "")
        size = int(said) if said.isdecimal() else self._limits.file_bytes
        if self._files.take(address) or self._bytes.take(address, size):
            raise RefusedError("too_many_files")

    def _open(self) -> Accept:
        if self._accept is None:
            raise RefusedError("not_ready")
        return self._accept

    async def _listening(self, request: Request) -> AsyncIterator[None]:
        address = self._visitors.address(request)
        self._open()
        with self._streams.take(address), self._bells.listen(address) as bell:
            request.state.bell = bell
            yield

    async def _fetching(self, request: Request) -> AsyncIterator[None]:
        self._visitors.own_page(request)
        try:
            address = self._visitors.address(request)
        except RefusedError:
            raise RefusedError("not_found") from None
        with self._giving.take(address):
            yield

    async def _news(self, address: str, after: int, *, again: bool = False) -> MessagesOut:
        """What was said; *again*, to a page that was opened anew, without what is in confidence."""
        most = self._limits.page_of_messages
        told = await self._store.after(address, after, most + 1)
        messages = [
            await self._given.told(address, one.id, one.at, one.say, replaces=one.replaces)
            for one in told[:most]
            if not (again and one.say.sealed)
        ]
        return MessagesOut(messages=messages, more=len(told) > most)

    async def _keep(self, request: Request) -> Kept:
        try:
            return await self._store.keep(request.stream(), self._limits.file_bytes)
        except ClientDisconnect:
            raise RefusedError("too_slow") from None
        except tuple(self._store.refused) as error:
            codes = (c for kind, c in self._store.refused.items() if isinstance(error, kind))
            raise RefusedError(next(codes)) from error


# Waits for nothing, but FastAPI would put a plain function on another thread.
async def _private(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"
