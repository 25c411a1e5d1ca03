from datetime import timedelta
from functools import partial
from itertools import product

import pytest

from handlers.desk.dossier import DeskCard, Filter, Identity, View
from handlers.desk.figures import Count
from handlers.effects import Amend
from storage import amendments, desk, log, people
from storage.database import Store, Tx
from tests.storage.desks import (
    OTHER_UNIT,
    REPLY,
    TODAY,
    UNIT,
    day,
    dossier_of,
    opened,
    staffed,
    step,
)
from tests.storage.samples import CODE, LINES, NOW, PHOTO

ALL = frozenset({"*"})
HERE = frozenset({UNIT})
BOTH = frozenset({UNIT, OTHER_UNIT})


async def page(
    store: Store, units: frozenset[str] = ALL, limit: int = 99, member: int = 1, **filters: object
) -> list[DeskCard]:
    """A page of the queue."""
    wanted = Filter.model_validate(filters)
    cards = await store.read(
        partial(desk.queue, page=wanted, units=units, member=member, today=TODAY, limit=limit)
    )
    return list(cards)


@pytest.fixture
async def full(store: Store) -> Store:
    """Twenty-four cases of two units, topics and communes, in all states, and two officers."""

    def fill(tx: Tx) -> None:
        people.contact(tx, "web", "a", NOW)
        first, second = staffed(tx, "officer", "approver")
        kinds = product((UNIT, OTHER_UNIT), ("land", "khac"), ("20194", "20195"), range(3))
        for number, (unit, topic, commune, kind) in enumerate(kinds):
            code = f"PA-{number}"
            due = day((number * 7) % 10 - 5)
            opened(tx, code, unit=unit, topic=topic, commune=commune, due_on=due)
            if kind == 1:
                step("take", first, code=code, assignee=first)(tx)
            if kind == 1 and number % 2:
                step("ask", first, code=code)(tx)
            if kind == 1 and number % 4 == 0:
                step("submit", first, code=code, words=REPLY.model_dump_json())(tx)
            if kind == 2 and number % 2:
                step("return", second, code=code)(tx)
            if number % 11 == 5:
                step("withdraw", code=code)(tx)

    await store.run(fill)
    return store


def wanted(card: DeskCard, view: View) -> bool:
    """Whether a card belongs to a view, said the other way round."""
    match view:
        case "mine":
            return card.assignee == 1
        case "unassigned":
            return card.assignee == 0 and card.status != "sorting"
        case "waiting":
            return card.status == "asking"
        case "sorting" | "approving":
            return card.status == view
        case "overdue":
            return card.due_on < TODAY and card.status != "asking"
        case _:
            return True


@pytest.mark.parametrize(
    "view", ["all", "mine", "unassigned", "waiting", "sorting", "approving", "overdue"]
)
async def test_each_view_shows_its_cases_in_order(full: Store, view: View) -> None:
    """A view with any filters shows just the open cases that fit, the first due first."""
    everything = await page(full)
    assert len(everything) == 22
    shown = [card for card in everything if wanted(card, view)]
    assert shown
    assert [(c.due_on, c.id) for c in everything] == sorted((c.due_on, c.id) for c in everything)
    for units, topic, commune, unit in product(
        (ALL, HERE, BOTH), ("", "land"), ("", "20195"), ("", UNIT, OTHER_UNIT)
    ):
        fit = [
            card
            for card in everything
            if wanted(card, view)
            and (units == ALL or card.unit in units)
            and (not topic or card.topic == topic)
            and (not commune or card.commune == commune)
            and (not unit or card.unit == unit)
        ]
        found = await page(full, units, view=view, topic=topic, commune=commune, unit=unit)
        assert found == fit


@pytest.mark.parametrize("units", [ALL, BOTH])
async def test_pages_follow_each_other(full: Store, units: frozenset[str]) -> None:
    """Page after page shows everything once, even when what was shown before is gone."""
    whole = [card.code for card in await page(full, units)]
    first = await page(full, units, limit=5)
    seen = [card.code for card in first]
    assert await full.run(step("withdraw", code=seen[-1])) == "withdrawn"
    last = first[-1]
    while more := await page(
        full, units, limit=5, after_due=last.due_on.isoformat(), after_id=last.id
    ):
        seen += [card.code for card in more]
        last = more[-1]
    assert seen == whole


