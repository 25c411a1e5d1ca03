"""Telegram: python-telegram-bot's `Bot`, types and errors, with receiving of our own.

Theory of operation. Telegram forgets an update when a poll asks for a later one, or when a webhook
is answered with 200. So neither happens before `accept` returned for it: a poll's updates are all
handed over at once, in their order, and only when every one is durable does the offset move. A
process killed in between gets the same updates again, under the same ids, and `accept` knows them.
What Telegram offers to do for a press of a button (ending its spinner, taking the keyboard away)
comes after, may fail, and holds nobody up: presses are kept for 150 s only, so every flow that has
buttons can also go on by text.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from fastapi import APIRouter
from telegram import Bot
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels import Accept, Arrival, Garbled, GoneError, Outgoing
from bot.channels.enclosed import FileWords, OpenFile
from bot.channels.telegram_errors import Floods, advice, pauses, seconds, undelivered, unfetched
from bot.channels.telegram_files import Enclosures, Progress
from bot.channels.telegram_group import GroupChats, GroupNews, Heard, PutOut
from bot.channels.telegram_http import AiohttpRequest, DownloadError, Timeouts
from bot.channels.telegram_sending import Letters
from bot.channels.telegram_taps import Taps
from bot.channels.telegram_webhook import webhook
from bot.channels.telegram_wire import (
    ALLOWED_UPDATES,
    CHANNEL,
    LIMITS,
    Moved,
    Raw,
    Tapped,
    Understood,
    understand,
)
from bot.channels.telegram_words import Lang, ShareWords
from handlers.events import Media

log = logging.getLogger(__name__)
# At DEBUG the library writes down the token, in addresses, and every word people say.
logging.getLogger("telegram.Bot").setLevel(logging.INFO)

_POLL_GRACE: Final = 10
"""Seconds an empty answer to a long poll may be late."""
_SHORTEST_POLL: Final = 0.5


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """Where the Bot API is and how to receive from it.

    The token is appended to *base_url* and *base_file_url*, or put where they say ``{token}``. A
    webhook needs *webhook_url*, the public https address of ``/channels/telegram``, and
    *secret_token*, 1 to 256 of ``A-Za-z0-9_-``.
    """

    token: str = field(repr=False)
    base_url: str = "https://api.telegram.org/bot"
    base_file_url: str = "https://api.telegram.org/file/bot"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    secret_token: str = field(default="", repr=False)
    poll_seconds: int = 30
    pool_size: int = 128
    timeouts: Timeouts = field(default_factory=Timeouts)
    trust_env: bool = False

    def __post_init__(self) -> None:
        if self.mode == "webhook" and not (self.webhook_url and self.secret_token):
            raise ValueError("a webhook needs webhook_url and secret_token")


class TelegramChannel:
    """The Telegram channel; `bot.channels.Channel`, a webhook router and `close`.

    *commands* are the menu in each language, Vietnamese for everyone whose language has none;
    *share* the words of the share buttons; *moved* remembers a group's new address, durably;
    *overheard* takes in, as durably, what concerns the bot in a group; *open_file* and *file_words*
    serve the files that go with messages.
    """

    name: str = CHANNEL

    def __init__(  # noqa: PLR0913 - all a channel is given
        self,
        settings: TelegramSettings,
        *,
        commands: Mapping[Lang, Sequence[tuple[str, str]]],
        share: Mapping[Lang, ShareWords],
        moved: Callable[[str, str], Awaitable[None]],
        overheard: Callable[[GroupNews], Awaitable[None]],
        open_file: OpenFile,
        file_words: Mapping[Lang, FileWords],
        named: Callable[[str], None] = lambda _: None,
    ) -> None:
        """*named* is told the bot's username as soon as Telegram has said it."""
        self._settings = settings
        self._commands = commands
        self._moved = moved
        self._overheard = overheard
        self._request = AiohttpRequest(
            settings.pool_size, settings.timeouts, trust_env=settings.trust_env
        )
        # Polls have a connection of their own: answers never wait behind them.
        self._polls = AiohttpRequest(1, settings.timeouts, trust_env=settings.trust_env)
        self._bot = Bot(
            settings.token,
            settings.base_url,
            settings.base_file_url,
            request=self._request,
            get_updates_request=self._polls,
        )
        self._floods = Floods()
        self._named = named
        self._half_sent: dict[int, Progress] = {}
        self._taps = Taps(self._bot)
        enclosures = Enclosures(self._bot, open_file)
        self._letters = Letters(self._bot, enclosures, self._taps, share, file_words)
        self.groups = GroupChats(self._bot, self._floods)
        """Sends to groups, at a pace that is the caller's."""
        self.fault = ""
        """Why nothing can be received at the moment, for the operator; empty when all is well."""

    async def run(self, accept: Accept) -> None:
        """Receive until cancelled. With a webhook: see to it that Telegram knows it.

        At one worker at a time; every one has to `stand_by`.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._insist(self._tell_commands))
                if self._settings.mode == "webhook":
                    self.fault = "Telegram does not know the webhook yet"
                    if await self._insist(self._tell_webhook):
                        self.fault = ""
                    await asyncio.Event().wait()
                await self._poll(accept)
        finally:
            self.fault = ""  # whatever it was, it is another worker's now

    async def stand_by(self) -> None:
        """Learn what is needed to speak of the bot, whoever receives; until cancelled."""
        await self._insist(self._learn_name)
        await asyncio.Event().wait()

    def router(self, accept: Accept) -> APIRouter:
        """``POST /channels/telegram``, for the mode ``webhook``."""
        return webhook(
            self._settings.secret_token, lambda understood: self._take(understood, accept)
        )

    async def close(self) -> None:
        """Close every connection; nothing can be sent or fetched afterwards."""
        await self._taps.close()
        await self._polls.shutdown()
        await self._request.shutdown()

    # Receiving

    async def _poll(self, accept: Accept) -> None:
        offset, polled, waits = 0, False, pauses()
        while True:
            try:
                updates = await self._updates(offset)
                polled = True
                await self._take_all(updates, accept)
                if updates:  # not "the highest so far": after a quiet week numbers start anew
                    offset = max(map(_number, updates)) + 1
            except Exception as error:  # noqa: BLE001 - the poll outlives whatever ails the storage
                # A webhook found at the start is of another day; one set later is somebody's wish.
                await self._recover(error, next(waits), drop_webhook=not polled)
                continue
            self.fault, waits = "", pauses()

    async def _updates(self, offset: int) -> list[Raw]:
        """The updates from *offset* on, unparsed; asking confirms all before it."""
        started = time.monotonic()
        # Spelled so, because PTB warns of the plain name and advises a method that parses.
        updates: list[Raw] = await self._bot.do_api_request(
            "get_Updates",
            {
                "offset": offset,
                "timeout": self._settings.poll_seconds,
                "limit": LIMITS.poll_updates,
                "allowed_updates": ALLOWED_UPDATES,
            },
            read_timeout=self._settings.poll_seconds + _POLL_GRACE,
        )
        if not updates:  # a server that does not wait must not be asked without rest
            await asyncio.sleep(max(0, started + _SHORTEST_POLL - time.monotonic()))
        return updates

    async def _take_all(self, updates: list[Raw], accept: Accept) -> None:
        """Hand over all of one poll in its order, at once; raise when one was not kept."""
        now = datetime.now(UTC)
        results = await asyncio.gather(
            *(self._take(understand(update, now), accept) for update in updates),
            return_exceptions=True,
        )
        for result in results:
            if result is not None:
                raise result

    async def _take(self, understood: Understood, accept: Accept) -> None:
        match understood:
            case Arrival() | Garbled():
                await accept(understood)
            case Tapped():
                outcome = await accept(understood.arrival)
                self._taps.finish(understood, spent=outcome != "failed")
            case Moved():
                await self._moved(understood.old, understood.new)
            case Heard():
                if await self.groups.concerns_us(understood):
                    await self._overheard(understood)
            case PutOut():
                await self._overheard(understood)
            case None:
                pass

    async def _recover(self, error: Exception, pause: float, *, drop_webhook: bool) -> None:
        self.fault = advice(error)
        log.warning("Telegram: %s", self.fault)
        if isinstance(error, Conflict) and drop_webhook and "webhook" in error.message.lower():
            await self._insist(self._drop_webhook)
        await asyncio.sleep(_wait(error, pause))

    # Telling Telegram about us

    async def _tell_commands(self) -> None:
        for lang, commands in self._commands.items():
            code = None if lang == "vi" else lang
            await self._bot.set_my_commands(commands, language_code=code)

    async def _learn_name(self) -> None:
        try:
            name = await self.groups.name()
        except TelegramError:
            raise
        except Exception:  # noqa: BLE001 - an answer that is no user costs a link, not the channel
            log.warning("Telegram does not say what the bot is called")
        else:
            self._named(name)

    async def _tell_webhook(self) -> None:
        await self._bot.set_webhook(
            self._settings.webhook_url,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=self._settings.secret_token,
            drop_pending_updates=False,
        )

    async def _drop_webhook(self) -> None:
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def _insist(self, tell: Callable[[], Awaitable[None]]) -> bool:
        """Tell it until it is heard; False when Telegram says that it never will be."""
        for pause in pauses():
            try:
                await tell()
            except BadRequest as error:
                log.warning("Telegram refuses this: %s", error.message)
                return False
            except TelegramError as error:
                log.warning("Telegram: %s", advice(error))
                await asyncio.sleep(_wait(error, pause))
            else:
                return True
        return False

    # Sending

    async def send(self, outgoing: Outgoing) -> str:
        """Send one message, its files, then its text in parts, or change what an earlier one left.

        Returns the ids of what stands there (`Traces`). What is sent again after a failure goes on
        behind what arrived.
        """
        progress = self._half_sent.pop(outgoing.id, None) or Progress()
        try:
            return await self._letters.send(outgoing, progress)
        except TelegramError as error:
            failure = undelivered(error, outgoing.address, self._floods)
            if failure.verdict in {"retry", "unknown"} and progress.begun:
                self._half_sent[outgoing.id] = progress
            if isinstance(error, InvalidToken):
                log.error("Telegram: %s", advice(error))  # noqa: TRY400 - a traceback tells no more
            raise failure from error

    # Files

    async def fetch(self, media: Media) -> AsyncGenerator[bytes]:
        """Stream a file a person sent, of at most `LIMITS.download` bytes."""
        if media.size is not None and media.size > LIMITS.download:
            raise GoneError("too large for a bot to fetch")
        try:
            file = await self._bot.get_file(media.fetch)
            if file.file_path is None:
                raise GoneError("Telegram has no path to the file")
            left = LIMITS.download
            async with aclosing(self._request.download(file.file_path)) as chunks:
                async for chunk in chunks:
                    left -= len(chunk)
                    if left < 0:
                        raise GoneError("larger than Telegram said")
                    yield chunk
        except (TelegramError, DownloadError) as error:
            raise unfetched(error) from error


def _wait(error: Exception, pause: float) -> float:
    return seconds(error) if isinstance(error, RetryAfter) else pause


def _number(update: Raw) -> int:
    number = update["update_id"]
    if not isinstance(number, int):
        raise TypeError("an update without a number")
    return number
