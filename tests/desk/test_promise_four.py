"""Promise 4 in the running conversation: every role tries every command on every kind of case.

No way round it: typed, pressed, forwarded or stale, a deed is done by who may do it and by nobody
else, and each refusal is written down.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.dialogue import Dialogue
from bot.talk import Rehearsal, dialogue
from handlers.desk.commands import ALIASES, TASK_OF
from handlers.desk.people import ROLES, Duty, Role
from handlers.desk.permission import REACHES, CaseDeed
from handlers.effects import ChangeDuty
from storage import desk, log, members
from storage.database import Tx
from tests.transcripts.saying import CONTENT, InRehearsal, arrange

HERE, ELSEWHERE = "so-gd-dt", "so-y-te"
# What is typed behind each command, so that it can be done at once or is asked one thing more.
BEHIND = {
    "giahan": "31/12/2026 cần xác minh",
    "chuyen": "Sở Nội vụ",
    "giao": "Bình",
    "gop": "PA-2222-222",
    "lienket": "PA-2222-222",
    "uutien": "khẩn",
    "dabao": "điện thoại Đã gọi",
}


@asynccontextmanager
async def province(tmp_path: Path) -> AsyncIterator[tuple[Rehearsal, str]]:
    """A citizen's new case of HERE, and its code."""
    async with dialogue(CONTENT, f"sqlite:///{tmp_path / 'bot.db'}") as rehearsal:
        citizen = rehearsal.person("citizen")
        await arrange(["agreed"], InRehearsal(rehearsal), citizen)
        words = "sends hoc_phi Trường thu tiền học phí của con tôi lớp 3"
        (sent,) = await arrange(words.split(), InRehearsal(rehearsal), citizen)
        yield rehearsal, sent.partition("Mã ý kiến: ")[2].split()[0]


async def staff(rehearsal: Rehearsal, role: str, unit: str, name: str) -> Dialogue:
    """Somebody with that one duty."""
    person = rehearsal.person(name)
    await arrange(["staff", role, unit, name], InRehearsal(rehearsal), person)
    return person


async def entries(rehearsal: Rehearsal, code: str) -> list[str]:
    """The kinds of the entries of a case's history."""

    def read(tx: Tx) -> list[str]:
        found = desk.dossier(tx, code)
        assert found is not None
        return [line.kind for line in found.story]

    return await rehearsal.store.run(read)


async def refusals(rehearsal: Rehearsal, code: str) -> int:
    """How many refusals are written down, in the case's history, if it is one, and in the log."""
    in_case = (await entries(rehearsal, code)).count("denied") if code.startswith("PA") else 0
    found = await rehearsal.store.run(lambda tx: log.entries(tx, before=None, limit=1000))
    return in_case + sum(entry.kind == "denied" for entry in found)


@pytest.mark.parametrize("command", sorted(TASK_OF))
@pytest.mark.parametrize("role", ROLES)
def test_a_command_of_somebody_who_may_not(role: Role, command: str, tmp_path: Path) -> None:
    """Typed on a case of another unit it does nothing, tells nothing of it, and is written down."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            person = await staff(rehearsal, role, ELSEWHERE, "An")
            before, refused = await entries(rehearsal, code), await refusals(rehearsal, code)
            (answer,) = await person.do(f"/{command} {code} {BEHIND.get(command, 'vì sao')}")
            after = [kind for kind in await entries(rehearsal, code) if kind != "denied"]
            assert after == before
            assert "học phí của con tôi" not in answer
            assert await refusals(rehearsal, code) == refused + 1

    asyncio.run(act())


@pytest.mark.parametrize("command", sorted(TASK_OF))
@pytest.mark.parametrize("role", ROLES)
def test_a_command_in_ones_own_unit(role: Role, command: str, tmp_path: Path) -> None:
    """On an unassigned case of one's unit only what the table allows there is not refused."""
    deed: CaseDeed = TASK_OF[command]  # type: ignore[assignment]  # the tasks are named by deeds

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            person = await staff(rehearsal, role, HERE, "An")
            before = await refusals(rehearsal, code)
            (answer,) = await person.do(f"/{command} {code} {BEHIND.get(command, 'vì sao')}")
            unknown = CONTENT.say("vi", "desk.unknown", code=code)
            denied = CONTENT.say("vi", "desk.denied") in answer or unknown in answer
            assert denied is (REACHES[role, deed] in {"-", "own", "urgent"})
            assert await refusals(rehearsal, code) == before + denied

    asyncio.run(act())


