"""Bringing a database up to date, forward only.

``0001_start.sql`` and its successors are one text for both engines; the few words they call
differently are ``{tokens}``. About fifty lines of our own because no library fits: yoyo's last
release is of 2024 and knows no tokens, alembic brings SQLAlchemy for nothing else.

What is applied is recorded with its checksum: a file that changed afterwards, or a database made by
a newer program, stops the start.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from storage.batch import Connection, look
from storage.database import StorageError

CREATE = """
    CREATE TABLE IF NOT EXISTS migrations (
        name TEXT PRIMARY KEY,
        checksum TEXT NOT NULL,
        at BIGINT NOT NULL
    )
"""
APPLIED = "SELECT name, checksum FROM migrations"
RECORD = "INSERT INTO migrations (name, checksum, at) VALUES (?, ?, ?)"


class MigrationError(StorageError):
    """The database and the migrations of this program don't belong together."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: *sql* with its tokens still in it."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def shipped() -> tuple[Migration, ...]:
    """The migrations of this program, in order."""
    return tuple(sorted(_shipped(), key=lambda migration: migration.name))


def apply(
    connection: Connection, now: float, steps: tuple[Migration, ...] | None = None
) -> list[str]:
    """Apply what is missing in one transaction, under a lock; return the names of it.

    *now* is in seconds since 1970. Two workers starting at once wait for each other here.
    """
    steps = shipped() if steps is None else steps
    try:
        connection.begin_alone()
        connection.do(CREATE)
        missing = _missing(steps, dict(connection.rows(APPLIED)))
        for step in missing:
            connection.script(_spoken(step.sql, connection))
            connection.do(RECORD, (step.name, step.checksum, round(now * 1000)))
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return [step.name for step in missing]


def check(connection: Connection) -> None:
    """Raise `MigrationError` unless the database is this program's and up to date; only reads."""
    try:
        rows = look(connection, lambda tx: tx.rows(APPLIED))
    except StorageError:
        raise
    except Exception as error:  # the engine's own: it has no such table
        raise MigrationError("the database is empty or another program's") from error
    if missing := _missing(shipped(), dict(rows)):
        raise MigrationError(f"the database lacks {missing[0].name}: python -m bot migrate")


def _shipped() -> Iterator[Migration]:
    for file in resources.files(__name__).iterdir():
        if file.name.endswith(".sql"):
            yield Migration(file.name.removesuffix(".sql"), file.read_text("utf-8"))


def _missing(steps: tuple[Migration, ...], applied: dict[str, str]) -> list[Migration]:
    if unknown := sorted(applied.keys() - {step.name for step in steps}):
        raise MigrationError(f"the database is newer than this program: it has {unknown[-1]}")
    for step in steps:
        if applied.get(step.name, step.checksum) != step.checksum:
            raise MigrationError(f"migration {step.name} was changed after it had been applied")
    return [step for step in steps if step.name not in applied]


def _spoken(sql: str, connection: Connection) -> str:
    for token, word in connection.tokens.items():
        sql = sql.replace("{" + token + "}", word)
    return sql
