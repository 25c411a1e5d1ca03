"""Too much of one person, or of many: met in stages, seen by officials, never at others' cost."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.talk import Rehearsal, dialogue
from handlers.desk.abuse import Blocked
from handlers.effects import JoinChats
from handlers.limits import Block
from storage import abuse, links, people, tickets
from storage.database import Tx
from tests.transcripts.saying import CONTENT, InRehearsal, arrange

STORY = "Đường liên thôn trước nhà tôi bị sạt lở sau trận mưa lớn tuần trước, xe không đi được."
RULES = CONTENT.desk.limits
FEW = RULES.model_copy(update={"messages_a_minute": 5, "slow_before_ask": 2, "cases_a_day": 2})


def said(database_url: str, act: Any) -> None:  # noqa: ANN401 - a function that waits
    """Run *act* over an empty database, where little is borne."""

    async def run() -> None:
        desk = CONTENT.desk.model_copy(update={"limits": FEW})
        async with dialogue(CONTENT, database_url) as rehearsal:
            for name in ("an", "ba"):
                await arrange(["agreed"], InRehearsal(rehearsal), rehearsal.person(name))
            rehearsal.publish(CONTENT.model_copy(update={"desk": desk}))
            rehearsal.hour.now += timedelta(minutes=5)
            await act(rehearsal)

    asyncio.run(run())


async def shouts(person: Any, times: int) -> list[tuple[str, ...]]:  # noqa: ANN401 - a Dialogue
    """What somebody hears who writes again and again."""
    return [await person.do(f"nghe không, lần thứ {n} rồi đấy") for n in range(times)]


def test_a_flood_disturbs_nobody_else(database_url: str) -> None:
    """One who shouts is not answered in the end; another's first message is, at once."""

    async def act(rehearsal: Rehearsal) -> None:
        heard = await shouts(rehearsal.person("an"), 14)
        assert all(heard[:9])
        assert not any(heard[-3:])
        (answer,) = await rehearsal.person("ba").do(STORY)
        assert "thuộc lĩnh vực nào" in answer
        (stranger,) = await rehearsal.person("new").do("/start")
        assert "đồng ý" in stranger

    said(database_url, act)


def test_the_silence_is_seen_and_what_came_is_kept(database_url: str) -> None:
    """Officials see the silence and how many messages came; their writer gets them back."""

    async def act(rehearsal: Rehearsal) -> None:
        an = rehearsal.person("an")
        heard = await shouts(an, 14)
        silent = sum(not answers for answers in heard)
        now = rehearsal.hour.now
        (slow,) = await rehearsal.store.run(lambda tx: abuse.slowed(tx, now, 10))
        assert slow.stage == "silent"
        assert slow.count > silent > 0
        assert slow.until is not None
        back = await an.do("(wait 31 minutes)")
        assert "Đã nhận tin trở lại" in back[-1]
        (topics,) = await an.do("/gui")
        assert "lĩnh vực" in topics
        await an.do("[Việc khác]")
        (told,) = await an.do("(press 999.1)")
        assert "lần thứ 12" in told or "Đã ghi" in told

    said(database_url, act)


def test_cases_of_one_day(database_url: str) -> None:
    """The third case of a day stays a draft, is said so, and goes the next day."""

    async def act(rehearsal: Rehearsal) -> None:
        an = rehearsal.person("an")
        for number, story in enumerate((STORY, "Cột điện ở ngõ bốn nghiêng hẳn sang nhà dân.")):
            await an.do(f"(wait {number + 3} minutes)")
            (sent,) = await arrange(["sends", "khac", *story.split()], InRehearsal(rehearsal), an)
            assert "Đã ghi nhận" in sent
        await an.do("(wait 5 minutes)")
        third = "Rác ở chợ chiều không ai thu gom suốt tuần nay."
        (kept,) = await arrange(["sends", "khac", *third.split()], InRehearsal(rehearsal), an)
        assert "số nhiều nhất trong một ngày" in kept
        await an.do("(wait 13 hours)")
        (resuming,) = await an.do("/gui")
        assert "[Tiếp tục]" in resuming or "nháp" in resuming
        await an.do("(press 999.1)")

    said(database_url, act)


