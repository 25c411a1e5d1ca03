import pytest

from bot.channels.telegram_group import Heard, PutOut
from bot.channels.telegram_wire import understand
from tests.telegram.payloads import GROUP, LAN, NOW, Json, member, said

BOT: Json = {"id": 1, "is_bot": True, "first_name": "Lắng Nghe", "username": "lang_nghe_bot"}
ANONYMOUS: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
CHANNEL: Json = {"id": -900, "type": "channel", "title": "Kênh"}
FORUM: Json = {**GROUP, "type": "supergroup", "is_forum": True}
BEGINNING: Json = {
    "message_id": 3,
    "from": BOT,
    "chat": FORUM,
    "date": 1,
    "forum_topic_created": {"name": "Đất", "icon_color": 1},
}


def below(sender: Json) -> Json:
    """An earlier message of somebody in the group."""
    return {"message_id": 4, "from": sender, "chat": GROUP, "date": 1, "text": "thẻ"}


def heard(**content: object) -> Heard:
    """What is understood of a message in the group."""
    update = said(**{"chat": GROUP, **content})
    understood = understand(update, NOW)
    assert isinstance(understood, Heard)
    return understood


@pytest.mark.parametrize(
    ("content", "to"),
    [
        ({"text": "/nhom so-y-te"}, ""),
        ({"text": "/nhom@Lang_Nghe_Bot so-y-te"}, "lang_nghe_bot"),
        ({"text": "/hangdoi@other_bot"}, "other_bot"),
        ({"text": "đã xem", "reply_to_message": below(BOT)}, "1"),
    ],
)
def test_commands_and_replies_to_a_bot_are_heard(content: Json, to: str) -> None:
    """A command, or a reply to a bot, is heard with the bot it is for."""
    told = heard(**content)
    assert (told.id, told.address, told.person, told.message) == ("telegram:11", "-500", "70001", 5)
    assert (told.to, told.text, told.hidden) == (to, content["text"], False)


@pytest.mark.parametrize(
    "content",
    [
        {"text": "mai họp nhé"},
        {"text": "đồng ý", "reply_to_message": below(LAN)},
        {"text": "mới", "reply_to_message": BEGINNING, "chat": FORUM},
        {"text": "/nhom", "from": BOT},
        {"text": "/nhom", "sender_chat": CHANNEL},
        {"new_chat_members": [LAN]},
    ],
)
def test_people_among_themselves_are_not_listened_to(content: Json) -> None:
    """Talk, other bots, channels and service messages of a group are nobody's turn."""
    assert understand(said(**{"chat": GROUP, **content}), NOW) is None


def test_the_topic_is_known() -> None:
    """In a forum a command has its topic; a thread of replies elsewhere is none."""
    inside: Json = {"text": "/nhom", "message_thread_id": 3}
    assert heard(**inside, chat=FORUM, is_topic_message=True).thread == 3
    assert heard(**inside).thread == 0


def test_an_anonymous_administrator_is_nobody() -> None:
    """Who speaks in the name of the group is told apart, and has no account to be known by."""
    told = heard(text="/nhom", sender_chat=GROUP, **{"from": ANONYMOUS})
    assert (told.person, told.hidden) == ("", True)


@pytest.mark.parametrize(("status", "out"), [("kicked", True), ("left", True), ("member", False)])
def test_being_put_out_is_noticed(status: str, out: bool) -> None:  # noqa: FBT001 - a pair
    """Removed from a group, the bot knows; added, it waits for a command."""
    understood = understand(member(status, chat=GROUP), NOW)
    assert understood == (PutOut("telegram:14", "-500", NOW) if out else None)
