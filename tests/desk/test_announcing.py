"""Announcements at the desk: whom a unit may tell, how long it takes, rights, bad input."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import load_content
from bot.preview_announcing import LEFT
from bot.turn import ZONE
from handlers.announcing import (
    MOST_FILES,
    MOST_TEXT,
    Announcement,
    Audience,
    Limits,
    State,
    Tally,
    Wording,
)
from handlers.desk.audience import topics_of, within
from handlers.desk.commands import announcement_code
from handlers.desk.people import Duty, Official, Role
from handlers.desk.progress import time_left
from handlers.effects import Announce, KeepFile, MoveAnnouncement, SetTimer, TrySending, Witness
from handlers.events import Media, SentMedia
from handlers.facts import Facts
from handlers.rooms.desk.bulletin import at_bulletin, live, show_bulletin, woken
from handlers.rooms.desk.bulletins import to_bulletins
from handlers.rooms.desk.doing import at_doing, begin, show_doing
from handlers.session import Bulletin, Doing, Menu, Office, Part, Room, Session
from handlers.view import Next, Picked, View, Wrote

CONTENT = load_content(Path(__file__).parents[2] / "content")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
HERE, ELSEWHERE = "phuong-hai-chau", "so-y-te"
CODE = "TB-6Q4C-5MJ"
TEXT = "Sáng mai ngừng cấp nước."
AN = Official(id=1, name="An", duties=(Duty(role="dispatcher", unit=HERE),))
HEAD = Official(id=2, name="Bình", duties=(Duty(role="approver", unit=HERE),))
LEADER = Official(id=3, name="Chi", duties=(Duty(role="leader"),))
CHANNELS = (
    Limits(channel="telegram", text=4096, per_second=30),
    Limits(channel="zalo", text=2000, per_second=10),
)
COMPOSED = LEFT | {
    "text": TEXT, "unit": HERE, "whom": "people", "topic1": "", "urgent": "not_urgent",
}  # fmt: skip


def announcement(**changes: object) -> Announcement:
    """One that An wrote and that waits."""
    waiting = Announcement(
        code=CODE, unit=HERE, author=AN.id, state="waiting", wording=Wording(text=TEXT),
        audience=Audience(communes=(HERE,)), created_at=NOW, counted={"telegram": 3}, entries=4,
    )  # fmt: skip
    return waiting.model_copy(update=changes)


def view(
    room: Room,
    official: Official | None = AN,
    found: Announcement | None = None,
    members: tuple[Official, ...] = (AN, HEAD, LEADER),
) -> View:
    """What *official* sees who stands in *room*."""
    facts = Facts(
        now=NOW, content=CONTENT, code="PA-7K3Q-M2X", official=official, announcement=found,
        members=members, limits=CHANNELS,
    )  # fmt: skip
    return View(Session(room=room, staff=True), facts)


def composing(**changed: str) -> Doing:
    """A composition at its last look."""
    return Doing(task="announce", given=COMPOSED | changed)


def pressed(key: str, room: Doing, official: Official = AN, **found: object) -> Next:
    """What comes of pressing a choice of a task about the announcement as *found* says it is."""
    return at_doing(room, Picked(key), view(room, official, announcement(**found)))


def moves(after: Next) -> list[str]:
    """What a turn does to the announcement."""
    return [e.action for e in after.effects if isinstance(e, MoveAnnouncement)]


def task(name: str, seen: int = 4, **answers: str) -> Doing:
    """A task about the announcement, with what was answered."""
    return Doing(task=f"announce_{name}", code=CODE, seen=seen, given=answers)


# -- whom a unit may tell --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "audience", "beyond"),
    [
        ("*", Audience(), ""),
        (HERE, Audience(communes=(HERE,)), ""),
        (HERE, Audience(communes=(HERE,), topics=("khac",)), ""),
        (HERE, Audience(), "commune"),
        (HERE, Audience(communes=(HERE, "phuong-hai-van")), "commune"),
        (HERE, Audience(whom="cases", unit=HERE), ""),
        (HERE, Audience(whom="cases", communes=(HERE,)), ""),
        (HERE, Audience(whom="cases"), "commune"),
        (HERE, Audience(whom="staff", unit=HERE), ""),
        (HERE, Audience(whom="staff"), "unit"),
        ("so-gd-dt", Audience(topics=("hoc_phi",)), ""),
        ("so-gd-dt", Audience(topics=("hoc_phi", "gcn_dat")), "topics"),
        ("so-gd-dt", Audience(communes=(HERE,)), "no_topics"),
        ("so-gd-dt", Audience(whom="cases", unit="so-gd-dt", topics=("gcn_dat",)), ""),
        ("so-gd-dt", Audience(whom="cases", topics=("hoc_phi",)), "unit"),
        ("so-gd-dt", Audience(whom="staff", unit=HERE), "unit"),
    ],
)
def test_whom_a_unit_may_tell(unit: str, audience: Audience, beyond: str) -> None:
    """A commune tells its own people, a department those of its topics; the province anybody."""
    assert within(unit, audience, CONTENT) == beyond


def test_the_routes_tell_the_topics_of_a_unit() -> None:
    """A topic is a unit's as soon as a case of it may come to it from anywhere."""
    assert topics_of("so-gd-dt", CONTENT) == {"hoc_phi"}
    assert topics_of(HERE, CONTENT) == {"boi_thuong_tdc", "nguoi_co_cong_bao_tro"}


