import asyncio
from functools import partial

from storage import people, staff
from storage.database import Store, Tx
from tests.storage.samples import DAY, NOW

KEY = "keyed hash of a token"


async def invited(store: Store) -> list[int]:
    """Make an invitation; the ids of three contacts."""

    def begin(tx: Tx) -> list[int]:
        staff.invite(tx, "administrator", KEY, NOW, NOW + DAY)
        return [people.contact(tx, "web", address, NOW).id for address in "abc"]

    return await store.run(begin)


async def test_an_invitation_makes_one_member(store: Store) -> None:
    """Of several who use one invitation at once, one becomes what it says."""
    contacts = await invited(store)
    assert await store.run(partial(staff.invited, token_key=KEY, now=NOW)) == "administrator"
    join = partial(staff.join, role="administrator", token_key=KEY, now=NOW)
    joined = await asyncio.gather(
        *(store.run(partial(join, contact_id=contact), key=contact) for contact in contacts)
    )
    assert joined.count(True) == 1
    assert await store.read(partial(staff.members, role="administrator")) == (
        contacts[joined.index(True)],
    )
    assert await store.run(partial(staff.invited, token_key=KEY, now=NOW)) is None


async def test_an_old_or_invented_invitation_is_none(store: Store) -> None:
    """After its end, or with another token, nobody becomes anything."""
    first, *_ = await invited(store)
    for key, now in ((KEY, NOW + DAY), ("another", NOW)):
        join = partial(staff.join, contact_id=first, role="administrator", token_key=key, now=now)
        assert await store.run(partial(staff.invited, token_key=key, now=now)) is None
        assert not await store.run(join)
    assert await store.read(partial(staff.members, role="administrator")) == ()
