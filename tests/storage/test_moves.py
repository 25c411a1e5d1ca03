import asyncio
from functools import partial
from itertools import count
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.desk.dossier import Filter, Reply
from handlers.effects import AddToTicket, Witness
from handlers.tickets import MOVES, OPEN, Action, Status, Story
from storage import desk, history, log, moves, people, tickets
from storage.database import Store, Tx
from tests.storage.desks import (
    OTHER_UNIT,
    REPLY,
    TODAY,
    UNIT,
    day,
    dossier_of,
    opened,
    staffed,
    step,
)
from tests.storage.samples import CODE, NOW, PHOTO

OTHER = "PA-2345-678"
ALL = frozenset({"*"})
WORDS = REPLY.model_dump_json()
PROOF = PHOTO.model_copy(update={"key": "telegram:proof"})
NUMBERS = count()


@pytest.fixture
async def officer(store: Store) -> int:
    """An officer and an approver of the unit, and a case of the citizen of contact 1."""

    def begin(tx: Tx) -> int:
        opened(tx)
        return staffed(tx, "officer", "approver")[0]

    return await store.run(begin)


async def told(store: Store, code: str = CODE) -> Story:
    """The case as its citizen sees it."""
    story = await store.read(partial(tickets.story, code=code, contact_id=1))
    assert story is not None
    return story


async def test_a_case_goes_its_way(store: Store, officer: int) -> None:
    """Taken, submitted, sent back, submitted and released: each is told as what it is."""
    approver = officer + 1
    way = [
        step("assign", approver, assignee=officer, words="Xin xem giúp"),
        step("take", officer, assignee=officer),
        step("submit", officer, words=WORDS, media=(PROOF,)),
    ]
    assert [await store.run(done) for done in way] == ["forwarded", "working", "approving"]
    waiting = await dossier_of(store)
    assert (waiting.draft, waiting.card.author) == (REPLY, officer)
    assert waiting.media == (PROOF,)
    assert (await told(store)).media == ()
    assert await store.run(step("send_back", approver, words="Thiếu căn cứ")) == "working"
    assert (await dossier_of(store)).card.author == 0
    better = REPLY.model_copy(update={"basis": "Luật Đường bộ 2024", "files": (PROOF.key,)})
    await store.run(step("submit", officer, words=better.model_dump_json()))
    assert await store.run(step("approve", approver, days=3)) == "answered"
    answered = await dossier_of(store)
    assert (answered.draft, answered.card.author, answered.card.done_on) == (None, 0, day(3))
    assert [(line.kind, line.by) for line in answered.story[1:]] == [
        ("assigned", f"approver {UNIT}"),
        ("taken", f"officer {UNIT}"),
        ("submitted", f"officer {UNIT}"),
        ("sent_back", f"approver {UNIT}"),
        ("submitted", f"officer {UNIT}"),
        ("answered", f"approver {UNIT}"),
    ]
    story = await told(store)
    assert [h.kind for h in story.happenings] == ["opened", "assigned", "taken", "answered"]
    assert story.happenings[1].text == ""
    assert Reply.model_validate_json(story.happenings[-1].text) == better
    assert story.media == (PROOF,)
    assert (await store.read(history.verify_all)).broken == 0


async def test_a_question_stops_the_clock_until_it_is_answered(store: Store, officer: int) -> None:
    """The day of the question is kept until the citizen answers, by whatever they add."""
    await store.run(step("take", officer, assignee=officer))
    assert await store.run(step("ask", officer, words="Ở đâu?", days=2)) == "asking"
    assert await store.run(step("note", officer, words="Chờ", days=3)) == "asking"
    assert (await dossier_of(store)).card.asked_on == day(2)
    effect = AddToTicket(code=CODE, text="Ở thôn 3", media=(), search="o thon 3", due_on=day(30))
    assert await store.run(partial(tickets.add_note, contact_id=1, addition=effect, now=NOW))
    card = (await dossier_of(store)).card
    assert (card.status, card.asked_on, card.due_on) == ("working", None, day(30))


