"""What Telegram sends, understood: one raw update in, one neutral value out.

Only private chats are conversations. Everything here is a function of its arguments, so that the
tests are pairs: a payload of the platform, the value it must become.
"""

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from telegram import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Document,
    Message,
    PhotoSize,
    Update,
)
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels import Arrival, Garbled
from bot.channels.telegram_group import GROUPS, GroupNews, overheard
from handlers.events import (
    CameBack,
    Chose,
    Edited,
    Event,
    Left,
    Media,
    MediaKind,
    Said,
    SentMedia,
    SentUnreadable,
    SharedContact,
    SharedPlace,
    Started,
)

# Without it PTB warns of a deprecation for each length of time it reads.
os.environ.setdefault("PTB_TIMEDELTA", "true")

CHANNEL: Final = "telegram"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the Bot API bears; from its documentation, and from its server's source where named."""

    text: int = 4096
    """UTF-16 units of a message."""
    caption: int = 1024
    """UTF-16 units of the words under a photo or file."""
    callback: int = 64
    """Bytes of a button's payload."""
    buttons: int = 100
    """Buttons of one keyboard."""
    row: int = 8
    """Buttons of one row."""
    download: int = 20 << 20
    """Bytes of a file a bot may fetch."""
    upload: int = 50 << 20
    """Bytes of a file a bot may send."""
    photo: int = 10 << 20
    """Bytes of a file a bot may send as a photo."""
    album: int = 10
    """Files of one album; two at least."""
    delete_hours: int = 48
    """Age up to which a bot may delete a message; its own messages it may edit for ever."""
    kept_hours: int = 24
    """Updates not fetched are kept so long."""
    tap_seconds: int = 150
    """A tap not fetched or not answered is lost after this (server: Client.cpp)."""
    poll_seconds: int = 50
    """The longest long poll (server: Client.h)."""
    poll_updates: int = 100
    """Updates of one poll."""
    chat_per_second: float = 1
    """Messages to one person; short bursts are borne."""
    group_per_minute: float = 20
    """Messages to one group, over all its topics."""
    bulk_per_second: float = 30
    """Announcements over all chats; answers to people are not counted."""


LIMITS: Final = Limits()

ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""Asked for by name: Telegram keeps the list of an earlier run otherwise."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A press of a button: *query* must be answered, *message* loses its keyboard."""

    arrival: Arrival
    query: str
    message: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The group *old* became the supergroup *new*."""

    old: str
    new: str


Understood = Arrival | Tapped | Garbled | Moved | GroupNews | None
"""None: an update that is nobody's turn (people of a group among themselves, a service message)."""

Raw = dict[str, object]

