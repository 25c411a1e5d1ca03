"""Two chats that become one person's: what is one from then on, and what stays each chat's."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from handlers.desk.people import Duty
from handlers.effects import Follow, SaveConsent
from handlers.facts import Linked
from handlers.rights import AskData
from storage import follows, links, members, moves, people, rights, tickets, timers
from storage.database import Store, Tx
from tests.storage.desks import UNIT, member, opened, step
from tests.storage.samples import CODE, DAY, NOW

KEY = "keyed hash of a link"
OTHER = "PA-6Q4C-5MJ"
HALF_AN_HOUR = timedelta(minutes=30)


def chat(tx: Tx, address: str, channel: str = "web") -> int:
    """The contact at *address*."""
    contact = people.contact(tx, channel, address, NOW).id
    follows.hear(tx, contact, wanted=True)
    return contact


def person_of(tx: Tx, contact_id: int) -> int:
    """Who is behind a contact."""
    person: int = tx.rows("SELECT person_id FROM contacts WHERE id = ?", (contact_id,))[0][0]
    return person


def made(tx: Tx, address: str = "maker", key: str = KEY) -> int:
    """A link made in the chat at *address*; its contact."""
    maker = chat(tx, address)
    links.make(tx, maker, key, NOW, minutes=30)
    return maker


def wants(tx: Tx, contact_id: int, kind: str, name: str, *, wanted: bool = True) -> None:
    """Somebody switches a commune or a topic on or off."""
    effect = Follow.model_validate({"kind": kind, "name": name, "wanted": wanted})
    follows.follow(tx, contact_id, effect)


async def test_a_link_makes_one_person_of_two_chats(store: Store) -> None:
    """Whoever opens it becomes the maker's person, and the maker's chat is woken to hear of it."""

    def begin(tx: Tx) -> tuple[int, int]:
        return made(tx), chat(tx, "other", "telegram")

    maker, other = await store.run(begin)
    seen = await store.read(lambda tx: links.linked(tx, other, KEY, NOW))
    assert seen == Linked(channel="web", same=False)
    kept = await store.read(lambda tx: person_of(tx, maker))
    assert await store.run(lambda tx: links.join(tx, other, KEY, NOW))
    assert await store.read(lambda tx: (person_of(tx, maker), person_of(tx, other))) == (kept, kept)
    (timer,) = await store.read(lambda tx: timers.due(tx, NOW, 9))
    assert (timer.contact_id, timer.name) == (maker, "linked:telegram")
    wanted = await store.read(lambda tx: follows.wanted(tx, maker))
    assert wanted.channels == ("telegram", "web")


async def test_a_link_is_used_once(store: Store) -> None:
    """Of several chats that open one link at once, one is joined; afterwards it opens nothing."""

    def begin(tx: Tx) -> list[int]:
        made(tx)
        return [chat(tx, address) for address in "abc"]

    chats = await store.run(begin)
    join = partial(links.join, token_key=KEY, now=NOW)
    joined = await asyncio.gather(
        *(store.run(partial(join, contact_id=contact), key=contact) for contact in chats)
    )
    assert joined.count(True) == 1
    for contact in chats:
        used = partial(links.linked, contact_id=contact, token_key=KEY, now=NOW)
        assert await store.read(used) is None


async def test_an_old_or_invented_link_opens_nothing(store: Store) -> None:
    """After half an hour, with another token, or once a newer one was made, nobody is joined."""

    def begin(tx: Tx) -> tuple[int, int]:
        return made(tx), chat(tx, "other")

    maker, other = await store.run(begin)
    for key, now in ((KEY, NOW + HALF_AN_HOUR), ("another", NOW)):
        valid = partial(links.linked, contact_id=other, token_key=key, now=now)
        assert await store.read(valid) is None
        assert not await store.run(partial(links.join, contact_id=other, token_key=key, now=now))
    await store.run(lambda tx: made(tx, key="a newer one"))
    assert not await store.run(lambda tx: links.join(tx, other, KEY, NOW))
    assert await store.run(lambda tx: links.join(tx, other, "a newer one", NOW))
    assert await store.read(lambda tx: person_of(tx, maker) == person_of(tx, other))


async def test_a_link_opened_where_it_was_made_changes_nothing(store: Store) -> None:
    """The maker's own chat, and one that is the same person's already, are told apart."""

    def begin(tx: Tx) -> tuple[int, int]:
        maker, other = made(tx), chat(tx, "other", "telegram")
        assert links.join(tx, other, KEY, NOW)
        return maker, other

    for contact in await store.run(begin):
        await store.run(made)
        seen = await store.read(partial(links.linked, contact_id=contact, token_key=KEY, now=NOW))
        assert seen == Linked(channel="web", same=True)
        join = partial(links.join, contact_id=contact, token_key=KEY, now=NOW)
        assert not await store.run(join)


async def test_two_who_open_each_others_link_become_one(store: Store) -> None:
    """Links of both chats, opened at the same moment, end in one person and in no deadlock."""

    def begin(tx: Tx) -> tuple[int, int]:
        return made(tx, "a", "of a"), made(tx, "b", "of b")

    first, second = await store.run(begin)
    await asyncio.gather(
        store.run(lambda tx: links.join(tx, first, "of b", NOW), key=1),
        store.run(lambda tx: links.join(tx, second, "of a", NOW), key=2),
    )
    assert await store.read(lambda tx: person_of(tx, first) == person_of(tx, second))


async def test_what_either_wanted_is_wanted_by_both(store: Store) -> None:
    """What the maker switched off by hand stays off; announcements stopped by hand, in either."""

    def begin(tx: Tx) -> tuple[int, int]:
        maker, other = made(tx), chat(tx, "other")
        wants(tx, maker, "commune", "xa-a")
        wants(tx, maker, "topic", "khac", wanted=False)
        wants(tx, other, "commune", "xa-b")
        wants(tx, other, "commune", "xa-c", wanted=False)
        wants(tx, other, "topic", "khac")
        assert links.join(tx, other, KEY, NOW)
        return maker, other

    for contact in await store.run(begin):
        wanted = await store.read(partial(follows.wanted, contact_id=contact))
        assert wanted[:3] == (True, ("xa-a", "xa-b"), ())


async def test_who_stopped_in_either_chat_hears_nothing(store: Store) -> None:
    """What was stopped by hand in the chat that is joined is not begun again by joining it."""

    def begin(tx: Tx) -> int:
        maker, other = made(tx), chat(tx, "other")
        follows.hear(tx, other, wanted=False)
        assert links.join(tx, other, KEY, NOW)
        return maker

    maker = await store.run(begin)
    wanted = await store.read(partial(follows.wanted, contact_id=maker))
    assert not wanted.hears


async def test_cases_stay_where_they_were_and_are_one_persons(store: Store) -> None:
    """Each chat lists its own cases as before, and the desk may merge them: one person's own."""

    def begin(tx: Tx) -> tuple[int, int, int]:
        officer = member(tx, "officer", Duty(role="officer", unit=UNIT))
        maker, other = opened(tx, CODE, "maker"), opened(tx, OTHER, "other")
        made(tx)
        assert moves.move(tx, maker, step("take", officer).keywords["step"], NOW)
        assert links.join(tx, other, KEY, NOW)
        return officer, maker, other

    officer, maker, other = await store.run(begin)
    mine = await store.read(lambda tx: [card.code for card in tickets.cards(tx, maker, "", 9)])
    theirs = await store.read(lambda tx: [card.code for card in tickets.cards(tx, other, "", 9)])
    assert (mine, theirs) == ([CODE], [OTHER])
    merged = await store.run(step("merge", officer, other=OTHER))
    assert merged == "merged"


