"""Telling in confidence, and reading it: what is said, where, and to whom nothing is."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

import bot.turn
from bot.preview import screens
from bot.preview_confidential import CODE, INSPECTOR, confidential_screens
from bot.talk import Rehearsal, dialogue
from handlers.content import Lang
from handlers.denouncing import Denunciation, Line
from handlers.desk.people import Duty, Official, Role
from handlers.desk.places import Office, Restricted
from handlers.events import FileRefused
from handlers.facts import Facts
from handlers.rooms.denouncing import show_denouncing
from handlers.rooms.desk.office import show_office
from handlers.rooms.desk.queue import to_found
from handlers.rooms.desk.restricted import show_restricted
from handlers.session import Denouncing, Session
from handlers.unattended import file_refused
from handlers.view import View
from storage import inbox, outbox, sessions
from storage.database import Tx
from tests.transcripts.saying import CONTENT

SECRET = "Ông Trưởng Mẫu nhận tiền"
TELLING = ("/start", "[Đồng ý xử lý để trả lời ý kiến]", "/tinkin", "[Báo tin kín]", SECRET)
WRONG = "H4TN-62XC-9FQK"
SENDING = ("[Xong]", "[Không rõ]", "[Không ghi tên]", "[Bỏ qua]", "[Gửi kín]")


@pytest.fixture
async def rehearsal(database_url: str) -> AsyncIterator[Rehearsal]:
    """A bot that has met nobody."""
    async with dialogue(CONTENT, database_url) as here:
        yield here


async def said(rehearsal: Rehearsal, who: str, *lines: str) -> str:
    """What somebody hears last."""
    answers: tuple[str, ...] = ()
    for line in lines:
        answers = await rehearsal.person(who).do(line)
    return "\n".join(answers)


async def test_a_code_alone_says_what_an_unknown_code_says(rehearsal: Rehearsal) -> None:
    """Nobody learns by trying codes that there is a message, nor by trying receipts."""
    sent = await said(rehearsal, "a", *TELLING, *SENDING)
    code = sent[sent.index("TT-") :][:11]
    for who in ("b", "c"):
        await said(rehearsal, who, *TELLING[:2])
    for known_by, unknown_by in ((f"/tracuu {code}", "/tracuu TT-7K3Q-M2X"), (WRONG, WRONG)):
        known = await said(rehearsal, "b", known_by)
        unknown = await said(rehearsal, "c", unknown_by)
        assert known == unknown.replace("TT-7K3Q-M2X", code)
    tries = [await said(rehearsal, "b", "2222-3333-4444") for _ in range(6)]
    assert "TT-" in tries[0]
    assert tries[-1] != tries[0], "whoever goes on trying is made to wait"


async def test_only_the_web_shows_an_inspector_what_was_told() -> None:
    """On a foreign platform its servers would have the words: it shows the way to the page."""
    desk = dict(_desk())
    room = Restricted(page="card", code=CODE, whole=True)
    view = View(Session(room=room, staff=True), desk["web"])
    assert SECRET in show_restricted(room, view).text
    elsewhere = View(Session(room=room, staff=True), desk["telegram"])
    shown = show_restricted(room, elsewhere)
    assert SECRET not in shown.text
    assert "trang web" in shown.text


def _desk() -> list[tuple[str, Facts]]:
    facts = next(iter(screens(CONTENT, "vi"))).facts
    known = next(known for _, _, known in confidential_screens(facts) if known.confided)
    told = known.confided
    assert isinstance(told, Denunciation)
    line = Line(seq=1, at=facts.now, kind="told", words=SECRET)
    told = told.model_copy(update={"lines": (line,)})
    there = replace(known, confided=told, official=INSPECTOR)
    return [(channel, replace(there, channel=channel)) for channel in ("web", "telegram")]


def test_a_file_told_in_confidence_is_never_called_by_its_name() -> None:
    """Nor when it turns out to be unusable."""
    facts = next(iter(screens(CONTENT, "vi"))).facts
    view = View(Session(room=Denouncing(page="words", code=CODE)), facts)
    after = file_refused(FileRefused(key="a", name="to-cao-ong-mau.pdf", reason="type"), view)
    assert "to-cao" not in after.notice


async def test_words_behind_the_command_are_told_too(rehearsal: Rehearsal) -> None:
    """Nothing is lost that somebody writes before the way in was shown."""
    await said(rehearsal, "a", *TELLING[:2], f"/tinkin {SECRET}", "[Báo tin kín]")
    assert "Lời kể: 1 tin" in await said(rehearsal, "a", *SENDING[1:-1])


async def test_what_failed_while_it_was_told_is_not_kept(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault keeps no word of it for a replay; whoever told it is asked to send it again."""
    await said(rehearsal, "a", *TELLING[:4])

    def fails(*_: object) -> None:
        raise RuntimeError("a fault")

    with monkeypatch.context() as broken:
        broken.setattr(bot.turn, "step", fails)
        sorry = await said(rehearsal, "a", SECRET)
        assert CONTENT.say("vi", "fault.sorry_apart") in sorry
    (failed,) = await rehearsal.store.run(lambda tx: inbox.failures(tx, 10))
    assert (failed.raw, failed.event) == ("", "")


