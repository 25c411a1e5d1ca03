"""Who may keep somebody from sending: the table, on cases of one's own unit and of others."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.talk import dialogue
from handlers.desk.people import ROLES, Role
from handlers.desk.permission import REACHES
from storage import abuse
from tests.transcripts.saying import CONTENT, InRehearsal, arrange

BLOCKED = "Đã tạm dừng nhận tin"


async def tried(role: Role, unit: str, path: Path) -> tuple[str, int]:
    """What an official hears who blocks to the end, and how many are blocked."""
    async with dialogue(CONTENT, f"sqlite:///{path / 'bot.db'}") as rehearsal:
        citizen, person = rehearsal.person("citizen"), rehearsal.person("official")
        await arrange(["agreed"], InRehearsal(rehearsal), citizen)
        story = "Trường thu tiền học phí của con tôi lớp 3"
        words = ["sends", "hoc_phi", *story.split()]
        (sent,) = await arrange(words, InRehearsal(rehearsal), citizen)
        code = sent.partition("Mã ý kiến: ")[2].split()[0]
        await arrange(["staff", role, unit, "An"], InRehearsal(rehearsal), person)
        (answer,) = await person.do(f"/chan {code} Lời lẽ xúc phạm")
        if "Trong bao nhiêu ngày" in answer:
            await person.do("7")
            (answer,) = await person.do("[Tạm dừng nhận tin]")
        now = rehearsal.hour.now
        blocks = await rehearsal.store.run(lambda tx: abuse.blocks(tx, now, 10))
        return answer, len(blocks)


@pytest.mark.parametrize("role", ROLES)
def test_a_block_in_ones_own_unit(role: Role, tmp_path: Path) -> None:
    """Whom the table lets block does so, after a reason, days and a look; nobody else does."""
    answer, blocks = asyncio.run(tried(role, "so-gd-dt", tmp_path))
    may = REACHES[role, "block"] == "unit"
    assert (BLOCKED in answer) is may
    assert blocks == may


@pytest.mark.parametrize("role", ROLES)
def test_a_block_of_another_unit(role: Role, tmp_path: Path) -> None:
    """Nobody blocks the sender of a case that lies elsewhere, or learns that there is one."""
    answer, blocks = asyncio.run(tried(role, "so-y-te", tmp_path))
    assert BLOCKED not in answer
    assert blocks == 0
    assert "học phí của con tôi" not in answer


@pytest.mark.parametrize("days", ["0", "91", "999999999999", "mãi mãi", "1,5"])
def test_nobody_is_blocked_for_good(days: str, database_url: str) -> None:
    """More than 90 days, none, or no number of days is asked again; what is done is in the log."""

    async def act() -> None:
        async with dialogue(CONTENT, database_url) as rehearsal:
            citizen, person = rehearsal.person("citizen"), rehearsal.person("official")
            await arrange(["agreed"], InRehearsal(rehearsal), citizen)
            words = ["sends", "hoc_phi", "Trường", "thu", "tiền", "hai", "lần", "trong", "tháng"]
            (sent,) = await arrange(words, InRehearsal(rehearsal), citizen)
            code = sent.partition("Mã ý kiến: ")[2].split()[0]
            await arrange(["staff", "dispatcher", "so-gd-dt", "An"], InRehearsal(rehearsal), person)
            await person.do(f"/chan {code} Lời lẽ xúc phạm")
            (again,) = await person.do(days)
            assert "Trong bao nhiêu ngày" in again
            assert "[Tạm dừng nhận tin]" not in again
            await person.do("90")
            await person.do("[Tạm dừng nhận tin]")
            now = rehearsal.hour.now
            (block,) = await rehearsal.store.run(lambda tx: abuse.blocks(tx, now, 10))
            logged = await rehearsal.store.run(
                lambda tx: tx.rows("SELECT subject FROM log WHERE kind = 'blocked'")
            )
            assert block.until - now < timedelta(days=91)
            assert logged == [(f"case:{code}",)]

    asyncio.run(act())
