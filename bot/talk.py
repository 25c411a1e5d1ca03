"""``python -m bot talk``: chat in the terminal, with the real conversation on its own database."""

import itertools
import random
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from bot.amending import amended
from bot.channels import Arrival, Garbled, Outcome
from bot.dialogue import BEGINNING, Dialogue, Hour, NotUnderstoodError
from bot.engine import Engine
from bot.keyring import throwaway
from bot.lawkeeper import LawKeeper
from bot.posting import Posted
from bot.secret import CODE_LENGTH, RECEIPT_LENGTH, Secret
from bot.turn import Turns
from handlers.codes import ALPHABET, make_code, make_receipt
from handlers.content import Content
from handlers.events import FileRefused, Left, TimedOut
from storage import open_store, outbox
from storage.database import Store
from storage.outbox import Result, State

LINKS = {"web": "https://lang-nghe.example/?start={}"}
SECRET = Secret(b"a rehearsal")
HEAD = "# Said in the terminal: write here in a sentence what it shows."


class Rehearsal:
    """People who talk to the bot over one database, at one hour.

    The hour and the codes are the same each time, so that what is said can be compared. *heard* is
    what was said to people who have not looked yet. Whoever blocked the bot hears nothing; *ends*
    says of others what becomes of messages to them that do not arrive.
    """

    def __init__(self, content: Content, store: Store, start: datetime) -> None:
        self.store = store
        self.hour = Hour(start)
        self.heard: list[Posted] = []
        self.ends: dict[str, State] = {}
        self._on_the_way: list[Posted] = []
        self._chance = random.Random(1)  # noqa: S311 - codes of a rehearsal guard nothing
        self._people: dict[str, Dialogue] = {}
        self.publish(content)

    def publish(self, content: Content) -> None:
        """From now on the bot works with this *content*."""
        turns = Turns(
            content,
            SECRET,
            lambda: make_code(self._numbers(CODE_LENGTH)),
            lambda: make_receipt(self._numbers(RECEIPT_LENGTH)),
            links=LINKS,
            amended=amended,
        )
        self._engine = Engine(
            self.store,
            turns,
            posted=self._on_the_way.append,
            timers=lambda: None,
            files=lambda: None,
        )

    async def renew(self) -> None:
        """Read what was amended, as at a start."""
        await self._engine.renew()

    async def keep_the_law(self) -> None:
        """Wake whoever keeps a rule that ends, as the keeper of the law does every hour."""
        await LawKeeper(self.store, lambda: self._engine.content, lambda: None).look(self.hour.now)

    def person(self, address: str) -> Dialogue:
        """Whoever talks at *address*."""
        if address not in self._people:
            talks = Dialogue(self.store, self._accept, self.heard, self.hour, address)
            self._people[address] = talks
        return self._people[address]

    async def _accept(self, arrival: Arrival | Garbled) -> Outcome:
        if isinstance(arrival, Arrival):
            match arrival.event:
                case Left():
                    self.ends[arrival.address] = "unreachable"
                case TimedOut() | FileRefused():
                    pass
                case _:
                    self.ends.pop(arrival.address, None)
        outcome = await self._engine.accept(arrival)
        await self._deliver()
        return outcome

    async def _deliver(self) -> None:
        """Do as a sender does: have everybody hear what was said to them, and write that down."""
        said, now = tuple(self._on_the_way), self.hour.now
        self._on_the_way.clear()
        results = [Result(one.id, self.ends.get(one.address, "sent"), now) for one in said]
        if results:
            await self.store.run(partial(outbox.record, results=results))
        self.heard += [one for one in said if one.address not in self.ends]

    def _numbers(self, length: int) -> list[int]:
        return [self._chance.randrange(len(ALPHABET)) for _ in range(length)]


@asynccontextmanager
async def dialogue(
    content: Content, url: str, *, start: datetime = BEGINNING
) -> AsyncIterator[Rehearsal]:
    """A rehearsal over the database at *url*."""
    store = await open_store(url, seal=throwaway())
    try:
        yield Rehearsal(content, store, start)
    finally:
        await store.close()


async def talk(content: Content) -> str:
    """Ask and answer until the end of input; the transcript, with a first line to be written."""
    with tempfile.TemporaryDirectory() as folder:
        async with dialogue(content, f"sqlite:///{folder}/talk.db") as rehearsal:
            lines = [line async for line in _exchange(rehearsal)]
    return "\n".join((HEAD, *lines)) + "\n"


async def _exchange(rehearsal: Rehearsal) -> AsyncIterator[str]:
    person = rehearsal.person("1")
    for typed in itertools.chain(("/start",), sys.stdin):
        line = typed.rstrip("\n")
        if line.startswith("@"):
            person = rehearsal.person(line[1:].strip())
            said, answers = line, person.answers()
        else:
            said = f"> {line}"
            try:
                answers = await person.do(line)
            except NotUnderstoodError as error:
                print(error)  # noqa: T201 - the terminal is the channel
                continue
        yield said
        for answer in answers:
            print(answer)  # noqa: T201 - as above
            yield answer
