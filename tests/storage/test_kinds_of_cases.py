"""What a case is, as it is kept; and who hears of danger to life."""

from functools import partial

from handlers.desk.dossier import Filter
from handlers.desk.people import EVERYWHERE, Duty
from handlers.effects import Notify, Witness
from storage import alarms, desk, history, moves, notices, people, tickets, timers
from storage.database import Store, Tx
from tests.storage.desks import OTHER_UNIT, TODAY, UNIT, dossier_of, member, opened, step
from tests.storage.samples import CODE, NOW

SECOND = "PA-JHM2-M38"


def contact(tx: Tx, address: str) -> int:
    """The contact at *address*."""
    return people.contact(tx, "web", address, NOW).id


async def test_a_case_is_of_the_kind_it_was_sent_as(store: Store) -> None:
    """It is shown to its citizen and at the desk, with what its words spoke for besides."""
    await store.run(partial(opened, kind="feedback", seems="complaint"))
    card = (await dossier_of(store)).card
    assert (card.kind, card.seems) == ("feedback", "complaint")
    story = await store.run(partial(tickets.story, code=CODE))
    assert story is not None
    assert story.card.kind == "feedback"


async def test_classifying_is_an_entry_and_ends_the_doubt(store: Store) -> None:
    """The new kind stands in the history with the old one; nobody asks about it any more."""
    await store.run(partial(opened, kind="feedback", seems="complaint"))
    by = await store.run(lambda tx: member(tx, "d", Duty(role="dispatcher", unit=UNIT)))
    changed = step("classify", by, kind="complaint", data={"was": "feedback"})
    assert await store.run(changed) == "recorded"
    found = await dossier_of(store)
    assert (found.card.kind, found.card.seems) == ("complaint", "")
    assert found.story[-1].kind == "classified"
    assert found.story[-1].data["kind"] == "complaint"
    assert found.story[-1].data["was"] == "feedback"


async def test_a_citizen_takes_back_only_their_own_alarm(store: Store) -> None:
    """Somebody else's chat changes nothing."""
    mine = await store.run(partial(opened, kind="emergency", priority=2))
    other = await store.run(lambda tx: contact(tx, "stranger"))
    back = partial(step, "classify", kind="feedback", priority=0)
    assert await store.run(back(contact=other)) is None
    assert await store.run(back(contact=mine)) == "recorded"
    card = (await dossier_of(store)).card
    assert (card.kind, card.priority) == ("feedback", 0)


async def test_an_officer_who_can_t_be_reached_is_stood_in_for(store: Store) -> None:
    """Whoever blocked the bot never read the alarm: others on duty hear of it, once each."""

    def lose(tx: Tx) -> list[tuple[int, str]]:
        opened(tx, kind="emergency", priority=2)
        opened(tx, SECOND, "b", kind="feedback")
        first, second = (member(tx, name, Duty(role="watch")) for name in ("first", "second"))
        member(tx, "third", Duty(role="watch", unit=UNIT))
        member(tx, "elsewhere", Duty(role="watch", unit=OTHER_UNIT))
        for told in (first, second):
            seen = Witness(kind="alarmed", by=told, deed="alarms", code=CODE)
            moves.witness(tx, contact(tx, "first"), seen, NOW)
        alarms.lost(tx, contact(tx, "first"), NOW)
        alarms.lost(tx, contact(tx, "a"), NOW)
        return [(timer.contact_id, timer.name) for timer in timers.due(tx, NOW, 10)]

    def third(tx: Tx) -> int:
        return contact(tx, "third")

    woken = await store.run(lose)
    alarmed = [one for one in woken if one[1].startswith("desk:emergency")]
    assert alarmed == [(await store.run(third), f"desk:emergency:{CODE}")]


async def test_the_queue_is_filtered_by_kind(store: Store) -> None:
    """Emergencies, complaints and what is doubtful can be looked through by themselves."""

    def fill(tx: Tx) -> None:
        opened(tx, kind="emergency", priority=2)
        opened(tx, SECOND, "b", kind="feedback", seems="denunciation")

    await store.run(fill)
    seen = {}
    for view in ("all", "emergency", "complaint", "doubtful"):
        page = partial(
            desk.queue,
            page=Filter(view=view),
            units=frozenset({EVERYWHERE}),
            member=0,
            today=TODAY,
            limit=9,
        )
        seen[view] = {card.code for card in await store.run(page)}
    assert seen == {
        "all": {CODE, SECOND}, "emergency": {CODE}, "complaint": set(), "doubtful": {SECOND},
    }  # fmt: skip


async def woken(store: Store, sender: int) -> set[str]:
    """The addresses of those who are woken when the case of *sender* is an alarm."""

    def alarm(tx: Tx) -> set[str]:
        notices.notify(tx, sender, Notify(code=CODE, to="watch", what="emergency"), NOW)
        due = timers.due(tx, NOW, 99)
        return {timer.address for timer in due if timer.name == f"desk:emergency:{CODE}"}

    return await store.run(alarm)


async def test_every_officer_on_duty_hears_of_danger(store: Store) -> None:
    """Those of the unit and those of everywhere, but not those of another unit."""

    def staff(tx: Tx) -> int:
        member(tx, "here", Duty(role="watch", unit=UNIT))
        member(tx, "city", Duty(role="watch"))
        member(tx, "there", Duty(role="watch", unit=OTHER_UNIT))
        member(tx, "d", Duty(role="dispatcher"))
        return opened(tx, kind="emergency", unit=UNIT)

    assert await woken(store, await store.run(staff)) == {"here", "city"}


async def test_where_nobody_on_duty_can_be_reached_others_hear(store: Store) -> None:
    """Dispatchers and administrators, for somebody must."""

    def staff(tx: Tx) -> int:
        member(tx, "gone", Duty(role="watch"))
        people.set_reachable(tx, contact(tx, "gone"), NOW, reachable=False)
        member(tx, "d", Duty(role="dispatcher"))
        member(tx, "chief", Duty(role="administrator"))
        member(tx, "o", Duty(role="officer", unit=UNIT))
        return opened(tx, kind="emergency", unit=UNIT)

    assert await woken(store, await store.run(staff)) == {"d", "chief"}


async def test_whoever_was_told_is_written_down(store: Store) -> None:
    """Each showing of an alarm is an entry of the case's history."""

    def told(tx: Tx) -> list[str]:
        sender = opened(tx, kind="emergency")
        officer = member(tx, "w", Duty(role="watch"))
        seen = Witness(kind="alarmed", by=officer, deed="alarms", code=CODE)
        moves.witness(tx, sender, seen, NOW)
        row = tx.row("SELECT id FROM tickets WHERE code = ?", (CODE,))
        assert row is not None
        return [f"{entry.kind} {entry.actor}" for entry in history.entries(tx, row[0])]

    assert (await store.run(told))[-1].startswith("alarmed member:")


async def test_nobody_in_danger_agreed_to_announcements(store: Store) -> None:
    """An emergency makes nobody follow a commune or a topic, as an ordinary case may."""

    def following(tx: Tx, kind: str, code: str) -> int:
        opened(tx, code, code, kind=kind)
        return len(tx.rows("SELECT 1 FROM follows"))

    assert await store.run(partial(following, kind="emergency", code=CODE)) == 0
    assert await store.run(partial(following, kind="feedback", code=SECOND)) > 0
