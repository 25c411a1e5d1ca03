"""Messages told in confidence, in storage: who reads them, what is written down, what is erased."""

from datetime import date, timedelta
from functools import partial

from handlers.confiding import Confide, MoveConfided, Restrict, SendConfided
from handlers.denouncing import Action, Denunciation
from handlers.desk.people import Duty
from handlers.desk.places import Desk, Doing, Queue
from handlers.messages import Say
from handlers.session import Languages, Room, Session
from storage import (
    denunciations,
    desk,
    history,
    keys,
    links,
    outbox,
    people,
    restricting,
    sessions,
    tickets,
    timers,
    waking,
)
from storage.database import Store, Tx
from tests.storage.desks import member, opened, step
from tests.storage.samples import CODE, LINES, NOW, RECEIPT, SECRET, addition

TT = "TT-7K3Q-M2X"
UNIT = "xa-phu-ninh"
EVERYWHERE = Duty(role="inspector")
DUE = date(2026, 12, 3)
WORDS = "Ông Trưởng Mẫu nhận 20 triệu đồng để bỏ qua việc xây trái phép"


def told(tx: Tx, unit: str = UNIT, code: str = TT) -> int:
    """A message that names *unit*, received; the contact that told it."""
    contact = people.contact(tx, "web", f"sender of {code}", NOW).id
    confide = Confide(code=code, texts=(WORDS,), unit=unit, name="Nguyễn Thử", phone="+84905123456")
    denunciations.confide(tx, contact, confide, NOW)
    sent = SendConfided(code=code, receipt=RECEIPT, due_on=DUE, lang="vi")
    assert denunciations.send(tx, sent, NOW, SECRET)
    return contact


def inspector(tx: Tx, address: str, *duties: Duty) -> int:
    """The contact of somebody with these duties."""
    member(tx, address, *duties)
    found = people.find(tx, "web", address)
    assert found is not None
    return found.id


def moved(action: Action, seen: int, **says: str) -> MoveConfided:
    """Something an inspector does, who saw so many entries."""
    return MoveConfided.model_validate(
        {"code": TT, "by": 1, "action": action, "seen": seen, **says}
    )


def both(tx: Tx, contact: int) -> tuple[Denunciation | None, int]:
    """What a contact sees: the message by its code, and how many are in their list."""
    return denunciations.read(tx, contact, TT), len(denunciations.listed(tx, contact))


def woken(tx: Tx) -> list[tuple[int, str]]:
    """Who is about to be told that there is something."""
    due = ((timer.contact_id, timer.name) for timer in timers.due(tx, NOW, 10))
    return [(contact, name) for contact, name in due if name.startswith("confidential")]


async def test_who_has_a_duty_in_the_unit_named_can_t_see_that_it_exists(store: Store) -> None:
    """Neither by the list, its code or the count, nor is told of it; in another chat neither."""

    def unit(tx: Tx) -> None:
        there = inspector(tx, "there", EVERYWHERE, Duty(role="officer", unit=UNIT))
        twice = inspector(tx, "twice", EVERYWHERE)
        inspector(tx, "their other chat", Duty(role="clerk", unit=UNIT))
        links.make(tx, twice, "token", NOW, minutes=30)
        other = people.find(tx, "web", "their other chat")
        assert other is not None
        links.join(tx, other.id, "token", NOW)
        elsewhere = inspector(tx, "elsewhere", EVERYWHERE, Duty(role="officer", unit="so-y-te"))
        told(tx)
        waking.inspectors(tx, TT, NOW)
        for barred in (there, twice):
            assert both(tx, barred) == (None, 0)
            assert denunciations.count(tx, barred) == 0
            assert denunciations.move(tx, barred, moved("view", 2), NOW) == 0
        found, count = both(tx, elsewhere)
        assert found is not None
        assert (found.code, count) == (TT, 1)
        assert woken(tx) == [(elsewhere, waking.NEW)]

    await store.run(unit)


