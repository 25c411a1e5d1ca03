"""Answers to many cases at once, as they are kept: drafts of one matter, and changes in between."""

from functools import partial

from handlers.codes import CODE_NUMBERS, make_code
from storage import desk
from storage.database import Store, Tx
from tests.storage.desks import REPLY, dossier_of, opened, staffed, step
from tests.storage.samples import CODE

OTHER = make_code([0] * (CODE_NUMBERS - 1) + [7])
WORDS = REPLY.model_dump_json()


def linked(tx: Tx) -> int:
    """Two cases of one matter in the hands of one officer; their member id."""
    (officer,) = staffed(tx, "officer")
    for address, code in (("a", CODE), ("b", OTHER)):
        opened(tx, code, address)
        step("take", officer, code=code, assignee=officer)(tx)
    step("link", officer, other=OTHER)(tx)
    return officer


async def test_nothing_is_done_to_a_case_that_changed_since_it_was_read(store: Store) -> None:
    """What was seen shorter than the history is now does nothing, and writes nothing down."""
    officer = await store.run(linked)
    before = await dossier_of(store)
    seen = before.card.entries
    assert await store.run(step("answer", officer, words=WORDS, seen=seen - 1)) is None
    assert await dossier_of(store) == before
    assert await store.run(step("answer", officer, words=WORDS, seen=seen)) == "answered"


async def test_the_drafts_of_one_matter_are_read_with_it(store: Store) -> None:
    """While one waits or was sent back, so are the others shown, and no longer once released."""
    officer = await store.run(linked)
    assert (await dossier_of(store)).drafts == {}
    for code in (CODE, OTHER):
        await store.run(step("submit", officer, code=code, words=WORDS))
    found = await dossier_of(store)
    assert (found.draft, found.drafts) == (REPLY, {OTHER: REPLY})
    for code in (CODE, OTHER):
        await store.run(step("send_back", officer, code=code, words="rõ hơn"))
    found = await dossier_of(store)
    assert (found.draft, found.drafts) == (None, {OTHER: REPLY})
    await store.run(step("answer", officer, code=OTHER, words=WORDS))
    assert (await dossier_of(store)).drafts == {}
    assert await store.run(partial(desk.recent_answers, unit=found.card.unit)) != ()
