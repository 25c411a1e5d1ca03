"""The engine's promises on both databases: once, in order, alone when it fails, never silent."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.amending import amended
from bot.channels import Arrival, Garbled, Outcome
from bot.content import load_content
from bot.engine import Engine
from bot.posting import Posted
from bot.secret import Secret, fresh_code, fresh_receipt
from bot.turn import Turns, read_event
from handlers.content import Content
from handlers.desk.people import Duty
from handlers.effects import Amend, Invite, Notify
from handlers.events import CameBack, Event, FileRefused, Left, Said, Started, TimedOut
from handlers.session import Session
from storage import (
    amendments,
    inbox,
    members,
    notices,
    open_store,
    outbox,
    people,
    sessions,
    tickets,
    timers,
)
from storage.database import Store, Tx
from tests.sealing import SEAL

CONTENT = load_content(Path(__file__).parents[1] / "content")
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRET = Secret(b"opens nothing")
CHANNEL = "test"
CITIZEN, OTHER, BOSS = "an", "bình", "boss"
AGREE = CONTENT.say("vi", "choice.agree")
STORY = "Nguyễn Thị Thử, 0905123456: đèn đường hỏng đã hai tuần."
# From the first hello to a case that only has to be sent.
TO_THE_SUMMARY = ("/start", AGREE, f"/gui {STORY}", "Việc khác", "xong", "Hội An", "không")


class Broken(Secret):
    """A secret that cannot be read when a case is opened; what it says quotes the case."""

    def __getattribute__(self, name: str) -> object:
        """Break where the key is needed."""
        if name == "raw":
            raise RuntimeError(STORY)
        return super().__getattribute__(name)


def lacking(key: str) -> Content:
    """Content in which a sentence is missing, so that the turn that says it raises."""
    texts = {
        lang: {name: text for name, text in sentences.items() if name != key}
        for lang, sentences in CONTENT.texts.items()
    }
    return CONTENT.model_copy(update={"texts": texts})


class Office:
    """An engine over a store, and what it was asked to send."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.heard: list[Posted] = []
        self.now = START
        self.nudged: list[str] = []
        self.works(CONTENT, SECRET)

    def works(self, content: Content = CONTENT, secret: Secret = SECRET) -> None:
        """Work with these from now on, remembering nothing but what is stored."""
        self.turns = Turns(content, secret, fresh_code, fresh_receipt, amended=amended)
        self.engine = Engine(
            self.store,
            self.turns,
            posted=self.heard.append,
            timers=lambda: self.nudged.append("timers"),
            files=lambda: self.nudged.append("files"),
        )

    def arrival(self, event: Event, address: str = CITIZEN, name: str = "") -> Arrival:
        """An arrival a second later, by default under a name of its own."""
        self.now += timedelta(seconds=1)
        id_ = f"{CHANNEL}:{address}:{name or self.now.timestamp()}"
        return Arrival(id_, CHANNEL, address, event, self.now, raw="what the platform sent")

    async def do(self, event: Event, address: str = CITIZEN) -> Outcome:
        """Let somebody do something."""
        return await self.engine.accept(self.arrival(event, address))

    async def say(self, *texts: str, address: str = CITIZEN) -> None:
        """Let somebody write one message after the other."""
        for text in texts:
            assert await self.do(Said(text=text), address) == "done"

    def told(self, address: str = CITIZEN) -> list[str]:
        """What somebody was told, oldest first."""
        return [posted.say.text for posted in self.heard if posted.address == address]

    async def contact(self, address: str = CITIZEN) -> people.Contact:
        """The contact at an address."""
        found = await self.store.read(lambda tx: people.find(tx, CHANNEL, address))
        assert found is not None
        return found

    async def session(self, address: str = CITIZEN) -> Session:
        """Where a conversation stands in storage."""
        opened = await self.store.run(lambda tx: sessions.open(tx, CHANNEL, address, self.now))
        return Session.model_validate_json(opened.state)

    async def codes(self, address: str = CITIZEN) -> list[str]:
        """The codes of somebody's cases."""
        contact = await self.contact(address)
        cards = await self.store.read(lambda tx: tickets.cards(tx, contact.id, "", 50))
        return [card.code for card in cards]

    async def failures(self) -> tuple[inbox.Failed, ...]:
        """The arrivals that were kept because their turn raised."""
        return await self.store.read(lambda tx: inbox.failures(tx, 10))


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """An office over an empty database."""
    store = await open_store(database_url, seal=SEAL)
    yield Office(store)
    await store.close()


