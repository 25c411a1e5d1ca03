"""Answered means reached: an answer is known to a chat, an official's task, or told otherwise."""

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from typing import Literal, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.desk.dossier import Filter
from handlers.desk.people import Duty
from handlers.effects import Notify
from handlers.tickets import WEIGHTY, Action
from storage import (
    desk,
    history,
    members,
    notices,
    open_store,
    outbox,
    people,
    reaching,
    tickets,
    timers,
)
from storage.database import Store, Tx
from storage.outbox import Result, State
from tests.postgres_server import fresh_database
from tests.sealing import SEAL
from tests.storage.desks import REPLY, TODAY, UNIT, dossier_of, member, opened, step
from tests.storage.samples import CODE, NOW, SECOND

NEWS = f"case:{CODE}"
TASK = f"desk:unreached:{CODE}"
MISSED: tuple[State, ...] = ("unreachable", "failed", "unknown")
Kind = Literal["chat", "linked", "counter"]
ENDS: tuple[State, ...] = (*MISSED, "sent", "sent")
UNREACHED = Filter(view="unreached")
LINK = """
    UPDATE contacts SET person_id = (SELECT person_id FROM contacts WHERE id = ?) WHERE id = ?
"""
# "" is a chat that can be written to again.
ACTIONS: tuple[Action | Literal[""], ...] = (
    "take", "answer", "answer", "ask", "extend", "reopen", "close", "inform", "withdraw", "",
)  # fmt: skip


def woken(tx: Tx, name: str = NEWS) -> list[str]:
    """Who is to have a turn about the case; it is taken from them."""
    found = [timer for timer in timers.due(tx, NOW + SECOND, 99) if timer.name == name]
    for timer in found:
        timers.drop(tx, timer.contact_id, timer.name)
    return sorted(timer.address for timer in found)


def told(tx: Tx, contact: int) -> int:
    """The message in which a contact is told all that is new; as a turn of theirs posts it."""
    story = tickets.story(tx, CODE, contact)
    assert story is not None
    last = story.happenings[-1].seq
    channel, _ = people.address(tx, contact)
    tickets.tell(tx, contact, CODE, last)
    news = (story.told, last)
    return outbox.add(tx, contact, channel, "news", NOW, lane="notice", code=CODE, told=news)


def answer(tx: Tx, officer: int) -> None:
    """The case is answered, and those who follow it are woken."""
    step("answer", officer, words=REPLY.model_dump_json())(tx)
    notices.notify(tx, 0, Notify(code=CODE, to="citizens"), NOW)


def begin(tx: Tx) -> tuple[int, int]:
    """A case that an officer works on: its citizen's contact, and the officer."""
    citizen = opened(tx)
    officer = member(tx, "officer", Duty(role="officer", unit=UNIT))
    step("take", officer, assignee=officer)(tx)
    return citizen, officer


def answered(tx: Tx) -> int:
    """An answered case of which its citizen's message is on its way; that message."""
    citizen, officer = begin(tx)
    answer(tx, officer)
    assert woken(tx) == ["a"]
    return told(tx, citizen)


async def record(store: Store, number: int, state: State) -> bool:
    """What came of a message; whether somebody was woken."""
    return await store.run(partial(outbox.record, results=[Result(number, state, NOW)]))


async def kinds(store: Store) -> list[str]:
    """The history of the case, without how it began."""
    entries = await store.run(lambda tx: history.entries(tx, 1))
    return [entry.kind for entry in entries if entry.kind not in {"opened", "taken"}]


async def waiting(store: Store) -> list[str]:
    """The cases of the unit that wait for somebody to tell their citizen."""

    def page(tx: Tx) -> list[str]:
        cards = desk.queue(tx, UNREACHED, frozenset({UNIT}), 1, TODAY, 9)
        return [card.code for card in cards]

    return await store.run(page)


@pytest.mark.parametrize("state", MISSED)
async def test_what_did_not_arrive_is_a_task(store: Store, state: State) -> None:
    """The officer is woken once, the case waits in a view of its own, and its card says why."""
    number = await store.run(answered)
    assert await record(store, number, state)
    assert not await record(store, number, state)
    assert await store.run(partial(woken, name=TASK)) == ["officer"]
    assert await kinds(store) == ["answered", "unreached"]
    assert await waiting(store) == [CODE]
    found = await dossier_of(store)
    assert (found.card.unreached, found.weighty) == (3, "answered")
    assert [(one.channel, one.state, one.at) for one in found.ledger] == [("web", state, NOW)]
    assert found.story[-1].data == {"channel": "web", "state": state, "entry": 3}


