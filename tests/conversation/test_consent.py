"""What is agreed to is kept as proof: for each purpose, with the version of the notice."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.content import load_content
from bot.talk import Rehearsal, dialogue
from handlers.content import Content
from storage import follows, people, timers
from storage.database import Tx

CONTENT = load_content(Path(__file__).parents[2] / "content")
FIRST = CONTENT.controller.privacy_version
WEEK = timedelta(days=7)
NEXT = f"{FIRST}-next"
AGREE = "[Đồng ý xử lý để trả lời ý kiến]"
ALLOW = "[☐ Cho phép thống kê ẩn danh]"
HEAR = "[☐ Nhận thông báo của địa phương]"
WITHDRAW = "[Rút đồng ý xử lý]"

Entry = tuple[str, bool, str]


def changed() -> Content:
    """The content with another privacy notice."""
    controller = CONTENT.controller.model_copy(update={"privacy_version": NEXT})
    return CONTENT.model_copy(update={"controller": controller})


async def proof(rehearsal: Rehearsal) -> list[Entry]:
    """What is kept of a person's consents, oldest first: purpose, given, version."""

    def read(tx: Tx) -> list[Entry]:
        contact = people.find(tx, "talk", "1")
        kept = people.consents(tx, contact.id) if contact else ()
        return [(one.purpose, one.given, one.version) for one in kept]

    return await rehearsal.store.read(read)


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([], []),
        (["[Không đồng ý]"], []),
        ([ALLOW], []),
        ([AGREE], [("handling", True, FIRST)]),
        ([ALLOW, AGREE], [("handling", True, FIRST), ("statistics", True, FIRST)]),
        (
            [AGREE, "/rutdongy", "[Cho phép thống kê ẩn danh]", WITHDRAW],
            [
                ("handling", True, FIRST),
                ("statistics", True, FIRST),
                ("handling", False, FIRST),
                ("statistics", False, FIRST),
            ],
        ),
    ],
    ids=["silence", "declined", "ticked only", "agreed", "both purposes", "taken back"],
)
async def test_proof_of_consent(lines: list[str], kept: list[Entry], database_url: str) -> None:
    """Silence is no consent, a tick alone is none, and taking back is kept like giving."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        for line in ("/start", *lines):
            await rehearsal.person("1").do(line)
        assert await proof(rehearsal) == kept


@pytest.mark.parametrize(
    ("lines", "hears"),
    [
        ([], False),
        (["[Không đồng ý]"], False),
        ([AGREE], False),
        ([HEAR], False),
        ([HEAR, AGREE], True),
        (["/dungtin", HEAR, AGREE], True),
        ([HEAR, AGREE, "/dungtin"], False),
        ([AGREE, "/nhantin", "[Đồng ý nhận tin thông báo]"], True),
        ([HEAR, AGREE, "/rutdongy", "[Thôi nhận thông báo]"], False),
        ([HEAR, AGREE, "/rutdongy", WITHDRAW], False),
        ([HEAR, AGREE, "/rutdongy", WITHDRAW, AGREE], False),
        ([HEAR, AGREE, "/rutdongy", WITHDRAW, HEAR, AGREE], True),
    ],
    ids=[
        *("silence", "declined", "not ticked", "ticked only", "agreed", "at last", "stopped"),
        *("later", "this alone taken back", "all taken back", "given anew without", "given anew"),
    ],
)
async def test_announcements_need_the_agreement(
    lines: list[str],
    hears: bool,  # noqa: FBT001 - a parameter of the test
    database_url: str,
) -> None:
    """Announcements take a consent of their own; the one to being answered is not enough."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        for line in ("/start", *lines):
            await rehearsal.person("1").do(line)
        contact = await rehearsal.store.read(lambda tx: people.find(tx, "talk", "1"))
        assert contact is not None
        wanted = await rehearsal.store.read(lambda tx: follows.wanted(tx, contact.id))
    assert wanted.hears is hears


async def test_statistics_are_asked_for_anew(database_url: str) -> None:
    """Under a changed notice what was allowed before is not: it is given again, or taken back."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        for line in ("/start", ALLOW, AGREE):
            await rehearsal.person("1").do(line)
        rehearsal.publish(changed())
        for line in ("xin hỏi một việc", AGREE):
            await rehearsal.person("1").do(line)
        kept = await proof(rehearsal)
    assert kept[2:] == [("handling", True, NEXT), ("statistics", False, NEXT)]


async def test_declining_a_changed_notice_ends_the_older_agreement(database_url: str) -> None:
    """Who does not agree any more has taken back what was given, and no draft of theirs is left."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        person = rehearsal.person("1")
        for line in ("/start", ALLOW, AGREE, "/gui", "[Việc khác]", "Đèn đường hỏng cả tuần nay."):
            await person.do(line)
        rehearsal.publish(changed())
        for line in ("xin hỏi một việc", "[Không đồng ý]", "[Không đồng ý]"):
            await person.do(line)
        kept = await proof(rehearsal)
        due = await rehearsal.store.read(lambda tx: timers.due(tx, rehearsal.hour.now + WEEK, 9))
        answers = await person.do(AGREE)
    assert kept[2:] == [("handling", False, FIRST), ("statistics", False, FIRST)]
    assert due == ()
    assert "bản nháp" not in "".join(answers)
    assert "[Tin chưa gửi xong]" not in "".join(answers)


async def test_no_reminder_before_a_changed_notice_is_agreed_to(database_url: str) -> None:
    """A forgotten draft is not offered to somebody who is still asked for consent."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        person = rehearsal.person("1")
        for line in ("/start", AGREE, "/gui", "[Việc khác]"):
            await person.do(line)
        rehearsal.publish(changed())
        await person.do("xin hỏi một việc")
        assert await person.do("(wait 9 days)") == ()


@pytest.mark.parametrize("command", ["/hangdoi", "/xoadulieu", "/huy", "/dulieu", "/tim x"])
@pytest.mark.parametrize("before", ["", "Xin hỏi việc cấp đổi giấy tờ đất", "/xoadulieu", HEAR])
async def test_no_menu_before_consent(command: str, before: str, database_url: str) -> None:
    """A command that is refused leads a newcomer back to the consent, never to the menu."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        person = rehearsal.person("1")
        for line in filter(None, ("/start", before, command)):
            await person.do(line)
        answers = await person.do("/hangdoi")
    assert AGREE in answers[-1]
    assert "[Gửi ý kiến, câu hỏi]" not in answers[-1]
    assert ("[☑ Nhận thông báo của địa phương]" in answers[-1]) is (
        before == HEAR and command not in {"/xoadulieu", "/dulieu"}
    )
