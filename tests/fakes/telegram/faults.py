"""Faults a test scripts: the next calls, or a share of them, fail the way networks do."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Literal

Action = Literal["status", "slow", "reset", "garbage", "bad_gateway", "hang", "cut"]


@dataclass(slots=True)
class Fault:
    """What goes wrong, and with which calls.

    `status` answers *code*; `slow` answers well after *seconds*; `reset` breaks the connection;
    `garbage` answers 200 with what is no JSON; `bad_gateway` answers 502 with a page of HTML;
    `hang` never answers; `cut` breaks off in the middle of the answer. With *after*, the platform
    has done what was asked before it goes wrong: the worst case for a sender. *times* calls at
    most (None: no end), each with probability *share*; *method* `*` is any, `download` a file's.
    """

    action: Action
    method: str = "*"
    times: int | None = 1
    share: float = 1.0
    chat_id: int | None = None
    after: bool = False
    code: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    seconds: float = 1.0

    def concerns(self, method: str, chat_id: str) -> bool:
        """Whether a call is one of those this fault waits for."""
        if self.method not in ("*", method) and self.method.lower() != method:
            return False
        return self.chat_id is None or chat_id == str(self.chat_id)


class _Turns:
    """Faults that strike one call in *every*, each in its turn."""

    def __init__(self, faults: Sequence[Fault], every: int) -> None:
        self._first = faults[0]
        self._faults = cycle(faults)
        self._every = every
        self._calls = 0

    def pick(self, method: str, chat_id: str) -> Fault | None:
        if not self._first.concerns(method, chat_id):
            return None
        self._calls += 1
        return next(self._faults) if self._calls % self._every == 0 else None


OF_A_SEND = (
    Fault("status", "sendMessage", code=403, description="Forbidden: bot was blocked by the user"),
    Fault("status", "sendMessage", code=400, description="Bad Request: message text is wrong"),
    Fault("status", "sendMessage", code=429, retry_after=1),
    Fault("status", "sendMessage", code=502, description="Bad Gateway"),
    Fault("hang", "sendMessage"),
    Fault("reset", "sendMessage"),
)
"""Every way a send fails that the bot must tell apart; the first two are for good."""


class Faults:
    """The script of faults; the first that fits a call strikes."""

    def __init__(self, random: Random) -> None:
        """Begin without faults."""
        self._random = random
        self._script: list[Fault] = []
        self._turns: list[_Turns] = []
        self.struck = 0

    def add(self, fault: Fault) -> None:
        """Let a fault strike from now on."""
        self._script.append(fault)

    def add_in_turn(self, faults: Sequence[Fault], every: int) -> None:
        """Let one call in *every* of their method fail, by each of *faults* in turn, for ever."""
        self._turns.append(_Turns(faults, every))

    def clear(self) -> None:
        """All is well again."""
        self._script.clear()
        self._turns.clear()

    def pick(self, method: str, chat_id: str) -> Fault | None:
        """The fault for this call, if any; each strike counts."""
        for fault in self._script:
            if not fault.concerns(method, chat_id):
                continue
            if fault.share < 1.0 and self._random.random() >= fault.share:
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._script.remove(fault)
            self.struck += 1
            return fault
        for turns in self._turns:
            if (turn := turns.pick(method, chat_id)) is not None:
                self.struck += 1
                return turn
        return None