async def test_what_arrived_is_no_task(store: Store) -> None:
    """Nobody is woken; the card says which chat has it; no later failure changes that."""
    number = await store.run(answered)
    assert [one.state for one in (await dossier_of(store)).ledger] == ["queued"]
    assert not await record(store, number, "sent")
    assert not await record(store, number, "unreachable")
    assert await kinds(store) == ["answered"]
    found = await dossier_of(store)
    assert [(one.state, one.at) for one in found.ledger] == [("sent", NOW)]
    assert found.card.unreached == 0


async def test_what_was_told_long_ago_is_known(store: Store) -> None:
    """Messages are let go of in time; that they told their reader is not."""
    number = await store.run(answered)
    await record(store, number, "sent")
    await store.run(lambda tx: tx.do("DELETE FROM outbox"))
    assert [(one.state, one.at) for one in (await dossier_of(store)).ledger] == [("sent", None)]


async def test_a_case_that_is_over_is_no_task(store: Store) -> None:
    """Whoever took a case back need not be told of it, nor when a message fails later."""

    def put_off(tx: Tx) -> int:
        citizen, officer = begin(tx)
        step("extend", officer, words="Chờ báo cáo")(tx)
        return told(tx, citizen)

    assert await record(store, await store.run(put_off), "failed")
    assert await waiting(store) == [CODE]
    await store.run(step("extend", 1, words="Chờ thêm"))
    late = await store.run(partial(told, contact=1))
    await store.run(step("withdraw", contact=1))
    assert await waiting(store) == []
    assert not await record(store, late, "failed")
    assert await waiting(store) == []


async def test_what_is_put_off_is_no_task_yet(store: Store) -> None:
    """Of what is tried again the card says when."""
    number = await store.run(answered)
    later = Result(number, "queued", NOW, 2, not_before=NOW + 60 * SECOND)
    assert not await store.run(partial(outbox.record, results=[later]))
    (one,) = (await dossier_of(store)).ledger
    assert (one.state, one.at) == ("queued", NOW + 60 * SECOND)
    assert await waiting(store) == []


async def test_small_news_is_no_task(store: Store) -> None:
    """That somebody took the case up need not be told by telephone."""

    def taken(tx: Tx) -> int:
        return told(tx, begin(tx)[0])

    assert not await record(store, await store.run(taken), "unreachable")
    assert await kinds(store) == []


async def test_the_next_channel_of_the_same_person_is_told(store: Store) -> None:
    """Another chat of theirs follows the case from then on; only when it fails too it is a task."""

    def linked(tx: Tx) -> tuple[int, int]:
        number = answered(tx)
        phone = people.contact(tx, "telegram", "phone", NOW).id
        tx.do(LINK, (1, phone))
        return number, phone

    number, phone = await store.run(linked)
    assert await record(store, number, "unreachable")
    assert await store.run(woken) == ["phone"]
    assert await kinds(store) == ["answered", "rerouted"]
    ledger = (await dossier_of(store)).ledger
    assert [(one.channel, one.state) for one in ledger] == [
        ("web", "unreachable"),
        ("telegram", "coming"),
    ]
    assert await record(store, await store.run(partial(told, contact=phone)), "failed")
    assert await kinds(store) == ["answered", "rerouted", "unreached"]
    assert await waiting(store) == [CODE]


async def test_one_of_several_who_follow_is_enough(store: Store) -> None:
    """While another chat may still be told, or was, there is no task."""

    def two(tx: Tx) -> tuple[int, int]:
        first, officer = begin(tx)
        second = people.contact(tx, "telegram", "b", NOW).id
        tickets.hold(tx, CODE, second, NOW)
        answer(tx, officer)
        return told(tx, first), second

    first, second = await store.run(two)
    assert not await record(store, first, "unreachable")  # the other's turn is still to come
    assert await store.run(woken) == ["a", "b"]
    late = await store.run(partial(told, contact=second))
    assert not await record(store, late, "sent")
    assert "unreached" not in await kinds(store)


async def test_what_is_on_its_way_is_waited_for(store: Store) -> None:
    """A message that another chat has still to get may tell it; when that fails, it is a task."""

    def two(tx: Tx) -> list[int]:
        first, officer = begin(tx)
        second = people.contact(tx, "telegram", "b", NOW).id
        tickets.hold(tx, CODE, second, NOW)
        answer(tx, officer)
        woken(tx)
        return [told(tx, first), told(tx, second)]

    first, second = await store.run(two)
    assert not await record(store, first, "unreachable")
    assert await record(store, second, "unreachable")
    assert await waiting(store) == [CODE]


