"""`python -m bot verify`, as an auditor uses it, over a database somebody had in hand."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from storage import log, open_store, people, tickets
from storage.database import Tx
from tests.acceptance.running import Bot
from tests.sealing import SEAL
from tests.storage.samples import NOW, SECRET, addition, case

WHOLE = "3 ý kiến, 2 mục nhật ký"


def fill(database_url: str) -> None:
    """Three cases of two entries each, and two entries of the log."""

    def live(tx: Tx) -> None:
        contact = people.contact(tx, "web", "a", NOW).id
        for code in ("PA-1", "PA-2", "PA-3"):
            tickets.open(tx, contact, case(code), NOW, SECRET)
            tickets.add_note(tx, contact, addition("Tôi không đồng ý", code), NOW)
        for number in (1, 2):
            log.append(tx, "refused", {"number": number}, actor="contact:1", now=NOW)

    async def write() -> None:
        store = await open_store(database_url, seal=SEAL)
        await store.run(live)
        await store.close()

    asyncio.run(write())


def tamper(database_url: str, statement: str) -> None:
    """Change the database behind the program's back, without any of its guards."""
    if not database_url.startswith("sqlite"):
        with psycopg.connect(database_url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement.encode())
        return
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file, file:
        file.execute("PRAGMA foreign_keys = OFF")
        for table in ("history", "log"):
            file.execute(f"DROP TRIGGER IF EXISTS {table}_is_never_updated")
            file.execute(f"DROP TRIGGER IF EXISTS {table}_is_never_deleted")
        file.execute(statement)


@pytest.fixture
def filled(web_bot: Bot) -> Bot:
    """A bot that does not run, whose database has cases and a log."""
    fill(web_bot.database_url)
    return web_bot


def test_a_whole_database_is_said_to_be_whole(filled: Bot) -> None:
    """With nothing changed, one line counts what was looked at; the status is 0."""
    ended = filled.command("verify")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{WHOLE}: toàn vẹn.\n", "")


def test_a_running_bot_is_verified_too(filled: Bot) -> None:
    """An auditor need not stop the bot, and does not disturb it."""
    filled.start()
    ended = filled.command("verify")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert filled.ready()
    filled.stop()


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        (
            "UPDATE history SET actor = 'contact:9' WHERE ticket_id = 2 AND seq = 2",
            "PA-2, mục 2: mục này đã bị sửa",
        ),
        ("DELETE FROM history WHERE ticket_id = 3 AND seq = 1", "PA-3, mục 1: thiếu mục này"),
        (
            "UPDATE notes SET words = 'Tôi đồng ý' WHERE ticket_id = 1 AND seq = 2",
            "PA-1, mục 2: lời ghi kèm mục này đã bị sửa",
        ),
        (
            "DELETE FROM tickets WHERE id = 2",
            "ý kiến số 2 trong cơ sở dữ liệu, mục 1: còn mục này nhưng ý kiến đã mất",
        ),
        (
            "DELETE FROM log WHERE seq = 2",
            "nhật ký, mục 2: từ mục này trở đi, phần cuối đã bị bớt hoặc thêm",
        ),
        ("UPDATE log SET data = '{}' WHERE seq = 1", "nhật ký, mục 1: mục này đã bị sửa"),
    ],
)
def test_a_tampered_row_is_named(filled: Bot, statement: str, line: str) -> None:
    """Who changes a row past every guard is found out: which case, which entry, what; status 1."""
    tamper(filled.database_url, statement)
    ended = filled.command("verify")
    first, last = ended.stdout.splitlines()
    assert (ended.returncode, first, ended.stderr) == (1, line, "")
    assert last.endswith(": KHÔNG toàn vẹn.")


def test_every_broken_case_is_named(filled: Bot) -> None:
    """The extent is told, not the first break alone."""
    tamper(filled.database_url, "UPDATE history SET at = at + 1 WHERE seq = 2")
    tamper(filled.database_url, "UPDATE log SET at = at + 1")
    told = filled.command("verify").stdout.splitlines()
    assert [line.partition(":")[0] for line in told] == [
        "PA-1, mục 2",
        "PA-2, mục 2",
        "PA-3, mục 2",
        "nhật ký, mục 1",
        WHOLE,
    ]


def test_no_database_is_not_a_whole_one(web_bot: Bot, tmp_path: Path) -> None:
    """An empty or missing database is refused with status 2, and none is made."""
    ended = web_bot.command("verify")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert not (tmp_path / "bot.db").exists()
