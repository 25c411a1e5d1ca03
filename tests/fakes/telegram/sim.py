"""The hands of the platform over HTTP, for bots and tests in other processes: `POST /sim/…`.

Every call takes and gives a JSON object. `person/<id>/<verb>` and `group/<id>/<verb>` are the
methods of `Person` and `Group` with their own argument names; bytes go as base64, messages as
`Shown.to_json`. A Python error comes back as status 409 with its name and message.
"""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web

from .args import dumps
from .errors import Json
from .faults import Fault
from .group import Group
from .person import Person, Tap
from .rules import Pace
from .screen import Screen
from .view import Shown

if TYPE_CHECKING:
    from .server import FakeTelegram

_VERBS = frozenset(
    {
        "adds",
        "blocks",
        "deletes",
        "deletes_topic",
        "edits",
        "forges",
        "forwards",
        "leaves_the_platform",
        "migrates",
        "opens_topic",
        "presses",
        "reacts",
        "reads",
        "reads_nothing",
        "removes",
        "sees",
        "sends",
        "sends_album",
        "sends_document",
        "sends_photo",
        "sends_video",
        "sends_voice",
        "sets_bot",
        "shares_contact",
        "shares_location",
        "says",
        "starts",
        "taps",
        "unblocks",
    }
)
_VIEWS = frozenset({"chat", "keyboard", "unread", "actions", "topics", "id"})
_ERRORS = (LookupError, ValueError, TypeError, TimeoutError, AssertionError)
Handler = Callable[[Json], Awaitable[object]]


class Sim:
    """Serves `/sim/…` for one fake."""

    def __init__(self, server: "FakeTelegram") -> None:
        """Lead the people of *server*."""
        self._server = server
        self._handlers: dict[str, Handler] = {
            "about": self._about,
            "calls": self._calls,
            "calm": self._calm,
            "clock": self._clock,
            "crowd": self._crowd,
            "fault": self._fault,
            "group": self._group,
            "latency": self._latency,
            "pace": self._pace,
            "person": self._person,
            "tap": self._tap,
            "update": self._update,
            "violations": self._violations,
        }

    async def serve(self, request: web.BaseRequest, path: str, query: str) -> web.Response:
        """Answer one call; *path* is what follows `/sim/`."""
        try:
            asked: Json = json.loads(await request.content.read() or b"{}")
            asked |= dict(parse_qsl(query))
            result = await self._act(path.split("/"), asked)
        except _ERRORS as error:
            body = {"error": type(error).__name__, "message": str(error)}
            return _json(body, 409)
        return _json({"result": _encode(result)}, 200)

    async def _act(self, path: list[str], asked: Json) -> object:
        match path:
            case ["person", number, verb]:
                return await self._do(self._server.person(int(number)), verb, asked)
            case ["group", number, verb]:
                return await self._do(self._server.find_group(int(number)), verb, asked)
            case [name] if name in self._handlers:
                return await self._handlers[name](asked)
            case _:
                raise LookupError(f"no such place: {'/'.join(path)}")

    async def _do(self, screen: Screen, verb: str, asked: Json) -> object:
        if verb in _VIEWS:
            view: object = getattr(screen, verb)
            return view
        if verb not in _VERBS:
            raise LookupError(f"no such verb: {verb}")
        result: object = await getattr(screen, verb)(**self._decode(asked))
        return result

    def _decode(self, asked: Json) -> dict[str, Any]:
        return {name: self._decoded(name, value) for name, value in asked.items()}

    def _decoded(self, name: str, value: Any) -> Any:  # noqa: ANN401 - as many types as arguments
        match name:
            case "message" | "reply_to" if value is not None:
                return Shown.from_json(value)
            case "data" if isinstance(value, dict):
                return base64.b64decode(value["base64"])
            case "photos":
                return [base64.b64decode(each["base64"]) for each in value]
            case "by" | "person":
                return self._server.person(int(value))
            case "rights":
                return frozenset(value)
            case _:
                return value

    async def _about(self, asked: Json) -> Json:
        server = self._server
        return {
            "url": server.url,
            "file_url": server.file_url,
            "token": server.token,
            "pending": server.pending,
            "now": server.clock.now(),
        }

    async def _person(self, asked: Json) -> Json:
        person: Person = self._server.person(**asked)
        return {"id": person.id}

    async def _group(self, asked: Json) -> Json:
        members = [self._server.person(int(each)) for each in asked.pop("members", [])]
        group: Group = self._server.group(**asked, members=members)
        return {"id": group.id}

    async def _crowd(self, asked: Json) -> Json:
        ids = self._server.crowd(int(asked["first_id"]), int(asked["count"]))
        return {"first": ids.start, "end": ids.stop}

    async def _update(self, asked: Json) -> Json:
        number = self._server.push_update(asked["raw"], update_id=asked.get("update_id"))
        return {"update_id": number}

    async def _tap(self, asked: Json) -> Json | None:
        query = self._server.world.callbacks[str(asked["id"])]
        if "timeout" not in asked:
            return query.answer
        return await Tap(query).answered(float(asked["timeout"]))

    async def _calls(self, asked: Json) -> list[Json]:
        after, method = int(asked.get("after", 0)), str(asked.get("method", "")).lower()
        calls = (call for call in self._server.calls if call.number > after)
        return [asdict(call) for call in calls if method in ("", call.method)]

    async def _violations(self, asked: Json) -> list[Json]:
        return [asdict(violation) for violation in self._server.violations]

    async def _fault(self, asked: Json) -> None:
        self._server.faults.add(Fault(**asked))

    async def _calm(self, asked: Json) -> None:
        self._server.faults.clear()

    async def _clock(self, asked: Json) -> float:
        self._server.clock.advance(float(asked.get("advance", 0.0)))
        return self._server.clock.now()

    async def _pace(self, asked: Json) -> None:
        self._server.world.pacer.set(Pace(**asked))

    async def _latency(self, asked: Json) -> None:
        self._server.wire.latency = float(asked["seconds"])


def _encode(result: object) -> object:
    match result:
        case Shown():
            return result.to_json()
        case Tap():
            return {"id": result.query.id}
        case list():
            return [_encode(each) for each in result]
        case _:
            return result


def _json(body: Json, status: int) -> web.Response:
    return web.Response(text=dumps(body), status=status, content_type="application/json")
