from asyncio import gather
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from storage import announcements, deliveries, follows, links, outbox, people
from storage.database import Store, Tx
from storage.deliveries import Fed, Live
from storage.outbox import State
from tests.storage.announced import (
    TB,
    came,
    chat,
    fed,
    leave,
    live,
    moved,
    running,
    states,
    tallies,
    written,
)
from tests.storage.samples import NOW


async def on(store: Store, unit: Callable[[Tx], None]) -> None:
    """Run a whole story in one transaction."""
    await store.run(unit)


async def test_what_is_fed_waits_in_the_outbox_with_the_shared_words(store: Store) -> None:
    """A page of a channel, in the person's language; the words are kept once for all."""

    def story(tx: Tx) -> None:
        people.describe(tx, chat(tx, "a"), lang="en")
        chat(tx, "b")
        chat(tx, "c")
        chat(tx, "d", "web")
        at = running(tx)
        first = fed(tx, at, limit=2)
        assert [(each.address, each.lang, each.replaces) for each in first] == [
            ("a", "en", 0),
            ("b", "vi", 0),
        ]
        due = outbox.due(tx, "telegram", NOW, 0, 9)
        assert [(each.id, each.payload, each.lane, each.announcement_id) for each in due] == [
            (first[0].outbox_id, "words", "announcement", at.id),
            (first[1].outbox_id, "lời", "announcement", at.id),
        ]
        assert [each.address for each in fed(tx, at)] == ["c"]
        assert fed(tx, at) == ()
        assert tallies(tx, at.id) == {("telegram", "sending"): 3, ("web", "queued"): 1}
        assert deliveries.unfinished(tx, at)

    await on(store, story)


@pytest.mark.parametrize("state", ["sent", "failed", "unknown", "unreachable"])
async def test_what_came_of_sending_is_in_the_ledger_at_once(store: Store, state: State) -> None:
    """A final result is; one that is tried again is not, and nothing changes what is final."""

    def story(tx: Tx) -> None:
        for number in range(70):
            chat(tx, f"{number}")
        at = running(tx)
        those = fed(tx, at)
        came(tx, "queued", *those)
        assert tallies(tx, at.id) == {("telegram", "sending"): 70}
        came(tx, state, *those)
        came(tx, "failed", *those)
        assert tallies(tx, at.id) == {("telegram", state): 70}
        assert not deliveries.unfinished(tx, at)

    await on(store, story)


async def test_a_chat_that_cannot_be_reached_is_followed_by_the_next(store: Store) -> None:
    """Each other channel of the person is tried once; then they are unreachable."""

    def story(tx: Tx) -> None:
        first = chat(tx, "a", used=9)
        chat(tx, "b", "web", of=first, used=5)
        chat(tx, "c", "zalo", of=first, used=1)
        at = running(tx)
        came(tx, "unreachable", *fed(tx, at))
        assert states(tx, at.id) == [("web", "b", "queued", 0)]
        came(tx, "unreachable", *fed(tx, at, "web"))
        assert states(tx, at.id) == [("zalo", "c", "queued", 0)]
        (last,) = fed(tx, at, "zalo")
        assert last.replaces == 0
        came(tx, "unreachable", last)
        assert states(tx, at.id) == [("zalo", "c", "unreachable", 1)]
        assert not deliveries.unfinished(tx, at)

    await on(store, story)


async def test_a_second_chat_of_the_same_channel_is_tried_too(store: Store) -> None:
    """Whoever has two telephones is told on the other one when the first can't be reached."""

    def story(tx: Tx) -> None:
        first = chat(tx, "a", used=9)
        chat(tx, "b", of=first, used=5)
        at = running(tx)
        came(tx, "unreachable", *fed(tx, at))
        assert states(tx, at.id) == [("telegram", "b", "queued", 0)]
        came(tx, "sent", *fed(tx, at))
        assert states(tx, at.id) == [("telegram", "b", "sent", 1)]
        assert not deliveries.unfinished(tx, at)

    await on(store, story)