async def test_when_nobody_may_read_it_administrators_hear_that_one_waits(store: Store) -> None:
    """They hear neither of whom nor by which code, and read nothing themselves."""

    def unit(tx: Tx) -> None:
        administrator = inspector(tx, "admin", Duty(role="administrator"))
        named = Duty(role="administrator"), Duty(role="officer", unit=UNIT)
        inspector(tx, "admin of the unit named", *named)
        inspector(tx, "there", EVERYWHERE, Duty(role="officer", unit=UNIT))
        told(tx)
        waking.inspectors(tx, TT, NOW)
        assert woken(tx) == [(administrator, waking.WAITING)]
        assert both(tx, administrator) == (None, 0)

    await store.run(unit)


async def test_correcting_the_unit_shuts_out_and_lets_in(store: Store) -> None:
    """What named nobody's unit is read by who inspects everything; then not by that unit."""

    def unit(tx: Tx) -> None:
        everything = inspector(tx, "everything", EVERYWHERE)
        there = inspector(tx, "there", EVERYWHERE, Duty(role="officer", unit=UNIT))
        one = inspector(tx, "one unit", Duty(role="inspector", unit="thanh-tra"))
        told(tx, unit="")
        assert both(tx, everything)[0] is not None
        assert both(tx, there) == both(tx, one) == (None, 0), "it could be of their unit"
        denunciations.move(tx, everything, moved("move", 2, unit=UNIT), NOW)
        assert both(tx, there) == (None, 0)
        assert both(tx, one)[0] is not None

    await store.run(unit)


async def test_every_look_is_an_entry_of_a_chain(store: Store) -> None:
    """Who looked, when and why; a look that was rubbed out or changed is found."""

    def unit(tx: Tx) -> None:
        contact = inspector(tx, "inspector", EVERYWHERE)
        told(tx)
        denunciations.move(tx, contact, moved("view", 2, words="Phân loại"), NOW)
        denunciations.move(tx, contact, moved("identify", 3), NOW + timedelta(minutes=1))
        found = denunciations.read(tx, contact, TT)
        assert found is not None
        looks = [(line.kind, line.by, line.words) for line in found.lines[2:]]
        assert looks == [("viewed", "inspector", "Phân loại"), ("identified", "inspector", "")]
        assert not [*denunciations.verify(tx)]
        tx.do("DELETE FROM denunciation_entries WHERE seq = 4")
        assert [code for code, _ in denunciations.verify(tx)] == [TT]

    await store.run(unit)


async def test_two_inspectors_at_once(store: Store) -> None:
    """The second, who did not see what the first did, does nothing."""

    def unit(tx: Tx) -> None:
        contact = inspector(tx, "inspector", EVERYWHERE)
        told(tx)
        denunciations.move(tx, contact, moved("forward", 2, words="Thanh tra"), NOW)
        denunciations.move(tx, contact, moved("close", 2, words="Không có cơ sở"), NOW)
        found = denunciations.read(tx, contact, TT)
        assert found is not None
        assert (found.state, found.entries) == ("forwarded", 3)

    await store.run(unit)


async def test_a_look_beside_somebody_else_s_is_written_down_too(store: Store) -> None:
    """Whoever looks at the same moment is shown it all the same: both looks are entries."""

    def unit(tx: Tx) -> None:
        contact = inspector(tx, "inspector", EVERYWHERE)
        told(tx)
        for action in ("view", "identify", "files"):
            denunciations.move(tx, contact, moved(action, 2), NOW)
        found = denunciations.read(tx, contact, TT)
        assert found is not None
        looks = [line.kind for line in found.lines[2:]]
        assert looks == ["viewed", "identified", "files_viewed"]

    await store.run(unit)


