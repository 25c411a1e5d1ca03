"""The clerk: copies are made and let go of; what is soon due or late is called to mind."""

import json
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.clerk import COPIES, Clerk
from bot.content import load_content
from bot.talk import SECRET, Rehearsal, dialogue
from handlers.desk.people import Duty
from handlers.effects import Invite
from handlers.rights import MoveRequest
from storage import files, log, members, people, rights
from storage.blobs import Blobs
from storage.database import Tx
from tests.test_erasing import CASE, PLANTED, citizen_mine, citizen_of, play

CONTENT = load_content(Path(__file__).parents[1] / "content")
MARKUP = "Biển ghi <script>alert(1)</script> và <b>cấm</b>"
DAY = timedelta(days=1)


@pytest.fixture
async def rehearsal(database_url: str) -> AsyncIterator[Rehearsal]:
    """A province in which a citizen has sent a case."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await play(rehearsal, [])
        yield rehearsal


def clerk(rehearsal: Rehearsal, folder: Path) -> Clerk:
    """The clerk of a rehearsal."""
    blobs = Blobs(folder, rehearsal.store)
    return Clerk(rehearsal.store, blobs, lambda: CONTENT, lambda: None)


def aged(folder: Path) -> int:
    """How many files of people are on the disk, which came long ago from now on."""
    found = [path for path in folder.glob("??/??/*") if path.is_file()]
    for path in found:
        os.utime(path, (0, 0))
    return len(found)


async def asked(rehearsal: Rehearsal, *lines: str) -> str:
    """What the citizen asks for in these lines: the code of the request."""
    for line in lines:
        await rehearsal.person("citizen").do(line)
    mine = await rehearsal.store.read(citizen_mine)
    code: str = mine.requests[0].code
    return code


async def given(rehearsal: Rehearsal, folder: Path, code: str) -> list[str]:
    """The texts of the files of a copy."""
    store, blobs = rehearsal.store, Blobs(folder, rehearsal.store)
    mine = await store.read(citizen_mine)
    request = next(each for each in mine.requests if each.code == code)

    def read(tx: Tx, key: str) -> str:
        known = files.get(tx, key)
        assert known is not None
        with blobs.sealed(tx, known.sha256).open() as file:
            return file.read().decode()

    return [await store.read(partial(read, key=media.key)) for media in request.files]


async def test_a_copy_has_all_that_is_theirs(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """Words, consents with the very text that was read, requests; for people and for machines."""
    citizen = rehearsal.person("citizen")
    for line in ("/suadulieu", "[Sửa họ tên]", "Huỳnh Thị Ẩn", "[Đúng, sửa như vậy]"):
        await citizen.do(line)
    code = await asked(rehearsal, "/dulieu", "[Lấy bản sao]", "[Gửi bản sao vào đây]")
    await clerk(rehearsal, tmp_path).work(rehearsal.hour.now)
    answers = "".join(await citizen.do("(wait 1 second)"))
    assert f"(files: {CONTENT.say('vi', 'copy.text_name')}" in answers
    text, data = await given(rehearsal, tmp_path, code)
    for part in (
        PLANTED,
        "Huỳnh Thị Ẩn",
        "Bên kiểm soát dữ liệu cá nhân",
        "☑ Nhận thông báo",
        code,
    ):
        assert part in text
    kept = json.loads(data)
    assert kept["name"] == "Huỳnh Thị Ẩn"
    assert [one["purpose"] for one in kept["consents"]] == ["handling", "announcements"]
    assert all("Mục đích" in one["words"] for one in kept["consents"])
    assert "Lê An" not in text + data


async def test_words_that_look_like_markup_are_in_it(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """Whatever somebody wrote comes back to them, and no program could act upon it."""
    lines = [line.replace("STORY", MARKUP) for line in CASE]
    for line in lines:
        await rehearsal.person("citizen").do(line)
    code = await asked(rehearsal, "/dulieu", "[Lấy bản sao]", "[Gửi bản sao vào đây]")
    await clerk(rehearsal, tmp_path).work(rehearsal.hour.now)
    text, data = await given(rehearsal, tmp_path, code)
    assert MARKUP in text.replace("\u2060", "")
    assert "<script" not in text + data
    assert MARKUP in str(json.loads(data))


async def test_a_copy_is_let_go_of_after_some_days(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """The file is gone from here; the request says that it was done."""
    code = await asked(rehearsal, "/dulieu", "[Lấy bản sao]", "[Gửi bản sao vào đây]")
    at_work = clerk(rehearsal, tmp_path)
    await at_work.work(rehearsal.hour.now)
    await at_work.forget(rehearsal.hour.now + COPIES - DAY)
    assert len(await given(rehearsal, tmp_path, code)) == 2
    aged(tmp_path)
    await at_work.forget(rehearsal.hour.now + COPIES + DAY)
    mine = await rehearsal.store.read(citizen_mine)
    assert (mine.requests[0].state, mine.requests[0].files) == ("done", ())
    assert aged(tmp_path) == 0


async def test_what_is_due_is_called_to_mind_once(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """Three days before the day, and when it has passed; each once; an administrator if nobody."""
    store, token = rehearsal.store, "moi-quan-tri"
    invite = Invite(by=0, invitation=token, duty=Duty(role="administrator"), name="Lê", hours=24)
    now, key = rehearsal.hour.now, SECRET.key(token)
    await store.run(lambda tx: members.invite(tx, invite, key, now))
    office = rehearsal.person("office")
    await office.do(f"/start {token}")
    code = await asked(rehearsal, "/xoadulieu", "[Yêu cầu xóa dữ liệu]")
    assert code in "".join(office.answers())
    heard = []
    for days in (16, 1, 1, 2, 1, 1):
        await office.do(f"(wait {days} days)")
        await clerk(rehearsal, tmp_path).work(rehearsal.hour.now)
        heard.append("".join(await office.do("(wait 1 second)")).count(code))
    assert heard == [0, 1, 0, 0, 1, 0]


async def test_nobody_moves_the_request_of_another(rehearsal: Rehearsal) -> None:
    """Whatever code a person names, only their own request is taken back."""
    code = await asked(rehearsal, "/xoadulieu", "[Yêu cầu xóa dữ liệu]")
    await rehearsal.person("stranger").do("/start")
    store, now = rehearsal.store, rehearsal.hour.now
    effect = MoveRequest(code=code, action="cancel")

    def attempt(tx: Tx, who: str) -> bool:
        found = people.find(tx, "talk", who)
        assert found is not None
        return rights.move_request(tx, found.id, effect, now)

    assert await store.run(partial(attempt, who="stranger")) is False
    assert await store.run(partial(attempt, who="citizen")) is True
    assert await store.run(partial(attempt, who="citizen")) is False


async def test_a_request_changed_meanwhile_is_not_decided(rehearsal: Rehearsal) -> None:
    """Who looked before somebody else did something decides nothing; one extension is all."""
    code = await asked(rehearsal, "/xoadulieu", "[Yêu cầu xóa dữ liệu]")
    store, now = rehearsal.store, rehearsal.hour.now
    chat = (await store.read(citizen_of)).id
    extend = MoveRequest(code=code, action="extend", by=1, reason="Đối chiếu hồ sơ", seen=1)
    moved = partial(rights.move_request, contact_id=chat, now=now)
    assert await store.run(partial(moved, effect=extend)) is True
    assert await store.run(partial(moved, effect=extend)) is False
    again = extend.model_copy(update={"seen": 0})
    assert await store.run(partial(moved, effect=again)) is False
    refuse = extend.model_copy(update={"action": "refuse", "seen": 2})
    assert await store.run(partial(moved, effect=refuse)) is True
    entries = await store.read(lambda tx: log.entries(tx, limit=9, subject=f"request:{code}"))
    assert [entry.kind for entry in entries] == ["data_refused", "data_extended", "data_asked"]
    assert all(entry.words is None for entry in entries)


async def test_the_log_tells_of_what_was_erased(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """An administrator reads that somebody was erased, by which request; never who."""
    store, token, now = rehearsal.store, "moi-quan-tri", rehearsal.hour.now
    duty = Duty(role="administrator")
    invite = Invite(by=0, invitation=token, duty=duty, name="Lê", hours=24)
    await store.run(lambda tx: members.invite(tx, invite, SECRET.key(token), now))
    office, passer_by = rehearsal.person("office"), rehearsal.person("passer-by")
    await office.do(f"/start {token}")
    for line in ("/start", "[Đồng ý xử lý để trả lời ý kiến]"):
        await passer_by.do(line)
    for line in ("/suadulieu", "[Sửa họ tên]", "Huỳnh Thị Ẩn", "[Đúng, sửa như vậy]"):
        await passer_by.do(line)
    for line in ("/xoadulieu", "[Yêu cầu xóa dữ liệu]"):
        await passer_by.do(line)
    await clerk(rehearsal, tmp_path).work(now + DAY)
    told = "".join(await office.do("/nhatky"))
    assert "Xóa dữ liệu · 1" in told
    assert "Làm xong yêu cầu về dữ liệu · DL-" in told
    assert "Huỳnh" not in told