async def test_closing_is_no_new_answer(store: Store, officer: int) -> None:
    """The days in which an answer may be contested run from the answer, not from its closing."""
    await store.run(step("take", officer, assignee=officer))
    await store.run(step("answer", officer, words=WORDS, days=1))
    assert await store.run(step("close", officer, days=20)) == "closed"
    assert (await dossier_of(store)).card.done_on == day(1)


async def test_a_question_not_answered_expires(store: Store, officer: int) -> None:
    """The clock closes the case, in nobody's name, whoever's turn it fires in."""
    await store.run(step("take", officer))
    await store.run(step("ask", officer, words="Ở đâu?"))
    assert await store.run(step("expire", contact=99, days=14)) == "closed"
    found = await dossier_of(store)
    assert (found.story[-1].kind, found.story[-1].by) == ("expired", "")
    assert (found.card.done_on, found.card.asked_on) == (day(14), None)
    assert (await store.read(partial(history.entries, ticket_id=1)))[-1].actor == "clock"


async def test_a_case_given_back_is_counted(store: Store, officer: int) -> None:
    """Each return is counted, and nobody and another unit have the case when it says so."""
    await store.run(step("take", officer, assignee=officer))
    for times in (1, 2):
        assert (
            await store.run(step("return", officer, assignee=0, words="Sai cơ quan")) == "sorting"
        )
        card = (await dossier_of(store)).card
        assert (card.bounces, card.assignee, card.assignee_name) == (times, 0, "")
        await store.run(step("assign", officer, unit=OTHER_UNIT, assignee=officer))
        card = (await dossier_of(store)).card
        assert (card.unit, card.assignee_name) == (OTHER_UNIT, f"officer {UNIT}")


async def test_a_reopened_case_is_for_somebody_else(store: Store, officer: int) -> None:
    """The citizen reopens what was answered: nobody has it, and who answered is remembered."""
    await store.run(step("take", officer, assignee=officer))
    await store.run(step("answer", officer, words=WORDS))
    assert not (await told(store)).rated
    assert await store.run(step("rate", data={"score": "poor"}, words="Chưa sửa")) == "answered"
    assert (await told(store)).rated
    assert await store.run(step("reopen", words="Vẫn hỏng")) == "forwarded"
    card = (await dossier_of(store)).card
    assert (card.assignee, card.not_for) == (0, officer)
    await store.run(step("take", officer + 1, assignee=officer + 1))
    await store.run(step("refuse", officer + 1, words="Xin đến Toà án"))
    assert not (await told(store)).rated


async def test_strangers_move_nothing(store: Store, officer: int) -> None:
    """What is the citizen's is not done by a contact that does not follow the case, nor twice."""
    stranger = await store.run(lambda tx: people.contact(tx, "web", "x", NOW).id)
    assert await store.run(step("withdraw", contact=stranger)) is None
    assert await store.run(step("withdraw", code=OTHER)) is None
    assert await store.run(step("withdraw", words="Thôi")) == "withdrawn"
    assert await store.run(step("withdraw")) is None
    assert [h.kind for h in (await told(store)).happenings] == ["opened", "withdrawn"]


async def test_a_merged_case_goes_on_in_the_other(store: Store, officer: int) -> None:
    """Text and files go to an open case of the same person, which is found by them; both say so."""

    def more(tx: Tx) -> None:
        opened(tx, OTHER, media=(PHOTO,), search="cau treo")
        opened(tx, "PA-of-another", "b")

    await store.run(more)
    merge = partial(step, "merge", officer, code=OTHER, words="Trùng")
    for fit in ("", "PA-none", OTHER, "PA-of-another"):
        assert await store.run(merge(other=fit)) is None
    assert await store.run(merge(other=CODE)) == "merged"
    assert (await dossier_of(store, OTHER)).story[-1].data["other"] == CODE
    kept = await dossier_of(store)
    assert kept.card.status == "recorded"
    assert kept.media == (PHOTO,)
    assert kept.story[-1].data == {"with": OTHER}
    assert "Chưa nhận tiền đền bù đất" in kept.story[-1].words
    found = await store.read(partial(desk.search, query="cầu treo", units=ALL, limit=9))
    assert {card.code for card in found} == {CODE, OTHER}


