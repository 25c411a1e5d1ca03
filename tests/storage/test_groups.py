from datetime import timedelta
from functools import partial

import pytest

from storage import groups
from storage.database import Store
from storage.groups import Slot
from tests.storage.samples import NOW, SECOND

HERE = "-100500"
THERE = "-100777"
MINUTE = timedelta(minutes=1)


async def bind(store: Store, unit: str = "so-y-te", thread: int = 0, address: str = HERE) -> None:
    """Let a group show the cases of a unit."""
    await store.run(lambda tx: groups.bind(tx, address, thread, unit, 1, NOW))


async def bound(store: Store, thread: int = 0, address: str = HERE) -> str | None:
    """What a group shows."""
    return await store.read(lambda tx: groups.bound(tx, address, thread))


async def test_each_topic_shows_its_own_unit(store: Store) -> None:
    """Two topics of one group show two units; the later word for a topic counts."""
    await bind(store, "so-y-te", 5)
    await bind(store, "so-noi-vu", 9)
    await bind(store, "*", 5)
    assert [await bound(store, thread) for thread in (0, 5, 9)] == [None, "*", "so-noi-vu"]


async def test_a_group_can_be_let_go_of(store: Store) -> None:
    """What is unbound shows nothing; the other topic is left alone."""
    await bind(store, "so-y-te", 5)
    await bind(store, "so-noi-vu", 9)
    await store.run(lambda tx: groups.unbind(tx, HERE, 5))
    assert [await bound(store, thread) for thread in (5, 9)] == [None, "so-noi-vu"]


async def test_a_group_the_bot_was_put_out_of_shows_nothing(store: Store) -> None:
    """Put out, the bot knows it once; bound anew, the group is served again."""
    await bind(store)
    gone = partial(groups.gone, address=HERE)
    assert [await store.run(gone), await store.run(gone)] == [True, False]
    assert await bound(store) is None
    await bind(store)
    assert await bound(store) == "so-y-te"


async def test_a_moved_group_keeps_what_it_shows(store: Store) -> None:
    """A new address, told twice, has all bindings of the old one; there, the later word counts."""
    await bind(store, "so-y-te")
    await bind(store, "so-noi-vu", 9)
    await bind(store, "*", 9, THERE)
    for _ in range(2):
        await store.run(lambda tx: groups.move(tx, HERE, THERE))
    assert [await bound(store, thread, THERE) for thread in (0, 9)] == ["so-y-te", "*"]
    assert await bound(store) is None


async def claim(store: Store, after: timedelta) -> Slot:
    """Ask for leave, two calls a minute."""
    return await store.run(lambda tx: groups.claim(tx, HERE, NOW + after, 2, MINUTE))


async def test_the_pace_is_kept(store: Store) -> None:
    """More calls than allowed wait until the first has been over for the window."""
    first = await claim(store, 0 * SECOND)
    second = await claim(store, 1 * SECOND)
    assert first.id != second.id
    assert await claim(store, 2 * SECOND) == Slot(0, 58)
    await store.run(lambda tx: groups.end(tx, first.id, NOW + 5 * SECOND))
    assert await claim(store, 6 * SECOND) == Slot(0, 55)
    assert (await claim(store, 61 * SECOND)).id
    assert await claim(store, 62 * SECOND) == Slot(0, 3)


async def test_the_pace_moves_with_the_group(store: Store) -> None:
    """The new address of a group has no fresh minute."""
    for after in range(2):
        await claim(store, after * SECOND)
    await store.run(lambda tx: groups.move(tx, HERE, THERE))
    slot = await store.run(lambda tx: groups.claim(tx, THERE, NOW + SECOND, 2, MINUTE))
    assert slot == Slot(0, 59)


async def test_telegram_may_ask_for_a_pause(store: Store) -> None:
    """A group told to wait gets no leave before; bound anew, it is asked again."""
    await bind(store)
    await store.run(lambda tx: groups.hold(tx, HERE, NOW + 30 * SECOND))
    assert await claim(store, 10 * SECOND) == Slot(0, 20)
    await bind(store)
    assert (await claim(store, 10 * SECOND)).id


async def test_answers_wait_in_order_and_not_without_end(store: Store) -> None:
    """Answers come in their order; too many at once are dropped."""
    for number in range(groups.MOST_ANSWERS + 3):
        text = f"câu {number}"
        await store.run(partial(groups.answer, address=HERE, thread=7, reply_to=number, text=text,
                                now=NOW, linked=number == 0))  # fmt: skip
    seen = []
    while answer := await store.read(lambda tx: groups.next_answer(tx, HERE)):
        seen.append((answer.thread, answer.reply_to, answer.text, answer.linked))
        await store.run(partial(groups.answered, answer_id=answer.id))
    assert seen == [(7, n, f"câu {n}", n == 0) for n in range(groups.MOST_ANSWERS)]


async def test_an_answer_outlives_its_topic(store: Store) -> None:
    """An answer whose topic is gone is for the group as a whole."""
    await store.run(lambda tx: groups.answer(tx, HERE, 7, 1, "câu", NOW, linked=False))
    answer = await store.read(lambda tx: groups.next_answer(tx, HERE))
    assert answer is not None
    await store.run(lambda tx: groups.answer_in_general(tx, answer.id))
    moved = await store.read(lambda tx: groups.next_answer(tx, HERE))
    assert moved is not None
    assert moved.thread == 0


@pytest.mark.parametrize(("person", "after", "times"), [("1", 599, 1), ("1", 600, 2), ("2", 1, 2)])
async def test_a_hint_is_given_now_and_then(
    store: Store, person: str, after: int, times: int
) -> None:
    """The same person is told again after ten minutes only."""
    every = 600 * SECOND
    given = [
        await store.run(partial(groups.may_hint, address=HERE, person=who, now=at, every=every))
        for who, at in (("1", NOW), (person, NOW + after * SECOND))
    ]
    assert given.count(True) == times
