"""What a database is to everybody else: statements inside a transaction, and units run by a store.

A *unit* is an ordinary synchronous function of one `Tx`. A store runs it on a database thread, in
one durable transaction with whatever else is waiting. It may run **more than once** (a lost
connection, a deadlock), and a run may even have been committed before the connection was lost, so a
unit has no effect but on its transaction and by its return value, and one whose second run would do
harm claims something first (`inbox.claim`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from storage.seal import Seal

if TYPE_CHECKING:
    from storage.keys import Key

T = TypeVar("T")

Value = str | int | float | None
Params = Sequence[Value]
Row = tuple[Any, ...]


class StorageError(Exception):
    """Something is wrong with the storage, not with what was asked of it."""


class StorageUnavailableError(StorageError):
    """The database can't store or read now (disk full, server gone): try later."""


class StorageClosedError(StorageError):
    """The store has been closed."""


class StorageTakenError(StorageError):
    """Another process writes to this SQLite database; several workers need PostgreSQL."""


class Tx(ABC):
    """Statements of one transaction, in the dialect both engines share.

    Statements are constants (each is prepared once), their placeholders ``?``. What differs is
    written in SQLite's way and turned by PostgreSQL's side: ``/*lock t*/`` at the end of a SELECT
    locks the rows of *t*, and ``MATCH ?`` is a search in ``ticket_words``. Whole numbers have 64
    bits; there are no booleans.
    """

    seal: Seal
    keys: dict[str | int, "Key"]
    """The keys read in this unit, by holder and by id: see `storage.keys`."""

    @abstractmethod
    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """All rows of a query."""

    @abstractmethod
    def row(self, sql: str, params: Params = ()) -> Row | None:
        """The first row of a query, or None."""

    @abstractmethod
    def do(self, sql: str, params: Params = ()) -> int:
        """Change rows and return how many changed."""

    @abstractmethod
    def add(self, sql: str, params: Params = ()) -> int:
        """Run an INSERT of one row into a table with an identity and return the new id."""

    @abstractmethod
    def many(self, sql: str, params: Iterable[Params]) -> None:
        """Run one statement for each of *params*."""


class Store(Protocol):
    """A database with its threads. Everything that waits is here; units never wait for anything."""

    engine: str

    async def run(
        self,
        unit: Callable[[Tx], T],
        *,
        key: int = 0,
        failed: Callable[[Tx, Exception], T] | None = None,
    ) -> T:
        """Run *unit* and return its value once its transaction is durable.

        Units of equal *key* run in the order they were given. When *unit* raises, it is undone
        alone, and *failed* (if given) runs in its place, in the same transaction; when that is
        missing or raises too, the exception comes out here. Waits while too many units are queued.
        Cancelling the caller leaves open whether the unit runs, but never half of it.

        Raises `StorageUnavailableError` when nothing could be stored.
        """

    async def read(self, unit: Callable[[Tx], T]) -> T:
        """Run *unit* over one consistent, read-only picture, beside the writing: for long reads."""

    async def close(self) -> None:
        """Finish what is queued, then let go of the database."""