async def test_what_was_said_of_oneself_is_kept(store: Store) -> None:
    """The maker's name holds, the other chat's fills in a number that was missing."""

    def begin(tx: Tx) -> int:
        maker, other = made(tx), chat(tx, "other")
        people.describe(tx, maker, name="Nguyễn Thị Bưởi")
        people.describe(tx, other, name="Bưởi", phone="+84905123456", lang="vi")
        assert links.join(tx, other, KEY, NOW)
        return other

    other = await store.run(begin)
    said = await store.read(lambda tx: people.person(tx, other))
    assert said == ("Nguyễn Thị Bưởi", "+84905123456", "vi")
    rows = await store.read(lambda tx: tx.rows("SELECT phone FROM people WHERE hears = 0"))
    assert rows == [("",)]


async def test_a_member_of_staff_stays_one_in_their_own_chat(store: Store) -> None:
    """Duties and consents are the chat's: joining gives the other chat none of them."""

    def begin(tx: Tx) -> tuple[int, int]:
        maker = made(tx)
        member(tx, "officer", Duty(role="officer", unit=UNIT))
        officer = chat(tx, "officer")
        agreed = SaveConsent(purpose="handling", given=True, version="1", lang="vi")
        people.add_consent(tx, officer, agreed, NOW)
        assert links.join(tx, officer, KEY, NOW)
        return maker, officer

    maker, officer = await store.run(begin)
    assert await store.read(lambda tx: members.official(tx, maker)) is None
    still = await store.read(lambda tx: members.official(tx, officer))
    assert still is not None
    assert still.duties == (Duty(role="officer", unit=UNIT),)
    assert await store.read(lambda tx: people.consents(tx, maker)) == ()
    assert len(await store.read(lambda tx: people.consents(tx, officer))) == 1


