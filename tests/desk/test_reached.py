"""Answered means reached, in the running conversation: the messages that count, and the task."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue import Dialogue
from bot.talk import Rehearsal
from handlers.desk.dossier import Dossier
from handlers.events import Media, SentMedia
from handlers.facts import Facts
from handlers.session import Menu, Session
from handlers.unattended import with_album
from handlers.view import Blank, Next, View
from storage import desk, people
from storage.database import Tx
from storage.outbox import State
from tests.desk.test_promise_four import HERE, entries, province, staff
from tests.transcripts.saying import CONTENT, InRehearsal, arrange

QUESTION = "Trường thu theo thông báo nào?"
Scene = Callable[[Rehearsal, str, Dialogue], Awaitable[None]]


def play(tmp_path: Path, scene: Scene) -> None:
    """Let an officer take up a case, and then the *scene* be played."""

    async def act() -> None:
        async with province(tmp_path) as (rehearsal, code):
            officer = await staff(rehearsal, "officer", HERE, "An")
            await officer.do(f"/nhan {code}")
            rehearsal.person("citizen").answers()
            await scene(rehearsal, code, officer)

    asyncio.run(act())


async def asked(officer: Dialogue, code: str) -> str:
    """Ask the citizen something; all that the officer hears then."""
    await officer.do(f"/hoi {code} {QUESTION}")
    return "\n".join(await officer.do("[Gửi câu hỏi]"))


async def dossier(rehearsal: Rehearsal, code: str) -> Dossier:
    """The case as the desk sees it."""
    found = await rehearsal.store.run(lambda tx: desk.dossier(tx, code))
    assert found is not None
    return found


async def lost(rehearsal: Rehearsal, state: State) -> None:
    """From now on messages to the citizen end so, until they write."""
    now = rehearsal.hour.now
    rehearsal.ends["citizen"] = state

    def lose(tx: Tx) -> None:
        found = people.find(tx, "talk", "citizen")
        assert found is not None
        people.set_reachable(tx, found.id, now, reachable=False)

    if state == "unreachable":
        await rehearsal.store.run(lose)


def test_who_writes_again_is_told_what_they_missed(tmp_path: Path) -> None:
    """Whoever was found unreachable and then writes hears the question, and the task is gone."""

    async def scene(rehearsal: Rehearsal, code: str, officer: Dialogue) -> None:
        citizen = rehearsal.person("citizen")
        await lost(rehearsal, "unreachable")
        assert "người gửi chưa nhận được câu hỏi" in await asked(officer, code)
        assert citizen.answers() == ()
        assert (await dossier(rehearsal, code)).card.unreached
        answers = await citizen.do("/trogiup")
        assert len(answers) == 2
        assert QUESTION in answers[1]
        found = await dossier(rehearsal, code)
        assert (found.card.unreached, found.ledger[0].state) == (0, "sent")
        assert (await entries(rehearsal, code))[-2:] == ["unreached", "reached"]

    play(tmp_path, scene)


def test_what_may_have_arrived_is_said_to_be_unsure(tmp_path: Path) -> None:
    """The official is told that nobody knows whether it arrived, on the card too."""

    async def scene(rehearsal: Rehearsal, code: str, officer: Dialogue) -> None:
        await lost(rehearsal, "unknown")
        assert "chưa rõ câu hỏi đã đến người gửi hay chưa" in await asked(officer, code)
        (card,) = await officer.do(code)
        assert "Chưa rõ câu hỏi đã đến người gửi hay chưa" in card
        assert "Talk: chưa rõ đã đến hay chưa" in card

    play(tmp_path, scene)


def test_reading_the_case_in_another_chat_counts(tmp_path: Path) -> None:
    """Whoever proves in another chat that the case is theirs, and reads it there, knows of it."""

    async def scene(rehearsal: Rehearsal, code: str, officer: Dialogue) -> None:
        await lost(rehearsal, "failed")
        await asked(officer, code)
        assert (await dossier(rehearsal, code)).card.unreached
        library = rehearsal.person("library")
        await arrange(["agreed"], InRehearsal(rehearsal), library)
        await library.do(f"/tracuu {code}")
        (shown,) = await library.do("LMTJ-85M2-JKR2")
        assert QUESTION in shown
        assert (await dossier(rehearsal, code)).card.unreached == 0

    play(tmp_path, scene)


def test_who_reads_the_case_is_not_told_the_same_again(tmp_path: Path) -> None:
    """A message that may have arrived is not repeated to who has since read the case itself."""

    async def scene(rehearsal: Rehearsal, code: str, officer: Dialogue) -> None:
        citizen = rehearsal.person("citizen")
        await lost(rehearsal, "unknown")
        await asked(officer, code)
        (shown,) = await citizen.do(f"/tracuu {code}")
        assert QUESTION in shown
        assert (await dossier(rehearsal, code)).card.unreached == 0
        await citizen.do("(blocks)")
        assert await citizen.do("(comes back)") == ()

    play(tmp_path, scene)


def test_which_messages_are_a_cases_own(tmp_path: Path) -> None:
    """News goes by itself, behind replies; the answer to what a citizen did stays a reply."""

    async def scene(rehearsal: Rehearsal, code: str, officer: Dialogue) -> None:
        citizen = rehearsal.person("citizen")
        await asked(officer, code)
        await citizen.do("Theo thông báo ngày 15/9")
        await citizen.do("[Xong, gửi bổ sung]")
        rows = await rehearsal.store.run(
            lambda tx: tx.rows(
                "SELECT lane, since, upto FROM outbox WHERE ticket_id IS NOT NULL ORDER BY id"
            )
        )
        sent, taken, question, added = rows
        assert sent == added == ("reply", 0, 0)
        assert (taken, question) == (("notice", 1, 2), ("notice", 2, 3))

    play(tmp_path, scene)


@pytest.mark.parametrize("how", ["gọi điện", "Điện thoại", "gặp trực tiếp", "thư", "qua thôn"])
def test_told_otherwise_in_one_line(how: str, tmp_path: Path) -> None:
    """How, and a note, may stand behind the command; in English it is /informed."""

    async def scene(rehearsal: Rehearsal, code: str, officer: Dialogue) -> None:
        await lost(rehearsal, "unreachable")
        await asked(officer, code)
        (done,) = await officer.do(f"/informed {code} {how} Đã trao đổi lúc 9 giờ")
        assert CONTENT.say("vi", "task.inform.done") in done
        last = (await dossier(rehearsal, code)).story[-1]
        assert (last.kind, last.words, last.by) == ("informed", "Đã trao đổi lúc 9 giờ", "An")
        (queue,) = await officer.do("/hangdoi unreached")
        assert CONTENT.say("vi", "queue.empty") in queue

    play(tmp_path, scene)


def test_what_a_message_is_about_survives_an_album() -> None:
    """Whatever interrupts an album keeps its case, its files and its picture."""
    session = Session(album="a", room=Menu())
    photo = Media(key="k", kind="photo")
    news = Next(session, "Tin", files=(photo,), qr="q", about="PA-6Q4C-5MJ")
    view = View(session, Facts(now=datetime(2026, 11, 23, 9, tzinfo=UTC), content=CONTENT))
    after = with_album(Blank(), news, view)
    assert (after.about, after.files, after.qr) == ("PA-6Q4C-5MJ", (photo,), "q")
    assert after.notice.endswith("\nTin")
    kept = with_album(SentMedia(media=(photo,), album="a"), news, view)
    assert kept == news
