"""What is kept no longer: counted without touching anything, let go of by rule."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.content import load_content
from bot.retain import automatic, let_go
from bot.talk import Rehearsal, dialogue
from handlers.retention import RetentionRule
from handlers.rights import HoldCase
from storage import erasing, history, inbox, log, people, retaining, rights
from storage.blobs import Blobs
from tests.storage.opened_up import Text, readable, texts
from tests.test_erasing import CASE, PLANTED, play

CONTENT = load_content(Path(__file__).parents[1] / "content")
LATER = datetime(2040, 1, 1, tzinfo=UTC)
FINAL = "UPDATE tickets SET status = 'closed', open = 0 WHERE id > 1"


def rule(what: str, **more: object) -> RetentionRule:
    """A rule that keeps it a year."""
    given = {"id": f"a_{what}", "what": what, "years": 1, "source": "Luật", **more}
    return RetentionRule.model_validate(given)


async def everything(rehearsal: Rehearsal) -> tuple[Text, ...]:
    """All that is in the database."""
    store = rehearsal.store
    return await store.read(partial(texts, engine=store.engine))


async def filled(rehearsal: Rehearsal) -> None:
    """Three cases of one person, the first still open; a draft; somebody who never agreed."""
    await play(rehearsal, [("citizen", CASE), ("citizen", CASE)])
    for line in ("/gui", "[Việc khác]", "Bản nháp"):
        await rehearsal.person("citizen").do(line)
    await rehearsal.person("passer-by").do("/start")
    await rehearsal.store.run(lambda tx: tx.do(FINAL))


async def test_a_dry_run_changes_nothing(database_url: str) -> None:
    """Every rule of the content counts, and the database is the same afterwards, byte by byte."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await filled(rehearsal)
        before = await everything(rehearsal)
        for each in CONTENT.retention:
            await rehearsal.store.read(partial(retaining.count, rule=each, now=LATER))
        assert await everything(rehearsal) == before


@pytest.mark.parametrize(
    ("what", "count"),
    [("case", 2), ("chat", 1), ("draft", 1), ("delivery", 0), ("announcement_text", 0)],
)
async def test_what_is_counted_is_let_go_of(
    what: str, count: int, database_url: str, tmp_path: Path
) -> None:
    """As many go as were counted, then none is left, and the record says how many of what."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await filled(rehearsal)
        store, blobs = rehearsal.store, Blobs(tmp_path, rehearsal.store)
        counted = await store.read(partial(retaining.count, rule=rule(what), now=LATER))
        assert counted == count
        assert await let_go(store, blobs, rule(what), LATER) == count
        assert await store.read(partial(retaining.count, rule=rule(what), now=LATER)) == 0
        assert (await store.read(history.verify_all)).broken == 0
        assert await store.read(log.verify) is None
        records = await store.read(lambda tx: list(erasing.records(tx, 9)))
    noted = [record[3] for record in records if record[1] == f"retention:a_{what}"]
    assert (f'{{"{what}": {count}}}' in noted) is bool(count)


async def test_messages_go_that_no_open_case_needs(database_url: str, tmp_path: Path) -> None:
    """What was told long ago is forgotten; of an open case it stays."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await filled(rehearsal)
        store, blobs = rehearsal.store, Blobs(tmp_path, rehearsal.store)
        assert await let_go(store, blobs, rule("message"), LATER) > 9
        left = await store.read(lambda tx: tx.rows("SELECT ticket_id FROM outbox"))
    assert all(row[0] is not None for row in left)


async def test_what_failed_long_ago_is_let_go_of(database_url: str, tmp_path: Path) -> None:
    """What nobody could read belongs to no chat that could be erased: time takes it, not before."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        store, now = rehearsal.store, rehearsal.hour.now
        blobs = Blobs(tmp_path, store)
        garbled = inbox.Failed("telegram:1", now, None, f'{{"text": "{PLANTED}"', "cut off", "")
        await store.run(partial(inbox.keep_failed, failed=garbled))
        assert await let_go(store, blobs, rule("arrival"), now + timedelta(days=300)) == 0
        assert await let_go(store, blobs, rule("arrival"), LATER) == 1
        assert await store.read(lambda tx: tx.rows("SELECT id FROM inbox")) == []


async def test_what_is_held_or_young_stays(database_url: str, tmp_path: Path) -> None:
    """A held case is in no rule's reach, nor is one of last year, nor one of another status."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await filled(rehearsal)
        store, now = rehearsal.store, rehearsal.hour.now
        blobs = Blobs(tmp_path, store)
        codes = await store.read(lambda tx: tx.rows("SELECT code FROM tickets ORDER BY id"))
        hold = HoldCase(by=1, code=codes[1][0], held=True, reason="tòa án")
        assert await store.run(partial(rights.hold, effect=hold, now=now))
        assert await let_go(store, blobs, rule("case"), now + timedelta(days=300)) == 0
        answered = rule("case", statuses=["answered"])
        assert await let_go(store, blobs, answered, LATER) == 0
        assert await let_go(store, blobs, rule("case"), LATER) == 1
        again = hold.model_copy(update={"held": False})
        assert await store.run(partial(rights.hold, effect=again, now=now))
        assert await let_go(store, blobs, rule("case"), LATER) == 1
        found = await everything(rehearsal)
        read = await store.read(lambda tx: tuple(readable(tx, found)))
    assert sum(PLANTED in text for table, text in read if table == "notes") == 1


async def test_only_what_says_so_goes_by_itself(database_url: str, tmp_path: Path) -> None:
    """Nobody's case is erased because time passes, unless the content says that it is."""
    async with dialogue(CONTENT, database_url) as rehearsal:
        await filled(rehearsal)
        store, blobs = rehearsal.store, Blobs(tmp_path, rehearsal.store)
        await automatic(store, blobs, (rule("case"), rule("chat")), LATER)
        assert await store.read(partial(retaining.count, rule=rule("case"), now=LATER)) == 2
        told = rule("case", automatic=True)
        await automatic(store, blobs, (told,), LATER)
        assert await store.read(partial(retaining.count, rule=rule("case"), now=LATER)) == 0
        contact = await store.read(lambda tx: people.find(tx, "talk", "citizen"))
    assert contact is not None, "whose cases went is still who they were"
