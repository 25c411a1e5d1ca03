from functools import partial

import pytest

from storage import history, people, tickets
from storage.chain import Why, bound
from storage.database import Store, Tx
from tests.storage.samples import CODE, NOW, SECRET, addition, case

TRIGGERS = {
    "sqlite": ("DROP TRIGGER history_is_never_updated", "DROP TRIGGER history_is_never_deleted"),
    "postgresql": ("ALTER TABLE history DISABLE TRIGGER USER",),
}
WHOLE = history.Verified(3, 0, ())
TAMPERINGS = [
    (
        ("UPDATE history SET actor = 'x' WHERE ticket_id = 2 AND seq = 2",),
        2,
        "changed",
    ),
    (
        ("UPDATE history SET at = at + 1 WHERE ticket_id = 2 AND seq = 2",),
        2,
        "changed",
    ),
    (
        ("UPDATE history SET data = '{}' WHERE ticket_id = 2 AND seq = 3",),
        3,
        "changed",
    ),
    (
        ("UPDATE history SET hash = prev WHERE ticket_id = 2 AND seq = 3",),
        3,
        "changed",
    ),
    (
        (
            "DELETE FROM notes WHERE ticket_id = 2 AND seq = 2",
            "DELETE FROM history WHERE ticket_id = 2 AND seq = 2",
        ),
        2,
        "missing",
    ),
    (
        (
            "DELETE FROM notes WHERE ticket_id = 2 AND seq = 3",
            "DELETE FROM history WHERE ticket_id = 2 AND seq = 3",
        ),
        3,
        "end",
    ),
    (
        ("UPDATE notes SET words = 'Tôi đồng ý' WHERE ticket_id = 2 AND seq = 2",),
        2,
        "words",
    ),
    (("UPDATE tickets SET entries = 2 WHERE id = 2",), 4, "end"),
]


@pytest.fixture
async def told(store: Store) -> Store:
    """A store with three cases of three entries each."""

    def tell(tx: Tx) -> None:
        contact = people.contact(tx, "web", "a", NOW).id
        for code in ("PA-1", CODE, "PA-3"):
            tickets.open(tx, contact, case(code), NOW, SECRET)
            tickets.add_note(tx, contact, addition("Tôi không đồng ý", code), NOW)
            tickets.add_note(tx, contact, addition("Xin xem lại", code), NOW)

    await store.run(tell)
    return store


async def test_an_untouched_history_is_whole(told: Store) -> None:
    """Every chain is verified from its first entry to the one its case names as the last."""
    assert await told.read(history.verify_all) == WHOLE
    entries = await told.read(partial(history.entries, ticket_id=2))
    assert [(entry.seq, entry.kind, entry.actor) for entry in entries] == [
        (1, "opened", "contact:1"),
        (2, "added", "contact:1"),
        (3, "added", "contact:1"),
    ]
    assert entries[2].data["files"] == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE history SET actor = 'x'", "DELETE FROM history WHERE seq = 3"]
)
async def test_the_database_itself_refuses_to_change_history(told: Store, statement: str) -> None:
    """No statement of the program can change or remove an entry, however it is written."""
    with pytest.raises(Exception, match="history only grows"):
        await told.run(lambda tx: tx.do(statement))
    assert await told.read(history.verify_all) == WHOLE


@pytest.mark.parametrize(("statements", "seq", "why"), TAMPERINGS)
async def test_tampering_is_found(
    told: Store, statements: tuple[str, ...], seq: int, why: Why
) -> None:
    """Who gets round the database's own guard is found out: in which case, where, and what."""

    def tamper(tx: Tx) -> None:
        for statement in (*TRIGGERS[told.engine], *statements):
            tx.do(statement)

    await told.run(tamper)
    found = history.Broken(2, CODE, seq, why)
    assert await told.read(history.verify_all) == history.Verified(3, 1, (found,))


@pytest.mark.parametrize("column", ["at", "actor", "kind", "data", "prev", "hash"])
async def test_any_changed_column_is_found(told: Store, column: str) -> None:
    """There is nothing in an entry that can be changed unseen."""
    value = 1 if column == "at" else "x"

    def change(tx: Tx) -> None:
        for statement in TRIGGERS[told.engine]:
            tx.do(statement)
        tx.do(f"UPDATE history SET {column} = ? WHERE ticket_id = 2 AND seq = 2", (value,))  # noqa: S608 - our own names

    await told.run(change)
    cases, broken, (found,) = await told.read(history.verify_all)
    assert (cases, broken, found) == (3, 1, history.Broken(2, CODE, 2, "changed"))


async def test_all_broken_cases_are_counted_and_some_named(told: Store) -> None:
    """The extent of the damage is told, however few of the cases are named."""

    def damage(tx: Tx) -> None:
        for statement in (*TRIGGERS[told.engine], "UPDATE history SET actor = 'x' WHERE seq = 2"):
            tx.do(statement)

    await told.run(damage)
    cases, broken, first = await told.read(partial(history.verify_all, most=2))
    assert (cases, broken) == (3, 3)
    assert [(one.code, one.seq, one.why) for one in first] == [
        ("PA-1", 2, "changed"),
        (CODE, 2, "changed"),
    ]


async def test_an_entry_written_anew_no_longer_bears_the_next(told: Store) -> None:
    """Who works an entry's hash out again breaks the chain at the next one."""

    def rewrite(tx: Tx) -> None:
        ((at, kind, data, prev),) = tx.rows(
            "SELECT at, kind, data, prev FROM history WHERE ticket_id = 2 AND seq = 2"
        )
        forged = bound((2, 2, at, "contact:9", kind, data), prev)
        for statement in TRIGGERS[told.engine]:
            tx.do(statement)
        tx.do(
            "UPDATE history SET actor = 'contact:9', hash = ? WHERE ticket_id = 2 AND seq = 2",
            (forged,),
        )

    await told.run(rewrite)
    _, _, (found,) = await told.read(history.verify_all)
    assert found == history.Broken(2, CODE, 3, "unlinked")


async def test_words_can_be_erased_and_the_history_stays_whole(told: Store) -> None:
    """Erasing what people wrote, as the law may demand, breaks no chain and leaves no trace."""
    await told.run(lambda tx: tx.do("DELETE FROM notes WHERE ticket_id = 2"))
    assert await told.read(history.verify_all) == WHOLE
    story = await told.read(partial(tickets.story, code=CODE))
    assert story is not None
    assert [happening.text for happening in story.happenings] == ["", "", ""]
    rows = await told.read(lambda tx: tx.rows("SELECT * FROM history WHERE ticket_id = 2"))
    assert "đồng ý" not in str(rows)


async def test_the_same_words_have_different_digests(told: Store) -> None:
    """Nobody can test a guess of erased words against the history: each digest has its own salt."""
    rows = await told.read(lambda tx: tx.rows("SELECT data FROM history WHERE seq = 2"))
    assert len({row[0] for row in rows}) == 3


async def test_a_chain_is_its_own_cases(told: Store) -> None:
    """The same happenings of another case have other hashes, so no entry can be moved across."""
    rows = await told.read(lambda tx: tx.rows("SELECT hash FROM history"))
    assert len({row[0] for row in rows}) == 9
