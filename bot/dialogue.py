"""A conversation written down: said line by line, answered line by line.

The same few signs serve the terminal (``talk``) and the transcript tests:

    > free text              said
    > [Label]                the choice so labelled is pressed
    > (photo a.jpg 120000)   a file: photo, document, video, audio or voice, its name and size
    > (album a.jpg b.jpg)    photos of one album, arriving one by one
    > (contact 0905123456)   one's own number shared; (contact of another 0905…) somebody else's
    > (place 16.06, 108.22)  a position
    > (edit 3: new text)     the third message said is changed
    > (press 4.2)            the second choice of prompt 4, whatever is current
    > (sticker)  (blocks)  (comes back)  (wait 3 days)
    < what the bot says; further lines are indented, choices stand in [brackets]
      (files: a.jpg, b.pdf)  the files sent along; (qr: https://…) a QR picture of that text
    @ an                     from here on another person talks, in a chat of their own
    # a remark
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.channels import Accept, Arrival
from bot.posting import Posted
from handlers.events import (
    CameBack,
    Chose,
    Edited,
    Event,
    Left,
    Media,
    MediaKind,
    Said,
    SentMedia,
    SentUnreadable,
    SharedContact,
    SharedPlace,
    TimedOut,
)
from handlers.messages import Say
from storage import timers
from storage.database import Store

CHANNEL = "talk"
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_WAIT = re.compile(rf"^\(wait ([0-9.]+) ({'|'.join(_UNITS)})s?\)$")
_SIGN = re.compile(r"^\((?P<what>[a-z]+)\s*(?P<rest>.*)\)$", re.DOTALL)
_KINDS: dict[str, MediaKind] = {
    "photo": "photo",
    "document": "document",
    "video": "video",
    "audio": "audio",
    "voice": "voice",
}


class NotUnderstoodError(Exception):
    """A line that is no sign of this notation."""


@dataclass
class Hour:
    """The time it is, for everybody in a rehearsal; it moves when somebody does something."""

    now: datetime


class Dialogue:
    """One person's conversation: what is done at *address*, and what is heard there."""

    def __init__(
        self, store: Store, accept: Accept, heard: list[Posted], hour: Hour, address: str
    ) -> None:
        """*heard* is where the engine's `posted` puts what it decided to say."""
        self._store = store
        self._accept = accept
        self._heard = heard
        self._hour = hour
        self._address = address
        self._count = 0
        self._said = self._fired = 0
        self._last = Say(text="")

    async def do(self, line: str) -> tuple[str, ...]:
        """Do what *line* (without its "> ") says; the bot's answers as lines of a transcript."""
        try:
            if pause := _WAIT.match(line):
                seconds = float(pause[1]) * _UNITS[pause[2]]
                await self._pass(self._hour.now + timedelta(seconds=seconds))
            else:
                for event in tuple(self._events(line)):
                    await self._tell(event)
        except ValueError as error:
            raise NotUnderstoodError(f"không đọc được: {line}") from error
        return self.answers()

    def answers(self) -> tuple[str, ...]:
        """What was said here and not yet read, as lines of a transcript."""
        mine = [posted for posted in self._heard if posted.address == self._address]
        for posted in mine:
            self._heard.remove(posted)
            self._last = posted.say
        return tuple(written(posted.say) for posted in mine)

    async def _tell(self, event: Event) -> None:
        self._count += 1
        self._hour.now += timedelta(seconds=1)
        name = f"{CHANNEL}:{self._address}:{self._count}"
        await self._accept(Arrival(name, CHANNEL, self._address, event, self._hour.now))
        await self._pass(self._hour.now)

    def _events(self, line: str) -> Iterator[Event]:
        if line.startswith("[") and line.endswith("]"):
            yield self._pressed(line[1:-1])
            return
        sign = _SIGN.match(line)
        if sign is None:
            self._said += 1
            yield Said(text=line, ref=str(self._said))
            return
        yield from self._signed(sign["what"], sign["rest"].strip())

    def _pressed(self, label: str) -> Event:
        for n, choice in enumerate(self._last.choices, 1):
            if choice.label == label:
                return Chose(step=self._last.step, n=n)
        raise NotUnderstoodError(f"không có nút [{label}]")

    def _signed(self, what: str, rest: str) -> Iterator[Event]:
        match what:
            case "photo" | "document" | "video" | "audio" | "voice":
                yield self._file(_KINDS[what], rest)
            case "album":
                for name in rest.split():
                    yield SentMedia(media=(self._media("photo", name),), album=f"album {rest}")
            case "contact":
                own = not rest.startswith("of another")
                yield SharedContact(phone=rest.removeprefix("of another").strip(), own=own)
            case "place":
                lat, lon = rest.split(",")
                yield SharedPlace(lat=float(lat), lon=float(lon))
            case "edit":
                ref, _, text = rest.partition(":")
                yield Edited(text=text.strip(), ref=ref.strip())
            case "press":
                step, _, n = rest.partition(".")
                yield Chose(step=int(step), n=int(n))
            case "sticker":
                yield SentUnreadable(what="sticker")
            case "blocks":
                yield Left()
            case "comes":
                yield CameBack()
            case _:
                raise NotUnderstoodError(f"không có dấu ({what} …)")

    def _file(self, kind: MediaKind, rest: str) -> SentMedia:
        name, _, caption = rest.partition(" | ")
        return SentMedia(media=(self._media(kind, name),), caption=caption)

    def _media(self, kind: MediaKind, described: str) -> Media:
        name, _, size = described.partition(" ")
        self._said += 1
        key = f"{CHANNEL}:{self._address}-{self._said}"
        bytes_ = int(size) if size else 1000
        return Media(key=key, kind=kind, name=name, size=bytes_, fetch=key)

    async def _pass(self, until: datetime) -> None:
        """Let time pass, and everything happen that is due by then: now, too."""
        while due := await self._store.run(lambda tx: timers.due(tx, until, 1)):
            timer = due[0]
            self._hour.now = max(self._hour.now, timer.due_at)
            self._fired += 1
            name = f"timer:{timer.contact_id}:{timer.name}:{self._address}:{self._fired}"
            event = TimedOut(timer=timer.name)
            now = self._hour.now
            await self._accept(Arrival(name, timer.channel, timer.address, event, now))
        self._hour.now = until


def written(say: Say) -> str:
    """A message as a transcript shows it."""
    lines = say.text.split("\n")
    if say.files:
        lines.append(f"(files: {', '.join(file.name or file.kind for file in say.files)})")
    if say.qr:
        lines.append(f"(qr: {say.qr})")
    if say.choices:
        lines.append(" ".join(f"[{choice.label}]" for choice in say.choices))
    return "\n".join([f"< {lines[0]}", *(f"  {line}".rstrip() for line in lines[1:])])


BEGINNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a working Monday, 9 in the morning here
