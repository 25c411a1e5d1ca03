import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from storage import groups, log
from tests.fakes.telegram import FakeTelegram, Fault, Group, Pace
from tests.telegram.listening import until, until_confirmed
from tests.telegram.office import SPEED, UNIT, UNIT_NAME, Office, code, missing, says

KEPT = """
    SELECT (SELECT COUNT(*) FROM contacts WHERE channel = 'telegram'),
        (SELECT COUNT(*) FROM sessions)
"""
HURRIED = Pace(enforce=True, group_edits_per_minute=20, chat_burst=1000)


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    """A Telegram whose minutes pass in a second, and which enforces its pace."""
    async with FakeTelegram(speed=SPEED, pace=HURRIED) as server:
        yield server


@pytest.fixture
async def office(database_url: str, tmp_path: Path, fake: FakeTelegram) -> Office:
    """The province's office, on each engine in turn."""
    return Office(database_url, tmp_path, fake)


@pytest.fixture
def group(fake: FakeTelegram, office: Office) -> Group:
    """A supergroup of officials, in it the chief and somebody else."""
    return fake.group(supergroup=True, members=[office.chief, fake.person(2, "Minh")])


def grown(group: Group, count: int) -> bool:
    """Whether the bot said more than so much."""
    return len(says(group)) > count


async def until_free(office: Office, address: str) -> None:
    """Wait until the group at an address shows nothing any more."""
    async with asyncio.timeout(8):
        while await office.store.read(lambda tx: groups.bound(tx, address, 0)):  # noqa: ASYNC110 - a row has no event
            await asyncio.sleep(0.01)


async def test_a_case_has_a_card(office: Office, group: Group) -> None:
    """A card names code, topic, area, status and due date, no more, and opens the private chat."""
    async with office.works():
        await office.bind(group)
        await office.record([1])
        card = await group.sees(code(1))
    assert card.text == (
        f"Ý kiến {code(1)}\nViệc khác\nNơi có việc: chưa rõ xã, phường\nTrạng thái: Mới\n"
        "Hạn: 31/12/2099"
    )
    (button,) = card.buttons
    assert button["text"] == "Mở trong chat riêng"
    assert button["url"] == f"https://t.me/lang_nghe_test_bot?start={code(1)}"
    assert office.fake.violations == []


async def test_a_card_is_edited_and_closed(office: Office, group: Group) -> None:
    """The card follows its case; a case given to another unit says where it went."""
    async with office.works():
        await office.bind(group)
        await office.record([1, 2])
        await group.sees(code(2))
        await office.change(1, status="answered")
        await group.sees("Trạng thái: Đã trả lời")
        await office.change(2, unit="so-noi-vu")
        await group.sees("Đã chuyển: Sở Nội vụ")
    assert len(says(group)) == 3


async def test_what_a_card_does_not_show_is_no_edit(office: Office, group: Group) -> None:
    """An addition that changes nothing on the card makes no call."""
    async with office.works():
        await office.bind(group)
        await office.record([1, 2])
        await group.sees(code(2))
        await office.change(1, status="recorded")
        await office.change(2, status="working")
        await group.sees("Đang làm")
    assert len(office.fake.calls_of("editMessageText")) == 1


async def test_many_changes_are_one_edit(office: Office, group: Group) -> None:
    """A case that changes five times while leave is waited for is edited once."""
    async with office.works():
        await office.bind(group)
        await office.record([0])
        await group.sees(code(0))
        for number in range(1, 19):
            await office.record([number])
            await group.sees(code(number))
        for status in ("forwarded", "working", "asking", "working", "approving"):
            await office.change(0, status=status)
            await asyncio.sleep(0.05)
        await group.sees("Chờ duyệt")
    assert len(office.fake.calls_of("editMessageText")) == 1
    assert office.fake.violations == []


async def test_a_burst_ends_with_every_case_shown(office: Office, group: Group) -> None:
    """A hundred new cases are all named, by cards and digests, without one call too many."""
    numbers = range(100)
    async with office.works():
        await office.bind(group)
        await office.record(numbers)
        await until(lambda: not missing(group, numbers))
        digest = await group.sees("20 ý kiến:")
    assert len(digest.buttons) == 20
    assert len(says(group)) <= 20
    assert office.fake.violations == []


async def test_topics_share_one_pace(office: Office, fake: FakeTelegram) -> None:
    """Two topics of one group together stay below what Telegram allows the group."""
    forum = fake.group(forum=True, members=[office.chief])
    here, there = [await forum.opens_topic(name, by=office.chief) for name in ("Y tế", "Nội vụ")]
    async with office.works():
        await office.bind(forum, UNIT, here)
        await office.bind(forum, "Sở Nội vụ", there)
        for number in range(0, 30, 2):
            await office.record([number])
            await office.record([number + 1], unit="so-noi-vu")
            await asyncio.sleep(0.03)
        await until(lambda: not missing(forum, range(30)))
        threads = {shown.thread_id for shown in forum.chat if shown.from_bot}
    assert threads == {here, there}
    assert fake.violations == []


