"""The outbox's sender: from decided to reached, in order within a chat, one sender a channel.

The rows are the truth: they were committed with the turn that decided them. What is held here is a
copy, filled by the engine after each commit and, after a restart, from the rows. A crash between a
platform's accepting a message and our writing that down repeats that message, never loses it. A
send stays in flight until it is written down: so a crash repeats at most `AT_ONCE` messages, one in
a chat, and while nothing can be written nothing more is sent.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import ValidationError

from bot.channels import Channel, MovedError, Outgoing, UndeliveredError
from bot.results import Results
from bot.retry import GiveUp, TryAgain, decide
from bot.turn import Posted
from handlers.messages import Say
from storage import outbox, people
from storage.database import StorageError, Store, Tx
from storage.outbox import Result, State

log = logging.getLogger(__name__)

AT_ONCE = 64  # sends in flight of one channel
PAGE = 500  # rows read at a time after a restart
RESCAN = 30.0  # seconds; finds what another process queued
GRACE = 2.0  # seconds that sends in flight get to end by themselves


@dataclass(slots=True)
class Waiting:
    """One message in a chat's queue."""

    posted: Posted
    attempts: int = 0


class Sender:
    """Sends what is queued for one channel until stopped."""

    def __init__(self, store: Store, channel: Channel) -> None:
        self._store = store
        self._channel = channel
        self._chats: dict[int, deque[Waiting]] = {}
        self._known: set[int] = set()
        # Settled since the last look at the rows but one: a look may be older than what it finds.
        self._settled: tuple[set[int], set[int]] = (set(), set())
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._closed_until = 0.0
        self._results = Results(store)
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.counts: dict[str, int] = {}

    def post(self, posted: Posted) -> None:
        """Queue a message behind the others of its chat."""
        if posted.id in self._known or any(posted.id in ids for ids in self._settled):
            return
        self._known.add(posted.id)
        chat = self._chats.get(posted.contact_id)
        if chat is not None:
            chat.append(Waiting(posted))
            return
        self._chats[posted.contact_id] = deque((Waiting(posted),))
        self._spawn(posted.contact_id)

    async def catch_up(self) -> None:
        """Queue what an earlier process left; before anything new is posted, to keep the order."""
        await self._look()

    async def run(self) -> None:
        """Send, and write down what came of it, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._results.run())
                group.create_task(self._look_again())
        finally:
            await self._land()

    async def _land(self) -> None:
        """Let what is in flight end by itself, so that a stop repeats nothing."""
        self._stopping = True
        for task in self._tasks - self._in_flight:
            task.cancel()
        writer = asyncio.create_task(self._results.run())
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=GRACE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        await self._results.flush()

    # -- reading the rows ----------------------------------------------------------------------

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(RESCAN)
            await self._look()

    async def _look(self) -> None:
        self._settled = (self._settled[1], set())
        after = 0
        while True:
            now = datetime.now(UTC)
            try:
                found = await self._store.run(
                    partial(
                        outbox.due, channel=self._channel.name, now=now, after_id=after, limit=PAGE
                    )
                )
            except StorageError:
                log.warning("outbox cannot be read", extra={"channel": self._channel.name})
                return
            for row in found:
                self._queue(row)
            if len(found) < PAGE:
                return
            after = found[-1].id

    def _queue(self, row: outbox.Due) -> None:
        """Queue a row; one that cannot be read any more must not stop the others."""
        try:
            say = Say.model_validate_json(row.payload)
        except ValidationError:
            log.error("message unreadable", extra={"id": row.id})  # noqa: TRY400 - it is private
            now, why = datetime.now(UTC), "payload unreadable"
            self._results.put(Result(row.id, "failed", now, row.attempts, error=why))
            return
        self.post(Posted(row.id, row.contact_id, self._channel.name, row.address, say))

    # -- sending -------------------------------------------------------------------------------

    def _spawn(self, contact_id: int) -> None:
        task = asyncio.create_task(self._empty(contact_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _empty(self, contact_id: int) -> None:
        """Send one chat's messages in order, until none is left."""
        chat = self._chats[contact_id]
        try:
            while chat and not self._stopping:
                if await self._send(chat[0]):
                    chat.popleft()
        finally:
            # Whatever is left after a fault is found again among the rows.
            self._known.difference_update(waiting.posted.id for waiting in chat)
            del self._chats[contact_id]

    async def _send(self, waiting: Waiting) -> bool:
        """Try once; whether the message is done with."""
        waiting.attempts += 1
        async with self._slots:
            await self._until_open()
            error = await self._fly(waiting)
        try:
            match error:
                case None:
                    return True
                case MovedError():
                    await self._move(waiting, error.address)
                    return False
                case _:
                    return await self._undelivered(waiting, error)
        except StorageError:
            log.warning("outbox cannot be written", extra={"channel": self._channel.name})
            await asyncio.sleep(1)
            return False

    async def _fly(self, waiting: Waiting) -> UndeliveredError | None:
        """Send, and return when that is written down, or why it did not arrive."""
        posted, task = waiting.posted, asyncio.current_task()
        assert task is not None  # noqa: S101 - nothing but a task runs a coroutine
        self._in_flight.add(task)
        try:
            number = await self._channel.send(Outgoing(posted.id, posted.address, posted.say))
            await self._settle(waiting, "sent", platform_id=number)
        except UndeliveredError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a channel's bug must not stop its chats
            log.error(  # noqa: TRY400 - the message may quote what is private
                "sending failed",
                extra={"channel": self._channel.name, "error": type(error).__name__},
            )
            return UndeliveredError("retry", "bug")
        finally:
            self._in_flight.discard(task)
        return None

    async def _undelivered(self, waiting: Waiting, error: UndeliveredError) -> bool:
        match decide(waiting.attempts, error):
            case GiveUp(state=state):
                if state == "unreachable":
                    await self._lose_touch(waiting.posted.contact_id)
                await self._settle(waiting, state, error=str(error)[:200])
                return True
            case TryAgain(seconds=seconds):
                now = datetime.now(UTC)
                later = Result(
                    waiting.posted.id,
                    "queued",
                    now,
                    waiting.attempts,
                    not_before=now + timedelta(seconds=seconds),
                    error=str(error)[:200],
                )
                self._results.put(later)
                await self._pause(seconds, error)
                return False

    async def _until_open(self) -> None:
        """Wait while the platform has closed the whole channel; it may have been told to anew."""
        now = asyncio.get_running_loop().time()
        if now < self._closed_until:
            await asyncio.sleep(self._closed_until - now)
            await self._until_open()

    async def _pause(self, seconds: float, error: UndeliveredError) -> None:
        """Wait for this chat alone; hold the whole channel when the platform said so."""
        if error.scope == "channel":
            until = asyncio.get_running_loop().time() + seconds
            self._closed_until = max(self._closed_until, until)
        await asyncio.sleep(seconds)

    async def _move(self, waiting: Waiting, address: str) -> None:
        posted = waiting.posted
        now = datetime.now(UTC)

        def move(tx: Tx) -> None:
            people.move(tx, posted.channel, posted.address, address, now)

        await self._store.run(move, key=posted.contact_id)
        waiting.posted = Posted(posted.id, posted.contact_id, posted.channel, address, posted.say)

    async def _lose_touch(self, contact_id: int) -> None:
        now = datetime.now(UTC)
        await self._store.run(
            lambda tx: people.set_reachable(tx, contact_id, now, reachable=False), key=contact_id
        )

    async def _settle(
        self, waiting: Waiting, state: State, *, platform_id: str = "", error: str = ""
    ) -> None:
        """Be done with a message; returns when its row says so."""
        number, now = waiting.posted.id, datetime.now(UTC)
        await self._results.put(
            Result(number, state, now, waiting.attempts, platform_id=platform_id, error=error)
        )
        self.counts[state] = self.counts.get(state, 0) + 1
        self._settled[1].add(number)
        self._known.discard(number)
