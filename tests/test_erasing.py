"""Who is erased is gone: nothing they sent can be read again, here or in a copy made before."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clerk import Clerk
from bot.content import load_content
from bot.dialogue import NotUnderstoodError
from bot.talk import SECRET, Rehearsal, dialogue
from handlers.desk.people import Duty
from handlers.effects import Invite
from handlers.events import Media
from handlers.rights import AskData, HoldCase, Mine
from storage import erasing, files, history, log, members, outbox, people, rights, tickets
from storage.blobs import Blobs
from storage.database import Tx
from tests.storage.opened_up import INDEXES, Text, readable, texts
from tests.storage.samples import case

CONTENT = load_content(Path(__file__).parents[1] / "content")
PLANTED = "gốc đa ông Trùm Thắm"
FOLDED = "goc da ong trum tham"
NAME, PHONE = "Huỳnh Thị Ngọc Ẩn", "0905 987 654"
SECRETS = (PLANTED, FOLDED, NAME, "Ngọc Ẩn", PHONE, "+84905987654")
DAY = timedelta(days=1)

# What a citizen does, and what officials do, in any order: what can't be done then is not.
CASE = (
    "/huy",
    "/gui",
    "[Việc khác]",
    "STORY",
    "[Xong]",
    "phường Hải Châu",
    "[Bỏ qua]",
    "[Gửi]",
)
STORIES = (
    "đèn đường hỏng đã hai tuần nay, trẻ đi học về tối rất khó đi.",
    "ống nước vỡ tràn ra đường, nhà nào cũng thiếu nước nấu cơm.",
    "quán mở nhạc suốt đêm, người già không ngủ được.",
    "rác chất ba hôm chưa thấy xe đến lấy, ruồi muỗi nhiều.",
    "cây nghiêng sau bão, sắp đổ vào mái nhà trẻ.",
)
CITIZENS: tuple[tuple[str, ...], ...] = (
    CASE,
    ("/gui", "[Việc khác]", f"Bản nháp về {PLANTED}"),
    ("/tracuu", f"tin lẻ về {PLANTED}"),
    ("/suadulieu", "[Sửa họ tên]", NAME, "[Đúng, sửa như vậy]"),
    ("/suadulieu", "[Sửa số điện thoại]", PHONE, "[Đúng, sửa như vậy]"),
    (f"(document {PLANTED.replace(' ', '-')}.pdf 1000)",),
    ("/nhantin", "[Chọn xã, phường]", "xã Duy Xuyên"),
    ("/dulieu", "[Lấy bản sao]", "[Gửi bản sao vào đây]"),
    ("/ngonngu", "[English]"),
    ("(blocks)",),
)
OFFICIALS: tuple[tuple[str, ...], ...] = (
    ("/hangdoi", "OPEN", "/nhan", "/nguoigui", "/nhatky OPEN"),
    ("/hangdoi", "OPEN", "/hoi", f"Đèn ở {PLANTED} là đèn nào?", "[Gửi câu hỏi]"),
    ("/tim đèn đường",),
    ("/hangdoi", "OPEN", f"/ghichu Đã xem chỗ {PLANTED}"),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("citizen"), st.sampled_from(CITIZENS)),
        st.tuples(st.just("official"), st.sampled_from(OFFICIALS)),
    ),
    max_size=7,
)
Steps = list[tuple[str, tuple[str, ...]]]


async def play(rehearsal: Rehearsal, steps: Steps) -> None:
    """Somebody agrees and sends a case; then whatever can be done of *steps* is."""
    duty = Duty(role="officer", unit="*")
    token = "moi-can-bo"
    invite = Invite(by=0, invitation=token, duty=duty, name="Lê An", hours=24)
    now, key = rehearsal.hour.now, SECRET.key(token)
    await rehearsal.store.run(lambda tx: members.invite(tx, invite, key, now))
    await rehearsal.person("official").do(f"/start {token}")
    citizen = rehearsal.person("citizen")
    for line in ("/start", "[☐ Nhận thông báo của địa phương]", "[Đồng ý xử lý để trả lời ý kiến]"):
        await citizen.do(line)
    for who, lines in (("citizen", CASE), *steps):
        for line in lines:
            with suppress(NotUnderstoodError):
                await say(rehearsal, who, line)


async def say(rehearsal: Rehearsal, who: str, line: str) -> None:
    """Do a line; an official opens the first case there is."""
    codes = await rehearsal.store.read(lambda tx: tx.rows("SELECT code FROM tickets"))
    first = codes[0][0] if codes else "PA-2222-222"
    story = f"Sau {PLANTED} {STORIES[len(codes) % len(STORIES)]}"
    line = line.replace("OPEN", first).replace("STORY", story)
    await rehearsal.person(who).do(line)


def close(tx: Tx) -> None:
    """No case is open any more."""
    tx.do("UPDATE tickets SET status = 'closed', open = 0")


def citizen_of(tx: Tx) -> people.Contact:
    """The chat of the citizen."""
    found = people.find(tx, "talk", "citizen")
    assert found is not None
    return found


async def erase(rehearsal: Rehearsal, *, limit: int = 1) -> int:
    """Erase the citizen, in the smallest slices; how many it took."""
    store, now = rehearsal.store, rehearsal.hour.now + DAY
    person = (await store.read(citizen_of)).person_id
    begin = partial(
        erasing.begin, person_id=person, why="DL-TEST", by=0, scope="everything", now=now
    )
    await store.run(begin)
    slices = 0
    while (await store.run(partial(erasing.advance, now=now, limit=limit))).more:
        slices += 1
    return slices


def told(found: tuple[Text, ...], *, but: tuple[str, ...] = ()) -> set[tuple[str, str]]:
    """The secrets that somebody can read, with the table they are in."""
    return {
        (table, secret)
        for table, text in found
        if table not in but
        for secret in SECRETS
        if secret in text
    }


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_nothing_planted_can_be_read_again(
    steps: Steps, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After whatever was done: not in the database, nor in a copy of before with today's keys."""
    folder = tmp_path_factory.mktemp("erased")
    asyncio.run(planted_and_erased(f"sqlite:///{folder}/erased.db", steps))


