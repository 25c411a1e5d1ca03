"""A small worker that stores numbered things and says each number once it is durable.

``crash_child.py URL FIRST``: from FIRST on, for ever; each unit is one turn's worth of rows.
"""

import asyncio
import sys
from functools import partial

from storage import inbox, open_store, outbox, sessions, tickets
from storage.database import Store, Tx
from tests.sealing import SEAL
from tests.storage.samples import NOW, SECRET, case

WAITING = 24


def turn(tx: Tx, number: int) -> bool:
    """What an arrival leaves behind: a claim, a state, a message, on one of eight a case."""
    if not inbox.claim(tx, f"test:{number}", NOW):
        return False
    chat = sessions.open(tx, "test", str(number % WAITING), NOW)
    sessions.save(tx, chat.contact_id, f'{{"last":{number}}}', NOW)
    outbox.add(tx, chat.contact_id, "test", str(number), NOW)
    if number % 8 == 0:
        tickets.open(tx, chat.contact_id, case(f"T{number}"), NOW, SECRET)
    return True


async def talk(store: Store, first: int) -> None:
    """One chat without end."""
    for number in range(first, 10**9, WAITING):
        await store.run(partial(turn, number=number), key=number % WAITING)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


async def main(url: str, first: int) -> None:
    """Keep many chats waiting at once."""
    store = await open_store(url, seal=SEAL)
    await asyncio.gather(*(talk(store, first + chat) for chat in range(WAITING)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
