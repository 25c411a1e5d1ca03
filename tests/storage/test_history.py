from functools import partial

import pytest

from handlers.effects import MoveTicket
from storage import history, people, tickets
from storage.database import Store, Tx
from tests.storage.samples import CODE, NOW, SECRET, addition, case

TRIGGERS = {
    "sqlite": ("DROP TRIGGER history_is_never_updated", "DROP TRIGGER history_is_never_deleted"),
    "postgresql": ("ALTER TABLE history DISABLE TRIGGER USER",),
}
TAMPERINGS = [
    (
        ("UPDATE history SET actor = 'x' WHERE ticket_id = 2 AND seq = 2",),
        2,
        "an entry was changed",
    ),
    (
        ("UPDATE history SET at = at + 1 WHERE ticket_id = 2 AND seq = 2",),
        2,
        "an entry was changed",
    ),
    (
        ("UPDATE history SET data = '{}' WHERE ticket_id = 2 AND seq = 3",),
        3,
        "an entry was changed",
    ),
    (
        ("UPDATE history SET hash = prev WHERE ticket_id = 2 AND seq = 3",),
        3,
        "an entry was changed",
    ),
    (
        (
            "DELETE FROM notes WHERE ticket_id = 2 AND seq = 2",
            "DELETE FROM history WHERE ticket_id = 2 AND seq = 2",
        ),
        2,
        "an entry is missing",
    ),
    (
        (
            "DELETE FROM notes WHERE ticket_id = 2 AND seq = 3",
            "DELETE FROM history WHERE ticket_id = 2 AND seq = 3",
        ),
        3,
        "the end is missing",
    ),
    (
        ("UPDATE notes SET words = 'Tôi đồng ý' WHERE ticket_id = 2 AND seq = 2",),
        2,
        "words were changed",
    ),
    (("UPDATE tickets SET entries = 2 WHERE id = 2",), 4, "the end is missing"),
]


@pytest.fixture
async def told(store: Store) -> Store:
    """A store with three cases of three entries each."""

    def tell(tx: Tx) -> None:
        contact = people.contact(tx, "web", "a", NOW).id
        for code in ("PA-1", CODE, "PA-3"):
            tickets.open(tx, contact, case(code), NOW, SECRET)
            tickets.add_note(tx, contact, addition("Tôi không đồng ý", code), NOW)
            step = MoveTicket(code=code, action="withdraw", reason="Thôi")
            tickets.move(tx, contact, step, NOW)

    await store.run(tell)
    return store


async def test_an_untouched_history_is_whole(told: Store) -> None:
    """Every chain is verified from its first entry to the one its case names as the last."""
    assert await told.read(history.verify_all) is None
    assert await told.read(partial(history.verify, ticket_id=2)) is None
    entries = await told.read(partial(history.entries, ticket_id=2))
    assert [(entry.seq, entry.kind, entry.actor) for entry in entries] == [
        (1, "opened", "contact:1"),
        (2, "added", "contact:1"),
        (3, "withdrawn", "contact:1"),
    ]
    assert entries[2].data["from"] == "recorded"


@pytest.mark.parametrize(
    "statement", ["UPDATE history SET actor = 'x'", "DELETE FROM history WHERE seq = 3"]
)
async def test_the_database_itself_refuses_to_change_history(told: Store, statement: str) -> None:
    """No statement of the program can change or remove an entry, however it is written."""
    with pytest.raises(Exception, match="history only grows"):
        await told.run(lambda tx: tx.do(statement))
    assert await told.read(history.verify_all) is None


@pytest.mark.parametrize(("statements", "seq", "why"), TAMPERINGS)
async def test_tampering_is_found(
    told: Store, statements: tuple[str, ...], seq: int, why: str
) -> None:
    """Who gets round the database's own guard is found out: in which case, where, and what."""

    def tamper(tx: Tx) -> None:
        for statement in (*TRIGGERS[told.engine], *statements):
            tx.do(statement)

    await told.run(tamper)
    found = history.Break(2, seq, why)
    assert await told.read(history.verify_all) == found
    assert await told.read(partial(history.verify, ticket_id=2)) == found
    assert await told.read(partial(history.verify, ticket_id=1)) is None


async def test_words_can_be_erased_and_the_history_stays_whole(told: Store) -> None:
    """Erasing what people wrote, as the law may demand, breaks no chain and leaves no trace."""
    await told.run(lambda tx: tx.do("DELETE FROM notes WHERE ticket_id = 2"))
    assert await told.read(history.verify_all) is None
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
