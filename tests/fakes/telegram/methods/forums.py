"""Topics of forums."""

from collections.abc import Callable

from tests.fakes.telegram.access import find_chat
from tests.fakes.telegram.args import Args
from tests.fakes.telegram.chats import MANAGE_TOPICS, Chat, Topic
from tests.fakes.telegram.errors import Json, refuse
from tests.fakes.telegram.rules import TOPIC_COLOURS
from tests.fakes.telegram.text import is_blank
from tests.fakes.telegram.world import World


def create_forum_topic(world: World, args: Args) -> Json:
    """A new topic; a name over 128 characters is cut."""
    chat = _forum(world, args)
    name = _name(world, args)
    if not name:
        raise refuse("Name must be non-empty")
    colour = args.integer("icon_color", 0x6FB9F0)
    if colour not in TOPIC_COLOURS:
        raise refuse("Invalid icon color specified")
    message = world.post(
        chat, world.bot, {"forum_topic_created": {"name": name, "icon_color": colour}}, None
    )
    chat.unread.remove(message)
    chat.topics[message.message_id] = Topic(message.message_id, name)
    message.raw["message_thread_id"] = message.message_id
    message.raw["is_topic_message"] = True
    return {"message_thread_id": message.message_id, "name": name, "icon_color": colour}


def edit_forum_topic(world: World, args: Args) -> bool:
    """Another name for a topic."""
    topic = _topic(world, args)
    name = _name(world, args)
    if args.has("name") and name == topic.name:
        raise refuse("TOPIC_NOT_MODIFIED")
    topic.name = name or topic.name
    return True


def close_forum_topic(world: World, args: Args) -> bool:
    """Only administrators write in a closed topic."""
    return _set_closed(world, args, closed=True)


def reopen_forum_topic(world: World, args: Args) -> bool:
    """Everyone writes in it again."""
    return _set_closed(world, args, closed=False)


def delete_forum_topic(world: World, args: Args) -> bool:
    """Remove a topic with all its messages."""
    chat = _forum(world, args)
    topic = _topic(world, args)
    del chat.topics[topic.thread_id]
    for message in chat.messages.values():
        if message.raw.get("message_thread_id") == topic.thread_id:
            message.deleted = True
    return True


def _set_closed(world: World, args: Args, *, closed: bool) -> bool:
    topic = _topic(world, args)
    if topic.closed == closed:
        raise refuse("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    return True


def _forum(world: World, args: Args) -> Chat:
    chat = find_chat(world, args, "write")
    forum = world.options.private_topics if chat.kind == "private" else chat.forum
    if not forum:
        raise refuse("The chat is not a forum")
    if not chat.bot_may(MANAGE_TOPICS):
        raise refuse("Not enough rights to create a topic")
    return chat


def _topic(world: World, args: Args) -> Topic:
    topic = _forum(world, args).topics.get(args.integer("message_thread_id"))
    if topic is None:
        raise refuse("TOPIC_ID_INVALID")
    return topic


def _name(world: World, args: Args) -> str:
    name = " ".join(args.text("name").split())
    return "" if is_blank(name) else name[: world.limits.topic_name]


METHODS: dict[str, Callable[[World, Args], object]] = {
    "createforumtopic": create_forum_topic,
    "editforumtopic": edit_forum_topic,
    "closeforumtopic": close_forum_topic,
    "reopenforumtopic": reopen_forum_topic,
    "deleteforumtopic": delete_forum_topic,
}
