"""What an operator types and reads: each command, each refusal, a start and a stop."""

import asyncio
import re
import shutil
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.acceptance.kept import kept
from tests.acceptance.running import PATIENCE, ROOT, STOP_SECONDS, Bot, until
from tests.fakes.telegram import TelegramSim
from tests.web.client import Client

INVITATION = re.compile(r"http://127\.0\.0\.1:\d+/\?start=(moi-[\w-]{24})")


@pytest.fixture
def sqlite_bot(tmp_path: Path) -> Iterator[Bot]:
    """A bot on SQLite, where the database makes no difference."""
    bot = Bot(tmp_path, f"sqlite:///{tmp_path / 'bot.db'}")
    yield bot
    bot.close()


def invitation(text: str) -> str:
    """The one invitation in a text."""
    (found,) = INVITATION.findall(text)
    return str(found)


async def redeem(bot: Bot, token: str) -> str:
    """What somebody reads who opens an invitation's link in a browser that was never here."""
    async with Client(bot.url) as client:
        await client.get("/")
        answer = await client.say({"type": "started", "payload": token})
        assert answer.status == 200, answer.text
        (message,) = answer.json["messages"]
        return str(message["text"])


# -- what has to be mended ------------------------------------------------------------------------

WRONG = """
colour = "red"
content = 5
[storage]
url = "mysql://somewhere"
lanes = 0
[channels.web]
port = "many"
[channels.telegram]
mode = "pigeon"
token = "12345:secret-in-a-file"
"""


@pytest.mark.parametrize("command", ["run", "check", "migrate", "invite", "verify"])
def test_wrong_settings_are_all_told(sqlite_bot: Bot, command: str) -> None:
    """Every wrong setting is told at once with its key and how to mend it; the status is 2."""
    sqlite_bot.settings.write_text(WRONG, "utf-8")
    ended = sqlite_bot.command(command)
    lines = ended.stderr.splitlines()
    keys = {line.removeprefix(f"{sqlite_bot.settings}: ").split(": ")[0] for line in lines}
    assert ended.returncode == 2
    assert keys == {
        "colour",
        "content",
        "storage.url",
        "storage.lanes",
        "channels.web.port",
        "channels.telegram.mode",
        "channels.telegram.token",
    }
    assert all(re.search(r": \S.* — \S", line) for line in lines)
    assert "secret-in-a-file" not in ended.stderr


def test_wrong_content_is_all_told(sqlite_bot: Bot, tmp_path: Path) -> None:
    """Faults in what the province edits are told at once, each with its file and place."""
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content)
    topic = content / "topics" / "hoc_phi.toml"
    topic.write_text(topic.read_text("utf-8").replace('kind = "commune"', 'kind = "comune"'))
    texts = content / "texts" / "en.toml"
    texts.write_text(texts.read_text("utf-8").replace("[menu]\nask =", "[menu]\naks ="))
    sqlite_bot.settings.write_text(f'content = "{content}"', "utf-8")
    for command in ("run", "check"):
        ended = sqlite_bot.command(command)
        assert ended.returncode == 2
        assert re.search(r"content/topics/hoc_phi\.toml: ask\[\d commune\]", ended.stderr)
        assert re.search(r"content/texts/en\.toml: menu\.ask: ", ended.stderr)
        assert all(" — " in line for line in ended.stderr.splitlines())


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_settings_that_are_not_there_are_not_replaced(sqlite_bot: Bot, name: str) -> None:
    """A wrong path after --config stops the start: nobody runs on other settings unknowingly."""
    sqlite_bot.settings = sqlite_bot.folder / name
    ended = sqlite_bot.command("run")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--config" in ended.stderr


def test_a_port_in_use_is_named(sqlite_bot: Bot) -> None:
    """When another program has the port, one line says so, and no invitation is wasted."""
    with socket.create_server(("127.0.0.1", sqlite_bot.port)):
        ended = sqlite_bot.command("run")
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert "channels.web.port" in line
    assert f"127.0.0.1:{sqlite_bot.port}" in line


def test_a_second_process_on_one_file_is_refused(sqlite_bot: Bot) -> None:
    """SQLite has one writer: a second process says so and goes; the first goes on."""
    sqlite_bot.start()
    second = Bot(sqlite_bot.folder, sqlite_bot.database_url)
    for command in ("run", "migrate"):
        ended = second.command(command)
        assert (ended.returncode, ended.stdout) == (2, "")
        (line,) = ended.stderr.splitlines()
        assert "bot.db" in line
    assert sqlite_bot.ready()
    sqlite_bot.stop()


