"""The firewall: what is told in confidence is where inspectors read it, and nowhere else.

Words, a name, a telephone number, a file and its name that nobody could mistake are told over the
real channels: then every table, file and line of the log is looked through, and all that was said
to anybody else. With the keys of citizens' ordinary texts alone, nothing of it opens.
"""

import json
import logging
from base64 import b64encode
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.housekeeping import Housekeeper
from bot.keyring import fresh_master, masters
from handlers.text import fold
from storage import keys, open_store
from storage.blobs import Blobs, place
from storage.database import Tx
from storage.seal import Master, Ring, Seal, SealBrokenError
from storage.sealed_bytes import BytesChangedError, SealedFile
from tests.acceptance.citizen import CODE, RECEIPT
from tests.acceptance.likeness import Names
from tests.acceptance.stage import OnChannels, Running, Where, running
from tests.fakes.telegram import FakeTelegram
from tests.sealing import SECRET
from tests.transcripts.saying import told_again

NAMED = "Xyzqmanhvutrk Bịtố"
STORY = f"Ông {NAMED} đòi 77 triệu Wvkjtienbqzxo mới ký giấy."
SENDER = "Nguyễn Kzqrtenpwovux"
PHONE = "0987654123"
MORE = "Hôm qua ông ấy dọa Jjhqdoazvwkxm tôi."
ON_TELEGRAM = "Bà Ggwqmauxztrfo ở xã Phú Ninh lấy tiền cứu trợ Vvzqtrokwjxen."
# What no rule of triage speaks of: an official finds it.
IN_A_CASE = "Trưởng phòng Hhzqmoixvbtrk và gói Ddwqquazxjven hôm thứ Hai ở nhà văn hóa."
FILE, PAPER = "Pqzxnamevwkuo.pdf", b"%PDF-1.4\n% Zqxjbytesxvwu\n%%EOF\n"
NOTE = "Đã hỏi người làm chứng Rrwqchungvxzo."
MESSAGE = "Xin mang giấy Ttzqgiaywxvko đến trụ sở."
PLANTED = (
    "Xyzqmanhvutrk",
    "Wvkjtienbqzxo",
    "Kzqrtenpwovux",
    "987654123",
    "Jjhqdoazvwkxm",
    "Ggwqmauxztrfo",
    "Vvzqtrokwjxen",
    "Hhzqmoixvbtrk",
    "Ddwqquazxjven",
    "Pqzxnamevwkuo",
    "Zqxjbytesxvwu",
    "Rrwqchungvxzo",
    "Ttzqgiaywxvko",
)
COMPANY = f"""
@ inspector
! staff inspector * Thanh tra
@ admin
! staff administrator * Quản trị
@ monitor
! staff monitor * Giám sát
@ officer
! staff officer * Cán bộ
@ local
! staff inspector xa-phu-ninh Người Phú Ninh
@ web
! agreed
> /gui
> [Việc khác]
> {STORY}
> /tinkin
> [Báo tin kín]
"""
TOLD = f"""
@ web
> [Không rõ]
> {SENDER}
> {PHONE}
> [Gửi kín]
@ telegram
! agreed
> /tinkin
> [Báo tin kín]
> {ON_TELEGRAM}
> [Xong]
> Phú Ninh
> [Không ghi tên]
> [Bỏ qua]
> [Gửi kín]
@ citizen
! agreed
! sends khac {IN_A_CASE}
"""


def where(name: str) -> Where:
    """Who is where: inspectors read on the web."""
    return "telegram" if name in {"telegram", "officer"} else "web"


@pytest.fixture
def running_here(
    database_url: str, tmp_path: Path
) -> "AbstractAsyncContextManager[tuple[FakeTelegram, Running]]":
    """The whole bot, in a folder of its own."""
    return _running(database_url, tmp_path)


class _running:  # noqa: N801 - used as a function
    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._folder = url, folder

    async def __aenter__(self) -> tuple[FakeTelegram, Running]:
        self._fake = FakeTelegram()
        fake = await self._fake.__aenter__()
        self._bot = running(fake, self._url, self._folder)
        return fake, await self._bot.__aenter__()

    async def __aexit__(self, *error: object) -> None:
        await self._bot.__aexit__(None, None, None)
        await self._fake.__aexit__(None, None, None)


