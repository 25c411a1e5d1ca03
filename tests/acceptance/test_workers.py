"""Several processes serve one PostgreSQL: what is said at one is heard at the other, once."""

import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from storage import open_store
from tests.acceptance.kept import kept
from tests.acceptance.likeness import Names
from tests.acceptance.on_the_web import OnTheWeb
from tests.acceptance.running import PATIENCE, WEBHOOK_SECRET, Bot, Telegram, until
from tests.acceptance.sides import Side
from tests.acceptance.stage import OnChannels, Running
from tests.acceptance.test_crowd import answers, distinct
from tests.fakes.telegram import FakeTelegram, SimPerson, TelegramSim
from tests.sealing import SEAL, install
from tests.telegram.payloads import Json
from tests.transcripts.saying import told_again

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

LEASE = 3.0
SOON = 4.0  # seconds: a heartbeat would bring it after 15, a look at all rows after 30
FIRST = 70_040_000
PEOPLE = 8
MESSAGES = 4  # that each of them sends without waiting for an answer
SLOW = 0.1  # seconds Telegram takes for an answer, so that something is in flight
ONCE = {"announcer", "board:telegram", "fetcher", "housekeeper", "poller:telegram"}
ONCE |= {"sender:telegram", "sender:web", "timers", "clerk", "lawkeeper", "maker"}


class Workers:
    """Two workers of one installation; the first to be started holds what runs once."""

    def __init__(self, folder: Path, database_url: str, telegram: Telegram | None = None) -> None:
        install(folder)
        homes = [folder / name for name in "ab"]
        for home in homes:
            home.mkdir()
        self.a, self.b = (
            Bot(home, database_url, telegram, home=folder, lease_seconds=LEASE) for home in homes
        )

    def start(self) -> None:
        """Start them one after the other."""
        self.a.start()
        until(lambda: bool(held(self.a)), PATIENCE)
        self.b.start()
        time.sleep(LEASE / 5)  # the first looks five times a second in a lease of that length

    def close(self) -> None:
        """Leave nothing behind."""
        self.a.close()
        self.b.close()


def held(bot: Bot) -> set[str]:
    """What a worker runs alone at this moment, by its own words."""
    parts: set[str] = set()
    for line in bot.log:
        if line["message"] == "part taken":
            parts.add(line["part"])
        elif line["message"] == "part left":
            parts.discard(line["part"])
    return parts


@pytest.fixture
def workers(sim: TelegramSim, database_url: str, tmp_path: Path) -> Iterator[Workers]:
    """Two workers that poll Telegram, not started yet."""
    both = Workers(tmp_path, database_url, Telegram.of(sim))
    yield both
    both.close()


@pytest.fixture
def hooked(sim: TelegramSim, database_url: str, tmp_path: Path) -> Iterator[Workers]:
    """Two workers to which Telegram brings its updates, not started yet."""
    both = Workers(tmp_path, database_url, Telegram.of(sim, webhook=True))
    yield both
    both.close()


@pytest.fixture
def on_the_web(database_url: str, tmp_path: Path) -> Iterator[Workers]:
    """Two workers with the web chat alone, which run."""
    both = Workers(tmp_path, database_url)
    both.start()
    yield both
    both.close()


# -- people at different workers ------------------------------------------------------------------

SCRIPT = """
@ citizen
! agreed
! sends hoc_phi Con tôi học lớp 3 mà vẫn phải đóng học phí, như vậy có đúng không?
< Mã ý kiến: PA-6Q4C-5MJ
@ officer
! staff officer so-gd-dt Lê Thị An
> /nhan PA-6Q4C-5MJ
@ citizen
@ officer
> /hoi PA-6Q4C-5MJ Trường thu khoản này theo thông báo nào?
> [Gửi câu hỏi]
@ citizen
> Thông báo ngày 15/9 của nhà trường
> [Xong, gửi bổ sung]
@ officer
"""


class OnWorkers(OnChannels):
    """A stage whose people have their pages open at different workers."""

    def __init__(self, bot: Running, script: str, pages: Mapping[str, str]) -> None:
        super().__init__(bot, FakeTelegram(), Names(script), lambda _: "web")
        self._pages = pages
        self.longest = 0.0
        """Seconds that the slowest news took from one to the other."""

    def _side(self, address: str) -> Side:
        return OnTheWeb(self._pages.get(address, self._bot.url))

    async def _rest(self) -> None:
        began = time.monotonic()
        await super()._rest()
        self.longest = max(self.longest, time.monotonic() - began)


@asynccontextmanager
async def stage_at(workers: Workers, script: str, who: str) -> AsyncIterator[OnWorkers]:
    """A stage at the first of the workers; only *who* is at the other."""
    store = await open_store(workers.a.database_url, seal=SEAL)
    stage = OnWorkers(Running(workers.a.url, store), script, {who: workers.b.url})
    try:
        yield stage
    finally:
        await stage.leave()
        await store.close()


async def test_people_at_different_workers_hear_each_other(on_the_web: Workers) -> None:
    """A citizen's page at one worker and an official's at another: all is heard, and soon."""
    async with stage_at(on_the_web, SCRIPT, "officer") as stage:
        said = "\n".join([line async for line in told_again(SCRIPT, stage)])
        assert stage.unread() == {}
    heard = said.split("@ ")
    assert "Cán bộ đã nhận xem xét ý kiến PA-6Q4C-5MJ" in heard[3]
    assert "cán bộ xin hỏi thêm: Trường thu khoản này" in heard[5]
    assert "PA-6Q4C-5MJ" in heard[6]
    assert stage.longest < SOON
    assert held(on_the_web.b) == set()
    on_the_web.a.stop()
    on_the_web.b.stop()


