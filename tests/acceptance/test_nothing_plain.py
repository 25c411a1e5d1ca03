"""What people said, are called and are known by is nowhere on disk in a form that can be read.

A case is told, looked into and answered over the real channels, with files; there is a group of
officials, an announcement that was withdrawn for a reason, an arrival that failed. Then every value
of every table and every byte below the installation's folder is looked through, as text, as the
UTF-16 of other systems, and packed in base 64.
"""

import base64
from collections.abc import Iterator
from pathlib import Path

from bot.keyring import masters
from handlers.announcing import Audience, Wording
from handlers.effects import Announce, MoveAnnouncement
from handlers.text import fold
from storage import announcements, groups, inbox, keys, log, open_store, people
from storage.database import Tx
from storage.seal import Seal
from tests.acceptance.likeness import Names
from tests.acceptance.stage import OnChannels, Running, Where, running
from tests.acceptance.test_desk_channels import script_of
from tests.fakes.samples import png
from tests.fakes.telegram import FakeTelegram
from tests.sealing import SECRET
from tests.storage.samples import NOW
from tests.transcripts.saying import told_again

STORY = "Cầu treo Nậm Cắn đứt cáp từ Tết, bà con phải lội suối"
MORE = "Hôm qua cháu nhà ông Pản trượt ngã gãy tay"
OFFICIALS = ("Lê Thị An", "Trần Văn Bình")  # of the transcript
ANSWERED = ("Trường đã trả lại tiền ngày 20/11/2026", "450.000 đồng tiền học phí tháng 9")
NAME, PHONE = "Vừ Thị Mái Hoa", "0905777131"
PAPER, FILE = b"%PDF-1.4\n% giay khai sinh Vu Mai Hoa\n%%EOF\n", "giấy khai sinh Mái Hoa.pdf"
GROUP = "-1009876543210"
ANNOUNCED = "Mất nước ở tổ dân phố Bản Vược chiều thứ bảy"
REASON = "Nhầm lịch do ông Tẩn báo sai"
FAILED = "Xin hỏi tiền đền bù của nhà bà Lường"
LOGGED = "Cho nghỉ việc vì lộ tên người gửi Mái Hoa"
PLANTED = (
    *(STORY, MORE, *OFFICIALS, *ANSWERED, NAME, PHONE, FILE, GROUP),
    *(ANNOUNCED, REASON, FAILED, LOGGED),
)
SCRIPT = f"""
@ lan
! agreed
> /gui
> [Việc khác]
> {STORY}
> [Xong]
"""
SEARCHED = "ticket_words"  # what a case is searched by, folded and masked
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def where(name: str) -> Where:
    """Who is where."""
    return "web" if name in {"citizen", "head"} else "telegram"


async def said(stage: OnChannels, script: str) -> None:
    """Say it all, and hear what comes of it."""
    async for _ in told_again(script, stage):
        pass


def behind_it(tx: Tx) -> None:
    """What no citizen's conversation does."""
    contact = tx.rows("SELECT MIN(id) FROM contacts")[0][0]
    people.describe(tx, contact, name=NAME, phone=PHONE)
    groups.bind(tx, GROUP, 0, "*", 1, NOW)
    groups.answer(tx, GROUP, 0, 1, "PA-1", NOW, linked=False)
    words = Wording(text=ANNOUNCED)
    about = {"code": "TB-7K3Q-M2X", "unit": "*", "by": 1, "urgent": False}
    told = Announce(**about, wording=words, audience=Audience())  # type: ignore[arg-type] # so they are
    announcements.announce(tx, told, NOW)
    back = MoveAnnouncement(by=2, code="TB-7K3Q-M2X", action="return", reason=REASON)
    assert announcements.move(tx, back, NOW)
    inbox.keep_failed(tx, inbox.Failed("web:1", NOW, contact, FAILED, "E", FAILED))
    inbox.keep_failed(tx, inbox.Failed("web:2", NOW, None, FAILED, "E", ""))
    log.append(tx, "refused", {}, actor="contact:1", now=NOW, words=LOGGED)


async def live(bot: Running, fake: FakeTelegram) -> None:
    """All that happens."""
    script = script_of("desk_answer_contract")
    stage = OnChannels(bot, fake, Names(script), where)
    try:
        await said(stage, script)
        await said(stage, SCRIPT)
        lan = stage.person("lan")
        await lan.do(MORE)
        await lan.side.sends(paper=PAPER, name=FILE)
        await lan.do("/trogiup")
        await bot.store.run(behind_it)
    finally:
        await stage.leave()


def values(tx: Tx, engine: str) -> Iterator[tuple[str, bytes]]:
    """Every value of every table, by the table's name."""
    for (name,) in tx.rows(TABLES[engine]):
        if not name.startswith(SEARCHED):
            rows = tx.rows(f"SELECT * FROM {name}")  # noqa: S608 - names of our own tables
            yield name, "\n".join(str(value) for row in rows for value in row).encode()


def forms(planted: str) -> Iterator[bytes]:
    """The ways in which a text may lie on disk so that it can be read."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        data = planted.encode(encoding)
        yield data
        for start in range(3):
            packed = base64.b64encode(b"." * start + data)
            yield packed[4 if start else 0 : len(packed) // 4 * 4 - 4]
    yield planted.encode("unicode_escape")
    if planted not in {STORY, MORE, *ANSWERED}:  # what a case may be searched by
        yield fold(planted).encode()


def found_in(data: bytes, addresses: set[str]) -> set[str]:
    """What of it can be read."""
    known = {*PLANTED, *addresses}
    return {planted for planted in known for form in forms(planted) if form in data}


def addresses_of(tx: Tx) -> set[str]:
    """Where everybody is written to."""
    return {keys.show(tx, row[0]) for row in tx.rows("SELECT address FROM contacts")}


def files_below(folder: Path) -> list[Path]:
    """All files of an installation."""
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_nothing_that_is_personal_lies_plain(database_url: str, tmp_path: Path) -> None:
    """No table and no file has any of it; with the keys all of it is there."""
    engine = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    async with FakeTelegram() as fake, running(fake, database_url, tmp_path) as bot:
        await live(bot, fake)
        addresses = await bot.store.read(addresses_of)
        tables = dict(await bot.store.read(lambda tx: list(values(tx, engine))))
        on_disk = {path.name: path.read_bytes() for path in files_below(tmp_path)}
    assert len(addresses) == 4  # a citizen, two officials, and one who tells a case
    for name, data in tables.items():
        assert found_in(data, addresses) == set(), name
    assert ("bot.db-wal" in on_disk) == (engine == "sqlite")
    on_disk |= {path.name + " at rest": path.read_bytes() for path in files_below(tmp_path)}
    assert len(on_disk) >= 2 * 4  # keys of two rings, two files
    for name, data in on_disk.items():
        assert found_in(data, addresses) == set(), name
        assert png() not in data
        assert b"giay khai sinh" not in data
    assert set(PLANTED) - await opened(database_url, tmp_path, engine) == set()


async def opened(url: str, folder: Path, engine: str) -> set[str]:
    """What whoever has the keys reads in the same tables."""
    rings = {"people": masters(folder / "keys"), "denunciations": ()}
    store = await open_store(url, seal=Seal(SECRET.encode(), rings))  # type: ignore[arg-type] # two literals

    def read(tx: Tx) -> str:
        texts = b"\n".join(data for _, data in values(tx, engine)).decode().splitlines()
        return "\n".join(keys.show(tx, text) for text in texts if text.startswith(keys.MARK))

    try:
        plain = await store.read(read)
    finally:
        await store.close()
    return {planted for planted in PLANTED if planted in plain}
