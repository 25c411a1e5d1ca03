"""Announcements at the desk: who may do what to one, and when; what they hear of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.announcing import (
    State,
    Tally,
    Wording,
)
from handlers.desk.commands import announcement_code
from handlers.desk.people import Duty, Official, Role
from handlers.desk.places import Bulletin, Doing, Office
from handlers.effects import MoveAnnouncement, SetTimer, Witness
from handlers.rooms.desk.bulletin import at_bulletin, live, show_bulletin, woken
from handlers.rooms.desk.bulletins import to_bulletins
from handlers.rooms.desk.doing import at_doing, begin, show_doing
from handlers.session import Menu
from handlers.unsent import Part
from handlers.view import Picked, View, Wrote
from tests.desk.announced import (
    AN,
    CODE,
    CONTENT,
    ELSEWHERE,
    HEAD,
    HERE,
    LEADER,
    NOW,
    TEXT,
    announcement,
    moves,
    pressed,
    task,
    view,
)


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
    timers = [e.timer for e in after.effects if isinstance(e, SetTimer)]
    assert timers == [f"live:{CODE}"], "it is counted anew, which is shown when it is done"


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


@pytest.mark.parametrize(("state", "held"), [("running", True), ("withdrawn", False)])
def test_a_withdrawal_waits_for_no_morning(state: State, *, held: bool) -> None:
    """What is told at night waits until the morning; what is wrong is taken back at once."""
    tally = Tally(channel="telegram", counts={"sent": 2, "queued": 3})
    found = announcement(state=state, begun_at=NOW, tallies=(tally,))
    stands = view(Bulletin(code=CODE), AN, found)
    night = View(stands.session, replace(stands.facts, now=NOW.replace(hour=22)))
    line = CONTENT.say("vi", "announce.quiet", start="21:00", end="06:00")
    assert (line in show_bulletin(Bulletin(code=CODE), night).text) is held


def test_a_withdrawal_is_watched_from_its_beginning() -> None:
    """Whoever withdraws what everybody was told sees how far that comes, though none waits yet."""
    room = task("withdraw", reason="Nhầm ngày.")
    told = (Tally(channel="telegram", counts={"sent": 3}),)
    after = pressed("confirm", room, AN, state="done", begun_at=NOW, ended_at=NOW, tallies=told)
    assert moves(after) == ["withdraw"]
    assert any(isinstance(e, SetTimer) and e.timer == f"live:{CODE}" for e in after.effects)
