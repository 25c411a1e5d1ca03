"""What to do with a message that was not delivered: a pure decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.channels import UndeliveredError
from storage.outbox import Lane, State

FIRST = 1.0  # seconds
LONGEST = 600.0
ATTEMPTS = 30  # with the pauses above: about four hours
RISKED: Final[Mapping[Lane, int]] = {"reply": 1, "notice": 1, "announcement": 3}
"""Times a message that may have arrived is sent again: a question told twice is a nuisance, a storm
that somebody was not told of is worse, and nobody notices that an announcement did not come."""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Send the same message again after *seconds*."""

    seconds: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Stop; the message ends in *state*."""

    state: State


def decide(
    attempts: int, error: UndeliveredError, *, lane: Lane = "reply", risked: int = 1
) -> TryAgain | GiveUp:
    """When to try again, or why not, after *attempts* tries that ended in *error*.

    What may have been sent *risked* times is sent again as often as its *lane* bears; after that it
    stays unknown. A channel that is out as a whole is waited for as long as it takes.
    """
    match error.verdict:
        case "gone":
            return GiveUp("unreachable")
        case "refused":
            return GiveUp("failed")
        case "unknown" if risked > RISKED[lane]:
            return GiveUp("unknown")
        case _ if error.after is not None:
            return TryAgain(error.after)
        case _ if attempts >= ATTEMPTS and error.scope == "chat":
            return GiveUp("failed")
        case _:
            return TryAgain(min(LONGEST, FIRST * 2.0 ** min(attempts - 1, 10)))