async def test_whoever_is_staff_in_two_joined_chats_is_known_as_one(store: Store) -> None:
    """What takes two people can't be done by one from two chats of theirs: each knows the other."""

    def begin(tx: Tx) -> tuple[int, int, int]:
        duty = Duty(role="approver", unit=UNIT)
        chats = [member(tx, name, duty) for name in ("maker", "officer", "colleague")]
        made(tx)
        assert links.join(tx, chat(tx, "officer"), KEY, NOW)
        return chats[0], chats[1], chats[2]

    one, other, _ = await store.run(begin)

    def elsewhere(tx: Tx) -> list[set[int]]:
        chats = (chat(tx, name) for name in ("maker", "officer", "colleague"))
        found = (members.official(tx, contact) for contact in chats)
        return [set(official.elsewhere) for official in found if official is not None]

    assert await store.run(elsewhere) == [{other}, {one}, set()]


async def test_a_ledger_keeps_its_rows(store: Store) -> None:
    """Who was told of an announcement before is counted as they were, each person in one row."""

    def begin(tx: Tx) -> int:
        maker, other = made(tx), chat(tx, "other", "telegram")
        announcement = tx.add(
            """
            INSERT INTO announcements
                (code, unit, author, state, urgent, words, audience, created_at)
            VALUES ('TB-7K3Q-M2X', '*', 1, 'running', 0, '', '', 0)
            """
        )
        for contact in (maker, other):
            tx.do(
                """
                INSERT INTO deliveries (announcement_id, person_id, contact_id, channel, state)
                SELECT ?, person_id, id, channel, 'sent' FROM contacts WHERE id = ?
                """,
                (announcement, contact),
            )
        assert links.join(tx, other, KEY, NOW)
        return announcement

    await store.run(begin)
    rows = await store.read(lambda tx: tx.rows("SELECT state FROM deliveries"))
    assert rows == [("sent",), ("sent",)]


@pytest.mark.parametrize("later", [timedelta(0), DAY])
async def test_links_do_not_pile_up(store: Store, later: timedelta) -> None:
    """A chat has one link at a time, and what has expired goes when the next one is made."""

    def begin(tx: Tx) -> object:
        made(tx)
        if later:
            links.make(tx, chat(tx, "another"), "later", NOW + later, minutes=30)
        else:
            made(tx, key="later")
        return tx.rows("SELECT token_key FROM chat_links")

    assert await store.run(begin) == [("later",)]


async def test_what_was_granted_to_one_is_not_carried_out_for_both(store: Store) -> None:
    """An erasing granted before the chats were joined is decided again; a restriction holds on."""

    def act(tx: Tx) -> tuple[int, int]:
        made(tx)
        other = chat(tx, "other", "telegram")
        asked = AskData(
            kind="erase", code="DL-2222-222", state="doing", lang="vi", due_on=NOW.date()
        )
        rights.ask(tx, other, asked, NOW)
        limit = AskData(
            kind="restrict", code="DL-3333-333", state="open", lang="vi", due_on=NOW.date()
        )
        rights.ask(tx, other, limit, NOW)
        before = len(rights.jobs(tx, NOW))
        assert links.join(tx, other, KEY, NOW)
        return before, len(rights.jobs(tx, NOW))

    assert await store.run(act) == (1, 0)

    def kept(tx: Tx) -> bool:
        maker = people.contact(tx, "web", "maker", NOW).id
        return rights.mine(tx, maker).restricted

    assert await store.run(kept)
