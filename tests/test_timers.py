"""The clock, over real rows."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from bot.channels import Arrival, Garbled, Outcome
from bot.timers import Clock
from storage import inbox, open_store, people, timers
from storage.database import Tx
from tests.sealing import SEAL


async def test_a_timer_set_anew_for_the_same_instant_runs_out_again(database_url: str) -> None:
    """Platforms tell whole seconds: whoever has news twice in one is woken twice."""
    store = await open_store(database_url, seal=SEAL)
    at = datetime.now(UTC).replace(microsecond=0)
    fired: list[str] = []
    twice = asyncio.Event()

    def begin(tx: Tx) -> None:
        timers.set(tx, people.contact(tx, "web", "a", at).id, "case:PA", at)

    async def accept(arrival: Arrival | Garbled) -> Outcome:
        def turn(tx: Tx) -> bool:
            contact = people.contact(tx, "web", "a", at).id
            if not inbox.claim(tx, arrival.id, arrival.at):
                return False
            return timers.fire(tx, contact, "case:PA", datetime.now(UTC))

        if not await store.run(turn):
            return "duplicate"
        fired.append(arrival.id)
        if len(fired) == 1:
            await store.run(begin)
        else:
            twice.set()
        return "done"

    await store.run(begin)
    clock = asyncio.create_task(Clock(store).run(accept))
    async with asyncio.timeout(5):
        await twice.wait()
    clock.cancel()
    with suppress(asyncio.CancelledError):
        await clock
    await store.close()
    assert len(fired) == 2
