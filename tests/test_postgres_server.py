import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.postgres_server import PostgresError, fresh_database, postgres_server

ROOT = Path(__file__).parents[1]
KEEP_A_SERVER = """
import time
from tests.postgres_server import postgres_server
with postgres_server() as url:
    print(url, flush=True)
    time.sleep(60)
"""


def folder_of(url: str) -> Path:
    """The folder that holds the server behind the URL."""
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def answer(url: str, question: str) -> object:
    """The first column of the first row of the answer."""
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def process_of(url: str) -> int:
    """The id of the process that serves the URL."""
    return int((folder_of(url) / "data" / "postmaster.pid").read_text().split()[0])


def is_running(process: int) -> bool:
    """Whether a process of this id is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_server_answers_and_leaves_nothing() -> None:
    """A server answers inside its block; after it neither its process nor its folder is left."""
    with postgres_server() as url:
        assert answer(url, "SELECT 1") == 1
        assert answer(url, "SHOW fsync") == "off"
        assert answer(url, "SHOW listen_addresses") == ""
        process = process_of(url)
    assert not is_running(process)
    assert not folder_of(url).exists()


def test_durable_server_waits_for_the_disk() -> None:
    """A durable server keeps PostgreSQL's own settings of what a commit waits for."""
    with postgres_server(durable=True) as url:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            assert answer(url, f"SHOW {setting}") == "on"


def test_server_runs_without_user_namespaces(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where `unshare` can't be had, root's server runs as nobody and is removed all the same."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with postgres_server() as url:
        assert answer(url, "SELECT 1") == 1
        assert (folder_of(url) / "data").stat().st_uid != 0
    assert not folder_of(url).exists()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_server_ends_with_its_user(end: signal.Signals) -> None:
    """A server stops and is removed when who uses it is interrupted, ended or killed."""
    user = subprocess.Popen(
        [sys.executable, "-c", KEEP_A_SERVER],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with user:
        assert user.stdout is not None
        url = user.stdout.readline().strip()
        process = process_of(url)
        user.send_signal(end)
    deadline = time.monotonic() + 10
    while folder_of(url).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not folder_of(url).exists()
    assert not is_running(process)


def test_server_says_why_it_cannot_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder without PostgreSQL in PG_BIN is named in the error."""
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(PostgresError, match=f"{tmp_path} has no initdb"), postgres_server():
        pass


def test_server_that_stops_at_its_start_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the server itself refuses, the error carries its own words."""
    with TemporaryDirectory() as name:  # tmp_path would be closed to "nobody"
        folder = Path(name)
        for program, does in {"initdb": "exit 0", "postgres": "echo out of coffee; exit 1"}.items():
            (folder / program).write_text(f"#!/bin/sh\n{does}\n")
            (folder / program).chmod(0o755)
        folder.chmod(0o755)
        monkeypatch.setenv("PG_BIN", name)
        with pytest.raises(PostgresError, match="out of coffee"), postgres_server():
            pass


def test_fresh_databases_are_strangers(postgres: str) -> None:
    """A table made in one database is not in the next, and a database goes with its block."""
    with fresh_database(postgres) as first, fresh_database(postgres) as second:
        with psycopg.connect(first) as connection:
            connection.execute("CREATE TABLE people (id int)")
        assert answer(first, "SELECT to_regclass('people') IS NOT NULL") is True
        assert answer(second, "SELECT to_regclass('people') IS NULL") is True
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(first)


def test_database_url_is_an_empty_database(database_url: str) -> None:
    """Each test gets a database of its own on each engine, and its URL names the engine."""
    scheme, _, rest = database_url.partition("://")
    if scheme == "sqlite":
        assert not Path(rest.removeprefix("/")).exists()
    else:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert answer(database_url, tables) == 0