@pytest.mark.parametrize("role", ROLES)
def test_announcing(role: Role, tmp_path: Path) -> None:
    """Who may not announce begins none, sees none, and each try is written down."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, _):
            author = await staff(rehearsal, "dispatcher", HERE, "An")
            for line in ("/thongbao Trường nghỉ học.", "[Cán bộ]"):
                await author.do(line)
            (card,) = await author.do("[Trình duyệt]")
            code = card.partition("Thông báo TB-")[2].split()[0]
            person = await staff(rehearsal, role, HERE, "Bình")
            before = await refusals(rehearsal, code)
            (typed,) = await person.do("/thongbao Không được phép.")
            await person.do("/huy")
            (seen,) = await person.do(f"/thongbao TB-{code}")
            may = REACHES[role, "announce"] != "-"
            assert (CONTENT.say("vi", "desk.denied") in typed) is not may
            assert ("Trường nghỉ học." in seen) is may
            assert ("[Duyệt, gửi]" in seen) is (REACHES[role, "release"] == "other")
            assert await refusals(rehearsal, code) == before + (0 if may else 2)

    asyncio.run(act())


@pytest.mark.parametrize("command", sorted(ALIASES))
def test_a_citizen_types_the_commands_of_the_desk(command: str, tmp_path: Path) -> None:
    """Whoever is not invited is told so, and nothing happens."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            stranger = rehearsal.person("stranger")
            await arrange(["agreed"], InRehearsal(rehearsal), stranger)
            before = await entries(rehearsal, code)
            (answer,) = await stranger.do(f"/{command} {code} vì sao")
            assert "học phí của con tôi" not in answer
            assert await entries(rehearsal, code) == before

    asyncio.run(act())


def test_a_stale_session(tmp_path: Path) -> None:
    """Whose duty ended while the card was open presses in vain, sees nothing, and it is logged."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            person = await staff(rehearsal, "officer", HERE, "An")
            (card,) = await person.do(code)
            assert "học phí của con tôi" in card
            duty = Duty(role="officer", unit=HERE)
            end = ChangeDuty(by=0, member=1, duty=duty, given=False)
            now = rehearsal.hour.now
            await rehearsal.store.run(lambda tx: members.change_duty(tx, end, now))
            before = await entries(rehearsal, code)
            (answer,) = await person.do("[Nhận việc]")
            assert CONTENT.say("vi", "desk.not_staff") in answer
            assert "học phí của con tôi" not in answer
            assert [kind for kind in await entries(rehearsal, code) if kind != "denied"] == before

    asyncio.run(act())


def test_what_others_were_offered(tmp_path: Path) -> None:
    """A button of somebody else's card, forged or forwarded, has the current question repeated."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            await (await staff(rehearsal, "officer", HERE, "An")).do(code)
            monitor = await staff(rehearsal, "monitor", HERE, "Mặt trận")
            before = await entries(rehearsal, code)
            for step in range(12):
                await monitor.do(f"(press {step}.1)")
            assert await entries(rehearsal, code) == before

    asyncio.run(act())


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_sees(role: Role, tmp_path: Path) -> None:
    """The words of a citizen are for who may read them; a monitor sees code, area and lateness."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            person = await staff(rehearsal, role, HERE, "An")
            (card,) = await person.do(f"/tim {code}")
            assert ("học phí của con tôi" in card) is (REACHES[role, "read"] not in {"-", "urgent"})
            sees = REACHES[role, "see"] not in {"-", "urgent"}
            assert ("Sở Giáo dục và Đào tạo" in card) is sees

    asyncio.run(act())


def test_the_story_of_a_case_out_of_sight(tmp_path: Path) -> None:
    """Whoever asks for it learns no more than of a code that no case has, and it is logged."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            person = await staff(rehearsal, "approver", ELSEWHERE, "An")
            refused = await refusals(rehearsal, code)
            (answer,) = await person.do(f"/nhatky {code}")
            assert CONTENT.say("vi", "desk.unknown", code=code) in answer
            assert CONTENT.say("vi", "desk.denied") not in answer
            assert await refusals(rehearsal, code) == refused + 1

    asyncio.run(act())
