"""What becomes of a message that was not delivered."""

from typing import get_args

import pytest

from bot.channels import UndeliveredError
from bot.retry import ATTEMPTS, LONGEST, RISKED, GiveUp, TryAgain, decide
from storage.outbox import Lane

OUT = UndeliveredError("retry", "502")


def test_a_passing_fault_is_tried_again_ever_more_slowly() -> None:
    """The pauses double, to a bound."""
    pauses = [
        decided.seconds for n in range(1, 20) if isinstance(decided := decide(n, OUT), TryAgain)
    ]
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST


def test_a_platform_s_own_pause_is_kept() -> None:
    """`retry_after` is obeyed to the second."""
    assert decide(9, UndeliveredError("retry", "429", after=17)) == TryAgain(17)


def test_a_chat_that_never_works_is_given_up() -> None:
    """After some hours the message counts as failed."""
    assert decide(ATTEMPTS, OUT) == GiveUp("failed")


def test_a_channel_that_is_out_is_waited_for() -> None:
    """An outage of the platform gives nobody up, however long."""
    out = UndeliveredError("retry", "no network", scope="channel")
    assert decide(10_000, out) == TryAgain(LONGEST)


@pytest.mark.parametrize(("verdict", "state"), [("gone", "unreachable"), ("refused", "failed")])
def test_what_can_never_arrive_is_not_tried_again(verdict: str, state: str) -> None:
    """A blocked chat is unreachable; a message the platform refuses has failed."""
    error = UndeliveredError("gone" if verdict == "gone" else "refused", "never")
    assert decide(1, error) == GiveUp("unreachable" if state == "unreachable" else "failed")


@pytest.mark.parametrize("lane", get_args(Lane))
def test_what_may_have_arrived_is_risked_a_few_times(lane: Lane) -> None:
    """A reply is repeated once at the most, an announcement oftener; then it is unknown."""
    lost = UndeliveredError("unknown", "read timeout")
    assert isinstance(decide(9, lost, lane=lane, risked=RISKED[lane]), TryAgain)
    assert decide(9, lost, lane=lane, risked=RISKED[lane] + 1) == GiveUp("unknown")
