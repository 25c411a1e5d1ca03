"""Composing an announcement: whom it is to, word by word; whatever is typed instead."""

from datetime import timedelta

import pytest

from bot.preview_announcing import LEFT
from handlers.announcing import (
    MOST_FILES,
    MOST_TEXT,
    Announcement,
    Audience,
    Wording,
)
from handlers.desk.people import Duty, Official
from handlers.desk.places import Bulletin, Doing
from handlers.effects import Announce, KeepFile, TrySending
from handlers.events import Media, SentMedia
from handlers.rooms.desk.bulletin import at_bulletin, show_bulletin
from handlers.rooms.desk.bulletins import to_bulletins
from handlers.rooms.desk.doing import at_doing, show_doing
from handlers.rooms.desk.queue import to_queue
from handlers.rooms.desk.unfinished import set_aside
from handlers.session import Menu, Room
from handlers.unsent import Part
from handlers.view import Next, Picked, View, Wrote, enter
from tests.desk.announced import (
    AN,
    CODE,
    CONTENT,
    ELSEWHERE,
    HERE,
    LEADER,
    NOW,
    TEXT,
    announcement,
    composing,
    pressed,
    view,
)


def told(room: Doing, text: str) -> Next:
    """What comes of writing *text*."""
    return at_doing(room, Wrote(Part(text=text)), view(room))


def test_a_text_over_every_limit() -> None:
    """It is refused with how much is over, and the question is asked again."""
    after = told(Doing(task="announce"), "x" * (MOST_TEXT + 7))
    assert after.notice == CONTENT.say("vi", "announce.too_long", most=MOST_TEXT, over=7)
    assert after.session.room == Doing(task="announce")


def test_a_text_over_the_limit_of_one_channel_only() -> None:
    """It may be sent; the look says which channel cuts it, and the preview shows where."""
    long = composing(text=" ".join(["dài"] * 800))
    look = show_doing(long, view(long)).text
    assert CONTENT.say("vi", "announce.look", channels="Telegram", parts=1) in look
    assert CONTENT.say("vi", "announce.cut", channels="Zalo", parts=2) in look
    found = announcement(wording=Wording(text=long.given["text"]))
    room = Bulletin(code=CODE, shows="preview", channel="zalo")
    shown = show_bulletin(room, view(room, AN, found)).text
    assert CONTENT.say("vi", "announce.next_part") in shown
    assert CONTENT.say("vi", "announce.look", channels="Zalo", parts=2) in shown


@pytest.mark.parametrize(
    "link",
    [
        "http://danang.gov.vn", "danang.gov.vn", "javascript:alert(1)", "https://", "https://x",
        "https://a b.vn", "https://danang.gov.vn@evil.example", "https://[::1", "https://x.vn/\n",
        f"https://danang.gov.vn/{'x' * 400}",
    ],
)  # fmt: skip
def test_a_link_that_leads_elsewhere(link: str) -> None:
    """Only an address on the web that shows where it leads is taken."""
    room = composing().model_copy(update={"asking": "link"})
    after = told(room, link)
    assert after.notice == CONTENT.say("vi", "announce.bad_link", most=300)
    assert after.session.room == room


def test_a_time_that_is_past() -> None:
    """It is refused when typed, and again at the end if it passed meanwhile."""
    room = composing().model_copy(update={"asking": "begins"})
    assert told(room, "8h sáng nay").notice == CONTENT.say("vi", "announce.past")
    assert told(room, "một hôm nào đó").notice == CONTENT.say("vi", "moment.unclear")
    assert told(room, "24/11/2036 08:00").notice == CONTENT.say("vi", "announce.too_far")
    late = composing(begins=(NOW - timedelta(seconds=1)).isoformat())
    after = pressed("confirm", late)
    assert after.notice == CONTENT.say("vi", "announce.past")
    assert after.session.room == late


