"""Changing and removing messages, and answering taps."""

from collections.abc import Callable

from tests.fakes.telegram.access import find_chat, find_message
from tests.fakes.telegram.args import Args
from tests.fakes.telegram.chats import DELETE, Chat, Message
from tests.fakes.telegram.errors import Json, refuse
from tests.fakes.telegram.keyboards import Markup, inline_only, read_markup
from tests.fakes.telegram.methods.sending import caption_of, message_text
from tests.fakes.telegram.world import World

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_CAPTIONED = ("photo", "document", "video", "voice", "audio", "animation")


def edit_message_text(world: World, args: Args) -> Json:
    """Another text for a text message of the bot; without a keyboard it loses the one it had."""
    content = message_text(world, args)
    markup = inline_only(read_markup(args, world.limits))
    message = _editable(world, args)
    if "text" not in message.raw:
        raise refuse("there is no text in the message to edit")
    return _change(world, args, message, ("text", "entities"), content, markup)


def edit_message_caption(world: World, args: Args) -> Json:
    """Another caption, or none, under a file the bot sent."""
    content = caption_of(world, args)
    markup = inline_only(read_markup(args, world.limits))
    message = _editable(world, args)
    if not any(kind in message.raw for kind in _CAPTIONED):
        raise refuse("there is no caption in the message to edit")
    return _change(world, args, message, ("caption", "caption_entities"), content, markup)


def edit_message_reply_markup(world: World, args: Args) -> Json:
    """Another inline keyboard, or none."""
    markup = inline_only(read_markup(args, world.limits))
    return _change(world, args, _editable(world, args), (), {}, markup)


def delete_message(world: World, args: Args) -> bool:
    """Remove a message for everyone."""
    if not args.text("chat_id"):
        raise refuse("Chat identifier is not specified")
    if args.integer("message_id") == 0:
        raise refuse("Message identifier is not specified")
    chat = find_chat(world, args, "write")
    _delete(world, chat, find_message(chat, args, "message to delete"))
    return True


def delete_messages(world: World, args: Args) -> bool:
    """Remove up to a hundred messages; those that are gone already are skipped."""
    ids = args.json("message_ids", "Can't parse message_ids JSON object")
    if not isinstance(ids, list) or not ids:
        raise refuse("Message identifiers are not specified")
    if len(ids) > 100:
        raise refuse("too many message identifiers specified")
    chat = find_chat(world, args, "write")
    found = [chat.messages[each] for each in ids if isinstance(each, int) and each in chat.messages]
    for message in found:
        if not message.deleted:
            _delete(world, chat, message)
    return True


def answer_callback_query(world: World, args: Args) -> bool:
    """End the waiting of who tapped. Once, and within 150 seconds."""
    query = world.callbacks.get(args.text("callback_query_id"))
    if len(args.text("text")) > world.limits.callback_answer:
        raise refuse("MESSAGE_TOO_LONG")
    if query is None or query.answer is not None:
        raise refuse(_TOO_OLD)
    if world.clock.now() - query.at > world.limits.callback_seconds:
        raise refuse(_TOO_OLD)
    query.answer = {
        "text": args.text("text"),
        "show_alert": args.flag("show_alert"),
        "url": args.text("url"),
    }
    query.chat.wake()
    return True


def _editable(world: World, args: Args) -> Message:
    if not args.text("chat_id") and args.integer("message_id") == 0:
        raise refuse("Message identifier is not specified")
    chat = find_chat(world, args, "edit")
    message = find_message(chat, args, "message to edit")
    forwarded = "forward_origin" in message.raw
    other_keyboard = message.markup is not None and not message.markup.inline
    if not message.from_bot or forwarded or other_keyboard:
        raise refuse("message can't be edited")
    return message


def _change(
    world: World,
    args: Args,
    message: Message,
    fields: tuple[str, ...],
    content: Json,
    markup: Markup | None,
) -> Json:
    """Replace *fields* of a message by *content*, and its keyboard; no change at all is refused."""
    old = {name: message.raw[name] for name in fields if name in message.raw}
    old_rows = None if message.markup is None else message.markup.raw
    new_rows = None if markup is None else markup.raw
    if old == content and old_rows == new_rows:
        raise refuse(_NOT_MODIFIED)
    world.pacer.edit(message.chat, args.method)
    raw = {name: value for name, value in message.raw.items() if name not in fields}
    raw.pop("reply_markup", None)
    raw |= {**content, "edit_date": world.clock.unix()}
    if markup is not None:
        raw["reply_markup"] = markup.raw
    message.raw, message.markup, message.edited = raw, markup, True
    message.chat.wake()
    return raw


def _delete(world: World, chat: Chat, message: Message) -> None:
    if not message.from_bot and not chat.bot_may(DELETE):
        raise refuse("message can't be deleted")
    admin = chat.kind != "private" and chat.bot_may(DELETE)
    if not admin and world.clock.now() - message.at > world.limits.delete_seconds:
        raise refuse("message can't be deleted for everyone")
    message.deleted = True
    chat.wake()


METHODS: dict[str, Callable[[World, Args], object]] = {
    "editmessagetext": edit_message_text,
    "editmessagecaption": edit_message_caption,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
    "answercallbackquery": answer_callback_query,
}
