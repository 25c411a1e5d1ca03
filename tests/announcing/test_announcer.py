"""Announcements seen through, from the count to the end, over a channel in memory."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import count

import pytest

from bot.announcer import Announcer, Quiet
from bot.channels import UndeliveredError
from bot.turn import ZONE
from handlers.announcing import Limits
from storage import open_store
from storage.database import Store
from storage.deliveries import Live
from tests.announcing import stage
from tests.announcing.stage import CODE, NOW
from tests.scripted_channel import ScriptedChannel
from tests.sealing import SEAL

NIGHT = NOW.replace(hour=15)  # ten in the evening there


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty storage."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


def told(channel: ScriptedChannel) -> Counter[str]:
    """How often each address was told something."""
    return Counter(address for address, _ in channel.said)


async def test_everybody_is_told_once(store: Store) -> None:
    """Released, it is prepared, told and done; the ledger adds up to the audience."""
    people = [f"p{number}" for number in range(120)]
    await stage.crowd(store, people)
    await stage.announce(store)
    channel = ScriptedChannel()
    async with stage.working(stage.parts(store, channel)):
        await stage.until_it_is(store, "done")
    assert told(channel) == Counter(people)
    assert await stage.ledger(store) == {"sent": 120}
    assert all("Mất điện sáng mai." in text for _, text in channel.said)


async def test_it_is_counted_before_its_release(store: Store) -> None:
    """The dry run says how many would be told on each channel, and tells nobody."""
    await stage.crowd(store, ["an", "binh", "chi"])
    await stage.announce(store, released=False)
    channel = ScriptedChannel()
    made = stage.parts(store, channel)
    await made.announcer.work()
    assert (await stage.announcement(store)).counted == {"test": 3}
    assert not channel.said


async def test_it_begins_at_its_time(store: Store) -> None:
    """Before it nobody is told, whatever else is done."""
    await stage.crowd(store, ["an"])
    await stage.announce(store, begins_at=NOW + timedelta(hours=1))
    times = iter([NOW] * 3)
    made = stage.parts(store, ScriptedChannel(), now=lambda: next(times, NOW + timedelta(hours=2)))
    await made.announcer.work()
    assert (await stage.announcement(store)).state == "released"
    for _ in range(3):
        await made.announcer.work()
    assert (await stage.announcement(store)).state == "running"


@pytest.mark.parametrize("urgent", [False, True])
async def test_at_night_only_what_is_urgent_goes(store: Store, *, urgent: bool) -> None:
    """In the quiet hours others neither begin nor go on; in the morning they do."""
    await stage.crowd(store, [f"p{number}" for number in range(30)])
    await stage.announce(store, urgent=urgent)
    channel, hour = ScriptedChannel(), [NIGHT]
    made = stage.parts(store, channel, now=lambda: hour[0])
    async with stage.working(made):
        for _ in range(3):
            await made.announcer.work()
        if urgent:
            await stage.until_it_is(store, "done")
        else:
            assert not channel.said
            hour[0] = NIGHT + timedelta(hours=9)
            made.nudge()
            await stage.until_it_is(store, "done")
    assert len(told(channel)) == 30


async def test_what_runs_holds_still_at_night(store: Store) -> None:
    """Begun in the evening it stops when the quiet begins, and is not done."""
    await stage.crowd(store, [f"p{number}" for number in range(60)])
    await stage.announce(store)
    hour = [NOW]
    made = stage.parts(store, ScriptedChannel(), now=lambda: hour[0])
    await made.sender.catch_up()
    await made.announcer.work()
    hour[0] = NIGHT
    assert not await made.feeder.feed()
    assert made.sender.held == 0
    hour[0] = NOW + timedelta(days=1)
    assert await made.feeder.feed()
    assert made.sender.held == 60


async def test_the_sender_holds_a_couple_of_seconds_worth(store: Store) -> None:
    """However many there are, only what is soon to be told leaves the ledger."""
    await stage.crowd(store, [f"p{number}" for number in range(200)])
    await stage.announce(store)
    slow = Limits(channel="test", text=4096, per_second=28)
    made = stage.parts(store, ScriptedChannel(), slow)
    await made.sender.catch_up()
    await made.announcer.work()
    await made.feeder.feed()
    assert made.sender.held == 56
    assert await stage.ledger(store) == {"sending": 56, "queued": 144}
    assert made.announcer.waiting == {"test": 200}


async def test_two_share_and_an_urgent_one_overtakes(store: Store) -> None:
    """Two at once have half each of what is sent; an urgent one has all of it until it is told."""
    await stage.crowd(store, [f"p{number}" for number in range(300)])
    slow = Limits(channel="test", text=4096, per_second=25)
    codes = ("TB-2222-222", "TB-3333-333")
    for code in codes:
        await stage.announce(store, code=code)
    made = stage.parts(store, ScriptedChannel(), slow)
    await made.sender.catch_up()
    await made.announcer.work()
    await made.feeder.feed()
    assert {(await stage.ledger(store, code))["sending"] for code in codes} == {25}
    await stage.announce(store, code=CODE, urgent=True)
    await made.announcer.work()
    made.sender.held = 0  # as if those were told
    await made.feeder.feed()
    assert (await stage.ledger(store))["sending"] == 50
    assert {(await stage.ledger(store, code))["sending"] for code in codes} == {25}


async def test_a_pause_holds_it_and_it_goes_on(store: Store) -> None:
    """Paused, nothing more leaves the ledger; gone on with, the rest is told, nobody twice."""
    people = [f"p{number}" for number in range(100)]
    await stage.crowd(store, people)
    await stage.announce(store)
    slow = Limits(channel="test", text=4096, per_second=20)
    channel = ScriptedChannel()
    made = stage.parts(store, channel, slow)
    await made.sender.catch_up()
    await made.announcer.work()
    await made.feeder.feed()
    await stage.do(store, "pause")
    assert not await made.feeder.feed()
    assert (await stage.ledger(store))["queued"] == 60
    await stage.do(store, "go_on")
    async with stage.working(stage.parts(store, channel)):
        await stage.until_it_is(store, "done")
    assert told(channel) == Counter(people)


async def test_a_cancelled_one_is_told_to_nobody_more(store: Store) -> None:
    """Whoever was not told is settled as cancelled, and it rests."""
    await stage.crowd(store, [f"p{number}" for number in range(100)])
    await stage.announce(store)
    channel = ScriptedChannel()
    slow = Limits(channel="test", text=4096, per_second=20)
    made = stage.parts(store, channel, slow)
    await made.sender.catch_up()
    await made.announcer.work()
    await made.feeder.feed()
    await stage.do(store, "cancel", reason="Nhầm ngày")
    async with stage.working(stage.parts(store, channel)):
        await stage.until(lambda: len(channel.said) == 40)
    made = stage.parts(store, channel)
    await made.announcer.work()
    assert not await made.announcer.work()
    assert await stage.ledger(store) == {"sent": 40, "cancelled": 60}


async def test_a_correction_changes_what_was_told(store: Store) -> None:
    """Each message told is changed where it stands; the new words say that they are corrected."""
    await stage.crowd(store, ["an", "binh"])
    await stage.announce(store, "Mất điện sáng mai.")
    channel = ScriptedChannel()
    made = stage.parts(store, channel)
    async with stage.working(made):
        await stage.until_it_is(store, "done")
        await stage.do(store, "correct", text="Mất điện chiều mai.")
        await stage.do(store, "release")
        made.nudge()
        await stage.until_it_is(store, "done")
    before, after = channel.sent[:2], channel.sent[2:]
    names = {each.address: f"platform {each.id}" for each in before}
    assert {each.address: each.replaces for each in after} == names
    assert all("Mất điện chiều mai." in each.say.text for each in after)
    assert all("Đã sửa lại" in each.say.text for each in after)
    assert await stage.ledger(store) == {"sent": 2}


async def test_what_is_withdrawn_is_taken_back(store: Store) -> None:
    """Whoever was told reads in its place that it does not hold, and nobody's own words."""
    await stage.crowd(store, ["an", "binh"])
    await stage.announce(store)
    channel = ScriptedChannel()
    made = stage.parts(store, channel)
    async with stage.working(made):
        await stage.until_it_is(store, "done")
        await stage.do(store, "withdraw", reason="Không mất điện nữa")
        made.nudge()
        await stage.until(lambda: len(channel.sent) == 4)
    assert all(each.replaces for each in channel.sent[2:])
    assert all("đã được thu hồi" in each.say.text for each in channel.sent[2:])
    assert not any("Không mất điện nữa" in each.say.text for each in channel.sent[2:])
    await made.announcer.work()
    assert not await made.announcer.work()


