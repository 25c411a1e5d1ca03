"""What one person may spend: evenly given back, met in stages, never more than the rules say."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from handlers.limits import (
    HOUR,
    MINUTE,
    PERIODS,
    LimitRules,
    Pace,
    Stage,
    arrived,
    begins,
    ended,
    pardoned,
    spend,
)

RULES = LimitRules()
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC).timestamp()


def sent(pace: Pace, gaps: list[float], now: float = NOW) -> tuple[Pace, list[Stage], float]:
    """The stages met by messages that come after these *gaps* in seconds."""
    stages = list[Stage]()
    for gap in gaps:
        now += gap
        pace, stage = arrived(pace, now, RULES)
        stages.append(stage)
    return pace, stages, now


@given(st.sampled_from(sorted(PERIODS)), st.lists(st.floats(0, 4000), max_size=200))
def test_no_more_than_the_rules_say_in_any_period(what: str, gaps: list[float]) -> None:
    """However it is spread, no period holds more than twice its most; a burst at most once."""
    pace, now, taken = Pace(), NOW, list[float]()
    for gap in gaps:
        now += gap
        after = spend(pace, what, now, RULES)  # type: ignore[arg-type]  # sampled from its keys
        if after is not None:
            pace = after
            taken.append(now)
    period, most = PERIODS[what], RULES.most(what)  # type: ignore[index,arg-type]  # as above
    for start in taken:
        assert sum(start <= at < start + period for at in taken) <= 2 * most
    assert sum(at == NOW for at in taken) <= most


@given(st.lists(st.floats(MINUTE / 20, 60), max_size=60))
def test_who_writes_as_people_do_meets_nothing(gaps: list[float]) -> None:
    """A message every three seconds, for a few minutes, is never held up."""
    _, stages, _ = sent(Pace(), gaps)
    assert set(stages) <= {""}


def test_the_first_message_is_never_refused() -> None:
    """Whoever was never here is met with nothing but an answer."""
    assert arrived(Pace(), NOW, RULES).stage == ""


def test_slow_then_ask_then_silence() -> None:
    """A burst is first told to go slower, then asked, then not answered; in this order."""
    _, stages, _ = sent(Pace(), [0.01] * 80)
    seen = list(dict.fromkeys(stages))
    assert seen == ["", "slow", "ask", "silent"]
    assert stages.count("slow") == stages.count("ask") == RULES.slow_before_ask


def test_a_quiet_minute_begins_anew() -> None:
    """Who was told to go slower, and did for a minute, is met as anybody."""
    pace, stages, now = sent(Pace(), [0.01] * 45)
    assert stages[-1] == "slow"
    assert arrived(pace, now + MINUTE + 1, RULES).stage == ""


def test_all_day_long_is_too_fast_as_well() -> None:
    """One message every four seconds keeps within the minute, but not within the hour."""
    _, stages, _ = sent(Pace(), [4.0] * 900)
    assert "slow" in stages
    assert "silent" in stages


def test_no_mistake_counts_once_an_hour() -> None:
    """The tap lets one go on; a second burst within the hour is not asked about again."""
    pace, _, now = sent(Pace(), [0.01] * 55)
    again, stages, _ = sent(pardoned(pace, now), [0.01] * 60, now)
    assert stages[0] == ""
    assert "ask" not in stages
    assert stages[-1] == "silent"
    assert now < again.until <= now + RULES.silence_minutes * MINUTE + 1


def test_the_silence_counts_and_ends() -> None:
    """What comes in the silence is counted; after it one begins anew."""
    pace, stages, _ = sent(Pace(), [0.01] * 80)
    assert pace.unheard == stages.count("silent")
    assert begins(pace.model_copy(update={"unheard": 1}))
    after = arrived(pace, pace.until + 1, RULES)
    assert after.stage == ""
    assert ended(pace) == ended(ended(pace))
    assert ended(pace).unheard == 0


def test_officials_have_ten_times_as_much() -> None:
    """Whose work it is may press as fast as a hand can."""
    pace, now = Pace(), NOW
    for _ in range(10 * RULES.messages_a_minute):
        pace, stage = arrived(pace, now, RULES, staff=True)
        assert stage == ""


def test_what_came_back_is_not_kept() -> None:
    """The pace stays small: what is all back again is forgotten."""
    pace = spend(Pace(), "codes", NOW, RULES)
    assert pace is not None
    later = spend(pace, "minute", NOW + HOUR + 1, RULES)
    assert later is not None
    assert set(later.back) == {"minute"}
