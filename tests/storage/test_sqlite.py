import asyncio
import inspect
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiosqlite
import pytest

from storage import migrate, open_store
from storage.database import StorageError, StorageTakenError, StorageUnavailableError, Store, Tx
from tests.sealing import SEAL

FILL = "INSERT INTO filling (bytes) VALUES (randomblob(?))"

HOLDER = """
import asyncio, sys
from storage import open_store
from tests.sealing import SEAL
async def main():
    await open_store(sys.argv[1], seal=SEAL)
    print("open", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def start(script: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Run a script as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database that is not there yet, in a folder that is not either."""
    return f"sqlite:///{tmp_path}/data/bot.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An empty SQLite store."""
    store = await open_store(url, seal=SEAL)
    yield store
    await store.close()


async def test_aiosqlite_still_lends_its_thread() -> None:
    """The two private names of aiosqlite that storage uses are there and mean what they meant."""
    assert list(inspect.signature(aiosqlite.Connection._execute).parameters)[:3] == [  # noqa: SLF001 - the test is about it
        "self",
        "fn",
        "args",
    ]
    async with aiosqlite.connect(":memory:") as connection:

        def work(word: str) -> tuple[str, int]:
            return word, connection._conn.execute("SELECT 1").fetchone()[0]  # noqa: SLF001 - the same

        answer = await connection._execute(work, "word")  # type: ignore[no-untyped-call] # noqa: SLF001 - the same
        assert answer == ("word", 1)


async def test_what_is_committed_is_durable(store: Store) -> None:
    """The writing connection waits for the disk, checks references and keeps a log."""

    def settings(tx: Tx) -> list[object]:
        names = ("synchronous", "foreign_keys", "busy_timeout", "journal_mode")
        return [tx.rows(f"PRAGMA {name}")[0][0] for name in names]

    assert await store.run(settings) == [2, 1, 5000, "wal"]


async def test_files_are_their_owners_alone(store: Store, tmp_path: Path) -> None:
    """Nobody else on the machine may read the database or list its folder."""
    await store.run(lambda tx: tx.do("CREATE TABLE some (thing BIGINT)"))
    folder = tmp_path / "data"
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert set(modes) >= {"bot.db", "bot.db-wal"}
    assert set(modes.values()) == {0o600}


async def test_a_relative_address_is_a_file_of_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three slashes are a path from where the program runs."""
    monkeypatch.chdir(tmp_path)
    assert await migrate("sqlite:///here.db", SEAL)
    assert (tmp_path / "here.db").exists()


async def test_an_address_of_nothing_is_explained() -> None:
    """An address of no known kind names the kinds there are."""
    for url in ("mysql://there", "sqlite:///", "bot.db"):
        with pytest.raises(StorageError, match="postgresql://"):
            await open_store(url, seal=SEAL)


async def test_a_second_writer_is_refused_until_the_first_is_killed(url: str) -> None:
    """A second process gets a clear error; a SIGKILL of the first lets it in at once."""
    with start(HOLDER, url) as holder:
        assert holder.stdout is not None
        assert await asyncio.to_thread(holder.stdout.readline) == b"open\n"
        with pytest.raises(StorageTakenError, match=r"bot\.db"):
            await migrate(url, SEAL)
        holder.kill()
        holder.wait()
    assert await migrate(url, SEAL) == []


async def test_a_refused_second_writer_does_not_loosen_the_first(store: Store, url: str) -> None:
    """Being refused in the same process leaves the holder holding and writing."""
    for _ in range(2):
        with pytest.raises(StorageTakenError):
            await migrate(url, SEAL)
    assert await store.run(lambda tx: tx.row("SELECT 1")) == (1,)


async def test_a_full_disk_loses_nothing_that_was_acknowledged(store: Store) -> None:
    """When the disk is full, every caller hears it, no `failed` runs, and what was stored stays."""
    await store.run(lambda tx: tx.do("CREATE TABLE filling (bytes BLOB)"))
    pages = await store.run(lambda tx: tx.rows("PRAGMA page_count")[0][0])
    await store.run(lambda tx: tx.rows(f"PRAGMA max_page_count = {pages + 300}"))
    excuses: list[Exception] = []

    def failed(tx: Tx, error: Exception) -> int:
        excuses.append(error)
        return 0

    outcomes: list[int | BaseException] = []
    for _ in range(40):
        outcomes += await asyncio.gather(
            *(store.run(lambda tx: tx.do(FILL, (3000,)), failed=failed) for _ in range(20)),
            return_exceptions=True,
        )
    stored = sum(outcome == 1 for outcome in outcomes)
    errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert 0 < stored < 800
    assert {type(error) for error in errors} == {StorageUnavailableError}
    assert len(errors) + stored == 800
    assert not excuses
    assert await store.read(lambda tx: tx.row("SELECT COUNT(*) FROM filling")) == (stored,)
    await store.run(lambda tx: tx.rows("PRAGMA max_page_count = 100000"))
    assert await store.run(lambda tx: tx.do(FILL, (3000,))) == 1


async def test_a_swallowed_full_disk_is_not_believed(store: Store) -> None:
    """A unit that catches the database's own error still fails when its transaction is gone."""

    def end(tx: Tx) -> str:
        tx.do("CREATE TABLE gone (thing BIGINT)")
        tx.do("ROLLBACK")  # what SQLite does by itself after some errors
        return "all is well"

    with pytest.raises(StorageUnavailableError):
        await store.run(end)
    assert await store.run(lambda tx: tx.row("SELECT 1")) == (1,)


async def test_what_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    """A file of something else stops the start and stays as it is."""
    path = tmp_path / "bot.db"
    path.write_bytes(b"something else entirely, longer than a header " * 10)
    with pytest.raises(StorageError, match=r"bot\.db"):
        await open_store(f"sqlite:///{path}", seal=SEAL)
    assert path.read_bytes().startswith(b"something else")


async def test_a_folder_is_no_database_and_is_left_alone(tmp_path: Path) -> None:
    """An address that names a folder stops the start, and nobody is shut out of the folder."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(StorageUnavailableError, match="shared is not a file"):
        await open_store(f"sqlite:///{folder}", seal=SEAL)
    assert folder.stat().st_mode & 0o777 == 0o777
