"""Announcements as anybody may read them: those that were released and begun, as they stand now."""

from datetime import datetime
from typing import NamedTuple

from handlers.announcing import Announcement
from storage import announcements
from storage.database import Tx
from storage.times import when

CHANGED = """
    SELECT l.at FROM log l
    WHERE l.subject = ? AND l.kind IN ('announcement_release', 'announcement_withdraw')
    ORDER BY l.seq DESC LIMIT 1
"""
UNSEEN = frozenset({"waiting", "returned"})


class Published(NamedTuple):
    """An announcement and when its words were last changed by a correction or a withdrawal."""

    announcement: Announcement
    changed_at: datetime | None


def published(tx: Tx, code: str) -> Published | None:
    """The announcement *code*, unless it was never told to anybody or is for officials alone."""
    found = announcements.get(tx, code)
    if found is None or not found.public or found.begun_at is None or found.state in UNSEEN:
        return None
    row = tx.row(CHANGED, (f"announcement:{code}",)) if found.version > 1 else None
    return Published(found, when(row[0]) if row else None)
