"""The ledger adds up, whatever happens in whatever order."""

import sqlite3
from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from handlers.announcing import FINAL, MOVES, Action, Audience
from storage import announcements, deliveries, follows, migrations, people
from storage.deliveries import Fed, Live
from storage.outbox import State
from storage.sqlite_statements import SqliteConnection
from tests.sealing import SEAL
from tests.storage.announced import TB, came, chat, fed, leave, live, moved, tallies, written
from tests.storage.samples import NOW

SENDING = """
    SELECT d.person_id, (
        SELECT COUNT(*) FROM outbox o
        WHERE o.announcement_id = d.announcement_id AND o.person_id = d.person_id AND o.waiting = 1
    )
    FROM deliveries d WHERE d.announcement_id = ? AND d.state = 'sending'
"""
WAITING = "SELECT COUNT(*) FROM outbox WHERE announcement_id = ? AND waiting = 1"
TOLD = "SELECT COUNT(*) FROM deliveries WHERE state = 'cancelled' AND version > 0"
VERSIONS = "SELECT version FROM deliveries WHERE announcement_id = ? AND state = 'sent'"
# What goes on comes more often than what ends.
ACTIONS: tuple[Action, ...] = (
    *("pause", "correct", "pause", "correct", "return", "cancel", "withdraw"),
    *("go_on", "release", "go_on", "release", "go_on", "release"),
)
CHANNELS = ("telegram", "web", "zalo")


class Announcing(RuleBasedStateMachine):
    """One announcement to a few people, and all that can happen on its way."""

    on_their_way = Bundle("on their way")

    @initialize(people_=st.lists(st.integers(1, 3), min_size=2, max_size=6), prepared=st.booleans())
    def begin(self, people_: list[int], *, prepared: bool) -> None:
        """So many people with so many chats each; an announcement to all of them."""
        self.tx = SqliteConnection(sqlite3.connect(":memory:", isolation_level=None), SEAL)
        migrations.apply(self.tx, 0)
        self.chats: list[int] = []
        for number, chats in enumerate(people_):
            first = chat(self.tx, f"{number}")
            others = [chat(self.tx, f"{number}", name, of=first) for name in CHANNELS[1:chats]]
            self.chats += [first, *others]
        self.number = written(self.tx)
        moved(self.tx, "release", "begin")
        self.concerned = 0
        self.told: Counter[tuple[int, int]] = Counter()
        if prepared:
            self.prepare()

    def state(self) -> str:
        """The announcement's state."""
        found = announcements.get(self.tx, TB)
        assert found is not None
        return found.state

    def live(self) -> Live | None:
        """The announcement, when there is something to do for it."""
        return next(iter(deliveries.live(self.tx)), None)

    @rule()
    def prepare(self) -> None:
        """Look at the audience; whoever hears is in the ledger from then on."""
        if self.state() == "running" and not live(self.tx, self.number).prepared:
            counts = deliveries.count(self.tx, Audience())
            self.concerned = sum(counts.values()) - counts.get("stopped", 0)
            while not deliveries.prepare(self.tx, self.number):
                pass

    @rule(target=on_their_way, channel=st.sampled_from(CHANNELS), limit=st.integers(1, 3))
    def feed(self, channel: str, limit: int) -> object:
        """Feed a channel."""
        at = self.live()
        if at is None or at.state not in {"running", "withdrawn"}:
            return multiple()
        return multiple(*((each, at.version) for each in fed(self.tx, at, channel, limit)))

    @rule(
        which=consumes(on_their_way),
        state=st.sampled_from(("sent", "sent", "sent", "unreachable", "failed", "unknown")),
    )
    def arrive(self, which: tuple[Fed, int], state: State) -> None:
        """Something came of sending; told twice, it is the same."""
        each, version = which
        if state == "unreachable":
            leave(self.tx, each.contact_id)
        came(self.tx, state, each)
        came(self.tx, "sent", each)
        self.told[each.contact_id, version] += state == "sent"

    @rule(which=on_their_way)
    def put_off(self, which: tuple[Fed, int]) -> None:
        """Sending is tried again later: nothing changes."""
        before = tallies(self.tx, self.number)
        came(self.tx, "queued", which[0])
        assert tallies(self.tx, self.number) == before

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """Something is done to the announcement that its table allows."""
        possible = [action for action in ACTIONS if (self.state(), action) in MOVES]
        if possible:
            moved(self.tx, data.draw(st.sampled_from(possible)))
        if self.state() == "released":
            moved(self.tx, "begin")

    @rule(limit=st.integers(1, 3))
    def put_right(self, limit: int) -> None:
        """A bounded step of what the announcer does."""
        at = self.live()
        if at is None:
            return
        if at.state in {"cancelled", "withdrawn"}:
            deliveries.settle_cancelled(self.tx, self.number, limit)
        if at.state in {"running", "withdrawn"}:
            deliveries.renew(self.tx, at, limit)

    @rule(data=st.data(), comes_back=st.booleans())
    def come_or_go(self, data: st.DataObject, *, comes_back: bool) -> None:
        """A chat is blocked, or can be written to again."""
        chosen = data.draw(st.sampled_from(self.chats))
        people.set_reachable(self.tx, chosen, NOW, reachable=comes_back)

    @rule(data=st.data(), wanted=st.booleans())
    def hear(self, data: st.DataObject, *, wanted: bool) -> None:
        """Somebody stops hearing, or begins to."""
        follows.hear(self.tx, data.draw(st.sampled_from(self.chats)), wanted=wanted)

    @precondition(lambda self: hasattr(self, "tx"))
    @invariant()
    def it_adds_up(self) -> None:
        """Counts are those of the rows, one row a person; what is sending is in the outbox once.

        Nobody is told one version twice in a chat, or forgotten for a withdrawal once told.
        """
        assert sum(tallies(self.tx, self.number).values()) == self.concerned
        sending = self.tx.rows(SENDING, (self.number,))
        assert all(rows == 1 for _, rows in sending)
        assert self.tx.rows(WAITING, (self.number,)) == [(len(sending),)]
        assert self.tx.rows(TOLD) == [(0,)]
        assert all(count == 1 for count in self.told.values() if count)

    def teardown(self) -> None:
        """In the end everybody is in one final state, and whoever was told was told the last."""
        if not hasattr(self, "tx"):
            return
        for (number,) in self.tx.rows("SELECT id FROM outbox WHERE waiting = 1"):
            came(self.tx, "sent", Fed(number, 0, "", "vi", 0, ""))
        steps: dict[str, Action] = {"paused": "go_on", "correcting": "release"}
        if (action := steps.get(self.state())) is not None:
            moved(self.tx, action)
        if self.state() == "released":
            moved(self.tx, "begin")
        self.prepare()
        while (at := self.live()) is not None and deliveries.unfinished(self.tx, at):
            self.put_right(2)
            for channel in CHANNELS if at.state != "cancelled" else ():
                came(self.tx, "sent", *fed(self.tx, at, channel, 2))
        counts = tallies(self.tx, self.number)
        assert sum(counts.values()) == self.concerned
        assert {state for _, state in counts} <= FINAL
        if at is not None and at.state != "cancelled":
            assert {row[0] for row in self.tx.rows(VERSIONS, (self.number,))} <= {at.version}


TestAnnouncing = Announcing.TestCase
TestAnnouncing.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
