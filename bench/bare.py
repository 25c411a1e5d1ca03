"""The floor: the least a durable turn must do, with nothing around it.

Claim the update, select the conversation (617 bytes of JSON), read and write it, queue one or two
messages, and open a ticket with two events in one turn of eight. Here on SQLite, where whatever
waits goes in one hop to the thread of one aiosqlite connection, in one transaction, with a
savepoint each.
"""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import aiosqlite

from storage import SQLITE
from storage.sqlite import _SETTINGS as SQLITE_SETTINGS

CHATS = 2000
AT_ONCE = 64
STATE = json.dumps({"step": 1, "answers": {f"answer{n}": "x" * 68 for n in range(7)}})[:-1]
STATE += ', "pad": "' + "x" * (617 - len(STATE) - 11) + '"}'
PAYLOAD = json.dumps({"text": "x" * 120, "choices": [["a", "Có"], ["b", "Không"]]})

SCHEMA = """
    CREATE TABLE inbox (id TEXT PRIMARY KEY, at BIGINT NOT NULL);
    CREATE TABLE conversations (chat BIGINT PRIMARY KEY, state TEXT NOT NULL, at BIGINT NOT NULL);
    CREATE TABLE outbox (id {id}, chat BIGINT NOT NULL, payload TEXT NOT NULL, at BIGINT NOT NULL);
    CREATE TABLE tickets (id {id}, code TEXT NOT NULL, chat BIGINT NOT NULL, unit TEXT NOT NULL,
        status BIGINT NOT NULL, due BIGINT NOT NULL, body TEXT NOT NULL);
    CREATE UNIQUE INDEX tickets_code ON tickets (code);
    CREATE INDEX tickets_chat ON tickets (chat);
    CREATE INDEX tickets_open ON tickets (unit, due, id) WHERE status < 4;
    CREATE TABLE events (id {id}, ticket BIGINT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL)
"""
CLAIM = "INSERT INTO inbox (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
LOAD = "SELECT state FROM conversations WHERE chat = ?"
SAVE = "UPDATE conversations SET state = ?, at = ? WHERE chat = ?"
QUEUE = "INSERT INTO outbox (chat, payload, at) VALUES (?, ?, ?)"
OPEN = """
    INSERT INTO tickets (code, chat, unit, status, due, body) VALUES (?, ?, ?, 0, ?, ?) RETURNING id
"""
TELL = "INSERT INTO events (ticket, kind, data) VALUES (?, ?, ?)"


class Cursor(Protocol):
    """What the drivers' cursors have in common."""

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""

    def execute(self, query: Any, params: Any = ..., /) -> Any:  # noqa: ANN401 - as they declare it
        """Run a statement."""

    def fetchone(self) -> Any:  # noqa: ANN401 - as they declare it
        """The next row."""


Speak = Callable[[str], str | bytes]


def unit(cursor: Cursor, speak: Speak, number: int, lock: str = "") -> None:
    """The unit of work of update *number*, inside a transaction."""
    chat = number % CHATS
    cursor.execute(speak(CLAIM), (f"bare:{number}", number))
    if cursor.rowcount != 1:
        return
    cursor.execute(speak(LOAD + lock), (chat,))
    state = json.loads(cursor.fetchone()[0])
    state["step"] += 1
    cursor.execute(speak(SAVE), (json.dumps(state), number, chat))
    for _ in range(1 + number % 2):
        cursor.execute(speak(QUEUE), (chat, PAYLOAD, number))
    if number % 8 == 0:
        cursor.execute(speak(OPEN), (f"PA-{number}", chat, f"unit{number % 20}", number, STATE))
        ticket = cursor.fetchone()[0]
        cursor.execute(speak(TELL), (ticket, "opened", PAYLOAD))
        cursor.execute(speak(TELL), (ticket, "routed", PAYLOAD))


def rows_expected(done: int) -> dict[str, int]:
    """How many rows *done* updates, numbered from 0, leave behind."""
    tickets = (done + 7) // 8
    return {"inbox": done, "outbox": done + done // 2, "tickets": tickets, "events": 2 * tickets}


class Bare(ABC):
    """The unit of work on one database; numbers are given from 0."""

    def __init__(self) -> None:
        self._next = 0

    async def act(self) -> None:
        """Do one unit, durably."""
        number, self._next = self._next, self._next + 1
        await self.take(number)

    @abstractmethod
    async def take(self, number: int) -> None:
        """Do the unit of *number*, durably."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of the database."""


class Group:
    """Whatever has gathered goes over in one *hop*."""

    def __init__(self, hop: Callable[[Sequence[int]], Awaitable[None]]) -> None:
        self._hop = hop
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._drain: asyncio.Task[None] | None = None

    async def run(self, number: int) -> None:
        """Take *number* along with the next hop."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((number, future))
        if self._drain is None:
            self._drain = asyncio.create_task(self._empty())
        await future

    async def _empty(self) -> None:
        while batch := self._waiting[:AT_ONCE]:
            del self._waiting[:AT_ONCE]
            await self._hop([number for number, _ in batch])
            for _, future in batch:
                future.set_result(None)
        self._drain = None


class BareSqlite(Bare):
    """One aiosqlite connection, a whole group in one hop, one commit."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__()
        self._connection = connection
        self._group = Group(self._over)

    async def take(self, number: int) -> None:
        """See `Bare`."""
        await self._group.run(number)

    async def close(self) -> None:
        """See `Bare`."""
        await self._connection.close()

    async def _over(self, numbers: Sequence[int]) -> None:
        # The same private call as in storage/sqlite.py, where its reason stands.
        await self._connection._execute(self._together, numbers)  # type: ignore[no-untyped-call] # noqa: SLF001 - see above

    def _together(self, numbers: Sequence[int]) -> None:
        cursor = self._connection._conn.cursor()  # noqa: SLF001 - see above
        cursor.execute("BEGIN IMMEDIATE")
        for number in numbers:
            cursor.execute("SAVEPOINT unit")
            unit(cursor, str, number)
            cursor.execute("RELEASE unit")
        cursor.execute("COMMIT")


async def bare_sqlite(url: str) -> Bare:
    """A new database at *url*, with the settings of our own."""
    connection = await aiosqlite.connect(
        url.removeprefix(SQLITE), isolation_level=None, cached_statements=256
    )
    for setting in SQLITE_SETTINGS:
        await connection.execute_fetchall(setting)
    await connection.executescript(SCHEMA.format(id="INTEGER PRIMARY KEY AUTOINCREMENT") + ";BEGIN")
    await connection.executemany(
        "INSERT INTO conversations VALUES (?, ?, 0)", [(chat, STATE) for chat in range(CHATS)]
    )
    await connection.execute("COMMIT")
    return BareSqlite(connection)
