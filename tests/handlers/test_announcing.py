"""Announcements as values: the moves as the manual prints them, the quiet hours, the words."""

from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import load_content
from handlers.announcing import (
    LIVE,
    MOVES,
    Action,
    Announcement,
    State,
    Tally,
    Wording,
    may_begin,
    move,
    said,
    taken_back,
)
from handlers.events import Media
from handlers.messages import split

ROOT = Path(__file__).parents[2]
CONTENT = load_content(ROOT / "content")
HERE = timezone(timedelta(hours=7))
NIGHT, MORNING = time(21), time(6)
times = st.times().map(lambda at: at.replace(microsecond=0))
days = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001 - a zone comes
    lambda at: at.replace(tzinfo=HERE, microsecond=0)
)


def printed() -> dict[tuple[str, str], str]:
    """The table in the manual: rows are states, columns what may be done in them."""
    manual = (ROOT / "docs" / "announcements.md").read_text("utf-8")
    table = manual.partition("| `trạng thái` |")[2].partition("\n\n")[0]
    lines = [line for line in f"| `trạng thái` |{table}".splitlines() if line.startswith("| `")]
    head, *rows = ([cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines)
    return {
        (row[0], action): after
        for row in rows
        for action, after in zip(head[1:], row[1:], strict=True)
        if after != "-"
    }


def test_the_manual_prints_the_table() -> None:
    """What officials read about the states is what the program does, cell by cell."""
    assert printed() == dict(MOVES)


def test_the_table_is_of_states_and_actions() -> None:
    """Every state is reached or begun with, every action has its place, nothing else is named."""
    states, actions = set(get_args(State)), set(get_args(Action))
    assert {state for state, _ in MOVES} | set(MOVES.values()) == states
    assert {action for _, action in MOVES} == actions
    assert set(MOVES.values()) | {"waiting"} == states


def test_nothing_goes_out_that_nobody_released() -> None:
    """Every way from its first words to being told passes its release, and a correction's too."""
    unreleased: set[State] = {"waiting"}
    for _ in get_args(State):
        unreleased |= {
            after
            for (state, action), after in MOVES.items()
            if state in unreleased and action not in {"release", "withdraw"}
        }
    assert not unreleased & {"released", "running", "done"}
    assert {action for (state, action) in MOVES if state == "correcting"} == {
        *("release", "return", "cancel", "withdraw"),
    }


def test_what_was_withdrawn_stays_so() -> None:
    """Nobody brings it back; what was cancelled is told to nobody more."""
    assert [action for state, action in MOVES if state == "withdrawn"] == []
    assert [action for state, action in MOVES if state == "cancelled"] == ["withdraw"]
    assert move("done", "begin") is None
    assert "cancelled" not in LIVE or move("cancelled", "go_on") is None


# -- the quiet hours -------------------------------------------------------------------------------


def at(hour: int, minute: int = 0) -> datetime:
    """That hour of a day."""
    return datetime(2026, 11, 23, hour, minute, tzinfo=HERE)


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (at(20, 59), at(20, 59)),
        (at(21), at(6) + timedelta(days=1)),
        (at(23, 30), at(6) + timedelta(days=1)),
        (at(0), at(6)),
        (at(5, 59), at(6)),
        (at(6), at(6)),
    ],
)
def test_night(now: datetime, begins: datetime) -> None:
    """From nine in the evening it waits for six in the morning."""
    assert may_begin(now, urgent=False, quiet_from=NIGHT, quiet_to=MORNING) == begins
    assert may_begin(now, urgent=True, quiet_from=NIGHT, quiet_to=MORNING) == now


@given(days, times, times)
def test_it_begins_when_it_is_not_quiet(now: datetime, start: time, end: time) -> None:
    """Whatever the hours, it begins within a day, at once or as the quiet ends, and may then."""
    begins = may_begin(now, urgent=False, quiet_from=start, quiet_to=end)
    assert now <= begins <= now + timedelta(days=1)
    assert begins == now or begins.timetz().replace(tzinfo=None) == end
    assert may_begin(begins, urgent=False, quiet_from=start, quiet_to=end) == begins


@given(days, times)
def test_the_same_hour_twice_is_no_quiet(now: datetime, hour: time) -> None:
    """Whoever wants no quiet hours gives the same one twice."""
    assert may_begin(now, urgent=False, quiet_from=hour, quiet_to=hour) == now


# -- the words -------------------------------------------------------------------------------------


def test_what_is_said() -> None:
    """Who speaks, what, where more is, and how to hear no more; beside the conversation."""
    photo = Media(key="t:1", kind="photo")
    wording = Wording(text="Bão vào đêm nay.", link="https://danang.gov.vn/bao", media=(photo,))
    say = said(
        CONTENT, "vi", "so-y-te", wording, code="TB-6Q4C-5MJ", page="https://x.vn/tb",
        corrected=True, urgent=True,
    )  # fmt: skip
    assert say.text.startswith("🚨")
    for words in ("Sở Y tế", wording.text, wording.link, "https://x.vn/tb", "TB-6Q4C-5MJ"):
        assert words in say.text
    assert CONTENT.say("vi", "announcement.corrected") in say.text
    assert "/dungtin" in say.text
    assert say.files == (photo,)
    assert (say.step, say.choices) == (0, ())


def test_the_province_itself_speaks() -> None:
    """What is of no unit in particular is said in the name of the province, in one's language."""
    say = said(CONTENT, "en", "*", Wording(text="Bão"), code="TB-6Q4C-5MJ")
    assert CONTENT.controller.name.en in say.text
    assert CONTENT.say("vi", "announcement.corrected") not in say.text


def test_taken_back() -> None:
    """In the place of what was withdrawn stands its code, and nobody's own words."""
    say = taken_back(CONTENT, "vi", code="TB-6Q4C-5MJ")
    assert "TB-6Q4C-5MJ" in say.text
    assert say.files == ()


@given(st.text(alphabet="ab đ🏠\n", max_size=400), st.integers(4, 60))
def test_a_text_is_cut_into_parts_that_fit(text: str, limit: int) -> None:
    """No part is longer than the channel bears, and no letter is lost but blanks at the cuts."""
    parts = split(text, limit)
    assert all(len(part.encode("utf-16-le")) // 2 <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_counts_add_up() -> None:
    """People are counted over all channels, by what became of it."""
    tallies = (
        Tally(channel="telegram", counts={"sent": 3, "failed": 1}),
        Tally(channel="web", counts={"sent": 2}),
    )
    one = Announcement(
        code="TB-6Q4C-5MJ", unit="*", author=1, state="running", wording=Wording(text="Bão"),
        created_at=at(9), tallies=tallies,
    )  # fmt: skip
    assert one.count("sent") == 5
    assert one.count("sent", "failed", "queued") == 6
    assert [tally.total for tally in tallies] == [4, 2]
