import asyncio
import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot import housekeeping
from bot.housekeeping import Housekeeper
from handlers.events import Media
from storage import files, inbox, open_store, outbox, people, sessions, tickets
from storage.blobs import Blobs
from storage.database import StorageUnavailableError, Store, Tx
from tests.sealing import SEAL
from tests.storage.samples import CODE, DAY, NOW, SECOND, SECRET, case

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty store, on each engine in turn."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


@pytest.fixture
def blobs(tmp_path: Path, store: Store) -> Blobs:
    """An empty folder of files."""
    return Blobs(tmp_path / "files", store)


@pytest.fixture
def housekeeper(store: Store, blobs: Blobs) -> Housekeeper:
    """Who keeps this house."""
    return Housekeeper(store, blobs)


async def kept(blobs: Blobs, data: bytes, age: timedelta = 2 * DAY) -> str:
    """The digest of a file that has been here for a while."""

    async def chunks() -> AsyncIterator[bytes]:
        yield data

    sha256 = (await blobs.keep(chunks(), limit=1000)).sha256
    then = time.time() - age.total_seconds()
    os.utime(blobs.path(sha256), (then, then))
    return sha256


async def upload(store: Store, key: str, sha256: str, age: timedelta) -> Media:
    """A file somebody uploaded so long ago."""
    media = Media(key=key, kind="document", mime="application/pdf", size=len(PDF))

    def remember(tx: Tx) -> None:
        contact = people.contact(tx, "web", "a", NOW - age)
        files.upload(tx, contact.id, media, sha256, NOW - age)

    await store.run(remember)
    return media


async def known(store: Store) -> set[str]:
    """The keys of all files there are."""
    rows = await store.read(lambda tx: tx.rows("SELECT key FROM files"))
    return {key for (key,) in rows}


async def test_old_arrivals_are_forgotten(store: Store, housekeeper: Housekeeper) -> None:
    """After a week an arrival's id is let go of, in however many slices; a younger one stays."""

    def arrive(tx: Tx) -> None:
        for number in range(housekeeping.SLICE + 20):
            inbox.claim(tx, f"web:{number}", NOW - 8 * DAY)
        inbox.claim(tx, "web:young", NOW - 6 * DAY)

    await store.run(arrive)
    await housekeeper.tidy(NOW)
    assert await store.read(lambda tx: tx.rows("SELECT id FROM inbox")) == [("web:young",)]


