"""What the province changed by command over its files; each change is an entry of the log."""

from datetime import datetime

from handlers.effects import Amend
from storage import log, members
from storage.database import Tx

SET = """
    INSERT INTO amendments (kind, name, value, seq) VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value, seq = excluded.seq
"""
DROP = "DELETE FROM amendments WHERE kind = ? AND name = ?"
VALUE = "SELECT value FROM amendments WHERE kind = ? AND name = ?"
VERSION = "SELECT COUNT(*), COALESCE(MAX(seq), 0) FROM amendments"
ALL = "SELECT kind, name, value FROM amendments ORDER BY seq"


def amend(tx: Tx, effect: Amend, now: datetime) -> None:
    """Put one change in force, or take it away again; the log has what was before and is now."""
    row = tx.row(VALUE, (effect.kind, effect.key))
    seq = log.append(
        tx,
        "undone" if effect.undoes else "amended",
        {
            "kind": effect.kind,
            "key": effect.key,
            "before": row[0] if row else "",
            "value": effect.value,
            **({"undoes": effect.undoes} if effect.undoes else {}),
        },
        actor=members.actor(effect.by),
        now=now,
        subject=f"{effect.kind}:{effect.key}",
    )
    if effect.value:
        tx.do(SET, (effect.kind, effect.key, effect.value, seq))
    else:
        tx.do(DROP, (effect.kind, effect.key))


def all(tx: Tx) -> tuple[tuple[str, str, str], ...]:  # noqa: A001 - amendments.all reads well
    """Kind, key and value of everything in force, oldest first."""
    return tuple((kind, key, value) for kind, key, value in tx.rows(ALL))


def version(tx: Tx) -> tuple[int, int]:
    """Another one after every change."""
    count, newest = tx.rows(VERSION)[0]
    return count, newest
