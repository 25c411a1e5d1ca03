"""Petitions on their way: asked for, made beside the conversation, brought once, then forgotten."""

import asyncio
import logging
import os
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.channels import Outgoing
from bot.channels.web.given import Given
from bot.housekeeping import Housekeeper
from bot.opening import opener
from bot.petition.apart import Drawn, draw
from bot.petition.maker import ATTEMPTS, Maker
from bot.talk import Rehearsal
from handlers.events import Media
from handlers.messages import Say
from handlers.petition import Form, Petition
from storage import files, keys, open_store, people, petitions, timers
from storage.blobs import Blobs
from storage.database import Store, Tx
from tests.fakes.telegram import FakeTelegram
from tests.petition.papers import CONTENT, FORM, FULL, ID_NUMBER, pdf_text
from tests.sealing import SEAL
from tests.storage.samples import DAY, NOW
from tests.telegram.listening import FILE_WORDS, channel_of

LATER = NOW + timedelta(hours=2)
WALK = (
    *(
        "/start",
        f"[{CONTENT.say('vi', 'choice.agree')}]",
        "/khieunai",
        "14/10/2026",
        "[UBND thành phố]",
    ),
    *("[Soạn đơn để in và ký]", "Nguyễn Thị Hậu", "Thôn 2, xã Trà Mẫu", "[Để trống]"),
    *("Quyết định 123/QĐ-UBND", "Đo thiếu 140 m² đất trồng keo.", "[Xong]", "Đo lại."),
    *("[Để trống]", "[Soạn đơn]"),
)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty store, on each engine in turn."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


@pytest.fixture
def blobs(tmp_path: Path, store: Store) -> Blobs:
    """No file yet."""
    return Blobs(tmp_path / "files", store)


@pytest.fixture
def making(store: Store, blobs: Blobs) -> Maker:
    """Whoever makes petitions."""
    return Maker(store, blobs, lambda: CONTENT, lambda: None)


def ask(tx: Tx) -> int:
    """A citizen asks for a petition; their contact."""
    contact = people.contact(tx, "web", "a", NOW).id
    petitions.ask(tx, contact, FULL, NOW)
    return contact


def everything(tx: Tx, engine: str) -> str:
    """Every cell of every table, opened with its key."""
    named = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        if engine == "sqlite"
        else "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    tables = [table for (table,) in tx.rows(named) if not table.startswith("ticket_words_")]
    rows = [row for table in tables for row in tx.rows(f'SELECT * FROM "{table}"')]  # noqa: S608 - our own tables
    assert len(tables) > 20
    return "\n".join(_opened(tx, str(cell)) for row in rows for cell in row)


def _opened(tx: Tx, cell: str) -> str:
    return keys.show(tx, cell) if cell.startswith(keys.MARK) else cell


async def asked_for(store: Store, number: str) -> Rehearsal:
    """A citizen walks up to the last question and answers it."""
    rehearsal = Rehearsal(CONTENT, store, datetime.now(UTC))
    person = rehearsal.person("1")
    for line in WALK:
        await person.do(line)
    (said,) = await person.do(number)
    assert "3 số cuối 123" in said
    assert ID_NUMBER not in said
    return rehearsal


async def known(store: Store) -> list[str]:
    """The keys of all files there are."""
    rows = await store.read(lambda tx: tx.rows("SELECT key FROM files ORDER BY key DESC"))
    return [key for (key,) in rows]


async def body_of(store: Store, blobs: Blobs, key: str) -> bytes:
    """The bytes of a file."""
    stored = await opener(store, blobs)(key)
    assert stored is not None
    with stored.source.open("rb") as file:
        return file.read()


