"""Feeds one channel's sender with announcements, a little ahead of its pace.

The ledger of a million people stays in the database; here are no more than a couple of seconds'
worth. Announcements take turns, whoever has more of them to tell; an urgent one goes before all
others. Stopped or killed anywhere, it goes on where the rows say.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from bot.announcer import Quiet
from bot.awaiting import heard
from bot.outbox import Sender
from bot.posting import Posted
from handlers import announcing
from handlers.announcing import Announcement
from handlers.content import Content, Lang
from handlers.messages import Say
from storage import announcements, deliveries
from storage.database import StorageError, Store, Tx
from storage.deliveries import Live

log = logging.getLogger(__name__)

TICK = 0.2  # seconds between meals while something is under way
IDLE = 2.0  # and else; another process may have begun one
AHEAD = 2.0  # seconds' worth held by a sender
LEAST, MOST = 16, 2_000  # messages held by a sender
BITE = 32  # rows of one transaction: replies wait for the database no longer than that takes
LANGS: tuple[Lang, ...] = ("vi", "en")


class Wording(NamedTuple):
    """What is said, and the number of the row that keeps it for all who are told."""

    say: Say
    shared: int


class Words:
    """What each announcement says in each language, kept once for each version."""

    def __init__(
        self,
        store: Store,
        content: Callable[[], Content],
        page: Callable[[str], str] = lambda _: "",
    ) -> None:
        """*page* gives the address of an announcement's page on the web, by its code."""
        self._store = store
        self._content = content
        self._page = page
        self._kept: dict[tuple[int, int], Mapping[Lang, Wording]] = {}
        self._making = asyncio.Lock()

    async def of(self, live: Live) -> Mapping[Lang, Wording]:
        """The words of this version; empty when there is another by now."""
        async with self._making:
            key = (live.id, live.version)
            if key not in self._kept:
                made = await self._store.run(partial(self._make, live=live))
                if not made:
                    return made
                self._kept = {**dict(list(self._kept.items())[-16:]), key: made}
            return self._kept[key]

    def _make(self, tx: Tx, live: Live) -> Mapping[Lang, Wording]:
        announcement = announcements.get(tx, live.code)
        if announcement is None or announcement.version != live.version:
            return {}
        says = {lang: self._say(announcement, lang) for lang in LANGS}
        return {
            lang: Wording(say, deliveries.share(tx, say.model_dump_json()))
            for lang, say in says.items()
        }

    def _say(self, announcement: Announcement, lang: Lang) -> Say:
        content, code = self._content(), announcement.code
        if announcement.state == "withdrawn":
            return announcing.taken_back(content, lang, code=code)
        return announcing.said(
            *(content, lang, announcement.unit, announcement.wording),
            code=code,
            page=self._page(code) if announcement.public else "",
            corrected=announcement.version > 1,
            urgent=announcement.urgent,
            public=announcement.public,
        )


class Feeder:
    """Feeds one sender until cancelled; runs where the sender does."""

    def __init__(self, store: Store, sender: Sender, words: Words, quiet: Quiet) -> None:
        self._store = store
        self._sender = sender
        self._channel = sender.limits.channel
        self._ahead = int(min(MOST, max(LEAST, AHEAD * sender.limits.per_second)))
        self._words = words
        self._quiet = quiet
        self._turn = 0
        self._news = asyncio.Event()

    def nudge(self) -> None:
        """An announcement was begun, or something was done to it."""
        self._news.set()

    async def run(self) -> None:
        """Feed until cancelled."""
        while True:
            self._news.clear()
            try:
                pause = TICK if await self.feed() else IDLE
            except StorageError:
                log.warning("announcements cannot be fed", extra={"channel": self._channel})
                pause = IDLE
            await heard(self._news, pause)

    async def feed(self) -> bool:
        """Fill the sender up; whether anything is under way."""
        if not self._sender.sends:
            return False
        found = await self._store.read(deliveries.live)
        going = [
            live
            for live in found
            if live.state in {"running", "withdrawn"} and self._quiet.may_go(live)
        ]
        await self._serve([live for live in going if live.urgent])
        await self._serve([live for live in going if not live.urgent])
        return bool(going)

    async def _serve(self, hungry: Sequence[Live]) -> None:
        """Give each its share of what the sender still holds, until nothing is left of either."""
        while hungry and (room := self._ahead - self._sender.held) > 0:
            self._turn += 1
            first = self._turn % len(hungry)
            share = min(BITE, -(-room // len(hungry)))
            fed = [await self._bite(live, share) for live in (*hungry[first:], *hungry[:first])]
            hungry = [
                live
                for live, count in zip((*hungry[first:], *hungry[:first]), fed, strict=True)
                if count
            ]

    async def _bite(self, live: Live, share: int) -> int:
        """Have up to *share* people told; how many will be."""
        limit = min(share, self._ahead - self._sender.held)
        words = await self._words.of(live)
        if limit <= 0 or not words:
            return 0
        fed = await self._store.run(
            partial(
                deliveries.feed,
                live=live,
                channel=self._channel,
                limit=limit,
                now=datetime.now(UTC),
                words={lang: wording.shared for lang, wording in words.items()},
            )
        )
        for each in fed:
            say = words[each.lang].say
            self._sender.post(
                Posted(
                    *(each.outbox_id, each.contact_id, self._channel, each.address, say),
                    *("announcement", each.replaces, live.id, each.changes),
                )
            )
        return len(fed)
