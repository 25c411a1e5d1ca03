"""Announcements in storage: people to tell, one on its way, and its ledger counted anew."""

from collections import Counter
from typing import Literal

from handlers.announcing import Action, Audience, Wording
from handlers.effects import Announce, Follow, MoveAnnouncement
from storage import announcements, deliveries, follows, keys, outbox, people, sessions
from storage.database import Tx
from storage.deliveries import Fed, Live
from storage.outbox import Result, State
from tests.storage.samples import NOW

TB = "TB-7K3Q-M2X"
AUTHOR, RELEASER = 1, 2
ROWS = """
    SELECT channel, state, COUNT(*) FROM deliveries WHERE announcement_id = ?
    GROUP BY channel, state
"""
STATES = """
    SELECT c.channel, c.address, d.state, d.version
    FROM deliveries d JOIN contacts c ON c.id = d.contact_id
    WHERE d.announcement_id = ? ORDER BY d.person_id
"""
JOIN = "UPDATE contacts SET person_id = ? WHERE id = ?"


def chat(tx: Tx, address: str, channel: str = "telegram", *, of: int = 0, used: int = 0) -> int:
    """The contact at *address*, of the same person as the contact *of*, used after *used*."""
    opened = sessions.open(tx, channel, address, NOW).contact_id
    tx.do("UPDATE sessions SET updated_at = ? WHERE contact_id = ?", (used, opened))
    follows.hear(tx, opened, wanted=True)
    if of:
        person = tx.rows("SELECT person_id FROM contacts WHERE id = ?", (of,))[0][0]
        tx.do(JOIN, (person, opened))
    return opened


def leave(tx: Tx, contact: int) -> None:
    """This chat can't be written to any more."""
    people.set_reachable(tx, contact, NOW, reachable=False)


def wants(tx: Tx, contact: int, kind: Literal["commune", "topic"], *names: str) -> None:
    """A person follows these communes or topics."""
    for name in names:
        follows.follow(tx, contact, Follow(kind=kind, name=name, wanted=True))


def written(tx: Tx, audience: Audience | None = None, code: str = TB, unit: str = "*") -> int:
    """An announcement that waits for its release."""
    effect = Announce(
        by=AUTHOR,
        code=code,
        unit=unit,
        urgent=False,
        wording=Wording(text="Cắt nước ngày mai"),
        audience=audience or Audience(),
    )
    return announcements.announce(tx, effect, NOW)


def moved(tx: Tx, *actions: Action, code: str = TB) -> None:
    """Do these to an announcement, each of which must be possible."""
    for action in actions:
        by = AUTHOR if action in {"correct", "resubmit"} else RELEASER
        corrected = Wording(text="Cắt nước ngày kia") if action == "correct" else None
        effect = MoveAnnouncement(by=by, code=code, action=action, wording=corrected)
        assert announcements.move(tx, effect, NOW)


def running(tx: Tx, audience: Audience | None = None, code: str = TB) -> Live:
    """An announcement with everybody of its audience in the ledger, as it is live."""
    number = written(tx, audience, code)
    moved(tx, "release", "begin", code=code)
    while not deliveries.prepare(tx, number):
        pass
    return live(tx, number)


def live(tx: Tx, number: int) -> Live:
    """An announcement as it is now."""
    return next(each for each in deliveries.live(tx) if each.id == number)


def fed(tx: Tx, live: Live, channel: str = "telegram", limit: int = 100) -> tuple[Fed, ...]:
    """Feed a channel; the words of each language are kept anew."""
    words = {"vi": deliveries.share(tx, "lời"), "en": deliveries.share(tx, "words")}
    return deliveries.feed(tx, live, channel, limit, NOW, words)


def came(tx: Tx, state: State, *those: Fed) -> None:
    """This came of sending these."""
    results = [
        Result(each.outbox_id, state, NOW, platform_id=each.changes or f"p{each.outbox_id}")
        for each in those
    ]
    outbox.record(tx, results)


def states(tx: Tx, number: int) -> list[tuple[str, str, str, int]]:
    """Channel, address, state and version of each person's delivery; its counts are right."""
    tallies(tx, number)
    return [
        (channel, keys.show(tx, address), state, version)
        for channel, address, state, version in tx.rows(STATES, (number,))
    ]


def tallies(tx: Tx, number: int) -> Counter[tuple[str, str]]:
    """The counts of the ledger, which are those of its rows."""
    code = tx.rows("SELECT code FROM announcements WHERE id = ?", (number,))[0][0]
    announcement = announcements.get(tx, code)
    assert announcement is not None
    counts: Counter[tuple[str, str]] = Counter(
        {
            (tally.channel, state): count
            for tally in announcement.tallies
            for state, count in tally.counts.items()
        }
    )
    assert counts == {(channel, state): count for channel, state, count in tx.rows(ROWS, (number,))}
    return counts
