"""Telegram's groups: what is said to the bot there, and messages that stay and are edited.

A group is no conversation: nothing of it becomes an `Arrival`, and what people say to each other
there is not even looked at. Commands and replies to the bot are handed on as `Heard`.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, TelegramError
from telegram.helpers import create_deep_linked_url

from bot.channels import UndeliveredError
from bot.channels.telegram_errors import Floods, undelivered

GROUPS: Final = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
_UNCHANGED: Final = "message is not modified"
_NO_MESSAGE: Final = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NO_TOPIC: Final = ("message thread not found", "topic_deleted", "topic_closed")
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_IN_A_ROW: Final = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """A command or a reply to the bot *to* (its id, or its name behind a command; empty: any bot).

    *thread* is the topic (0: none), *message* the number to reply to. *person* is the sender's id,
    which is the address of their private chat; *hidden*: who spoke in the name of the group.
    """

    id: str
    address: str
    thread: int
    message: int
    person: str
    hidden: bool
    to: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PutOut:
    """The bot is no longer in the group at *address*."""

    id: str
    address: str
    at: datetime


GroupNews = Heard | PutOut


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens the private chat with the bot, there with *payload* when there is one."""

    label: str
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A group, or the topic *thread* of it (0: none)."""

    address: str
    thread: int = 0


class LostMessageError(UndeliveredError):
    """The message to be edited is gone."""

    def __init__(self) -> None:
        super().__init__("refused", "message gone")


class LostTopicError(UndeliveredError):
    """The topic is gone, or closed to the bot."""

    def __init__(self) -> None:
        super().__init__("refused", "topic gone")


def overheard(update: Update, name: str, now: datetime) -> GroupNews | None:
    """What of an update of a group concerns the bot; *name* is what the update is called."""
    change = update.my_chat_member
    if change is not None and change.chat.type in GROUPS:
        out = change.new_chat_member.status in {ChatMemberStatus.BANNED, ChatMemberStatus.LEFT}
        return PutOut(name, str(change.chat.id), now) if out else None
    message = update.message
    if message is None or message.chat.type not in GROUPS or (to := _spoken_to(message)) is None:
        return None
    sender, hidden = message.from_user, message.sender_chat is not None
    if sender is None or (message.sender_chat or message.chat) != message.chat:
        return None  # a channel's post, sent on by Telegram
    if sender.is_bot and not hidden:
        return None
    return Heard(
        id=name,
        address=str(message.chat.id),
        # Without a topic a thread is just a row of replies.
        thread=(message.message_thread_id or 0) if message.is_topic_message else 0,
        message=message.message_id,
        person="" if hidden else str(sender.id),
        hidden=hidden,
        to=to,
        text=message.text or "",
        at=min(message.date, now),
    )


def _spoken_to(message: Message) -> str | None:
    """To which bot something is said; None when people talk among themselves."""
    if message.text is not None and message.text.startswith("/"):
        command, *_ = message.text.split(maxsplit=1)
        return command.partition("@")[2].lower()
    replied = message.reply_to_message
    # In a topic everything replies to its beginning.
    if replied is None or replied.forum_topic_created is not None or replied.from_user is None:
        return None
    return str(replied.from_user.id) if replied.from_user.is_bot else None


class GroupChats:
    """Sends to groups and edits there; the pace is the caller's."""

    def __init__(self, bot: Bot, floods: Floods) -> None:
        self._bot = bot
        self._floods = floods
        self._name = ""
        self._asking = asyncio.Lock()

    async def name(self) -> str:
        """The bot's own username; asked for once. Raises TelegramError."""
        async with self._asking:
            if not self._name:
                self._name = (await self._bot.get_me()).username or ""
        return self._name

    async def concerns_us(self, heard: Heard) -> bool:
        """Whether something was said to this bot."""
        ours = {"", self._bot.token.partition(":")[0], (await self.name()).lower()}
        return heard.to in ours

    async def post(
        self, place: Place, text: str, links: tuple[Link, ...], reply_to: int = 0
    ) -> str:
        """Send a message and return its id; raises `UndeliveredError`."""
        try:
            message = await self._bot.send_message(
                int(place.address),
                text,
                message_thread_id=place.thread or None,
                reply_markup=await self._buttons(links),
                reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True)
                if reply_to
                else None,
                link_preview_options=_NO_PREVIEW,
            )
        except TelegramError as error:
            raise self._failure(error, place.address) from error
        return str(message.message_id)

    async def edit(self, address: str, message: str, text: str, links: tuple[Link, ...]) -> None:
        """Let a message of the bot say something else; raises `UndeliveredError`."""
        try:
            await self._bot.edit_message_text(
                text,
                int(address),
                int(message),
                reply_markup=await self._buttons(links),
                link_preview_options=_NO_PREVIEW,
            )
        except TelegramError as error:
            if isinstance(error, BadRequest) and _UNCHANGED in error.message.lower():
                return
            raise self._failure(error, address) from error

    async def _buttons(self, links: tuple[Link, ...]) -> InlineKeyboardMarkup | None:
        if not links:
            return None
        name = await self.name()
        buttons = [
            InlineKeyboardButton(link.label, url=create_deep_linked_url(name, link.payload or None))
            for link in links
        ]
        rows = [buttons[at : at + _IN_A_ROW] for at in range(0, len(buttons), _IN_A_ROW)]
        return InlineKeyboardMarkup(rows)

    def _failure(self, error: TelegramError, address: str) -> UndeliveredError:
        said = error.message.lower() if isinstance(error, BadRequest) else ""
        if any(words in said for words in _NO_MESSAGE):
            return LostMessageError()
        if any(words in said for words in _NO_TOPIC):
            return LostTopicError()
        return undelivered(error, address, self._floods)
