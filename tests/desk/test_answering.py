"""Composing an answer: bounded, addressed to those it may go to, and only then sent."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import load_content
from handlers.codes import CODE_NUMBERS, make_code
from handlers.desk.contract import LONGEST_ANSWER, LONGEST_PRIVATE, shown, size
from handlers.desk.dossier import DeskCard, Dossier, Line, Reply
from handlers.desk.people import Duty, Official
from handlers.desk.places import Doing
from handlers.effects import MoveTicket, Notify, Witness
from handlers.facts import Facts
from handlers.rooms import doors
from handlers.rooms.desk.answering import composed
from handlers.rooms.desk.doing import at_doing, begin
from handlers.rooms.desk.together import MOST, along
from handlers.session import Session
from handlers.tickets import AnswerLine, Status
from handlers.unsent import Part
from handlers.view import Next, Picked, View, Wrote

CONTENT = load_content(Path(__file__).parents[2] / "content")
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
UNIT = "tong-dai-1022"  # its answers need no second person
LONGEST_MESSAGE = 4096
AN = Official(id=1, name="An", duties=(Duty(role="officer", unit=UNIT),))
HEAD = Official(id=2, name="Bình", duties=(Duty(role="approver", unit=UNIT),))
GIVEN = {
    "template": "",
    "finding": "Mương thôn 3 bị lấp, nước không thoát kịp.",
    "basis": "Điều 235 Luật Đất đai 31/2024/QH15, hiệu lực 01/8/2024",
    "action": "Đã đào lại 40 m mương.",
    "next": "báo lại nếu còn ngập.",
    "until": "2026-12-31",
    "files": "0",
}


def code(number: int) -> str:
    """A code for the case of this *number*."""
    return make_code([0] * (CODE_NUMBERS - 2) + [number // 20, number % 20])


def card(number: int, status: Status = "working", assignee: int = 1, unit: str = UNIT) -> DeskCard:
    """A case of the unit."""
    return DeskCard(
        id=number, code=code(number), topic="khac", status=status, unit=unit,
        commune="phuong-hai-chau", opened_at=NOW, due_on=date(2026, 12, 8), assignee=assignee,
        entries=5,
    )  # fmt: skip


def dossier(
    *same: DeskCard, first: DeskCard | None = None, story: tuple[Line, ...] = ()
) -> Dossier:
    """The case 0 with the others of its matter."""
    line = AnswerLine(name="what", label="Nội dung", value="", text="Mương thôn 3 bị lấp, ngập")
    return Dossier(card=first or card(0), lines=(line,), media=(), story=story, same=same)


def view(
    found: Dossier, room: Doing, official: Official | None = AN, others: tuple[Official, ...] = ()
) -> View:
    """What *official* sees who is doing something."""
    facts = Facts(now=NOW, content=CONTENT, official=official, dossier=found, members=others)
    return View(Session(room=room, staff=True), facts)


def composing(**given: str) -> Doing:
    """An answer all of whose questions are answered."""
    return Doing(task="answer", code=code(0), seen=5, given=GIVEN | given)


def sent(after: Next) -> list[MoveTicket]:
    """The moves a turn makes."""
    return [effect for effect in after.effects if isinstance(effect, MoveTicket)]


def press(at: View, key: str) -> Next:
    """Press a choice that is offered."""
    assert key in {choice.key for choice in doors.show(at).choices}
    assert isinstance(at.session.room, Doing)
    return at_doing(at.session.room, Picked(key), at)


def test_the_officer_sees_what_the_citizen_gets() -> None:
    """The last look and the citizen's message come from one function, days written as here."""
    at = view(dossier(), composing())
    after = press(at, "confirm")
    (answer,) = sent(after)
    assert answer.action == "answer"
    text = shown(Reply.model_validate_json(answer.words), at)
    assert "31/12/2026" in text
    assert text in doors.show(at).text


def test_an_english_case_is_framed_in_english() -> None:
    """The frame is in the language of the case, whoever looks."""
    english = card(0).model_copy(update={"lang": "en"})
    at = view(dossier(first=english), composing())
    assert "What was found: Mương thôn 3" in doors.show(at).text


def test_a_flag_asks_for_a_second_person() -> None:
    """Also where the unit asks for none; its history says which flags were raised."""
    after = press(view(dossier(), composing(basis=""), AN, (AN, HEAD)), "confirm")
    (submitted,) = sent(after)
    assert submitted.action == "submit"
    assert submitted.data["flags"] == "no_basis"
    notices = [e for e in after.effects if isinstance(e, Notify)]
    assert [(n.to, n.what) for n in notices] == [("approvers", "submitted")]


def test_a_flag_does_not_hold_what_nobody_could_release() -> None:
    """Without anybody to release it, the author is told and sends it alone."""
    at = view(dossier(), composing(basis=""), AN, (AN,))
    assert CONTENT.say("vi", "release.alone") in doors.show(at).text
    assert [move.action for move in sent(press(at, "confirm"))] == ["answer"]


