"""Telegram by webhook, of a real process: who is let in, and what is confirmed when."""

import json
import random
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.acceptance.citizen import LAN, PRIVATE, STORY, Screen, says, taps
from tests.acceptance.kept import kept
from tests.acceptance.running import PATIENCE, WEBHOOK_SECRET, Bot, Telegram, until
from tests.fakes.telegram import TelegramSim
from tests.telegram.payloads import said

SECRET = "X-Telegram-Bot-Api-Secret-Token"
STEPS = (
    says("/start"),
    taps("Đồng ý xử lý để trả lời ý kiến"),
    taps("Gửi ý kiến, câu hỏi"),
    taps("Việc khác"),
    says(STORY),
    taps("Xong"),
    says("Hải Châu"),
    taps("Bỏ qua"),
    taps("Gửi"),
)


@pytest.fixture
def hooked(sim: TelegramSim, database_url: str, tmp_path: Path) -> Iterator[Bot]:
    """A bot on each database to which Telegram brings its updates, not started yet."""
    bot = Bot(tmp_path, database_url, Telegram.of(sim, webhook=True))
    yield bot
    bot.close()


def brings(bot: Bot, **headers: str) -> int:
    """The status of an update that somebody brings by hand."""
    connection = HTTPConnection("127.0.0.1", bot.port, timeout=10)
    try:
        body = json.dumps(said(text="Chào")).encode()
        connection.request("POST", "/channels/telegram", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_deaths_lose_nothing_that_telegram_brings(hooked: Bot, sim: TelegramSim) -> None:
    """An update is confirmed when it is kept; one whose taker died is brought again, done once."""
    chance = random.Random(hooked.database_url.partition(":")[0])
    citizen = sim.person(LAN)
    screen = Screen(citizen)
    hooked.start()
    for number, step in enumerate(STEPS):
        if number % 3 == 0:  # nobody is there when it comes
            hooked.kill()
            step.does(citizen)
        else:  # somebody takes it and dies, sooner or later
            step.does(citizen)
            time.sleep(chance.uniform(0.0, 0.02))
            hooked.kill()
        hooked.start()
        sim.advance(30)  # Telegram's own pause before it tries again
        screen.reads()
    until(lambda: sim.pending == 0, PATIENCE)
    screen.ends()
    hooked.stop()
    assert len(screen.read) == len(STEPS)
    assert screen.repeats <= len(STEPS)
    left = kept(hooked.database_url, hooked.files)
    assert [case.topic for case in left.cases] == ["khac"]
    assert (left.consents, left.failed, left.unsent) == (("handling",), (), 0)
    hooked.check_log(*PRIVATE, str(LAN))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_telegram_is_let_in(hooked: Bot, sim: TelegramSim) -> None:
    """Without the secret or with a wrong one nothing is taken; with it an update is."""
    hooked.start()
    assert brings(hooked) == 403
    assert brings(hooked, **{SECRET: ""}) == 403
    assert brings(hooked, **{SECRET: WEBHOOK_SECRET + "x"}) == 403
    assert brings(hooked, **{SECRET: WEBHOOK_SECRET}) == 200
    hooked.stop()
    hooked.check_log("Chào")
    assert [call["params"]["secret_token"] for call in sim.calls("setWebhook")] == [WEBHOOK_SECRET]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_bot_that_polls_has_no_webhook(telegram_bot: Bot) -> None:
    """Where updates are fetched, there is no door through which somebody could bring any."""
    telegram_bot.start()
    assert brings(telegram_bot, **{SECRET: WEBHOOK_SECRET}) == 404
    telegram_bot.stop()
