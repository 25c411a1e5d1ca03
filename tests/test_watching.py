"""A worker hears of what the others commit: each message once, however late it becomes visible."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.holding import Alone
from bot.watching import Seen, Watch
from handlers.effects import Amend
from handlers.events import Media
from handlers.messages import Say
from storage import amendments, files, news, open_store, outbox, people, timers
from storage.database import Store, Tx
from tests.sealing import SEAL

SOON = 10.0
EVERY = 0.02


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=60), st.integers(0, 1_000_000)
)
def test_each_row_is_seen_once_however_late_it_becomes_visible(
    rows: list[tuple[bool, int]], newest: int
) -> None:
    """Ids grow; each row is committed some looks after it got its id, or never."""
    seen, told = Seen(newest, patience=10.0), list[int]()
    visible: list[tuple[int, int]] = [
        (look + delay, newest + 1 + look) for look, (kept, delay) in enumerate(rows) if kept
    ]
    for look in range(len(rows) + 5):
        after = seen.after(float(look))
        found = sorted(id_ for since, id_ in visible if since <= look and id_ > after)
        told += [id_ for id_ in found if seen.fresh(id_, float(look))]
    assert sorted(told) == sorted(id_ for _, id_ in visible)


def test_what_never_came_is_given_up() -> None:
    """A row that was undone is not looked for for ever; nor is more than a thousand of them."""
    seen = Seen(10, patience=5.0)
    assert seen.fresh(13, now=0.0)
    assert seen.after(5.0) == 10
    assert seen.after(5.1) == 13
    assert seen.fresh(1_000_000, now=6.0)
    assert seen.after(6.0) == 1_000_000 - 1001


class Others(Alone):
    """Other workers live, or do not."""

    others = True


class Ear:
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.messages: list[news.Message] = []
        self.anythings = self.timers = self.files = self.announcements = self.amendments = 0

    def said(self, messages: Iterable[news.Message]) -> None:
        """See `Hears`."""
        self.messages += messages

    def anything(self) -> None:
        """See `Hears`."""
        self.anythings += 1

    def timer(self) -> None:
        """See `Hears`."""
        self.timers += 1

    def file(self) -> None:
        """See `Hears`."""
        self.files += 1

    def announced(self) -> None:
        """See `Hears`."""
        self.announcements += 1

    async def amended(self) -> None:
        """See `Hears`."""
        self.amendments += 1


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty storage."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


@asynccontextmanager
async def watching(store: Store, holds: Alone, ear: Ear) -> AsyncIterator[Watch]:
    """A watch at work that has begun."""
    watch = Watch(store, holds, ear, EVERY)
    work = asyncio.create_task(watch.run())
    if holds.others:
        await until(lambda: ear.anythings == 1)
    yield watch
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    """Wait for something, not for ever."""
    async with asyncio.timeout(SOON):
        while not true():  # noqa: ASYNC110 - what is awaited sets no event
            await asyncio.sleep(0.01)


def says(tx: Tx, address: str) -> int:
    """Somebody is told something."""
    now = datetime.now(UTC)
    contact = people.contact(tx, "web", address, now)
    return outbox.add(tx, contact.id, "web", Say(text="Chào").model_dump_json(), now)


async def test_messages_of_others_are_heard_in_order(store: Store) -> None:
    """Each message from now on is heard once, with whom it is for; none from before."""
    ear = Ear()
    await store.run(partial(says, address="before"))
    async with watching(store, Others(), ear):
        ids = [await store.run(partial(says, address=f"v{n}")) for n in range(3)]
        await until(lambda: len(ear.messages) == 3)
        await asyncio.sleep(3 * EVERY)
    assert ear.messages == [news.Message(id_, "web", f"v{n}") for n, id_ in enumerate(ids)]


ANNOUNCE = """
    INSERT INTO announcements (code, unit, author, state, urgent, words, audience, created_at)
    VALUES ('TB-1', '*', 1, 'drafted', 0, '', '', 0)
"""


async def test_what_is_done_to_announcements_is_heard(store: Store) -> None:
    """One that was written is to be counted, one that was released to be begun."""
    ear = Ear()
    async with watching(store, Others(), ear):
        await until(lambda: ear.announcements == 1)  # whatever was done before
        await store.run(lambda tx: tx.do(ANNOUNCE))
        await until(lambda: ear.announcements == 2)
        move = "UPDATE announcements SET live = 1, counted = '1', entries = entries + 1"
        await store.run(lambda tx: tx.do(move))
        await until(lambda: ear.announcements == 3)


async def test_timers_files_and_changes_of_others_are_heard(store: Store) -> None:
    """A timer that ran out, a wanted file, a change made or taken away by command."""
    ear, now = Ear(), datetime.now(UTC)
    contact = await store.run(partial(people.contact, channel="web", address="an", now=now))
    photo = Media(key="web:1", kind="photo", fetch="there")
    change = Amend(kind="unit", key="xa", value="{}", by=0)
    async with watching(store, Others(), ear):
        await until(lambda: ear.amendments == 1)  # whatever was changed before
        later = now + timedelta(minutes=1)
        await store.run(partial(timers.set, contact_id=contact.id, name="later", due_at=later))
        await asyncio.sleep(3 * EVERY)
        assert (ear.timers, ear.files, ear.amendments) == (0, 0, 1)
        await store.run(partial(timers.set, contact_id=contact.id, name="now", due_at=now))
        await store.run(partial(files.keep, contact_id=contact.id, media=photo, now=now))
        await store.run(partial(amendments.amend, effect=change, now=now))
        await until(lambda: ear.timers > 0 and ear.files > 0 and ear.amendments == 2)
        gone = change.model_copy(update={"value": ""})
        await store.run(partial(amendments.amend, effect=gone, now=now))
        await until(lambda: ear.amendments == 3)


async def test_a_worker_alone_never_looks(store: Store) -> None:
    """It hears of everything by itself; when the last of the others goes, once more of theirs."""
    ear, holds = Ear(), Others()
    async with watching(store, Alone(), Ear()) as idle:
        async with watching(store, holds, ear):
            await store.run(partial(says, address="an"))
            holds.others = False
            await until(lambda: ear.anythings == 2)
            await store.run(partial(says, address="binh"))
            await asyncio.sleep(3 * EVERY)
        assert isinstance(idle.hears, Ear)
        assert (idle.hears.anythings, idle.hears.messages) == (0, [])
    assert [message.address for message in ear.messages] == ["an"]
