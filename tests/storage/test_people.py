import asyncio
import threading
import time
from functools import partial

import pytest

from handlers.effects import SaveConsent
from handlers.limits import NoteSlowed
from storage import (
    abuse,
    files,
    history,
    inbox,
    log,
    open_store,
    outbox,
    people,
    sessions,
    tickets,
    timers,
)
from storage.database import Row, Store, Tx
from tests.sealing import SEAL
from tests.storage.samples import (
    CODE,
    DAY,
    LINES,
    NOW,
    PHOTO,
    RECEIPT,
    SECOND,
    SECRET,
    addition,
    case,
)


async def test_a_contact_is_made_once(store: Store) -> None:
    """The same address is the same contact, another address or channel another one."""

    def meet(tx: Tx) -> list[int]:
        return [
            people.contact(tx, channel, address, NOW).id
            for channel, address in (("web", "a"), ("web", "a"), ("web", "b"), ("telegram", "a"))
        ]

    first, again, *others = await store.run(meet)
    assert first == again
    assert len({first, *others}) == 3
    assert await store.read(lambda tx: people.address(tx, first)) == ("web", "a")
    assert await store.read(lambda tx: people.find(tx, "web", "unknown")) is None


async def test_two_lanes_that_meet_one_new_chat_make_one_contact(store: Store) -> None:
    """A chat that two workers see for the first time at once is one contact and one person."""
    made, met = threading.Event(), threading.Event()

    def first(tx: Tx) -> people.Contact:
        contact = people.contact(tx, "web", "new", NOW)
        made.set()
        met.wait(timeout=0.3)  # in vain on SQLite, which has one lane
        time.sleep(0.05)
        return contact

    def second(tx: Tx) -> people.Contact:
        made.wait(timeout=10)
        met.set()
        return people.contact(tx, "web", "new", NOW)

    one, other = await asyncio.gather(store.run(first, key=0), store.run(second, key=1))
    assert one == other
    assert await store.read(lambda tx: tx.row("SELECT COUNT(*) FROM people")) == (1,)


async def test_what_a_person_said_is_kept_until_said_again(store: Store) -> None:
    """An empty name or phone leaves the known one; a new one replaces it."""

    def tell(tx: Tx) -> people.Person:
        contact = people.contact(tx, "web", "a", NOW)
        people.describe(tx, contact.id, name="Nguyễn Thị Bưởi", phone="+84905123456", lang="vi")
        people.describe(tx, contact.id, phone="+84905000000")
        return people.person(tx, contact.id)

    assert await store.run(tell) == ("Nguyễn Thị Bưởi", "+84905000000", "vi")


async def test_reachable_is_remembered_with_its_moment(store: Store) -> None:
    """A contact that left is unreachable since then, and reachable again when it is back."""

    def left(tx: Tx) -> tuple[people.Contact, object]:
        contact = people.contact(tx, "web", "a", NOW)
        people.set_reachable(tx, contact.id, NOW, reachable=False)
        people.set_reachable(tx, contact.id, NOW + DAY, reachable=False)
        return people.contact(tx, "web", "a", NOW), tx.row("SELECT left_at FROM contacts")

    contact, since = await store.run(left)
    assert not contact.reachable
    assert since == (round(NOW.timestamp() * 1000),)
    await store.run(lambda tx: people.set_reachable(tx, contact.id, NOW, reachable=True))
    assert await store.read(lambda tx: people.find(tx, "web", "a")) == (*contact[:2], True)


async def test_consents_are_appended(store: Store) -> None:
    """Agreeing and taking back are two entries with their text's version and moment."""

    def agree(tx: Tx) -> tuple[people.Consent, ...]:
        contact = people.contact(tx, "web", "a", NOW)
        for given, at in ((True, NOW), (False, NOW + DAY)):
            consent = SaveConsent(purpose="statistics", given=given, version="3", lang="vi")
            people.add_consent(tx, contact.id, consent, at)
        return people.consents(tx, contact.id)

    first, second = await store.run(agree)
    assert (first.given, first.version, first.at) == (True, "3", NOW)
    assert (second.given, second.at) == (False, NOW + DAY)


