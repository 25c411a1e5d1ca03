"""What officials read of announcements: those of their units; whose words wait for release."""

from handlers.announcing import Action, Audience, Wording
from handlers.desk.people import EVERYWHERE
from handlers.effects import Announce, MoveAnnouncement
from storage import announcements
from storage.database import Store, Tx
from tests.storage.samples import NOW

FIRST, SECOND, THIRD = 1, 2, 3
HERE, ELSEWHERE = "so-y-te", "so-gd-dt"
CODES = [f"TB-2222-22{letter}" for letter in "ABCD"]


def announce(tx: Tx, code: str, unit: str) -> None:
    """The first member writes one of *unit*."""
    effect = Announce(
        by=FIRST,
        code=code,
        unit=unit,
        urgent=False,
        wording=Wording(text=code),
        audience=Audience(whom="staff"),
    )
    announcements.announce(tx, effect, NOW)


def codes(tx: Tx, units: set[str], after: int = 0, limit: int = 9) -> list[str]:
    """The codes of a page."""
    return [each.code for each in announcements.page(tx, frozenset(units), after, limit)]


async def test_a_page_of_ones_units(store: Store) -> None:
    """Newest first, of the units asked for and no others, page by page."""

    def story(tx: Tx) -> None:
        for code, unit in zip(CODES, (HERE, ELSEWHERE, EVERYWHERE, HERE), strict=True):
            announce(tx, code, unit)
        assert codes(tx, {EVERYWHERE}) == CODES[::-1]
        assert codes(tx, {HERE}) == [CODES[3], CODES[0]]
        assert codes(tx, {HERE, ELSEWHERE}) == [CODES[3], CODES[1], CODES[0]]
        assert codes(tx, {EVERYWHERE}, 1, 2) == [CODES[2], CODES[1]]
        assert codes(tx, {HERE}, 1) == [CODES[0]]
        assert codes(tx, set()) == []

    await store.run(story)


async def test_whose_words_wait(store: Store) -> None:
    """Whoever submits it again, or corrects it, is its author from then on: another releases it."""

    def author(tx: Tx) -> int:
        found = announcements.get(tx, CODES[0])
        assert found is not None
        return found.author

    def move(tx: Tx, action: Action, by: int) -> None:
        words = Wording(text="Lời mới") if action in {"resubmit", "correct"} else None
        effect = MoveAnnouncement(by=by, code=CODES[0], action=action, wording=words)
        assert announcements.move(tx, effect, NOW)

    def story(tx: Tx) -> None:
        announce(tx, CODES[0], HERE)
        move(tx, "return", SECOND)
        assert author(tx) == FIRST
        move(tx, "resubmit", SECOND)
        assert author(tx) == SECOND
        move(tx, "release", FIRST)
        move(tx, "begin", 0)
        assert author(tx) == SECOND
        move(tx, "correct", THIRD)
        assert author(tx) == THIRD

    await store.run(story)
