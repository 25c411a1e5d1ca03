"""Memberships as the Bot API describes them."""

from .chats import Chat, User
from .errors import Json
from .world import World

_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)


def membership(user: Json, status: str, rights: frozenset[str] = frozenset()) -> Json:
    """A ChatMember."""
    member: Json = {"user": user, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    if status == "administrator":
        member |= {name: name in rights or name == "can_manage_chat" for name in _RIGHTS}
    return member


def bot_membership(world: World, chat: Chat) -> Json:
    """How the bot stands in a chat."""
    if chat.user is not None:
        return membership(world.bot, "kicked" if chat.user.blocked else "member")
    return membership(world.bot, chat.bot_status, chat.bot_rights)


def person_membership(chat: Chat, user: User) -> Json:
    """How a person stands in a group."""
    if user.id not in chat.members:
        return membership(user.raw(), "left")
    if user.id in chat.admins:
        return membership(user.raw(), "administrator", frozenset({"can_manage_topics"}))
    return membership(user.raw(), "member")


def announce_membership(world: World, chat: Chat, actor: Json, old: Json, queue: int) -> None:
    """Tell the bot that it stands differently in a chat than *old* says."""
    update: Json = {
        "chat": chat.raw(),
        "from": actor,
        "date": world.clock.unix(),
        "old_chat_member": old,
        "new_chat_member": bot_membership(world, chat),
    }
    world.push("my_chat_member", update, queue)
