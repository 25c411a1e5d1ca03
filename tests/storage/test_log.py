import asyncio
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import log, open_readers, open_store
from storage.chain import Break
from storage.database import StorageError, Store, Tx
from tests.sealing import SEAL
from tests.storage.samples import NOW, SECOND

TRIGGERS = {
    "sqlite": ("DROP TRIGGER log_is_never_updated", "DROP TRIGGER log_is_never_deleted"),
    "postgresql": ("ALTER TABLE log DISABLE TRIGGER USER",),
}
COLUMNS = {
    "log": ("at", "actor", "kind", "subject", "data", "prev", "hash"),
    "log_notes": ("salt", "words"),
    "log_head": ("entries", "head"),
}
NUMBERS = {"at", "entries"}
PLACES = [(table, column) for table, columns in COLUMNS.items() for column in columns]
TAMPERINGS = [
    (("UPDATE log SET subject = 'contact:9' WHERE seq = 2",), Break(2, "changed")),
    (("DELETE FROM log_notes WHERE seq = 2", "DELETE FROM log WHERE seq = 2"), Break(2, "missing")),
    (("DELETE FROM log_notes WHERE seq = 4", "DELETE FROM log WHERE seq = 4"), Break(4, "end")),
    (("UPDATE log_head SET entries = 3",), Break(5, "end")),
    (("DELETE FROM log_head",), Break(5, "end")),
    (("UPDATE log_notes SET words = 'Lời khác' WHERE seq = 4",), Break(4, "words")),
    (("INSERT INTO log_notes (seq, salt, words) VALUES (1, '', '')",), Break(1, "words")),
    (("DELETE FROM log_notes", "DELETE FROM log"), Break(1, "end")),
]


def write(tx: Tx) -> None:
    """Four entries, every second one with words."""
    for number in range(1, 5):
        log.append(
            tx,
            "refused" if number % 2 else "invited",
            {"action": "assign", "number": number},
            actor="contact:1",
            now=NOW + number * SECOND,
            subject=f"contact:{number % 2}",
            words="" if number % 2 else f"Lý do {number}",
        )


@pytest.fixture
async def written(store: Store) -> Store:
    """A store whose log has four entries."""
    await store.run(write)
    return store


def tamper(tx: Tx, engine: str, *statements: str) -> None:
    """Change the database as somebody would who has it in hand."""
    for statement in (*TRIGGERS[engine], *statements):
        tx.do(statement)


async def test_entries_are_told_newest_first_and_in_pages(written: Store) -> None:
    """A page has the newest entries before a number, all or those about one subject."""
    newest, before = await written.read(partial(log.entries, limit=2))
    assert (newest.seq, newest.at, newest.actor) == (4, NOW + 4 * SECOND, "contact:1")
    assert (newest.kind, newest.subject, newest.words) == ("invited", "contact:0", "Lý do 4")
    assert newest.data["number"] == 4
    assert (before.seq, before.words) == (3, None)
    older = await written.read(partial(log.entries, before=before.seq, limit=9))
    assert [entry.seq for entry in older] == [2, 1]
    about = await written.read(partial(log.entries, limit=9, subject="contact:1"))
    assert [entry.seq for entry in about] == [3, 1]
    assert await written.read(partial(log.get, seq=4)) == newest
    assert await written.read(partial(log.get, seq=5)) is None
    assert await written.read(log.size) == 4


async def test_an_untouched_log_is_whole(store: Store) -> None:
    """The log is verified from its first entry to the one its head names, also when empty."""
    assert await store.read(log.verify) is None
    await store.run(write)
    assert await store.read(log.verify) is None


