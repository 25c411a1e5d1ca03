"""An announcement over a strict server, one send in ten failing, its sender killed ten times."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot import outbox as sending
from bot.channels import Channel
from handlers.announcing import Limits
from storage import keys, open_store
from storage.database import Store
from tests.announcing import stage
from tests.announcing.mortal import Life, MortalChannel, MortalStore
from tests.fakes.telegram import OF_A_SEND, FakeTelegram, Options, Pace
from tests.sealing import SEAL
from tests.telegram.listening import channel_of

PEOPLE = 300
KILLS = 10
IN_FLIGHT = 8
A_LIFE = 22  # messages
PATIENCE = 40.0
LIMITS = Limits(channel="telegram", text=4096, per_second=300)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty storage."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


class Tasks:
    """What a life does; let go at the end of the test, when it is long dead."""

    def __init__(self) -> None:
        self.lives: list[tuple[Life, list[asyncio.Task[None]]]] = []

    async def begin(self, store: Store, channel: Channel) -> Life:
        """One more life of the bot."""
        life = Life()
        made = stage.parts(
            MortalStore(store, life), MortalChannel(channel, life), LIMITS, paid=True
        )
        await made.sender.catch_up()
        work = [made.sender.run(), made.feeder.run(), made.announcer.run()]
        self.lives.append((life, [asyncio.create_task(each) for each in work]))
        return life

    async def end(self) -> None:
        """Leave nothing behind."""
        for life, tasks in self.lives:
            life.dead = True
            life.over.set()
            for task in tasks:
                task.cancel()
        tasks = [task for _, each in self.lives for task in each]
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_nobody_is_missed_over_faults_and_kills(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger adds up, everybody who can be reached is told, and hardly anybody twice."""
    monkeypatch.setattr(sending, "ANNOUNCEMENTS", IN_FLIGHT)
    monkeypatch.setattr(sending, "GRACE", 0.0)
    pace = Pace(enforce=True, paid_per_second=LIMITS.per_second)
    async with FakeTelegram(pace=pace, options=Options(journal=0)) as fake:
        ids = fake.crowd(70_001, PEOPLE)
        fake.faults.add_in_turn(OF_A_SEND, 10)
        await stage.crowd(store, map(str, ids), "telegram")
        await stage.announce(store)
        await ten_kills(store, fake)
        ledger = await stage.ledger(store)
        told = Counter({number: fake.person(number).unread for number in ids})
        lost = await states(store)
    twice = sum(count - 1 for count in told.values() if count)
    print(f"{KILLS} kills, {PEOPLE} people, {twice} told twice: {dict(ledger)}")  # noqa: T201
    assert sum(ledger.values()) == PEOPLE
    assert set(ledger) <= {"sent", "unreachable", "failed"}
    assert [number for number in ids if not told[number] and str(number) not in lost] == []
    struck = fake.faults.struck
    assert ledger["unreachable"] <= -(-struck // len(OF_A_SEND))
    assert ledger["failed"] <= -(-struck // len(OF_A_SEND))
    assert twice <= KILLS * IN_FLIGHT
    assert not fake.violations


async def states(store: Store) -> set[str]:
    """Who could not be told, by the ledger."""
    return await store.run(
        lambda tx: {
            keys.show(tx, address)
            for (address,) in tx.rows(
                "SELECT c.address FROM deliveries d JOIN contacts c ON c.id = d.contact_id"
                " WHERE d.state <> 'sent'"
            )
        }
    )


async def ten_kills(store: Store, fake: FakeTelegram) -> None:
    """Tell everybody in eleven lives, each but the last killed amid its sends."""
    tasks = Tasks()
    try:
        async with channel_of(fake) as channel:
            for number in range(1, KILLS + 1):
                life = await tasks.begin(store, channel)
                await stage.until(partial(accepted, fake, number * A_LIFE), PATIENCE)
                life.dead = True
            await tasks.begin(store, channel)
            await stage.until_it_is(store, "done", seconds=PATIENCE)
    finally:
        await tasks.end()


def accepted(fake: FakeTelegram, count: int) -> bool:
    """Whether the platform has taken so many messages."""
    return fake.journal.counts["sendmessage", 200] >= count