async def planted_and_erased(url: str, steps: Steps) -> None:
    """Play, copy, erase, and try to read."""
    async with dialogue(CONTENT, url) as rehearsal:
        store = rehearsal.store
        await play(rehearsal, steps)
        await store.run(close)
        before = await store.read(partial(texts, engine=store.engine))
        seen = await store.read(lambda tx: tuple(readable(tx, before)))
        assert told(seen), "nothing was planted"
        await erase(rehearsal)
        after = await store.read(partial(texts, engine=store.engine))
        now = await store.read(lambda tx: tuple(readable(tx, after)))
        assert told(now) == set()
        copied = await store.read(lambda tx: tuple(readable(tx, before)))
        assert told(copied, but=INDEXES) == set()
        assert (await store.read(history.verify_all)).broken == 0
        assert await store.read(log.verify) is None
        # Whoever writes from there is somebody new.
        citizen = rehearsal.person("citizen")
        citizen.answers()
        assert "Bên kiểm soát dữ liệu cá nhân" in "".join(await citizen.do("xin chào"))
        assert not (await store.read(citizen_mine)).cases


def citizen_mine(tx: Tx) -> Mine:
    """What is kept of the citizen."""
    return rights.mine(tx, citizen_of(tx).id)


async def test_the_same_on_each_engine(database_url: str) -> None:
    """All that can be done, erased, on SQLite and on PostgreSQL."""
    everything: Steps = [("citizen", lines) for lines in CITIZENS[:-1]]
    everything += [("official", lines) for lines in OFFICIALS]
    await planted_and_erased(database_url, everything)