def test_a_time_in_the_quiet_hours() -> None:
    """Whoever asks for one is told at the look when it will begin; what is urgent begins then."""
    tonight = (NOW + timedelta(hours=14)).isoformat()
    waits = CONTENT.say("vi", "announce.at_quiet", time="06:00 24/11/2026")
    for room, held in (
        (composing(begins=tonight), True),
        (composing(begins=tonight, urgent="is_urgent"), False),
        (composing(begins=(NOW + timedelta(hours=1)).isoformat()), False),
    ):
        assert (waits in show_doing(room, view(room)).text) is held
    found = announcement(begins_at=NOW + timedelta(hours=14))
    assert waits in show_bulletin(Bulletin(code=CODE), view(Bulletin(code=CODE), AN, found)).text


def test_what_officials_are_told_names_no_way_to_stop() -> None:
    """They can't choose not to be told; citizens can, and the last line says how."""
    for whom, chosen in (("staff", False), ("people", True)):
        composed = composing(whom=whom)
        assert ("/dungtin" in show_doing(composed, view(composed)).text) is chosen
    found = announcement(audience=Audience(whom="staff", unit=HERE))
    room = Bulletin(code=CODE, shows="preview")
    assert "/dungtin" not in show_bulletin(room, view(room, AN, found)).text


def test_words_are_shown_as_they_were_written() -> None:
    """The name of a project keeps its accents before whoever releases it."""
    room = composing(whom="cases", words='  "Hòa  Liên" ')
    assert 'có từ “"Hòa Liên"”' in show_doing(room, view(room)).text


def test_whoever_drops_one_is_shown_what_they_wrote() -> None:
    """A long text is not gone by one press; what was not changed is not shown again."""
    dropped = pressed("cancel", composing())
    assert dropped.notice.endswith(CONTENT.say("vi", "desk.unsent", text=TEXT))
    correcting = Doing(task="announce_correct", code=CODE, given={"text": TEXT, "link": ""})
    left = CONTENT.say("vi", "desk.left")
    assert pressed("cancel", correcting).notice == left
    assert pressed("cancel", Doing(task="announce_release", code=CODE)).notice == left


@pytest.mark.parametrize(("name", "state"), [("resubmit", "returned"), ("correct", "done")])
def test_what_was_set_aside_is_gone_on_with(name: str, state: str) -> None:
    """Other words, kept when a command led elsewhere, are there again at the press that began."""
    found, room = announcement(state=state), Bulletin(code=CODE)
    begun = at_bulletin(room, Picked(f"do:{name}"), view(room, AN, found)).session.room
    assert isinstance(begun, Doing)
    other = begun.model_copy(update={"given": begun.given | {"text": "Khác."}, "asking": ""})
    led = set_aside(to_queue("", view(other, AN, found)), view(other, AN, found))
    assert CONTENT.say("vi", "desk.set_aside", code=CODE) in led.notice

    def again(now: Announcement) -> Next:
        facts = view(room, AN, now).facts
        session = enter(led.session, room)
        return at_bulletin(room, Picked(f"do:{name}"), View(session, facts))

    resumed = again(found)
    assert (resumed.session.room, resumed.session.aside) == (other, ())
    assert resumed.notice == CONTENT.say("vi", "desk.taken_up")
    for changed in ({"entries": 5}, {"entries": 5, "state": "cancelled"}):
        after = again(found.model_copy(update=changed))
        assert CONTENT.say("vi", "desk.unsent", text="Khác.") in after.notice
        assert after.session.aside == ()
        assert after.session.room != other


def test_files_it_does_not_take() -> None:
    """Pictures and documents, a few: the others are left out, and it is said."""
    room = composing()
    pictures = tuple(Media(key=f"t:{n}", kind="photo", size=9) for n in range(MOST_FILES + 1))
    video = Media(key="t:v", kind="video", size=9)
    left_out = CONTENT.say("vi", "announce.files_left_out", most=MOST_FILES)
    for sent, kept in ((pictures, MOST_FILES), ((video,), 0), ((video, *pictures[:2]), 2)):
        after = at_doing(room, SentMedia(media=sent), view(room))
        assert left_out in after.notice
        assert sum(isinstance(e, KeepFile) for e in after.effects) == kept