async def test_what_failed_before_it_was_told_in_confidence_is_forgotten(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault kept the words for a replay: once they are told in confidence they are gone there."""
    await said(rehearsal, "a", *TELLING[:2])

    def fails(*_: object) -> None:
        raise RuntimeError("a fault")

    with monkeypatch.context() as broken:
        broken.setattr(bot.turn, "step", fails)
        await said(rehearsal, "a", SECRET)
    (failed,) = await rehearsal.store.run(lambda tx: inbox.failures(tx, 10))
    assert "said" in failed.event
    await said(rehearsal, "a", *TELLING[2:])
    (failed,) = await rehearsal.store.run(lambda tx: inbox.failures(tx, 10))
    assert (failed.raw, failed.event) == ("", "")


async def test_nothing_of_it_is_in_the_conversation_once_it_was_sent(rehearsal: Rehearsal) -> None:
    """Neither in its state nor among what was said, from the first word on."""
    await said(rehearsal, "a", *TELLING[:2], "/gui", "[Việc khác]", f"{SECRET} để làm sổ đỏ")
    await said(rehearsal, "a", "/tinkin", "[Báo tin kín]", *SENDING[1:], "/trogiup")

    def look(tx: Tx) -> tuple[str, list[str]]:
        opened = sessions.open(tx, "talk", "a", rehearsal.hour.now)
        return opened.state, [m.payload for m in outbox.after(tx, opened.contact_id, 0, 100)]

    state, messages = await rehearsal.store.run(look)
    assert SECRET not in state
    assert "TT-" not in state
    assert not [text for text in messages if SECRET in text or "TT-" in text]


@pytest.mark.parametrize("channel", ["web", "telegram"])
def test_the_way_in_fits_a_small_phone(channel: str) -> None:
    """What the law wants said is short enough not to push the buttons off the screen."""
    facts = replace(next(iter(screens(CONTENT, "vi"))).facts, channel=channel)
    text = show_denouncing(Denouncing(), View(Session(), facts)).text
    assert len(text) <= 920
    for said_there in ("Luật Tố cáo", "giữ bí mật", "Giờ tiếp: ", "Không bắt buộc ghi tên"):
        assert said_there in text


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_offices_offered_are_called_by_whole_words(lang: Lang) -> None:
    """No name is cut in the middle, and whoever types the name on a button is understood."""
    for unit in CONTENT.units.values():
        label = unit.label(lang)
        assert any(f"{name} ".startswith(f"{label} ") for name in unit.names)
        assert unit.short or CONTENT.territory.get(unit.id) or label == unit.name.in_(lang)


async def test_the_review_names_who_is_shut_out(rehearsal: Rehearsal) -> None:
    """A place typed loosely is seen before it is sent, and changed without telling all again."""
    await said(rehearsal, "a", *TELLING, "[Xong]", "tra my", "[Không ghi tên]")
    review = await said(rehearsal, "a", "[Bỏ qua]")
    assert "sẽ không thấy tin này: UBND xã Trà My" in review
    changed = await said(rehearsal, "a", "[Sửa nơi bị nêu]", "[Sở Y tế]")
    assert "sẽ không thấy tin này: Sở Y tế" in changed
    unknown = await said(rehearsal, "a", "[Sửa nơi bị nêu]", "[Không rõ]")
    assert "Nơi bị nêu: không rõ" in unknown


@pytest.mark.parametrize(
    ("role", "button", "typed"),
    [
        ("inspector", "Danh sách tin báo kín", "TT-7K3Q-M2X"),
        ("dpo", "Yêu cầu về dữ liệu", "DL-7K3Q-M2X"),
        ("watch", "", ""),
    ],
)
def test_whoever_has_a_list_of_their_own_is_led_there(role: Role, button: str, typed: str) -> None:
    """By a button of the guide, and by a code; to anybody else it is a code of nothing."""
    facts = next(iter(screens(CONTENT, "vi"))).facts
    official = Official(id=1, name="An", duties=(Duty(role=role),))
    view = View(Session(staff=True), replace(facts, official=official))
    labels = [way.label for way in show_office(Office(page="guide"), view).choices]
    assert labels == [*([button] if button else []), "Về menu chính"]
    if typed:
        assert to_found(typed, view).notice == ""
    for code in ("TT-7K3Q-M2X", "DL-7K3Q-M2X"):
        if code != typed:
            assert code in to_found(f"{code.lower()} ", view).notice