async def test_a_restart_in_the_middle(office: Office, group: Group) -> None:
    """Stopped again and again in the middle, the bot goes on where it was, and keeps the pace."""
    async with office.works():
        await office.bind(group)
    for start in range(0, 40, 8):
        before = len(says(group))
        async with office.works():
            await office.record(range(start, start + 8))
            await until(partial(grown, group, before))
    async with office.works():
        await until(lambda: not missing(group, range(40)))
    assert office.fake.violations == []


async def test_a_stop_repeats_nothing(office: Office, group: Group) -> None:
    """Stopped while Telegram has a card but has not said so, the bot does not send it again."""
    async with office.works():
        await office.bind(group)
        office.fake.wire.latency = 0.3 * SPEED
        await office.record([1])
        await group.sees(code(1))
    office.fake.wire.latency = 0
    async with office.works():
        await office.record([2])
        await group.sees(code(2))
    assert len(says(group)) == 3


async def test_a_pause_asked_for_is_kept(office: Office, group: Group) -> None:
    """Told to wait, the group hears nothing until the time is over, then all of it."""
    async with office.works():
        await office.bind(group)
        office.fake.faults.add(Fault("status", "sendmessage", code=429, retry_after=1))
        await office.record([1])
        await until(lambda: bool(office.fake.faults.struck))
        await group.reads()
        await group.reads_nothing(0.7)
        assert (await group.reads()).text.startswith(f"Ý kiến {code(1)}")


@pytest.mark.parametrize("action", ["bad_gateway", "reset"])
async def test_a_failure_is_made_good(office: Office, group: Group, action: str) -> None:
    """A call that fails is made again."""
    async with office.works():
        await office.bind(group)
        office.fake.faults.add(Fault(action, "sendmessage"))  # type: ignore[arg-type]  # one of its actions
        await office.record([1])
        await group.sees(code(1))


async def test_migration_is_survived(office: Office, fake: FakeTelegram) -> None:
    """A group that becomes a supergroup goes on there: old cards change in new messages."""
    group = fake.group(members=[office.chief])
    async with office.works():
        await office.bind(group)
        await office.record([1])
        await group.sees(code(1))
        await group.migrates(by=office.chief)
        await office.record([2])
        await group.sees(code(2))
        await office.change(1)
        await group.sees("Đang làm")
    assert fake.violations == []


async def test_migration_noticed_by_sending_is_survived(office: Office, fake: FakeTelegram) -> None:
    """Where the bot was away while the group moved, sending tells it the new address."""
    group = fake.group(members=[office.chief])
    async with office.works():
        await office.bind(group)
        old = group.id
    await group.migrates(by=office.chief)
    fake.world.queue.clear()
    async with office.works():
        await office.record([1])
        await group.sees(code(1))
        await until_free(office, str(old))


async def test_a_deleted_topic_is_survived(office: Office, fake: FakeTelegram) -> None:
    """After its topic is gone, what is open is shown in the group as a whole."""
    forum = fake.group(forum=True, members=[office.chief])
    thread = await forum.opens_topic("Y tế", by=office.chief)
    async with office.works():
        await office.bind(forum, UNIT, thread)
        await office.record([1])
        assert (await forum.sees(code(1))).thread_id == thread
        await forum.deletes_topic(thread)
        await office.record([2])
        assert (await forum.sees(code(2))).thread_id is None
        assert (await forum.sees(code(1))).thread_id is None


async def test_a_deleted_card_is_sent_anew(office: Office, group: Group) -> None:
    """A card somebody deleted comes back when its case changes."""
    async with office.works():
        await office.bind(group)
        await office.record([1])
        card = await group.sees(code(1))
        office.fake.world.chats[group.id].messages[card.message_id].deleted = True
        await office.change(1)
        assert (await group.sees("Đang làm")).message_id != card.message_id


async def test_a_kicked_bot_lets_go(office: Office, group: Group) -> None:
    """Put out, the bot forgets the group and tries no more; bound anew, it goes on."""
    async with office.works():
        await office.bind(group)
        await group.sets_bot("kicked", by=office.chief)
        await until_confirmed(office.fake)
        await office.record([1])
        await asyncio.sleep(0.2)
        sent = len(office.fake.calls_of("sendMessage"))
        await group.sets_bot("administrator", by=office.chief)
        await office.chief.says("/nhom so-y-te", to=group.id)
        await until(partial(grown, group, sent))
        await office.record([2])
        await group.sees(code(2))
    assert sent == 1
    assert missing(group, [1, 2]) == [code(1)]


