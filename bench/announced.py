"""Announcements to many people: seeded beside the bot, read back from the ledger."""

from datetime import UTC, datetime
from functools import partial

from bench.databases import do
from handlers.announcing import Audience, Wording
from handlers.effects import Announce, MoveAnnouncement
from storage import announcements, follows, open_store, people
from storage.database import Tx
from tests.sealing import SEAL

CODE = "TB-7K3Q-M2X"
TEXT = (
    "Từ 22 giờ hôm nay có mưa rất to, nguy cơ sạt lở đất ở các xã miền núi. Mời các hộ gần suối, "
    "dưới chân đồi chuyển đến nhà văn hóa thôn trước 18 giờ, mang theo giấy tờ và thuốc đang dùng."
)
AT_ONCE = 2_000  # people of one transaction
FROM = datetime(2026, 11, 1, tzinfo=UTC)
NEVER = datetime(2100, 1, 1, tzinfo=UTC)


async def seed(url: str, recipients: range) -> None:
    """People who can be written to, and an urgent announcement for them that begins when told to.

    They read English, so that others who come meanwhile are not of the audience.
    """
    store = await open_store(url, seal=SEAL)
    try:
        for first in range(recipients.start, recipients.stop, AT_ONCE):
            ids = range(first, min(first + AT_ONCE, recipients.stop))
            await store.run(partial(_come, ids=ids))
        await store.run(lambda tx: tx.do("UPDATE people SET lang = 'en'"))
        await store.run(_announce)
    finally:
        await store.close()


def begin(url: str) -> None:
    """Let it begin now: past everything of ours, so that a bot may run meanwhile."""
    do(url, "UPDATE announcements SET begins_at = 0")


def _come(tx: Tx, ids: range) -> None:
    for number in ids:
        follows.hear(tx, people.contact(tx, "telegram", str(number), FROM).id, wanted=True)


def _announce(tx: Tx) -> None:
    effect = Announce(
        by=1,
        code=CODE,
        unit="*",
        urgent=True,  # whatever the hour of the measurement
        wording=Wording(text=TEXT),
        audience=Audience(lang="en"),
        begins_at=NEVER,
    )
    announcements.announce(tx, effect, FROM)
    announcements.move(tx, MoveAnnouncement(by=2, code=CODE, action="release"), FROM)