def test_an_audience_beyond_a_unit_is_not_announced() -> None:
    """What a department may not say is refused with a sentence, and what was written stays."""
    dispatcher = Official(id=1, name="An", duties=(Duty(role="dispatcher", unit="so-gd-dt"),))
    room = composing(unit="so-gd-dt", topic1="gcn_dat", topic2="", commune1="")
    after = pressed("confirm", room, dispatcher)
    assert after.notice == CONTENT.say("vi", "announce_beyond.topics")
    assert after.session.room == room
    assert after.effects == ()


# -- how long --------------------------------------------------------------------------------------


def running(counts: Mapping[str, dict[str, int]], seconds: float) -> Announcement:
    """One that began so many seconds ago."""
    tallies = [Tally.model_validate({"channel": c, "counts": n}) for c, n in counts.items()]
    begun = NOW - timedelta(seconds=seconds)
    return announcement(state="running", begun_at=begun, tallies=tuple(tallies), prepared=True)


@pytest.mark.parametrize(
    ("counts", "seconds", "left"),
    [
        ({"telegram": {"queued": 300}}, 1, 10),  # nothing to go by but the limit
        ({"telegram": {"queued": 300, "sent": 300}}, 20, 20),  # at 15 a second so far
        ({"telegram": {"queued": 300, "sent": 9000}}, 20, 10),  # never faster than the limit
        ({"telegram": {"queued": 300}, "zalo": {"queued": 300}}, 1, 30),  # the slowest channel
        ({"telegram": {"sent": 300}}, 20, 0),
        ({"": {"unreachable": 5}}, 20, 0),
    ],
)
def test_time_left(counts: Mapping[str, dict[str, int]], seconds: float, left: float) -> None:
    """The slowest channel tells, at the pace so far, and no faster than it bears."""
    assert time_left(running(counts, seconds), CHANNELS, NOW) == timedelta(seconds=left)


@pytest.mark.parametrize("state", ["waiting", "released", "paused", "done"])
def test_no_time_left_to_tell(state: State) -> None:
    """Of what does not go on nobody says how long it takes."""
    stands = running({"telegram": {"queued": 5}}, 5).model_copy(update={"state": state})
    assert time_left(stands, CHANNELS, NOW) is None


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 10**6))
def test_time_left_is_no_less_than_the_limit_allows(queued: int, sent: int, seconds: float) -> None:
    """However it went so far, nobody is promised more than the channel bears."""
    left = time_left(
        running({"telegram": {"queued": queued, "sent": sent}}, seconds), CHANNELS, NOW
    )
    assert left is not None
    assert left >= timedelta(seconds=queued / 30) - timedelta(milliseconds=1)


# -- rights and states, asked in the turn itself ---------------------------------------------------


@pytest.mark.parametrize("official", [HEAD, LEADER])
def test_a_second_person_releases(official: Official) -> None:
    """Whoever may, and did not write it, lets it go out."""
    assert moves(pressed("confirm", task("release"), official)) == ["release"]


def test_the_releaser_is_the_author() -> None:
    """Nobody releases what they wrote, whatever their role; the try is written down."""
    room = task("release")
    after = pressed("confirm", room, HEAD, author=HEAD.id)
    assert moves(after) == []
    assert [e.deed for e in after.effects if isinstance(e, Witness)] == ["release"]
    stands = view(Bulletin(code=CODE), HEAD, announcement(author=HEAD.id))
    offered = {choice.key for choice in show_bulletin(Bulletin(code=CODE), stands).choices}
    assert not offered & {"do:release", "do:return"}