def test_a_copied_petition_is_many_peoples(database_url: str) -> None:
    """The same text of two people is two cases, each pointed out on the other's card."""

    async def act(rehearsal: Rehearsal) -> None:
        codes = []
        for name in ("an", "ba"):
            words = ["sends", "khac", *STORY.split()]
            (sent,) = await arrange(words, InRehearsal(rehearsal), rehearsal.person(name))
            codes.append(sent.partition("Mã ý kiến: ")[2].split()[0])
        head = rehearsal.person("head")
        duty = ["staff", "dispatcher", "tong-dai-1022", "Bình"]
        await arrange(duty, InRehearsal(rehearsal), head)
        (card,) = await head.do(f"/tim {codes[0]}")
        assert f"[Liên kết {codes[1]}]" in card
        await head.do(f"[Liên kết {codes[1]}]")
        (linked,) = await head.do(f"/tim {codes[0]}")
        assert f"[Liên kết {codes[1]}]" not in linked

    said(database_url, act)


async def blocked(rehearsal: Rehearsal, code: str, days: int = 7) -> None:
    """The sender of a case is kept from sending."""
    now = rehearsal.hour.now
    effect = Block(by=0, code=code, reason="Lời lẽ xúc phạm.", days=days)
    await rehearsal.store.run(lambda tx: abuse.block(tx, effect, now))


def test_a_block_ends_by_itself(database_url: str) -> None:
    """Nobody is kept out for longer than was said, and an official need not think of it."""

    async def act(rehearsal: Rehearsal) -> None:
        an = rehearsal.person("an")
        words = ["sends", "khac", *STORY.split()]
        (sent,) = await arrange(words, InRehearsal(rehearsal), an)
        code = sent.partition("Mã ý kiến: ")[2].split()[0]
        await blocked(rehearsal, code, days=2)
        await an.do("(wait 3 minutes)")
        (refused,) = await an.do("Tôi lại muốn nói thêm nữa về chuyện này.")
        assert "chưa được nhận" in refused
        await an.do("(wait 3 days)")
        (taken,) = await an.do("Tôi lại muốn nói thêm nữa về chuyện này.")
        assert "chưa được nhận" not in taken
        now = rehearsal.hour.now
        assert await rehearsal.store.run(lambda tx: abuse.blocks(tx, now, 10)) == ()

    said(database_url, act)


@pytest.mark.parametrize("first", ["joined", "blocked"])
def test_another_chat_of_a_blocked_person(first: str, database_url: str) -> None:
    """Whoever is blocked is so in every chat that is known to be theirs, or becomes so."""

    async def act(rehearsal: Rehearsal) -> None:
        an, ba = rehearsal.person("an"), rehearsal.person("ba")
        words = ["sends", "khac", *STORY.split()]
        (sent,) = await arrange(words, InRehearsal(rehearsal), an)
        code = sent.partition("Mã ý kiến: ")[2].split()[0]
        now = rehearsal.hour.now

        def join(tx: Tx) -> None:
            maker, other = (people.contact(tx, "talk", name, now).id for name in ("an", "ba"))
            links.make(tx, maker, "token", now, minutes=30)
            assert links.join(tx, other, JoinChats(token="token").token, now)

        if first == "blocked":
            await blocked(rehearsal, code)
        await rehearsal.store.run(join)
        if first == "joined":
            await blocked(rehearsal, code)
        await an.do("(wait 1 seconds)")
        assert any("tạm dừng nhận tin" in told for told in ba.answers())
        (refused,) = await ba.do("Tôi gửi bằng trò chuyện khác thì sao?")
        assert "chưa được nhận" in refused

    said(database_url, act)


@pytest.mark.parametrize("days", [1, 90])
def test_a_block_is_written_down(days: int, database_url: str) -> None:
    """The list has its code, its end and its reason; the reason is hidden by the person's key."""

    async def act(rehearsal: Rehearsal) -> None:
        words = ["sends", "khac", *STORY.split()]
        (sent,) = await arrange(words, InRehearsal(rehearsal), rehearsal.person("an"))
        code = sent.partition("Mã ý kiến: ")[2].split()[0]
        await blocked(rehearsal, code, days)
        now = rehearsal.hour.now

        def read(tx: Tx) -> tuple[tuple[Blocked, ...], str]:
            (raw,) = tx.rows("SELECT reason FROM blocks")
            return abuse.blocks(tx, now, 10), raw[0]

        (found,), raw = await rehearsal.store.run(read)
        assert (found.code, found.reason) == (code, "Lời lẽ xúc phạm.")
        assert timedelta(days=days - 1) < found.until - now < timedelta(days=days + 1)
        assert "xúc phạm" not in raw
        assert await rehearsal.store.run(lambda tx: tickets.code_exists(tx, code))

    said(database_url, act)