# -- commands -------------------------------------------------------------------------------------


def test_migrate_names_what_it_did_once(web_bot: Bot) -> None:
    """The first time every migration is named, the second time there is nothing to do."""
    first, second = web_bot.command("migrate"), web_bot.command("migrate")
    assert (first.returncode, second.returncode) == (0, 0)
    names = sorted(path.stem for path in (ROOT / "storage" / "migrations").glob("*.sql"))
    assert [line.removesuffix(".sql") for line in first.stdout.splitlines()] == names
    assert second.stdout == ""


def test_check_finds_nothing_wrong_with_what_is_shipped(sqlite_bot: Bot) -> None:
    """The settings and content of this checkout are in order."""
    ended = sqlite_bot.command("check")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "ok" in ended.stdout


def test_an_invitation_makes_one_administrator(web_bot: Bot) -> None:
    """An invitation makes whoever uses it first an administrator; a second use is refused."""
    token = invitation(web_bot.command("invite").stdout)
    web_bot.start()
    joined = asyncio.run(redeem(web_bot, token))
    refused = asyncio.run(redeem(web_bot, token))
    made_up = asyncio.run(redeem(web_bot, "moi-AAAAAAAAAAAAAAAAAAAAAAAA"))
    web_bot.stop()
    assert "vai trò quản trị" in joined.splitlines()[0]
    assert refused == made_up
    assert "không đúng, đã dùng hoặc đã hết hạn" in refused
    assert kept(web_bot.database_url, web_bot.files).staff == ("administrator",)
    web_bot.check_log(token)


def test_the_first_start_invites_and_later_ones_do_not(sqlite_bot: Bot) -> None:
    """Standard output has the address and, until it is used, an invitation; nothing else."""
    sqlite_bot.start()
    address, invited = sqlite_bot.said.splitlines()
    assert address.endswith(sqlite_bot.url)
    assert "vai trò quản trị" in asyncio.run(redeem(sqlite_bot, invitation(invited)))
    sqlite_bot.stop()
    sqlite_bot.start()
    sqlite_bot.stop()
    assert sqlite_bot.said.splitlines()[2:] == [address]


GARBLED = {"message": {"message_id": 1, "date": 1, "chat": "nobody", "text": "Xin chào"}}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unreadable_update_is_kept_and_shown(telegram_bot: Bot, sim: TelegramSim) -> None:
    """An update nobody can read stops nobody, and can be listed and tried again."""
    bot = telegram_bot
    bot.start()
    number = sim.push_update(GARBLED)
    citizen = sim.person(70_030_001)
    citizen.starts()
    citizen.reads(30)
    until(lambda: sim.pending == 0, PATIENCE)
    bot.stop()
    listed = bot.command("replay")
    again = bot.command("replay", f"telegram:{number}")
    unknown = bot.command("replay", "telegram:1")
    assert listed.returncode == 0
    (line,) = listed.stdout.splitlines()
    assert line.startswith(f"telegram:{number}  20")
    assert "Xin chào" not in line
    assert (again.returncode, unknown.returncode) == (1, 1)
    assert "telegram:1" in unknown.stdout
    bot.check_log("Xin chào")


# -- a stop ---------------------------------------------------------------------------------------


def test_an_open_stream_does_not_hold_up_a_stop(web_bot: Bot) -> None:
    """A page that listens is let go at once when the operator stops the web_bot."""
    web_bot.start()
    page = HTTPConnection("127.0.0.1", web_bot.port, timeout=STOP_SECONDS)
    page.request("GET", "/")
    welcome = page.getresponse()
    welcome.read()
    cookie = str(welcome.headers["Set-Cookie"]).partition(";")[0]
    page.request("GET", "/chat/stream", headers={"Cookie": cookie})
    stream = page.getresponse()
    assert stream.status == 200
    assert b"hello" in stream.readline() + stream.readline()
    took = web_bot.stop()
    began = time.monotonic()
    while stream.readline():
        pass
    page.close()
    assert took + time.monotonic() - began < STOP_SECONDS
    web_bot.check_log()
