"""Numbers in the words of a case are for whoever may see who sent it."""

import asyncio
from pathlib import Path

import pytest

from bot.talk import dialogue
from tests.desk.test_promise_four import HERE, staff
from tests.transcripts.saying import CONTENT, InRehearsal, arrange

PHONE = "0905.123.456"
STORY = f"Trường thu học phí, gọi {PHONE}, STK 0041000312345, 5.000.000 đ"


@pytest.mark.parametrize(
    ("role", "sees"), [("approver", True), ("officer", False), ("dispatcher", False)]
)
def test_numbers_are_shown_to_who_may_see_who_sent_it(
    tmp_path: Path,
    role: str,
    sees: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    """Others read everything else, on the card and in what is said while they are at work."""

    async def act() -> None:
        async with dialogue(CONTENT, f"sqlite:///{tmp_path / 'bot.db'}") as rehearsal:
            citizen = rehearsal.person("citizen")
            stage = InRehearsal(rehearsal)
            await arrange(["agreed"], stage, citizen)
            (sent,) = await arrange(["sends", "hoc_phi", *STORY.split()], stage, citizen)
            code = sent.partition("Mã ý kiến: ")[2].split()[0]
            reader = await staff(rehearsal, role, HERE, "An")
            card = "\n".join(await reader.do(code))
            assert "5.000.000 đ" in card
            assert (PHONE in card) == sees
            assert ("0041000312345" in card) == sees
            assert (CONTENT.say("vi", "desk.masked") in card) != sees
            if role == "officer":  # whose case it is calls its sender
                await reader.do(f"/nhan {code}")
                assert PHONE in "\n".join(await reader.do(code))

    asyncio.run(act())