@pytest.mark.parametrize("role", ["officer", "monitor", "clerk", "administrator"])
def test_who_may_not_see_one(role: Role) -> None:
    """Whoever may not announce learns nothing, does nothing, and the try is written down."""
    one = Official(id=9, name="Dũng", duties=(Duty(role=role),))
    stands = view(Bulletin(code=CODE), one, announcement())
    assert TEXT not in show_bulletin(Bulletin(code=CODE), stands).text
    for key in ("do:pause", "try", "preview", "card"):
        after = at_bulletin(Bulletin(code=CODE), Picked(key), stands)
        assert [e for e in after.effects if not isinstance(e, Witness)] == []
        assert TEXT not in after.notice
    denied = to_bulletins("", view(Menu(), one))
    assert [e.deed for e in denied.effects if isinstance(e, Witness)] == ["announce"]


def test_another_units_is_not_seen() -> None:
    """The code of an announcement of another unit is as unknown as an invented one."""
    stands = view(Menu(), AN, announcement(unit=ELSEWHERE))
    after = to_bulletins(CODE, stands)
    assert after.notice == CONTENT.say("vi", "announce.unknown", code=CODE)


@pytest.mark.parametrize("members", [(HEAD,), (HEAD, AN.model_copy(update={"duties": ()}))])
def test_the_author_lost_the_role(members: tuple[Official, ...]) -> None:
    """What somebody wrote who may no longer announce is not released, and why is said."""
    room = task("release")
    after = at_doing(room, Picked("confirm"), view(room, HEAD, announcement(), members))
    assert after.notice == CONTENT.say("vi", "announce.author_gone")
    assert moves(after) == []


def test_an_audience_of_nobody() -> None:
    """What nobody would read is not released, and why is said."""
    for counted in ({}, {"": 4, "stopped": 2}):
        after = pressed("confirm", task("release"), HEAD, counted=counted)
        assert after.notice == CONTENT.say("vi", "announce.nobody")
        assert moves(after) == []


def test_while_it_is_counted() -> None:
    """Nobody releases what they can't know the size of, but a storm does not wait for counting."""
    after = pressed("confirm", task("release"), HEAD, counted=None)
    assert after.notice == CONTENT.say("vi", "announce.still_counting")
    urgent = pressed("confirm", task("release"), HEAD, counted=None, urgent=True)
    assert moves(urgent) == ["release"]


def test_two_at_once() -> None:
    """Whoever looked before somebody else did something is told, and nothing is done yet."""
    after = pressed("confirm", task("release", seen=3), HEAD)
    assert after.notice == CONTENT.say("vi", "announce.meanwhile")
    assert moves(after) == []
    assert after.session.room == Bulletin(code=CODE, seen=4)
    late = pressed("confirm", task("release"), HEAD, state="cancelled")
    assert moves(late) == []
    assert CONTENT.say("vi", "announcement_state.cancelled") in late.notice


@pytest.mark.parametrize("name", ["cancel", "withdraw"])
def test_what_cannot_be_undone_is_asked_twice(name: str) -> None:
    """A reason, then a look at whom it concerns, then it is done; with the reason it was given."""
    room = task(name)
    stands = view(room, AN, announcement(state="running"))
    asked = at_doing(room, Wrote(Part(text="Đã đổi lịch.")), stands)
    assert moves(asked) == []
    there = asked.session.room
    assert isinstance(there, Doing)
    look = show_doing(there, view(there, AN, announcement(state="running"))).text
    assert "Đã đổi lịch." in look
    assert "Phường Hải Châu" in look
    done = pressed("confirm", there, AN, state="running")
    assert moves(done) == [name]
    assert [e.reason for e in done.effects if isinstance(e, MoveAnnouncement)] == ["Đã đổi lịch."]


def test_a_reason_is_not_lost_with_the_chance() -> None:
    """Whoever comes too late is shown what they wrote."""
    late = pressed("confirm", task("withdraw", reason="Đã đổi lịch."), AN, state="waiting")
    assert moves(late) == []
    assert "Đã đổi lịch." in late.notice


def test_pause_and_go_on_at_once() -> None:
    """What can be undone is done by one press, whatever the clock did meanwhile."""
    room = Bulletin(code=CODE, seen=1)
    paused = at_bulletin(room, Picked("do:pause"), view(room, AN, announcement(state="running")))
    assert moves(paused) == ["pause"]
    again = at_bulletin(room, Picked("do:go_on"), view(room, AN, announcement(state="paused")))
    assert moves(again) == ["go_on"]
    twice = at_bulletin(room, Picked("do:pause"), view(room, AN, announcement(state="paused")))
    assert moves(twice) == []
    assert CONTENT.say("vi", "announcement_state.paused") in twice.notice


