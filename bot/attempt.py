"""One try to send one message, and what came of it, written down."""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.channels import MovedError, Outgoing, Sends, UndeliveredError
from bot.posting import Posted
from bot.results import Results
from bot.retry import GiveUp, decide
from storage import alarms, outbox, people
from storage.database import StorageError, Store, Tx
from storage.outbox import Result, State

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Waiting:
    """A message to send, not before *until* (the loop's time).

    It was tried *attempts* times, after *risked* of which it may have arrived.
    """

    posted: Posted
    attempts: int = 0
    risked: int = 0
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after *seconds*; *told*: the platform asks this chat to wait; *whole*: all."""

    seconds: float
    told: bool = False
    whole: bool = False


class Attempts:
    """Sends through one channel; *paid* announcements may cost money."""

    def __init__(self, store: Store, channel: Sends, results: Results, *, paid: bool) -> None:
        self._store = store
        self._channel = channel
        self._results = results
        self._paid = paid
        self.in_flight: set[asyncio.Task[None]] = set()
        """Tasks whose message may have reached the platform and is not written down yet."""
        self.counts: Counter[str] = Counter()
        """Messages finished, by their last state."""

    async def make(self, waiting: Waiting) -> Again | None:
        """Try once; None when the message is done with, and its row says so."""
        waiting.attempts += 1
        try:
            match await self._fly(waiting):
                case None:
                    return None
                case MovedError(address=address):
                    await self._move(waiting, address)
                    return Again(0)
                case error:
                    return await self._undelivered(waiting, error)
        except StorageError:
            log.warning("outbox cannot be read or written", extra={"channel": self._channel.name})
            return Again(1)

    async def _fly(self, waiting: Waiting) -> UndeliveredError | None:
        """Send, and return when that is written down, or why it did not arrive."""
        outgoing = await self._outgoing(waiting.posted)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - nothing but a task runs a coroutine
        self.in_flight.add(task)
        try:
            number = await self._channel.send(outgoing)
            # The ledger of an announcement sees to itself.
            own = waiting.posted.replaces if waiting.posted.lane != "announcement" else 0
            anew = own if number != outgoing.replaces else 0
            await self._settle(waiting, "sent", platform_id=number, anew=anew)
        except UndeliveredError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a channel's bug must not stop its chats
            log.error(  # noqa: TRY400 - the message may quote what is private
                "sending failed",
                extra={"channel": self._channel.name, "error": type(error).__name__},
            )
            return UndeliveredError("retry", "bug")
        finally:
            self.in_flight.discard(task)
        return None

    async def _outgoing(self, posted: Posted) -> Outgoing:
        """What the channel is given; a change of what never arrived is a message of its own."""
        changes = posted.changes
        if posted.replaces and not changes:
            arrived = partial(outbox.arrived, id=posted.replaces)
            changes = await self._store.run(arrived, key=posted.contact_id)
        paid = self._paid and posted.lane == "announcement"
        return Outgoing(posted.id, posted.address, posted.say, changes, paid)

    async def _undelivered(self, waiting: Waiting, error: UndeliveredError) -> Again | None:
        waiting.risked += error.verdict == "unknown"
        lane, why = waiting.posted.lane, str(error)[:200]
        decided = decide(waiting.attempts, error, lane=lane, risked=waiting.risked)
        if isinstance(decided, GiveUp):
            if decided.state == "unreachable":
                await self._lose_touch(waiting.posted.contact_id)
            await self._settle(waiting, decided.state, error=why)
            return None
        now = datetime.now(UTC)
        later = now + timedelta(seconds=decided.seconds)
        number, attempts = waiting.posted.id, waiting.attempts
        await self._results.put(
            Result(number, "queued", now, attempts, not_before=later, error=why)
        )
        return Again(decided.seconds, error.after is not None, error.scope == "channel")

    async def _move(self, waiting: Waiting, address: str) -> None:
        posted, now = waiting.posted, datetime.now(UTC)

        def move(tx: Tx) -> None:
            people.move(tx, posted.channel, posted.address, address, now)

        await self._store.run(move, key=posted.contact_id)
        waiting.posted = replace(posted, address=address)

    async def _lose_touch(self, contact_id: int) -> None:
        now = datetime.now(UTC)
        lost = partial(alarms.lost, contact_id=contact_id, now=now)
        await self._store.run(lost, key=contact_id)

    async def _settle(
        self,
        waiting: Waiting,
        state: State,
        *,
        platform_id: str = "",
        error: str = "",
        anew: int = 0,
    ) -> None:
        """Be done with a message; returns when its row says so."""
        number, now = waiting.posted.id, datetime.now(UTC)
        await self._results.put(
            Result(number, state, now, waiting.attempts, None, platform_id, error, anew)
        )
        self.counts[state] += 1
