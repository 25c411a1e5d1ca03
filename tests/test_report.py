"""The report of an announcement: a spreadsheet that says nothing of anybody."""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from starlette.requests import Request

from bot.channels import Outgoing
from bot.channels.web.given import Given
from bot.content import load_content
from bot.opening import opener
from bot.report import FEWEST, MIME, draw, make_report
from handlers.announcing import Announcement, Audience, Tally, Wording
from handlers.desk.people import Duty
from handlers.effects import Announce, Follow, MoveAnnouncement
from handlers.events import Media
from handlers.messages import Say
from storage import announcements, deliveries, files, follows, open_store, people
from storage.blobs import Blobs
from storage.database import Store, Tx
from storage.reports import Followed, Gathered, due, gather
from tests.fakes.telegram import FakeTelegram
from tests.sealing import SEAL
from tests.storage.desks import member
from tests.storage.samples import DAY, NOW
from tests.telegram.listening import FILE_WORDS, channel_of

CODE = "TB-7K3Q-M2X"
CONTENT = load_content(Path("content"))
TOPIC = next(iter(CONTENT.topics))
COMMUNE = CONTENT.territory.communes[0]
EVIL = '=HYPERLINK("https://evil.example","x")'


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


def told(tx: Tx, *, citizens: int, both: int) -> None:
    """An announcement that reached so many citizens; *both* of them follow a commune, too."""
    author = member(tx, "tác giả", Duty(role="officer"), name="Nguyễn Văn An")
    releaser = member(tx, "người duyệt", Duty(role="leader"), name="Trần Thị Bình")
    wording = Wording(text=EVIL, link="https://example.gov.vn")
    effect = Announce(
        by=author, code=CODE, unit="*", urgent=False, wording=wording, audience=Audience()
    )
    number = announcements.announce(tx, effect, NOW)
    for n in range(citizens):
        contact = people.contact(tx, "web", f"ẩn-danh-{n}", NOW)
        person = tx.rows("SELECT person_id FROM contacts WHERE id = ?", (contact.id,))[0][0]
        row = (number, person, contact.id, "web", "sent", 1)
        tx.do(
            "INSERT INTO deliveries (announcement_id, person_id, contact_id, channel, state,"
            " version) VALUES (?, ?, ?, ?, ?, ?)",
            row,
        )
        follows.follow(tx, contact.id, Follow(kind="topic", name=TOPIC, wanted=True))
        if n < both:
            follows.follow(tx, contact.id, Follow(kind="commune", name=COMMUNE.id, wanted=True))
    tx.do(
        "INSERT INTO delivery_counts (announcement_id, channel, state, count)"
        " VALUES (?, 'web', 'sent', ?)",
        (number, citizens),
    )
    for hours, action in enumerate(("release", "begin", "finish"), 1):
        move = MoveAnnouncement(by=releaser, code=CODE, action=action)  # type: ignore[arg-type] # literals
        assert announcements.move(tx, move, NOW + timedelta(hours=hours))