async def test_a_case_is_shown_whole(store: Store) -> None:
    """The card, the answers, the files, and each entry by the name of the colleague."""

    def begin(tx: Tx) -> None:
        opened(tx, media=(PHOTO,), name="Bà Thử", phone="+84905")
        officer, _ = staffed(tx, "officer", "approver")
        step("prioritise", officer, priority=2)(tx)
        step("note", officer, words="Gọi lại sau")(tx)

    await store.run(begin)
    found = await dossier_of(store)
    assert found.lines == LINES
    assert found.media == (PHOTO,)
    assert (found.card.priority, found.card.entries, found.card.lang) == (2, 3, "vi")
    assert [(line.seq, line.kind, line.by, line.words) for line in found.story] == [
        (1, "opened", "", ""),
        (2, "prioritised", f"officer {UNIT}", ""),
        (3, "noted", f"officer {UNIT}", "Gọi lại sau"),
    ]
    assert await store.run(partial(desk.dossier, code="PA-none")) is None
    assert await store.read(partial(desk.identity, code=CODE)) == Identity(
        name="Bà Thử", phone="+84905"
    )
    assert await store.read(partial(desk.identity, code="PA-none")) is None


async def test_one_person_is_known_by_a_number(store: Store) -> None:
    """Two cases of one chat are of one person; of two chats, of two."""

    def begin(tx: Tx) -> None:
        for code, address in (("PA-1", "a"), ("PA-2", "a"), ("PA-3", "b")):
            opened(tx, code, address)

    await store.run(begin)
    first, second, third = [(await dossier_of(store, f"PA-{n}")).person for n in (1, 2, 3)]
    assert first == second != third


async def test_who_sees_one_unit_finds_its_cases_only(store: Store) -> None:
    """Words and codes find what is in the units one may see, the newest first."""

    def begin(tx: Tx) -> None:
        for number, unit in enumerate((UNIT, OTHER_UNIT, UNIT)):
            opened(tx, f"PA-{number}", unit=unit)

    await store.run(begin)

    async def found(units: frozenset[str], limit: int = 9) -> list[str]:
        search = partial(desk.search, query="đền bù đất", units=units, limit=limit)
        return [card.code for card in await store.read(search)]

    assert await found(ALL) == ["PA-2", "PA-1", "PA-0"]
    assert await found(HERE) == ["PA-2", "PA-0"]
    assert await found(HERE, 1) == ["PA-2"]
    assert await found(frozenset()) == []
    codes = ("PA-0", "PA-1", "PA-none")
    named = await store.read(partial(desk.named, codes=codes, units=HERE))
    assert [card.code for card in named] == ["PA-0"]


async def test_counts_are_of_open_cases(full: Store) -> None:
    """What is open, late, soon due and waiting is counted by unit, as the queue shows it."""
    cards = await page(full)
    soon = TODAY + timedelta(days=3)
    counted = [
        Count(
            unit=unit,
            open=len(own := [card for card in cards if card.unit == unit]),
            overdue=sum(wanted(card, "overdue") for card in own),
            soon=sum(TODAY <= card.due_on <= soon and card.status != "asking" for card in own),
            waiting=sum(card.status == "asking" for card in own),
        )
        for unit in sorted(BOTH)
    ]
    figures = partial(desk.figures, today=TODAY, soon=soon)
    for units in (ALL, BOTH):
        assert await full.read(partial(figures, units=units)) == tuple(counted)
    assert len(await full.read(partial(figures, units=HERE))) == 1
    assert await full.read(partial(figures, units=frozenset({"khac"}))) == ()


async def test_amendments_come_and_go_and_are_logged(store: Store) -> None:
    """The last word on each key counts, an empty one takes it away; the log has what was before."""

    def change(value: str, key: str = UNIT, undoes: int = 0) -> partial[None]:
        effect = Amend(by=1, kind="unit", key=key, value=value, undoes=undoes)
        return partial(amendments.amend, effect=effect, now=NOW)

    for value, key in (("1", UNIT), ("2", OTHER_UNIT), ("3", UNIT)):
        await store.run(change(value, key))
    assert await store.read(amendments.all) == (("unit", OTHER_UNIT, "2"), ("unit", UNIT, "3"))
    await store.run(change("1", undoes=3))
    await store.run(change("", OTHER_UNIT))
    assert await store.read(amendments.all) == (("unit", UNIT, "1"),)
    last, undone, third, *_ = await store.read(partial(log.entries, limit=9))
    assert (last.kind, last.subject, last.data["before"]) == ("amended", f"unit:{OTHER_UNIT}", "2")
    assert (undone.kind, undone.data["undoes"], undone.data["before"]) == ("undone", 3, "3")
    assert (third.actor, third.data["before"], third.data["value"]) == ("member:1", "1", "3")