async def test_a_log_of_many_pieces_is_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log longer than what is read at once is one chain."""
    monkeypatch.setattr(log, "SLICE", 3)
    await store.run(write)
    await store.run(write)
    assert await store.read(log.verify) is None


async def test_entries_of_several_workers_make_one_chain(store: Store) -> None:
    """Whoever appends at the same moment waits, so numbers have no gap and the chain no fork."""
    await asyncio.gather(*(store.run(write, key=key) for key in range(12)))
    assert await store.read(log.size) == 48
    assert await store.read(log.verify) is None


@pytest.mark.parametrize("statement", ["UPDATE log SET actor = 'x'", "DELETE FROM log"])
async def test_the_database_itself_refuses_to_change_the_log(
    written: Store, statement: str
) -> None:
    """No statement of the program can change or remove an entry, however it is written."""
    with pytest.raises(Exception, match="log only grows"):
        await written.run(lambda tx: tx.do(statement))
    assert await written.read(log.verify) is None


@pytest.mark.parametrize(("statements", "found"), TAMPERINGS)
async def test_tampering_is_found(
    written: Store, statements: tuple[str, ...], found: Break
) -> None:
    """Who gets round the database's own guard is found out: where, and what."""
    await written.run(lambda tx: tamper(tx, written.engine, *statements))
    assert await written.read(log.verify) == found


class UndoneError(Exception):
    """Nothing is to last."""


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.sampled_from(PLACES), row=st.integers(0, 3), text=st.text('az09é"{}', max_size=9))
async def test_any_changed_value_is_found(
    written: Store, place: tuple[str, str], row: int, text: str
) -> None:
    """Whatever one value of one row is changed to, the log is no longer whole."""
    table, column = place
    value = -len(text) if column in NUMBERS else text
    key = "id" if table == "log_head" else "seq"
    seq = {"log": row + 1, "log_notes": 2 + row // 2 * 2, "log_head": 1}[table]

    def change(tx: Tx) -> None:
        change = f"UPDATE {table} SET {column} = ? WHERE {key} = ? AND {column} <> ?"  # noqa: S608 - our own names
        tamper(tx, written.engine)
        changed = tx.do(change, (value, seq, value))
        assert (log.verify(tx) is not None) == (changed == 1)
        raise UndoneError

    with pytest.raises(UndoneError):
        await written.run(change)
    assert await written.read(log.verify) is None


async def test_words_can_be_erased_and_the_log_stays_whole(written: Store) -> None:
    """Erasing what people wrote, as the law may demand, breaks no chain."""
    await written.run(lambda tx: tx.do("DELETE FROM log_notes"))
    assert await written.read(log.verify) is None
    assert {entry.words for entry in await written.read(partial(log.entries, limit=9))} == {None}


async def test_without_its_head_the_log_takes_no_more(written: Store) -> None:
    """A log whose head was taken away is not begun anew over what is there."""
    await written.run(lambda tx: tx.do("DELETE FROM log_head"))
    with pytest.raises(StorageError, match="head"):
        await written.run(write)
    assert await written.read(log.size) == 4


async def test_reading_beside_a_writer(database_url: str) -> None:
    """A database can be opened to read while another process holds it, and writes nothing."""
    with pytest.raises(StorageError):
        await open_readers(database_url, seal=SEAL)  # there is nothing yet
    store = await open_store(database_url, seal=SEAL)
    await store.run(write)
    readers = await open_readers(database_url, seal=SEAL)
    await store.run(write)
    assert await readers.read(log.size) == 8
    with pytest.raises(Exception, match=r"read-?only"):
        await readers.read(write)
    await readers.close()
    await store.run(lambda tx: tx.do("DELETE FROM migrations WHERE name = '0003_log'"))
    with pytest.raises(StorageError, match="lacks 0003_log"):
        await open_readers(database_url, seal=SEAL)
    await store.close()


async def test_what_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    """Another file or another address than a database's is refused, not read as an empty one."""
    (tmp_path / "letter.db").write_text("Xin chào " * 100, "utf-8")
    for url in (f"sqlite:///{tmp_path}/letter.db", "mysql://somewhere"):
        with pytest.raises(StorageError):
            await open_readers(url, seal=SEAL)
