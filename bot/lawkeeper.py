"""The keeper of the law: tells those who keep a rule, or a template, that it ends or has ended.

Looked at once an hour; each is told once of each version, 14 days before its last day and on the
day after it. What nobody could be told is told when there is somebody. A rule whose file was
changed is told of like one that was amended by command.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from bot.turn import ZONE
from handlers.content import Content
from handlers.rooms.desk.rule_words import SOON
from storage import keepers
from storage.database import StorageError, Store, Tx

log = logging.getLogger(__name__)

EVERY = 3600.0


class Ending(NamedTuple):
    """What is about to end (``soon``), or is out of force (``expired``)."""

    subject: str
    version: str
    what: str
    owner: str


class LawKeeper:
    """Looks at what ends, and wakes whoever keeps it by a timer of theirs."""

    def __init__(
        self, store: Store, content: Callable[[], Content], nudge: Callable[[], None]
    ) -> None:
        """*content* is what is in force; *nudge* tells the clock of new timers."""
        self._store = store
        self._content = content
        self._nudge = nudge

    async def run(self) -> None:
        """Look every hour, until cancelled."""
        while True:
            try:
                await self.look(datetime.now(UTC))
            except StorageError as error:
                log.warning("keepers of the law told later", extra={"error": type(error).__name__})
            await asyncio.sleep(EVERY)

    async def look(self, now: datetime) -> int:
        """Tell of everything that ends by *now*; how many were told of. Raises `StorageError`."""
        local = now.astimezone(ZONE)
        endings = tuple(ending(self._content(), local.date()))

        rules = tuple(self._content().law.values())

        def tell(tx: Tx) -> int:
            # One after the other, so that what is told comes in the order of the file.
            ended = sum(
                keepers.wake_once(tx, *each, local + timedelta(milliseconds=number))
                for number, each in enumerate(endings)
            )
            changed = [
                rule
                for rule in rules
                if keepers.changed(tx, f"rule/{rule.id}", rule.version, local)
            ]
            for rule in changed:
                keepers.wake(tx, f"rule/{rule.id}", "changed", rule.owner, local)
            return ended + len(changed)

        told = await self._store.run(tell)
        if told:
            self._nudge()
        return told


def ending(content: Content, today: date) -> Iterator[Ending]:
    """Every rule, and every template still used, with its last day before or shortly after."""
    for rule in content.law.values():
        if what := _what(rule.valid_to, today):
            yield Ending(f"rule/{rule.id}", rule.version, what, rule.owner)
    for template in content.templates.values():
        if not template.retired and (what := _what(template.valid_to, today)):
            yield Ending(f"template/{template.id}", template.version, what, template.unit)


def _what(last: date | None, today: date) -> str:
    if last is None or last > today + SOON:
        return ""
    return "expired" if last < today else "soon"