async def test_whoever_left_or_stopped_meanwhile_is_not_written_to(store: Store) -> None:
    """One who hears no more is cancelled; a chat that was blocked is not tried, the next one is."""

    def story(tx: Tx) -> None:
        a, b, c = (chat(tx, address) for address in "abc")
        chat(tx, "bb", "web", of=b)
        leave(tx, b)
        people.set_reachable(tx, b, NOW, reachable=True)
        tx.do("UPDATE sessions SET updated_at = 9 WHERE contact_id = ?", (b,))
        at = running(tx)
        follows.hear(tx, a, wanted=False)
        leave(tx, b)
        leave(tx, c)
        assert fed(tx, at) == ()
        assert states(tx, at.id) == [
            ("telegram", "a", "cancelled", 0),
            ("web", "bb", "queued", 0),
            ("telegram", "c", "unreachable", 0),
        ]

    await on(store, story)


async def test_nobody_is_fed_what_was_stopped_since(store: Store) -> None:
    """After a pause what was fed still goes out, and nothing more until it goes on."""

    def story(tx: Tx) -> None:
        chat(tx, "a")
        chat(tx, "b")
        at = running(tx)
        before = fed(tx, at, limit=1)
        moved(tx, "pause")
        assert fed(tx, at) == ()
        came(tx, "sent", *before)
        assert tallies(tx, at.id) == {("telegram", "sent"): 1, ("telegram", "queued"): 1}
        moved(tx, "go_on", "begin")
        assert [each.address for each in fed(tx, live(tx, at.id))] == ["b"]

    await on(store, story)


async def test_a_correction_changes_what_was_told_and_is_told_to_the_others(store: Store) -> None:
    """Whoever was told gets the change of that message, also of one still on its way before."""

    def story(tx: Tx) -> None:
        for address in "abc":
            chat(tx, address)
        at = running(tx)
        first, second = fed(tx, at, limit=2)
        came(tx, "sent", first)
        moved(tx, "correct", "release", "begin")
        at = live(tx, at.id)
        assert at.version == 2
        assert deliveries.renew(tx, at, 9)
        came(tx, "sent", second)
        assert deliveries.unfinished(tx, at)
        assert not deliveries.renew(tx, at, 1)
        assert tallies(tx, at.id) == {("telegram", "queued"): 3}
        again = fed(tx, at)
        assert [(each.address, each.replaces, each.changes) for each in again] == [
            ("a", first.outbox_id, f"p{first.outbox_id}"),
            ("b", second.outbox_id, f"p{second.outbox_id}"),
            ("c", 0, ""),
        ]
        due = outbox.due(tx, "telegram", NOW, first.outbox_id, 9)
        assert [each.replaces for each in due] == [first.outbox_id, second.outbox_id, 0]
        came(tx, "sent", *again)
        assert [row[2:] for row in states(tx, at.id)] == [("sent", 2)] * 3
        assert not deliveries.unfinished(tx, at)

    await on(store, story)


async def test_a_message_said_anew_is_the_one_changed_next(store: Store) -> None:
    """When a message could not be changed and was said anew, the next correction changes that."""

    def story(tx: Tx) -> None:
        chat(tx, "a")
        at = running(tx)
        (first,) = fed(tx, at)
        came(tx, "sent", first)
        told, replaced = [first], []
        for number in range(3):
            moved(tx, "correct", "release", "begin")
            at = live(tx, at.id)
            deliveries.renew(tx, at, 9)
            (each,) = fed(tx, at)
            replaced.append((each.replaces, each.changes))
            came(tx, "sent", each._replace(changes="") if number == 0 else each)
            told.append(each)
        second = told[1].outbox_id
        assert replaced == [
            (first.outbox_id, f"p{first.outbox_id}"),
            (second, f"p{second}"),
            (second, f"p{second}"),
        ]

    await on(store, story)


async def test_a_withdrawal_is_told_to_whoever_was_told_and_to_nobody_else(store: Store) -> None:
    """Whoever waits never hears; when all who were told know, the announcement rests."""

    def story(tx: Tx) -> None:
        for address in "abcd":
            chat(tx, address)
        at = running(tx)
        first, second = fed(tx, at, limit=2)
        came(tx, "sent", first)
        moved(tx, "withdraw")
        at = live(tx, at.id)
        assert fed(tx, at, limit=1) == ()
        assert not deliveries.settle_cancelled(tx, at.id, 1)
        assert deliveries.settle_cancelled(tx, at.id, 1)
        deliveries.renew(tx, at, 9)
        came(tx, "sent", second)
        deliveries.renew(tx, at, 9)
        taken_back = fed(tx, at)
        assert [each.replaces for each in taken_back] == [first.outbox_id, second.outbox_id]
        came(tx, "sent", *taken_back)
        assert tallies(tx, at.id) == {("telegram", "sent"): 2, ("telegram", "cancelled"): 2}
        assert not deliveries.unfinished(tx, at)
        deliveries.rest(tx, at.id)
        assert deliveries.live(tx) == ()

    await on(store, story)


