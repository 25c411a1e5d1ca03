"""Instants in the database: whole milliseconds since 1970, UTC."""

from datetime import UTC, date, datetime


def ms(at: datetime) -> int:
    """Milliseconds of an aware instant."""
    return round(at.timestamp() * 1000)


def when(milliseconds: int) -> datetime:
    """The instant, in UTC: whoever shows it brings the time zone."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def iso(day: date | None) -> str | None:
    """A day as the database has it, if there is one."""
    return None if day is None else day.isoformat()
