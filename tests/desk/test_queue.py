"""Paging through the queue: every case once, in order, forth and back."""

import asyncio
import re
from pathlib import Path

from bot.dialogue import Dialogue
from bot.talk import dialogue
from handlers.rooms.desk.queue import PAGE
from tests.transcripts.saying import CONTENT, InRehearsal, arrange

CODES = re.compile(r"• \S?(PA-\w{4}-\w{3})")
CASES = 2 * PAGE + 1


async def page(person: Dialogue, line: str) -> list[str]:
    """The codes on the page that *line* leads to."""
    (answer,) = await person.do(line)
    return CODES.findall(answer)


def test_every_case_is_on_one_page(tmp_path: Path) -> None:
    """Two pages and a bit: all cases, each once; back again the same pages."""

    async def read() -> None:
        async with dialogue(CONTENT, f"sqlite:///{tmp_path / 'bot.db'}") as rehearsal:
            stage = InRehearsal(rehearsal)
            official = rehearsal.person("official")
            for number in range(CASES):
                citizen = rehearsal.person(f"citizen {number}")
                await arrange(["agreed"], stage, citizen)
                await arrange(f"sends hoc_phi Trường thu khoản số {number}".split(), stage, citizen)
            await arrange(["staff", "officer", "so-gd-dt", "An"], stage, official)
            forth = [await page(official, "/hangdoi")]
            forth += [await page(official, "[Xem thêm]") for _ in range(2)]
            assert [len(codes) for codes in forth] == [PAGE, PAGE, 1]
            assert len({code for codes in forth for code in codes}) == CASES
            back = [await page(official, "[Trang trước]") for _ in range(2)]
            assert back == [forth[1], forth[0]]

    asyncio.run(read())