async def test_whoever_was_told_before_a_cancelling_hears_of_a_withdrawal(store: Store) -> None:
    """A person who waited for a correction stays told when it is cancelled, and is told later."""

    def story(tx: Tx) -> None:
        chat(tx, "a")
        chat(tx, "b")
        at = running(tx)
        came(tx, "sent", *fed(tx, at, limit=1))
        moved(tx, "correct", "release", "begin")
        deliveries.renew(tx, live(tx, at.id), 9)
        moved(tx, "cancel")
        assert deliveries.settle_cancelled(tx, at.id, 9)
        assert [row[2:] for row in states(tx, at.id)] == [("sent", 1), ("cancelled", 0)]
        assert not deliveries.unfinished(tx, live(tx, at.id))
        deliveries.rest(tx, at.id)
        moved(tx, "withdraw")
        at = live(tx, at.id)
        deliveries.renew(tx, at, 9)
        assert [each.address for each in fed(tx, at)] == ["a"]

    await on(store, story)


async def test_what_is_urgent_comes_first(store: Store) -> None:
    """Then what was written first; what only waits for its release is not there."""

    def story(tx: Tx) -> None:
        for code in ("TB-1", "TB-2", "TB-3"):
            written(tx, code=code)
        tx.do("UPDATE announcements SET urgent = 1, begins_at = 60000 WHERE code = 'TB-3'")
        moved(tx, "release", code="TB-1")
        moved(tx, "release", code="TB-3")
        urgent, other = deliveries.live(tx)
        assert (urgent.code, urgent.urgent, urgent.state) == ("TB-3", True, "released")
        assert urgent.begins_at is not None
        assert urgent.begins_at.timestamp() == timedelta(minutes=1).total_seconds()
        assert (other.code, other.prepared, other.begins_at) == ("TB-1", False, None)

    await on(store, story)


async def test_a_chat_that_moved_is_told_at_its_new_address(store: Store) -> None:
    """When two chats turn out to be one, the ledger names the one that is kept, told once."""

    def story(tx: Tx) -> None:
        kept = chat(tx, "old")
        chat(tx, "new")
        at = running(tx)
        people.move(tx, "telegram", "old", "new", NOW)
        (told,) = fed(tx, at)
        assert (told.contact_id, told.address) == (kept, "new")
        came(tx, "sent", told)
        assert tallies(tx, at.id) == {("telegram", "sent"): 1, ("telegram", "cancelled"): 1}

    await on(store, story)


async def test_a_chat_that_became_another_persons_is_settled_as_it_was_counted(
    store: Store,
) -> None:
    """Two people who turn out to be one while they are told: each row ends, one for each chat."""

    def story(tx: Tx) -> None:
        a, b = chat(tx, "a"), chat(tx, "b")
        at = running(tx)
        both = fed(tx, at)
        tx.do("UPDATE contacts SET person_id = 1 WHERE id IN (?, ?)", (a, b))
        came(tx, "sent", *both)
        assert tallies(tx, at.id) == {("telegram", "sent"): 2}
        found = announcements.get(tx, TB)
        assert found is not None
        assert found.count("sent") == 2

    await on(store, story)


async def test_two_people_who_turn_out_to_be_one_are_told_once(store: Store) -> None:
    """Whoever has a row of their own is told in it; who came to it by the other chat, there."""

    def story(tx: Tx) -> None:
        a, b, c, d = (chat(tx, address) for address in "abcd")
        follows.hear(tx, c, wanted=False)
        at = running(tx)
        follows.hear(tx, c, wanted=True)
        for maker, other in ((a, b), (c, d)):
            links.make(tx, maker, f"{maker}", NOW, minutes=5)
            assert links.join(tx, other, f"{maker}", NOW)
        assert [each.address for each in fed(tx, at)] == ["a", "d"]
        assert tallies(tx, at.id) == {("telegram", "sending"): 2, ("telegram", "cancelled"): 1}

    await on(store, story)


