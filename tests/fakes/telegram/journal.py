"""What the bot asked for, and what it was told."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One call. *at* and *took* are seconds of the platform; *status* 0 means no answer was given.

    *files* are the sizes of what was uploaded, by name.
    """

    number: int
    method: str
    params: Mapping[str, str]
    files: Mapping[str, int]
    at: float
    took: float
    status: int
    description: str = ""


class Journal:
    """The last calls, and the count of all by method and status."""

    def __init__(self, keep: int) -> None:
        """Remember the last *keep* calls."""
        self.calls: deque[Call] = deque(maxlen=keep)
        self.counts: Counter[tuple[str, int]] = Counter()
        self._keep = keep
        self._number = 0

    def write(
        self,
        method: str,
        params: Mapping[str, str],
        files: Mapping[str, int],
        times: tuple[float, float],
        verdict: tuple[int, str],
    ) -> None:
        """Add a call: *times* are its begin and end, *verdict* its status and description."""
        status, description = verdict
        self.counts[method, status] += 1
        if not self._keep:
            return
        self._number += 1
        begin, end = times
        self.calls.append(
            Call(self._number, method, params, files, begin, end - begin, status, description)
        )

    def refused(self) -> list[Call]:
        """The calls answered with 400 or above."""
        return [call for call in self.calls if call.status >= 400]
