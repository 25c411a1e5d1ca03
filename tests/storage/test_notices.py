from functools import partial

from handlers.desk.people import Duty
from handlers.effects import Notify
from storage import notices, people, tickets, timers
from storage.database import Store, Tx
from tests.storage.desks import UNIT, member, opened, step
from tests.storage.samples import CODE, DAY, NOW, RECEIPT, SECRET


async def woken(store: Store, effect: Notify, by: int = 0) -> list[tuple[str, str]]:
    """Whom an effect wakes now or within a year, and for what."""

    def unit(tx: Tx) -> list[tuple[str, str]]:
        notices.notify(tx, by, effect, NOW)
        found = timers.due(tx, NOW + 365 * DAY, 99)
        for timer in found:
            timers.drop(tx, timer.contact_id, timer.name)
        return sorted((timer.address, timer.name) for timer in found)

    return await store.run(unit)


async def test_all_who_follow_a_case_are_told(store: Store) -> None:
    """Each chat that follows the case is woken once, and nobody else's."""

    def begin(tx: Tx) -> None:
        opened(tx)
        opened(tx, "PA-other", "x")
        other = people.contact(tx, "telegram", "b", NOW).id
        tickets.hold(tx, CODE, other, NOW)

    await store.run(begin)
    to_all = Notify(code=CODE, to="citizens", what="")
    assert await woken(store, to_all) == [("a", f"case:{CODE}"), ("b", f"case:{CODE}")]
    later = Notify(code=CODE, to="sender", what="expire", after=60)
    assert await woken(store, later) == [("a", f"expire:{CODE}")]
    assert await woken(store, Notify(code="PA-none", to="citizens")) == []


async def test_the_desk_is_told_nearest_first(store: Store) -> None:
    """Its assignee, a member, those who release or dispatch in the unit, or else everywhere.

    Where nobody dispatches, who releases there is told, or else who works there.
    """

    def begin(tx: Tx) -> None:
        opened(tx)
        officer = member(tx, "officer", Duty(role="officer", unit=UNIT))
        member(tx, "leader", Duty(role="approver", unit=UNIT))
        member(tx, "deputy", Duty(role="approver", unit=UNIT))
        member(tx, "high", Duty(role="approver"), Duty(role="dispatcher"))
        step("take", officer, assignee=officer)(tx)

    await store.run(begin)
    leader, high = 3, 5  # contacts, one after the other
    name = f"desk:submitted:{CODE}"
    notice = partial(Notify, code=CODE, what="submitted")
    assert await woken(store, notice(to="assignee")) == [("officer", name)]
    assert await woken(store, notice(to="member", member=2)) == [("leader", name)]
    assert await woken(store, notice(to="approvers")) == [("deputy", name), ("leader", name)]
    assert await woken(store, notice(to="approvers"), by=leader) == [("deputy", name)]
    assert await woken(store, notice(to="dispatchers")) == [("high", name)]
    assert await woken(store, notice(to="dispatchers"), by=high) == [
        ("deputy", name),
        ("leader", name),
    ]
    assert await woken(store, notice(to="unit")) == [("deputy", name), ("leader", name)]
    assert await woken(store, notice(to="assignee", code="PA-none")) == []


async def test_a_case_filed_at_the_counter_has_no_chat_until_its_receipt_is_shown(
    store: Store,
) -> None:
    """Nobody is written to; the consent is kept; whoever shows the receipt then follows it."""

    def begin(tx: Tx) -> int:
        clerk = member(tx, "clerk", Duty(role="clerk"))
        opened(
            tx, CODE, "clerk", by=clerk, consent="Đồng ý tại quầy", name="Bà Thử", phone="+84905"
        )
        return people.contact(tx, "web", "clerk", NOW).id

    clerk = await store.run(begin)
    assert await store.read(partial(tickets.cards, contact_id=clerk, query="", limit=9)) == ()
    assert await woken(store, Notify(code=CODE, to="citizens")) == []
    story = await store.read(partial(tickets.story, code=CODE))
    assert story is not None
    assert story.happenings[0].data["behalf"] == 1
    assert story.happenings[0].data["consent"] == "Đồng ý tại quầy"

    def agreed(tx: Tx) -> tuple[people.Person, list[tuple[str, str]]]:
        contact = people.find(tx, tickets.COUNTER, CODE)
        assert contact is not None
        consents = people.consents(tx, contact.id)
        return people.person(tx, contact.id), [(c.purpose, c.version) for c in consents]

    assert await store.read(agreed) == (("Bà Thử", "+84905", "vi"), [("handling", "2026-11")])
    assert await store.read(partial(tickets.proves, code=CODE, receipt=RECEIPT, secret=SECRET))

    def hold(tx: Tx) -> None:
        tickets.hold(tx, CODE, people.contact(tx, "web", "mother", NOW).id, NOW)

    await store.run(hold)
    assert await woken(store, Notify(code=CODE, to="citizens")) == [("mother", f"case:{CODE}")]


async def test_how_far_a_contact_was_told_is_its_own(store: Store) -> None:
    """Telling moves on and never back; who opened or just proved a case has nothing new."""

    def begin(tx: Tx) -> tuple[int, int]:
        first = opened(tx)
        second = people.contact(tx, "telegram", "b", NOW).id
        tickets.hold(tx, CODE, second, NOW)
        return first, second

    first, second = await store.run(begin)

    async def told(contact: int) -> int:
        story = await store.read(partial(tickets.story, code=CODE, contact_id=contact))
        assert story is not None
        return story.told

    assert (await told(first), await told(second)) == (1, 2)
    for seq in (5, 3):
        await store.run(partial(tickets.tell, contact_id=first, code=CODE, seq=seq))
    assert (await told(first), await told(second)) == (5, 2)
