"""All the platform knows about one bot: its people, chats, updates, files and settings."""

from collections import OrderedDict
from dataclasses import dataclass, field
from random import Random

from .args import Args
from .chats import Chat, Message, User
from .clock import Clock
from .errors import Json
from .files import FileStore
from .keyboards import REMOVE, REPLY, Markup
from .pacing import Pacer
from .polling import LongPoll
from .rules import Options, Pace
from .updates import UpdateQueue
from .webhooks import Webhooks

_TAPS_KEPT = 100_000


@dataclass(slots=True)
class CallbackQuery:
    """A tap on a button, and the answer the bot gave."""

    id: str
    at: float
    chat: Chat
    message_id: int
    answer: Json | None = None


@dataclass(slots=True)
class Settings:
    """What the bot set about itself, by scope and language."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)


class World:
    """The state behind the API; it outlives every bot process."""

    def __init__(self, token: str, options: Options, pace: Pace, clock: Clock) -> None:
        """An empty platform that knows one bot."""
        self.token = token
        self.options = options
        self.limits = options.limits
        self.clock = clock
        self.random = Random(options.seed)
        self.pacer = Pacer(pace, clock)
        self.queue = UpdateQueue(clock, self.limits, self.random)
        self.poll = LongPoll(self.queue, clock, self.limits)
        self.webhooks = Webhooks(self.queue, clock, self.limits, strict=options.strict_webhook)
        self.files = FileStore(clock, self.limits, self.random)
        self.settings = Settings()
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.callbacks: OrderedDict[str, CallbackQuery] = OrderedDict()
        self.bot: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": options.bot_name,
            "username": options.bot_username,
        }
        self._crowds: list[range] = []
        self._last_id = 0
        self.queue.arrived = self._update_made

    @property
    def bot_id(self) -> int:
        """The bot's own user id."""
        return int(self.bot["id"])

    def add_user(self, user: User) -> Chat:
        """Register a person; gives their private chat with the bot."""
        self.users[user.id] = user
        chat = self.chats.get(user.id)
        if chat is None:
            chat = self.chats[user.id] = Chat(user.id, "private")
        chat.user = user
        return chat

    def add_crowd(self, ids: range) -> None:
        """People who all started the bot once; each comes into being when written to."""
        self._crowds.append(ids)

    def find_chat(self, chat_id: int) -> Chat | None:
        """The chat of an id, if there is one at all."""
        chat = self.chats.get(chat_id)
        if chat is None and any(chat_id in crowd for crowd in self._crowds):
            return self.add_user(User(chat_id, f"Person {chat_id}", started=True))
        return chat

    def find_public(self, username: str) -> Chat | None:
        """The public group of a username."""
        wanted = username.lower()
        return next(
            (chat for chat in self.chats.values() if chat.username.lower() == wanted and wanted),
            None,
        )

    def new_message_id(self, chat: Chat) -> int:
        """Private chats and basic groups share one count; every supergroup has its own."""
        if chat.kind == "supergroup":
            chat.last_id += 1
            return chat.last_id
        self._last_id += 1
        return self._last_id

    def post(self, chat: Chat, sender: Json, content: Json, markup: Markup | None) -> Message:
        """Put a new message into a chat. The caller tells whoever must know."""
        message_id = self.new_message_id(chat)
        raw: Json = {
            "message_id": message_id,
            "from": sender,
            "chat": chat.raw(),
            "date": self.clock.unix(),
            **content,
        }
        if markup is not None and markup.inline:
            raw["reply_markup"] = markup.raw
        from_bot = sender is self.bot
        message = Message(chat, message_id, raw, from_bot, self.clock.now(), markup)
        chat.messages[message_id] = message
        keep = self.options.remember
        if keep is not None and len(chat.messages) > keep:
            del chat.messages[next(iter(chat.messages))]
        if from_bot:
            self._show(chat, message)
        return message

    def push(self, kind: str, payload: Json, queue: int) -> int | None:
        """Queue an update; *queue* is the webhook queue whose order it keeps."""
        return self.queue.push(kind, payload, queue)

    def new_callback(self, chat: Chat, message_id: int) -> CallbackQuery:
        """A tap on a message of a chat, waiting for the bot's answer."""
        number = str(self.random.getrandbits(62))
        query = CallbackQuery(number, self.clock.now(), chat, message_id)
        self.callbacks[number] = query
        if len(self.callbacks) > _TAPS_KEPT:
            self.callbacks.popitem(last=False)
        return query

    async def get_updates(self, args: Args) -> str:
        """The answer to getUpdates, as JSON."""
        return await self.poll.get_updates(args, webhook=self.webhooks.active)

    def _show(self, chat: Chat, message: Message) -> None:
        if message.markup is not None and message.markup.kind == REPLY:
            chat.keyboard = message.markup
        elif message.markup is not None and message.markup.kind == REMOVE:
            chat.keyboard = None
        chat.unread.append(message)
        if chat.waiting:
            chat.wake()

    def _update_made(self) -> None:
        self.pacer.update_made()
        self.poll.arrived()
        self.webhooks.arrived()