async def test_only_the_receipt_opens_it_for_who_told_it(store: Store) -> None:
    """With it: that it was received and the message written to them, no word they told."""

    def unit(tx: Tx) -> None:
        contact = inspector(tx, "inspector", EVERYWHERE)
        sender = told(tx)
        assert denunciations.move(tx, contact, moved("reply", 2, words="Xin đến"), NOW) == sender
        assert not denunciations.proves(tx, TT, "H4TN-62XC-9FQQ", SECRET)
        assert not denunciations.proves(tx, "TT-2222-222", RECEIPT, SECRET)
        assert denunciations.proves(tx, TT, RECEIPT, SECRET)
        found = denunciations.sent(tx, TT)
        assert found is not None
        assert (found.reply, found.lines, found.name, found.phone) == ("Xin đến", (), "", "")

    await store.run(unit)


async def test_what_was_not_sent_is_gone_for_good(store: Store) -> None:
    """Its key first, then its rows; what was received is not touched by it."""

    def unit(tx: Tx) -> None:
        told(tx)
        contact = people.contact(tx, "web", "b", NOW).id
        draft = "TT-2222-222"
        denunciations.confide(tx, contact, Confide(code=draft, texts=(WORDS,)), NOW)
        denunciations.drop(tx, TT)
        assert denunciations.exists(tx, TT)
        assert denunciations.drop_old(tx, NOW) == 0
        assert denunciations.drop_old(tx, NOW + timedelta(days=3)) == 1
        assert not denunciations.exists(tx, draft)
        holders = {
            row[0] for row in tx.rows("SELECT holder FROM keys WHERE ring = 'denunciations'")
        }
        assert holders == {"denunciation:1"}

    await store.run(unit)


async def test_nothing_but_that_it_is_there_is_in_clear(store: Store) -> None:
    """Neither words nor who told it, by name or by chat, nor the unit named."""

    def unit(tx: Tx) -> None:
        contact = told(tx)
        tables = ("denunciations", "denunciation_entries")
        rows = [row for table in tables for row in tx.rows(f"SELECT * FROM {table}")]  # noqa: S608 - our own
        text = repr(rows)
        for secret in (WORDS, "Nguyễn", "905123456", UNIT, f"contact:{contact}", RECEIPT):
            assert secret not in text

    await store.run(unit)


async def test_a_case_taken_out_of_sight_keeps_a_whole_history_without_words(store: Store) -> None:
    """Its words, answers, search words and files are the message's; the receipt is the same."""

    def unit(tx: Tx) -> None:
        contact = inspector(tx, "inspector", EVERYWHERE)
        sender = opened(tx)
        tickets.add_note(tx, sender, addition("Ông ấy còn dọa nạt tôi và gia đình"), NOW)
        noted = step("note", 1, words="Đã gọi, có người làm chứng")
        assert noted(tx) == "recorded"
        effect = Restrict(code=CODE, by=1, into=TT, due_on=DUE)
        assert restricting.restrict(tx, effect, NOW)
        assert not restricting.restrict(tx, effect, NOW), "once is enough"
        story = tickets.story(tx, CODE, sender)
        assert story is not None
        assert (story.card.status, story.lines, story.media) == ("closed", (), ())
        assert story.passed_on
        assert not [entry.text for entry in story.happenings if entry.text]
        assert history.verify_all(tx).broken == 0
        assert not desk.search(tx, "doa nat", frozenset({"*"}), 10)
        assert not tx.rows("SELECT 1 FROM keys WHERE holder LIKE 'case:%'")
        found = denunciations.read(tx, contact, TT)
        assert found is not None
        words = "\n".join(line.words for line in found.lines)
        assert LINES[0].text in words
        assert "dọa nạt" in words
        mine = [(line.kind, line.by) for line in found.lines if "làm chứng" in line.words]
        assert mine == [("noted", "inspector")], "what an official wrote is not the sender's"
        assert denunciations.proves(tx, TT, RECEIPT, SECRET)
        assert not [*denunciations.verify(tx)]

    await store.run(unit)


