"""What the bot says about itself: command menus, name, descriptions, menu button."""

import json
import re
from collections.abc import Callable

from tests.fakes.telegram.access import find_chat
from tests.fakes.telegram.args import Args, dumps, text_field
from tests.fakes.telegram.errors import ApiError, Json, refuse
from tests.fakes.telegram.world import World

_COMMAND = re.compile(r"[a-z0-9_]+")
_LANGUAGE = re.compile(r"[a-z]{2}")
_PLAIN_SCOPES = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
)
_CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})


def set_my_commands(world: World, args: Args) -> bool:
    """The command menu of a scope and a language."""
    commands = _commands(world, args)
    scope, language = _scope(world, args), _language(args)
    if len(commands) > world.limits.commands:
        raise refuse("BOT_COMMANDS_TOO_MUCH")
    if commands:
        world.settings.commands[scope, language] = commands
    else:
        world.settings.commands.pop((scope, language), None)
    return True


def get_my_commands(world: World, args: Args) -> list[Json]:
    """The menu set for exactly this scope and language."""
    scope = _scope(world, args)
    return world.settings.commands.get((scope, _language(args)), [])


def delete_my_commands(world: World, args: Args) -> bool:
    """Remove the menu of a scope and a language."""
    scope = _scope(world, args)
    world.settings.commands.pop((scope, _language(args)), None)
    return True


def _text_methods(
    method: str, argument: str, limit: Callable[[World], int]
) -> dict[str, Callable[[World, Args], object]]:
    """The pair of methods that set and get one text for a language."""

    def change(world: World, args: Args) -> bool:
        language = _language(args)
        if len(args.text(argument)) > limit(world):
            raise refuse(f"{argument.replace('_', ' ')} is too long")
        world.settings.texts[argument, language] = args.text(argument)
        return True

    def get(world: World, args: Args) -> Json:
        texts = world.settings.texts
        found = texts.get((argument, _language(args))) or texts.get((argument, ""), "")
        default = world.bot["first_name"] if argument == "name" else ""
        return {argument: found or default}

    return {f"setmy{method}": change, f"getmy{method}": get}


def set_chat_menu_button(world: World, args: Args) -> bool:
    """The button beside the text field."""
    button = args.json("menu_button", "Can't parse menu button JSON object") or {"type": "default"}
    if not isinstance(button, dict):
        raise refuse("Object expected as menu button")
    if button.get("type") not in {"default", "commands", "web_app"}:
        raise refuse("MenuButton has unsupported type")
    world.settings.menu_buttons[args.integer("chat_id")] = button
    return True


def get_chat_menu_button(world: World, args: Args) -> Json:
    """The button of a chat, or of all."""
    buttons = world.settings.menu_buttons
    chat_id = args.integer("chat_id")
    return buttons.get(chat_id) or buttons.get(0) or {"type": "commands"}


def _commands(world: World, args: Args) -> list[Json]:
    commands = args.json("commands", "Can't parse commands JSON object") or []
    if not isinstance(commands, list):
        raise refuse("Expected an Array of BotCommand")
    return [_command(world, command) for command in commands]


def _command(world: World, command: object) -> Json:
    limits = world.limits
    if not isinstance(command, dict):
        raise refuse("Can't parse BotCommand: Expected an Object")
    try:
        name = text_field(command, "command", required=True).strip().removeprefix("/")
        description = text_field(command, "description", required=True).strip()
    except ApiError as error:
        complaint = error.description.removeprefix("Bad Request: ")
        message = f"Can't parse BotCommand: {complaint[:1].upper()}{complaint[1:]}"
        raise refuse(message) from error
    if not name:
        raise refuse("Command must be non-empty")
    if len(name) > limits.command:
        raise refuse(f"Command length must not exceed {limits.command}")
    if not description:
        raise refuse("Command description must be non-empty")
    if len(description) > limits.command_description:
        raise refuse(f"Command description length must not exceed {limits.command_description}")
    if _COMMAND.fullmatch(name) is None:
        raise refuse("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}


def _language(args: Args) -> str:
    language = args.text("language_code")
    if language and _LANGUAGE.fullmatch(language) is None:
        raise refuse("Invalid language code specified")
    return language


def _scope(world: World, args: Args) -> str:
    """The scope as the text it is filed under."""
    scope = args.json("scope", "Can't parse BotCommandScope JSON object")
    if scope is None:
        return dumps({"type": "default"})
    if not isinstance(scope, dict):
        raise refuse("Can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = text_field(scope, "type", required=True)
    if kind in _PLAIN_SCOPES:
        return dumps({"type": kind})
    if kind not in _CHAT_SCOPES:
        raise refuse("Can't parse BotCommandScope: Unsupported type specified")
    chat_id = text_field(scope, "chat_id", required=True)
    chat = find_chat(world, Args({"chat_id": chat_id}), "read")
    filed: Json = {"type": kind, "chat_id": chat.id}
    if kind == "chat_member":
        filed["user_id"] = json.loads(text_field(scope, "user_id", required=True))
    return dumps(filed)


METHODS: dict[str, Callable[[World, Args], object]] = {
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    **_text_methods("name", "name", lambda world: world.limits.bot_name),
    **_text_methods("description", "description", lambda world: world.limits.bot_description),
    **_text_methods(
        "shortdescription",
        "short_description",
        lambda world: world.limits.bot_short_description,
    ),
    "setchatmenubutton": set_chat_menu_button,
    "getchatmenubutton": get_chat_menu_button,
}
