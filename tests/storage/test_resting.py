"""What answers rested on, who is told when it ends, and which cases the old version answered."""

from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.content import load_content
from bot.lawkeeper import LawKeeper, ending
from handlers.content import Content
from handlers.desk.people import EVERYWHERE, Duty
from handlers.desk.resting import Outdated, Rest
from storage import keepers, resting, timers
from storage.database import Store, Tx
from tests.storage.desks import OTHER_UNIT, REPLY, UNIT, member, opened, staffed, step
from tests.storage.samples import DAY, NOW

CONTENT = load_content(Path(__file__).parents[2] / "content")
CODES = ("PA-7K3Q-M2X", "PA-9GW4-T6B", "PA-2H8R-C5N")
OLD = Rest("rule", "complaint_file_days", "old")
NEW = OLD._replace(version="new")
GONE = OLD._replace(version="")
ALL = frozenset({EVERYWHERE})


async def answer(store: Store, code: str, rests: str, unit: str = UNIT) -> None:
    """A case that is answered, resting on *rests*."""

    def do(tx: Tx) -> None:
        contact = opened(tx, code, unit=unit)
        officer = member(tx, f"officer {code}", Duty(role="officer", unit=unit))
        words, data = REPLY.model_dump_json(), {"rests": rests}
        assert step("take", officer, code=code, contact=contact, assignee=officer)(tx)
        assert step("answer", officer, code=code, contact=contact, words=words, data=data)(tx)

    await store.run(do)


async def outdated(
    store: Store, current: Rest, units: frozenset[str] = ALL, after: int = 0
) -> Outdated:
    """The page of two cases answered by another version than *current*."""
    look = partial(resting.outdated, current=current, units=units, after=after, limit=2)
    return await store.run(look)


async def test_the_cases_answered_by_the_old_version_are_found(store: Store) -> None:
    """Each with its day and unit; what rests on the current version is not among them."""
    await answer(store, CODES[0], "rule:complaint_file_days@old template:khieu_nai@t")
    await answer(store, CODES[1], "rule:complaint_file_days@new")
    await answer(store, CODES[2], "")
    found = await outdated(store, NEW)
    assert found.count == 1
    assert [(case.code, case.unit, case.status) for case in found.cases] == [
        (CODES[0], UNIT, "answered")
    ]
    assert found.cases[0].at == NOW.replace(microsecond=678000)
    assert (await outdated(store, GONE)).count == 2, "out of force, all that rest on it count"


async def test_a_new_answer_rests_on_the_new_version_alone(store: Store) -> None:
    """A case that is answered again is not listed for what its first answer rested on."""
    await answer(store, CODES[0], "rule:complaint_file_days@old")

    def again(tx: Tx) -> None:
        officer = member(tx, "another", Duty(role="officer", unit=UNIT))
        words, data = REPLY.model_dump_json(), {"rests": "rule:x@1"}
        assert step("reopen", officer, code=CODES[0])(tx)
        assert step("take", officer, code=CODES[0], assignee=officer)(tx)
        assert step("answer", officer, code=CODES[0], words=words, data=data)(tx)

    assert (await outdated(store, NEW)).count == 1
    await store.run(again)
    assert (await outdated(store, NEW)).count == 0


async def test_only_cases_of_ones_own_units_are_listed(store: Store) -> None:
    """By the unit the case is with now, page by page."""
    for code, unit in zip(CODES, (UNIT, OTHER_UNIT, UNIT), strict=True):
        await answer(store, code, "rule:complaint_file_days@old", unit=unit)
    both = await outdated(store, NEW)
    assert (both.count, len(both.cases)) == (3, 2)
    assert len((await outdated(store, NEW, after=2)).cases) == 1
    own = await outdated(store, NEW, frozenset({OTHER_UNIT}))
    assert (own.count, [case.code for case in own.cases]) == (1, [CODES[1]])
    assert await outdated(store, NEW, frozenset()) == Outdated(0, ())
    two = await outdated(store, NEW, frozenset({UNIT, OTHER_UNIT}), after=2)
    assert (two.count, len(two.cases)) == (3, 1)


async def test_what_is_told_in_confidence_is_in_no_list(store: Store) -> None:
    """A case that came to be known as a denunciation is not even counted."""
    await answer(store, CODES[0], "rule:complaint_file_days@old")
    told = "UPDATE tickets SET kind = 'denunciation' WHERE code = ?"
    await store.run(lambda tx: tx.do(told, (CODES[0],)))
    assert await outdated(store, NEW) == Outdated(0, ())