async def test_it_is_made_and_brought_once(store: Store, making: Maker, blobs: Blobs) -> None:
    """Both files come with the next tick of the clock, say what was told, and come no more."""
    rehearsal = await asked_for(store, "0491 6500 0123")
    await making.work(rehearsal.hour.now)
    told = await rehearsal.person("1").do("(wait 1 minute)")
    assert "(files: don-khieu-nai.pdf, don-khieu-nai.docx)" in told[0]
    read = pdf_text(await body_of(store, blobs, (await known(store))[0]))
    for words in (ID_NUMBER, "Nguyễn Thị Hậu", "Đo thiếu 140 m² đất trồng keo.", "14/10/2026"):
        assert words in read
    await making.work(rehearsal.hour.now)
    assert await rehearsal.person("1").do("(wait 1 day)") == ()
    assert await store.read(lambda tx: tx.rows("SELECT id FROM petitions")) == []


async def test_the_id_number_stays_nowhere(
    store: Store, making: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    """Sealed in one row until it is printed; then in no table, with all keys, and in no log."""
    caplog.set_level(logging.DEBUG)
    rehearsal = await asked_for(store, ID_NUMBER)
    look = partial(everything, engine=store.engine)
    assert (await store.read(look)).count(ID_NUMBER) == 1
    state = await store.read(lambda tx: tx.rows("SELECT state FROM sessions"))
    opened = await store.read(lambda tx: keys.show(tx, state[0][0]))
    assert "Nguyễn Thị Hậu" in opened
    assert ID_NUMBER not in opened
    await making.work(rehearsal.hour.now)
    assert ID_NUMBER not in await store.read(look)
    await rehearsal.person("1").do("(wait 1 minute)")
    assert ID_NUMBER not in re.sub(r"\W", "", await store.read(look))
    assert ID_NUMBER not in caplog.text
    assert ID_NUMBER not in repr(FULL)


async def test_a_number_that_is_none_is_kept_nowhere(store: Store) -> None:
    """Too few digits, two numbers, words, a photo of the card: refused, not repeated, not held."""
    rehearsal = Rehearsal(CONTENT, store, datetime.now(UTC))
    person = rehearsal.person("1")
    for line in WALK:
        await person.do(line)
    for wrong in ("04916500012", f"{ID_NUMBER}4", "049165000124 049165000125", "không có"):
        (said,) = await person.do(wrong)
        assert "Chưa đúng 12 số" in said
        assert wrong not in said
    (said,) = await person.do("(photo can-cuoc.jpg)")
    assert "Không nhận ảnh căn cước" in said
    assert await known(store) == []
    kept = await store.read(partial(everything, engine=store.engine))
    assert "0491650001" not in kept


async def test_a_kill_between_asking_and_making_loses_nothing(
    store: Store, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while drawing, or before the files are named: made again, the same, told once."""
    rehearsal = await asked_for(store, ID_NUMBER)
    first = Maker(store, blobs, lambda: CONTENT, lambda: None)
    with monkeypatch.context() as killed:

        def kill(*_: object, **__: object) -> bool:
            raise asyncio.CancelledError

        killed.setattr(petitions, "made", kill)
        with pytest.raises(asyncio.CancelledError):
            await first.work(rehearsal.hour.now)
    assert await known(store) == []
    again = Maker(store, blobs, lambda: CONTENT, lambda: None)
    await again.work(rehearsal.hour.now)
    (told,) = await rehearsal.person("1").do("(wait 1 minute)")
    assert "don-khieu-nai.pdf" in told


async def test_a_second_one_takes_the_place_of_the_first(store: Store, blobs: Blobs) -> None:
    """Asked for while the first is drawn, only what was said last is brought."""
    contact = await store.run(ask)
    names = ["Trần Văn Bảy"]

    async def meanwhile(petition: Petition, form: Form) -> Drawn:
        drawn = await draw(petition, form)
        if names:
            second = FULL.model_copy(update={"name": names.pop()})
            await store.run(lambda tx: petitions.ask(tx, contact, second, NOW))
        return drawn

    await Maker(store, blobs, lambda: CONTENT, lambda: None, meanwhile).work(LATER)
    made = await store.read(lambda tx: petitions.of_contact(tx, contact))
    assert made is not None
    bodies = [await body_of(store, blobs, file.key) for file in made.files]
    assert "Trần Văn Bảy" in pdf_text(bodies[0])


async def test_what_cannot_be_made_is_told(
    store: Store, blobs: Blobs, caplog: pytest.LogCaptureFixture
) -> None:
    """After a few tries the citizen hears it, with a telephone number; no error quotes them."""
    rehearsal = await asked_for(store, ID_NUMBER)

    async def broken(petition: Petition, _form: Form) -> Drawn:
        raise ValueError(str(petition))

    making = Maker(store, blobs, lambda: CONTENT, lambda: None, broken)
    now = rehearsal.hour.now
    for _ in range(ATTEMPTS):
        await making.work(now)
        now += DAY
    (told,) = await rehearsal.person("1").do("(wait 9 days)")
    assert "Chưa soạn được đơn" in told
    assert "Nguyễn Thị Hậu" not in caplog.text
    assert await store.read(lambda tx: tx.rows("SELECT id FROM petitions")) == []


async def test_nobody_is_left_to_be_told(store: Store, making: Maker) -> None:
    """Whose keys were destroyed meanwhile gets nothing made."""
    contact = await store.run(ask)
    await store.run(lambda tx: keys.destroy(tx, f"contact:{contact}"))
    await making.work(LATER)
    assert await known(store) == []
    assert await store.read(lambda tx: tx.rows("SELECT id FROM petitions")) == []
    assert await store.read(timers.next_due) is None


async def test_the_files_are_forgotten_after_a_week(
    store: Store, blobs: Blobs, making: Maker
) -> None:
    """As long as the citizen is told they stay; then their bytes go too, others' files do not."""
    contact = await store.run(ask)
    await making.work(NOW)
    other = Media(key="web:1", kind="document", mime="application/pdf", size=1)
    await store.run(lambda tx: files.upload(tx, contact, other, "0" * 64, NOW))
    paths = [
        blobs.path(digest)
        for (digest,) in await store.read(
            lambda tx: tx.rows("SELECT sha256 FROM files WHERE key LIKE 'petition:%'")
        )
    ]
    for path in paths:
        then = time.time() - 86400
        os.utime(path, (then, then))
    stay = timedelta(days=FORM.keep_days)
    keeper = Housekeeper(store, blobs, stay)
    await keeper.tidy(NOW + stay)
    assert len(await known(store)) == 3
    await keeper.tidy(NOW + stay + DAY)
    assert await known(store) == ["web:1"]
    assert [path.exists() for path in paths] == [False, False]


async def test_it_goes_out_on_both_channels(store: Store, blobs: Blobs, making: Maker) -> None:
    """Telegram sends a document, the web chat gives a link to save, under names that say no one."""
    contact = await store.run(ask)
    await making.work(LATER)
    made = await store.read(lambda tx: petitions.of_contact(tx, contact))
    assert made is not None
    say, open_file = Say(text="Đơn", files=made.files), opener(store, blobs)
    shelf = {}
    for file in made.files:
        stored = await open_file(file.key)
        assert stored is not None
        shelf[file.key] = stored
    async with FakeTelegram() as fake, channel_of(fake, stored=shelf) as channel:
        lan = fake.person(70001)
        await lan.starts()
        await channel.send(Outgoing(1, str(lan.id), say))
        documents = [(await lan.reads()).raw["document"]["file_name"] for _ in made.files]
    given = Given(open_file, lambda text: "0" * 64, FILE_WORDS)
    links = (await given.told("a", 1, NOW, say)).files
    assert documents == [link.name for link in links]
    assert documents == ["don-khieu-nai.pdf", "don-khieu-nai.docx"]


async def test_it_is_made_when_a_turn_asks(store: Store, blobs: Blobs) -> None:
    """Nudged, it begins at once; the clock hears that somebody is to be told."""
    told = asyncio.Event()
    making = Maker(store, blobs, lambda: CONTENT, told.set)
    running = asyncio.create_task(making.run())
    await store.run(ask)
    making.nudge()
    async with asyncio.timeout(10):
        await told.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await store.read(timers.next_due) is not None