async def test_whoever_repeats_the_words_of_such_a_case_loses_them(store: Store) -> None:
    """Messages to officials and its sender are blanked, what an official was writing is left."""

    def unit(tx: Tx) -> None:
        officer = inspector(tx, "officer", Duty(role="officer"))
        sender = opened(tx)
        for contact in (officer, sender):
            say = Say(text=f"Nội dung: {LINES[0].text}").model_dump_json()
            outbox.add(tx, contact, "web", say, NOW)
            outbox.add(tx, contact, "web", Say(text="Chào").model_dump_json(), NOW)
        sessions.open(tx, "web", "officer", NOW)
        here = Session(room=Desk(code=CODE), hand=CODE)
        sessions.save(tx, officer, here.model_dump_json(), NOW)
        restricting.restrict(tx, Restrict(code=CODE, by=1, into=TT, due_on=DUE), NOW)
        for contact in (officer, sender):
            said = [
                Say.model_validate_json(m.payload).text for m in outbox.after(tx, contact, 0, 9)
            ]
            assert said == ["…", "Chào"]
        state = sessions.open(tx, "web", "officer", NOW).state
        left = Session.model_validate_json(state)
        assert (left.room, left.hand) == (Queue(), "")

    await store.run(unit)


async def test_what_they_searched_and_were_writing_is_left_wherever_they_stand(
    store: Store,
) -> None:
    """Behind another question, in a search, set aside: no session repeats the words."""
    quote = f"Người dân viết: {WORDS}"
    writing = Doing(task="answer", code=CODE, given={"text": quote})
    elsewhere = Doing(task="note", code="PA-2222-222", given={"text": "Đã hẹn người dân"})
    rooms: tuple[Room, ...] = (Languages(back=writing), Queue(words=quote), writing)

    def unit(tx: Tx) -> None:
        tickets.add_note(tx, opened(tx), addition(WORDS), NOW)
        for number, room in enumerate(rooms):
            contact = inspector(tx, f"officer {number}", Duty(role="officer"))
            sessions.open(tx, "web", f"officer {number}", NOW)
            copied = elsewhere.model_copy(update={"given": {"text": quote}})
            here = Session(room=room, aside=(writing, copied, elsewhere))
            sessions.save(tx, contact, here.model_dump_json(), NOW)
        restricting.restrict(tx, Restrict(code=CODE, by=1, into=TT, due_on=DUE), NOW)
        for number in range(len(rooms)):
            state = sessions.open(tx, "web", f"officer {number}", NOW).state
            left = Session.model_validate_json(state)
            assert (left.room, left.aside) == (Queue(), (elsewhere,))

    await store.run(unit)


async def test_what_is_said_in_confidence_goes_once_it_was_answered(store: Store) -> None:
    """It is sealed by the other ring; what is still on its way stays until it was sent."""

    def unit(tx: Tx) -> tuple[int, int]:
        contact = told(tx)
        holder = denunciations.holder(tx, TT)
        say = partial(outbox.add, tx, contact, "web", Say(text=WORDS).model_dump_json(), NOW)
        first, second = say(holder=holder), say(holder=holder)
        kept = tx.rows("SELECT payload FROM outbox WHERE id = ?", (first,))[0][0]
        assert keys.show(tx, kept)
        outbox.record(tx, [outbox.Result(first, "sent", NOW)])
        outbox.burn(tx, contact)
        left = [message.id for message in outbox.after(tx, contact, 0, 10)]
        assert left == [second]
        return contact, second

    await store.run(unit)


def test_quotes_are_found_however_they_are_cut() -> None:
    """Some words in a row are a quotation, whatever stands around them; one word is none."""
    quotes = restricting.Quotes((f"Nội dung: {WORDS}", "Ngắn"))
    assert quotes.found_in("… TRƯỞNG MẪU nhận 20 triệu đồng\\nđể bỏ qua …")
    assert quotes.found_in("ngan")
    assert not quotes.found_in("Cán bộ nhận 20 triệu đồng để làm gì?", rows=restricting.SURELY)
    assert quotes.found_in(f"Có người kể: {WORDS}", rows=restricting.SURELY)
    assert not quotes.found_in("Ông Trưởng thôn nhận quà để bỏ vào kho, 20 triệu đồng")