# -- the keepers -----------------------------------------------------------------------------------


async def woken(store: Store) -> list[str]:
    """The names of the timers that are due, one for each who is woken, and then gone."""

    def look(tx: Tx) -> list[str]:
        due = timers.due(tx, NOW + 400 * DAY, 100)
        for timer in due:
            timers.drop(tx, timer.contact_id, timer.name)
        return sorted(f"{timer.address} {timer.name}" for timer in due)

    return await store.run(look)


@pytest.fixture
async def keeping(store: Store) -> Store:
    """A leader, the unit of certificates with its approver and officer, and somebody else."""

    def people(tx: Tx) -> None:
        member(tx, "leader", Duty(role="leader"))
        member(tx, "dpo", Duty(role="dpo"))
        staffed(tx, "approver", "officer", unit="vp-dang-ky-dat-dai")
        staffed(tx, "approver", unit=OTHER_UNIT)

    await store.run(people)
    await woken(store)
    return store


def only(*names: str) -> Content:
    """The content with no other rules, and no templates."""
    law = {name: CONTENT.law[name] for name in names}
    return CONTENT.model_copy(update={"law": law, "templates": {}})


async def test_keepers_are_told_once_before_and_once_after(keeping: Store) -> None:
    """Fourteen days before the last day, and on the day after it: leader and unit, nobody else."""
    nudged: list[bool] = []
    content = only("certificate_issue_days")
    keeper = LawKeeper(keeping, lambda: content, lambda: nudged.append(True))
    last = content.law["certificate_issue_days"].valid_to
    assert last is not None
    told = {}
    for days in (-16, -14, -13, 0, 1, 2, 30):
        at = NOW + (last - NOW.date()) + timedelta(days)
        for _ in range(2):  # after a restart, it is not said again
            await keeper.look(at)
        told[days] = await woken(keeping)
    unit = "vp-dang-ky-dat-dai"
    for days, what in ((-14, "soon"), (1, "expired")):
        name = f"desk:law_{what}:rule/certificate_issue_days"
        assert told[days] == [f"approver {unit} {name}", f"leader {name}"]
    assert [told[days] for days in (-16, -13, 0, 2, 30)] == [[]] * 5
    assert len(nudged) == 2


async def test_without_keepers_it_is_told_when_there_is_one(store: Store) -> None:
    """What nobody heard is not counted as told."""
    content = only("certificate_issue_days")
    keeper = LawKeeper(store, lambda: content, lambda: None)
    at = NOW + 200 * DAY
    assert await keeper.look(at) == 0
    await store.run(lambda tx: member(tx, "leader", Duty(role="leader")))
    assert await keeper.look(at) == 1
    assert await keeper.look(at) == 0


async def test_a_role_keeps_its_rules_with_the_leaders(keeping: Store) -> None:
    """The officer for personal data is told of their own clocks; who did it is left out."""
    everybody = await keeping.run(partial(keepers.keepers, owner="dpo"))
    assert len(everybody) == 2
    others = await keeping.run(partial(keepers.keepers, owner="dpo", besides=everybody[0]))
    assert others == everybody[1:]


def test_a_retired_template_ends_no_more() -> None:
    """Nobody is told that what they put away themselves is over."""
    template = CONTENT.templates["gcn_lan_dau"]
    day = date(2027, 3, 1)
    for retired, told in ((False, 1), (True, 0)):
        one = template.model_copy(update={"retired": retired})
        content = CONTENT.model_copy(update={"templates": {one.id: one}, "law": {}})
        assert len(list(ending(content, day))) == told


async def test_a_file_that_changed_is_told_like_an_amendment(keeping: Store) -> None:
    """Known rules are silent at every look; another version of one is told, once."""
    name = "certificate_issue_days"
    filed = only(name)
    rule = filed.law[name]
    later = filed.model_copy(update={"law": {name: rule.model_copy(update={"value": 2})}})
    told = []
    for content in (filed, filed, later, later, filed):
        await LawKeeper(keeping, lambda content=content: content, lambda: None).look(NOW)  # type: ignore[misc]  # bound at once
        told.append(len(await woken(keeping)))
    assert told == [0, 0, 2, 0, 0]
