"""A script said over real channels: the whole bot runs, and each of its people is on a channel.

Whatever somebody does, all that follows from it is waited for: the bot rests when Telegram has
nothing more to bring it, no timer is due, nothing is to be said or fetched, and everybody has read
what they were told. So the people of a script are heard in its order, as in a rehearsal.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import open_app
from bot.config import Channels, Config, StorageConfig, TelegramConfig
from bot.http import listen
from bot.running import serve_all
from bot.secret import Secret
from handlers.content import Content
from handlers.effects import Invite
from storage import deliveries, files, members, outbox, timers
from storage.database import Store, Tx
from tests.acceptance.likeness import Names
from tests.acceptance.on_telegram import OnTelegram
from tests.acceptance.on_the_web import OnTheWeb
from tests.acceptance.running import ROOT
from tests.acceptance.sides import Side, do
from tests.fakes.telegram import FakeTelegram
from tests.sealing import SECRET

Where = Literal["telegram", "web"]
PATIENCE: Final = 12.0  # seconds; less than a stream needs to find by itself what nobody rang for
PAUSE: Final = 0.005
FIRST_PHONE: Final = 80_010_001


class Player:
    """A person as a script leads them: they read all they are told before the next line is said."""

    def __init__(self, side: Side, names: Names, rest: Callable[[], Awaitable[None]]) -> None:
        self.side = side
        self._names = names
        self._rest = rest

    async def do(self, line: str) -> tuple[str, ...]:
        """See `tests.transcripts.saying.Person`."""
        await do(self.side, self._names.to_bot(line))
        await self._rest()
        return self.answers()

    def answers(self) -> tuple[str, ...]:
        """See `tests.transcripts.saying.Person`."""
        return tuple(self._names.to_script(line) for line in self.side.told())


class OnChannels:
    """The stage of a script; *where* says on which channel somebody of it is."""

    def __init__(
        self, bot: "Running", fake: FakeTelegram, names: Names, where: Callable[[str], Where]
    ) -> None:
        self._bot, self._fake, self._names, self._where = bot, fake, names, where
        self._people: dict[str, Player] = {}

    def person(self, address: str) -> Player:
        """See `tests.transcripts.saying.Stage`."""
        if address not in self._people:
            self._people[address] = Player(self._side(address), self._names, self._rest)
        return self._people[address]

    async def publish(self, content: Content) -> None:
        """No script that is said here has the bot start again."""
        pytest.fail("the bot runs on with the files it has")

    async def invite(self, invite: Invite) -> None:
        """See `tests.transcripts.saying.Stage`."""
        now, key = datetime.now(UTC), Secret(SECRET.encode()).key(invite.invitation)
        await self._bot.store.run(lambda tx: members.invite(tx, invite, key, now))

    async def see_to_announcements(self) -> None:
        """See `tests.transcripts.saying.Stage`."""
        await until(self._announced)
        await self._rest()

    async def see_to_the_law(self) -> None:
        """No script that is said here waits for the end of a rule."""
        pytest.fail("no rule ends while the bot runs here")

    async def make_petitions(self) -> None:
        """No script that is said here asks for a petition."""
        pytest.fail("no petition is asked for here")

    async def see_to_requests(self) -> None:
        """No script that is said here asks for anything of its data."""
        pytest.fail("no data are asked for here")

    async def _announced(self) -> bool:
        return not await self._bot.store.read(
            lambda tx: deliveries.uncounted(tx) or deliveries.live(tx)
        )

    def unread(self) -> dict[str, tuple[str, ...]]:
        """What somebody was told that no line of the script has them read."""
        unread = {name: player.answers() for name, player in self._people.items()}
        return {name: told for name, told in unread.items() if told}

    async def leave(self) -> None:
        """Everybody goes home."""
        for player in self._people.values():
            await player.side.leaves()

    def _side(self, address: str) -> Side:
        if self._where(address) == "web":
            return OnTheWeb(self._bot.url)
        return OnTelegram(self._fake, FIRST_PHONE + len(self._people))

    async def _rest(self) -> None:
        """Wait until nothing more follows from what was done."""
        await until(self._at_rest)

    async def _at_rest(self) -> bool:
        if self._fake.pending or await self._bot.store.read(busy):
            return False
        heard = [await player.side.hears() for player in self._people.values()]
        return all(heard)


def busy(tx: Tx) -> bool:
    """Whether the bot has something to do at once."""
    now = datetime.now(UTC)
    channels = ("telegram", "web")
    return (
        bool(timers.due(tx, now, 1))
        or any(outbox.pending(tx, channel).waiting for channel in channels)
        or any(files.wanted(tx, channel, now, 1) for channel in channels)
    )


class Running(NamedTuple):
    """A bot that runs in this process: where its page is, and its memory."""

    url: str
    store: Store


@asynccontextmanager
async def running(fake: FakeTelegram, database_url: str, folder: Path) -> AsyncIterator[Running]:
    """Run every part of the bot, as `python -m bot run` does, until the block ends."""
    stop = asyncio.Event()
    async with open_app(_config(fake, database_url, folder)) as app:
        with closing(listen("127.0.0.1", 0)) as door:
            serving = asyncio.create_task(serve_all(app, door, stop))
            url = f"http://127.0.0.1:{door.getsockname()[1]}"
            try:
                await _ready(url)
                yield Running(url, app.store)
            finally:
                stop.set()
                await serving


def _config(fake: FakeTelegram, database_url: str, folder: Path) -> Config:
    telegram = TelegramConfig(
        token=SecretStr(fake.token), base_url=fake.url, base_file_url=fake.file_url
    )
    return Config(
        storage=StorageConfig(url=SecretStr(database_url), files=folder / "files"),
        channels=Channels(telegram=telegram),
        content=ROOT / "content",
        secret=SecretStr(SECRET),
        keys_file=folder / "keys",
        denunciation_keys_file=folder / "keys-denunciations",
    )


async def _ready(url: str) -> None:
    """Wait until every part says that it can do its work."""
    async with aiohttp.ClientSession() as asking:

        async def ready() -> bool:
            async with asking.get(f"{url}/readyz") as answer:
                return answer.status == 200

        await until(ready)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something *holds* that has to be asked for."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110 - nothing tells when it does
            await asyncio.sleep(PAUSE)