ADMINISTRATORS = """
@ an
! staff administrator * Trần Văn An
@ binh
! staff administrator * Trần Thị Bình
> /donvi sở y tế
> [Sửa địa chỉ]
> 103 Hùng Vương, phường Hải Châu
"""


async def test_what_is_changed_at_one_worker_is_so_at_the_other(on_the_web: Workers) -> None:
    """A unit's address changed by command at one worker is soon told at the other."""
    async with stage_at(on_the_web, ADMINISTRATORS, "binh") as stage:
        async for _ in told_again(ADMINISTRATORS, stage):
            pass
        end = time.monotonic() + SOON
        while "103 Hùng Vương" not in "".join(await stage.person("an").do("/donvi so-y-te")):
            assert time.monotonic() < end


# -- one sender -----------------------------------------------------------------------------------


def crowd(sim: TelegramSim) -> list[SimPerson]:
    """People who all agreed to the notice long ago, as far as they know."""
    return [sim.person(number) for number in range(FIRST, FIRST + PEOPLE)]


def all_write(people: list[SimPerson], first: int) -> None:
    """Everybody writes several messages at once, each answered by a question of its own number."""
    for number in range(first, first + MESSAGES):
        for person in people:
            person.says(f"Con đường thứ {number} bị ngập")


def answered(people: list[SimPerson], count: int) -> bool:
    """Whether everybody has *count* different answers."""
    return all(len(distinct(answers(person))) == count for person in people)


def repeats(people: list[SimPerson]) -> int:
    """How many answers came twice; never more than one to one person."""
    each = [len(answers(person)) - len(distinct(answers(person))) for person in people]
    assert max(each) <= 1, each
    return sum(each)


def sends(sim: TelegramSim) -> int:
    """How many messages were sent so far."""
    return len(sim.calls("sendMessage"))


def test_when_the_sender_is_killed_another_takes_over(workers: Workers, sim: TelegramSim) -> None:
    """Everybody gets every answer; only what was in flight comes twice; the next kill likewise."""
    workers.start()
    assert (held(workers.a), held(workers.b)) == (ONCE, set())
    people = crowd(sim)
    sim.ask("latency", seconds=SLOW)
    all_write(people, 0)
    until(lambda: sends(sim) > PEOPLE, PATIENCE)
    workers.a.kill()
    before, began = sends(sim), time.monotonic()
    until(lambda: sends(sim) > before, PATIENCE)
    assert time.monotonic() - began < LEASE + SOON
    until(lambda: answered(people, MESSAGES) and sim.pending == 0, PATIENCE)
    repeats(people)
    assert held(workers.b) == ONCE
    workers.b.stop()
    left = kept(workers.b.database_url, workers.b.files)
    assert (left.failed, left.unsent, left.sound) == ((), 0, True)


def test_a_sender_that_slept_sends_nothing_more(workers: Workers, sim: TelegramSim) -> None:
    """One is put to sleep amid its queue for longer than its lease: it wakes and lets go."""
    workers.start()
    people = crowd(sim)
    sim.ask("latency", seconds=SLOW)
    all_write(people, 0)
    until(lambda: sends(sim) > PEOPLE, PATIENCE)
    workers.a.pause()
    until(lambda: answered(people, MESSAGES), LEASE + PATIENCE)
    workers.a.go_on()
    until(lambda: not held(workers.a), SOON)
    all_write(people, MESSAGES)
    until(lambda: answered(people, 2 * MESSAGES) and sim.pending == 0, PATIENCE)
    repeats(people)
    assert held(workers.b) == ONCE
    assert workers.a.ready()  # it serves on
    workers.a.stop()
    workers.b.stop()
    workers.a.check_log()


# -- webhooks -------------------------------------------------------------------------------------


def bring(bot: Bot, update: Json) -> int:
    """The status of an update that a balancer brings to this worker."""
    connection = HTTPConnection("127.0.0.1", bot.port, timeout=10)
    try:
        headers = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}
        connection.request("POST", "/channels/telegram", json.dumps(update), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def update_of(person: SimPerson, number: int) -> Json:
    """An update as Telegram would bring it, of somebody who writes."""
    chat = {"id": person.id, "type": "private", "first_name": "Lan"}
    lan = {**chat, "is_bot": False}
    message = {"message_id": number, "from": lan, "chat": chat, "date": int(time.time())}
    return {"update_id": 900_000 + number, "message": {**message, "text": f"Việc {number}"}}


def test_every_worker_takes_what_telegram_brings(hooked: Workers, sim: TelegramSim) -> None:
    """Whichever a balancer chose, the answers come from the one sender, in their order."""
    hooked.start()
    assert len(sim.calls("setWebhook")) == 1
    lan = sim.person(FIRST)
    lan.starts()
    lan.reads(SOON)
    for number in range(1, 7):
        assert bring(hooked.b if number % 2 else hooked.a, update_of(lan, number)) == 200
    read = [lan.reads(SOON) for _ in range(6)]
    steps = [int(shown.buttons[0]["callback_data"].split(":")[1]) for shown in read]
    assert steps == sorted(steps)
    hooked.a.stop()
    until(lambda: len(sim.calls("setWebhook")) == 2, SOON)
    lan.says("Còn ai không?")
    lan.reads(SOON)
    hooked.b.stop()
    assert held(hooked.a) == held(hooked.b) == set()
