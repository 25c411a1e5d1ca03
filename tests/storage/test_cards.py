from datetime import date
from functools import partial
from itertools import chain

import pytest

from handlers.codes import make_code
from storage import cards, groups, people, tickets
from storage.cards import Sheet
from storage.database import Store, Tx
from tests.storage.samples import NOW, SECOND, SECRET, addition, case

HERE = "-100500"
TODAY = date(2026, 11, 23)
UNIT = "so-nn-mt"


def code(number: int) -> str:
    """The code of the *number*th case."""
    return make_code([number // 23**k % 23 for k in range(6)])


async def bind(store: Store, unit: str = UNIT, thread: int = 0) -> None:
    """Let the group show the cases of a unit."""
    await store.run(lambda tx: groups.bind(tx, HERE, thread, unit, 1, NOW))


async def record(store: Store, *numbers: int) -> None:
    """Record new cases."""

    def unit(tx: Tx) -> None:
        contact = people.contact(tx, "web", "a", NOW).id
        for number in numbers:
            tickets.open(tx, contact, case(code(number)), NOW, SECRET)

    await store.run(unit)


async def change(store: Store, sql: str, number: int) -> None:
    """Change a case as the desk would, with an entry of its history."""

    def unit(tx: Tx) -> None:
        contact = people.contact(tx, "web", "a", NOW).id
        assert tickets.add_note(tx, contact, addition("thêm", code(number)), NOW)
        tx.do(f"UPDATE tickets SET {sql} WHERE code = ?", (code(number),))  # noqa: S608 - our own

    await store.run(unit)


async def upcoming(store: Store) -> Sheet | None:
    """What is shown next in the group."""
    await store.run(lambda tx: cards.absorb(tx, 500))
    return await store.run(lambda tx: cards.next_sheet(tx, HERE))


async def show(store: Store, message: str = "") -> list[str]:
    """Show the next message; the codes in it."""
    sheet = await upcoming(store)
    if sheet is None:
        return []
    shown = partial(cards.show, sheet=sheet, message=sheet.message or message, today=TODAY)
    await store.run(partial(shown, shown="as it is"))
    return [each.card.code for each in sheet.cases]


async def test_a_new_case_waits_for_its_card(store: Store) -> None:
    """A case recorded after the group was bound is shown once; one from before is not."""
    await record(store, 1)
    await bind(store)
    await record(store, 2)
    assert await store.read(cards.changed)
    assert await show(store, "11") == [code(2)]
    assert await show(store) == []
    assert not await store.read(cards.changed)


async def test_only_the_units_own_cases_are_shown(store: Store) -> None:
    """A group shows its unit's cases; that of all units shows every one."""
    await bind(store, "so-y-te")
    await record(store, 1)
    assert await show(store) == []
    await bind(store, "*", 7)
    await record(store, 2)
    sheet = await upcoming(store)
    assert sheet is not None
    assert (sheet.group.thread, sheet.group.unit) == (7, "*")


async def test_several_changes_are_one_edit(store: Store) -> None:
    """A case that changed five times is taken up once, as it stands, in its message."""
    await bind(store)
    await record(store, 1)
    await show(store, "11")
    for status in ("working", "asking", "working", "approving", "working"):
        await change(store, f"status = '{status}'", 1)
    sheet = await upcoming(store)
    assert sheet is not None
    assert (sheet.message, sheet.shown, sheet.cases[0].card.status) == ("11", "as it is", "working")
    assert await show(store) == [code(1)]
    assert await show(store) == []


async def test_a_change_while_it_is_sent_is_not_lost(store: Store) -> None:
    """What changes between reading a case and showing it is shown afterwards."""
    await bind(store)
    await record(store, 1)
    sheet = await upcoming(store)
    assert sheet is not None
    await change(store, "status = 'working'", 1)
    await store.run(lambda tx: cards.absorb(tx, 500))
    await store.run(lambda tx: cards.show(tx, sheet, "11", "", TODAY))
    following = await upcoming(store)
    assert following is not None
    assert (following.message, following.cases[0].card.status) == ("11", "working")


@pytest.mark.parametrize(
    ("waiting", "sizes"),
    [(10, [1] * 10), (11, [11]), (25, [20, *[1] * 5]), (43, [20, 20, 1, 1, 1])],
)
async def test_many_new_cases_are_a_digest(store: Store, waiting: int, sizes: list[int]) -> None:
    """Above ten waiting cases one message lists up to twenty; each is shown once."""
    await bind(store)
    await record(store, *range(waiting))
    shown: list[list[str]] = []
    while codes := await show(store, str(len(shown))):
        shown.append(codes)
    assert [len(codes) for codes in shown] == sizes
    assert sorted(chain.from_iterable(shown)) == sorted(map(code, range(waiting)))


async def test_a_digest_is_edited_as_a_whole(store: Store) -> None:
    """When one case of a digest changes, its message is shown anew with all of its cases."""
    await bind(store)
    await record(store, *range(11))
    await show(store, "11")
    await change(store, "status = 'working'", 4)
    assert len(await show(store)) == 11


async def test_a_closed_case_is_shown_closed_and_let_go_of(store: Store) -> None:
    """A card tells that its case is over; reopened, the case gets a new message."""
    await bind(store)
    await record(store, 1)
    await show(store, "11")
    await change(store, "status = 'answered', open = 0", 1)
    assert await show(store) == [code(1)]
    await store.run(lambda tx: tx.do("UPDATE tickets SET status = 'working', open = 1"))
    await change(store, "status = 'forwarded'", 1)
    sheet = await upcoming(store)
    assert sheet is not None
    assert sheet.message == ""


async def test_a_case_reopened_within_a_digest_is_shown_anew(store: Store) -> None:
    """A reopened case leaves its digest for a new message: nobody sees an old one change."""
    await bind(store)
    await record(store, *range(11))
    await show(store, "11")
    await change(store, "status = 'answered', open = 0", 3)
    assert len(await show(store)) == 11
    await store.run(lambda tx: tx.do("UPDATE tickets SET status = 'working', open = 1"))
    await change(store, "status = 'forwarded'", 3)
    sheet = await upcoming(store)
    assert sheet is not None
    assert (sheet.message, [each.card.code for each in sheet.cases]) == ("", [code(3)])


async def test_a_case_given_away_says_so(store: Store) -> None:
    """A case of another unit now is shown so where it was, and appears where it belongs."""
    await bind(store)
    await bind(store, "so-y-te", 7)
    await record(store, 1)
    await show(store, "11")
    await change(store, "unit = 'so-y-te'", 1)
    fresh = await upcoming(store)
    assert fresh is not None
    assert fresh.group.unit == "so-y-te"
    await show(store, "12")
    stale = await upcoming(store)
    assert stale is not None
    assert (stale.message, stale.cases[0].over) == ("11", True)


async def test_a_case_over_before_it_was_shown_is_not(store: Store) -> None:
    """A case taken back while it waited is nobody's business any more."""
    await bind(store)
    await record(store, *range(12))
    for number in range(11):
        await change(store, "status = 'withdrawn', open = 0", number)
    assert await show(store, "11") == [code(11)]
    assert await show(store) == []


async def test_a_lost_message_is_sent_anew(store: Store) -> None:
    """What is open in a message somebody deleted is shown in a new one."""
    await bind(store)
    await record(store, 1)
    await show(store, "11")
    await change(store, "status = 'working'", 1)
    sheet = await upcoming(store)
    assert sheet is not None
    await store.run(lambda tx: cards.lose_message(tx, sheet))
    again = await upcoming(store)
    assert again is not None
    assert (again.message, again.cases[0].card.code) == ("", code(1))


async def test_a_lost_topic_gives_its_cases_back(store: Store) -> None:
    """All open cases of a topic that is gone are shown again, outside of it."""
    await bind(store, thread=7)
    await record(store, 1, 2)
    await show(store, "11")
    sheet = await upcoming(store)
    assert sheet is not None
    await store.run(lambda tx: cards.lose_topic(tx, sheet.group))
    again = await upcoming(store)
    assert again is not None
    assert (again.group.thread, again.message) == (0, "")
    assert [await show(store, "12"), await show(store, "13")] == [[code(1)], [code(2)]]


async def test_a_moved_group_forgets_its_messages(store: Store) -> None:
    """After a move a changed case gets a new message: old numbers mean others now."""
    await bind(store)
    await record(store, 1)
    await show(store, "11")
    await store.run(lambda tx: groups.move(tx, HERE, "-100777"))
    await change(store, "status = 'working'", 1)
    await store.run(lambda tx: cards.absorb(tx, 500))
    assert await store.read(cards.busy) == {"-100777"}
    sheet = await store.run(lambda tx: cards.next_sheet(tx, "-100777"))
    assert sheet is not None
    assert sheet.message == ""


async def test_what_nobody_noted_is_found(store: Store) -> None:
    """A case that became overdue, and one recorded while the group was being bound, are found."""
    await bind(store)
    await record(store, 1)
    await show(store, "11")
    await record(store, 2)
    await store.run(lambda tx: tx.do("DELETE FROM group_changes"))
    late = date(2026, 12, 8)
    found = await store.read(lambda tx: cards.unseen(tx, late, 10))
    assert len(found) == 2
    await store.run(lambda tx: cards.mark(tx, found))
    assert [await show(store, "12"), await show(store)] == [[code(2)], [code(1)]]
    assert len(await store.read(lambda tx: cards.unseen(tx, TODAY, 10))) == 0


async def test_nothing_is_noted_without_a_group(store: Store) -> None:
    """Where no group is bound, cases leave nothing behind to be looked at."""
    await record(store, 1)
    assert not await store.read(cards.changed)
    await bind(store)
    await store.run(lambda tx: groups.gone(tx, HERE))
    await record(store, 2)
    assert not await store.read(cards.changed)


async def test_who_waits(store: Store) -> None:
    """A group waits while something is to be shown or answered in it."""
    await bind(store)
    await record(store, 1)
    await store.run(lambda tx: cards.absorb(tx, 500))
    assert await store.read(cards.busy) == {HERE}
    await show(store, "11")
    assert await store.read(cards.busy) == frozenset()
    late = NOW + SECOND
    await store.run(lambda tx: groups.answer(tx, "-1", 0, 1, "câu", late, linked=False))
    assert await store.read(cards.busy) == {"-1"}
