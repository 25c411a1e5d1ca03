from functools import partial

from handlers.calendar import Calendar
from handlers.desk.people import EVERYWHERE, Duty
from handlers.effects import ChangeDuty, Invite
from handlers.tickets import OPEN, move
from storage import desk, leaving, members, people, timers
from storage.database import Store, Tx
from tests.storage.desks import OTHER_UNIT, UNIT, dossier_of, member, opened, staffed, step
from tests.storage.samples import NOW

OFFICER = Duty(role="officer", unit=UNIT)


def ending(of: int, duty: Duty, *, by: int = 1, contact: int = 0) -> partial[bool]:
    """End a duty."""
    effect = ChangeDuty(by=by, member=of, duty=duty, given=False)
    return partial(
        leaving.change_duty, contact_id=contact, effect=effect, now=NOW, calendar=Calendar()
    )


def woken(tx: Tx) -> set[tuple[str, str]]:
    """Who is to be told what: the address and the name of the timer."""
    return {(timer.address, timer.name) for timer in timers.due(tx, NOW, 100)}


async def test_the_cases_of_who_leaves_lie_with_their_unit_again(store: Store) -> None:
    """Whatever its status, an open case is nobody's then; its history has who had it, and why."""
    await store.run(opened)
    officer, dispatcher = await store.run(_two)
    await store.run(step("take", officer, assignee=officer))
    assert await store.run(desk.loads) == {officer: 1}
    assert await store.run(ending(officer, OFFICER, by=officer))
    found = await dossier_of(store)
    assert (found.card.assignee, found.card.status, found.card.unit) == (0, "forwarded", UNIT)
    assert [(line.kind, line.by) for line in found.story[-2:]] == [
        ("taken", f"officer {UNIT}"),
        ("left", f"officer {UNIT}"),
    ]
    assert await store.run(desk.loads) == {}
    told = await store.run(woken)
    assert (f"dispatcher {UNIT}", f"desk:left:{officer}") in told
    assert (f"officer {UNIT}", f"desk:duty:{officer}") in told
    assert dispatcher != officer


def _two(tx: Tx) -> tuple[int, int]:
    officer, dispatcher = staffed(tx, "officer", "dispatcher")
    return officer, dispatcher


async def test_who_still_works_in_the_unit_keeps_their_cases(store: Store) -> None:
    """Of two duties that let one work on a case, ending one changes nothing about it."""
    await store.run(opened)
    everywhere = Duty(role="officer", unit=EVERYWHERE)
    officer = await store.run(lambda tx: member(tx, "an", OFFICER, everywhere))
    await store.run(step("take", officer, assignee=officer))
    assert await store.run(ending(officer, OFFICER))
    assert (await dossier_of(store)).card.assignee == officer
    assert await store.run(ending(officer, everywhere))
    assert (await dossier_of(store)).card.assignee == 0


async def test_every_open_status_can_be_left(store: Store) -> None:
    """Nobody's leaving is stopped by the status of a case."""
    assert {move(status, "leave") for status in OPEN} <= OPEN
    assert not await store.run(ending(1, OFFICER))


async def test_who_invited_is_woken_when_it_is_used(store: Store) -> None:
    """The inviter hears of it; nobody hears of an invitation made at the start."""

    def begin(tx: Tx) -> int:
        boss = member(tx, "boss", Duty(role="administrator"))
        assert woken(tx) == set()
        duty = Duty(role="officer", unit=OTHER_UNIT)
        effect = Invite(by=boss, invitation="moi-b", duty=duty, name="Bình", hours=72)
        members.invite(tx, effect, "key", NOW)
        contact = people.contact(tx, "web", "binh", NOW).id
        assert members.join(tx, contact, "key", NOW)
        return boss

    assert await store.run(begin) == 1
    assert await store.run(woken) == {("boss", "desk:joined:2")}
