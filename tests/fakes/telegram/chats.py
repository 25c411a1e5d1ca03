"""People, chats and messages as the platform knows them.

A message is kept as the Bot API dictionary it is sent as; edits change that dictionary, so the
transcript of a chat is always what its people see now.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from .errors import Json
from .keyboards import Markup

ChatKind = Literal["private", "group", "supergroup"]
MANAGE_TOPICS = "can_manage_topics"
PIN = "can_pin_messages"
DELETE = "can_delete_messages"


@dataclass(slots=True, eq=False)
class User:
    """A person of the platform, and how they stand to the bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    seen: bool = False  # the bot met them in a group

    def raw(self) -> Json:
        """The user as updates carry it."""
        raw: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                raw[name] = value
        return raw


@dataclass(slots=True, eq=False)
class Message:
    """One message in one chat; *markup* also keeps the keyboards updates don't show."""

    chat: "Chat"
    message_id: int
    raw: Json
    from_bot: bool
    at: float
    markup: Markup | None = None
    edited: bool = False
    deleted: bool = False
    reactions: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Topic:
    """A topic of a forum."""

    thread_id: int
    name: str
    closed: bool = False


@dataclass(slots=True, eq=False)
class Chat:
    """A chat the bot may know; in a private one *user* is the person."""

    id: int
    kind: ChatKind
    title: str = ""
    username: str = ""
    user: User | None = None
    forum: bool = False
    members: dict[int, User] = field(default_factory=dict)
    admins: set[int] = field(default_factory=set)
    bot_status: str = "member"
    bot_rights: frozenset[str] = frozenset()
    topics: dict[int, Topic] = field(default_factory=dict)
    migrated_to: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    unread: list[Message] = field(default_factory=list)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    keyboard: Markup | None = None
    pinned: list[int] = field(default_factory=list)
    last_id: int = 0  # supergroups count their own messages
    last_act: float = float("-inf")
    actions: list[str] = field(default_factory=list)

    def raw(self) -> Json:
        """The chat as messages carry it."""
        if self.user is not None:
            raw: Json = {"id": self.id, "first_name": self.user.first_name}
            if self.user.last_name:
                raw["last_name"] = self.user.last_name
            if self.user.username:
                raw["username"] = self.user.username
        else:
            raw = {"id": self.id, "title": self.title}
            if self.username:
                raw["username"] = self.username
            if self.forum:
                raw["is_forum"] = True
        return {**raw, "type": self.kind}

    @property
    def noun(self) -> str:
        """What refusals call this chat."""
        return f"{self.kind} chat"

    def bot_is_admin(self) -> bool:
        """Whether the bot administers this group."""
        return self.bot_status == "administrator"

    def bot_may(self, right: str) -> bool:
        """Whether the bot is an administrator with this right; in a private chat it has all."""
        return self.kind == "private" or (self.bot_is_admin() and right in self.bot_rights)

    def wake(self) -> None:
        """Something changed: whoever waits looks again."""
        waiting, self.waiting = self.waiting, []
        for each in waiting:
            if not each.done():
                each.set_result(None)
