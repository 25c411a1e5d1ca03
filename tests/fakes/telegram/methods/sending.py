"""New messages without files: texts, copies, places, contacts, and the typing sign."""

from collections.abc import Callable

from tests.fakes.telegram.access import find_chat, find_message, find_replied, find_thread, place
from tests.fakes.telegram.args import Args
from tests.fakes.telegram.chats import Message
from tests.fakes.telegram.errors import Json, refuse
from tests.fakes.telegram.keyboards import check_for_chat, read_markup
from tests.fakes.telegram.text import formatted, is_blank, tidy
from tests.fakes.telegram.units import units
from tests.fakes.telegram.world import World

_ACTIONS = frozenset(
    {
        "cancel",
        "typing",
        "record_video",
        "upload_video",
        "record_audio",
        "record_voice",
        "upload_audio",
        "upload_voice",
        "upload_photo",
        "upload_document",
        "choose_sticker",
        "pick_up_location",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_OWN_FIELDS = frozenset(
    {
        "message_id",
        "from",
        "chat",
        "date",
        "edit_date",
        "reply_markup",
        "reply_to_message",
        "message_thread_id",
        "is_topic_message",
        "media_group_id",
        "forward_origin",
    }
)


def message_text(world: World, args: Args) -> Json:
    """The text and entities of a call, refused when empty or longer than a message."""
    if not args.text("text"):
        raise refuse("Message text is empty")
    args.json("link_preview_options", "Can't parse link preview options JSON object")
    text, entities = formatted(args, "text", "entities", world.limits.raw_text)
    text, entities = tidy(text, entities)
    if is_blank(text):
        raise refuse("Text must be non-empty")
    if units(text) > world.limits.text:
        raise refuse("Message is too long")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    return content


def deliver(world: World, args: Args, content: Json, count: int = 1) -> Message:
    """Put a bot's message into the chat a call names, if all about it is allowed."""
    markup = read_markup(args, world.limits)
    chat = find_chat(world, args, "write")
    thread = find_thread(world, chat, args)
    replied = find_replied(chat, args)
    check_for_chat(markup, private=chat.kind == "private")
    paid = args.flag("allow_paid_broadcast")
    world.pacer.send(chat, args.method, count, paid=paid)
    if thread is not None or replied is not None:
        content = {**place(thread, replied), **content}
    if args.flag("protect_content"):
        content = {**content, "has_protected_content": True}
    return world.post(chat, world.bot, content, markup)


def send_message(world: World, args: Args) -> Json:
    """A text."""
    return deliver(world, args, message_text(world, args)).raw


def copy_message(world: World, args: Args) -> Json:
    """The content of another message, as the bot's own."""
    message = deliver(world, args, _copied(world, args))
    return {"message_id": message.message_id}


def forward_message(world: World, args: Args) -> Json:
    """Another message, with its origin."""
    args.required("from_chat_id")
    source = find_chat(world, args, "read", "from_chat_id")
    original = find_message(source, args, "message to forward")
    if original.raw.get("has_protected_content"):
        raise refuse("message has protected content and can't be forwarded")
    content = _content(original)
    content["forward_origin"] = {
        "type": "user",
        "sender_user": original.raw["from"],
        "date": original.raw["date"],
    }
    return deliver(world, args, content).raw


def send_location(world: World, args: Args) -> Json:
    """A point on the map."""
    latitude, longitude = _degrees(args, "latitude"), _degrees(args, "longitude")
    content: Json = {"location": {"latitude": latitude, "longitude": longitude}}
    return deliver(world, args, content).raw


def send_contact(world: World, args: Args) -> Json:
    """A phone number with a name."""
    phone = args.text("phone_number")
    name = args.text("first_name")
    if not phone:
        raise refuse("Wrong phone number specified")
    if not name:
        raise refuse("First name must be non-empty")
    return deliver(world, args, {"contact": {"phone_number": phone, "first_name": name}}).raw


def send_chat_action(world: World, args: Args) -> bool:
    """The sign that the bot is at work."""
    action = args.text("action").lower()
    if action not in _ACTIONS:
        raise refuse("Wrong parameter action in request")
    chat = find_chat(world, args, "write")
    chat.actions.append(action)
    return True


def _copied(world: World, args: Args) -> Json:
    args.required("from_chat_id")
    source = find_chat(world, args, "read", "from_chat_id")
    original = find_message(source, args, "message to copy")
    if original.raw.get("has_protected_content"):
        raise refuse("message can't be copied")
    content = _content(original)
    if args.has("caption") and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content.update(caption_of(world, args))
    return content


def caption_of(world: World, args: Args) -> Json:
    """The caption and entities of a call; it may be empty, not too long."""
    caption, entities = formatted(args, "caption", "caption_entities", world.limits.raw_text)
    caption, entities = tidy(caption, entities)
    if is_blank(caption):
        return {}
    if units(caption) > world.limits.caption:
        raise refuse("Message caption is too long")
    content: Json = {"caption": caption}
    if entities:
        content["caption_entities"] = entities
    return content


def _content(original: Message) -> Json:
    return {name: value for name, value in original.raw.items() if name not in _OWN_FIELDS}


def _degrees(args: Args, name: str) -> float:
    text = args.text(name).strip()
    if not text:
        raise refuse(f"{name} is empty")
    try:
        return float(text)
    except ValueError as error:
        raise refuse(f"bad {name}") from error


METHODS: dict[str, Callable[[World, Args], object]] = {
    "sendmessage": send_message,
    "copymessage": copy_message,
    "forwardmessage": forward_message,
    "sendlocation": send_location,
    "sendcontact": send_contact,
    "sendchataction": send_chat_action,
}
