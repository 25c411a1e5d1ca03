"""What the bot says about itself on the fake: menus by scope and language, names."""

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeChat

from tests.fakes.refusal import refused
from tests.fakes.telegram import Person


async def test_menus(bot: Bot, lan: Person) -> None:
    """A menu belongs to a scope and a language, and nothing falls back."""
    await bot.set_my_commands([("tracuu", "Tra cứu hồ sơ")])
    await bot.set_my_commands([("track", "Follow my case")], language_code="en")
    await bot.set_my_commands([("hangdoi", "Việc chờ")], scope=BotCommandScopeAllGroupChats())
    await bot.set_my_commands([("moi", "Mời")], scope=BotCommandScopeChat(1001))
    assert await bot.get_my_commands() == (BotCommand("tracuu", "Tra cứu hồ sơ"),)
    assert [each.command for each in await bot.get_my_commands(language_code="en")] == ["track"]
    assert await bot.get_my_commands(language_code="vi") == ()
    (group,) = await bot.get_my_commands(scope=BotCommandScopeAllGroupChats())
    assert group.command == "hangdoi"
    await bot.delete_my_commands(scope=BotCommandScopeChat(1001))
    assert await bot.get_my_commands(scope=BotCommandScopeChat(1001)) == ()


@pytest.mark.parametrize(
    ("command", "description", "why"),
    [
        ("Tracuu", "Tra cứu", "BOT_COMMAND_INVALID"),
        ("trợgiúp", "Trợ giúp", "BOT_COMMAND_INVALID"),
        ("x" * 33, "Tra cứu", "command length must not exceed 32"),
        ("", "Tra cứu", "command must be non-empty"),
        ("tracuu", "", "command description must be non-empty"),
        ("tracuu", "x" * 257, "command description length must not exceed 256"),
    ],
)
async def test_wrong_commands(bot: Bot, command: str, description: str, why: str) -> None:
    """A command is 1 to 32 small letters, digits and underscores; it has a description."""
    with refused(why):
        await bot.set_my_commands([BotCommand(command, description)])


async def test_wrong_menus(bot: Bot) -> None:
    """A menu has at most a hundred commands, a language two letters, a chat scope a chat."""
    commands = [BotCommand(f"c{number}", "x") for number in range(101)]
    with refused("bot_commands_too_much"):
        await bot.set_my_commands(commands)
    with refused("invalid language code specified"):
        await bot.set_my_commands(commands[:1], language_code="vie")
    with refused("chat not found"):
        await bot.set_my_commands(commands[:1], scope=BotCommandScopeChat(99))


async def test_names(bot: Bot) -> None:
    """Name and descriptions are kept by language and fall back to the general one."""
    await bot.set_my_name("Lắng Nghe tỉnh")
    await bot.set_my_name("Listening", language_code="en")
    await bot.set_my_description("Tiếp nhận phản ánh")
    await bot.set_my_short_description("Phản ánh")
    assert (await bot.get_my_name("en")).name == "Listening"
    assert (await bot.get_my_name("vi")).name == "Lắng Nghe tỉnh"
    assert (await bot.get_my_description()).description == "Tiếp nhận phản ánh"
    assert (await bot.get_my_short_description()).short_description == "Phản ánh"
    with refused("name is too long"):
        await bot.set_my_name("x" * 65)


async def test_menu_button(bot: Bot, lan: Person) -> None:
    """The menu button is the list of commands unless another is set."""
    assert (await bot.get_chat_menu_button(1001)).type == "commands"
    assert await bot.set_chat_menu_button(1001)