async def test_a_chat_that_moved_is_the_same_contact(store: Store) -> None:
    """After a move the contact is found at the new address and, for what is late, at the old."""

    def move(tx: Tx) -> tuple[people.Contact, ...]:
        contact = people.contact(tx, "telegram", "-100", NOW)
        assert people.move(tx, "telegram", "-100", "-1001", NOW)
        assert not people.move(tx, "telegram", "-7", "-8", NOW)
        return (
            contact,
            people.contact(tx, "telegram", "-1001", NOW),
            people.contact(tx, "telegram", "-100", NOW),
        )

    old, new, late = await store.run(move)
    assert old == new == late
    assert await store.read(lambda tx: people.address(tx, old.id)) == ("telegram", "-1001")


async def test_a_move_learnt_late_brings_both_contacts_together(store: Store) -> None:
    """What the new address gathered before its move was known belongs to the older contact."""

    def late(tx: Tx) -> tuple[int, int]:
        old = sessions.open(tx, "telegram", "-100", NOW)
        sessions.save(tx, old.contact_id, "old state", NOW)
        tickets.open(tx, old.contact_id, case("PA-2222-222"), NOW, SECRET)
        new = sessions.open(tx, "telegram", "-1001", NOW)
        sessions.save(tx, new.contact_id, "new state", NOW)
        tickets.open(tx, new.contact_id, case(CODE, media=(PHOTO,)), NOW, SECRET)
        tickets.hold(tx, "PA-2222-222", new.contact_id, NOW)
        outbox.add(tx, new.contact_id, "telegram", "{}", NOW)
        timers.set(tx, new.contact_id, "album", NOW)
        people.move(tx, "telegram", "-100", "-1001", NOW)
        return old.contact_id, new.contact_id

    old, _ = await store.run(late)

    def look(tx: Tx) -> tuple[object, ...]:
        chat = sessions.open(tx, "telegram", "-1001", NOW)
        return (
            (chat.contact_id, chat.state),
            [card.code for card in tickets.cards(tx, old, "", 10)],
            [due.contact_id for due in outbox.due(tx, "telegram", NOW, 0, 10)],
            timers.due(tx, NOW, 10),
            tx.row("SELECT COUNT(*) FROM contacts"),
            files.wanted(tx, "telegram", NOW, 10)[0].contact_id,
        )

    assert await store.run(look) == (
        (old, "old state"),
        [CODE, "PA-2222-222"],
        [old],
        (),
        (1,),
        old,
    )


async def test_a_move_takes_along_what_is_being_made(store: Store) -> None:
    """A petition on its way at the new address goes on for the contact that stays."""

    def late(tx: Tx) -> tuple[int, list[Row]]:
        old = sessions.open(tx, "telegram", "-100", NOW).contact_id
        new = sessions.open(tx, "telegram", "-1001", NOW).contact_id
        tx.do("INSERT INTO petitions (contact_id, words, not_before) VALUES (?, 'x', 0)", (new,))
        abuse.note(tx, new, NoteSlowed(stage="slow"), NOW)
        people.move(tx, "telegram", "-100", "-1001", NOW)
        return old, list(tx.rows("SELECT contact_id FROM petitions"))

    old, left = await store.run(late)
    assert left == [(old,)]


async def test_moving_there_and_back_again_ends_well(store: Store) -> None:
    """A chat that returns to an earlier address is found at both, and is one contact."""

    def wander(tx: Tx) -> list[int]:
        first = people.contact(tx, "telegram", "a", NOW).id
        people.move(tx, "telegram", "a", "b", NOW)
        people.move(tx, "telegram", "b", "a", NOW + SECOND)
        people.move(tx, "telegram", "a", "a", NOW + SECOND)
        there = [people.contact(tx, "telegram", address, NOW).id for address in ("a", "b")]
        assert people.address(tx, first) == ("telegram", "a")
        return [first, *there]

    assert len(set(await store.run(wander))) == 1


