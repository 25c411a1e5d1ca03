from datetime import timedelta
from functools import partial

import pytest

from handlers.announcing import LIVE, MOVES, Action, Announcement, Audience, Wording
from handlers.desk.people import Duty
from handlers.effects import Announce, MoveAnnouncement
from storage import announcements, log, timers
from storage.database import Store, Tx
from tests.storage.announced import TB
from tests.storage.desks import UNIT, member
from tests.storage.samples import DAY, NOW

AUTHOR, SECOND, ABOVE, OTHER = "author", "second", "above", "other"
NEWS: tuple[tuple[Action, list[str]], ...] = (
    ("return", [f"{AUTHOR} announcement_returned"]),
    ("resubmit", [f"{ABOVE} to_release", f"{SECOND} to_release"]),
    ("release", [f"{AUTHOR} released"]),
    ("begin", []),
    ("pause", [f"{AUTHOR} announcement_stopped"]),
    ("go_on", []),
    ("begin", []),
    ("finish", [f"{AUTHOR} announced", f"{SECOND} announced"]),
    ("correct", [f"{ABOVE} to_release", f"{SECOND} to_release"]),
    ("return", [f"{AUTHOR} announcement_returned"]),
    ("cancel", [f"{AUTHOR} announcement_stopped"]),
    ("withdraw", [f"{AUTHOR} announcement_stopped"]),
)


def desk(tx: Tx) -> None:
    """Its author, a second person of the unit, one above, and one of another unit: members 1-4."""
    member(tx, AUTHOR, Duty(role="approver", unit=UNIT))
    member(tx, SECOND, Duty(role="approver", unit=UNIT))
    member(tx, ABOVE, Duty(role="leader"))
    member(tx, OTHER, Duty(role="approver", unit="so-y-te"))


def announce(tx: Tx) -> None:
    """The author writes an announcement of the unit."""
    effect = Announce(
        by=1,
        code=TB,
        unit=UNIT,
        urgent=True,
        wording=Wording(text="Cắt nước", link="https://example.vn"),
        audience=Audience(communes=("20194",)),
        begins_at=NOW + DAY,
    )
    announcements.announce(tx, effect, NOW)


def move(tx: Tx, action: Action, by: int = 2, **says: object) -> bool:
    """Do something to it."""
    given = {"by": by, "code": TB, "action": action, **says}
    return announcements.move(tx, MoveAnnouncement.model_validate(given), NOW)


def woken(tx: Tx) -> list[str]:
    """Who was woken since, and for what."""
    found = timers.due(tx, NOW, 99)
    for timer in found:
        timers.drop(tx, timer.contact_id, timer.name)
        assert timer.name.endswith(f":{TB}")
    return sorted(f"{timer.address} {timer.name.split(':')[1]}" for timer in found)


def get(tx: Tx) -> Announcement:
    """The announcement."""
    found = announcements.get(tx, TB)
    assert found is not None
    return found


async def test_an_announcement_is_kept_whole(store: Store) -> None:
    """What was written comes back; its code is taken; nothing happened to it yet."""

    def story(tx: Tx) -> None:
        assert not announcements.exists(tx, TB)
        announce(tx)
        assert announcements.exists(tx, TB)
        found = get(tx)
        assert (found.state, found.unit, found.author, found.releaser) == ("waiting", UNIT, 1, 0)
        assert (found.urgent, found.begins_at) == (True, NOW + DAY)
        assert found.wording == Wording(text="Cắt nước", link="https://example.vn")
        assert found.audience == Audience(communes=("20194",))
        assert (found.counted, found.tallies, found.prepared) == (None, (), False)
        assert announcements.get(tx, "TB-none") is None

    await store.run(story)


async def test_the_desk_hears_what_becomes_of_it(store: Store) -> None:
    """Who may release it in its unit, except its author; its author, except of their own doing."""

    def story(tx: Tx) -> None:
        desk(tx)
        announce(tx)
        assert woken(tx) == [f"{ABOVE} to_release", f"{SECOND} to_release"]
        for action, heard in NEWS:
            by = {"resubmit": 1, "correct": 1, "pause": 3, "begin": 0, "finish": 0}.get(action, 2)
            assert move(tx, action, by), action
            assert woken(tx) == heard, action

    await store.run(story)


async def test_whoever_stops_their_own_is_not_told_so(store: Store) -> None:
    """Nobody is woken for what they did themselves."""

    def story(tx: Tx) -> None:
        desk(tx)
        announce(tx)
        woken(tx)
        assert move(tx, "cancel", 1, reason="Nhầm")
        assert woken(tx) == []

    await store.run(story)


