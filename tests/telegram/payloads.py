"""Payloads as the Bot API sends them, shortened to what the documentation guarantees."""

from datetime import UTC, datetime

SENT = 1_795_000_000
EDITED = SENT + 60
NOW = datetime.fromtimestamp(SENT + 100, UTC)

Json = dict[str, object]

LAN: Json = {
    "id": 70001,
    "is_bot": False,
    "first_name": "Lan",
    "last_name": "Vi",
    "language_code": "vi",
}
CHAT: Json = {"id": 70001, "type": "private", "first_name": "Lan", "last_name": "Vi"}
GROUP: Json = {"id": -500, "type": "group", "title": "Sở NN&MT"}


def said(**content: object) -> Json:
    """A message of Lan in her chat with the bot."""
    return {
        "update_id": 11,
        "message": {"message_id": 5, "from": LAN, "chat": CHAT, "date": SENT, **content},
    }


def edited(**content: object) -> Json:
    """The same message, changed a minute later."""
    message = said(**content)["message"]
    assert isinstance(message, dict)
    return {"update_id": 12, "edited_message": {**message, "edit_date": EDITED}}


def tapped(data: str | None, **message: object) -> Json:
    """Lan's tap on a button of message 4."""
    below = {"message_id": 4, "chat": CHAT, "date": SENT, "text": "?", **message}
    query = {"id": "901", "from": LAN, "chat_instance": "77", "message": below}
    return {"update_id": 13, "callback_query": {**query, **({"data": data} if data else {})}}


def member(status: str, chat: Json = CHAT) -> Json:
    """Lan blocked the bot (kicked) or took that back (member)."""
    bot = {"id": 1, "is_bot": True, "first_name": "Lắng Nghe", "username": "lang_nghe_bot"}
    before = {"user": bot, "status": "member"}
    after: Json = {"user": bot, "status": status}
    if status == "kicked":
        after["until_date"] = 0
    return {
        "update_id": 14,
        "my_chat_member": {
            "chat": chat,
            "from": LAN,
            "date": SENT,
            "old_chat_member": before,
            "new_chat_member": after,
        },
    }


def photo(letter: str, width: int, size: int) -> Json:
    """One size of a photo."""
    return {
        "file_id": f"{letter}-file",
        "file_unique_id": f"{letter}-unique",
        "width": width,
        "height": width,
        "file_size": size,
    }


def file(**more: object) -> Json:
    """A file of 1,000 bytes."""
    return {"file_id": "f-file", "file_unique_id": "f-unique", "file_size": 1000, **more}
