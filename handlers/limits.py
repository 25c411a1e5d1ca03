"""How much one person may send, and what follows from more: slow, ask, silence.

What may be spent comes back evenly (the generic cell rate algorithm): of each kind only the instant
is kept at which all of it will be back. Beyond a limit a person is first asked to go slower, and
everything is taken as before; then asked by one tap whether it is no mistake, and what they send is
held; then nothing is answered for a while, which officials see, and what is sent is held as far as
there is room. Whoever kept within the limits for a minute begins anew. Pure: values in, values out.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import Field as Setting

from handlers.model import Frozen

Stage = Literal["", "slow", "ask", "silent"]
Spending = Literal["minute", "hour", "cases", "additions", "codes", "files"]

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
PERIODS: Mapping[Spending, int] = {
    "minute": MINUTE,
    "hour": HOUR,
    "cases": DAY,
    "additions": DAY,
    "codes": HOUR,
    "files": DAY,
}
ROUNDING = 0.001  # seconds
STAFF = 10  # times as much for officials, whose work it is


class LimitRules(Frozen):
    """How much one person may send: messages of any kind, new cases, additions, codes, files.

    After *slow_before_ask* messages too fast they are asked, after as many more not answered for
    *silence_minutes*. A text like one of the same person's within *alike_days* is offered to go to
    that case.
    """

    messages_a_minute: int = Setting(default=40, ge=5, le=1000)
    messages_an_hour: int = Setting(default=400, ge=30, le=10_000)
    cases_a_day: int = Setting(default=10, ge=1, le=100)
    additions_a_day: int = Setting(default=30, ge=1, le=300)
    codes_an_hour: int = Setting(default=20, ge=3, le=200)
    files_a_day: int = Setting(default=100, ge=1, le=1000)
    slow_before_ask: int = Setting(default=10, ge=1, le=100)
    silence_minutes: int = Setting(default=30, ge=1, le=24 * 60)
    alike_days: int = Setting(default=30, ge=1, le=365)

    def most(self, what: Spending) -> int:
        """How much of *what* there is in its period."""
        match what:
            case "minute":
                return self.messages_a_minute
            case "hour":
                return self.messages_an_hour
            case "cases":
                return self.cases_a_day
            case "additions":
                return self.additions_a_day
            case "codes":
                return self.codes_an_hour
            case "files":
                return self.files_a_day


class Pace(Frozen):
    """What one conversation spent lately.

    *back* is when all of a kind will be back, in seconds since 1970. *strikes* counts messages too
    fast in a row, the last at *struck*; *pardoned* is when they last said it was no mistake. Until
    *until* nothing is answered; *unheard* messages came meanwhile, of which *unkept* found no room.
    """

    back: dict[Spending, float] = {}
    strikes: int = 0
    struck: float = 0
    pardoned: float = 0
    until: float = 0
    unheard: int = 0
    unkept: int = 0


class Barred(Frozen):
    """Whose messages are not taken for a while, as they were told: *reason*, and *until* when."""

    until: datetime
    reason: str


class NoteSlowed(Frozen):
    """Let officials see that this person sends too much, and what became of it."""

    type: Literal["note_slowed"] = "note_slowed"
    stage: Stage
    until: datetime | None = None


class Block(Frozen):
    """Keep whoever sent the case *code* from sending for so many *days*; *by* is the member."""

    type: Literal["block"] = "block"
    by: int
    code: str
    reason: str
    days: int


class Unblock(Frozen):
    """Let whoever sent the case *code* send again."""

    type: Literal["unblock"] = "unblock"
    by: int
    code: str
    reason: str


LimitEffect = NoteSlowed | Block | Unblock


class Arrived(NamedTuple):
    """The pace after one more message, and the stage it is met with."""

    pace: Pace
    stage: Stage


def spend(
    pace: Pace, what: Spending, now: float, rules: LimitRules, count: int = 1, times: int = 1
) -> Pace | None:
    """The pace after *count* of *what* at *now*; None when there is not as much.

    There is *times* as much for whoever works with it.
    """
    period = PERIODS[what]
    back = max(pace.back.get(what, 0.0), now) + count * period / (rules.most(what) * times)
    if back - now > period + ROUNDING:
        return None
    kept = {name: at for name, at in pace.back.items() if at > now}
    return pace.model_copy(update={"back": kept | {what: back}})


def arrived(pace: Pace, now: float, rules: LimitRules, *, staff: bool = False) -> Arrived:
    """One more message at *now*, of whatever kind."""
    if now < pace.until:
        return Arrived(pace.model_copy(update={"unheard": pace.unheard + 1}), "silent")
    if now - pace.struck > MINUTE or pace.until:
        pace = pace.model_copy(update={"strikes": 0, "until": 0.0})
    times = STAFF if staff else 1
    after = spend(pace, "minute", now, rules, times=times)
    after = spend(after, "hour", now, rules, times=times) if after else None
    if after is not None and pace.strikes < rules.slow_before_ask:
        return Arrived(after, "")
    return _too_fast(after or pace, now, rules)


def _too_fast(pace: Pace, now: float, rules: LimitRules) -> Arrived:
    strikes = pace.strikes + 1
    pace = pace.model_copy(update={"strikes": strikes, "struck": now})
    if strikes <= rules.slow_before_ask:
        return Arrived(pace, "slow")
    again = now - pace.pardoned < HOUR
    if strikes <= 2 * rules.slow_before_ask and not again:
        return Arrived(pace, "ask")
    until = now + rules.silence_minutes * MINUTE
    return Arrived(pace.model_copy(update={"until": until, "unheard": 1, "unkept": 0}), "silent")


def pardoned(pace: Pace, now: float) -> Pace:
    """After somebody said that it was no mistake: they begin anew, once an hour."""
    left = {name: at for name, at in pace.back.items() if name not in {"minute", "hour"}}
    return pace.model_copy(update={"back": left, "strikes": 0, "pardoned": now})


def begins(pace: Pace) -> bool:
    """Whether the silence has just begun with this message."""
    return pace.unheard == 1


def ended(pace: Pace) -> Pace:
    """After the silence."""
    return pace.model_copy(update={"strikes": 0, "until": 0.0, "unheard": 0, "unkept": 0})
