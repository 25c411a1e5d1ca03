"""What the tests of the channel share: an ear in place of the engine, a channel on the fake."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from bot.channels import Arrival, Garbled, Outcome, Outgoing
from bot.channels.enclosed import FileWords, Stored
from bot.channels.telegram import TelegramChannel, TelegramSettings
from bot.channels.telegram_group import GroupNews
from bot.channels.telegram_http import Timeouts
from bot.channels.telegram_words import Lang, ShareWords
from handlers.events import Event
from handlers.messages import Choice, Expects, Say
from tests.fakes.telegram import FakeTelegram

SECRET = "webhook_secret-1"
COMMANDS: dict[Lang, list[tuple[str, str]]] = {
    "vi": [("gui", "Gửi ý kiến"), ("trogiup", "Trợ giúp")],
    "en": [("gui", "Send feedback"), ("trogiup", "Help")],
}
SHARE: dict[Lang, ShareWords] = {
    "vi": ShareWords(phone="Gửi số của tôi", place="Gửi vị trí của tôi"),
    "en": ShareWords(phone="Share my number", place="Share my position"),
}

FILE_WORDS: dict[Lang, FileWords] = {
    "vi": FileWords("Chưa xem được tệp:", "Có thể chưa đến nơi tệp:", "không tên"),
    "en": FileWords("Cannot be shown:", "May not have arrived:", "no name"),
}


async def nothing_stored(key: str) -> Stored | None:
    """A storage without any file."""
    return None


class Ear:
    """Stands where the engine is: hears arrivals, and can refuse or withhold its word."""

    def __init__(self) -> None:
        self.heard: list[Arrival | Garbled] = []
        self.outcome: Outcome = "done"
        self.trouble: Exception | None = None
        self.ready = asyncio.Event()
        self.ready.set()
        self._news = asyncio.Event()

    async def accept(self, arrival: Arrival | Garbled) -> Outcome:
        """Hear it; durable once `ready`."""
        self.heard.append(arrival)
        self._news.set()
        await self.ready.wait()
        if self.trouble is not None:
            raise self.trouble
        return self.outcome

    @property
    def events(self) -> list[Event]:
        """What was heard and understood."""
        return [each.event for each in self.heard if isinstance(each, Arrival)]

    async def hears(self, count: int) -> list[Arrival | Garbled]:
        """The first *count* arrivals, waited for."""
        async with asyncio.timeout(8):
            while len(self.heard) < count:
                self._news.clear()
                await self._news.wait()
        return self.heard[:count]


class Overheard:
    """Remembers what concerned the bot in groups."""

    def __init__(self) -> None:
        self.seen: list[GroupNews] = []

    async def take(self, news: GroupNews) -> None:
        """Remember it."""
        self.seen.append(news)


class Moves:
    """Remembers groups that moved."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.trouble: Exception | None = None

    async def moved(self, old: str, new: str) -> None:
        """Remember one."""
        self.seen.append((old, new))
        if self.trouble is not None:
            raise self.trouble


@asynccontextmanager
async def channel_of(
    fake: FakeTelegram,
    *,
    moves: Moves | None = None,
    overheard: Callable[[GroupNews], Awaitable[None]] | None = None,
    token: str = "",
    webhook_url: str = "",
    stored: Mapping[str, Stored] | None = None,
) -> AsyncIterator[TelegramChannel]:
    """A channel that talks to *fake*, with short waits; *stored* are the files it can open."""
    shelf = {} if stored is None else stored

    async def open_file(key: str) -> Stored | None:
        return shelf.get(key)

    settings = TelegramSettings(
        token=token or fake.token,
        base_url=fake.url,
        base_file_url=fake.file_url,
        mode="webhook" if webhook_url else "polling",
        webhook_url=webhook_url,
        secret_token=SECRET,
        timeouts=Timeouts(pool=1, connect=1, write=1, read=1),
    )
    channel = TelegramChannel(
        settings,
        commands=COMMANDS,
        share=SHARE,
        moved=(moves or Moves()).moved,
        overheard=overheard or Overheard().take,
        open_file=open_file,
        file_words=FILE_WORDS,
    )
    try:
        yield channel
    finally:
        await channel.close()


@asynccontextmanager
async def running(channel: TelegramChannel, ear: Ear) -> AsyncIterator[None]:
    """Let *channel* receive for *ear*, and stop it as a shutdown does."""
    task = asyncio.create_task(channel.run(ear.accept))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def listening(fake: FakeTelegram, ear: Ear) -> AsyncIterator[TelegramChannel]:
    """A channel that polls *fake* for *ear*."""
    async with channel_of(fake) as channel, running(channel, ear):
        yield channel


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something *holds*."""
    async with asyncio.timeout(8):
        while not holds():  # noqa: ASYNC110 - the fake has no event for every state
            await asyncio.sleep(0.01)


async def until_confirmed(fake: FakeTelegram) -> None:
    """Wait until the bot has confirmed every update."""
    await until(lambda: not fake.pending)


def saying(
    address: int, text: str, *labels: str, number: int = 1, expects: Expects = "choice"
) -> Outgoing:
    """A message to a person, with plain choices."""
    choices = tuple(Choice(key=label, label=label) for label in labels)
    return Outgoing(number, str(address), Say(text=text, choices=choices, step=3, expects=expects))
