import asyncio
from functools import partial

from handlers.desk.people import Duty, Invitation, Official
from handlers.effects import ChangeDuty, Invite
from storage import log, members, people
from storage.database import Store, Tx
from tests.storage.desks import UNIT, member
from tests.storage.samples import DAY, NOW

KEY = "keyed hash of a token"
OFFICER = Duty(role="officer", unit=UNIT)
ADMINISTRATOR = Duty(role="administrator")
NAME = "Trần Văn Thử"


async def invited(store: Store, name: str = NAME) -> list[int]:
    """Make an invitation; the ids of three contacts."""

    def begin(tx: Tx) -> list[int]:
        effect = Invite(by=0, invitation="moi-a", duty=OFFICER, name=name, hours=24)
        members.invite(tx, effect, KEY, NOW)
        return [people.contact(tx, "web", address, NOW).id for address in "abc"]

    return await store.run(begin)


def changing(of: int, duty: Duty, *, given: bool) -> partial[bool]:
    """A change of somebody's duties by the first member."""
    effect = ChangeDuty(by=1, member=of, duty=duty, given=given)
    return partial(members.change_duty, effect=effect, now=NOW)


async def test_an_invitation_makes_one_member(store: Store) -> None:
    """Of several who use one invitation at once, one becomes what it says, and is called so."""
    contacts = await invited(store)
    found = await store.run(partial(members.invited, token_key=KEY, now=NOW))
    assert found == Invitation(duty=OFFICER, name=NAME)
    join = partial(members.join, token_key=KEY, now=NOW)
    joined = await asyncio.gather(
        *(store.run(partial(join, contact_id=contact), key=contact) for contact in contacts)
    )
    assert joined.count(True) == 1
    lucky = contacts[joined.index(True)]
    official = Official(id=1, name=NAME, duties=(OFFICER,))
    assert await store.read(members.members) == (official,)
    assert await store.read(partial(members.official, contact_id=lucky)) == official
    assert await store.read(partial(members.contact_of, member_id=1)) == lucky
    assert await store.run(partial(members.invited, token_key=KEY, now=NOW)) is None


async def test_an_old_or_invented_invitation_is_none(store: Store) -> None:
    """After its end, or with another token, nobody becomes anything."""
    first, *_ = await invited(store)
    for key, now in ((KEY, NOW + DAY), ("another", NOW)):
        join = partial(members.join, contact_id=first, token_key=key, now=now)
        assert await store.run(partial(members.invited, token_key=key, now=now)) is None
        assert not await store.run(join)
    assert await store.read(members.members) == ()
    assert await store.read(partial(members.official, contact_id=first)) is None


async def test_who_may_invite_no_more_lets_nobody_in(store: Store) -> None:
    """What an administrator made for later is worth nothing once they are none any more."""

    def begin(tx: Tx) -> tuple[int, int]:
        member(tx, "first", ADMINISTRATOR)
        maker = member(tx, "a", ADMINISTRATOR)
        effect = Invite(by=maker, invitation="moi-a", duty=OFFICER, name=NAME, hours=24)
        members.invite(tx, effect, KEY, NOW)
        return maker, people.contact(tx, "web", "later", NOW).id

    maker, contact = await store.run(begin)
    invitation = partial(members.invited, token_key=KEY, now=NOW)
    assert await store.run(invitation) == Invitation(duty=OFFICER, name=NAME, by=maker)
    assert await store.run(changing(maker, ADMINISTRATOR, given=False))
    assert await store.run(invitation) is None
    assert not await store.run(partial(members.join, contact_id=contact, token_key=KEY, now=NOW))


async def test_whoever_comes_back_is_the_same_member(store: Store) -> None:
    """A chat keeps its number and its name whatever later invitations call it."""

    def twice(tx: Tx) -> tuple[int, int]:
        first = member(tx, "a", OFFICER, name=NAME)
        again = member(tx, "a", Duty(role="approver", unit=UNIT), name="Người khác")
        return first, again

    first, again = await store.run(twice)
    assert first == again
    (official,) = await store.read(members.members)
    assert official.name == NAME
    assert [duty.role for duty in official.duties] == ["approver", "officer"]


