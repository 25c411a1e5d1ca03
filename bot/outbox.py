"""The outbox's sender: from decided to reached, in order within a chat, one sender a channel.

The rows are the truth: they were committed with the turn that decided them. What is held here is a
copy, filled by the engine after each commit and, after a restart, from the rows. A crash between a
platform's accepting a message and our writing that down repeats that message, never loses it; at
most the sends in flight are repeated.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.channels import Channel, MovedError, Outgoing, UndeliveredError
from bot.retry import GiveUp, TryAgain, decide
from bot.turn import Posted
from handlers.messages import Say
from storage import outbox, people
from storage.database import StorageError, Store, Tx
from storage.outbox import Result

log = logging.getLogger(__name__)

AT_ONCE = 64  # sends in flight of one channel
PAGE = 500  # rows read at a time after a restart
RESCAN = 30.0  # seconds; finds what another process queued


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
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._closed_until = 0.0
        self._results: list[Result] = []
        self._wrote = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.counts: dict[str, int] = {}

    def post(self, posted: Posted) -> None:
        """Queue a message behind the others of its chat."""
        if posted.id in self._known:
            return
        self._known.add(posted.id)
        chat = self._chats.get(posted.contact_id)
        if chat is not None:
            chat.append(Waiting(posted))
            return
        self._chats[posted.contact_id] = deque((Waiting(posted),))
        self._spawn(posted.contact_id)

    async def run(self) -> None:
        """Pick up what an earlier process left, then write results until cancelled."""
        writer = asyncio.create_task(self._write())
        try:
            while True:
                await self._pick_up()
                await asyncio.sleep(RESCAN)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            await self._flush()

    # -- reading the rows ----------------------------------------------------------------------

    async def _pick_up(self) -> None:
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
                say = Say.model_validate_json(row.payload)
                name = self._channel.name
                self.post(Posted(row.id, row.contact_id, name, row.address, say))
            if len(found) < PAGE:
                return
            after = found[-1].id

    # -- sending -------------------------------------------------------------------------------

    def _spawn(self, contact_id: int) -> None:
        task = asyncio.create_task(self._empty(contact_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _empty(self, contact_id: int) -> None:
        """Send one chat's messages in order, until none is left."""
        chat = self._chats[contact_id]
        while chat:
            if await self._send(chat[0]):
                chat.popleft()
        del self._chats[contact_id]

    async def _send(self, waiting: Waiting) -> bool:
        """Try once; whether the message is done with."""
        posted = waiting.posted
        waiting.attempts += 1
        try:
            async with self._slots:
                await self._until_open()
                platform_id = await self._channel.send(
                    Outgoing(posted.id, posted.address, posted.say)
                )
        except MovedError as moved:
            await self._move(waiting, moved.address)
            return False
        except UndeliveredError as error:
            return await self._undelivered(waiting, error)
        except Exception as error:  # noqa: BLE001 - a channel's bug must not stop its chats
            log.error(  # noqa: TRY400 - the message may quote what is private
                "sending failed",
                extra={"channel": self._channel.name, "error": type(error).__name__},
            )
            return await self._undelivered(waiting, UndeliveredError("retry", "bug"))
        self._record(
            waiting,
            Result(posted.id, "sent", datetime.now(UTC), waiting.attempts, platform_id=platform_id),
        )
        return True

    async def _undelivered(self, waiting: Waiting, error: UndeliveredError) -> bool:
        now = datetime.now(UTC)
        match decide(waiting.attempts, error):
            case GiveUp(state=state):
                if state == "unreachable":
                    await self._lose_touch(waiting.posted.contact_id, now)
                result = Result(
                    waiting.posted.id, state, now, waiting.attempts, error=str(error)[:200]
                )
                self._record(waiting, result)
                return True
            case TryAgain(seconds=seconds):
                later = Result(
                    waiting.posted.id,
                    "queued",
                    now,
                    waiting.attempts,
                    not_before=now + timedelta(seconds=seconds),
                    error=str(error)[:200],
                )
                self._results.append(later)
                self._wrote.set()
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

    async def _lose_touch(self, contact_id: int, now: datetime) -> None:
        await self._store.run(
            lambda tx: people.set_reachable(tx, contact_id, now, reachable=False), key=contact_id
        )

    # -- writing down what came of it ----------------------------------------------------------

    def _record(self, waiting: Waiting, result: Result) -> None:
        self.counts[result.state] = self.counts.get(result.state, 0) + 1
        self._results.append(result)
        self._wrote.set()
        self._known.discard(waiting.posted.id)

    async def _write(self) -> None:
        while True:
            await self._wrote.wait()
            self._wrote.clear()
            await self._flush()

    async def _flush(self) -> None:
        while self._results:
            results, self._results = self._results, []
            try:
                await self._store.run(partial(outbox.record, results=results))
            except StorageError:
                self._results = results + self._results
                log.warning("outbox cannot be written", extra={"channel": self._channel.name})
                await asyncio.sleep(1)
