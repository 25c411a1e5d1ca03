"""People of the platform, as tests lead them.

Everything a person does becomes an update of the bot, unless the platform would not tell it. What
a person's app would not let them do raises ValueError.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .chats import Chat, User
from .errors import Json
from .files import described
from .members import announce_membership, bot_membership
from .screen import Screen, wait_until
from .speech import captioned, chat_for, texts, utter
from .view import Shown, pick, show
from .world import CallbackQuery, World

_TAPS = 3 << 33
_MEMBERSHIPS = 5 << 33
_REACTIONS = 8 << 33


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap on a button; the bot is expected to answer it."""

    query: CallbackQuery

    @property
    def answer(self) -> Json | None:
        """The bot's answer: `text`, `show_alert`, `url`; None so far."""
        return self.query.answer

    async def answered(self, timeout: float = 5.0) -> Json:  # noqa: ASYNC109 - see wait_until
        """The answer, waited for."""
        return await wait_until(self.query.chat, lambda: self.query.answer, timeout)


class Person(Screen):
    """One person: what they do, and their private chat with the bot.

    *to* is the id of a group to act in, *thread* a topic in it.
    """

    def __init__(self, world: World, user: User) -> None:
        """Lead *user*."""
        super().__init__(world, world.add_user(user))
        self._user = user
        self.phone = f"+8491{user.id % 10_000_000:07d}"
        self.place = (21.3856, 103.0169)

    @property
    def id(self) -> int:
        """The user id, which is the id of the private chat too."""
        return self._user.id

    @property
    def user(self) -> User:
        """The person as the platform knows them."""
        return self._user

    async def says(
        self,
        text: str,
        *,
        to: int | None = None,
        thread: int | None = None,
        reply_to: Shown | None = None,
    ) -> Shown:
        """Write a text; one longer than a message goes as several, the last is given back."""
        chat = chat_for(self._world, self._user, to)
        sent = [
            utter(self._world, self._user, chat, content, thread=thread, reply_to=reply_to)
            for content in texts(text, self._world.limits.text)
        ]
        return show(sent[-1])

    async def starts(self, payload: str = "") -> Shown:
        """Press Start, perhaps from a deep link."""
        return await self.says(f"/start {payload}".strip())

    async def taps(
        self, button: str | int, message: Shown | None = None, *, to: int | None = None
    ) -> Tap:
        """Tap an inline button by label or position: of the last keyboard, or of any message.

        A message seen earlier keeps its buttons here, even if the bot took them away since.
        """
        chat = chat_for(self._world, self._user, to)
        shown = message or self._last_keyboard(chat)
        data = shown.button(button).get("callback_data")
        if data is None:
            raise ValueError(f"{button!r} is no button that tells the bot anything")
        return await self.forges(data, shown)

    async def forges(self, data: str, message: Shown) -> Tap:
        """Send any payload as if a button of a message had carried it."""
        chat = self._world.chats[message.chat_id]
        query = self._world.new_callback(chat, message.message_id)
        stored = chat.messages.get(message.message_id)
        gone = {"message_id": message.message_id, "chat": chat.raw(), "date": 0}
        update = {
            "id": query.id,
            "from": self._user.raw(),
            "message": gone if stored is None or stored.deleted else stored.raw,
            "chat_instance": str(chat.id * 1_000_003),
            "data": data,
        }
        chat.last_act = self._world.clock.now()
        self._world.push("callback_query", update, self.id + _TAPS)
        return Tap(query)

    async def presses(self, label: str) -> Shown:
        """Press a key of the reply keyboard: a text, the own contact or the own place."""
        markup = self._chat.keyboard
        if markup is None:
            raise LookupError("no reply keyboard on the screen")
        buttons = [button for row in markup.raw["keyboard"] for button in row]
        button = buttons[pick(label, [each["text"] for each in buttons])]
        if markup.raw.get("one_time_keyboard"):
            self._chat.keyboard = None
        if button.get("request_contact"):
            return await self.shares_contact(self.phone)
        if button.get("request_location"):
            return await self.shares_location(*self.place)
        return await self.says(button["text"])

    async def sends(  # noqa: PLR0913 - a file has as many properties
        self,
        kind: str,
        data: bytes,
        *,
        caption: str = "",
        name: str = "",
        mime: str = "",
        size: int | None = None,
        to: int | None = None,
        thread: int | None = None,
    ) -> Shown:
        """Send a file of any kind; *size* is what the platform says of it, whatever its data."""
        chat = chat_for(self._world, self._user, to)
        content = captioned(self._file(kind, data, name, mime, size), caption)
        return show(utter(self._world, self._user, chat, content, thread=thread))

    async def sends_photo(
        self,
        data: bytes,
        caption: str = "",
        size: int | None = None,
        *,
        to: int | None = None,
        thread: int | None = None,
    ) -> Shown:
        """Send one photo."""
        return await self.sends("photo", data, caption=caption, size=size, to=to, thread=thread)

    async def sends_album(
        self,
        photos: Sequence[bytes],
        caption: str = "",
        *,
        kind: str = "photo",
        to: int | None = None,
    ) -> list[Shown]:
        """Send photos as an album: one update each, the caption with the first."""
        chat = chat_for(self._world, self._user, to)
        group = {"media_group_id": str(self._world.random.getrandbits(60))}
        sent = []
        for number, data in enumerate(photos):
            content = {**group, **self._file(kind, data, "", "", None)}
            content = captioned(content, "" if number else caption)
            sent.append(show(utter(self._world, self._user, chat, content)))
        return sent

    async def sends_document(
        self,
        data: bytes,
        name: str,
        mime: str = "application/octet-stream",
        *,
        caption: str = "",
        size: int | None = None,
    ) -> Shown:
        """Send a file as it is, under a name and a type that need not be true."""
        return await self.sends("document", data, caption=caption, name=name, mime=mime, size=size)

    async def sends_voice(self, data: bytes, size: int | None = None) -> Shown:
        """Send a voice message."""
        return await self.sends("voice", data, mime="audio/ogg", size=size)

    async def sends_video(self, data: bytes, caption: str = "", size: int | None = None) -> Shown:
        """Send a video."""
        return await self.sends("video", data, caption=caption, mime="video/mp4", size=size)

    async def shares_contact(
        self, phone: str, *, own: bool = True, first_name: str | None = None
    ) -> Shown:
        """Share a phone number: the own one, or (not *own*) that of someone else."""
        contact: Json = {"phone_number": phone, "first_name": first_name or self._user.first_name}
        if own:
            contact["user_id"] = self.id
        return await self._utters({"contact": contact})

    async def shares_location(self, latitude: float, longitude: float) -> Shown:
        """Share a point on the map."""
        return await self._utters({"location": {"latitude": latitude, "longitude": longitude}})

    async def forwards(self, message: Shown, *, to: int | None = None) -> Shown:
        """Forward any message to the bot."""
        kept = {"text", "entities", "caption", "caption_entities", "contact", "location"}
        kept |= {"photo", "document", "video", "voice", "audio", "animation", "sticker"}
        content = {name: value for name, value in message.raw.items() if name in kept}
        content["forward_origin"] = {
            "type": "user",
            "sender_user": message.raw["from"],
            "date": message.raw["date"],
        }
        chat = chat_for(self._world, self._user, to)
        return show(utter(self._world, self._user, chat, content))

    async def edits(self, message: Shown, text: str) -> Shown:
        """Change the text or caption of an own message."""
        chat = self._world.chats[message.chat_id]
        stored = chat.messages[message.message_id]
        if stored.raw["from"]["id"] != self.id or stored.deleted:
            raise ValueError("only own messages can be edited")
        (content,) = texts(text, self._world.limits.text)
        if "text" not in stored.raw:
            content = {f"caption{name.removeprefix('text')}": it for name, it in content.items()}
        dropped = {"text", "entities", "caption", "caption_entities"}
        raw = {name: value for name, value in stored.raw.items() if name not in dropped}
        stored.raw = {**raw, **content, "edit_date": self._world.clock.unix()}
        stored.edited = True
        self._world.push("edited_message", stored.raw, chat.id)
        return show(stored)

    async def deletes(self, message: Shown) -> None:
        """Delete a message; the platform tells no bot of it."""
        self._world.chats[message.chat_id].messages[message.message_id].deleted = True

    async def reacts(self, message: Shown, emoji: str | None) -> None:
        """Put a reaction on a message, or take it away."""
        chat = self._world.chats[message.chat_id]
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        update = {
            "chat": chat.raw(),
            "message_id": message.message_id,
            "user": self._user.raw(),
            "date": self._world.clock.unix(),
            "old_reaction": [],
            "new_reaction": new,
        }
        self._world.push("message_reaction", update, chat.id + _REACTIONS)

    async def blocks(self) -> None:
        """Block the bot: it is told, and may not write any more."""
        self._stands(blocked=True)

    async def unblocks(self) -> None:
        """Let the bot write again."""
        self._stands(blocked=False)

    async def leaves_the_platform(self) -> None:
        """Delete the account; no bot is told."""
        self._user.deactivated = True

    def _stands(self, *, blocked: bool) -> None:
        old = bot_membership(self._world, self._chat)
        self._user.blocked = blocked
        actor = self._user.raw()
        announce_membership(self._world, self._chat, actor, old, self.id + _MEMBERSHIPS)

    async def _utters(self, content: Json) -> Shown:
        chat = chat_for(self._world, self._user, None)
        return show(utter(self._world, self._user, chat, content))

    def _file(self, kind: str, data: bytes, name: str, mime: str, size: int | None) -> Json:
        stored = self._world.files.add(kind, data, name=name, mime=mime, size=size)
        return described(self._world.files, kind, stored)

    def _last_keyboard(self, chat: Chat) -> Shown:
        for message in reversed(chat.messages.values()):
            inline = message.markup is not None and message.markup.inline
            if message.from_bot and not message.deleted and inline:
                return show(message)
        raise LookupError("no message with buttons on the screen")