def test_one_part_is_changed_without_the_others() -> None:
    """Asked again by its button, with what was there to keep."""
    at = view(dossier(), composing())
    asked = press(at, "edit:action").session.room
    assert isinstance(asked, Doing)
    again = View(Session(room=asked, staff=True), at.facts)
    assert GIVEN["action"] in doors.show(again).text
    after = at_doing(asked, Wrote(Part(text="Đã đào lại 60 m.")), again).session.room
    assert isinstance(after, Doing)
    assert after.given == GIVEN | {"action": "Đã đào lại 60 m."}


def test_an_answer_too_long_for_one_message_is_refused_while_composing() -> None:
    """Told by how much; what was given before stays."""
    long = "dài " * 450
    room = composing(finding=long).model_copy(update={"asking": "action"})
    at = view(dossier(), room)
    after = at_doing(room, Wrote(Part(text=long.strip())), at)
    assert after.notice.startswith("Câu trả lời dài hơn một tin")
    assert after.session.room == room


@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from(["flagged", "bare"]))
def test_the_longest_look_fits_one_message(mine: int, others: int, look: str) -> None:
    """The whole answer, all flags, the private lines and the cases left out: one message."""
    cards = [card(n) for n in range(1, mine + 1)]
    cards += [card(n, assignee=9) for n in range(mine + 1, mine + others + 1)]
    private = {f"private_{c.code}": "ơ" * LONGEST_PRIVATE for c in cards}
    flagged = {"basis": "", "action": "", "until": "", "next": "x"}
    given = {"together": "yes"} | private | (flagged if look == "flagged" else {})
    shortest = composed(composing(**given | {"finding": ""}))
    frame = size(shown(shortest, view(dossier(), composing()))) + len("Kết quả xem xét: \n")
    room = composing(**given | {"finding": "ă" * (LONGEST_ANSWER - frame)})
    assert size(doors.show(view(dossier(*cards), room, AN, (AN, HEAD))).text) <= LONGEST_MESSAGE


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (card(1, assignee=9), "colleague"),
        (card(1, "answered"), "status"),
        (card(1, "asking", assignee=0), "status"),
        (card(1, "recorded", assignee=0, unit="so-y-te"), "scope"),
        (card(1, "forwarded", assignee=0).model_copy(update={"not_for": 1}), "again"),
    ],
)
def test_who_can_not_be_answered_along_is_told_why(other: DeskCard, why: str) -> None:
    """A colleague's case, one of another unit, one that is closed: left out, and named."""
    able, out = along(dossier(other), AN)
    assert able == ()
    assert [left.why for left in out] == [why]


def test_many_are_answered_at_once_each_once() -> None:
    """A free case is taken first; nothing is done to one that changed since it was read."""
    free = card(2, "recorded", assignee=0)
    room = composing(together="yes", **{f"private_{free.code}": "Riêng nhà bà."})
    after = press(view(dossier(card(1), free), room), "confirm")
    assert [(m.code, m.action, m.seen) for m in sent(after)] == [
        (code(0), "answer", 5),
        (code(1), "answer", 5),
        (code(2), "take", 5),
        (code(2), "answer", 6),
    ]
    private = [Reply.model_validate_json(m.words).private for m in sent(after) if m.words]
    assert private == ["", "", "Riêng nhà bà."]
    told = [effect.code for effect in after.effects if isinstance(effect, Notify)]
    assert told == [code(0), code(1), code(2)]


def test_no_more_than_ten_go_along() -> None:
    """The next ones are named, to go with the next answer."""
    able, out = along(dossier(*(card(n) for n in range(1, MOST + 4))), AN)
    assert len(able) == MOST
    assert [left.why for left in out] == ["many"] * 3


def test_what_was_sent_back_is_proposed_part_by_part() -> None:
    """The text is kept, whoever answers now."""
    words = Reply(finding="Đã đào mương.", basis="Điều 1", until="2026-12-31").model_dump_json()
    story = (
        Line(seq=4, at=NOW, kind="submitted", words=words, data={"flags": "no_proof"}),
        Line(seq=5, at=NOW, kind="sent_back", words="Ghi rõ hơn."),
    )
    found = dossier(story=story)
    desk = View(Session(staff=True), view(found, composing()).facts)
    room = begin("answer", code(0), "", desk).session.room
    assert isinstance(room, Doing)
    assert room.proposed == {
        "finding": "Đã đào mương.", "basis": "Điều 1", "until": "2026-12-31",
    }  # fmt: skip


@pytest.mark.parametrize(
    "first", [card(0, assignee=9), card(0, "closed"), card(0, "withdrawn")], ids=str
)
def test_what_can_no_longer_be_sent_stays_on_the_screen(first: DeskCard) -> None:
    """Given to somebody else, closed or withdrawn meanwhile: a sentence, and the text kept."""
    at = view(dossier(first=first), composing())
    after = press(at, "confirm")
    assert sent(after) == []
    assert CONTENT.say("vi", "desk.text_kept") in after.notice
    assert after.session.room == composing()
    assert all(isinstance(effect, Witness) for effect in after.effects)


def test_somebody_who_left_is_shown_nothing() -> None:
    """A stale last look of a former member tells nothing and does nothing."""
    at = view(dossier(), composing(), None)
    assert GIVEN["finding"] not in doors.show(at).text
    after = at_doing(composing(), Picked("confirm"), at)
    assert sent(after) == []
