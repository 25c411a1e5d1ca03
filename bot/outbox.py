"""The outbox's sender: from decided to reached, in order within a chat, one sender a channel.

The rows are the truth: they were committed with the turn that decided them. What is held here is a
copy, filled by the engine after each commit and, after a restart, from the rows. A crash between a
platform's accepting a message and our writing that down repeats that message, never loses it. A
send stays in flight until it is written down: so a crash repeats at most as many messages as there
are slots, one in a chat, and while nothing can be written nothing more is sent.

Lanes: a reply goes before a notice, a notice before an announcement. Each lane has slots of its
own, so that none waits for another's. In a chat messages go one after the other in their order, but
none waits for one of another lane that is put off; an announcement waits until nothing else is
to be said there, and for its turn in the channel's one line, which is as fast as the channel's
limits allow. Notices count against that limit, yet wait for nobody. When a platform says "later" it
says so for a chat or for everybody: then replies of that chat, or all, wait too.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Final

from pydantic import ValidationError

from bot.attempt import Again, Attempts, Waiting
from bot.channels import Sends
from bot.chat import Chat
from bot.pacing import Pace
from bot.posting import Posted
from bot.results import Results
from handlers.announcing import Limits
from handlers.messages import Say
from storage import outbox
from storage.database import StorageError, Store
from storage.outbox import Result

log = logging.getLogger(__name__)

AT_ONCE = 64  # replies in flight of one channel
NOTICES = 16  # notices
ANNOUNCEMENTS = 48  # announcements: at 1000 a second each may take 48 ms
LEAST = 4  # of these, however slow the channel
HELD = 2_500  # announcements held here; what is more stays among the rows
PAGE = 500  # rows read at a time after a restart
RESCAN = 30.0  # seconds; finds what another process queued
GRACE = 2.0  # seconds that sends in flight get to end by themselves

UNHURRIED: Final = Limits(channel="", text=4096, per_second=1000)


class Sender:
    """Sends what is queued for one channel until stopped; announcements by its *limits*.

    While another worker sends there, nothing is held here: `catch_up` begins with the rows anew.
    """

    def __init__(
        self, store: Store, channel: Sends, limits: Limits = UNHURRIED, *, paid: bool = False
    ) -> None:
        self.limits = limits
        self.held = 0
        """Announcements waiting here or in flight."""
        self._store = store
        self._channel = channel
        self._paid = paid
        self._chats: dict[int, Chat] = {}
        self._line: deque[Chat] = deque()
        self._longer = asyncio.Event()
        self._known: set[int] = set()
        self._after: int | None = None
        self._sought = asyncio.Event()
        # Settled since the last look at the rows but one: a look may be older than what it finds.
        self._settled: tuple[set[int], set[int]] = (set(), set())
        self._free_slots()
        self._pace = Pace(limits.per_second)
        self._closed_until = 0.0
        self._results = Results(store)
        self._attempts = Attempts(store, channel, self._results, paid=paid)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = True
        self._missed = False
        self.counts = self._attempts.counts

    def wakes(self, woken: Callable[[], None]) -> None:
        """Have *woken* called when a turn is due to tell what a message could not."""
        self._results.woken = woken

    @property
    def sends(self) -> bool:
        """Whether this is the one that sends for its channel now."""
        return not self._stopping

    def post(self, posted: Posted) -> None:
        """Queue a message behind the others of its chat, if it is sent here at all."""
        if self._stopping:
            self._missed = True
            return
        self._add(posted)

    def _add(self, posted: Posted, attempts: int = 0, waits: float = 0.0) -> None:
        if posted.id in self._known or any(posted.id in ids for ids in self._settled):
            return
        if posted.lane == "announcement":
            if self.held >= HELD:
                return
            self.held += 1
        self._known.add(posted.id)
        chat = self._chats.get(posted.contact_id)
        if chat is None:
            chat = self._chats[posted.contact_id] = Chat(posted.contact_id)
        chat.add(Waiting(posted, attempts, until=_loop().time() + waits))
        self._stir(chat)

    def _free_slots(self) -> None:
        self._replies = asyncio.Semaphore(AT_ONCE)
        self._notices = asyncio.Semaphore(NOTICES)
        # Half a second's worth: a platform that was held up never finds more than its own burst.
        worth = max(LEAST, int(self.limits.per_second / 2))
        self._announcements = asyncio.Semaphore(min(ANNOUNCEMENTS, worth))

    async def catch_up(self) -> None:
        """Queue what an earlier process left; before anything new is posted, to keep the order."""
        self._free_slots()
        self._missed = True
        while self._missed:
            self._missed = False
            await self._look()
        self._stopping = False
        for chat in tuple(self._chats.values()):
            self._stir(chat)

    async def run(self) -> None:
        """Send, and write down what came of it, until cancelled; after `catch_up`."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._results.run())
                group.create_task(self._look_again())
                group.create_task(self._announce())
        finally:
            await self._land()

    async def _land(self) -> None:
        """Let what is in flight end by itself, so that a stop repeats nothing."""
        self._stopping = True
        in_flight = self._attempts.in_flight
        for task in self._tasks - in_flight:
            task.cancel()
        writer = asyncio.create_task(self._results.run())
        if in_flight:
            await asyncio.wait(set(in_flight), timeout=GRACE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        self._hold_nothing()
        await self._results.flush()

    def _hold_nothing(self) -> None:
        for chat in self._chats.values():
            chat.waiting.clear()  # a timer may still know of it
        self._chats.clear()
        self._line.clear()
        self._known.clear()
        self._settled = (set(), set())
        self.held = 0

    # -- reading the rows ----------------------------------------------------------------------

    def seek(self, after: int) -> None:
        """Have what another worker committed looked for, among the rows of ids above *after*."""
        self._after = after if self._after is None else min(self._after, after)
        self._sought.set()

    async def _look_again(self) -> None:
        looked = _loop().time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(looked + RESCAN):
                    await self._sought.wait()
            self._sought.clear()
            after, self._after = self._after, None
            if _loop().time() >= looked + RESCAN:
                looked = _loop().time()
                await self._look()
            elif after is not None:
                await self._read_rows(after)

    async def _look(self) -> None:
        self._settled = (self._settled[1], set())
        await self._read_rows(0)

    async def _read_rows(self, after: int) -> None:
        while True:
            # What may be tried before the next look is taken in now, to wait here.
            until = datetime.now(UTC) + timedelta(seconds=RESCAN)
            due = partial(outbox.due, channel=self._channel.name, now=until, limit=PAGE)
            try:
                found = await self._store.run(partial(due, after_id=after))
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
            say = _read(row.payload)
        except ValidationError:
            log.error("message unreadable", extra={"id": row.id})  # noqa: TRY400 - it is private
            now, why = datetime.now(UTC), "payload unreadable"
            self._results.put(Result(row.id, "failed", now, row.attempts, error=why))
            return
        if not row.address:
            gone = Result(row.id, "unreachable", datetime.now(UTC), row.attempts, error="erased")
            self._results.put(gone)
            return
        posted = Posted(
            *(row.id, row.contact_id, self._channel.name, row.address, say, row.lane),
            *(row.replaces, row.announcement_id, row.changes),
        )
        waits = row.not_before and (row.not_before - datetime.now(UTC)).total_seconds()
        self._add(posted, row.attempts, waits or 0.0)

    # -- what is next in a chat ----------------------------------------------------------------

    def _stir(self, chat: Chat) -> None:
        """See to it that what waits in a chat is sent, unless somebody does already."""
        if chat.busy or self._stopping:
            return
        head = chat.announcement
        if chat.replies:
            chat.busy, chat.in_line = True, False
            self._spawn(self._empty(chat))
        elif head is None:
            if self._chats.get(chat.contact_id) is chat:
                del self._chats[chat.contact_id]
        elif (until := max(head.until, chat.closed_until)) > (loop := _loop()).time():
            loop.call_at(until, self._stir, chat)
        elif not chat.in_line:
            chat.in_line = True
            self._line.append(chat)
            self._longer.set()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _done(self, chat: Chat, waiting: Waiting) -> None:
        """A message is done with: its row says so."""
        self._settled[1].add(waiting.posted.id)
        self._forget(chat, [waiting])

    def _forget(self, chat: Chat, left: Sequence[Waiting]) -> None:
        """Hold these no longer; those not done with are found again among the rows."""
        chat.waiting = [each for each in chat.waiting if each not in left]
        self._known.difference_update(each.posted.id for each in left)
        self.held -= sum(each.posted.lane == "announcement" for each in left)

    def _put_off(self, chat: Chat, waiting: Waiting, again: Again) -> None:
        """Wait with this message; hold this chat, or the whole channel, if the platform said so."""
        waiting.until = until = _loop().time() + again.seconds
        if again.told:
            chat.closed_until = max(chat.closed_until, until)
        if again.whole:
            self._closed_until = max(self._closed_until, until)

    # -- replies and notices -------------------------------------------------------------------

    async def _empty(self, chat: Chat) -> None:
        """Send one chat's replies and notices in order, until none is left."""
        ended = False
        try:
            while chat.replies and not self._stopping:
                waiting = chat.next(_loop().time())
                if waiting is None:
                    await chat.rest(chat.opens())
                else:
                    await self._say(chat, waiting)
            ended = True
        finally:
            chat.busy = False
            if not ended:
                self._forget(chat, list(chat.waiting))
            self._stir(chat)

    async def _say(self, chat: Chat, waiting: Waiting) -> None:
        notice = waiting.posted.lane == "notice"
        async with self._notices if notice else self._replies:
            await self._until_open()
            if notice and not self._paid:
                self._pace.take(_loop().time(), self._messages(waiting))
            again = await self._attempts.make(waiting)
        if again is None:
            self._done(chat, waiting)
        else:
            self._put_off(chat, waiting, again)

    async def _until_open(self) -> None:
        """Wait while the platform has closed the whole channel; it may have been told to anew."""
        if (pause := self._closed_until - _loop().time()) > 0:
            await asyncio.sleep(pause)
            await self._until_open()

    # -- announcements -------------------------------------------------------------------------

    async def _announce(self) -> None:
        """Give each chat in the line its turn, at the channel's pace."""
        while True:
            await self._announcements.acquire()
            chat, waiting = await self._next_in_line()
            chat.busy = True
            self._pace.take(_loop().time(), self._messages(waiting))
            self._spawn(self._tell(chat, waiting))
            await asyncio.sleep(0)  # however late it is: replies have their turn in between

    async def _next_in_line(self) -> tuple[Chat, Waiting]:
        while True:
            if not self._line:
                self._longer.clear()
                await self._longer.wait()
            now = _loop().time()
            if (pause := max(self._closed_until - now, self._pace.wait(now))) > 0:
                await asyncio.sleep(pause)
                continue
            chat = self._line.popleft()
            head = chat.announcement
            if chat.in_line and head is not None:
                chat.in_line = False
                return chat, head

    async def _tell(self, chat: Chat, waiting: Waiting) -> None:
        again: Again | None = Again(RESCAN)  # whatever goes wrong, its row is still there
        try:
            again = await self._attempts.make(waiting)
        finally:
            self._announcements.release()
            chat.busy = False
            if again is None:
                self._done(chat, waiting)
            else:
                self._put_off(chat, waiting, again)
                if again.seconds >= RESCAN:
                    lane = [each for each in chat.waiting if each.posted.lane == "announcement"]
                    self._settled[1].add(waiting.posted.id)
                    self._forget(chat, lane)
            self._stir(chat)

    def _messages(self, waiting: Waiting) -> int:
        """How many messages of the platform it takes, at the most."""
        say = waiting.posted.say
        return -(-len(say.text) // self.limits.text) + len(say.files) + bool(say.qr)


def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


@lru_cache(maxsize=64)
def _read(payload: str) -> Say:
    """The words of a row; what an announcement says is in many of them."""
    return Say.model_validate_json(payload)
