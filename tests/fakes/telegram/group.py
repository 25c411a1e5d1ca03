"""Groups, supergroups and forums, as tests lead them."""

from .chats import Topic
from .errors import Json
from .members import announce_membership, bot_membership
from .person import Person
from .screen import Screen
from .world import World

_MEMBERSHIPS = 5 << 33
_TO_SUPERGROUP = -1_000_000_000_000
ALL_RIGHTS = frozenset(
    {"can_manage_topics", "can_pin_messages", "can_delete_messages", "can_invite_users"}
)


class Group(Screen):
    """One group the bot is in, or was."""

    @property
    def id(self) -> int:
        """The chat id; another one after `migrates`."""
        return self._chat.id

    async def adds(self, person: Person, *, admin: bool = False) -> None:
        """A person joins; the group says so."""
        self._chat.members[person.id] = person.user
        person.user.seen = True
        if admin:
            self._chat.admins.add(person.id)
        joined = {"new_chat_members": [person.user.raw()]}
        message = self._world.post(self._chat, person.user.raw(), joined, None)
        self._world.push("message", message.raw, self.id)

    async def removes(self, person: Person) -> None:
        """A person leaves; the group says so."""
        self._chat.members.pop(person.id, None)
        self._chat.admins.discard(person.id)
        left = {"left_chat_member": person.user.raw()}
        message = self._world.post(self._chat, person.user.raw(), left, None)
        self._world.push("message", message.raw, self.id)

    async def sets_bot(self, status: str, by: Person, rights: frozenset[str] = ALL_RIGHTS) -> None:
        """Make the bot `member`, `administrator`, `left` or `kicked`; it is told."""
        old = bot_membership(self._world, self._chat)
        self._chat.bot_status = status
        self._chat.bot_rights = rights if status == "administrator" else frozenset()
        queue = self.id + _MEMBERSHIPS
        announce_membership(self._world, self._chat, by.user.raw(), old, queue)

    async def opens_topic(self, name: str, by: Person) -> int:
        """A person opens a topic; gives its thread id."""
        if not self._chat.forum:
            raise ValueError("only a forum has topics")
        made = {"forum_topic_created": {"name": name, "icon_color": 0x6FB9F0}}
        message = self._world.post(self._chat, by.user.raw(), made, None)
        thread = message.message_id
        self._chat.topics[thread] = Topic(thread, name)
        message.raw |= {"message_thread_id": thread, "is_topic_message": True}
        self._world.push("message", message.raw, self.id)
        return thread

    async def deletes_topic(self, thread: int) -> None:
        """A topic disappears with its messages; the bot is not told."""
        del self._chat.topics[thread]
        for message in self._chat.messages.values():
            if message.raw.get("message_thread_id") == thread:
                message.deleted = True

    @property
    def topics(self) -> dict[int, str]:
        """Names of the topics by thread id."""
        return {topic.thread_id: topic.name for topic in self._chat.topics.values()}

    async def migrates(self, by: Person, *, forum: bool = False) -> int:
        """The group becomes a supergroup under another id, which is given; both chats say so."""
        old = self._chat
        if old.kind != "group":
            raise ValueError("only a basic group migrates")
        new_id = _TO_SUPERGROUP + old.id
        new = type(old)(
            new_id,
            "supergroup",
            title=old.title,
            forum=forum,
            members=old.members,
            admins=old.admins,
            bot_status=old.bot_status,
            bot_rights=old.bot_rights,
        )
        self._world.chats[new_id] = new
        sender: Json = by.user.raw()
        leaving = self._world.post(old, sender, {"migrate_to_chat_id": new_id}, None)
        self._world.push("message", leaving.raw, old.id)
        arriving = self._world.post(new, sender, {"migrate_from_chat_id": old.id}, None)
        self._world.push("message", arriving.raw, new_id)
        old.migrated_to = new_id
        self._chat = new
        return new_id


def supergroup_id(number: int) -> int:
    """The chat id of a supergroup's number."""
    return _TO_SUPERGROUP - number


def new_number(world: World) -> int:
    """A number no group has yet."""
    return world.random.randrange(10**8, 10**9)
