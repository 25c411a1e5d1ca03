"""What an official has before them is gone or over: a sentence says so, and nothing pretends."""

import asyncio
from pathlib import Path

import pytest

from handlers.effects import MoveTicket
from handlers.rooms.desk.orders import obey
from handlers.session import Menu
from handlers.view import Command
from storage import moves
from tests.desk.announced import view
from tests.desk.test_promise_four import HERE, entries, province, staff
from tests.transcripts.saying import CONTENT, InRehearsal, arrange


def test_merging_into_a_case_that_is_over(tmp_path: Path) -> None:
    """A case is not merged into one that was refused, nor is it said to be."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            citizen, head = (
                rehearsal.person("citizen"),
                await staff(rehearsal, "approver", HERE, "An"),
            )
            words = "sends hoc_phi Trường thu học phí lần nữa"
            (sent,) = await arrange(words.split(), InRehearsal(rehearsal), citizen)
            other = sent.partition("Mã ý kiến: ")[2].split()[0]
            over = MoveTicket(code=other, action="refuse", by=1, words="Việc của tòa án")
            now = rehearsal.hour.now
            await rehearsal.store.run(lambda tx: moves.move(tx, 0, over, now))
            (answer,) = await head.do(f"/gop {code} {other}")
            status = CONTENT.say("vi", "desk_status.refused")
            assert f"{other}: {CONTENT.say('vi', 'desk.cannot', status=status)}" in answer
            assert CONTENT.say("vi", "task.merge.done") not in answer
            assert "merged" not in await entries(rehearsal, code)

    asyncio.run(act())


def test_a_unit_the_queue_is_filtered_by(tmp_path: Path) -> None:
    """The queue of a unit that was taken away meanwhile is empty, and can be left."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, _):
            head = await staff(rehearsal, "leader", "*", "An")
            (answer,) = await head.do("/hangdoi so-y-te")
            assert "Sở Y tế" in answer
            units = {id_: unit for id_, unit in CONTENT.units.items() if id_ != "so-y-te"}
            rehearsal.publish(CONTENT.model_copy(update={"units": units}))
            (answer,) = await head.do("/huy")
            assert CONTENT.say("vi", "queue.empty") in answer

    asyncio.run(act())


def test_who_refused_a_case_nobody_had(tmp_path: Path) -> None:
    """Once it is looked at again, whoever refused it can't take it."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            head = await staff(rehearsal, "approver", HERE, "An")
            await head.do(f"/tuchoi {code} Việc của ngành y tế")
            (answer,) = await head.do("so-y-te")
            if "[Gửi cho người gửi]" not in answer:  # it has no address yet
                await head.do("24 Trần Phú, 7:30–17:00")
            await head.do("[Gửi cho người gửi]")
            again = MoveTicket(code=code, action="reopen", by=99, words="Xem lại", assignee=0)
            now = rehearsal.hour.now
            await rehearsal.store.run(lambda tx: moves.move(tx, 0, again, now))
            (answer,) = await head.do(f"/nhan {code}")
            assert CONTENT.say("vi", "desk.not_again") in answer
            assert "taken" not in await entries(rehearsal, code)

    asyncio.run(act())


@pytest.mark.parametrize(
    ("behind", "why"),
    [
        ("PA-2222-222 Đèn hỏng từ hôm nào?", "desk.unknown"),
        ("PA-6Q4C-5MK Đèn hỏng từ hôm nào?", "desk.near_none"),
        ("Đèn hỏng từ hôm nào?", "desk.no_case"),
    ],
)
def test_words_about_a_case_that_is_not_there(behind: str, why: str) -> None:
    """What was typed behind a command is shown again, to be copied, when it names no case."""
    after = obey(Command("hoi", behind), view(Menu()))
    words = CONTENT.say("vi", "desk.unsent", text="Đèn hỏng từ hôm nào?")
    refused = CONTENT.say("vi", why, **({"code": behind[:11]} if why == "desk.unknown" else {}))
    assert after.notice == f"{refused}\n{words}"


@pytest.mark.parametrize("behind", ["PA-2222-222", "PA-6Q4C-5MK", "PA-6Q4C", "TB-6Q4C-5MJ", ""])
def test_a_code_alone_is_no_words(behind: str) -> None:
    """Where nothing but a wrong code was typed there is nothing to copy."""
    after = obey(Command("hoi", behind), view(Menu()))
    assert after.notice.count("\n") == 0
