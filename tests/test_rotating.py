"""Master keys that take over, are killed in the middle, and what a backup is worth afterwards."""

import asyncio
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import rotating
from bot.app import open_app
from bot.cli import FAULTS, main
from bot.config import Config, ConfigFaultsError, StorageConfig
from bot.keyring import fresh_master, load_seal, masters, write_masters
from bot.rotating import rotate
from bot.secret import Secret
from storage import keys, open_store, people, sessions
from storage import masters as known
from storage.database import Row, StorageTakenError, Store, Tx
from storage.seal import Seal, SealBrokenError
from tests.sealing import PEOPLE, SECRET, install
from tests.storage.samples import NOW

PERSONS = 30
MASTERS = "SELECT DISTINCT master FROM keys WHERE ring = 'people' ORDER BY master"


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """An installation with keys of its own."""
    install(tmp_path)
    return Config(
        storage=StorageConfig(url=SecretStr(database_url), files=tmp_path / "files"),
        secret_file=tmp_path / "secret",
        keys_file=tmp_path / "keys",
        denunciation_keys_file=tmp_path / "keys-denunciations",
    )


def seal_of(config: Config) -> Seal:
    """The seal as a process that starts now has it."""
    return load_seal(config, Secret(SECRET.encode()))


async def opened(config: Config) -> Store:
    """The database as a process that starts now has it."""
    return await open_store(config.storage.url.get_secret_value(), seal=seal_of(config))


def talk(tx: Tx, number: int) -> None:
    """Somebody says something, and their name."""
    contact = sessions.open(tx, "web", f"a{number}", NOW).contact_id
    people.describe(tx, contact, name=f"Người số {number}")
    sessions.save(tx, contact, f"lời số {number}", NOW)


def heard(tx: Tx, number: int) -> tuple[str, str]:
    """What they said, and their name."""
    opened = sessions.open(tx, "web", f"a{number}", NOW)
    return opened.state, people.person(tx, opened.contact_id).name


@pytest.fixture
async def filled(config: Config) -> Config:
    """An installation that some people talked to; it does not run."""
    store = await opened(config)
    for number in range(PERSONS):
        await store.run(partial(talk, number=number))
    await store.close()
    return config


async def check(config: Config) -> None:
    """All is there, by one master key, which is all the key file has."""
    store = await opened(config)
    for number in range(PERSONS):
        told = await store.run(partial(heard, number=number))
        assert told == (f"lời số {number}", f"Người số {number}")
    [master] = masters(config.keys_file)
    assert await store.read(lambda tx: tx.rows(MASTERS)) == [(master.name,)]
    assert master.name != PEOPLE.name
    await store.close()
    assert stat.S_IMODE(config.keys_file.stat().st_mode) == 0o600
    assert {path.name for path in config.keys_file.parent.iterdir()} >= {"keys", "secret"}
    assert not list(config.keys_file.parent.glob(".keys.*"))


async def test_a_new_master_key_takes_over(filled: Config) -> None:
    """Afterwards everything opens, and the old master key is nowhere."""
    before = filled.denunciation_keys_file.read_text()
    told = await rotate(filled, "people")
    assert PEOPLE.name in told
    await check(filled)
    assert PEOPLE.raw.hex() not in filled.keys_file.read_text()
    assert filled.denunciation_keys_file.read_text() == before


class KilledError(Exception):
    """The process ends here."""


STEPS = [
    ("write_masters", 1),
    ("rewrap", 1),
    ("rewrap", 3),
    ("forbid", 1),
    ("retire", 1),
    ("write_masters", 2),
]


@pytest.mark.parametrize(("step", "time"), STEPS)
@pytest.mark.parametrize("after", [False, True])
async def test_a_kill_anywhere_is_gone_on_from(
    filled: Config, monkeypatch: pytest.MonkeyPatch, step: str, time: int, *, after: bool
) -> None:
    """Killed before or after any step, everything opens at once, and the next run ends it."""
    where = rotating if step == "write_masters" else known
    real: Callable[..., object] = getattr(where, step)
    count = 0

    def dying(*args: object, **given: object) -> object:
        nonlocal count
        count += 1
        if count == time and not after:
            raise KilledError
        value = real(*args, **given)
        if count == time:
            raise KilledError
        return value

    with monkeypatch.context() as killed:
        killed.setattr(known.rewrap, "__defaults__", (10,))
        killed.setattr(where, step, dying)
        with pytest.raises(KilledError):
            await rotate(filled, "people")
    assert count == time
    store = await opened(filled)
    assert await store.run(partial(heard, number=PERSONS - 1)) == ("lời số 29", "Người số 29")
    await store.run(partial(talk, number=0))
    await store.close()
    await rotate(filled, "people")
    await check(filled)