@pytest.mark.parametrize("action", sorted({action for _, action in MOVES}))
async def test_nothing_is_done_that_the_table_forbids(store: Store, action: Action) -> None:
    """From each state an action leads where the table says, and else changes nothing at all."""

    def story(tx: Tx) -> None:
        announce(tx)
        for state in sorted({state for state, _ in MOVES}):
            tx.do("UPDATE announcements SET state = ?", (state,))
            before, after = get(tx), MOVES.get((state, action))
            assert move(tx, action) == (after is not None)
            if after is None:
                assert get(tx) == before
            else:
                assert get(tx).state == after
                live = tx.rows("SELECT live FROM announcements")[0][0]
                assert live == int(after in LIVE)

    await store.run(story)


async def test_a_correction_holds_only_when_it_was_released(store: Store) -> None:
    """Until then the old words hold; one that was sent back is forgotten."""

    def story(tx: Tx) -> None:
        announce(tx)
        old, new = get(tx).wording, Wording(text="Cắt nước chiều mai")
        move(tx, "release")
        move(tx, "begin", 0)
        for second, words, version in (("return", old, 1), ("release", new, 2)):
            assert move(tx, "correct", 1, wording=new)
            assert (get(tx).wording, get(tx).proposed, get(tx).version) == (old, new, 1)
            assert move(tx, second)  # type: ignore[arg-type] # they are actions
            assert (get(tx).wording, get(tx).proposed, get(tx).version) == (words, None, version)

    await store.run(story)


async def test_what_was_seen_before_something_changed_is_not_acted_upon(store: Store) -> None:
    """An action on an announcement that has moved on since does nothing."""

    def story(tx: Tx) -> None:
        announce(tx)
        seen = get(tx).entries
        assert move(tx, "return", reason="Thiếu giờ", seen=seen)
        assert get(tx).reason == "Thiếu giờ"
        assert not move(tx, "cancel", seen=seen)
        assert not announcements.move(
            tx, MoveAnnouncement(by=1, code="TB-none", action="cancel"), NOW
        )

    await store.run(story)


async def test_what_is_submitted_again_may_be_another_and_is_counted_anew(store: Store) -> None:
    """Words, audience, urgency and time are those given last; what is not given stays."""

    def story(tx: Tx) -> None:
        announce(tx)
        tx.do("UPDATE announcements SET counted = '{}'")
        later, words = NOW + timedelta(days=2), Wording(text="Mất điện")
        assert move(tx, "resubmit", 1, wording=words, begins_at=later)
        found = get(tx)
        assert (found.wording, found.begins_at, found.urgent) == (words, later, True)
        assert (found.audience, found.counted) == (Audience(communes=("20194",)), None)
        assert move(tx, "resubmit", 1, urgent=False, audience=Audience(whom="staff"))
        found = get(tx)
        assert (found.wording, found.urgent, found.audience.whom) == (words, False, "staff")

    await store.run(story)


async def test_all_that_is_done_is_in_the_log(store: Store) -> None:
    """Who did what, and its words."""

    def story(tx: Tx) -> list[tuple[str, str, str]]:
        desk(tx)
        announce(tx)
        move(tx, "return", reason="Thiếu giờ")
        entries = log.entries(tx, limit=9, subject=f"announcement:{TB}")
        return [(entry.kind, entry.actor, entry.words or "") for entry in entries]

    assert await store.run(story) == [
        ("announcement_return", "member:2", "Thiếu giờ"),
        ("announced", "member:1", "Cắt nước"),
    ]


async def test_announcements_are_listed_by_unit_newest_first(store: Store) -> None:
    """Those of the units asked for, a page at a time."""

    def begin(tx: Tx) -> None:
        for code, unit in (("TB-1", UNIT), ("TB-2", "*"), ("TB-3", UNIT)):
            effect = Announce(
                by=1, code=code, unit=unit, urgent=False, wording=Wording(text="x"),
                audience=Audience(),
            )  # fmt: skip
            announcements.announce(tx, effect, NOW)

    await store.run(begin)

    async def page(after: int, limit: int, *units: str) -> list[str]:
        found = await store.read(
            partial(announcements.page, units=frozenset(units), after=after, limit=limit)
        )
        return [each.code for each in found]

    assert await page(0, 9, "*") == ["TB-3", "TB-2", "TB-1"]
    assert await page(1, 1, "*") == ["TB-2"]
    assert await page(0, 9, UNIT) == ["TB-3", "TB-1"]
    assert await page(0, 9) == []
