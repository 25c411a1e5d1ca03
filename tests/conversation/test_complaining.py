"""A complaint is never taken in: the days are counted, the door named, the petition asked for."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.turn import ZONE
from handlers.events import Chose, Media, Said, SentMedia, Started, TimedOut
from handlers.facts import Facts, Made
from handlers.messages import Say
from handlers.petition import ForgetPetition, MakePetition
from handlers.reading.dates import show_date
from handlers.rooms import complaining
from handlers.rooms.petitioning import SLOTS, is_id, read_id
from handlers.rooms.start import without_consent
from handlers.session import Complaining, Menu, Reviewing, Session, Topics
from handlers.unsent import Answer, Draft, Part, Pending
from handlers.view import Turn, View
from tests.conversation.turning import shown, turn
from tests.petition.papers import CONTENT, ID_NUMBER

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
FACTS = Facts(now=NOW, content=CONTENT)
TODAY = NOW.date()
BASE = Session(consent=CONTENT.controller.privacy_version, room=Menu())
LIMIT = CONTENT.rule("complaint_file_days").value
COMMUNE = CONTENT.territory.communes[0]
STORY = "Quyết định thu hồi đất ghi thiếu 140 m² của nhà tôi."
PDF = Media(key="petition:1:pdf", kind="document", name="don-khieu-nai.pdf")


def said(after: Turn) -> Say:
    """What a turn says."""
    assert after.say is not None
    return after.say


def at(room: Complaining, **changes: object) -> Session:
    """Somebody who stands in this room."""
    return shown(BASE.model_copy(update={"room": room, **changes}), FACTS)


def pressed(session: Session, label: str, facts: Facts = FACTS) -> Turn:
    """What comes of pressing the button called so."""
    n = [choice.label for choice in session.offered].index(label) + 1
    return turn(session, Chose(step=session.step, n=n), facts)


def room_of(after: Turn) -> Complaining:
    """Where it leads, within the complaint."""
    room = after.session.room
    assert isinstance(room, Complaining)
    return room


def drafted() -> Session:
    """Somebody whose unsent draft is a complaint."""
    topic = CONTENT.topics["boi_thuong_tdc"]
    answers = {
        "what": Answer(value=STORY, text=STORY, parts=(Part(text=STORY),)),
        "decision": Answer(value="123/QĐ-UBND", text="123/QĐ-UBND"),
        "commune": Answer(value=COMMUNE.id, text=COMMUNE.name),
        "phone": Answer(value="+84905123456", text="0905 123 456"),
        "project": Answer(),
    }
    draft = Draft(topic=topic.id, opened_at=NOW, index=len(topic.ask), answers=answers)
    session = BASE.model_copy(update={"draft": draft, "room": Reviewing()})
    after = complaining.begin(View(session, FACTS))
    assert "không thay cho đơn khiếu nại" in after.notice
    return shown(after.session, FACTS)


@pytest.mark.parametrize(
    "words", ["/khieunai", "/complaint", "làm đơn khiếu nại", "Khiếu nại", "mau don khieu nai"]
)
def test_it_is_found_by_its_command_and_by_its_name(words: str) -> None:
    """A command in either language, or the few words for it; a story that says them is none."""
    after = turn(shown(BASE, FACTS), Said(text=words), FACTS)
    assert room_of(after) == Complaining()
    assert "không thay cho đơn khiếu nại" in said(after).text
    story = turn(shown(BASE, FACTS), Said(text=f"Tôi {words} về đất đã lâu, chưa ai xem"), FACTS)
    assert not isinstance(story.session.room, Complaining)


@given(st.integers(min_value=0, max_value=3000))
def test_the_last_day_is_counted_in_calendar_days(ago: int) -> None:
    """Ninety days after the day it was known, which does not count; past it, by how many days."""
    assert LIMIT is not None
    known = TODAY - timedelta(days=ago)
    after = turn(at(Complaining()), Said(text=show_date(known)), FACTS)
    text, last = said(after).text, known + timedelta(days=LIMIT)
    assert show_date(last) in text
    assert room_of(after).known_on == known.isoformat()
    still = CONTENT.calendar.add_working_days(last - timedelta(days=1), 1)
    if ago > LIMIT and still >= TODAY:
        assert "hôm nay có thể còn kịp" in text
        assert "Điều 148 khoản 5" in text
    elif ago > LIMIT:
        assert f"đã qua {ago - LIMIT} ngày" in text
        assert "trở ngại khách quan" in text
    elif ago == LIMIT:
        assert "hôm nay" in text
    else:
        assert f"còn {LIMIT - ago} ngày" in text
    assert "Luật Khiếu nại 02/2011/QH13, Điều 9" in text
    assert "dự thảo, chưa được duyệt" in text


@pytest.mark.parametrize(
    ("last", "says"),
    [
        (date(2026, 11, 21), "hôm nay có thể còn kịp"),  # Saturday; today is the Monday after
        (date(2026, 11, 20), "đã qua 3 ngày"),  # Friday
        (date(2026, 11, 28), "Ngày 28/11/2026 là ngày nghỉ: xin nộp trước ngày đó."),
    ],
)
def test_a_last_day_that_is_a_day_of_rest(last: date, says: str) -> None:
    """Nobody is told that it is over while the next working day may count, nor to wait for it."""
    assert date(2026, 11, 23) == TODAY
    assert LIMIT is not None
    known = last - timedelta(days=LIMIT)
    text = said(turn(at(Complaining()), Said(text=show_date(known)), FACTS)).text
    assert says in text


def test_a_rule_out_of_force_counts_nothing() -> None:
    """When the figure no longer stands nobody is told a last day; the desk is asked instead."""
    ended = CONTENT.rule("complaint_file_days").model_copy(
        update={"valid_to": TODAY - timedelta(days=1)}
    )
    content = CONTENT.model_copy(update={"law": {**CONTENT.law, ended.id: ended}})
    facts = replace(FACTS, content=content)
    text = said(turn(at(Complaining()), Said(text="14/10/2026"), facts)).text
    assert "12/01/2027" not in text
    assert "90" not in text
    assert "xin hỏi tại quầy tiếp dân" in text


def test_every_figure_has_its_source_at_the_door() -> None:
    """What comes after, and a second complaint: each rule with its article, while in force."""
    door = Complaining(page="door", body="commune", unit=COMMUNE.id)
    text = complaining.show_complaining(door, View(at(door), FACTS)).text
    for rule in ("complaint_accept_days", "complaint_second_file_days"):
        assert CONTENT.rule(rule).words() in text
        assert CONTENT.rule(rule).source in text
    law = {
        name: rule.model_copy(update={"valid_to": TODAY - timedelta(days=1)})
        for name, rule in CONTENT.law.items()
    }
    later = replace(FACTS, content=CONTENT.model_copy(update={"law": law}))
    assert "ngày" not in complaining.show_complaining(door, View(at(door), later)).text


def test_the_door_says_how_it_is_found_as_far_as_it_is_known() -> None:
    """Address, hours and telephone of the unit; what is not written down is asked by telephone."""
    unit = CONTENT.units[CONTENT.petition.city]
    known = {"address": "1 Đường Mẫu", "hours": "7:30 đến 11:30", "phone": "0236 000 000"}
    units = {
        **CONTENT.units,
        unit.id: unit.model_copy(update=known),
        CONTENT.petition.reception: CONTENT.units[CONTENT.petition.reception].model_copy(
            update={**known, "address": "2 Đường Mẫu"}
        ),
    }
    facts = replace(FACTS, content=CONTENT.model_copy(update={"units": units}))
    door = Complaining(page="door", body="city", unit=unit.id)
    text = complaining.show_complaining(door, View(at(door), facts)).text
    for what in (unit.name.vi, *known.values(), "2 Đường Mẫu"):
        assert what in text
    assert CONTENT.controller.phone not in text
    without = complaining.show_complaining(door, View(at(door), FACTS)).text
    assert CONTENT.controller.phone in without


def test_only_what_the_draft_lacks_is_asked() -> None:
    """Story, other answers, telephone and commune are taken from it; a name is asked for."""
    session = drafted()
    after = turn(session, Said(text="14/10/2026"), FACTS)
    door = pressed(after.session, "UBND xã, phường")
    assert room_of(door).unit == COMMUNE.id
    begun = pressed(door.session, "Soạn đơn để in và ký")
    given_ = room_of(begun).given
    assert given_["content"] == f"{STORY}\nSố quyết định, thông báo: 123/QĐ-UBND"
    assert given_["phone"] == "0905 123 456"
    assert set(SLOTS) - given_.keys() == {"name", "address", "against", "demand", "documents"}
    there = begun
    for _ in range(5):
        there = pressed(there.session, "Để trống")
    assert room_of(there).page == "look"
    made = pressed(pressed(there.session, "Soạn đơn").session, "Để trống")
    (effect,) = made.effects
    assert isinstance(effect, MakePetition)
    assert effect.petition.place == COMMUNE.name
    assert effect.petition.known_on == date(2026, 10, 14)
    assert effect.petition.to.startswith("Chủ tịch Ủy ban nhân dân ")
    assert effect.petition.id_number == ""


def test_the_draft_goes_on_as_feedback_with_its_kind() -> None:
    """It is reviewed and sent like any other; the desk sees what it was said to be."""
    after = turn(drafted(), Said(text="14/10/2026"), FACTS)
    door = pressed(after.session, "UBND thành phố")
    on = pressed(door.session, "Gửi như phản ánh, kiến nghị")
    assert isinstance(on.session.room, Reviewing)
    assert on.session.draft is not None
    assert on.session.draft.kind == "complaint"
    assert "không thay cho đơn khiếu nại" in said(on).text
    stopped = pressed(door.session, "Kết thúc")
    assert isinstance(stopped.session.room, Menu)
    assert stopped.session.draft is not None


def test_without_a_draft_the_words_of_the_petition_begin_the_case() -> None:
    """What was told for the letter need not be told again; nothing of it is lost."""
    room = Complaining(page="made", given={"content": STORY})
    held = Pending(parts=(Part(text="Trước đó."),))
    on = pressed(at(room, pending=held), "Gửi như phản ánh, kiến nghị")
    assert isinstance(on.session.room, Topics)
    assert [part.text for part in on.session.pending.parts] == ["Trước đó.", STORY]


@pytest.mark.parametrize("page", ["known", "body", "commune", "department", "door", "filling"])
def test_an_id_number_that_comes_too_early_is_not_kept(page: str) -> None:
    """Wherever it is typed before it is asked for, the session does not hold it."""
    room = Complaining.model_validate({"page": page, "asking": "name"})
    after = turn(at(room), Said(text="049165 000123"), FACTS)
    assert "hỏi sau cùng" in said(after).text
    assert "000123" not in after.session.model_dump_json()


@pytest.mark.parametrize("page", ["look", "id_number", "made"])
def test_the_id_number_goes_straight_into_what_is_printed(page: str) -> None:
    """It is in the effect and nowhere else: not in the session, not in the reply."""
    room = Complaining.model_validate({"page": page, "given": dict.fromkeys(SLOTS, "a")})
    after = turn(at(room), Said(text=ID_NUMBER), FACTS)
    (effect,) = after.effects
    assert isinstance(effect, MakePetition)
    assert effect.petition.id_number == ID_NUMBER
    assert ID_NUMBER not in repr(effect)
    assert ID_NUMBER not in after.session.model_dump_json()
    assert ID_NUMBER not in said(after).text
    assert "3 số cuối 123" in said(after).text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("049165000123", ID_NUMBER),
        ("0491 6500 0123", ID_NUMBER),
        ("CCCD: 049.165.000.123", ID_NUMBER),
        ("０４９１６５０００１２３", None),
        ("04916500012", None),
        ("0491650001234", None),
        ("049165000123 và 049165000124", None),
        ("không", None),
        ("", None),
    ],
)
def test_a_citizens_number_has_twelve_digits(typed: str, read: str | None) -> None:
    """However it is grouped; less, more or two of them are none."""
    assert read_id(typed) == read
    assert not is_id("của tôi 049165000123")


def test_the_documents_are_told_once_wherever_the_person_is() -> None:
    """The files come with the prompt they stand at; nothing made is nothing said."""
    facts = replace(FACTS, petition=Made((PDF,)))
    after = turn(shown(BASE, FACTS), TimedOut(timer="petition"), facts)
    assert said(after).files == (PDF,)
    assert after.effects == (ForgetPetition(),)
    assert f"{CONTENT.petition.keep_days} ngày" in said(after).text
    assert isinstance(after.session.room, Menu)
    silent = turn(shown(BASE, FACTS), TimedOut(timer="petition"), FACTS)
    assert silent.say is None
    failed = turn(shown(BASE, FACTS), TimedOut(timer="petition"), replace(FACTS, petition=Made()))
    assert CONTENT.controller.phone in said(failed).text


def test_what_was_written_is_there_again() -> None:
    """A command, "stop" or another language lead away; the petition goes on where it was left."""
    room = Complaining(page="filling", asking="demand", given={"content": STORY})
    for way in ("/huy", "/tracuu", "/start", "dừng"):
        away = turn(at(room), Said(text=way), FACTS)
        assert not isinstance(away.session.room, Complaining)
        back = turn(away.session, Said(text="/khieunai"), FACTS)
        assert room_of(back) == room
        assert back.session.unmade is None
    asked = turn(at(room), Said(text="/ngonngu"), FACTS)
    assert asked.session.unmade is None
    assert room_of(pressed(asked.session, "Tiếng Việt")) == room
    done = at(room.model_copy(update={"page": "made", "asking": ""}))
    ended = pressed(done, "Kết thúc")
    assert ended.session.unmade is None


def test_nothing_of_it_is_left_without_consent() -> None:
    """Whoever takes the agreement back has no half-written petition here either."""
    room = Complaining(page="filling", asking="demand", given={"content": STORY})
    session = BASE.model_copy(update={"unmade": room})
    assert STORY not in without_consent(session).model_dump_json()


def test_what_is_too_long_is_refused_and_the_rest_kept() -> None:
    """A story over the limit is not taken; what was told before stands."""
    room = Complaining(page="filling", asking="content", given={"content": STORY})
    after = turn(at(room), Said(text="a" * 20_000), FACTS)
    assert room_of(after).given == {"content": STORY}
    assert "20000" in said(after).text or "20.000" in said(after).text


def test_files_sent_meanwhile_wait_for_their_case() -> None:
    """A photo of the decision is held, as anywhere; one of the ID card is refused."""
    photo = SentMedia(media=(Media(key="web:1", kind="photo", name="qd.jpg", size=10),))
    held = turn(at(Complaining(page="door")), photo, FACTS)
    assert len(held.session.pending.media) == 1
    refused = turn(at(Complaining(page="id_number")), photo, FACTS)
    assert refused.effects == ()
    assert refused.session.pending == Pending()


def test_words_behind_the_command_are_what_is_complained_of() -> None:
    """They are held from then on, begin the petition's story, and go on as feedback but once."""
    after = turn(shown(BASE, FACTS), Said(text=f"/khieunai {STORY}"), FACTS)
    assert [part.text for part in after.session.pending.parts] == [STORY]
    door = pressed(turn(after.session, Said(text="14/10/2026"), FACTS).session, "UBND thành phố")
    begun = pressed(door.session, "Soạn đơn để in và ký")
    assert room_of(begun).given == {"content": STORY}
    longer = room_of(begun).model_copy(update={"page": "made", "given": {"content": f"{STORY} A"}})
    there = at(longer, pending=begun.session.pending)
    on = pressed(there, "Gửi như phản ánh, kiến nghị")
    assert [part.text for part in on.session.pending.parts] == [f"{STORY} A"]


def test_it_takes_consent() -> None:
    """Whoever agreed to nothing is shown the notice first."""
    stranger = shown(Session(), FACTS)
    after = turn(turn(stranger, Started(), FACTS).session, Said(text="/khieunai"), FACTS)
    assert not isinstance(after.session.room, Complaining)


def test_the_form_names_bodies_there_are() -> None:
    """City, reception and departments of the shipped form are units of the shipped content."""
    form = CONTENT.petition
    assert {form.city, form.reception, *form.departments} <= CONTENT.units.keys()
