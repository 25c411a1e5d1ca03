"""Finding what a call is about, and whether the bot may do it there."""

from typing import Literal

from .args import Args, bool_field, int_field, lenient_int, text_field
from .chats import Chat, Message
from .errors import Json, forbid, migrated, refuse
from .world import World

Access = Literal["read", "edit", "write"]


def find_chat(world: World, args: Args, access: Access, name: str = "chat_id") -> Chat:
    """The chat of a call; refused when unknown, closed to the bot, or moved away."""
    given = args.text(name)
    if not given:
        raise refuse("chat_id is empty")
    if given.startswith("@"):
        chat = world.find_public(given[1:])
    else:
        chat = world.find_chat(lenient_int(given))
    if chat is None:
        raise refuse("chat not found")
    if chat.user is not None:
        _check_private(chat, access)
    else:
        _check_group(chat, access)
    return chat


def _check_private(chat: Chat, access: Access) -> None:
    user = chat.user
    if user is None or (not user.started and not user.seen):
        raise refuse("chat not found")
    if access == "read":
        return
    if user.deactivated:
        raise forbid("user is deactivated")
    if access == "write" and not user.started:
        raise forbid("bot can't initiate conversation with a user")
    if access == "write" and user.blocked:
        raise forbid("bot was blocked by the user")


def _check_group(chat: Chat, access: Access) -> None:
    if chat.migrated_to is not None:
        if access == "write":
            raise migrated(chat.migrated_to)
        return
    if access == "read" and chat.kind == "group":
        return
    if chat.bot_status == "kicked":
        raise forbid(f"bot was kicked from the {chat.noun}")
    if chat.bot_status == "left":
        raise forbid(f"bot is not a member of the {chat.noun}")


def find_message(chat: Chat, args: Args, noun: str, name: str = "message_id") -> Message:
    """The message of a call; refused as "*noun* not found"."""
    message = chat.messages.get(args.integer(name))
    if message is None or message.deleted:
        raise refuse(f"{noun} not found")
    return message


def find_thread(world: World, chat: Chat, args: Args) -> int | None:
    """The topic a message goes to; the General topic must not be named."""
    thread = args.integer("message_thread_id")
    if thread <= 0:
        return None
    if chat.kind == "group" or (chat.kind == "supergroup" and not chat.forum):
        return None
    if thread not in chat.topics:
        raise refuse("message thread not found")
    if chat.topics[thread].closed and not chat.bot_may("can_manage_topics"):
        raise refuse("TOPIC_CLOSED")
    return thread


def find_replied(chat: Chat, args: Args) -> Message | None:
    """The message a new one answers, if the call names one."""
    parameters = args.json("reply_parameters", "Can't parse reply parameters JSON object")
    if parameters is None:
        message_id = args.integer("reply_to_message_id")
        lenient = args.flag("allow_sending_without_reply")
    else:
        message_id, lenient = _reply_fields(parameters)
    if message_id <= 0:
        return None
    message = chat.messages.get(message_id)
    if message is not None and not message.deleted:
        return message
    if lenient:
        return None
    raise refuse("message to be replied not found")


def _reply_fields(parameters: object) -> tuple[int, bool]:
    if not isinstance(parameters, dict):
        raise refuse("Object expected as reply parameters")
    if not parameters:
        return 0, False
    text_field(parameters, "chat_id")
    lenient = bool_field(parameters, "allow_sending_without_reply")
    return int_field(parameters, "message_id"), lenient


def place(thread: int | None, replied: Message | None) -> Json:
    """The fields that say where in a chat a message stands."""
    fields: Json = {}
    if thread is not None:
        fields["message_thread_id"] = thread
        fields["is_topic_message"] = True
    if replied is not None:
        fields["reply_to_message"] = {
            name: value for name, value in replied.raw.items() if name != "reply_to_message"
        }
    return fields
