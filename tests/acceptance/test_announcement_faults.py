"""An announcement by the bot as people run it: killed amid its sends, while the platform fails."""

import asyncio
import time

from storage import open_store
from tests.acceptance.running import Bot, until
from tests.announcing import stage
from tests.fakes.telegram import TelegramSim
from tests.sealing import SEAL

PEOPLE = 120
FIRST = 70_001
IN_FLIGHT = 48
PATIENCE = 60.0


async def prepared(url: str, ids: range) -> None:
    """People who can be written to, and an announcement that waits for nothing."""
    store = await open_store(url, seal=SEAL)
    await stage.crowd(store, map(str, ids), "telegram")
    await stage.announce(store, urgent=True)
    await store.close()


async def ledger(url: str) -> dict[str, int]:
    """How many people are in which state."""
    store = await open_store(url, seal=SEAL)
    try:
        return dict(await stage.ledger(store))
    finally:
        await store.close()


def test_killed_amid_its_sends_it_reaches_everybody(telegram_bot: Bot, sim: TelegramSim) -> None:
    """SIGKILL, one send in ten failing: all are told, the ledger adds up, few are told twice."""
    ids = sim.crowd(FIRST, PEOPLE)
    sim.ask("pace", enforce=True, paid_per_second=200.0)
    sim.fault("status", method="sendMessage", times=None, share=0.05, code=502)
    sim.fault("reset", method="sendMessage", times=None, share=0.05)
    asyncio.run(prepared(telegram_bot.database_url, ids))
    with telegram_bot.settings.open("a", encoding="utf-8") as settings:
        settings.write(
            "\n[channels.telegram]\nannouncements_per_second = 200\npaid_broadcast = true\n"
        )
    telegram_bot.start()
    until(lambda: len(accepted(sim)) > PEOPLE // 3, PATIENCE)
    telegram_bot.kill()
    telegram_bot.start()
    until(lambda: len(set(accepted(sim))) == PEOPLE, PATIENCE)
    time.sleep(1)  # what is told twice is told by now, and the last is written down
    telegram_bot.stop()
    told = accepted(sim)
    assert asyncio.run(ledger(telegram_bot.database_url)) == {"sent": PEOPLE}
    assert len(told) - PEOPLE <= IN_FLIGHT
    assert sim.violations() == []
    telegram_bot.check_log("Mất điện")


def accepted(sim: TelegramSim) -> list[str]:
    """Who was told something, as often as they were."""
    calls = sim.calls("sendMessage")
    return [call["params"]["chat_id"] for call in calls if call["status"] == 200]