async def test_duties_come_and_go(store: Store) -> None:
    """A duty is given and ended once; who has none left is no official, and stays a member."""
    number = await store.run(lambda tx: member(tx, "a", OFFICER))
    dispatcher = Duty(role="dispatcher")
    assert await store.run(changing(number, dispatcher, given=True))
    assert not await store.run(changing(number, dispatcher, given=True))
    for duty in (OFFICER, dispatcher):
        assert await store.run(changing(number, duty, given=False))
        assert not await store.run(changing(number, duty, given=False))
    assert not await store.run(changing(99, OFFICER, given=True))
    assert await store.read(members.members) == ()
    contact = await store.read(partial(members.contact_of, member_id=number))
    assert contact is not None
    assert await store.read(partial(members.official, contact_id=contact)) is None


async def test_the_last_administrator_stays(store: Store) -> None:
    """Of two administrators who end each other's duty at once, one is left."""
    first, second = await store.run(
        lambda tx: (member(tx, "a", ADMINISTRATOR), member(tx, "b", ADMINISTRATOR))
    )
    ended = await asyncio.gather(
        store.run(changing(first, ADMINISTRATOR, given=False), key=1),
        store.run(changing(second, ADMINISTRATOR, given=False), key=2),
    )
    assert sorted(ended) == [False, True]
    assert len(await store.read(members.members)) == 1


async def test_a_role_is_found_in_its_unit_first(store: Store) -> None:
    """Those of the unit come before those of everywhere; the nearest are only the former."""

    def begin(tx: Tx) -> None:
        member(tx, "a", Duty(role="approver"))
        member(tx, "b", Duty(role="approver", unit=UNIT))
        member(tx, "c", Duty(role="approver", unit="so-y-te"))

    await store.run(begin)
    everywhere, here, _ = [1, 2, 3]
    with_role = partial(members.with_role, role="approver")
    assert await store.read(partial(with_role, unit=UNIT)) == (here, everywhere)
    assert await store.read(with_role) == (everywhere,)
    nearest = partial(members.nearest, role="approver", unit=UNIT)
    assert await store.read(partial(nearest, besides=0)) == (here,)
    assert await store.read(partial(nearest, besides=here)) == (everywhere,)
    assert await store.read(partial(nearest, unit="khac", besides=everywhere)) == ()


async def test_all_of_it_is_in_the_log_and_names_are_not_in_the_clear(store: Store) -> None:
    """Inviting, joining and every change is an entry by whom it was done; names are its words."""
    contacts = await invited(store)
    await store.run(partial(members.join, contact_id=contacts[0], token_key=KEY, now=NOW))
    await store.run(changing(1, ADMINISTRATOR, given=True))
    await store.run(changing(1, OFFICER, given=False))
    told = await store.read(partial(log.entries, limit=9))
    assert [(e.kind, e.actor, e.subject, e.words) for e in reversed(told)] == [
        ("invited", "clock", "", NAME),
        ("joined", "member:1", "member:1", NAME),
        ("duty_given", "member:1", "member:1", None),
        ("duty_ended", "member:1", "member:1", None),
    ]
    assert all(NAME not in str(entry.data) for entry in told)
    assert told[-1].data["role"] == "officer"
    assert await store.read(log.verify) is None


async def test_a_member_whose_chat_moves_stays_one(store: Store) -> None:
    """A chat that gets a new address keeps its duties."""
    await store.run(lambda tx: member(tx, "old", OFFICER))

    def moved(tx: Tx) -> Official | None:
        people.contact(tx, "web", "new", NOW)
        people.move(tx, "web", "old", "new", NOW)
        return members.official(tx, people.contact(tx, "web", "new", NOW).id)

    official = await store.run(moved)
    assert official is not None
    assert official.duties == (OFFICER,)
