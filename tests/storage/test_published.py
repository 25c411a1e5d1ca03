"""Which announcements anybody may read, and as of when."""

from datetime import timedelta

from handlers.announcing import Action, Audience, Wording
from handlers.effects import Announce, MoveAnnouncement
from storage import announcements
from storage.database import Store
from storage.published import Published, published
from tests.storage.samples import NOW

CODE = "TB-7K3Q-M2X"


async def announced(store: Store, *actions: Action, audience: Audience | None = None) -> None:
    """An announcement with these things done to it, an hour apart."""
    effect = Announce(
        by=1,
        code=CODE,
        unit="*",
        urgent=False,
        wording=Wording(text="Bản đầu"),
        audience=audience or Audience(),
    )
    await store.run(lambda tx: announcements.announce(tx, effect, NOW))
    for hours, action in enumerate(actions, 1):
        await done(store, action, hours)


async def done(store: Store, action: Action, hours: int) -> None:
    """Do one thing to it."""
    words = Wording(text="Bản sửa") if action == "correct" else None
    move = MoveAnnouncement(by=2, code=CODE, action=action, wording=words, reason="Lý do")
    at = NOW + timedelta(hours=hours)
    assert await store.run(lambda tx: announcements.move(tx, move, at))


async def read(store: Store) -> Published | None:
    """What anybody reads."""
    return await store.read(lambda tx: published(tx, CODE))


async def test_only_what_was_begun_is_public(store: Store) -> None:
    """Nothing is read before it began: not waiting, returned, released or cancelled before that."""
    await announced(store)
    assert await read(store) is None
    for hours, action in enumerate(("return", "resubmit", "release"), 1):
        await done(store, action, hours)  # type: ignore[arg-type] # literals
        assert await read(store) is None
    await done(store, "begin", 4)
    found = await read(store)
    assert found is not None
    assert (found.announcement.wording.text, found.changed_at) == ("Bản đầu", None)


async def test_what_was_never_begun_stays_unread(store: Store) -> None:
    """Cancelled before anybody was told, it never gets a page, withdrawn or not."""
    await announced(store, "cancel")
    assert await read(store) is None
    await done(store, "withdraw", 2)
    assert await read(store) is None


async def test_a_correction_is_read_once_it_is_released(store: Store) -> None:
    """While a correction waits the old text stands; then the new one, with its time."""
    await announced(store, "release", "begin", "correct")
    found = await read(store)
    assert found is not None
    assert (found.announcement.wording.text, found.changed_at) == ("Bản đầu", None)
    await done(store, "release", 5)
    found = await read(store)
    assert found is not None
    assert found.announcement.wording.text == "Bản sửa"
    assert found.changed_at == NOW + timedelta(hours=5)


async def test_a_withdrawal_has_its_time(store: Store) -> None:
    """What was withdrawn is read as that, with the reason and when."""
    await announced(store, "release", "begin", "withdraw")
    found = await read(store)
    assert found is not None
    assert (found.announcement.state, found.announcement.reason) == ("withdrawn", "Lý do")
    assert found.changed_at == NOW + timedelta(hours=3)


async def test_what_is_for_officials_has_no_page(store: Store) -> None:
    """An announcement to staff is not read by anybody else."""
    await announced(store, "release", "begin", audience=Audience(whom="staff"))
    assert await read(store) is None
