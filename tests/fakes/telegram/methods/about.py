"""The bot itself, its webhook, and files."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.telegram.args import Args
from tests.fakes.telegram.errors import Json
from tests.fakes.telegram.world import World


@dataclass(frozen=True, slots=True)
class Remarked:
    """A result with the remark the server adds to it."""

    result: object
    remark: str


def get_me(world: World, args: Args) -> Json:
    """The bot as it sees itself."""
    return {
        **world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": not world.options.privacy_mode,
        "supports_inline_queries": False,
        "supports_guest_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": world.options.private_topics,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def set_webhook(world: World, args: Args) -> Remarked:
    """Updates shall be brought to a URL; ends a poll that waits."""
    remark = world.webhooks.set(args)
    if world.webhooks.active:
        world.poll.abort()
    return Remarked(result=True, remark=remark)


def delete_webhook(world: World, args: Args) -> Remarked:
    """Updates shall be polled again."""
    return Remarked(result=True, remark=world.webhooks.delete(args))


def get_webhook_info(world: World, args: Args) -> Json:
    """The state of the webhook."""
    return world.webhooks.info()


def get_file(world: World, args: Args) -> Json:
    """Where a file of at most 20 MB can be downloaded for an hour."""
    return world.files.link(args.text("file_id"))


METHODS: dict[str, Callable[[World, Args], object]] = {
    "getme": get_me,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "getfile": get_file,
}
