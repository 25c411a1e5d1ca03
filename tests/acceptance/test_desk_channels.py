"""The desk over the real channels: what a transcript tells is what Telegram and the web chat bring.

The same files as in tests/transcripts, said to the bot as it runs: its web chat on a socket, a
strict Telegram, its own clock and senders. Files in which time passes are left to the rehearsal.
"""

import logging
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.acceptance.citizen import CODE
from tests.acceptance.likeness import Names, likeness
from tests.acceptance.stage import OnChannels, Where, running
from tests.fakes.telegram import FakeTelegram
from tests.transcripts.saying import told_again

TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"
LIFE = "desk_life_of_a_case"
ON_THE_WEB = {"citizen", "head"}  # of a mixed company; the others are on Telegram
COMPANIES: dict[str, Callable[[str], Where]] = {
    "telegram": lambda _: "telegram",
    "web": lambda _: "web",
    "mixed": lambda who: "web" if who in ON_THE_WEB else "telegram",
}
OTHERS = ("desk_answer_contract", "desk_many_released", "intake")
SAID = [(LIFE, company) for company in COMPANIES] + [(name, "mixed") for name in OTHERS]
LONG_STORY = [f"chuyện{number}🏠" for number in range(1_000)]  # each emoji is two units
LONG_CASE = f"""
@ citizen
! agreed
> /gui
> [Việc khác]
> {" ".join(LONG_STORY[:250])}
> {" ".join(LONG_STORY[250:500])}
> {" ".join(LONG_STORY[500:750])}
> {" ".join(LONG_STORY[750:])}
> [Xong]
> phường Hải Châu
> [Bỏ qua]
> [Gửi]
@ official
! staff dispatcher * Lê Thị An
"""

SHORT_CASE = """
@ citizen
! agreed
! sends khac Cầu treo qua suối hỏng ván, học sinh đi lại nguy hiểm
@ official
! staff officer * Lê Thị An
"""


@pytest.mark.parametrize(("name", "company"), SAID)
async def test_transcript_on_channels(
    name: str, company: str, database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Everybody reads on their channel what the transcript says, and nobody reads more."""
    script = script_of(name)
    async with FakeTelegram() as fake, running(fake, database_url, tmp_path) as bot:
        stage = OnChannels(bot, fake, Names(script), COMPANIES[company])
        try:
            now = [line async for line in told_again(script, stage)]
            assert stage.unread() == {}
        finally:
            await stage.leave()
        assert fake.journal.refused() == []
    assert_alike(script, "\n".join(now), name)
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


async def test_long_case_is_read_whole_on_telegram(database_url: str, tmp_path: Path) -> None:
    """An official reads every word of a long case, in parts that Telegram takes."""
    async with FakeTelegram() as fake, running(fake, database_url, tmp_path) as bot:
        stage = OnChannels(bot, fake, Names(""), COMPANIES["telegram"])
        sent = [line async for line in told_again(LONG_CASE, stage)]
        (code,) = {found for line in sent for found in CODE.findall(line)}
        official = stage.person("official")
        (card,) = await official.do(code)
        assert LONG_STORY[-1] not in card
        (whole,) = await official.do("[Xem tất cả]")
        assert " ".join(LONG_STORY) in " ".join(whole.split())
        assert fake.journal.refused() == []


async def test_what_telegram_refuses_is_a_task(database_url: str, tmp_path: Path) -> None:
    """A citizen who blocked the bot: their official is told, and they are once they are back."""
    async with FakeTelegram() as fake, running(fake, database_url, tmp_path) as bot:
        stage = OnChannels(bot, fake, Names(""), COMPANIES["telegram"])
        sent = [line async for line in told_again(SHORT_CASE, stage)]
        (code,) = {found for line in sent for found in CODE.findall(line)}
        citizen, official = stage.person("citizen"), stage.person("official")
        await official.do(f"/nhan {code}")
        await citizen.do("(blocks)")
        await official.do(f"/hoi {code} Cầu nào?")
        told = "\n".join(await official.do("[Gửi câu hỏi]"))
        assert f"{code}: người gửi chưa nhận được câu hỏi" in told
        assert "Telegram: không nhận được (đã chặn)" in told
        assert code in "".join(await official.do("/hangdoi chưa đến người gửi"))
        heard = "\n".join(await citizen.do("(comes back)"))
        assert "cán bộ xin hỏi thêm: Cầu nào?" in heard
        (queue,) = await official.do("/hangdoi chưa đến người gửi")
        assert "Không có ý kiến nào." in queue
        assert {call.status for call in fake.journal.refused()} == {403}


def script_of(name: str) -> str:
    """What a transcript says."""
    return (TRANSCRIPTS / f"{name}.txt").read_text("utf-8")


def assert_alike(script: str, now: str, name: str) -> None:
    """What is heard *now* is what the *script* says, but for the gifts of clock and chance."""
    was, is_ = likeness(script, script), likeness(script, now)
    if was != is_:
        changes = unified_diff(was, is_, name, "now", n=4, lineterm="")
        pytest.fail("\n".join(["the channels bring something else:", *changes]), pytrace=False)
