"""Groups, forums and who may be written to on the fake."""

import pytest
from telegram import Bot, ChatMemberAdministrator
from telegram.error import ChatMigrated, Forbidden

from tests.fakes.clients import client
from tests.fakes.refusal import refused
from tests.fakes.telegram import FakeTelegram, Options, Person


async def test_who_never_wrote(server: FakeTelegram, bot: Bot) -> None:
    """A stranger is no chat; one met in a group must write first."""
    server.person(7)
    with refused("chat not found"):
        await bot.send_message(7, "chào")
    server.group(members=[server.person(7)])
    with refused("bot can't initiate conversation with a user", Forbidden):
        await bot.send_message(7, "chào")
    with refused("chat_id is empty"):
        await bot.send_message("", "chào")


async def test_blocking(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Who blocks the bot tells it so, and is written to in vain until they come back."""
    await lan.blocks()
    (update,) = await bot.get_updates()
    change = update.my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(1001, "chào")
    with pytest.raises(ValueError, match="blocked the bot"):
        await lan.says("chào")
    await lan.unblocks()
    assert (await bot.send_message(1001, "chào")).text == "chào"


async def test_deactivated(bot: Bot, lan: Person) -> None:
    """An account that is gone can't be written to."""
    await lan.leaves_the_platform()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(1001, "chào")


async def test_privacy_mode(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A plain member of a group hears commands and answers to itself, an administrator all."""
    group = server.group(members=[lan], bot="member")
    sent = await bot.send_message(group.id, "xin chào nhóm")
    await lan.says("chuyện riêng", to=group.id)
    await lan.says("/hangdoi", to=group.id)
    await lan.says("/hangdoi@other_bot", to=group.id)
    await lan.says("đáp", to=group.id, reply_to=await group.reads())
    heard = [update.message for update in await bot.get_updates()]
    assert [each.text for each in heard if each is not None] == ["/hangdoi", "đáp"]
    assert sent.chat.type == "group"
    await group.sets_bot("administrator", by=lan)
    server.world.queue.clear()
    await lan.says("chuyện riêng", to=group.id)
    assert server.pending == 1


async def test_removed_from_a_group(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Kicked or gone, the bot can't write there, and is told which."""
    group = server.group(members=[lan])
    await group.sets_bot("kicked", by=lan)
    (update,) = await bot.get_updates()
    assert update.my_chat_member is not None
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "chào")
    other = server.group(supergroup=True)
    await bot.leave_chat(other.id)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(other.id, "chào")


async def test_migration(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A group that became a supergroup names its new id, in words and in both chats."""
    group = server.group(members=[lan])
    old = group.id
    new = await group.migrates(by=lan)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(old, "chào")
    assert caught.value.new_chat_id == new
    leaving, arriving = [update.message for update in await bot.get_updates()]
    assert leaving is not None
    assert arriving is not None
    assert (leaving.chat.id, leaving.migrate_to_chat_id) == (old, new)
    assert (arriving.chat.id, arriving.migrate_from_chat_id) == (new, old)
    await bot.send_message(new, "chào")
    assert (await group.reads()).text == "chào"


async def test_supergroups_count_their_own_messages(
    server: FakeTelegram, bot: Bot, lan: Person
) -> None:
    """Message ids of two chats may be the same."""
    groups = [server.group(supergroup=True), server.group(supergroup=True)]
    sent = [await bot.send_message(group.id, "chào") for group in groups]
    assert sent[0].message_id == sent[1].message_id


async def test_topics(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Messages go to a topic by its thread id; the General topic must not be named."""
    forum = server.group("Sở Nông nghiệp", forum=True, members=[lan])
    topic = await bot.create_forum_topic(forum.id, "Hồ sơ PA-7K3Q")
    sent = await bot.send_message(forum.id, "chi tiết", message_thread_id=topic.message_thread_id)
    assert sent.is_topic_message
    assert forum.topics == {topic.message_thread_id: "Hồ sơ PA-7K3Q"}
    shown = await forum.reads()
    assert (shown.text, shown.thread_id) == ("chi tiết", topic.message_thread_id)
    for thread in (1, 999):
        with refused("message thread not found"):
            await bot.send_message(forum.id, "chào", message_thread_id=thread)
    await forum.deletes_topic(topic.message_thread_id)
    with refused("message thread not found"):
        await bot.send_message(forum.id, "chào", message_thread_id=topic.message_thread_id)


async def test_topics_of_people(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A person's topic and what is said in it carry its thread."""
    forum = server.group(forum=True, members=[lan])
    thread = await forum.opens_topic("Đất đai", by=lan)
    await lan.says("/nhan", to=forum.id, thread=thread)
    made, said = [update.message for update in await bot.get_updates()]
    assert made is not None
    assert made.forum_topic_created is not None
    assert said is not None
    assert said.message_thread_id == thread


async def test_rights_to_topics(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Topics are for forums and need the right to manage them; long names are cut."""
    plain = server.group(supergroup=True)
    with refused("the chat is not a forum"):
        await bot.create_forum_topic(plain.id, "Đất")
    powerless = server.group(forum=True, bot="member")
    with refused("not enough rights to create a topic"):
        await bot.create_forum_topic(powerless.id, "Đất")
    forum = server.group(forum=True)
    with refused("name must be non-empty"):
        await bot.create_forum_topic(forum.id, " ")
    made = await bot.create_forum_topic(forum.id, "đ" * 200)
    assert len(made.name) == 128
    assert await bot.edit_forum_topic(forum.id, made.message_thread_id, "Đất")
    assert await bot.close_forum_topic(forum.id, made.message_thread_id)
    with refused("topic_not_modified"):
        await bot.close_forum_topic(forum.id, made.message_thread_id)
    assert await bot.reopen_forum_topic(forum.id, made.message_thread_id)
    assert await bot.delete_forum_topic(forum.id, made.message_thread_id)
    with refused("topic_id_invalid"):
        await bot.delete_forum_topic(forum.id, made.message_thread_id)


async def test_private_topics_are_a_setting(bot: Bot, lan: Person) -> None:
    """Topics in private chats work when the bot's owner allowed them."""
    with refused("the chat is not a forum"):
        await bot.create_forum_topic(1001, "Hồ sơ")
    async with (
        FakeTelegram(options=Options(private_topics=True)) as server,
        client(server) as other,
    ):
        await server.person(5).starts()
        made = await other.create_forum_topic(5, "Hồ sơ")
        await other.send_message(5, "ở đây", message_thread_id=made.message_thread_id)


async def test_pins(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A message can be pinned by who has the right."""
    forum = server.group(forum=True)
    sent = await bot.send_message(forum.id, "quan trọng")
    await bot.pin_chat_message(forum.id, sent.message_id)
    chat = await bot.get_chat(forum.id)
    assert chat.pinned_message is not None
    assert chat.pinned_message.text == "quan trọng"
    assert chat.is_forum
    await bot.unpin_chat_message(forum.id)
    with refused("message to unpin not found"):
        await bot.unpin_chat_message(forum.id)
    with refused("message to pin not found"):
        await bot.pin_chat_message(forum.id, 99)
    powerless = server.group(bot="member")
    with refused("not enough rights to manage pinned messages"):
        await bot.pin_chat_message(powerless.id, 1)


async def test_members(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """The bot can ask how someone stands in a group, itself included."""
    group = server.group(members=[lan])
    minh = server.person(1002, "Minh")
    assert (await bot.get_chat_member(group.id, 1001)).status == "member"
    assert (await bot.get_chat_member(group.id, minh.id)).status == "left"
    await group.adds(minh, admin=True)
    assert await bot.get_chat_member_count(group.id) == 3
    admins = await bot.get_chat_administrators(group.id)
    assert [each.user.id for each in admins] == [1002, 123456789]
    me = await bot.get_chat_member(group.id, 123456789)
    assert isinstance(me, ChatMemberAdministrator)
    assert me.can_manage_topics
    with refused("there are no administrators in the private chat"):
        await bot.get_chat_administrators(1001)
