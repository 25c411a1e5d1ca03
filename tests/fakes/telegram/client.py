"""The same hands from another process: people and groups of a fake reached over HTTP.

All calls are synchronous. An error of the fake is raised here as the same built-in exception.
"""

import base64
import builtins
import json
from collections.abc import Sequence
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from .errors import Json
from .view import Shown

_PATIENCE = 60.0


class TelegramSim:
    """A fake at *url* (`http://127.0.0.1:9010`), led from this process."""

    def __init__(self, url: str) -> None:
        """Reach the fake; it need not run yet."""
        self._address = urlsplit(url).netloc

    def ask(self, path: str, **asked: object) -> Any:  # noqa: ANN401 - as many types as questions
        """The result of `POST /sim/<path>`."""
        connection = HTTPConnection(self._address, timeout=_PATIENCE)
        try:
            connection.request("POST", f"/sim/{path}", json.dumps(asked))
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            kind = getattr(builtins, answer["error"])
            raise kind(answer["message"])
        return answer["result"]

    @property
    def url(self) -> str:
        """What a bot takes as base URL."""
        return str(self.ask("about")["url"])

    @property
    def file_url(self) -> str:
        """What a bot takes as base URL of files."""
        return str(self.ask("about")["file_url"])

    @property
    def token(self) -> str:
        """The token of the one bot the fake knows."""
        return str(self.ask("about")["token"])

    @property
    def pending(self) -> int:
        """Updates the bot has not confirmed yet."""
        return int(self.ask("about")["pending"])

    def person(self, id: int, first_name: str = "Lan", **about: str) -> "SimPerson":  # noqa: A002 - the platform's own word
        """A person, the same one for the same id."""
        self.ask("person", id=id, first_name=first_name, **about)
        return SimPerson(self, "person", id)

    def group(self, title: str, members: Sequence["SimPerson"] = (), **about: object) -> "SimGroup":
        """A group the bot is in."""
        ids = [member.id for member in members]
        made = self.ask("group", title=title, members=ids, **about)
        return SimGroup(self, "group", int(made["id"]))

    def crowd(self, first_id: int, count: int) -> range:
        """People who all started the bot before."""
        self.ask("crowd", first_id=first_id, count=count)
        return range(first_id, first_id + count)

    def push_update(self, raw: Json | str, update_id: int | None = None) -> int:
        """Queue anything as an update."""
        return int(self.ask("update", raw=raw, update_id=update_id)["update_id"])

    def calls(self, method: str = "", after: int = 0) -> list[Json]:
        """What the bot asked for."""
        found: list[Json] = self.ask("calls", method=method, after=after)
        return found

    def violations(self) -> list[Json]:
        """Every time the bot went faster than allowed."""
        found: list[Json] = self.ask("violations")
        return found

    def fault(self, action: str, **about: object) -> None:
        """Script a fault; see `Fault`."""
        self.ask("fault", action=action, **about)

    def calm(self) -> None:
        """No more faults."""
        self.ask("calm")

    def advance(self, seconds: float) -> None:
        """Let the platform's time jump."""
        self.ask("clock", advance=seconds)


class SimScreen:
    """A chat read from another process."""

    def __init__(self, sim: TelegramSim, kind: str, id: int) -> None:  # noqa: A002 - the platform's own word
        """Look at one chat."""
        self._sim = sim
        self._path = f"{kind}/{id}"
        self.id = id

    def do(self, verb: str, **asked: object) -> Any:  # noqa: ANN401 - as many types as verbs
        """Any verb of the other side."""
        given = {name: value for name, value in asked.items() if value is not None}
        return self._sim.ask(f"{self._path}/{verb}", **given)

    def reads(self, timeout: float = 5.0) -> Shown:
        """The next message of the bot not read yet."""
        return Shown.from_json(self.do("reads", timeout=timeout))

    def sees(self, fragment: str, timeout: float = 5.0) -> Shown:
        """The latest message of the bot that contains *fragment*."""
        return Shown.from_json(self.do("sees", fragment=fragment, timeout=timeout))

    def reads_nothing(self, seconds: float = 0.3) -> None:
        """Make sure that nothing comes."""
        self.do("reads_nothing", seconds=seconds)

    @property
    def chat(self) -> list[Shown]:
        """The whole chat as it stands now."""
        return [Shown.from_json(each) for each in self.do("chat")]

    @property
    def keyboard(self) -> list[str]:
        """Labels of the reply keyboard on the screen."""
        labels: list[str] = self.do("keyboard")
        return labels