async def test_later_news_that_arrives_is_not_the_answer(store: Store) -> None:
    """A citizen who gets to know that the case is closed does not know what was answered."""

    def two(tx: Tx) -> list[int]:
        first = answered(tx)
        step("close", 1)(tx)
        return [first, told(tx, 1)]

    first, second = await store.run(two)
    assert not await record(store, second, "sent")
    assert await record(store, first, "failed")
    assert await waiting(store) == [CODE]


async def test_both_failing_at_once_is_one_task(store: Store) -> None:
    """Results of one batch are looked at together: the last hope that goes makes the task."""

    def two(tx: Tx) -> list[int]:
        first, officer = begin(tx)
        second = people.contact(tx, "telegram", "b", NOW).id
        tickets.hold(tx, CODE, second, NOW)
        answer(tx, officer)
        woken(tx)
        return [told(tx, first), told(tx, second)]

    numbers = await store.run(two)
    results = [Result(number, "unreachable", NOW) for number in numbers]
    assert await store.run(partial(outbox.record, results=results))
    assert (await kinds(store)).count("unreached") == 1


async def test_two_senders_at_once_make_one_task(postgres: str) -> None:
    """Each of two processes sees its own message fail last: one of them finds no hope left."""
    with fresh_database(postgres) as url:
        stores = [await open_store(url, seal=SEAL), await open_store(url, seal=SEAL)]

        def two(tx: Tx) -> list[int]:
            first, officer = begin(tx)
            second = people.contact(tx, "telegram", "b", NOW).id
            tickets.hold(tx, CODE, second, NOW)
            answer(tx, officer)
            woken(tx)
            return [told(tx, first), told(tx, second)]

        def slowly(tx: Tx) -> bool:
            woke = outbox.record(tx, [Result(first, "failed", NOW)])
            recorded.set()
            time.sleep(0.2)
            return woke

        first, second = await stores[0].run(two)
        recorded = threading.Event()
        slow = asyncio.create_task(stores[0].run(slowly))
        await asyncio.to_thread(recorded.wait, 5)
        assert await record(stores[1], second, "failed")
        assert not await slow
        assert (await kinds(stores[0])).count("unreached") == 1
        for store in stores:
            await store.close()


async def test_who_filed_at_the_counter_is_told_by_an_official(store: Store) -> None:
    """There is no chat to be told: the answer is a task at once, until a receipt is shown."""

    def counter(tx: Tx) -> int:
        clerk = member(tx, "clerk", Duty(role="clerk"))
        officer = member(tx, "officer", Duty(role="officer", unit=UNIT))
        opened(tx, CODE, "clerk", by=clerk, consent="Đồng ý tại quầy")
        step("take", officer, assignee=officer)(tx)
        notices.notify(tx, 0, Notify(code=CODE, to="citizens"), NOW)
        assert woken(tx, TASK) == []
        answer(tx, officer)
        return officer

    await store.run(counter)
    assert await store.run(partial(woken, name=TASK)) == ["officer"]
    assert await waiting(store) == [CODE]
    assert [one.state for one in (await dossier_of(store)).ledger] == ["nowhere"]

    def shown(tx: Tx) -> int:
        mother = people.contact(tx, "web", "mother", NOW).id
        story = tickets.story(tx, CODE)
        assert story is not None
        tickets.hold(tx, CODE, mother, NOW)
        last = story.happenings[-1].seq
        return outbox.add(tx, mother, "web", "the case", NOW, code=CODE, told=(0, last))

    assert not await record(store, await store.run(shown), "sent")
    assert await waiting(store) == []
    assert (await kinds(store))[-1] == "reached"


async def test_told_otherwise_is_done(store: Store) -> None:
    """Whoever telephoned writes it down; that the news fails again makes it no task."""
    number = await store.run(answered)
    await record(store, number, "unreachable")
    done = step("inform", 1, words="Đã gọi", data={"how": "call"})
    assert await store.run(done) == "answered"
    assert await waiting(store) == []
    again = await store.run(partial(told, contact=1))
    assert not await record(store, again, "unreachable")
    assert await waiting(store) == []
    assert await kinds(store) == ["answered", "unreached", "informed"]


