"""Chats and their members, pinned messages, reactions."""

from collections.abc import Callable

from tests.fakes.telegram.access import find_chat, find_message
from tests.fakes.telegram.args import Args
from tests.fakes.telegram.chats import PIN, Chat
from tests.fakes.telegram.errors import Json, refuse
from tests.fakes.telegram.members import bot_membership, person_membership
from tests.fakes.telegram.world import World

_GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)
_REACTIONS = frozenset(
    [
        "👍",
        "👎",
        "❤",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂",
        "🤷",
        "🤷\u200d♀",
        "😡",
    ]
)


def get_chat(world: World, args: Args) -> Json:
    """All about a chat."""
    chat = find_chat(world, args, "read")
    full: Json = {
        **chat.raw(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    if chat.pinned and (pinned := chat.messages.get(chat.pinned[-1])) is not None:
        full["pinned_message"] = pinned.raw
    return full


def get_chat_member(world: World, args: Args) -> Json:
    """How someone stands in a chat."""
    chat = find_chat(world, args, "read")
    user_id = args.integer("user_id")
    if user_id == world.bot_id:
        return bot_membership(world, chat)
    user = world.users.get(user_id)
    if user is None:
        raise refuse("invalid user_id specified")
    return person_membership(chat, user)


def get_chat_administrators(world: World, args: Args) -> list[Json]:
    """The administrators of a group."""
    chat = find_chat(world, args, "read")
    if chat.kind == "private":
        raise refuse("there are no administrators in the private chat")
    people = [person_membership(chat, chat.members[each]) for each in sorted(chat.admins)]
    return [*people, bot_membership(world, chat)] if chat.bot_is_admin() else people


def get_chat_member_count(world: World, args: Args) -> int:
    """How many are in a chat, the bot included."""
    chat = find_chat(world, args, "read")
    return 2 if chat.kind == "private" else len(chat.members) + 1


def leave_chat(world: World, args: Args) -> bool:
    """The bot leaves a group."""
    chat = find_chat(world, args, "read")
    if chat.kind == "private":
        raise refuse("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    return True


def pin_chat_message(world: World, args: Args) -> bool:
    """Pin a message."""
    chat = _pinnable(world, args)
    message = find_message(chat, args, "message to pin")
    if message.message_id in chat.pinned:
        chat.pinned.remove(message.message_id)
    chat.pinned.append(message.message_id)
    return True


def unpin_chat_message(world: World, args: Args) -> bool:
    """Unpin a message, or the last one pinned."""
    chat = _pinnable(world, args)
    if args.integer("message_id"):
        message_id = find_message(chat, args, "message to unpin").message_id
    elif chat.pinned:
        message_id = chat.pinned[-1]
    else:
        raise refuse("message to unpin not found")
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
    return True


def unpin_all_chat_messages(world: World, args: Args) -> bool:
    """Unpin everything."""
    _pinnable(world, args).pinned.clear()
    return True


def set_message_reaction(world: World, args: Args) -> bool:
    """The bot's one reaction to a message, or none."""
    reactions = args.json("reaction", "Can't parse reaction types JSON object") or []
    if not isinstance(reactions, list):
        raise refuse("Expected an Array of ReactionType")
    chat = find_chat(world, args, "read")
    message = find_message(chat, args, "message to react")
    if len(reactions) > world.limits.reactions:
        raise refuse("REACTIONS_TOO_MANY")
    for reaction in reactions:
        if not isinstance(reaction, dict) or reaction.get("type") != "emoji":
            raise refuse("REACTION_INVALID")
        if str(reaction.get("emoji", "")).replace("\ufe0f", "") not in _REACTIONS:
            raise refuse("REACTION_INVALID")
    message.reactions = [str(reaction["emoji"]) for reaction in reactions]
    chat.wake()
    return True


def _pinnable(world: World, args: Args) -> Chat:
    chat = find_chat(world, args, "write")
    if not chat.bot_may(PIN):
        raise refuse("not enough rights to manage pinned messages in the chat")
    return chat


METHODS: dict[str, Callable[[World, Args], object]] = {
    "getchat": get_chat,
    "getchatmember": get_chat_member,
    "getchatadministrators": get_chat_administrators,
    "getchatmembercount": get_chat_member_count,
    "leavechat": leave_chat,
    "pinchatmessage": pin_chat_message,
    "unpinchatmessage": unpin_chat_message,
    "unpinallchatmessages": unpin_all_chat_messages,
    "setmessagereaction": set_message_reaction,
}
