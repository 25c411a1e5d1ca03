"""The ledger of announcements: each person of an audience in one state, and the count of each.

Whatever changes a delivery changes its count in the same transaction, so the counts always add up
to the rows. What came of sending is settled together with the outbox row that says so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from handlers.announcing import DeliveryState
from storage.database import Tx

COUNT = """
    INSERT INTO delivery_counts (announcement_id, channel, state, count) VALUES (?, ?, ?, ?)
    ON CONFLICT (announcement_id, channel, state)
    DO UPDATE SET count = delivery_counts.count + excluded.count
"""
SET = """
    UPDATE deliveries SET contact_id = ?, channel = ?, state = ?, version = ?, message = ?
    WHERE announcement_id = ? AND person_id = ?
"""
AT_ONCE = 64
# What is settled now: the rows that still wait, of deliveries that wait for them.
SENDING = f"""
    SELECT o.id, d.announcement_id, d.person_id, d.contact_id, d.channel, d.version, d.message,
        o.replaces, COALESCE(r.platform_id, '')
    FROM outbox o
    JOIN deliveries d ON d.announcement_id = o.announcement_id AND d.person_id = o.person_id
    LEFT JOIN outbox r ON r.id = o.replaces AND o.replaces > 0
    WHERE o.id IN ({", ".join("?" * AT_ONCE)}) AND o.waiting = 1 AND d.state = 'sending'
    ORDER BY o.id /*lock d*/
"""  # noqa: S608 - marks only
# Another chat of whoever the chat belongs to by now, in which this was not tried yet.
OTHER = """
    SELECT c.id, c.channel
    FROM contacts c LEFT JOIN sessions s ON s.contact_id = c.id
    WHERE c.person_id = COALESCE((SELECT m.person_id FROM contacts m WHERE m.id = ?), ?)
    AND c.reachable = 1 AND c.channel <> 'counter' AND c.id <> ?
    AND NOT EXISTS (
        SELECT 1 FROM outbox o WHERE o.contact_id = c.id AND o.announcement_id = ?
    )
    ORDER BY COALESCE(s.updated_at, 0) DESC, c.id DESC LIMIT 1
"""

Counts = Counter[tuple[int, str, DeliveryState]]
"""Changes of counts, by announcement, channel and state."""


class Outcome(NamedTuple):
    """What finally came of an outbox row, and the platform's id of the message."""

    state: DeliveryState
    platform_id: str


class Delivery(NamedTuple):
    """A row of the ledger; *message* is the outbox row that a correction changes."""

    announcement_id: int
    person_id: int
    contact_id: int
    channel: str
    state: DeliveryState
    version: int
    message: int


def count(tx: Tx, counts: Counts) -> None:
    """Add to the counts; in one order, so that two who do so wait for each other."""
    tx.many(COUNT, [(*key, number) for key, number in sorted(counts.items()) if number])


def change(tx: Tx, changes: Sequence[tuple[Delivery, Delivery]]) -> None:
    """Change rows, each given as it was and as it is from now on, and their counts."""
    counts: Counts = Counter()
    for old, new in changes:
        counts[old.announcement_id, old.channel, old.state] -= 1
        counts[new.announcement_id, new.channel, new.state] += 1
    tx.many(SET, [(*new[2:], *new[:2]) for _, new in changes])
    count(tx, counts)


def settle(tx: Tx, outcomes: Mapping[int, Outcome]) -> None:
    """Write into the ledger what finally came of these outbox rows, before they say so themselves.

    Rows of no announcement, and those settled before, change nothing.
    """
    changes: list[tuple[Delivery, Delivery]] = []
    for ids in _chunks(sorted(outcomes)):
        for number, *delivery, replaces, changed in tx.rows(SENDING, ids):
            announcement, person, contact, channel, version, message = delivery
            old = Delivery(announcement, person, contact, channel, "sending", version, message)
            changes.append((old, _settled(tx, old, number, replaces, changed, outcomes[number])))
    if changes:
        change(tx, changes)


def elsewhere(tx: Tx, delivery: Delivery) -> Delivery | None:
    """The delivery, queued for another chat of the same person; None when there is none left."""
    contact = delivery.contact_id
    row = tx.row(OTHER, (contact, delivery.person_id, contact, delivery.announcement_id))
    if row is None:
        return None
    return delivery._replace(contact_id=row[0], channel=row[1], state="queued", message=0)


def _settled(
    tx: Tx, old: Delivery, number: int, replaces: int, changed: str, outcome: Outcome
) -> Delivery:
    if outcome.state == "unreachable" and (other := elsewhere(tx, old)):
        return other if replaces else other._replace(version=0)
    # Said anew, because the message could not be changed: the next correction changes this one.
    anew = replaces and outcome.platform_id and outcome.platform_id != changed
    return old._replace(state=outcome.state, message=number if anew else old.message)


def _chunks(ids: Iterable[int]) -> Iterator[tuple[int, ...]]:
    """The ids, so many at a time as the statement has places; 0 is no row's."""
    left = list(ids)
    for start in range(0, len(left), AT_ONCE):
        chunk = left[start : start + AT_ONCE]
        yield (*chunk, *(0,) * (AT_ONCE - len(chunk)))
