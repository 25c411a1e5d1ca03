"""For a breach: what one official did, looked at, and could have opened."""

from datetime import timedelta

from handlers.effects import Witness
from storage import moves
from storage.database import Store, Tx
from storage.seen import Seen, seen
from tests.storage.desks import UNIT, opened, staffed
from tests.storage.samples import CODE, DAY, NOW


async def test_what_an_official_looked_at_is_listed(store: Store) -> None:
    """Their own looks and refusals, in order, within the time asked for, and nobody else's."""

    def act(tx: Tx) -> tuple[Seen, Seen, Seen]:
        opened(tx)
        one, other = staffed(tx, "officer", "approver")
        for member, hours in ((one, 1), (other, 2), (one, 30)):
            look = Witness(kind="identified", by=member, deed="identify", code=CODE)
            moves.witness(tx, 0, look, NOW + timedelta(hours=hours))
        refused = Witness(kind="denied", by=one, deed="log")
        moves.witness(tx, 0, refused, NOW + timedelta(hours=3))
        begun = NOW + timedelta(minutes=1)
        day = seen(tx, one, begun, NOW + DAY)
        return day, seen(tx, one, begun, NOW + 2 * DAY), seen(tx, one, NOW - DAY, NOW)

    day, longer, before = await store.run(act)
    assert [(one.kind, one.about) for one in day.done] == [("identified", CODE), ("denied", "")]
    assert day.name == f"officer {UNIT}"
    assert day.confidential == 0
    assert day.within == ((UNIT, 1),)
    assert len(longer.done) == 3
    assert before.done == ()