# -- once ------------------------------------------------------------------------------------------


async def test_the_same_twice_changes_the_world_once(office: Office) -> None:
    """An arrival delivered again, later or at the same time, is answered once."""
    first = office.arrival(Said(text="/start"), name="1")
    at_once = await asyncio.gather(office.engine.accept(first), office.engine.accept(first))
    assert sorted(at_once) == ["done", "duplicate"]
    assert await office.engine.accept(replace(first, at=office.now)) == "duplicate"
    assert len(office.told()) == 1
    assert (await office.session()).step == 1
    assert office.engine.counts == {"done": 1, "duplicate": 2, "failed": 0}


async def test_a_case_is_sent_once(office: Office) -> None:
    """The press that sends a case, delivered three times, opens one case."""
    await office.say(*TO_THE_SUMMARY)
    sent = office.arrival(Said(text="Gửi"), name="send")
    outcomes = [await office.engine.accept(sent) for _ in range(3)]
    assert outcomes == ["done", "duplicate", "duplicate"]
    assert len(await office.codes()) == 1


async def test_one_turn_one_message(office: Office) -> None:
    """Each thing said is answered with one message, which is in the outbox when accept returns."""
    await office.say(*TO_THE_SUMMARY, "Gửi")
    contact = await office.contact()
    kept = await office.store.read(lambda tx: outbox.after(tx, contact.id, 0, 100))
    assert len(office.told()) == len(TO_THE_SUMMARY) + 1
    assert [row.payload for row in kept] == [post.say.model_dump_json() for post in office.heard]


# -- in order --------------------------------------------------------------------------------------


async def test_messages_of_one_person_at_once_count_in_order(office: Office) -> None:
    """Forty messages that arrive together are forty parts of one story, in their order."""
    await office.say("/start", AGREE, "/gui", "Việc khác")
    words = [f"phần thứ {n} của câu chuyện" for n in range(40)]
    arrivals = [office.arrival(Said(text=text)) for text in words]
    assert set(await asyncio.gather(*map(office.engine.accept, arrivals))) == {"done"}
    draft = (await office.session()).draft
    assert draft is not None
    assert [part.text for part in draft.answers["what"].parts] == words


async def test_two_workers_never_forget_each_other(office: Office) -> None:
    """A session remembered by one worker is not used after another one moved it on."""
    await office.say("/start", AGREE, "/gui", "Việc khác")
    one = office.engine
    office.works()
    two = office.engine
    words = [f"phần thứ {n} của câu chuyện" for n in range(6)]
    for n, text in enumerate(words):
        await (one, two)[n % 2].accept(office.arrival(Said(text=text)))
    draft = (await office.session()).draft
    assert draft is not None
    assert [part.text for part in draft.answers["what"].parts] == words


async def test_a_crowd_at_once(office: Office) -> None:
    """Two hundred people who come together are each welcomed once, whatever shares a commit."""
    crowd = [f"person {n}" for n in range(200)]
    arrivals = [office.arrival(Started(), address) for address in crowd]
    assert set(await asyncio.gather(*map(office.engine.accept, arrivals))) == {"done"}
    assert all(len(office.told(address)) == 1 for address in crowd)


# -- alone when it fails ---------------------------------------------------------------------------


async def test_a_turn_that_raises_fails_alone(office: Office) -> None:
    """The others of its batch go on; its person hears an honest sentence and is where they were."""
    await office.say("/start", AGREE)
    before = await office.session()
    office.works(lacking("help.text"))
    crowd = [office.arrival(Started(), f"person {n}") for n in range(20)]
    helpless = office.arrival(Said(text="/trogiup"))
    together = (*crowd[:10], helpless, *crowd[10:])
    outcomes = await asyncio.gather(*map(office.engine.accept, together))
    assert outcomes == ["done"] * 10 + ["failed"] + ["done"] * 10
    assert office.told()[-1] == CONTENT.say("vi", "fault.sorry")
    assert await office.session() == before
    assert office.engine.counts["failed"] == 1


async def test_what_was_written_before_the_fault_is_undone(office: Office) -> None:
    """A case that fails half-way was never there, and the draft is as it was."""
    await office.say(*TO_THE_SUMMARY)
    before = await office.session()
    office.works(secret=Broken(b""))
    assert await office.do(Said(text="Gửi")) == "failed"
    assert await office.session() == before
    assert await office.codes() == []
    office.works()
    await office.say("Gửi")
    assert len(await office.codes()) == 1