async def test_nothing_personal_is_stored_around_the_seal(database_url: str) -> None:
    """No table holds what is personal or was written, yet all comes back.

    But for `ticket_words`: what cases are searched by is in clear, as it must be.
    """
    store = await open_store(database_url, seal=SEAL)
    personal = ("Nguyễn Thị Bưởi", "+84905123456", "chat-84905", RECEIPT, LINES[0].text, "thửa 7")
    name, phone, address, receipt, *_ = personal
    state = f'{{"name":"{name}","phone":"{phone}"}}'
    photo = PHOTO.model_copy(update={"name": f"{name}.jpg"})
    upload = photo.model_copy(update={"key": "web:1", "fetch": ""})

    def live(tx: Tx) -> int:
        chat = sessions.open(tx, "web", address, NOW)
        assert chat.state == ""
        sessions.save(tx, chat.contact_id, state, NOW)
        opened = case(name=name, phone=phone, media=(photo,))
        tickets.open(tx, chat.contact_id, opened, NOW, SECRET)
        tickets.add_note(tx, chat.contact_id, addition("Nhà ở thửa 7"), NOW)
        files.upload(tx, chat.contact_id, upload, "ab" * 32, NOW)
        outbox.add(tx, chat.contact_id, "web", receipt, NOW)
        timers.set(tx, chat.contact_id, "t", NOW)
        log.append(tx, "refused", {}, actor="contact:1", now=NOW, words=f"{name}, {phone}")
        inbox.claim(tx, "web:1", NOW)
        failed = inbox.Failed("web:2", NOW, chat.contact_id, f"raw {address}", "E", f"{name}")
        inbox.keep_failed(tx, failed)
        people.contact(tx, "web", "other", NOW)
        people.move(tx, "web", "other", "elsewhere", NOW)
        return chat.contact_id

    def tables(tx: Tx) -> list[str]:
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
        if store.engine == "postgresql":
            names = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        return [row[0] for row in tx.rows(names)]

    contact_id = await store.run(live)
    for table in await store.read(tables):
        if table.startswith("ticket_words"):
            continue
        for row in await store.read(partial(everything, table=table)):
            assert not any(text in str(row) for text in personal), table
    assert await store.read(lambda tx: people.person(tx, contact_id)) == (name, phone, "vi")
    chat = await store.run(lambda tx: sessions.open(tx, "web", address, NOW))
    assert chat[:2] == (contact_id, state)
    (due,) = await store.read(lambda tx: outbox.due(tx, "web", NOW, 0, 9))
    assert (due.address, due.payload) == (address, receipt)
    (told,) = await store.read(lambda tx: outbox.after(tx, contact_id, 0, 9))
    assert told.payload == receipt
    story = await store.read(lambda tx: tickets.story(tx, CODE))
    assert story is not None
    assert (story.lines, story.media, story.happenings[1].text) == (
        LINES,
        (photo,),
        "Nhà ở thửa 7",
    )
    assert (await store.read(history.verify_all)).broken == 0
    assert await store.read(lambda tx: files.uploaded(tx, contact_id, ["web:1"])) == {
        "web:1": upload
    }
    assert (await store.read(lambda tx: timers.due(tx, NOW, 9)))[0].address == address
    assert (await store.read(lambda tx: inbox.failures(tx, 9)))[0].raw == f"raw {address}"
    await store.close()


def everything(tx: Tx, table: str) -> list[tuple[object, ...]]:
    """All rows of a table."""
    return tx.rows(f"SELECT * FROM {table}")  # noqa: S608 - a name out of the catalogue


async def test_an_unknown_contact_is_no_quiet_nobody(store: Store) -> None:
    """Asking for the address or person of a contact that never was raises."""
    for ask in (people.address, people.person):
        with pytest.raises(LookupError):
            await store.run(partial(ask, contact_id=99))


async def test_what_was_read_when_agreeing_is_kept_once(store: Store) -> None:
    """The very words can be printed years later, however many agreed to them."""

    def agree(tx: Tx) -> tuple[list[str], int]:
        first, chat = (people.contact(tx, "web", address, NOW).id for address in ("a", "b"))
        for each in (first, chat):
            for given in (True, False):
                text = "Nguyên văn thông báo" if given else ""
                consent = SaveConsent(
                    purpose="handling", given=given, version="1", lang="vi", text=text
                )
                people.add_consent(tx, each, consent, NOW)
        read = [people.consent_text(tx, one.text) for one in people.consents(tx, chat)]
        return read, len(tx.rows("SELECT hash FROM consent_texts"))

    assert await store.run(agree) == (["Nguyên văn thông báo", ""], 1)