async def test_who_cannot_be_reached_is_in_the_ledger(store: Store) -> None:
    """One who blocked the bot, one the platform refuses: each has one last state, and it ends."""
    await stage.crowd(store, ["an", "binh", "chi"])
    await stage.announce(store)
    channel = ScriptedChannel(
        [UndeliveredError("gone", "blocked"), UndeliveredError("refused", "bad request")]
    )
    async with stage.working(stage.parts(store, channel)):
        await stage.until_it_is(store, "done")
    assert await stage.ledger(store) == {"unreachable": 1, "failed": 1, "sent": 1}


async def test_an_audience_of_nobody_is_soon_done(store: Store) -> None:
    """Nobody to tell is no fault."""
    await stage.announce(store)
    async with stage.working(stage.parts(store, ScriptedChannel())):
        await stage.until_it_is(store, "done")
    assert await stage.ledger(store) == {}


async def test_a_report_that_cannot_be_made_stops_nothing(store: Store) -> None:
    """Whatever ails one report, others are told on time, and it is tried again."""
    await stage.announce(store)
    tried: list[str] = []

    async def report(code: str) -> None:
        tried.append(code)
        raise ValueError("no such colour")

    quiet = Quiet(lambda: stage.CONTENT, lambda: NOW.astimezone(ZONE))
    announcer = Announcer(store, quiet, lambda: None, report, channels={"test"})
    for _ in range(2):
        await announcer.work()
    assert tried == [stage.CODE] * 2


