"""The fake platform as a whole: a server, and the hands that lead the people on it."""

from collections import deque
from collections.abc import Iterable
from random import Random
from typing import Self

from aiohttp import web

from .args import dumps
from .chats import Chat, User
from .clock import Clock
from .errors import Json
from .faults import Faults
from .group import ALL_RIGHTS, Group, new_number, supergroup_id
from .journal import Call, Journal
from .pacing import Violation
from .person import Person
from .rules import Options, Pace
from .sim import Sim
from .wire import Wire
from .world import World

TOKEN = "123456789:AAFakeTokenOfNoRealBot_0123456789abc"
_DEFAULTS = Options()
_UNHURRIED = Pace()


class FakeTelegram:
    """A Bot API server on loopback, and the platform behind it.

    Start it with `await FakeTelegram.start()`, or use it as an asynchronous context manager around
    one that is not started yet. It knows nothing of bots' processes: they come and go.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        latency: float = 0.0,
        speed: float = 1.0,
        pace: Pace = _UNHURRIED,
        options: Options = _DEFAULTS,
    ) -> None:
        """Prepare a platform; times in *latency* pass *speed* times as fast as ours."""
        self.clock = Clock(speed)
        self.world = World(token, options, pace, self.clock)
        self.faults = Faults(Random(options.seed))
        self.journal = Journal(options.journal)
        self.wire = Wire(self.world, self.faults, self.journal)
        self.wire.latency = latency
        self.token = token
        self.port = 0
        self._people: dict[int, Person] = {}
        self._groups: dict[int, Group] = {}
        self._sim = Sim(self)
        self._runner: web.ServerRunner | None = None

    @classmethod
    async def start(
        cls,
        *,
        token: str = TOKEN,
        port: int = 0,
        latency: float = 0.0,
        speed: float = 1.0,
        pace: Pace = _UNHURRIED,
        options: Options = _DEFAULTS,
    ) -> Self:
        """A running server on 127.0.0.1, on a free port unless one is named."""
        server = cls(token=token, latency=latency, speed=speed, pace=pace, options=options)
        await server.listen(port)
        return server

    async def listen(self, port: int = 0) -> None:
        """Serve on 127.0.0.1."""
        web_server = web.Server(self._handle, access_log=None)
        self._runner = web.ServerRunner(web_server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop serving, and bring no more updates."""
        self.world.webhooks.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        if self._runner is None:
            await self.listen()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    @property
    def base(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """What a bot takes as base URL; its token follows directly."""
        return f"{self.base}/bot"

    @property
    def file_url(self) -> str:
        """What a bot takes as base URL of files; its token follows directly."""
        return f"{self.base}/file/bot"

    def person(
        self,
        id: int,  # noqa: A002 - the platform's own word
        first_name: str = "Lan",
        *,
        last_name: str = "",
        username: str = "",
        language_code: str = "vi",
    ) -> Person:
        """A person, the same one for the same id; the bot knows them once they wrote."""
        if id not in self._people:
            known = self.world.users.get(id)
            user = known or User(id, first_name, last_name, username, language_code)
            self._people[id] = Person(self.world, user)
        return self._people[id]

    def crowd(self, first_id: int, count: int) -> range:
        """*count* people who all started the bot before; gives their ids."""
        ids = range(first_id, first_id + count)
        self.world.add_crowd(ids)
        return ids

    def group(
        self,
        title: str = "Tổ tiếp nhận",
        *,
        supergroup: bool = False,
        forum: bool = False,
        members: Iterable[Person] = (),
        bot: str = "administrator",
        id: int | None = None,  # noqa: A002 - the platform's own word
    ) -> Group:
        """A group the bot is in as *bot* says; a forum is a supergroup with topics."""
        number = new_number(self.world)
        chat_id = id or (supergroup_id(number) if supergroup or forum else -number)
        chat = Chat(
            chat_id,
            "supergroup" if supergroup or forum else "group",
            title=title,
            forum=forum,
            bot_status=bot,
            bot_rights=ALL_RIGHTS if bot == "administrator" else frozenset(),
            last_id=1,  # its creation; in a forum 1 is the General topic
        )
        for member in members:
            chat.members[member.id] = member.user
            member.user.seen = True
        self.world.chats[chat_id] = chat
        group = self._groups[chat_id] = Group(self.world, chat)
        return group

    def find_group(self, chat_id: int) -> Group:
        """The group of an id, that before a migration included."""
        known = self._groups.get(chat_id)
        return known or next(each for each in self._groups.values() if each.id == chat_id)

    def push_update(self, raw: Json | str, *, update_id: int | None = None, queue: int = 0) -> int:
        """Queue anything as an update: a duplicate, one out of order, one nobody can parse.

        A dictionary keeps its own `update_id`, else gets *update_id* or the next number; a text
        goes out as it is. Gives the number.
        """
        given = raw.get("update_id") if isinstance(raw, dict) else None
        number = given if isinstance(given, int) else update_id
        if number is None:
            number = self.world.queue.tail
        body = raw if isinstance(raw, str) else dumps({"update_id": number, **raw})
        self.world.queue.inject(body, number, queue or -number)
        return number

    @property
    def pending(self) -> int:
        """Updates the bot has not confirmed yet."""
        return len(self.world.queue)

    @property
    def calls(self) -> deque[Call]:
        """The last calls of the bot, oldest first."""
        return self.journal.calls

    @property
    def violations(self) -> list[Violation]:
        """Every time the bot went faster than allowed."""
        return self.world.pacer.violations

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method.lower()]

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _, query = request.raw_path.partition("?")
        if path.startswith("/bot"):
            return await self.wire.serve(request, path, query)
        if path.startswith("/file/bot"):
            return await self.wire.download(request, path)
        if path.startswith("/sim/"):
            return await self._sim.serve(request, path.removeprefix("/sim/"), query)
        body = dumps({"ok": False, "error_code": 404, "description": "Not Found"})
        return web.Response(text=body, status=404, content_type="application/json")