async def test_old_messages_are_forgotten_unless_they_matter(
    store: Store, housekeeper: Housekeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 90 days what was said goes, but for what waits and what belongs to an open case."""
    monkeypatch.setattr(housekeeping, "SLICE", 2)
    old, young = NOW - 91 * DAY, NOW - 89 * DAY

    def say(tx: Tx) -> list[int]:
        contact = people.contact(tx, "web", "a", old).id
        opened = case()
        tickets.open(tx, contact, opened, old, SECRET)
        add = partial(outbox.add, tx, contact, "web")
        waits, *others = [add("waits", old), add("open", old, code=opened.code), add("1", old)]
        others += [add("2", old), add("3", old), add("young", young)]
        outbox.record(tx, [outbox.Result(id, "sent", old) for id in others])  # noqa: A001 - a row's id
        return [waits, others[0], others[-1]]

    stay = await store.run(say)
    await housekeeper.tidy(NOW)
    rows = await store.read(lambda tx: tx.rows("SELECT id FROM outbox ORDER BY id"))
    assert [id for (id,) in rows] == stay  # noqa: A001 - a row's id


async def test_ids_of_messages_grow_on(store: Store, housekeeper: Housekeeper) -> None:
    """When all that was said is forgotten, the next message still has a greater id."""

    def say(tx: Tx, at: datetime) -> int:
        contact = people.contact(tx, "web", "a", NOW).id
        number = outbox.add(tx, contact, "web", "{}", at)
        outbox.record(tx, [outbox.Result(number, "sent", at)])
        return number

    first = await store.run(partial(say, at=NOW - 91 * DAY))
    await housekeeper.tidy(NOW)
    assert await store.read(lambda tx: tx.rows("SELECT id FROM outbox")) == []
    assert await store.run(partial(say, at=NOW)) > first


async def test_files_nobody_sent_go_with_their_bytes(
    store: Store, blobs: Blobs, housekeeper: Housekeeper
) -> None:
    """A file of a month ago that no case has is removed; a younger one and one of a case stay."""
    old, young, used = [await kept(blobs, PDF + bytes([number])) for number in b"abc"]
    await upload(store, "web:old", old, 31 * DAY)
    await upload(store, "web:young", young, 29 * DAY)
    media = await upload(store, "web:used", used, 31 * DAY)

    def send(tx: Tx) -> None:
        contact = people.contact(tx, "web", "a", NOW)
        tickets.open(tx, contact.id, case(CODE, media=(media,)), NOW, SECRET)

    await store.run(send)
    await housekeeper.tidy(NOW)
    assert await known(store) == {"web:young", "web:used"}
    assert [blobs.path(sha256).exists() for sha256 in (old, young, used)] == [False, True, True]


async def test_a_picture_that_was_not_taken_goes_at_once(
    store: Store, blobs: Blobs, housekeeper: Housekeeper
) -> None:
    """Key and bytes, when the house is kept next; nobody lets go of another's file."""
    mine, others = await kept(blobs, PDF), await kept(blobs, PDF + b"1")
    for key, sha256 in (("mine", mine), ("others", others)):
        await upload(store, key, sha256, timedelta(hours=2))

    def let_go(tx: Tx) -> None:
        me = people.contact(tx, "web", "a", NOW).id
        files.outdate(tx, me, "mine")
        files.outdate(tx, me + 1, "others")

    await store.run(let_go)
    await housekeeper.tidy(NOW)
    assert await known(store) == {"others"}
    assert not blobs.path(mine).exists()
    assert blobs.path(others).exists()


async def test_bytes_another_file_names_stay(
    store: Store, blobs: Blobs, housekeeper: Housekeeper
) -> None:
    """The same bytes uploaded twice are there until the second is forgotten too."""
    sha256 = await kept(blobs, PDF)
    await upload(store, "web:old", sha256, 31 * DAY)
    await upload(store, "web:young", sha256, 3 * DAY)
    await housekeeper.tidy(NOW)
    assert await known(store) == {"web:young"}
    assert blobs.path(sha256).exists()
    await housekeeper.tidy(NOW + 28 * DAY)
    assert await known(store) == set()
    assert not blobs.path(sha256).exists()


async def test_bytes_that_have_just_come_again_stay(
    store: Store, blobs: Blobs, housekeeper: Housekeeper
) -> None:
    """Bytes somebody is uploading at this moment, before their row is written, are not removed."""
    sha256 = await kept(blobs, PDF, age=SECOND)
    await upload(store, "web:old", sha256, 31 * DAY)
    await housekeeper.tidy(NOW)
    assert await known(store) == set()
    assert blobs.path(sha256).exists()


async def test_a_file_of_a_slow_draft_stays(
    store: Store, blobs: Blobs, housekeeper: Housekeeper
) -> None:
    """A file that an unfinished form names stays, and goes a month after it no longer does."""
    sha256 = await kept(blobs, PDF)
    await upload(store, "web:old", sha256, 31 * DAY)

    def draft(tx: Tx, state: str) -> None:
        chat = sessions.open(tx, "web", "a", NOW)
        sessions.save(tx, chat.contact_id, state, NOW)

    await store.run(partial(draft, state='{"media":[{"key":"web:old"}]}'))
    await housekeeper.tidy(NOW)
    assert await known(store) == {"web:old"}
    await store.run(partial(draft, state='{"media":[]}'))
    await housekeeper.tidy(NOW + 31 * DAY)
    assert await known(store) == set()
    assert not blobs.path(sha256).exists()


async def test_a_file_of_a_failed_arrival_stays(
    store: Store, blobs: Blobs, housekeeper: Housekeeper
) -> None:
    """While what a contact said waits to be replayed, none of its files goes."""
    await upload(store, "web:old", await kept(blobs, PDF), 31 * DAY)

    def fail(tx: Tx) -> None:
        contact = people.contact(tx, "web", "a", NOW)
        inbox.keep_failed(tx, inbox.Failed("web:1", NOW, contact.id, "", "KeyError", "{}"))

    await store.run(fail)
    await housekeeper.tidy(NOW)
    assert await known(store) == {"web:old"}


async def test_a_database_that_is_away_is_tidied_another_day(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keeping house goes on after a day on which nothing could be stored."""
    days: list[datetime] = []
    second = asyncio.Event()

    async def tidy(_: Housekeeper, now: datetime) -> None:
        days.append(now)
        if len(days) == 1:
            raise StorageUnavailableError("away")
        second.set()

    monkeypatch.setattr(housekeeping, "FIRST", 0.0)
    monkeypatch.setattr(housekeeping, "EVERY", 0.0)
    monkeypatch.setattr(Housekeeper, "tidy", tidy)
    store = await open_store(f"sqlite:///{blobs.path('0' * 64).parents[2] / 'bot.db'}", seal=SEAL)
    running = asyncio.create_task(Housekeeper(store, blobs).run())
    try:
        async with asyncio.timeout(5):
            await second.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await store.close()
    assert abs(datetime.now(UTC) - days[0]) < timedelta(minutes=1)