async def test_words_are_kept_once(store: Store) -> None:
    """What everybody is told is in one row for each language, not in one for each person."""
    await stage.crowd(store, [f"p{number}" for number in range(80)])
    await stage.announce(store)
    async with stage.working(stage.parts(store, ScriptedChannel())):
        await stage.until_it_is(store, "done")
    kept = await store.run(lambda tx: tx.rows("SELECT COUNT(*) FROM shared_words"))
    assert kept[0][0] == 2


def hours() -> list[datetime]:
    """A day, hour by hour."""
    return [NOW + timedelta(hours=number) for number in range(24)]


def test_the_quiet_hours_are_the_desk_s() -> None:
    """From nine in the evening to six: fifteen hours of a day are left to tell people."""
    live = Live(1, CODE, "*", "running", urgent=False, version=1, prepared=True, begins_at=None)
    numbers = count()
    at = hours()
    quiet = Quiet(lambda: stage.CONTENT, lambda: at[next(numbers)].astimezone(ZONE))
    assert sum(quiet.may_go(live) for _ in at) == 15


def test_a_withdrawal_waits_for_no_morning() -> None:
    """A wrong announcement does not stand all night."""
    live = Live(1, CODE, "*", "withdrawn", urgent=False, version=2, prepared=True, begins_at=None)
    assert Quiet(lambda: stage.CONTENT, lambda: NIGHT.astimezone(ZONE)).may_go(live)
