"""How far an announcement has come, and how long it takes still."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers.announcing import Announcement, Limits

TELLING = 10.0  # seconds after which the pace so far says more than the pace that is allowed


def to_do(announcement: Announcement) -> int:
    """How many people are still to be told, as far as they are known."""
    return announcement.count("queued", "sending")


def done(announcement: Announcement) -> int:
    """How many people it has come to an end with, one way or another."""
    return announcement.count("sent", "unreachable", "failed", "unknown", "cancelled")


def tried(announcement: Announcement) -> int:
    """How many people somebody tried to tell."""
    return announcement.count("sent", "failed", "unknown")


def pace(announcement: Announcement, until: datetime) -> float:
    """People tried a second since it began; 0 before it did."""
    if announcement.begun_at is None:
        return 0.0
    seconds = (until - announcement.begun_at).total_seconds()
    return tried(announcement) / seconds if seconds > 0 else 0.0


def time_left(
    announcement: Announcement, limits: Iterable[Limits], now: datetime
) -> timedelta | None:
    """How long it takes until everybody is told, at the pace so far; None: nobody can say.

    Each channel goes on at its own pace: the slowest tells. No pace is more than the channel bears,
    and one without a limit is done at once.
    """
    if announcement.state != "running" or announcement.begun_at is None:
        return None
    allowed = {limit.channel: limit.per_second for limit in limits}
    lasted = (now - announcement.begun_at).total_seconds()
    seconds = 0.0
    for tally in announcement.tallies:
        left = tally.counts.get("queued", 0) + tally.counts.get("sending", 0)
        per_second = allowed.get(tally.channel)
        if not left or per_second is None:
            continue
        over = sum(tally.counts.get(state, 0) for state in ("sent", "failed", "unknown"))
        if lasted >= TELLING and over:
            per_second = min(per_second, over / lasted)
        seconds = max(seconds, left / per_second)
    return timedelta(seconds=seconds)
