"""``python -m bot talk``: chat in the terminal, with the real conversation on its own database."""

import itertools
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from bot.dialogue import BEGINNING, Dialogue, NotUnderstoodError
from bot.engine import Engine
from bot.secret import CODE_LENGTH, RECEIPT_LENGTH, Secret
from bot.turn import Posted, Turns
from handlers.codes import ALPHABET, make_code, make_receipt
from handlers.content import Content
from storage import open_store


@asynccontextmanager
async def dialogue(
    content: Content, url: str, *, start: datetime = BEGINNING
) -> AsyncIterator[Callable[[str], Dialogue]]:
    """Conversations over the database at *url*, each person by their address.

    The clock and the codes are the same each time, so that what is said can be compared.
    """
    chance = random.Random(1)  # noqa: S311 - codes of a rehearsal guard nothing

    def numbers(length: int) -> list[int]:
        return [chance.randrange(len(ALPHABET)) for _ in range(length)]

    turns = Turns(
        content,
        Secret(b"a rehearsal"),
        lambda: make_code(numbers(CODE_LENGTH)),
        lambda: make_receipt(numbers(RECEIPT_LENGTH)),
    )
    store = await open_store(url)
    heard: list[Posted] = []
    engine = Engine(store, turns, posted=heard.append, timers=lambda: None, files=lambda: None)
    try:
        yield lambda address: Dialogue(store, engine, heard, start=start, address=address)
    finally:
        await store.close()


async def talk(content: Content) -> str:
    """Ask and answer until the end of input; the transcript."""
    with tempfile.TemporaryDirectory() as folder:
        async with dialogue(content, f"sqlite:///{folder}/talk.db") as person:
            lines = [line async for line in _exchange(person("1"))]
    return "\n".join(lines) + "\n"


async def _exchange(person: Dialogue) -> AsyncIterator[str]:
    for typed in itertools.chain(("/start",), sys.stdin):
        line = typed.rstrip("\n")
        yield f"> {line}"
        try:
            answers = await person.do(line)
        except NotUnderstoodError as error:
            print(error)  # noqa: T201 - the terminal is the channel
            continue
        for answer in answers:
            print(answer)  # noqa: T201 - as above
            yield answer
