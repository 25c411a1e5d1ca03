"""Whom a unit may tell something, and how long it takes to tell everybody."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.announcing import (
    Announcement,
    Audience,
    State,
    Tally,
)
from handlers.desk.audience import topics_of, within
from handlers.desk.people import Duty, Official
from handlers.desk.progress import time_left
from tests.desk.announced import CHANNELS, CONTENT, HERE, NOW, announcement, composing, pressed


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