async def test_whoever_is_back_is_told_what_they_missed(store: Store) -> None:
    """They are woken, told from where they were, and then the task is gone."""
    number = await store.run(answered)
    await record(store, number, "unreachable")
    await store.run(partial(reaching.back, contact_id=1, now=NOW))
    assert await store.run(woken) == ["a"]
    story = await store.read(partial(tickets.story, code=CODE, contact_id=1))
    assert story is not None
    assert story.told == 1
    assert not await record(store, await store.run(partial(told, contact=1)), "sent")
    assert await waiting(store) == []
    assert (await kinds(store))[-1] == "reached"
    await store.run(partial(reaching.back, contact_id=1, now=NOW))
    assert await store.run(woken) == []


async def test_without_anybody_in_charge_the_unit_is_told(store: Store) -> None:
    """An assignee who has no duty any more is not woken; those who see to the unit are."""

    def left(tx: Tx) -> int:
        number = answered(tx)
        member(tx, "head", Duty(role="approver", unit=UNIT))
        tx.do("DELETE FROM duties WHERE member_id = 1")
        return number

    assert await record(store, await store.run(left), "unreachable")
    assert await store.run(partial(woken, name=TASK)) == ["head"]
    assert members.actor(0) == "clock"


class Life:
    """A case to which things are done, and messages of which what is drawn becomes."""

    def __init__(self, tx: Tx, kind: Kind, ends: Iterator[State]) -> None:
        self._tx = tx
        self._ends = ends
        self.officer = member(tx, "officer", Duty(role="officer", unit=UNIT))
        filed = {"by": self.officer, "consent": "Đồng ý"} if kind == "counter" else {}
        self.citizen = opened(tx, CODE, "a", **filed)
        if kind == "linked":
            phone = people.contact(tx, "telegram", "phone", NOW).id
            tx.do(LINK, (self.citizen, phone))

    def do(self, action: Action) -> None:
        """Do something to the case, if it can be done now, and let all that follows happen."""
        words = REPLY.model_dump_json() if action == "answer" else "Lời"
        taken = self.officer if action == "take" else None
        by = 0 if action == "withdraw" else self.officer
        if step(action, by, contact=self.citizen, words=words, assignee=taken)(self._tx):
            notices.notify(self._tx, 0, Notify(code=CODE, to="citizens"), NOW)
        self._rest()

    def back(self) -> None:
        """The chat it came from can be written to again."""
        reaching.back(self._tx, self.citizen, NOW)
        self._rest()

    def _rest(self) -> None:
        """Turns tell what is new, messages end, which wakes others, until all is quiet."""
        while addresses := woken(self._tx):
            for address in addresses:
                found = people.find(self._tx, "web", address)
                found = found or people.find(self._tx, "telegram", address)
                assert found is not None
                number = told(self._tx, found.id)
                outbox.record(self._tx, [Result(number, next(self._ends), NOW)])

    def known(self) -> bool:
        """Whether some chat has what its citizen must know, or there is nothing any more."""
        last = 0 if self._last("withdrawn") else self._last(*WEIGHTY)
        told = self._tx.rows("SELECT since, upto FROM outbox WHERE state = 'sent' AND upto > 0")
        return not last or any(since < last <= upto for since, upto in told)

    def informed(self) -> bool:
        """Whether somebody told them otherwise since."""
        return self._last("informed") > self._last(*WEIGHTY)

    def task(self) -> bool:
        """Whether it waits for somebody to do so."""
        return bool(desk.queue(self._tx, UNREACHED, frozenset({UNIT}), 1, TODAY, 9))

    def _last(self, *wanted: str) -> int:
        entries = history.entries(self._tx, 1)
        return max((entry.seq for entry in entries if entry.kind in wanted), default=0)


@settings(max_examples=80)
@given(
    kind=st.sampled_from(get_args(Kind)),
    did=st.lists(st.sampled_from(ACTIONS), max_size=9),
    ends=st.lists(st.sampled_from(ENDS), min_size=1, max_size=20),
)
def test_every_answer_is_known_or_somebodys_task(
    kind: Kind, did: list[Action | Literal[""]], ends: list[State]
) -> None:
    """Whatever is done to a case and becomes of messages: it is a task if nobody knows."""

    def unit(tx: Tx) -> None:
        life = Life(tx, kind, cycle(ends))
        for action in did:
            if action:
                life.do(action)
            else:
                life.back()
            assert life.task() is not (life.known() or life.informed())

    async def act() -> None:
        with tempfile.TemporaryDirectory() as folder:
            store = await open_store(f"sqlite:///{folder}/bot.db", seal=SEAL)
            try:
                await store.run(unit)
            finally:
                await store.close()

    asyncio.run(act())
