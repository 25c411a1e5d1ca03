"""A crowd writes while the bot is killed again and again at moments nobody chose."""

import random
from collections import Counter

import pytest

from tests.acceptance.citizen import Step, plain, says, undisturbed
from tests.acceptance.kept import kept, waiting
from tests.acceptance.running import PATIENCE, Bot, until
from tests.fakes.telegram import Shown, SimPerson, TelegramSim

STORY = "Đường vào thôn ngập nước mỗi khi mưa, đi lại rất khó."
FIRST = 70_020_000
PEOPLE = 40
KILLS = 5
STEPS: tuple[Step, ...] = (
    says("/start"),
    says("1"),
    says("/gui"),
    says("Việc khác"),
    says(STORY),
    says("Xong"),
    says("Hải Châu"),
    says("Bỏ qua"),
    says("Gửi"),
    says("/tracuu"),
)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What one of them reads when nothing goes wrong."""
    return undisturbed(tmp_path_factory.mktemp("undisturbed"), STEPS)


def answers(citizen: SimPerson) -> list[Shown]:
    """All the bot said to one of them, in order."""
    return [shown for shown in citizen.chat if shown.from_bot]


def distinct(shown: list[Shown]) -> list[Shown]:
    """The same without what came twice; every question has its own number in its buttons."""
    firsts = {(each.text, repr(each.markup)): each for each in reversed(shown)}
    return sorted(firsts.values(), key=lambda each: each.message_id)


def in_flight(bot: Bot, crowd: dict[str, SimPerson]) -> Counter[tuple[str, str]]:
    """What people have read, and how often, of which a killed bot does not know: one in a chat."""
    read = {
        address: Counter(shown.text for shown in answers(one)) for address, one in crowd.items()
    }
    risked = [each for each in waiting(bot.database_url) if read[each[0]][each[1]]]
    assert len(risked) == len({address for address, _ in risked})
    return Counter({(address, text): read[address][text] for address, text in risked})


def test_kills_amid_a_crowd_lose_and_double_nothing(
    telegram_bot: Bot, sim: TelegramSim, expected: list[str]
) -> None:
    """Everybody gets every answer in order and one case; only sends in flight come twice."""
    bot, chance = telegram_bot, random.Random(telegram_bot.database_url.partition(":")[0])
    crowd = {str(number): sim.person(number) for number in range(FIRST, FIRST + PEOPLE)}
    bot.start()
    risked: Counter[tuple[str, str]] = Counter()
    for kill in range(KILLS):
        acts = [(step, one) for step in STEPS[2 * kill : 2 * kill + 2] for one in crowd.values()]
        moment = chance.randrange(len(acts))
        for number, (step, citizen) in enumerate(acts):
            step.does(citizen)
            if number == moment:
                bot.kill()
                # The same may be in flight again, when the bot was killed before it sent anything.
                risked |= in_flight(bot, crowd)
        bot.start()
    wanted = PEOPLE * len(STEPS)
    until(lambda: sum(len(distinct(answers(one))) for one in crowd.values()) == wanted, PATIENCE)
    until(lambda: sim.pending == 0, PATIENCE)
    bot.stop()
    read = [answers(one) for one in crowd.values()]
    assert all([plain(shown) for shown in distinct(each)] == expected for each in read)
    assert sum(map(len, read)) - wanted == risked.total()
    left = kept(bot.database_url, bot.files)
    assert [case.topic for case in left.cases] == ["khac"] * PEOPLE
    assert len(left.consents) == PEOPLE
    assert (left.failed, left.unsent, left.sound) == ((), 0, True)
    bot.check_log(STORY, *crowd)
