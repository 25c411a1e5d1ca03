"""A task that is done with its last answer asks again, at that answer, whether it may be done."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers.desk.people import Duty
from handlers.effects import ChangeDuty, MoveTicket
from storage import members, moves
from tests.desk.test_promise_four import HERE, entries, province, refusals, staff
from tests.transcripts.saying import CONTENT

# Each of these asks one thing, and is done with the answer to it: what is typed, and the answer.
ASKED = {
    "tralai": "Nhầm đơn vị",
    "chuyen": "Thuộc đơn vị khác",
    "ghichu": "Đã gọi người gửi",
    "uutien": "khẩn",
    "giao": "An",
}
BEHIND = {"chuyen": " Sở Nội vụ"}


def done(kinds: list[str]) -> list[str]:
    """What was done to a case, without what was refused."""
    return [kind for kind in kinds if kind != "denied"]


@pytest.mark.parametrize("command", sorted(ASKED))
def test_whose_duty_ended_meanwhile(command: str, tmp_path: Path) -> None:
    """Whoever lost the duty while being asked does nothing any more, and it is written down."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            head = await staff(rehearsal, "approver", HERE, "An")
            await rehearsal.store.run(lambda tx: members.change_duty(tx, monitor, now))
            await head.do(f"/{command} {code}{BEHIND.get(command, '')}")
            await rehearsal.store.run(lambda tx: members.change_duty(tx, end, now))
            before, refused = done(await entries(rehearsal, code)), await refusals(rehearsal, code)
            (answer,) = await head.do(ASKED[command])
            assert CONTENT.say("vi", "desk.denied") in answer
            assert done(await entries(rehearsal, code)) == before
            assert await refusals(rehearsal, code) == refused + 1

    now = datetime.now(UTC)
    duty = Duty(role="approver", unit=HERE)
    end = ChangeDuty(by=0, member=1, duty=duty, given=False)
    monitor = ChangeDuty(by=0, member=1, duty=Duty(role="monitor", unit=HERE), given=True)
    asyncio.run(act())


def test_what_a_colleague_did_meanwhile(tmp_path: Path) -> None:
    """Whoever answers last is first told what changed, and does it with one more press."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            head = await staff(rehearsal, "approver", HERE, "An")
            colleague = await staff(rehearsal, "officer", HERE, "Bình")
            await head.do(f"/chuyen {code} Sở Nội vụ")
            await colleague.do(f"/ghichu {code} Đã gọi người gửi")
            (answer,) = await head.do("Thuộc đơn vị khác")
            assert "Đã gọi người gửi" in answer
            assert "Sở Nội vụ\n  Thuộc đơn vị khác" in answer
            assert "referred" not in await entries(rehearsal, code)
            (answer,) = await head.do("[Chuyển đơn vị]")
            assert CONTENT.say("vi", "passed_on.refer", code=code) in answer
            assert "referred" in await entries(rehearsal, code)

    asyncio.run(act())


def test_what_can_no_longer_be_done(tmp_path: Path) -> None:
    """A case that was refused meanwhile is not passed on, nor is that said; the words stay."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            head = await staff(rehearsal, "approver", HERE, "An")
            now = rehearsal.hour.now
            away = MoveTicket(code=code, action="refuse", by=1, words="Việc của tòa án")
            await head.do(f"/chuyen {code} Sở Nội vụ")
            await rehearsal.store.run(lambda tx: moves.move(tx, 0, away, now))
            assert "refused" in await entries(rehearsal, code)
            (answer,) = await head.do("Thuộc đơn vị khác")
            assert CONTENT.say("vi", "passed_on.refer", code=code) not in answer
            assert "Thuộc đơn vị khác" in answer
            assert "referred" not in await entries(rehearsal, code)

    asyncio.run(act())
