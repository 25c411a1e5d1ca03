"""How a person's message gets into a chat, and whether the bot hears of it."""

import re

from .chats import Chat, Message, User
from .errors import Json
from .text import is_blank, tidy
from .units import units
from .view import Shown
from .world import World

_COMMAND = re.compile(r"/\w+(?:@(\w+))?(?!\S)")


def chat_for(world: World, user: User, to: int | None) -> Chat:
    """The chat a person writes in: their own with the bot, or a group they are in."""
    chat = world.chats[user.id if to is None else to]
    if chat.migrated_to is not None:
        raise ValueError(f"the group moved to {chat.migrated_to}")
    if user.deactivated or (chat.kind == "private" and user.blocked):
        raise ValueError(f"{user.first_name} can't write: blocked the bot, or left the platform")
    if chat.kind == "private":
        user.started = True
    else:
        chat.members.setdefault(user.id, user)
        user.seen = True
    chat.last_act = world.clock.now()
    return chat


def utter(
    world: World,
    user: User,
    chat: Chat,
    content: Json,
    *,
    thread: int | None = None,
    reply_to: Shown | None = None,
) -> Message:
    """Put a person's message into a chat, and queue the update the bot gets of it."""
    fields = dict(content)
    if thread is not None:
        if thread not in chat.topics:
            raise ValueError(f"no topic {thread} in {chat.title}")
        fields |= {"message_thread_id": thread, "is_topic_message": True}
    if reply_to is not None:
        fields["reply_to_message"] = {
            name: value for name, value in reply_to.raw.items() if name != "reply_to_message"
        }
    message = world.post(chat, user.raw(), fields, None)
    if hears(world, chat, message.raw):
        world.push("message", message.raw, chat.id)
    return message


def hears(world: World, chat: Chat, raw: Json) -> bool:
    """Whether the bot is told of a message: in privacy mode only what is meant for it."""
    if chat.kind == "private":
        return True
    if chat.bot_status in ("left", "kicked"):
        return False
    if chat.bot_is_admin() or not world.options.privacy_mode:
        return True
    command = _COMMAND.match(str(raw.get("text", "")))
    if command is not None:
        named = (command[1] or "").lower()
        return named in ("", world.options.bot_username.lower())
    answered = raw.get("reply_to_message")
    return answered is not None and answered["from"]["id"] == world.bot_id


def texts(text: str, limit: int) -> list[Json]:
    """What an app sends for a text: cleaned, and in pieces when it is longer than a message."""
    if is_blank(text):
        raise ValueError("the platform's apps send no empty text")
    pieces = []
    while text:
        piece = text[:limit]
        while units(piece) > limit:
            piece = piece[: len(piece) - max(1, (units(piece) - limit) // 2)]
        text = text[len(piece) :]
        clean, entities = tidy(piece, [])
        if clean:
            pieces.append({"text": clean, **({"entities": entities} if entities else {})})
    return pieces


def captioned(content: Json, caption: str) -> Json:
    """A file with the caption an app sends beside it."""
    if is_blank(caption):
        return content
    clean, entities = tidy(caption, [])
    content["caption"] = clean
    if entities:
        content["caption_entities"] = entities
    return content