class SimTap:
    """A tap made from another process."""

    def __init__(self, sim: TelegramSim, id: str) -> None:  # noqa: A002 - the platform's own word
        """Follow one tap."""
        self._sim = sim
        self._id = id

    def answered(self, timeout: float = 5.0) -> Json:
        """The bot's answer, waited for."""
        answer: Json = self._sim.ask("tap", id=self._id, timeout=timeout)
        return answer


class SimPerson(SimScreen):
    """A person led from another process; see `Person`."""

    def says(self, text: str, **where: object) -> Shown:
        """Write a text."""
        return Shown.from_json(self.do("says", text=text, **where))

    def starts(self, payload: str = "") -> Shown:
        """Press Start."""
        return Shown.from_json(self.do("starts", payload=payload))

    def taps(
        self, button: str | int, message: Shown | None = None, to: int | None = None
    ) -> SimTap:
        """Tap an inline button."""
        tap = self.do("taps", button=button, message=_json_of(message), to=to)
        return SimTap(self._sim, tap["id"])

    def forges(self, data: str, message: Shown) -> SimTap:
        """Send any payload."""
        return SimTap(self._sim, self.do("forges", data=data, message=_json_of(message))["id"])

    def presses(self, label: str) -> Shown:
        """Press a key of the reply keyboard."""
        return Shown.from_json(self.do("presses", label=label))

    def sends(self, kind: str, data: bytes, **about: object) -> Shown:
        """Send a file of any kind."""
        return Shown.from_json(self.do("sends", kind=kind, data=_base64(data), **about))

    def sends_photo(self, data: bytes, caption: str = "", size: int | None = None) -> Shown:
        """Send one photo."""
        return self.sends("photo", data, caption=caption, size=size)

    def sends_album(self, photos: Sequence[bytes], caption: str = "") -> list[Shown]:
        """Send photos as an album."""
        sent = self.do("sends_album", photos=[_base64(each) for each in photos], caption=caption)
        return [Shown.from_json(each) for each in sent]

    def sends_document(self, data: bytes, name: str, mime: str = "", **about: object) -> Shown:
        """Send a file as it is."""
        return self.sends("document", data, name=name, mime=mime, **about)

    def shares_contact(self, phone: str, *, own: bool = True) -> Shown:
        """Share a phone number."""
        return Shown.from_json(self.do("shares_contact", phone=phone, own=own))

    def shares_location(self, latitude: float, longitude: float) -> Shown:
        """Share a point on the map."""
        shared = self.do("shares_location", latitude=latitude, longitude=longitude)
        return Shown.from_json(shared)

    def edits(self, message: Shown, text: str) -> Shown:
        """Change an own message."""
        return Shown.from_json(self.do("edits", message=_json_of(message), text=text))

    def forwards(self, message: Shown) -> Shown:
        """Forward a message to the bot."""
        return Shown.from_json(self.do("forwards", message=_json_of(message)))

    def blocks(self) -> None:
        """Block the bot."""
        self.do("blocks")

    def unblocks(self) -> None:
        """Let the bot write again."""
        self.do("unblocks")


class SimGroup(SimScreen):
    """A group led from another process; see `Group`."""

    def opens_topic(self, name: str, by: SimPerson) -> int:
        """A person opens a topic."""
        return int(self.do("opens_topic", name=name, by=by.id))

    def deletes_topic(self, thread: int) -> None:
        """A topic disappears."""
        self.do("deletes_topic", thread=thread)

    def migrates(self, by: SimPerson) -> int:
        """The group becomes a supergroup."""
        return int(self.do("migrates", by=by.id))


def _base64(data: bytes) -> Json:
    return {"base64": base64.b64encode(data).decode()}


def _json_of(message: Shown | None) -> Json | None:
    return None if message is None else message.to_json()