async def test_cases_of_one_matter_know_each_other(store: Store, officer: int) -> None:
    """Linking joins what each was linked with before, whoever sent it."""
    await store.run(lambda tx: [opened(tx, f"PA-{n}", f"citizen {n}") for n in range(3)])
    assert await store.run(step("link", officer, code="PA-0", other="PA-1")) == "recorded"
    assert await store.run(step("link", officer, code="PA-2", other=CODE)) == "recorded"
    assert [card.code for card in (await dossier_of(store)).same] == ["PA-2"]
    assert await store.run(step("link", officer, code="PA-0", other=CODE)) == "recorded"
    codes = {CODE, "PA-0", "PA-1", "PA-2"}
    for code in codes:
        same = (await dossier_of(store, code)).same
        assert {card.code for card in same} == codes - {code}
    assert (await dossier_of(store)).story[-1].data == {"with": "PA-0"}
    assert [h.kind for h in (await told(store)).happenings] == ["opened"]


async def test_two_officials_do_not_overwrite_each_other(store: Store, officer: int) -> None:
    """Of two who answer one case at the same time, one does; the other is refused by the table."""
    await store.run(step("take", officer, assignee=officer))
    answer = step("answer", officer, words=WORDS)
    done = await asyncio.gather(*(store.run(answer, key=key) for key in range(4)))
    assert sorted(map(str, done)) == ["None", "None", "None", "answered"]
    answers = await store.read(partial(desk.recent_answers, unit=UNIT))
    assert answers == ("duong hong vi mua da sua ngay 20 11",)


async def test_what_was_seen_and_refused_is_written_down(store: Store, officer: int) -> None:
    """In the history of its case, or in the log when there is none; the citizen isn't told."""

    def look(tx: Tx) -> None:
        seen = Witness(kind="identified", by=officer, deed="identify", code=CODE)
        moves.witness(tx, 7, seen, NOW)
        for code in ("", OTHER):
            moves.witness(tx, 7, Witness(kind="denied", by=0, deed="read", code=code), NOW)

    await store.run(look)
    last = (await dossier_of(store)).story[-1]
    assert (last.kind, last.by, last.data) == (
        "identified",
        f"officer {UNIT}",
        {"deed": "identify"},
    )
    assert [h.kind for h in (await told(store)).happenings] == ["opened"]
    denied = await store.read(partial(log.entries, limit=2))
    assert [(e.kind, e.actor, e.subject, e.data) for e in denied] == [
        ("denied", "contact:7", f"case:{OTHER}", {"deed": "read"}),
        ("denied", "contact:7", "", {"deed": "read"}),
    ]


STEPS = st.lists(st.tuples(st.sampled_from(get_args(Action)), st.booleans()), max_size=15)


@given(steps=STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_nothing_goes_past_the_table(store: Store, steps: list[tuple[Action, bool]]) -> None:
    """Whatever is tried, in whatever order: the status is the table's, each step is one entry."""
    code, second = (f"PA-{next(NUMBERS)}" for _ in range(2))

    def begin(tx: Tx) -> int:
        opened(tx, second)
        return opened(tx, code)

    contact = await store.run(begin)
    status: Status = "recorded"
    entries = 1
    for action, desk_does in steps:
        tried = step(action, int(desk_does), code=code, contact=contact, other=second, words=WORDS)
        expected = MOVES.get((status, action))
        assert await store.run(tried) == expected
        entries += expected is not None
        status = expected or status
        card = (await dossier_of(store, code)).card
        assert (card.status, card.entries) == (status, entries)
        assert (card.asked_on is not None) == (status == "asking")
    page = partial(desk.queue, page=Filter(), units=ALL, member=0, today=TODAY, limit=500)
    assert (code in [card.code for card in await store.read(page)]) == (status in OPEN)
    assert (await store.read(history.verify_all)).broken == 0