async def test_whoever_joins_chats_is_told_in_the_one_that_can_be_reached(store: Store) -> None:
    """Of two who turn out to be one, the chat of either will do; nobody is missed, none told twice.

    One had no chat left to be told in; one was not concerned until now; one waits to be told, too.
    """

    def story(tx: Tx) -> None:
        a, b, c, e = (chat(tx, address) for address in "abce")
        d, f = chat(tx, "d", "web"), chat(tx, "f", "web")
        leave(tx, a)
        follows.hear(tx, d, wanted=False)
        at = running(tx)
        follows.hear(tx, d, wanted=True)
        for maker, other in ((a, b), (d, c), (f, e)):
            links.make(tx, maker, f"{maker}", NOW, minutes=5)
            assert links.join(tx, other, f"{maker}", NOW)
        leave(tx, e)
        told = fed(tx, at)
        assert [each.address for each in told] == ["b", "c"]
        came(tx, "sent", told[0])
        came(tx, "unreachable", told[1])
        assert sorted(each.address for each in fed(tx, at, "web")) == ["d", "f"]
        assert tallies(tx, at.id) == {
            ("", "unreachable"): 1,
            ("telegram", "sent"): 1,
            ("web", "sending"): 2,
            ("telegram", "cancelled"): 1,
        }

    await on(store, story)


async def test_it_adds_up_when_several_workers_do_it_at_once(store: Store) -> None:
    """Feeding, results, cancelling and preparing of several announcements beside each other."""

    def begin(tx: Tx) -> list[Live]:
        for number in range(60):
            other = chat(tx, f"{number}", used=number % 2)
            chat(tx, f"{number}", "web", of=other)
        return [running(tx, code=f"TB-{number}") for number in range(3)]

    those = await store.run(begin)

    async def tell(at: Live, channel: str, key: int) -> None:
        for number in range(4):
            told = await store.run(lambda tx: fed(tx, at, channel, 7), key=key)
            state: State = "unreachable" if number % 2 else "sent"
            await store.run(partial(came_of, state=state, those=told), key=key + 1)

    def came_of(tx: Tx, state: State, those: tuple[deliveries.Fed, ...]) -> None:
        came(tx, state, *those)

    async def stop(at: Live) -> None:
        await store.run(lambda tx: moved(tx, "cancel", code=at.code), key=at.id)
        while not await store.run(lambda tx: deliveries.settle_cancelled(tx, at.id, 5), key=at.id):
            pass

    await gather(
        *(
            tell(at, channel, key)
            for at in those
            for key, channel in enumerate(("web", "telegram"))
        ),
        *(stop(at) for at in those[:2]),
    )
    for at in those:
        counts = await store.run(partial(tallies, number=at.id))
        assert sum(counts.values()) == 60
        assert all(state != "sending" for _, state in counts)


async def test_whoever_may_have_been_told_is_corrected_too(store: Store) -> None:
    """A send whose end nobody knows may have arrived: the correction goes there as well."""

    def once(tx: Tx) -> list[Fed]:
        chat(tx, "an")
        at = running(tx)
        came(tx, "unknown", *fed(tx, at))
        moved(tx, "correct", "release", "begin")
        at = live(tx, at.id)
        while not deliveries.renew(tx, at, 10):
            pass
        return list(fed(tx, at))

    assert len(await store.run(once)) == 1


async def test_who_waits_on_a_channel_that_is_closed_is_told_elsewhere_or_settled(
    store: Store,
) -> None:
    """A channel that was switched off holds up no end: the person's other chat, or unreachable."""

    def once(tx: Tx) -> list[tuple[str, str]]:
        first = chat(tx, "an", "telegram", used=9)
        chat(tx, "an-web", "web", of=first, used=1)
        chat(tx, "binh", "telegram")
        at = running(tx)
        while not deliveries.strand(tx, at, {"web"}, 1):
            pass
        return sorted(tallies(tx, at.id))

    assert await store.run(once) == [("telegram", "unreachable"), ("web", "queued")]