def parts(book: bytes) -> dict[str, str]:
    """The parts of a spreadsheet by name."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def rows(book: bytes, sheet: int) -> list[list[str]]:
    """What is read in the cells of a sheet, row by row."""
    found = parts(book)
    shared = [
        unescape("".join(re.findall(r"<t[^>]*>([^<]*)</t>", item)))
        for item in re.findall(r"<si>(.*?)</si>", found["xl/sharedStrings.xml"], re.DOTALL)
    ]
    read = []
    for row in re.findall(r"<row .*?</row>", found[f"xl/worksheets/sheet{sheet}.xml"], re.DOTALL):
        cells = re.findall(r'<c r="\w+"(?: s="\d+")?( t="s")?><v>([^<]*)</v></c>', row)
        read.append([shared[int(value)] if text else value for text, value in cells])
    return read


async def reported(store: Store, blobs: Blobs) -> tuple[Media, bytes]:
    """The report as it is kept."""
    await make_report(store, blobs, CONTENT, CODE)
    found = await store.read(lambda tx: announcements.get(tx, CODE))
    assert found is not None
    assert found.report is not None
    stored = await opener(store, blobs)(found.report.key)
    assert stored is not None
    with stored.source.open("rb") as file:
        return found.report, file.read()


async def test_it_says_what_was_said_and_what_came_of_it(store: Store, blobs: Blobs) -> None:
    """Facts, counts by channel and state, and counts by place and topic, each on its sheet."""
    await store.run(lambda tx: told(tx, citizens=FEWEST + 1, both=FEWEST))
    report, book = await reported(store, blobs)
    facts = {row[0]: row[1] for row in rows(book, 1)}
    assert (report.name, report.mime) == (f"{CODE}.xlsx", MIME)
    assert facts["Mã thông báo"] == CODE
    assert facts["Nội dung"] == EVIL
    assert facts["Người soạn"] == "Nguyễn Văn An"
    assert facts["Người duyệt"] == "Trần Thị Bình"
    assert facts["Trạng thái"] == CONTENT.say("vi", "announcement_state.done")
    counts = rows(book, 2)
    assert counts[0][:2] == ["Kênh", "Đã gửi"]
    assert counts[1] == ["Web", "6", "0", "0", "0", "0", "0", "0", "6"]
    assert counts[-1][-1] == "6"
    assert ["Xã, phường, đặc khu", COMMUNE.name, "5"] in rows(book, 3)
    assert ["Lĩnh vực", CONTENT.topic_button(TOPIC), "6"] in rows(book, 3)


async def test_few_people_are_not_counted(store: Store, blobs: Blobs) -> None:
    """Of fewer than five, only that is said; and nobody is named or addressed anywhere."""
    await store.run(lambda tx: told(tx, citizens=FEWEST, both=FEWEST - 1))
    _, book = await reported(store, blobs)
    assert ["Xã, phường, đặc khu", COMMUNE.name, "<5"] in rows(book, 3)
    assert not any("ẩn-danh" in part for part in parts(book).values())


async def test_no_text_is_a_formula(store: Store, blobs: Blobs) -> None:
    """Whatever a text begins with, a cell shows it and computes nothing."""
    await store.run(lambda tx: told(tx, citizens=1, both=0))
    found = await store.read(lambda tx: gather(tx, CODE))
    assert found is not None
    for text in (EVIL, "+1+1", "-1", "@SUM(A1)", "{=1}", "https://evil.example", "\t=1", "\x01=1"):
        wording = Wording(text=text)
        changed = found.announcement.model_copy(update={"wording": wording, "reason": text})
        book = draw(found._replace(announcement=changed, author=text), CONTENT)
        sheets = "".join(part for name, part in parts(book).items() if "sheet" in name)
        assert "<f>" not in sheets
        assert "hyperlink" not in sheets.lower()
        if text.isprintable():
            assert ["Nội dung", text] in rows(book, 1)


def test_a_huge_text_is_cut_and_not_lost() -> None:
    """A text longer than a cell is shown as far as it goes; of staff there is no third sheet."""
    announcement = Announcement(
        code=CODE,
        unit="*",
        author=1,
        state="done",
        wording=Wording(text="á" * 40_000),
        audience=Audience(whom="staff"),
        created_at=NOW,
        tallies=(Tally(channel="", counts={"unreachable": 3}),),
    )
    followed = (Followed("topic", "không còn", 7),)
    book = draw(Gathered(announcement, "An", "", followed), CONTENT)
    assert ["Nội dung", "á" * 32_000] in rows(book, 1)
    assert rows(book, 2)[1][0] == "Không có kênh nào"
    assert "xl/worksheets/sheet3.xml" not in parts(book)


def test_nobodys_number_is_in_the_file() -> None:
    """A telephone number or an account in what was said is hidden; the rest of it is not."""
    text = "Ông A, 0905 123 456, STK 0041000312345, nhận 5.000.000 đ ngày 12/11/2026"
    announcement = Announcement(
        code=CODE,
        unit="*",
        author=1,
        state="done",
        wording=Wording(text=text),
        audience=Audience(whom="staff"),
        created_at=NOW,
        tallies=(),
    )
    book = draw(Gathered(announcement, "An", "", ()), CONTENT)
    ((shown,),) = ([row[1] for row in rows(book, 1) if row[0] == "Nội dung"],)
    assert shown.startswith("Ông A, •")
    assert shown.endswith("nhận 5.000.000 đ ngày 12/11/2026")
    assert "0905" not in "".join(parts(book).values())


async def test_made_again_it_takes_the_place_of_the_first(store: Store, blobs: Blobs) -> None:
    """A report after a later step is another file, and the card gives the latest."""
    await store.run(lambda tx: told(tx, citizens=1, both=0))
    first, _ = await reported(store, blobs)
    same, _ = await reported(store, blobs)
    move = MoveAnnouncement(by=2, code=CODE, action="withdraw", reason="Nhầm")
    await store.run(lambda tx: announcements.move(tx, move, NOW + DAY))
    second, book = await reported(store, blobs)
    assert (first.key, first.key != second.key) == (same.key, True)
    assert ["Lý do", "Nhầm"] in rows(book, 1)


async def test_each_end_is_reported_once(store: Store, blobs: Blobs) -> None:
    """What ended is due until it is reported, and again once something more has ended it."""
    await store.run(lambda tx: told(tx, citizens=1, both=0))
    assert await store.read(due) == (CODE,)
    await make_report(store, blobs, CONTENT, CODE)
    assert await store.read(due) == ()
    move = MoveAnnouncement(by=2, code=CODE, action="withdraw", reason="Nhầm")
    await store.run(lambda tx: announcements.move(tx, move, NOW + DAY))
    assert await store.read(due) == ()
    await store.run(lambda tx: deliveries.rest(tx, 1))
    assert await store.read(due) == (CODE,)


async def test_nothing_to_report(store: Store, blobs: Blobs) -> None:
    """An unknown code leaves nothing behind."""
    await make_report(store, blobs, CONTENT, CODE)
    assert await store.read(lambda tx: files.get(tx, f"report:{CODE}:4")) is None


async def test_it_goes_out_on_both_channels(store: Store, blobs: Blobs) -> None:
    """Telegram sends it as a document, the web chat gives it to be saved, under its name."""
    await store.run(lambda tx: told(tx, citizens=1, both=0))
    report, book = await reported(store, blobs)
    say = Say(text="Báo cáo", files=(report,))
    open_file = opener(store, blobs)
    stored = await open_file(report.key)
    assert stored is not None
    async with (
        FakeTelegram() as fake,
        channel_of(fake, stored={report.key: stored}) as channel,
    ):
        lan = fake.person(70001)
        await lan.starts()
        await channel.send(Outgoing(1, str(lan.id), say))
        document = (await lan.reads()).raw["document"]
    assert document["file_name"] == f"{CODE}.xlsx"
    given = Given(open_file, lambda text: "0" * 64, FILE_WORDS)
    message = await given.told("a", 1, NOW, say)
    (link,) = message.files
    request = Request({"type": "http", "method": "GET", "headers": []})
    answer = await given.follow(request, "a", "0" * 64, report.key)
    assert (link.name, link.size) == (f"{CODE}.xlsx", len(book))
    assert answer.headers["content-disposition"] == f'attachment; filename="{CODE}.xlsx"'
    assert answer.media_type == MIME


async def test_files_of_an_announcement_are_kept(store: Store) -> None:
    """A file that an announcement or its report names is not tidied away with the loose ones."""

    def write(tx: Tx) -> None:
        author = member(tx, "tác giả", Duty(role="officer"))
        contact = people.contact(tx, "web", "tác giả", NOW).id
        media = [Media(key=f"web:{n}", kind="photo", mime="image/png", size=1) for n in range(3)]
        for file in media:
            files.upload(tx, contact, file, "0" * 64, NOW)
        effect = Announce(
            by=author,
            code=CODE,
            unit="*",
            urgent=False,
            wording=Wording(text="a", media=(media[0],)),
            audience=Audience(),
        )
        announcements.announce(tx, effect, NOW)
        corrected = Wording(text="b", media=(media[1],))
        for action, wording in (("release", None), ("begin", None), ("correct", corrected)):
            move = MoveAnnouncement(by=2, code=CODE, action=action, wording=wording)  # type: ignore[arg-type] # literals
            assert announcements.move(tx, move, NOW)

    await store.run(write)
    later = NOW + 40 * DAY
    loose = await store.read(lambda tx: files.loose(tx, later, 10))
    assert [file.key for file in loose] == ["web:2"]
    keys = ["web:0", "web:1", "web:2"]
    await store.run(lambda tx: files.forget(tx, keys, later))
    left = await store.read(lambda tx: [files.get(tx, key) is not None for key in keys])
    assert left == [True, True, False]
