"""Many units, one transaction: who is undone alone, who fails with whom, and what is tried again.

The rules, the same for both engines:

- A unit that raises loses its own savepoint; its `failed` runs in a new one. The others go on.
- When the database itself fails (disk full, lock not had), the batch is rolled back as a whole and
  every caller hears `StorageUnavailableError`: nobody may believe in what was not stored.
- When the connection is lost, the whole batch is run again on a new one, a bounded number of times.
  It may have been committed just before: that is why units claim what must not happen twice.
- When the server chose the batch as the victim of a conflict (deadlock, serialisation), it is run
  again one unit at a time, which can't deadlock with itself and lets the rest pass.
"""

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from storage.database import StorageUnavailableError, Tx

T = TypeVar("T")

Fault = Literal["conflict", "lost", "unavailable"]

# Seconds: the first pause between the attempts of one batch, each next one doubled, and how long
# they may take in all. Longer, and a person had better be told; a stop must be over in 10 s.
PAUSE = 0.05
PATIENCE = 5.0


class Connection(Tx):
    """One connection as the rules need it; used by one thread at a time."""

    tokens: Mapping[str, str]
    """What the migrations write as ``{name}`` because the engines call it differently."""

    @abstractmethod
    def begin(self) -> None:
        """Start a writing transaction, on a new connection if the old one is lost."""

    @abstractmethod
    def begin_alone(self) -> None:
        """Start one that no other worker's `begin_alone` can overlap."""

    @abstractmethod
    def begin_reading(self) -> None:
        """Start a transaction that sees one picture and can't write."""

    @abstractmethod
    def commit(self) -> None:
        """Make the transaction durable."""

    @abstractmethod
    def rollback(self) -> None:
        """Forget the transaction, if there still is one; never raises."""

    @abstractmethod
    def mark(self) -> None:
        """Set a savepoint."""

    @abstractmethod
    def keep(self) -> None:
        """Let go of the savepoint, keeping what was done."""

    @abstractmethod
    def undo(self) -> None:
        """Go back to the savepoint and let go of it."""

    @abstractmethod
    def fault(self, error: Exception) -> Fault | None:
        """What *error* says about the database, or None when it is about the statement or unit."""

    @abstractmethod
    def script(self, sql: str) -> None:
        """Run several statements of the engine's own dialect inside the transaction."""


@dataclass(slots=True)
class Job(Generic[T]):
    """A unit and what to do in its place when it raises."""

    unit: Callable[[Tx], T]
    failed: Callable[[Tx, Exception], T] | None = None


@dataclass(slots=True)
class Outcome(Generic[T]):
    """What came of a job: *value*, unless there is an *error*."""

    value: T | None = None
    error: Exception | None = None


def persist(connection: Connection, jobs: Sequence[Job[Any]]) -> list[Outcome[Any]]:
    """Run *jobs* in order, durably; the outcomes are in the same order."""
    pause, until = PAUSE, time.monotonic() + PATIENCE
    while True:
        try:
            return _together(connection, jobs)
        except Exception as error:  # noqa: BLE001 - each of them ends in an outcome
            fault = connection.fault(error)
            if fault in {"conflict", None} and len(jobs) > 1:
                return [persist(connection, [job])[0] for job in jobs]
            if fault is None:
                return [Outcome(error=error)]
            if fault == "unavailable" or time.monotonic() + pause > until:
                return [Outcome(error=_unavailable(error)) for _ in jobs]
        time.sleep(pause)
        pause *= 2


def look(connection: Connection, unit: Callable[[Tx], T]) -> T:
    """Run *unit* over one read-only picture; once more when the database failed."""
    try:
        return _look(connection, unit)
    except StorageUnavailableError:
        return _look(connection, unit)


def _look(connection: Connection, unit: Callable[[Tx], T]) -> T:
    try:
        connection.begin_reading()
        connection.keys.clear()
        return unit(connection)
    except Exception as error:
        if connection.fault(error) is None:
            raise
        raise _unavailable(error) from error
    finally:
        connection.rollback()


def _together(connection: Connection, jobs: Sequence[Job[Any]]) -> list[Outcome[Any]]:
    try:
        connection.begin()
        outcomes = [_attempt(connection, job) for job in jobs]
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return outcomes


def _attempt(connection: Connection, job: Job[T]) -> Outcome[T]:
    try:
        return _marked(connection, job.unit)
    except Exception as error:
        if connection.fault(error) is not None:
            raise
        connection.undo()
        if job.failed is None:
            return Outcome(error=error)
        return _excuse(connection, job.failed, error)


def _excuse(
    connection: Connection, failed: Callable[[Tx, Exception], T], cause: Exception
) -> Outcome[T]:
    try:
        return _marked(connection, lambda tx: failed(tx, cause))
    except Exception as error:
        if connection.fault(error) is not None:
            raise
        connection.undo()
        return Outcome(error=error)


def _marked(connection: Connection, unit: Callable[[Tx], T]) -> Outcome[T]:
    connection.mark()
    connection.keys.clear()  # of the unit before, which may have been undone
    value = unit(connection)
    connection.keep()
    return Outcome(value)


def _unavailable(error: Exception) -> StorageUnavailableError:
    unavailable = StorageUnavailableError(f"{type(error).__name__}: {error}")
    unavailable.__cause__ = error
    return unavailable