async def test_the_apology_is_in_the_persons_language(office: Office) -> None:
    """Who chose English is told in English; who is new, in Vietnamese."""
    await office.say("/start", "English")
    office.works(lacking("invitation.invalid"))
    for address in (CITIZEN, OTHER):
        assert await office.do(Started(payload="moi-none"), address) == "failed"
    assert office.told()[-1] == CONTENT.say("en", "fault.sorry")
    assert office.told(OTHER) == [CONTENT.say("vi", "fault.sorry")]
    assert [post.say.lang for post in office.heard[-2:]] == ["en", "vi"]


async def test_a_failure_is_kept_and_taken_again_once(office: Office) -> None:
    """What failed is kept with its raw text; taken again after mending, it happens, once."""
    await office.say(*TO_THE_SUMMARY)
    office.works(secret=Broken(b""))
    sending = office.arrival(Said(text="Gửi"))
    assert await office.engine.accept(sending) == "failed"
    assert await office.engine.accept(sending) == "duplicate"
    (kept,) = await office.failures()
    assert (kept.id, kept.raw) == (sending.id, "what the platform sent")
    assert "RuntimeError" in kept.error
    assert STORY not in kept.error
    again = replace(sending, event=read_event(kept.event), at=office.now)
    assert await office.engine.accept(again, again=True) == "failed"
    office.works()
    assert await office.engine.accept(again, again=True) == "done"
    assert await office.engine.accept(again, again=True) == "duplicate"
    assert len(await office.codes()) == 1
    assert await office.failures() == ()


async def test_failing_again_is_said_once(office: Office) -> None:
    """An operator who tries again in vain does not make the bot apologise once more."""
    await office.say("/start", AGREE)
    office.works(lacking("help.text"))
    asking = office.arrival(Said(text="/trogiup"))
    await office.engine.accept(asking)
    told = office.told()
    assert await office.engine.accept(asking, again=True) == "failed"
    assert office.told() == told
    assert len(await office.failures()) == 1


async def test_half_an_emoji_is_kept_too(office: Office) -> None:
    """A failed arrival with text that no database holds is kept, and can be taken again."""
    office.works(lacking("welcome.notice"))
    said = Said(text="đèn \ud800 hỏng\x00", ref="1")
    assert await office.do(said) == "failed"
    (kept,) = await office.failures()
    assert read_event(kept.event) == said


async def test_administrators_hear_of_a_fault(office: Office) -> None:
    """Each administrator is told what kind of fault and how to look at it, and nothing personal."""
    token = "moi-for-the-boss"
    duty = Duty(role="administrator")
    effect = Invite(by=0, invitation=token, duty=duty, name="", hours=24)
    await office.store.run(lambda tx: members.invite(tx, effect, SECRET.key(token), START))
    assert await office.do(Started(payload=token), BOSS) == "done"
    await office.say(*TO_THE_SUMMARY)
    office.works(secret=Broken(b""))
    sending = office.arrival(Said(text="Gửi"))
    await office.engine.accept(sending)
    report = office.told(BOSS)[-1]
    assert report == CONTENT.say("vi", "fault.report", kind="RuntimeError", id=sending.id)
    assert STORY not in report


