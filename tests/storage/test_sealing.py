"""What was written before there was a seal: by hand, as the sixth migration left it."""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from storage import (
    files,
    inbox,
    log,
    members,
    migrations,
    open_store,
    outbox,
    people,
    sealing,
    sessions,
)
from storage.blobs import Blobs
from storage.database import Row, Store, Tx
from storage.sealed_bytes import sealed
from storage.sealing_files import seal_old_files
from tests.sealing import SEAL
from tests.storage.samples import NOW

SECRETS = ("Lò Thị Mẩy", "0912345678", "70001", "Nước suối bị đục", "đơn của Mẩy.pdf", "-100777")
PNG = b"\x89PNG\r\n\x1a\n" + b"Lo Thi May" * 50
DIGEST = hashlib.sha256(PNG).hexdigest()
ROWS = Path(__file__).with_name("before_the_seal.sql").read_text("utf-8")
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


@pytest.fixture
async def old(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a database of before."""
    before = migrations.shipped()[:6]
    with monkeypatch.context() as then:
        then.setattr(migrations, "shipped", lambda: before)
        then.setattr(sealing, "seal_old", lambda _: False)
        store = await open_store(database_url, seal=SEAL)

        def write(tx: Tx) -> None:
            log.append(tx, "invited", {}, actor="contact:1", now=NOW)
            for statement in ROWS.replace("{digest}", DIGEST).split(";\n")[:-1]:
                tx.do(statement)

        await store.run(write)
        await store.close()
    return database_url


def everything(tx: Tx, engine: str) -> str:
    """All values of all tables."""
    tables = [row[0] for row in tx.rows(TABLES[engine])]
    return "\n".join(
        repr(row)
        for table in tables
        for row in tx.rows(f"SELECT * FROM {table}")  # noqa: S608 - the database's own names
    )


def on_disk(folder: Path) -> bytes:
    """All files below a folder, one after the other."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def check(store: Store) -> None:
    """Nothing is plain, and everything opens as it was."""
    found = await store.read(partial(everything, engine=store.engine))
    assert [secret for secret in SECRETS if secret in found] == []

    def look(tx: Tx) -> None:
        opened = sessions.open(tx, "telegram", "70001", NOW)
        assert opened == (1, '{"said":"Nước suối bị đục"}', True)
        assert people.find(tx, "telegram", "-70001") == (1, 1, True)
        assert people.address(tx, 1) == ("telegram", "70001")
        assert people.person(tx, 1) == ("Lò Thị Mẩy", "0912345678", "vi")
        [due] = outbox.due(tx, "telegram", NOW, 0, 9)
        assert (due.address, due.payload) == ("70001", "Đã ghi: Nước suối bị đục")
        failed = inbox.failed(tx, "telegram:1")
        assert failed is not None
        assert (failed.raw, failed.event) == ("raw 0912345678", "event 0912345678")
        file = files.get(tx, "telegram:A")
        assert file is not None
        assert file.name == "đơn của Mẩy.pdf"
        entry = log.get(tx, 1)
        assert entry is not None
        assert entry.words == "Nước suối bị đục"
        assert members.name_of(tx, members.actor(1)) == "Lò Thị Mẩy"
        words = tx.rows("SELECT words FROM ticket_words ORDER BY rowid")
        assert words == [("khoi0 vung0 goi thua 123",), ("khoi0 vung0 nuoc suoi",)]

    await store.run(look)


async def test_a_database_of_before_comes_up_sealed(old: str, tmp_path: Path) -> None:
    """At the first start all of it is sealed, conversations go on, and no place keeps a trace."""
    store = await open_store(old, seal=SEAL)
    await check(store)
    if old.startswith("sqlite"):
        bytes_ = on_disk(tmp_path)
        assert len(bytes_) > 100_000
        assert [secret for secret in SECRETS if secret.encode() in bytes_] == []
    await store.close()


@pytest.mark.parametrize("kill", [1, 4, 9, 15])
async def test_a_kill_in_the_middle_is_gone_on_from(
    old: str, monkeypatch: pytest.MonkeyPatch, kill: int
) -> None:
    """Stopped after any slice, the next start seals the rest."""
    monkeypatch.setattr(sealing, "SLICE", 1)
    hide: Callable[..., None] = sealing._hide  # noqa: SLF001 - where the kill comes
    count = 0

    def killed(tx: Tx, plain: sealing.Plain, key: Row, holder: str, texts: Row) -> None:
        nonlocal count
        count += 1
        if count == kill:
            raise KeyboardInterrupt
        hide(tx, plain, key, holder, texts)

    with monkeypatch.context() as dying:
        dying.setattr(sealing, "_hide", killed)
        with pytest.raises(KeyboardInterrupt):
            await open_store(old, seal=SEAL)
    store = await open_store(old, seal=SEAL)
    await check(store)
    await store.close()
    assert count == kill


async def test_it_is_done_once(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start looks through nothing."""
    await (await open_store(old, seal=SEAL)).close()
    monkeypatch.setattr(sealing, "PLAIN", ())
    store = await open_store(old, seal=SEAL)
    await check(store)
    await store.close()


async def test_plain_files_are_sealed(old: str, tmp_path: Path) -> None:
    """Files of before are sealed and named anew; what a kill left beside them goes."""
    root = tmp_path / "files"
    plain = root / DIGEST[:2] / DIGEST[2:4] / DIGEST
    loose = root / "cd" / "cd" / ("cd" * 32)
    for path in (plain, loose):
        path.parent.mkdir(parents=True)
        path.write_bytes(PNG)
    store = await open_store(old, seal=SEAL)
    assert await seal_old_files(store, root) == 1
    assert await seal_old_files(store, root) == 0
    left = [path for path in root.rglob("*") if path.is_file()]
    assert [path.name for path in left] == [SEAL.key(DIGEST)]
    assert sealed(left[0])
    blobs = Blobs(root, store)

    def find(tx: Tx) -> tuple[bytes, str]:
        here, lost = files.get(tx, "telegram:A"), files.get(tx, "telegram:B")
        assert here is not None
        assert lost is not None
        with blobs.sealed(tx, here.sha256).open() as file:
            return file.read(), lost.sha256

    assert await store.read(find) == (PNG, SEAL.key("ab" * 32))
    await store.close()