async def test_running_workers_go_on(filled: Config) -> None:
    """Beside a rotation new people come and old ones go on; on SQLite the bot must be stopped."""
    worker = await opened(filled)
    before = filled.keys_file.read_text()
    if worker.engine == "sqlite":
        with pytest.raises(StorageTakenError):
            await rotate(filled, "people")
        assert filled.keys_file.read_text() == before
        await worker.close()
        return
    done = asyncio.Event()
    new = PERSONS

    async def work() -> None:
        nonlocal new
        while not done.is_set():
            number, new = new, new + 1
            await worker.run(partial(talk, number=number), key=number)
            await worker.run(partial(heard, number=number % PERSONS), key=number)

    working = asyncio.gather(*(work() for _ in range(3)))
    await asyncio.sleep(0.1)
    await rotate(filled, "people")
    await asyncio.sleep(0.1)
    done.set()
    await working
    await worker.close()
    assert new > PERSONS
    await check(filled)
    store = await opened(filled)
    for number in range(PERSONS, new):
        assert await store.run(partial(heard, number=number)) == (
            f"lời số {number}",
            f"Người số {number}",
        )
    await store.close()


async def test_a_worker_that_has_not_heard_makes_no_key_by_an_old_one(filled: Config) -> None:
    """A retired master key wraps nothing more, also of one who meets nothing of the new one."""
    stale = seal_of(filled)
    await rotate(filled, "people")
    store = await open_store(filled.storage.url.get_secret_value(), seal=stale)
    await store.run(partial(talk, number=99))
    await store.close()
    await check(filled)


async def test_it_is_prepared_for_other_machines(filled: Config) -> None:
    """First only the file has the new key, to be copied; both then open everything."""
    await rotate(filled, "people", prepare=True)
    first, second = masters(filled.keys_file)
    assert second == PEOPLE
    assert first.name in await rotate(filled, "people", prepare=True)
    store = await opened(filled)
    assert await store.run(partial(heard, number=3)) == ("lời số 3", "Người số 3")
    await store.close()
    await rotate(filled, "people")
    assert masters(filled.keys_file) == (first,)
    await check(filled)


async def test_another_key_file_is_refused_in_words(filled: Config) -> None:
    """Without the master key the database needs, nothing starts and nothing is rotated."""
    write_masters(filled.keys_file, [fresh_master("people")])
    with pytest.raises(ConfigFaultsError, match=PEOPLE.name):
        await rotate(filled, "people")
    with pytest.raises(ConfigFaultsError, match="tệp không có"):
        async with open_app(filled):
            pass


COPY = "CREATE TABLE backup AS SELECT * FROM keys"
TEXTS = "SELECT c.id, s.state FROM contacts c JOIN sessions s ON s.contact_id = c.id ORDER BY c.id"
RESTORE = ("DELETE FROM keys", "INSERT INTO keys SELECT * FROM backup")


async def test_who_was_erased_cannot_be_read_from_a_backup(filled: Config) -> None:
    """After a rotation no backup opens by itself; with today's keys all but the erased do."""
    old_seal = seal_of(filled)
    store = await opened(filled)
    backup: list[Row] = await store.run(lambda tx: (tx.do(COPY), tx.rows(TEXTS))[1])
    gone = await store.run(lambda tx: sessions.open(tx, "web", "a7", NOW).contact_id)
    assert await store.run(lambda tx: keys.destroy(tx, f"contact:{gone}")) == 1
    await store.close()
    await rotate(filled, "people")
    store = await opened(filled)

    def shown(tx: Tx) -> dict[int, str]:
        return {contact: keys.show(tx, state) for contact, state in backup}

    def with_its_own_keys(tx: Tx) -> dict[int, str]:
        for statement in RESTORE:
            tx.do(statement)
        return shown(tx)

    with pytest.raises(SealBrokenError):
        await store.run(with_its_own_keys)
    told = await store.read(shown)
    assert told.pop(gone) == ""
    assert sorted(told.values()) == sorted(f"lời số {n}" for n in range(PERSONS) if n != 7)
    await store.close()
    # What must not be kept: the backup together with the key file of its day.
    lax = await open_store(filled.storage.url.get_secret_value(), seal=old_seal)
    assert (await lax.run(with_its_own_keys))[gone] == "lời số 7"
    await lax.close()


def test_check_says_what_is_wrong_with_key_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key file that others may read, or that is none, is told with how to mend it."""
    install(tmp_path)
    path = tmp_path / "config.toml"
    path.write_text(
        f'content = "content"\nsecret_file = "{tmp_path}/secret"\nkeys_file = "{tmp_path}/keys"\n'
        f'denunciation_keys_file = "{tmp_path}/keys-denunciations"\n'
    )
    for name in ("secret", "keys", "keys-denunciations"):
        (tmp_path / name).chmod(0o600)
    assert main(["--config", str(path), "check"]) == 0
    (tmp_path / "keys").chmod(0o640)
    (tmp_path / "keys-denunciations").write_text("Xin chào")
    assert main(["--config", str(path), "check"]) == FAULTS
    told = capsys.readouterr().err
    assert f"chmod 600 {tmp_path}/keys" in told
    assert "không phải tệp khóa" in told


async def test_another_secret_is_refused_at_the_start(config: Config) -> None:
    """A secret the database was not begun with finds nobody: the start says so."""
    async with open_app(config):
        pass
    config.secret_file.write_text("another secret, which is just as long", "utf-8")
    with pytest.raises(ConfigFaultsError, match="không phải bí mật của cơ sở dữ liệu này"):
        async with open_app(config):
            pass
    config.secret_file.write_text(SECRET, "utf-8")
    async with open_app(config):
        pass
