"""The first two promises, broken at by force: nothing is lost, nothing happens twice."""

import random
import time

import pytest

from tests.acceptance.citizen import (
    CONVERSATION,
    LAN,
    PHOTOS,
    PRIVATE,
    Screen,
    Step,
    plain,
    undisturbed,
)
from tests.acceptance.kept import kept
from tests.acceptance.running import PATIENCE, Bot, until
from tests.fakes.telegram import SimPerson, TelegramSim


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the citizen reads when nothing goes wrong."""
    return undisturbed(tmp_path_factory.mktemp("undisturbed"), CONVERSATION)


class Adversary:
    """Kills the bot once in every step: as the message comes, in its turn, or when answered."""

    def __init__(self, bot: Bot, chance: random.Random) -> None:
        self._bot = bot
        self._chance = chance
        self.kills = 0

    def watches(self, step: Step, citizen: SimPerson, screen: Screen) -> None:
        """Let the citizen do something and read the answer, with a kill on the way."""
        moment = self._chance.choice((self._at_once, self._meanwhile, self._answered))
        step.does(citizen)
        moment(screen)

    def _at_once(self, screen: Screen) -> None:
        self._strike()
        screen.reads()

    def _meanwhile(self, screen: Screen) -> None:
        time.sleep(self._chance.uniform(0.0, 0.03))
        self._strike()
        screen.reads()

    def _answered(self, screen: Screen) -> None:
        screen.reads()
        self._strike()

    def _strike(self) -> None:
        self._bot.kill()
        self.kills += 1
        self._bot.launch()


def test_a_kill_in_every_step_loses_and_doubles_nothing(
    telegram_bot: Bot, sim: TelegramSim, expected: list[str]
) -> None:
    """Two cases with two photos, the bot killed between any two steps: the same conversation."""
    bot = telegram_bot
    citizen = sim.person(LAN)
    screen = Screen(citizen)
    bot.start()
    adversary = Adversary(bot, random.Random(bot.database_url.partition(":")[0]))
    for step in CONVERSATION:
        adversary.watches(step, citizen, screen)
    until(lambda: bot.ready() and sim.pending == 0, PATIENCE)
    screen.ends()
    bot.stop()
    assert [plain(shown) for shown in screen.read] == expected
    assert adversary.kills == len(CONVERSATION)
    assert screen.repeats <= adversary.kills
    left = kept(bot.database_url, bot.files)
    assert [case.topic for case in left.cases] == ["boi_thuong_tdc", "hoc_phi"]
    assert [case.files for case in left.cases] == [PHOTOS, ()]
    assert all(case.code in screen.read[-2].text for case in left.cases)
    assert left.consents == ("handling",)
    assert (left.failed, left.unsent, left.sound) == ((), 0, True)
    bot.check_log(*PRIVATE, str(LAN), *(case.code for case in left.cases))
