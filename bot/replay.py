"""Failed arrivals: what they are, and running one again after the fault was mended."""

import json
from datetime import UTC, datetime

from bot.app import App, open_app
from bot.channels import Arrival
from bot.channels.telegram_wire import Tapped, understand
from bot.config import Config
from bot.turn import read_event
from storage import inbox, people
from storage.inbox import Failed

MOST = 200


async def failures(config: Config) -> list[str]:
    """One line for each failed arrival: id, when, what went wrong and where."""
    async with open_app(config) as app:
        found = await app.store.read(lambda tx: inbox.failures(tx, MOST))
    return [f"{one.id}  {one.at:%Y-%m-%d %H:%M:%S}Z  {one.error}" for one in found]


async def replay(config: Config, id_: str) -> str:
    """Run the failed arrival *id_* again; what came of it. The answer waits in the outbox."""
    async with open_app(config) as app:
        failed = await app.store.read(lambda tx: inbox.failed(tx, id_))
        if failed is None:
            return f"no failed arrival is called {id_}"
        arrival = await _arrival(app, failed)
        if arrival is None:
            return "it still cannot be understood"
        return await app.engine.accept(arrival, again=True)


async def _arrival(app: App, failed: Failed) -> Arrival | None:
    if failed.contact_id is None:
        return _understood(failed)
    contact_id = failed.contact_id
    channel, address = await app.store.read(lambda tx: people.address(tx, contact_id))
    if not address or not failed.event:
        return None  # whoever sent it was forgotten, or it was told in confidence
    event = read_event(failed.event)
    return Arrival(failed.id, channel, address, event, datetime.now(UTC), failed.raw)


def _understood(failed: Failed) -> Arrival | None:
    try:
        raw = json.loads(failed.raw)
    except ValueError:
        return None
    match understand(raw, failed.at) if isinstance(raw, dict) else None:
        case Arrival() as arrival:
            return arrival
        case Tapped(arrival=arrival):
            return arrival
        case _:
            return None
