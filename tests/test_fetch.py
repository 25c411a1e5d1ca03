"""Files are brought after the turn that wanted them; what cannot be kept is said."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.channels import Arrival, Garbled, GoneError, Outcome
from bot.fetch import Fetcher
from handlers.events import FileRefused, Media
from storage import files, open_store, people
from storage.blobs import Blobs
from storage.database import Store, Tx
from tests.scripted_channel import ScriptedChannel
from tests.sealing import SEAL

PNG = b"\x89PNG\r\n\x1a\n" + bytes.fromhex(
    "0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f0003860180f7f5e4b00000000049454e44ae426082"
)
NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # past: what is queued then is due


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty storage."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


class Told:
    """An engine that only remembers."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []

    async def accept(self, arrival: Arrival | Garbled) -> Outcome:
        """Remember."""
        assert isinstance(arrival, Arrival)
        self.arrivals.append(arrival)
        return "done"

    def heard(self, times: int) -> bool:
        """Whether so many arrivals came."""
        return len(self.arrivals) == times


async def want(store: Store, key: str, at: datetime = NOW) -> None:
    """A turn has noted a file."""
    media = Media(key=key, kind="photo", name="a.png", fetch=f"at {key}")

    def keep(tx: Tx) -> None:
        files.keep(tx, people.contact(tx, "test", "an", at).id, media, at)

    await store.run(keep)


@asynccontextmanager
async def fetching(fetcher: Fetcher, told: Told) -> AsyncIterator[None]:
    """The fetcher at work."""
    work = asyncio.create_task(fetcher.run(told.accept))
    yield
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    """Wait for something, not for ever."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is awaited sets no event
            await asyncio.sleep(0.01)


async def state(store: Store, key: str) -> str:
    """What is known of a file."""
    found = await store.read(partial(files.get, key=key))
    return found.state if found else "unknown"


async def becomes(store: Store, key: str, wanted: str) -> None:
    """Wait until a file is in a state."""
    async with asyncio.timeout(10):
        while await state(store, key) != wanted:  # noqa: ASYNC110 - a row sets no event
            await asyncio.sleep(0.02)


async def test_a_wanted_file_is_stored(store: Store, tmp_path: Path) -> None:
    """Its bytes are kept by their content, its type by looking at them."""
    await want(store, "k")
    channel = ScriptedChannel(files={"k": PNG})
    fetcher = Fetcher(store, Blobs(tmp_path, store), {"test": channel})
    async with fetching(fetcher, Told()):
        await becomes(store, "k", "stored")
    found = await store.read(partial(files.get, key="k"))
    assert found is not None
    assert (found.mime, found.size) == ("image/png", len(PNG))


@pytest.mark.parametrize(
    ("given", "reason"),
    [(b"MZ\x90\x00 a program", "type"), (b"", "empty"), (GoneError("gone"), "gone")],
)
async def test_what_cannot_be_kept_is_told_to_its_sender(
    store: Store, tmp_path: Path, given: bytes | Exception, reason: str
) -> None:
    """A lying type, an empty file, one that is gone: an event, and no second try."""
    await want(store, "k")
    told = Told()
    channel = ScriptedChannel(files={"k": given})
    async with fetching(Fetcher(store, Blobs(tmp_path, store), {"test": channel}), told):
        await becomes(store, "k", "refused")
    [arrival] = told.arrivals
    assert isinstance(arrival.event, FileRefused)
    assert (arrival.address, arrival.event.reason) == ("an", reason)
    assert channel.fetched == ["k"]


async def test_the_same_file_sent_again_is_refused_anew(store: Store, tmp_path: Path) -> None:
    """Told a second time, its sender hears of it a second time."""
    told = Told()
    channel = ScriptedChannel(files={"k": GoneError("gone")})
    fetcher = Fetcher(store, Blobs(tmp_path, store), {"test": channel})
    async with fetching(fetcher, told):
        for times in (1, 2):
            await want(store, "k", NOW + timedelta(minutes=times))
            fetcher.nudge()
            await until(partial(told.heard, times))
            await becomes(store, "k", "refused")
    assert len({arrival.id for arrival in told.arrivals}) == 2


async def test_a_passing_fault_is_tried_later(store: Store, tmp_path: Path) -> None:
    """Nobody is told while there is hope; the file stays wanted."""
    await want(store, "k")
    told = Told()
    channel = ScriptedChannel(files={"k": TimeoutError()})
    async with fetching(Fetcher(store, Blobs(tmp_path, store), {"test": channel}), told):
        await until(lambda: channel.fetched == ["k"])
        await asyncio.sleep(0.2)
    assert channel.fetched == ["k"]
    assert told.arrivals == []
    assert await state(store, "k") == "wanted"