def test_a_correction_says_something_else() -> None:
    """The same words are no correction; other words are, and wait for a second person."""
    same = task("correct", text=TEXT, link="", files="")
    assert moves(pressed("confirm", same, AN, state="done")) == []
    other = task("correct", text="Sáng kia ngừng cấp nước.", link="", files="")
    after = pressed("confirm", other, AN, state="done")
    assert moves(after) == ["correct"]
    wordings = [e.wording for e in after.effects if isinstance(e, MoveAnnouncement)]
    assert wordings == [Wording(text="Sáng kia ngừng cấp nước.")]


def test_submitted_again_it_is_as_it_was_changed() -> None:
    """All that was there is there again; an hour that was taken away means at once."""
    found = announcement(state="returned", begins_at=NOW + timedelta(hours=5))
    room = Bulletin(code=CODE)
    begun = at_bulletin(room, Picked("do:resubmit"), view(room, AN, found)).session.room
    assert isinstance(begun, Doing)
    assert "14:00" in show_doing(begun, view(begun, AN, found)).text
    soon = begun.model_copy(update={"given": begun.given | {"begins": ""}})
    after = at_doing(soon, Picked("confirm"), view(soon, AN, found))
    (again,) = [e for e in after.effects if isinstance(e, MoveAnnouncement)]
    assert (again.action, again.wording, again.audience) == (
        "resubmit", found.wording, found.audience
    )  # fmt: skip
    assert again.begins_at == NOW


# -- bad input -------------------------------------------------------------------------------------


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
    assert after.notice == CONTENT.say("vi", "announce.bad_link")
    assert after.session.room == room


def test_a_time_that_is_past() -> None:
    """It is refused when typed, and again at the end if it passed meanwhile."""
    room = composing().model_copy(update={"asking": "begins"})
    assert told(room, "8h sáng nay").notice == CONTENT.say("vi", "announce.past")
    assert told(room, "một hôm nào đó").notice == CONTENT.say("vi", "moment.unclear")
    late = composing(begins=(NOW - timedelta(seconds=1)).isoformat())
    after = pressed("confirm", late)
    assert after.notice == CONTENT.say("vi", "announce.past")
    assert after.session.room == late


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


# -- composing -------------------------------------------------------------------------------------


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


# -- what nobody typed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "again"),
    [("running", True), ("released", True), ("waiting", False), ("paused", False), ("done", False)],
)
def test_the_live_card(state: State, again: bool) -> None:  # noqa: FBT001 - drawn
    """In the place of the last one, and again after a while as long as it changes by itself."""
    room = Bulletin(code=CODE, seen=1)
    after = live(CODE, view(room, AN, announcement(state=state)))
    assert after.instead
    assert not after.silent
    assert any(isinstance(e, SetTimer) for e in after.effects) is again


def test_nobody_looks_any_more() -> None:
    """Whoever went elsewhere, or away, is left alone."""
    found = announcement(state="running")
    assert live(CODE, view(Menu(), AN, found)).silent
    assert live(CODE, view(Bulletin(code=CODE, shows="preview"), AN, found)).silent
    assert live("TB-2222-222", view(Bulletin(code=CODE), AN, found)).silent
    stands = view(Bulletin(code=CODE), AN, found)
    away = stands.session.model_copy(update={"seen_at": NOW - timedelta(hours=1)})
    assert live(CODE, View(away, stands.facts)).silent


def test_news_of_one() -> None:
    """Whoever may see it is told, with a way to it; nobody else hears."""
    told_of = woken("to_release", CODE, view(Office(page="guide"), HEAD, announcement()))
    assert CODE in told_of.notice
    assert told_of.session.news == CODE
    stranger = Official(id=9, name="Dũng", duties=(Duty(role="officer", unit=HERE),))
    assert woken("to_release", CODE, view(Menu(), stranger, announcement())).silent
    assert woken("nonsense", CODE, view(Menu(), HEAD, announcement())).silent


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("TB-6Q4C-5MJ", CODE), ("tb 6q4c 5mj", CODE), ("TB6Q4C5MJ", CODE), (" tb-6q4c5mj. ", CODE),
        ("PA-6Q4C-5MJ", ""), ("TB-6Q4C-5MK", ""), ("TB-6Q4C-5MJ xin duyệt", ""), ("", ""),
        ("thông báo 6Q4C5MJ", ""),
    ],
)  # fmt: skip
def test_the_code_of_an_announcement(typed: str, code: str) -> None:
    """It is read as leniently as a case's, and nothing else is taken for one."""
    assert announcement_code(typed) == code


def test_begin_without_a_right() -> None:
    """A task begun by whom it is not for is refused and written down."""
    officer = Official(id=9, name="Dũng", duties=(Duty(role="officer", unit=HERE),))
    for name in ("announce", "announce_release", "announce_withdraw"):
        after = begin(name, "", "", view(Menu(), officer, announcement()))
        assert [type(e) for e in after.effects] == [Witness]