async def test_what_is_on_its_way_is_not_sent(database_url: str) -> None:
    """A message that waits when its chat is erased goes nowhere, and stops nobody."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await play(rehearsal, [])
        store, now = rehearsal.store, rehearsal.hour.now
        await store.run(close)

        def queue(tx: Tx) -> int:
            chat = citizen_of(tx).id
            return outbox.add(tx, chat, "talk", '{"text":"đang gửi"}', now)

        number = await store.run(queue)
        await erase(rehearsal)
        due = await store.read(
            partial(outbox.due, channel="talk", now=now + DAY, after_id=0, limit=9)
        )
        result = outbox.Result(number, "sent", now)
        assert due == ()
        assert await store.run(partial(outbox.record, results=[result])) is False


async def test_a_held_case_and_an_open_one_keep_their_words(database_url: str) -> None:
    """Who sent them is gone; what the law or an official still needs is not."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await play(rehearsal, [("citizen", CASE), ("citizen", CASE)])
        store, now = rehearsal.store, rehearsal.hour.now
        codes = [
            row[0]
            for row in await store.read(lambda tx: tx.rows("SELECT code FROM tickets ORDER BY id"))
        ]
        await store.run(lambda tx: tx.do("UPDATE tickets SET open = 0 WHERE code <> ?", codes[2:]))
        hold = HoldCase(by=1, code=codes[1], held=True, reason="thanh tra")
        assert await store.run(partial(rights.hold, effect=hold, now=now))
        await erase(rehearsal)
        left = await store.read(
            lambda tx: [
                history.entries(tx, row[0])[0].words or ""
                for row in tx.rows("SELECT id FROM tickets ORDER BY id")
            ]
        )
        record = await store.read(lambda tx: list(erasing.records(tx, 1)))
    assert [PLANTED in words for words in left] == [False, True, True]
    assert '"cases": 1' in record[0][3]


async def test_a_case_put_on_hold_at_the_last_moment_keeps_its_words(database_url: str) -> None:
    """Whoever looked for what may go, and was then overtaken by a hold, takes nothing."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await play(rehearsal, [("citizen", CASE)])
        store, now = rehearsal.store, rehearsal.hour.now
        await store.run(close)
        (number, code) = await store.read(lambda tx: tx.rows("SELECT id, code FROM tickets")[0])
        hold = HoldCase(by=1, code=code, held=True, reason="thanh tra")
        await store.run(partial(rights.hold, effect=hold, now=now))
        counts: Counter[str] = Counter()
        await store.run(lambda tx: erasing.case(tx, number, counts, now))
        words = await store.read(lambda tx: history.entries(tx, number)[0].words or "")
    assert PLANTED in words
    assert not counts


async def test_two_at_once_erase_a_person_once(database_url: str) -> None:
    """A worker that lost its lease, or the command beside the bot, does not do it over again."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await play(rehearsal, [("citizen", CASE)] * 3)
        store, now = rehearsal.store, rehearsal.hour.now
        await store.run(close)
        person = (await store.read(citizen_of)).person_id
        begin = partial(
            erasing.begin, person_id=person, why="DL-TEST", by=0, scope="everything", now=now
        )
        await store.run(begin)
        step = partial(erasing.advance, now=now, limit=1)
        while any(
            done.more for done in await asyncio.gather(*(store.run(step, key=n) for n in range(6)))
        ):
            pass
        told_of = await store.read(lambda tx: tx.rows("SELECT seq FROM log WHERE kind = 'erased'"))
        record = await store.read(lambda tx: list(erasing.records(tx, 2)))
    assert len(told_of) == 1
    assert len(record) == 1
    assert '"cases": 4' in record[0][3]


async def test_an_erasing_goes_on_after_a_kill(database_url: str) -> None:
    """What is half erased stays on the list until nothing is left of it."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await play(rehearsal, [("citizen", CASE)] * 3)
        store, now = rehearsal.store, rehearsal.hour.now
        await store.run(close)
        person = (await store.read(citizen_of)).person_id
        begin = partial(
            erasing.begin, person_id=person, why="DL-TEST", by=0, scope="everything", now=now
        )
        first = await store.run(begin)
        await store.run(partial(erasing.advance, now=now, limit=1))
        await store.run(partial(erasing.advance, now=now, limit=1))
        assert await store.run(begin) == first
        while (await store.run(partial(erasing.advance, now=now, limit=1))).more:
            pass
        after = await store.read(partial(texts, engine=store.engine))
        now_read = await store.read(lambda tx: tuple(readable(tx, after)))
    assert told(now_read) == set()


async def test_granted_is_not_granted_to_what_came_since(database_url: str, tmp_path: Path) -> None:
    """Who may be erased at once and then sends a case is put before somebody to decide."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await play(rehearsal, [])
        store, now = rehearsal.store, rehearsal.hour.now
        asked = AskData(
            code="DL-2345-678", kind="erase", state="doing", due_on=now.date(), lang="vi"
        )
        chat = (await store.read(citizen_of)).id
        await store.run(partial(rights.ask, contact_id=chat, asked=asked, now=now))
        await Clerk(store, Blobs(tmp_path, store), lambda: CONTENT, lambda: None).work(now)
        state = await store.read(partial(rights.get, code="DL-2345-678"))
        unfinished = await store.read(erasing.unfinished)
    assert state is not None
    assert state.state == "open"
    assert unfinished is None