def test_a_role_lost_while_composing() -> None:
    """Whoever may no longer announce is refused, and shown what they wrote."""
    for duties in ((), (Duty(role="dispatcher", unit=ELSEWHERE),)):
        gone = AN.model_copy(update={"duties": duties})
        after = pressed("confirm", composing(), gone)
        assert TEXT in after.notice
        assert not any(isinstance(e, Announce) for e in after.effects)


def test_another_unit_may_not_be_spoken_for() -> None:
    """A unit beyond one's duties is refused where it is chosen."""
    both = Official(id=1, name="An", duties=(*AN.duties, Duty(role="dispatcher", unit="so-gd-dt")))
    room = Doing(task="announce", given={"text": TEXT} | LEFT)
    after = at_doing(room, Wrote(Part(text="Sở Y tế")), view(room, both))
    assert after.notice == CONTENT.say("vi", "announce.not_your_unit")


def test_words_behind_the_command_are_the_text() -> None:
    """What is typed behind it is the beginning; the end is an announcement that waits."""
    begun = to_bulletins(TEXT, view(Menu())).session.room
    assert isinstance(begun, Doing)
    assert begun.given["text"] == TEXT
    done = pressed("confirm", composing())
    (made,) = [e for e in done.effects if isinstance(e, Announce)]
    assert made == Announce(
        by=AN.id, code="TB-7K3Q-M2X", unit=HERE, urgent=False, wording=Wording(text=TEXT),
        audience=Audience(communes=(HERE,)),
    )  # fmt: skip
    assert done.session.room == Bulletin(code="TB-7K3Q-M2X", seen=1)


def test_communes_one_after_another() -> None:
    """Each is asked for until it is enough; the whole province is said in a word."""
    room: Room = Doing(task="announce", given=LEFT | {"text": TEXT, "unit": "*", "whom": "people"})
    for typed in ("phường Hải Châu", "phường Hải Vân", "đủ rồi", "Mọi lĩnh vực"):
        assert isinstance(room, Doing)
        shown = show_doing(room, view(room, LEADER))
        key = next((c.key for c in shown.choices if c.label.casefold() == typed.casefold()), "")
        did = Picked(key) if key else Wrote(Part(text=typed))
        room = at_doing(room, did, view(room, LEADER)).session.room
    assert isinstance(room, Doing)
    done = pressed("confirm", room, LEADER)
    (made,) = [e for e in done.effects if isinstance(e, Announce)]
    assert made.audience == Audience(communes=("phuong-hai-chau", "phuong-hai-van"))
    whole = Doing(task="announce", given=LEFT | {"text": TEXT, "unit": "*", "whom": "people"})
    after = at_doing(whole, Wrote(Part(text="toàn tỉnh")), view(whole, LEADER)).session.room
    assert isinstance(after, Doing)
    assert after.given["commune1"] == "*"


def test_other_people_are_chosen_anew() -> None:
    """Whom it is to is asked from the beginning; the words stay."""
    after = pressed("set:anew:audience", composing(topic1="khac", topic2=""))
    there = after.session.room
    assert isinstance(there, Doing)
    assert there.given["text"] == TEXT
    assert not {"whom", "topic1", "topic2", "anew"} & there.given.keys()


def test_a_trial_is_what_will_be_said() -> None:
    """Whoever tries it is told, alone, just what its audience would be."""
    room, found = Bulletin(code=CODE), announcement(urgent=True)
    after = at_bulletin(room, Picked("try"), view(room, AN, found))
    (tried,) = [e for e in after.effects if isinstance(e, TrySending)]
    preview = Bulletin(code=CODE, shows="preview")
    assert tried.say.text in show_bulletin(preview, view(preview, AN, found)).text
    assert tried.say.step == 0
    assert tried.say.choices == ()
