"""Instants in the database: whole milliseconds since 1970, UTC."""

from datetime import UTC, datetime


def ms(at: datetime) -> int:
    """Milliseconds of an aware instant."""
    return round(at.timestamp() * 1000)


def when(milliseconds: int) -> datetime:
    """The instant, in UTC: whoever shows it brings the time zone."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