async def stored(rehearsal: Rehearsal, blobs: Blobs, who: str, key: str, body: bytes) -> str:
    """A file somebody uploaded; the digest of its bytes."""

    async def chunks() -> AsyncIterator[bytes]:
        yield body

    kept = await blobs.keep(chunks(), limit=1 << 20)
    media = Media(key=key, kind="document", name="a.txt", mime=kept.mime, size=kept.size)

    def remember(tx: Tx) -> None:
        contact = people.find(tx, "talk", who)
        assert contact is not None
        files.upload(tx, contact.id, media, kept.sha256, rehearsal.hour.now)

    await rehearsal.store.run(remember)
    return kept.sha256


async def test_files_go_unless_somebody_else_has_them(database_url: str, tmp_path: Path) -> None:
    """Bytes that were theirs alone can't be opened and leave the disk; shared ones stay."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await play(rehearsal, [])
        await rehearsal.person("neighbour").do("/start")
        store, now = rehearsal.store, rehearsal.hour.now
        blobs = Blobs(tmp_path / "files", store)
        own = await stored(rehearsal, blobs, "citizen", "talk:own", PLANTED.encode())
        loose = await stored(rehearsal, blobs, "citizen", "talk:loose", NAME.encode())
        shared = await stored(rehearsal, blobs, "citizen", "talk:mine", "Công văn 12".encode())
        await stored(rehearsal, blobs, "neighbour", "talk:theirs", "Công văn 12".encode())
        sent = (Media(key="talk:own", kind="document"), Media(key="talk:mine", kind="document"))
        await store.run(lambda tx: files.link(tx, 1, sent))
        await store.run(close)
        person = (await store.read(citizen_of)).person_id
        begin = partial(
            erasing.begin, person_id=person, why="DL-TEST", by=0, scope="everything", now=now
        )
        await store.run(begin)
        gone, more = set[str](), True
        while more:
            more, digests = await store.run(partial(erasing.advance, now=now + DAY))
            gone |= set(digests)
        here = [await store.read(partial(blobs.sealed, sha256=one)) for one in (own, loose, shared)]
    assert gone == {own, loose}
    assert [file.here() for file in here] == [False, False, True]


async def test_a_person_with_many_cases(database_url: str) -> None:
    """Hundreds of cases go in slices, of which none holds up the others for long."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await play(rehearsal, [])
        store = rehearsal.store

        def send(tx: Tx) -> None:
            chat = citizen_of(tx).id
            for number in range(200):
                effect = case(f"PA-{number:07}", about=PLANTED)
                tickets.open(tx, chat, effect, rehearsal.hour.now, b"secret")

        await store.run(send)
        await store.run(close)
        slices = await erase(rehearsal, limit=25)
        left = await store.read(lambda tx: tx.rows("SELECT 1 FROM tickets WHERE erased = 0"))
        assert left == []
        assert (await store.read(history.verify_all)).broken == 0
    assert 201 / 25 < slices < 20


async def test_backups_are_closed_by_destroyed_master_keys(database_url: str) -> None:
    """The record says from when on no backup can be opened; what is under way is not said so of."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await play(rehearsal, [])
        store, now = rehearsal.store, rehearsal.hour.now
        await store.run(close)
        person = (await store.read(citizen_of)).person_id
        begin = partial(
            erasing.begin, person_id=person, why="DL-TEST", by=0, scope="everything", now=now
        )
        await store.run(begin)
        assert await store.run(partial(erasing.closed, now=now + 9 * DAY)) == 0
        await erase(rehearsal)
        assert await store.run(partial(erasing.closed, now=now)) == 0
        assert await store.run(partial(erasing.closed, now=now + 9 * DAY)) == 1
        assert await store.run(partial(erasing.closed, now=now + 10 * DAY)) == 0
