"""One group of officials: what waits there is said, one call after another, at Telegram's pace.

Theory of operation. `_advance` takes up the next message, asks for leave to make one call (20 a
minute for all topics of a group together, answers and edits included), makes it, and writes down
what is shown now. While leave is waited for nothing is decided yet: a case that changes five times
meanwhile is one edit, and many new cases are one digest. A crash between Telegram's accepting a
message and our writing that down repeats that message, never loses it.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple, Protocol

from bot.channels import MovedError, UndeliveredError
from bot.channels.telegram_errors import pauses
from bot.channels.telegram_group import Link, LostMessageError, LostTopicError, Place
from bot.channels.telegram_wire import LIMITS
from bot.turn import ZONE
from handlers.content import Content
from handlers.desk.board import card_text, digest_text
from storage import cards, groups
from storage.cards import Sheet
from storage.database import StorageError, Store, Tx
from storage.groups import Answer

log = logging.getLogger(__name__)

GRACE = 2.0  # seconds a call in flight gets when the bot is stopped


class Chats(Protocol):
    """Where the board is shown; see `bot.channels.telegram_group.GroupChats`."""

    async def post(
        self, place: Place, text: str, links: tuple[Link, ...], reply_to: int = 0
    ) -> str:
        """Send a message and return its id."""

    async def edit(self, address: str, message: str, text: str, links: tuple[Link, ...]) -> None:
        """Let a message say something else."""


@dataclass(frozen=True, slots=True)
class Pace:
    """At most *most* calls in a group begin within *window* of an earlier one's end.

    In seconds: *look* and *sweep*, between two looks at what changed and at what is overdue;
    *refused*, for which a group is left alone in which the bot may not write; *longest*, for which
    nothing is looked at anew before a call.
    """

    most: int = int(LIMITS.group_per_minute)
    window: timedelta = timedelta(seconds=62)
    look: float = 2.0
    sweep: float = 3600.0
    refused: float = 600.0
    longest: float = 30.0


class Message(NamedTuple):
    """What a message says, and *digest*, by which it is known whether it says so already."""

    text: str
    links: tuple[Link, ...]
    digest: str


@dataclass(slots=True)
class Line:
    """What is said in the group at *address*."""

    store: Store
    content: Callable[[], Content]
    chats: Chats
    pace: Pace
    address: str
    _waits: Iterator[float] = field(default_factory=pauses)

    async def empty(self) -> None:
        """Say all that waits."""
        pause: float | None = 0
        while pause is not None:
            await asyncio.sleep(min(pause, self.pace.longest))
            pause = await self._advance()

    async def _advance(self) -> float | None:
        """Make one call; the seconds to wait before the next, None when nothing is left."""
        try:
            work = await self.store.run(self._next)
            if work is None:
                return None
            message = self._message(work)
            if isinstance(work, Sheet) and work.shown == message.digest:
                await self.store.run(partial(_done, work=work, message=message))
                return 0
            leave = await self.store.run(self._claim)
            if not leave.id:
                return max(leave.wait, 0.01)
            return await self._landing(self._call(work, message, leave.id))
        except StorageError:
            log.warning("the board cannot be written")
            return next(self._waits)

    def _next(self, tx: Tx) -> Answer | Sheet | None:
        return groups.next_answer(tx, self.address) or cards.next_sheet(tx, self.address)

    def _claim(self, tx: Tx) -> groups.Slot:
        return groups.claim(tx, self.address, datetime.now(UTC), self.pace.most, self.pace.window)

    def _message(self, work: Answer | Sheet) -> Message:
        content, today = self.content(), datetime.now(ZONE).date()
        label = content.say("vi", "board.open")
        if isinstance(work, Answer):
            return Message(work.text, (Link(label),) if work.linked else (), "")
        unit = work.group.unit
        shown = [case.card for case in work.cases]
        if len(shown) == 1:
            text = card_text(shown[0], content, today, unit)
            labels = [label]
        else:
            text = digest_text(shown, content, today, unit)
            labels = [card.code for card in shown]
        links = tuple(Link(at, card.code) for at, card in zip(labels, shown, strict=True))
        return Message(text, links, hashlib.sha256(text.encode()).hexdigest()[:16])

    # -- one call ------------------------------------------------------------------------------

    async def _landing(self, call: Coroutine[None, None, float]) -> float:
        """Let a call that was begun end by itself, so that a stop repeats nothing."""
        flying = asyncio.ensure_future(call)
        try:
            return await asyncio.shield(flying)
        except asyncio.CancelledError:
            await asyncio.wait({flying}, timeout=GRACE)
            flying.cancel()
            await asyncio.gather(flying, return_exceptions=True)
            raise

    async def _call(self, work: Answer | Sheet, message: Message, slot: int) -> float:
        """Make it, and write down what came of it; the seconds to wait before the next."""
        then: Callable[[Tx], None]
        try:
            number = await self._say(work, message)
        except UndeliveredError as error:
            pause, then = self._failed(work, error)
        else:
            pause, then = 0.0, partial(_done, work=work, message=message, number=number)
            self._waits = pauses()

        def write_down(tx: Tx) -> None:
            groups.end(tx, slot, datetime.now(UTC))
            then(tx)

        await self.store.run(write_down)
        return pause

    async def _say(self, work: Answer | Sheet, message: Message) -> str:
        text, links, _ = message
        if isinstance(work, Answer):
            place = Place(self.address, work.thread)
            return await self.chats.post(place, text, links, work.reply_to)
        if work.message:
            await self.chats.edit(self.address, work.message, text, links)
            return work.message
        return await self.chats.post(Place(self.address, work.group.thread), text, links)

    def _failed(
        self, work: Answer | Sheet, error: UndeliveredError
    ) -> tuple[float, Callable[[Tx], None]]:
        """The seconds to wait after a call that failed, and what to write down of it."""
        match error:
            case MovedError():
                return 0, partial(groups.move, old=self.address, new=error.address)
            case LostTopicError():
                return 0, partial(_lose_topic, work=work)
            case LostMessageError():
                return 0, partial(_lose_message, work=work)
            case UndeliveredError(verdict="gone"):
                log.warning("a staff group can't be written to any more", extra={"why": str(error)})
                return 0, partial(_gone, address=self.address)
            case UndeliveredError(verdict="refused") if isinstance(work, Answer):
                return 0, partial(groups.answered, answer_id=work.id)
            case UndeliveredError(verdict="refused"):
                log.warning("a staff group refuses what is shown", extra={"why": str(error)})
                pause = self.pace.refused
            case _:
                pause = next(self._waits) if error.after is None else error.after
        until = datetime.now(UTC) + timedelta(seconds=pause)
        return pause, partial(groups.hold, address=self.address, until=until)


def _done(tx: Tx, work: Answer | Sheet, message: Message, number: str = "") -> None:
    if isinstance(work, Answer):
        groups.answered(tx, work.id)
    else:
        cards.show(tx, work, number or work.message, message.digest, datetime.now(ZONE).date())


def _lose_topic(tx: Tx, work: Answer | Sheet) -> None:
    if isinstance(work, Answer):
        groups.answer_in_general(tx, work.id)
    else:
        cards.lose_topic(tx, work.group)


def _lose_message(tx: Tx, work: Answer | Sheet) -> None:
    if isinstance(work, Sheet):
        cards.lose_message(tx, work)


def _gone(tx: Tx, address: str) -> None:
    groups.gone(tx, address)
