"""SQLite's statements: the shared dialect is its own, so they go to `sqlite3` as they are."""

import sqlite3
from collections.abc import Iterable

from storage.batch import Connection, Fault
from storage.database import Params, Row
from storage.seal import Seal

# The rest of a statement's errors are the statement's own fault (SQLITE_ERROR, CONSTRAINT, …).
UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}


def only_grows(table: str) -> str:
    """Triggers by which the database itself refuses to change or remove a row of *table*."""
    return f"""
        CREATE TRIGGER {table}_is_never_updated BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} only grows'); END;
        CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} only grows'); END
    """


TOKENS = {
    "identity": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "key": "INTEGER PRIMARY KEY",
    "clustered": "WITHOUT ROWID",
    "ticket_words": """
        CREATE VIRTUAL TABLE ticket_words USING fts5(words, tokenize = 'unicode61')
    """,
    "history_only_grows": only_grows("history"),
    "log_only_grows": only_grows("log"),
}


class SqliteConnection(Connection):
    """Statements on one `sqlite3` connection.

    One cursor for all of them: each statement resets the one before, so that none is left open
    over a commit.
    """

    tokens = TOKENS

    def __init__(self, connection: sqlite3.Connection, seal: Seal) -> None:
        self.seal = seal
        self.keys = {}
        self._connection = connection
        self._cursor = connection.cursor()

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """See `Tx`."""
        return self._cursor.execute(sql, params).fetchall()

    def row(self, sql: str, params: Params = ()) -> Row | None:
        """See `Tx`."""
        found: Row | None = self._cursor.execute(sql, params).fetchone()
        return found

    def do(self, sql: str, params: Params = ()) -> int:
        """See `Tx`."""
        return self._cursor.execute(sql, params).rowcount

    def add(self, sql: str, params: Params = ()) -> int:
        """See `Tx`."""
        # RETURNING would cost three times the insert: SQLite gathers its rows in a table first.
        number: int | None = self._cursor.execute(sql, params).lastrowid
        return number or 0

    def many(self, sql: str, params: Iterable[Params]) -> None:
        """See `Tx`."""
        self._cursor.executemany(sql, params)

    def begin(self) -> None:
        """See `Connection`."""
        # A deferred one that reads first and writes later fails at once when another wrote between.
        self._cursor.execute("BEGIN IMMEDIATE")

    def begin_alone(self) -> None:
        """See `Connection`."""
        self.begin()

    def begin_reading(self) -> None:
        """See `Connection`."""
        self._cursor.execute("BEGIN")

    def commit(self) -> None:
        """See `Connection`."""
        self._cursor.execute("COMMIT")

    def rollback(self) -> None:
        """See `Connection`."""
        if self._connection.in_transaction:
            self._cursor.execute("ROLLBACK")

    def mark(self) -> None:
        """See `Connection`."""
        self._cursor.execute("SAVEPOINT unit")

    def keep(self) -> None:
        """See `Connection`."""
        self._cursor.execute("RELEASE unit")

    def undo(self) -> None:
        """See `Connection`."""
        self._cursor.execute("ROLLBACK TO unit")
        self._cursor.execute("RELEASE unit")

    def fault(self, error: Exception) -> Fault | None:
        """See `Connection`; SQLite ends a transaction by itself when it can't go on with it."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        lost = not self._connection.in_transaction
        return "unavailable" if code in UNAVAILABLE or lost else None

    def script(self, sql: str) -> None:
        """See `Connection`; `sqlite3`'s own executescript would commit first."""
        statement = ""
        for piece in sql.split(";"):
            statement += piece + ";"
            if sqlite3.complete_statement(statement):
                self._cursor.execute(statement)
                statement = ""
