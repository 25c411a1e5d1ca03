"""The limits of the platform, as one table, and the pace it allows.

Where a figure comes from: [server] the published source of Telegram's own Bot API server and its
library TDLib, [docs] the Bot API reference, [FAQ] the bots FAQ. A guess says so.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may carry, and how long things live. Sizes in bytes, times in seconds."""

    text: int = (
        4096  # UTF-16 units after entity parsing [docs]; TDLib counts the looser code points
    )
    caption: int = 1024  # the same unit [docs]
    raw_text: int = 1 << 15  # bytes before entity parsing [server]
    callback_data: int = 64  # bytes of UTF-8, at least 1 [docs]
    callback_answer: int = 200  # characters [docs]
    callback_seconds: int = 150  # a tap waits so long to be fetched and answered [server]
    inline_buttons: int = 100  # of one keyboard [docs of PTB; the server says "too long"]
    inline_row: int = 8  # of one row: undocumented, and what clients show
    copy_text: int = 256  # characters [docs]
    album_least: int = 2  # [docs]
    album_most: int = 10  # [docs]
    photo: int = 10 << 20  # an uploaded photo [docs]
    photo_sides: int = 10_000  # width + height [docs]
    photo_ratio: int = 20  # longer side to shorter [docs]
    upload: int = 50 << 20  # any other uploaded file [docs]
    download: int = 20 << 20  # by getFile [server]
    file_link_seconds: int = 3600  # "guaranteed valid for at least 1 hour" [docs]
    commands: int = 100  # of one scope and language [docs]
    command: int = 32  # characters of [a-z0-9_] [docs]
    command_description: int = 256  # characters [docs]
    bot_name: int = 64  # [docs]
    bot_description: int = 512  # [docs]
    bot_short_description: int = 120  # [docs]
    topic_name: int = 128  # longer names are cut, not refused [server]
    reactions: int = 1  # a bot's on one message [docs]
    delete_seconds: int = 48 * 3600  # [docs]
    get_updates: int = 100  # updates in one answer [server]
    get_updates_bytes: int = 1 << 22  # of one answer [server]
    poll_seconds: int = 50  # the longest wait [server]
    offset_ahead: int = 10  # further past the tail is "in the future" [server]
    queue_events: int = 100_000  # updates kept for one bot [server]
    queue_bytes: int = 1 << 27  # [server]
    event_bytes: int = 1 << 19  # one update [server]
    update_seconds: int = 86_400  # an update is kept for a day after its date [server]
    webhook_connections: int = 100  # the most; 40 unless asked [server]
    secret_token: int = 256  # of A-Za-z0-9_- [server]
    webhook_url_seconds: float = 1.0  # between two setWebhook calls [server]
    webhook_drop_seconds: int = 23 * 3600  # of HTTP 410 answers remove the webhook [server]
    retry_after_most: int = 3600  # a longer Retry-After of a webhook is cut [server]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a bot may send before it is told 429: the FAQ's figures, enforced only on demand.

    The platform publishes "about 1 a second in one chat, short bursts allowed", "20 a minute in a
    group" and "about 30 a second for bulk notifications", not its algorithm: here a bucket for a
    chat and for the bot, a sliding minute for a group.
    """

    enforce: bool = False
    chat_per_second: float = 1.0
    chat_burst: int = 5
    group_per_minute: int = 20
    group_edits_per_minute: int | None = None  # about 20 are reported, nowhere published
    bulk_per_second: float = 30.0
    bulk_burst: int = 30
    paid_per_second: float = 1000.0  # allow_paid_broadcast [docs]
    reply_window: float = 0.0  # a send this soon after the person's last act is no bulk; 0: all are
    penalty: int | None = (
        None  # seconds of retry_after; None: until the bucket has room, rounded up
    )
    same_size_uploads: bool = True  # over 100 kB: paced 0.2-0.9 s, 429 past 5 s [server]
    active_requests: int = 1000  # in flight, plus the updates of a minute [server]


@dataclass(frozen=True, slots=True)
class Options:
    """Who the bot is and what the server remembers."""

    bot_name: str = "Lắng Nghe"
    bot_username: str = "lang_nghe_test_bot"
    privacy_mode: bool = True  # the bot sees only commands and replies in a group, unless admin
    private_topics: bool = False  # BotFather's switch for topics in private chats
    strict_webhook: bool = False  # HTTPS on 443/80/88/8443 only; tests listen on loopback
    seed: int = 1
    journal: int = 100_000  # calls remembered
    remember: int | None = None  # messages kept in each chat; None: all
    limits: Limits = field(default_factory=Limits)


UPDATE_KINDS = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "guest_message",
    }
)

DEFAULT_KINDS = UPDATE_KINDS - {"chat_member", "message_reaction", "message_reaction_count"}

TTL = {"callback_query": 150, "inline_query": 30, "chosen_inline_result": 600}
"""Seconds an update of a kind is kept; all others `Limits.update_seconds` [server]."""

TOPIC_COLOURS = frozenset({0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F})
