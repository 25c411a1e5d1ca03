"""The budget of announcements: never more than is allowed, hardly less."""

from hypothesis import example, given
from hypothesis import strategies as st

from bot.pacing import FORGIVEN, Pace

RATES = st.floats(0.5, 1000)
LATENESS = st.lists(st.floats(0, 0.02), min_size=1, max_size=50)


def sent(pace: Pace, late: list[float], seconds: float) -> list[float]:
    """When messages go in so many seconds, by a loop whose timer rings late by *late* in turn."""
    now, times, turn = 0.0, [], 0
    while now < seconds:
        wait = pace.wait(now)
        if wait > 0:
            now += wait + late[turn % len(late)]
            turn += 1
        else:
            pace.take(now)
            times.append(now)
    return [time for time in times if time < seconds]


@given(RATES, LATENESS)
@example(30.0, [0.02])
def test_no_window_has_more_than_rate_and_burst(rate: float, late: list[float]) -> None:
    """In any t seconds at most rate * t + burst messages go, however the timer rings."""
    pace = Pace(rate)
    times = sent(pace, late, min(30.0, 600 / rate))
    excess = [number - time * rate for number, time in enumerate(times)]
    most = 0.0
    least = float("inf")
    for each in excess:  # the most a window that ends here can hold over what its time allows
        least = min(least, each)
        most = max(most, each - least + 1)
    assert most <= pace.burst + 1e-3


@given(RATES, LATENESS)
@example(1000.0, [0.02])
@example(28.0, [0.02])
def test_lateness_costs_nothing(rate: float, late: list[float]) -> None:
    """A timer that rings late, by less than is forgiven, does not slow the whole down."""
    seconds = 600 / rate
    times = sent(Pace(rate), late, seconds)
    if rate * FORGIVEN > 1 + rate * max(late):
        assert len(times) >= rate * seconds * 0.98


@given(RATES, st.integers(1, 200))
def test_what_does_not_wait_is_paid_for(rate: float, notices: int) -> None:
    """Notices go at once; announcements then wait until the budget has room for both."""
    pace = Pace(rate)
    pace.take(0.0, notices)
    assert pace.wait(0.0) * rate >= notices - pace.burst - 1e-6
    assert pace.wait(notices / rate) < 1e-6