async def test_nothing_told_in_confidence_is_anywhere_else(
    running_here: "AbstractAsyncContextManager[tuple[FakeTelegram, Running]]",
    database_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No table, file, log line or message to anybody else has a word of it, whoever asks what."""
    caplog.set_level(logging.DEBUG)
    async with running_here as (fake, bot):
        told, telegram = await _everything_happens(bot, fake, tmp_path)
        assert _found(telegram) == []
    assert {name: _found(text) for name, text in told.items() if _found(text)} == {}
    assert _found("\n".join(_logged(caplog))) == []
    assert _on_disk(tmp_path) == {}
    rows = await _tables(database_url, tmp_path, "neither")
    assert {table: _found(text) for table, text in rows.items() if _found(text)} == {}


async def test_the_keys_of_ordinary_texts_open_nothing_of_it(
    running_here: "AbstractAsyncContextManager[tuple[FakeTelegram, Running]]",
    database_url: str,
    tmp_path: Path,
) -> None:
    """Whoever holds the database, the disk and the one ring of keys reads all but what is here."""
    async with running_here as (fake, bot):
        await _everything_happens(bot, fake, tmp_path)
    opened = await _tables(database_url, tmp_path, "people")
    assert {table: _found(text) for table, text in opened.items() if _found(text)} == {}
    everything = await _tables(database_url, tmp_path, "both")
    assert set(_found("".join(everything.values()))) == set(PLANTED) - {"Zqxjbytesxvwu"}
    assert await _bytes(database_url, tmp_path, "people") == b""
    assert await _bytes(database_url, tmp_path, "both") == PAPER


async def _everything_happens(
    bot: Running, fake: FakeTelegram, folder: Path
) -> tuple[dict[str, str], str]:
    """Tell it, read it, see to it; what everybody else was told, and what Telegram was."""
    stage = OnChannels(bot, fake, Names(""), where)
    try:
        await _said(stage, COMPANY)
        web = stage.person("web")
        await web.side.sends(paper=PAPER, name=FILE)
        await web.do("/tinkin")
        await web.do("[Xong]")
        heard = await _said(stage, TOLD)
        code = next(line for line in heard if "Mã: TT-" in line)
        tt = code[code.index("TT-") :][:11]
        receipt = RECEIPT.findall(code)[0]
        await _inspected(stage, tt)
        for line in (f"/tracuu {tt}", receipt, "[Kể thêm]", MORE, "[Xong]", "[Về menu chính]"):
            await web.do(line)
        (case,) = CODE.findall(heard[-1])[:1]
        await _found_in_a_case(stage, case)
        told = {name: "\n".join(stage.person(name).answers()) for name in ("citizen", "local")}
        told |= {name: await _asked(stage, name, tt) for name in ("admin", "monitor", "officer")}
        told["local"] += await _asked(stage, "local", tt)
        await Housekeeper(bot.store, Blobs(folder / "files", bot.store)).tidy(
            datetime.now(UTC) + timedelta(hours=1)
        )
        return told, _outgoing(fake)
    finally:
        await stage.leave()


async def _said(stage: OnChannels, script: str) -> list[str]:
    return [line async for line in told_again(script, stage)]


async def _inspected(stage: OnChannels, code: str) -> None:
    """An inspector reads it, its files and who sent it, notes something and writes to them."""
    inspector = stage.person("inspector")
    inspector.answers()
    await inspector.do("/tinkin")
    await inspector.do(f"[{code}]")
    (card,) = await inspector.do("[Vào sổ, phân loại]")
    assert STORY in card
    (files,) = await inspector.do("[Xem tệp]")
    assert FILE in files
    (who,) = await inspector.do("[Xem người gửi]")
    assert SENDER in who
    await inspector.do("[Ghi chú]")
    await inspector.do(NOTE)
    await inspector.do("[Nhắn người gửi]")
    await inspector.do(MESSAGE)
    await inspector.do("/tinkin")


async def _found_in_a_case(stage: OnChannels, case: str) -> None:
    """An official reads an ordinary case and finds a denunciation in it."""
    officer = stage.person("officer")
    officer.answers()
    read = "\n".join(await officer.do(f"/tim {case}"))
    assert "Hhzqmoixvbtrk" in read
    await officer.do(f"/nhan {case}")
    await officer.do(f"/ghichu {case} Có dấu hiệu tố cáo Hhzqmoixvbtrk.")
    await officer.do(f"/phanloai {case}")
    await officer.do("[có dấu hiệu tố cáo]")
    (gone,) = await officer.do("[Xác nhận loại]")
    assert "đã chuyển" in gone
    assert "Hhzqmoixvbtrk" not in "\n".join(await officer.do(f"/tim {case}"))


async def _asked(stage: OnChannels, name: str, code: str) -> str:
    """What somebody of the staff who may not read it hears, whatever they ask."""
    person, heard = stage.person(name), list[str]()
    heard += person.answers()
    words = "/tim đòi 77 triệu", f"/tim {code}", f"/tinkin {code}", "/huy", "/thongke", "/nhatky"
    for line in (*words, "/hangdoi", f"/tracuu {code}", "/start"):
        heard += await person.do(line)
    return "\n".join(heard)


def _outgoing(fake: FakeTelegram) -> str:
    """All that Telegram was asked to bring, after what the bot said to the officer of the case."""
    mine = "Hhzqmoixvbtrk"
    calls = [json.dumps(dict(call.params), ensure_ascii=False) for call in fake.journal.calls]
    return "\n".join(call for call in calls if mine not in call)


# -- looking for it --------------------------------------------------------------------------------


def _written(word: str) -> tuple[bytes, bytes]:
    """A planted word as it may be written, in small letters: as it is, or folded."""
    return word.encode().lower(), fold(word).encode()


def _encoded(word: str) -> Iterator[bytes]:
    """A planted word within a text in base 64, wherever it begins; a number is too short."""
    for shift in range(0 if word.isdigit() else 3):
        whole = b64encode(b" " * shift + word.encode())
        yield whole[(4 if shift else 0) : len(whole) - 4]


def _found_in(data: bytes) -> list[str]:
    lower = data.lower()
    return [
        word
        for word in PLANTED
        if any(form in lower for form in _written(word))
        or any(form in data for form in _encoded(word))
    ]


def _found(text: str) -> list[str]:
    return _found_in(text.encode(errors="replace"))


def _on_disk(folder: Path) -> dict[str, list[str]]:
    """What is found in which file of the installation, its database among them."""
    files = filter(Path.is_file, folder.rglob("*"))
    found = {path.name: _found_in(path.read_bytes()) for path in files}
    return {name: words for name, words in found.items() if words}


def _logged(caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    for record in caplog.records:
        yield f"{record.getMessage()} {vars(record)}"


def _seal(folder: Path, rings: str) -> Seal:
    """The keys somebody has: of both *rings*, of people's alone, or of neither."""
    people: tuple[Master, ...] = (fresh_master("people"),)
    secret: tuple[Master, ...] = (fresh_master("denunciations"),)
    if rings in {"people", "both"}:
        people = masters(folder / "keys")
    if rings == "both":
        secret = masters(folder / "keys-denunciations")
    held: dict[Ring, tuple[Master, ...]] = {"people": people, "denunciations": secret}
    return Seal(SECRET.encode(), held)


TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": """
        SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'
    """,
}


async def _tables(url: str, folder: Path, rings: str) -> dict[str, str]:
    """Every row of every table as text, opened as far as these keys open it."""

    def read(tx: Tx) -> dict[str, str]:
        names = [row[0] for row in tx.rows(TABLES[engine])]
        return {name: "\n".join(_opened(tx, tx.rows(f"SELECT * FROM {name}"))) for name in names}  # noqa: S608 - names of our own tables

    store = await open_store(url, seal=_seal(folder, rings))
    engine = "sqlite" if url.startswith("sqlite") else "postgresql"
    try:
        return await store.read(read)
    finally:
        await store.close()


def _opened(tx: Tx, rows: list[tuple[object, ...]]) -> Iterator[str]:
    for value in (value for row in rows for value in row):
        if isinstance(value, bytes):
            yield value.decode(errors="replace")
        yield str(value)
        try:
            yield keys.show(tx, str(value))
        except SealBrokenError:
            yield "sealed"


async def _bytes(url: str, folder: Path, rings: str) -> bytes:
    """The bytes of the one file that was told along; empty when they can't be opened."""

    def find(tx: Tx) -> bytes:
        (digest,) = tx.rows("SELECT bytes_key FROM denunciation_files WHERE bytes_key <> ''")[0]
        try:
            held = keys.all_of(tx, keys.of_bytes(digest))
            with SealedFile(place(folder / "files", digest), held).open() as file:
                return file.read()
        except (SealBrokenError, BytesChangedError):
            return b""

    store = await open_store(url, seal=_seal(folder, rings))
    try:
        return await store.read(find)
    finally:
        await store.close()