_START = re.compile(r"/start(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_COMMAND_NAME = re.compile(r"^(/\w{1,32})@\w+")
_PAYLOAD = re.compile(r"c:([0-9]{1,9}):([0-9]{1,4})")
_FORGED = Chose(step=-1, n=0)

_SERVICE = frozenset(
    {
        "boost_added",
        "channel_chat_created",
        "chat_background_set",
        "chat_owner_changed",
        "chat_owner_left",
        "chat_shared",
        "checklist_tasks_added",
        "checklist_tasks_done",
        "connected_website",
        "delete_chat_photo",
        "direct_message_price_changed",
        "forum_topic_closed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "gift_upgrade_sent",
        "managed_bot_created",
        "message_auto_delete_timer_changed",
        "new_chat_photo",
        "new_chat_title",
        "paid_message_price_changed",
        "passport_data",
        "pinned_message",
        "proximity_alert_triggered",
        "refunded_payment",
        "successful_payment",
        "users_shared",
        "web_app_data",
        "write_access_allowed",
    }
)
"""Messages Telegram itself writes into a chat: nobody said anything."""

_UNREADABLE = (
    "sticker",
    "poll",
    "dice",
    "game",
    "story",
    "checklist",
    "paid_media",
    "invoice",
    "gift",
    "unique_gift",
)


_FILES: Final[tuple[tuple[str, MediaKind, str], ...]] = (
    ("animation", "video", "video/mp4"),  # Telegram repeats it as a document
    ("video", "video", "video/mp4"),
    ("video_note", "video", "video/mp4"),
    ("voice", "voice", "audio/ogg"),
    ("audio", "audio", "audio/mpeg"),
    ("document", "document", "application/octet-stream"),
)
"""Where a message keeps its file, what it is, and its type when the sender names none."""


def understand(raw: Raw, now: datetime) -> Understood:
    """What the update *raw*, received at *now*, means; never raises."""
    text = json.dumps(raw)
    try:
        return _understand(Update.de_json(raw), text, now)
    except Exception as error:  # noqa: BLE001 - whatever breaks on one update must not stop the rest
        return garbled(raw.get("update_id"), text, now, type(error).__name__)


def garbled(number: object, raw: str, now: datetime, error: str) -> Garbled:
    """An update nobody could read, to be kept for a person to look at."""
    return Garbled(id=f"{CHANNEL}:{number}", channel=CHANNEL, at=now, raw=raw, error=error)


def _understand(update: Update, raw: str, now: datetime) -> Understood:
    message = update.message
    if message is not None and message.migrate_to_chat_id is not None:
        return Moved(str(message.chat.id), str(message.migrate_to_chat_id))
    if update.effective_chat is not None and update.effective_chat.type in GROUPS:
        return overheard(update, f"{CHANNEL}:{update.update_id}", now)
    chat, event, at = _told(update, now)
    if chat is None or chat.type != ChatType.PRIVATE or event is None:
        return None
    arrival = Arrival(
        id=f"{CHANNEL}:{update.update_id}",
        channel=CHANNEL,
        address=str(chat.id),
        event=event,
        at=min(at, now),
        raw=raw,
    )
    query = update.callback_query
    if query is None or query.message is None:
        return arrival
    return Tapped(arrival, query.id, query.message.message_id)


def _told(update: Update, now: datetime) -> tuple[Chat | None, Event | None, datetime]:
    """Where something happened, what, and when."""
    if (message := update.message) is not None:
        return message.chat, _said(message), message.date
    if (message := update.edited_message) is not None:
        return message.chat, _edited(message), message.edit_date or now
    if (query := update.callback_query) is not None:
        pressed = query.message  # false when Telegram no longer has it, though its chat is known
        return None if pressed is None else pressed.chat, _chose(query), now
    if (change := update.my_chat_member) is not None:
        return change.chat, _came_or_left(change), change.date
    return None, None, now


def _said(message: Message) -> Event | None:
    ref = str(message.message_id)
    if message.text is not None:
        return _written(message.text, ref)
    if (media := _media(message)) is not None:
        return SentMedia(
            media=(media,),
            caption=message.caption or "",
            album=message.media_group_id or "",
            ref=ref,
        )
    if (contact := message.contact) is not None:
        sender = message.from_user
        return SharedContact(
            phone=contact.phone_number,
            name=" ".join(filter(None, (contact.first_name, contact.last_name))),
            own=sender is not None and contact.user_id == sender.id,
            ref=ref,
        )
    venue = message.venue
    if (at := venue.location if venue else message.location) is not None:
        title = venue.title if venue else ""
        return SharedPlace(lat=at.latitude, lon=at.longitude, title=title, ref=ref)
    if any(getattr(message, name) for name in _SERVICE):
        return None
    # A kind newer than this list is still something a person sent: better a sentence than silence.
    what = next((name for name in _UNREADABLE if getattr(message, name)), "")
    return SentUnreadable(what=what)


def _written(text: str, ref: str) -> Started | Said:
    if started := _START.fullmatch(text):
        return Started(payload=started[1] or "")
    # `/gui@OurBot` is how Telegram writes a command that was tapped elsewhere.
    return Said(text=_COMMAND_NAME.sub(r"\1", text, count=1), ref=ref)


def _media(message: Message) -> Media | None:
    live = message.live_photo
    if sizes := message.photo or (live and live.photo):
        largest = max(sizes, key=lambda size: size.width * size.height)
        return _file(largest, "photo", "image/jpeg")
    for name, kind, mime in _FILES:
        if (file := getattr(message, name)) is not None:
            return _file(file, kind, mime)
    return None


def _file(file: PhotoSize | Document, kind: MediaKind, mime: str) -> Media:
    return Media(
        key=f"{CHANNEL}:{file.file_unique_id}",
        kind=kind,
        name=getattr(file, "file_name", None) or "",
        mime=getattr(file, "mime_type", None) or mime,
        size=file.file_size,
        fetch=file.file_id,
    )


def _edited(message: Message) -> Edited | None:
    """A new wording; a live location moving along changes no words and is nobody's turn."""
    text = message.text if message.text is not None else message.caption
    return None if text is None else Edited(text=text, ref=str(message.message_id))


def _chose(query: CallbackQuery) -> Chose:
    pressed = _PAYLOAD.fullmatch(query.data or "")
    return Chose(step=int(pressed[1]), n=int(pressed[2])) if pressed else _FORGED


def _came_or_left(change: ChatMemberUpdated) -> Left | CameBack:
    """In a private chat Telegram tells only of blocking the bot and of taking that back."""
    gone = change.new_chat_member.status in {ChatMemberStatus.BANNED, ChatMemberStatus.LEFT}
    return Left() if gone else CameBack()