async def test_the_log_says_nothing_personal(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault is logged by kind and place; even when its message quotes a citizen, that is not."""
    await office.say(*TO_THE_SUMMARY)
    office.works(secret=Broken(b""))
    with caplog.at_level(logging.DEBUG):
        await office.do(Said(text="Gửi"))
    (record,) = [record for record in caplog.records if record.name == "bot.engine"]
    assert record.levelname == "ERROR"
    logged = str(record.__dict__)
    assert "RuntimeError in " in logged
    for personal in ("Thử", "0905123456", "đèn đường"):
        assert personal not in logged


async def test_a_garbled_update_is_kept_and_stops_nobody(office: Office) -> None:
    """What could not be understood is kept with its raw text, once, and the next one is served."""
    garbled = Garbled("test:9", CHANNEL, office.now, '{"half": ', "JSONDecodeError")
    outcomes = await asyncio.gather(
        office.engine.accept(garbled),
        office.engine.accept(office.arrival(Started())),
        office.engine.accept(garbled),
    )
    assert sorted(outcomes) == ["done", "duplicate", "failed"]
    (kept,) = await office.failures()
    assert (kept.raw, kept.error, kept.contact_id) == ('{"half": ', "JSONDecodeError", None)
    assert len(office.told()) == 1


# -- timers, files, comings and goings -------------------------------------------------------------


async def due(office: Office, after: timedelta) -> list[timers.Timer]:
    """The timers that have run out by then."""
    at = office.now + after
    return list(await office.store.read(lambda tx: timers.due(tx, at, 10)))


async def test_a_timer_fires_once(office: Office) -> None:
    """Two clocks that see the same timer run out remind its person once."""
    await office.say("/start", AGREE, "/gui", "Việc khác")
    assert office.nudged == ["timers"]
    assert await due(office, timedelta(days=1)) == []
    (timer,) = await due(office, timedelta(days=3))
    office.now = timer.due_at
    clocks = [office.arrival(TimedOut(timer="draft"), name=name) for name in ("one", "two")]
    assert sorted(await asyncio.gather(*map(office.engine.accept, clocks))) == ["done", "duplicate"]
    assert [CONTENT.say("vi", "resuming.reminder") in text for text in office.told()].count(
        True
    ) == 1
    assert await due(office, timedelta(days=30)) == []


async def test_a_timer_that_fails_rests(office: Office) -> None:
    """It is kept like any failure, but its person sent nothing, so they are told nothing."""
    await office.say("/start", AGREE, "/gui", "Việc khác")
    told = office.told()
    office.works(lacking("resuming.reminder"))
    office.now += timedelta(days=3)
    ran_out = office.arrival(TimedOut(timer="draft"))
    assert await office.engine.accept(ran_out) == "failed"
    assert await due(office, timedelta(days=30)) == []
    assert office.told() == told
    office.works()
    assert await office.engine.accept(ran_out, again=True) == "done"
    assert CONTENT.say("vi", "resuming.reminder") in office.told()[-1]


async def test_nobody_is_told_of_a_fault_they_had_no_part_in(office: Office) -> None:
    """A refused file or a departure that fails is reported, not apologised for."""
    await office.say("/start", AGREE)
    told = office.told()
    office.works(lacking("file.type"))
    assert await office.do(FileRefused(key="test:1", name="a.exe", reason="type")) == "failed"
    assert office.told() == told


async def test_who_leaves_cannot_be_reached_until_they_return(office: Office) -> None:
    """Blocking and coming back are remembered and answered with nothing."""
    await office.say("/start", AGREE)
    told = office.told()
    await office.do(Left())
    assert not (await office.contact()).reachable
    await office.do(CameBack())
    assert (await office.contact()).reachable
    assert office.told() == told


# -- the desk --------------------------------------------------------------------------------------


async def test_what_is_amended_holds_from_the_next_turn(office: Office) -> None:
    """The engine works with the files as amended, from a start on and again after each change."""
    unit = CONTENT.units["so-y-te"]
    value = unit.model_copy(update={"phone": "0236 3822 000"}).model_dump_json()

    def amend(text: str) -> partial[None]:
        effect = Amend(by=0, kind="unit", key=unit.id, value=text)
        return partial(amendments.amend, effect=effect, now=START)

    for text, phone in ((value, "0236 3822 000"), ("", unit.phone)):
        await office.store.run(amend(text))
        await office.engine.renew()
        assert office.turns.content.units[unit.id].phone == phone


async def test_whoever_is_to_be_told_is_told_at_once(office: Office) -> None:
    """An effect that wakes a conversation nudges the clock, and its timer is due by then."""
    await office.say(*TO_THE_SUMMARY, "Gửi")
    (code,) = await office.codes()
    contact = await office.contact()
    effect = Notify(code=code, to="citizens")
    await office.store.run(lambda tx: notices.notify(tx, contact.id, effect, office.now))
    (timer,) = await due(office, timedelta(0))
    assert timer.name == f"case:{code}"
    assert await office.do(TimedOut(timer=timer.name)) == "done"
    assert await due(office, timedelta(0)) == []


async def test_nobody_at_the_counter_is_written_to(office: Office) -> None:
    """A timer of somebody whose case was filed for them runs out without a message."""

    def set_timer(tx: Tx) -> people.Contact:
        contact = people.contact(tx, tickets.COUNTER, "PA-1", START)
        timers.set(tx, contact.id, "case:PA-1", START)
        return contact

    contact = await office.store.run(set_timer)
    ran_out = replace(office.arrival(TimedOut(timer="case:PA-1"), "PA-1"), channel=tickets.COUNTER)
    assert await office.engine.accept(ran_out) == "done"
    assert office.heard == []
    assert await office.store.read(lambda tx: outbox.after(tx, contact.id, 0, 9)) == ()
