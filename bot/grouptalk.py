"""What happens when something is said to the bot in a group of officials.

Kept apart from conversations: no contact, session or timer is ever made or changed here.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.channels.telegram_group import GroupNews, Heard, PutOut
from bot.channels.telegram_wire import CHANNEL
from bot.turn import whereabouts
from handlers.content import Content
from handlers.desk.group import Bind, Effect, GroupFacts, Refuse, Unbind, hear
from handlers.desk.people import Official
from storage import groups, inbox, log, members, people
from storage.database import Store, Tx

logger = logging.getLogger(__name__)

HINTS_EVERY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class GroupTalk:
    """Takes in what concerns the bot in groups; tells *answered* when something was queued."""

    store: Store
    content: Callable[[], Content]
    answered: Callable[[], None]

    async def take(self, news: GroupNews) -> None:
        """Return when what follows is durable; told twice, it happens once.

        Raises `StorageUnavailableError`: then Telegram must deliver again.
        """
        was_ours = await self.store.run(
            lambda tx: self._taken(tx, news), failed=lambda tx, error: _failed(tx, news, error)
        )
        if was_ours and isinstance(news, PutOut):
            logger.warning("put out of a staff group")
        self.answered()

    def _taken(self, tx: Tx, news: GroupNews) -> bool:
        if not inbox.claim(tx, news.id, news.at):
            return False
        if isinstance(news, PutOut):
            return groups.gone(tx, news.address)
        self._answer(tx, news)
        return True

    def _answer(self, tx: Tx, heard: Heard) -> None:
        facts = GroupFacts(
            content=self.content(),
            official=official_at(tx, heard.person) if heard.person else None,
            hidden=heard.hidden,
            bound=groups.bound(tx, heard.address, heard.thread),
        )
        reaction = hear(heard.text, facts)
        place, now = (heard.address, heard.thread), heard.at
        if reaction.hint and not groups.may_hint(tx, heard.address, heard.person, now, HINTS_EVERY):
            return
        if facts.official and reaction.effect:
            _carry_out(tx, place, facts.official, reaction.effect, now)
        groups.answer(tx, *place, heard.message, reaction.text, now, linked=reaction.hint)


def _carry_out(
    tx: Tx, place: tuple[str, int], official: Official, effect: Effect, now: datetime
) -> None:
    actor = members.actor(official.id)
    match effect:
        case Bind(unit=unit):
            groups.bind(tx, *place, unit, official.id, now)
            log.append(tx, "group_bound", {"unit": unit}, actor=actor, now=now)
        case Unbind():
            unit = groups.bound(tx, *place) or ""
            groups.unbind(tx, *place)
            log.append(tx, "group_unbound", {"unit": unit}, actor=actor, now=now)
        case Refuse(deed=deed):
            log.append(tx, "denied", {"deed": deed}, actor=actor, now=now)


def official_at(tx: Tx, address: str) -> Official | None:
    """Who a Telegram account is as a member of staff: whoever its private chat belongs to."""
    contact = people.find(tx, CHANNEL, address)
    return None if contact is None else members.official(tx, contact.id)


def _failed(tx: Tx, news: GroupNews, error: Exception) -> bool:
    """Claim what broke its turn, without its words: what people say in a group is not kept."""
    where = whereabouts(error)
    logger.error("group turn failed", extra={"arrival": news.id, "error": where})
    inbox.keep_failed(tx, inbox.Failed(news.id, news.at, None, "", where, ""))
    return False