async def test_a_kick_noticed_by_sending_is_the_same(
    office: Office, group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the bot was away while it was put out, its first call ends it, with a line of log."""
    async with office.works():
        await office.bind(group)
    await group.sets_bot("kicked", by=office.chief)
    office.fake.world.queue.clear()
    async with office.works():
        await office.record([1])
        await until(lambda: "can't be written to any more" in caplog.text)
        await until_free(office, str(group.id))


async def test_where_the_bot_may_not_write_it_tries_later(office: Office, group: Group) -> None:
    """A group that takes the bot's right to write gets its cards when it gives it back."""
    async with office.works():
        await office.bind(group)
        refusal = "Bad Request: not enough rights to send text messages to the chat"
        office.fake.faults.add(Fault("status", "sendmessage", code=400, description=refusal))
        await office.record([1])
        await group.sees(code(1))


async def test_the_administrator_says_whose_cases(office: Office, group: Group) -> None:
    """By command a group is bound, asked, bound to something else and let go; the log says so."""
    async with office.works():
        await office.employ(office.chief)
        heard = []
        for said in ("/nhom", "/nhom sở y tế", "/group@lang_nghe_test_bot", "/nhom xyz", "/nhom *",
                     "/nhom tat"):  # fmt: skip
            await office.chief.says(said, to=group.id)
            heard.append((await group.reads()).text)
        kinds = [
            entry.kind for entry in await office.store.read(lambda tx: log.entries(tx, limit=10))
        ]
    assert heard[0].startswith("Ở đây chưa hiện thẻ của đơn vị nào")
    assert f"Phạm vi: {UNIT_NAME}" in heard[1]
    assert heard[2].startswith("Ở đây hiện thẻ của các ý kiến")
    assert "“xyz”" in heard[3]
    assert "Phạm vi: toàn tỉnh, thành phố" in heard[4]
    assert heard[5].startswith("Ở đây không hiện thẻ mới nữa")
    assert kinds[:3] == ["group_unbound", "group_bound", "group_bound"]


async def test_an_administrator_of_one_unit_binds_that_one(office: Office, group: Group) -> None:
    """Beyond their unit an administrator is refused, and the refusal is in the log."""
    async with office.works():
        await office.employ(office.chief, "so-noi-vu")
        await office.chief.says("/nhom so-y-te", to=group.id)
        assert (await group.reads()).text == "Việc này ngoài phạm vi quản trị được giao."
        (entry, *_) = await office.store.read(lambda tx: log.entries(tx, limit=10))
        assert (entry.kind, entry.data["deed"]) == ("denied", "units")
        await office.chief.says("/nhom so-noi-vu", to=group.id)
        assert "Phạm vi: Sở Nội vụ" in (await group.reads()).text


async def test_a_stranger_is_told_what_the_group_is_for(office: Office, group: Group) -> None:
    """A stranger's reply gets one clear sentence, now and then only; nothing of it is kept."""
    minh = office.fake.person(2)
    async with office.works():
        await office.bind(group)
        await office.record([1])
        card = await group.sees(code(1))
        await minh.says("ruộng nhà tôi", to=group.id, reply_to=card)
        told = await group.sees("Nhóm này dành cho cán bộ được mời")
        await minh.says("/nhom *", to=group.id)
        await minh.says("/hangdoi", to=group.id)
        await minh.says("chuyện riêng của nhóm", to=group.id)
        await until_confirmed(office.fake)
        await asyncio.sleep(0.2)
        left = await office.store.read(lambda tx: tx.rows(KEPT))
    assert told.button(0)["url"] == "https://t.me/lang_nghe_test_bot"
    assert len(says(group)) == 3
    assert left == [(1, 0)]


async def test_an_official_is_shown_the_private_chat(office: Office, group: Group) -> None:
    """A member of staff who answers in the group is sent to the private chat."""
    minh = office.fake.person(2)
    async with office.works():
        await office.bind(group)
        await office.employ(minh, UNIT, "officer")
        await minh.says("/nhan", to=group.id)
        told = await group.sees("Trong nhóm chỉ có thẻ")
        await minh.says("/nhan@other_bot", to=group.id)
        await until_confirmed(office.fake)
    assert told.raw["reply_to_message"]["text"] == "/nhan"


async def test_an_update_told_twice_is_answered_once(office: Office, group: Group) -> None:
    """Telegram's delivering a command again changes nothing."""
    async with office.works():
        await office.bind(group)
        number = office.fake.world.queue.tail
        said = await office.chief.says("/nhom", to=group.id)
        await group.sees("Ở đây hiện thẻ")
        office.fake.push_update({"update_id": number, "message": said.raw})
        await until_confirmed(office.fake)
        await asyncio.sleep(0.2)
    assert len(says(group)) == 2
