"""One turn: claim, look up, step, carry out. The promise of the whole program in one function.

Everything here runs inside one transaction on a database thread, in a savepoint of its own (see
`storage.batch`). What a person did, the new state of the conversation, tickets, history and the
words to say are committed together or not at all; `keep` runs in the place of a turn that raised,
so that the update is kept for replay and its sender is told.
"""

import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from pydantic import TypeAdapter, ValidationError

from bot.carrying import carry_out
from bot.channels import Arrival, Garbled, Outcome
from bot.confidences import confided_facts, kept_apart
from bot.desk_facts import desk_facts, with_page
from bot.posting import UNSENT, Posted, post, tried
from bot.recent import Recent
from bot.secret import Secret
from handlers.announcing import Limits
from handlers.confiding import AddedConfided, MoveConfided, Restrict, SendConfided
from handlers.content import Content, Lang
from handlers.conversation import needs, step, tell
from handlers.effects import (
    Amend,
    Announce,
    ChangeDuty,
    JoinChats,
    JoinStaff,
    KeepFile,
    MarkReachable,
    MoveAnnouncement,
    MoveTicket,
    Notify,
    SetTimer,
)
from handlers.events import Event, TimedOut
from handlers.facts import NOTHING, Facts, Hearing, Needs
from handlers.limits import Block, Unblock
from handlers.messages import Say
from handlers.petition import MakePetition
from handlers.rights import DataEffect
from handlers.session import NEW, Session
from handlers.view import Turn
from storage import (
    abuse,
    amendments,
    announcements,
    denunciations,
    follows,
    inbox,
    links,
    members,
    outbox,
    people,
    petitions,
    reaching,
    repeats,
    rights,
    sessions,
    tickets,
    timers,
)
from storage.database import Store, Tx

ZONE = timezone(timedelta(hours=7))  # Viet Nam; no summer time
CARDS = 50  # cases listed to their own citizen

EVENTS: TypeAdapter[Event] = TypeAdapter(Event)
WAKES = (
    SetTimer
    | Notify
    | Amend
    | JoinStaff
    | JoinChats
    | ChangeDuty
    | MarkReachable
    | Announce
    | MoveAnnouncement
    | DataEffect
    | Block
    | Unblock
    | SendConfided
    | AddedConfided
    | MoveConfided
    | Restrict
)


WANTS = KeepFile | MoveTicket | MakePetition  # files are to be fetched or made


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an arrival: for its channel, the sender, the clock and the file fetcher.

    *amended*: what the province edits is another from now on; *announced*: something was done to an
    announcement.
    """

    outcome: Outcome
    posted: tuple[Posted, ...] = ()
    timers: bool = False
    files: bool = False
    amended: bool = False
    announced: bool = False


DUPLICATE = Taken("duplicate")


Amended = Callable[[Content, Sequence[tuple[str, str, str]]], Content]


def _as_filed(content: Content, _: Sequence[tuple[str, str, str]]) -> Content:
    return content


def _nowhere(_: str) -> str:
    return ""


@dataclass(slots=True)
class Turns:
    """What turns need beside their transaction: what the province edits, secrets, and chance.

    *content* begins as the province's files have it; `renew` puts in what was amended by command.
    *links* are the addresses a chat is opened by, by channel, with ``{}`` for the payload; *limits*
    are those of the channels that are open.
    """

    content: Content
    secret: Secret
    fresh_code: Callable[[], str]
    fresh_receipt: Callable[[], str]
    recent: Recent = field(default_factory=Recent)
    links: Mapping[str, str] = field(default_factory=dict)
    amended: Amended = _as_filed
    limits: tuple[Limits, ...] = ()
    page: Callable[[str], str] = _nowhere
    _files: Content = field(init=False)

    def __post_init__(self) -> None:
        """Keep what the files say, to amend it anew each time."""
        self._files = self.content

    async def renew(self, store: Store) -> None:
        """Work with the files as they are amended now; turns under way end with what they began."""
        self.content = self.amended(self._files, await store.read(amendments.all))

    def take(self, tx: Tx, arrival: Arrival | Garbled, *, again: bool = False) -> Taken:
        """Advance one conversation by one arrival. Told the same twice, the world changes once.

        *again* takes one that failed and was kept: what is claimed then is the failure.
        """
        claimed = inbox.settle(tx, arrival.id) if again else inbox.claim(tx, arrival.id, arrival.at)
        if not claimed:
            return DUPLICATE
        if isinstance(arrival, Garbled):
            inbox.keep_failed(tx, _garbled(arrival))
            return Taken("failed")
        opened = sessions.open(tx, arrival.channel, arrival.address, arrival.at)
        if not again and not _fires(tx, opened.contact_id, arrival):
            return DUPLICATE
        came_back = not opened.reachable and not isinstance(arrival.event, UNSENT)
        if came_back:
            reaching.back(tx, opened.contact_id, arrival.at)
        session = self.recent.read(opened.contact_id, opened.state)
        wanted = needs(session, arrival.event, self.content.triage)
        if session.hush and not isinstance(arrival.event, UNSENT):
            outbox.burn(tx, opened.contact_id)
        facts = self._known(tx, opened.contact_id, arrival, wanted, self.content)
        turn = step(session, arrival.event, facts)
        now = arrival.at.astimezone(ZONE)
        for effect in turn.effects:
            carry_out(tx, opened.contact_id, now, effect, self.content, self.secret)
        amended = any(isinstance(effect, Amend) for effect in turn.effects)
        if turn.wants is not None:
            # Whoever changed something is shown it as it is now.
            now_is = self.amended(self._files, amendments.all(tx)) if amended else self.content
            facts = self._known(tx, opened.contact_id, arrival, turn.wants, now_is)
            turn = tell(turn, facts)
        state = self.recent.write(opened.contact_id, turn.session)
        sessions.save(tx, opened.contact_id, state, arrival.at)
        return Taken(
            "done",
            (
                *tried(tx, opened.contact_id, arrival, turn),
                *post(tx, opened.contact_id, arrival, turn),
            ),
            timers=came_back or any(isinstance(effect, WAKES) for effect in turn.effects),
            files=any(isinstance(effect, WANTS) for effect in turn.effects),
            amended=amended,
            announced=any(
                isinstance(effect, Announce | MoveAnnouncement) for effect in turn.effects
            ),
        )

    def keep(
        self, tx: Tx, arrival: Arrival | Garbled, error: Exception, *, again: bool = False
    ) -> Taken:
        """Keep an arrival whose turn raised *error*, and answer it with an honest sentence.

        Said once: nobody is told when it fails *again*. Who sent nothing, because only a timer ran
        out, is told nothing at all.
        """
        if isinstance(arrival, Garbled):
            raise error
        opened = sessions.open(tx, arrival.channel, arrival.address, arrival.at)
        where, event = whereabouts(error), arrival.event
        told_here = (arrival.raw, where, event_text(event))
        if apart := _apart(opened.state):
            told_here = ("", where, "")  # told in confidence: not even kept to be tried again
        failed = inbox.Failed(arrival.id, arrival.at, opened.contact_id, *told_here)
        inbox.keep_failed(tx, failed)
        _fires(tx, opened.contact_id, arrival)  # or the clock would never rest
        if again:
            return Taken("failed")
        told: tuple[Posted, ...] = ()
        if not isinstance(event, UNSENT):
            sorry = _sorry(self.content, opened.state, apart=apart)
            told = post(tx, opened.contact_id, arrival, Turn(NEW, sorry))
        operators = members.with_role(tx, "administrator")
        reports = (self._report(tx, operator, arrival, error) for operator in operators)
        return Taken("failed", (*told, *filter(None, reports)))

    def _report(self, tx: Tx, operator: int, arrival: Arrival, error: Exception) -> Posted | None:
        text = self.content.say("vi", "fault.report", kind=type(error).__name__, id=arrival.id)
        say = Say(text=text)
        channel, address = people.address(tx, operator)
        if not address:
            return None
        # Locked, so that messages of one chat become visible in the order of their ids.
        sessions.open(tx, channel, address, arrival.at)
        number = outbox.add(tx, operator, channel, say.model_dump_json(), arrival.at, lane="notice")
        return Posted(number, operator, channel, address, say, "notice")

    # -- before the turn -----------------------------------------------------------------------

    def _known(
        self, tx: Tx, contact_id: int, arrival: Arrival, wanted: Needs, content: Content
    ) -> Facts:
        facts = self._look_up(tx, contact_id, wanted, arrival.at, content)
        there = replace(facts, channel=arrival.channel)
        return confided_facts(tx, contact_id, wanted, there, self.secret)

    def _look_up(
        self, tx: Tx, contact_id: int, wanted: Needs, at: datetime, content: Content
    ) -> Facts:
        now = at.astimezone(ZONE)
        if wanted is NOTHING:
            return Facts(now=now, content=content, links=self.links)
        proved = bool(wanted.receipt) and tickets.proves(
            tx, wanted.story, wanted.receipt, self.secret.raw
        )
        may_read = bool(wanted.story) and (proved or tickets.holds(tx, wanted.story, contact_id))
        facts = Facts(
            now=now,
            content=content,
            code=self._unused_code(tx) if wanted.fresh else "",
            receipt=self.fresh_receipt() if wanted.fresh else "",
            cards=tickets.cards(tx, contact_id, wanted.query, CARDS) if wanted.cards else (),
            story=tickets.story(tx, wanted.story, contact_id) if may_read else None,
            proved=proved,
            invited=members.invited(tx, self.secret.key(wanted.invitation), at)
            if wanted.invitation
            else None,
            links=self.links,
            limits=self.limits,
            hearing=Hearing(*follows.wanted(tx, contact_id)) if wanted.hearing else None,
            repeats=repeats.own(
                tx, contact_id, wanted.repeats, at, self.content.desk.limits.alike_days
            ),
            barred=abuse.barred(tx, contact_id, at) if wanted.barred else None,
            mine=rights.mine(tx, contact_id) if wanted.mine else None,
            petition=petitions.of_contact(tx, contact_id) if wanted.petition else None,
            linked=links.linked(tx, contact_id, self.secret.key(wanted.link), at)
            if wanted.link
            else None,
        )
        if not wanted.official:
            return facts
        return with_page(desk_facts(tx, contact_id, wanted, facts), self.page)

    def _unused_code(self, tx: Tx) -> str:
        """A code of no case, nor with other letters of anything else that has one."""
        while (
            tickets.code_exists(tx, code := self.fresh_code())
            or announcements.exists(tx, f"TB{code[2:]}")
            or rights.exists(tx, f"DL{code[2:]}")
            or denunciations.exists(tx, f"TT{code[2:]}")
        ):
            pass
        return code


def _fires(tx: Tx, contact_id: int, arrival: Arrival) -> bool:
    """Whether a timer that ran out is still ours to act on; anything else always is."""
    if not isinstance(arrival.event, TimedOut):
        return True
    return timers.fire(tx, contact_id, arrival.event.timer, arrival.at)


def _garbled(arrival: Garbled) -> inbox.Failed:
    return inbox.Failed(arrival.id, arrival.at, None, arrival.raw, arrival.error, "")


def event_text(event: Event) -> str:
    """The event as JSON that can be kept whatever is in it: half an emoji is escaped."""
    return json.dumps(EVENTS.dump_python(event))


def read_event(text: str) -> Event:
    """The event of an `event_text`."""
    return EVENTS.validate_python(json.loads(text))


def _apart(state: str) -> bool:
    """Whether a conversation, as far as it can be read, is one told in confidence."""
    try:
        return bool(state) and kept_apart(Session.model_validate_json(state))
    except ValidationError:
        return False


def _sorry(content: Content, state: str, *, apart: bool) -> Say:
    """The apology in the person's language, as far as the state that may be the fault tells it."""
    lang: Lang = "en" if '"lang":"en"' in state else "vi"
    said = content.say(lang, "fault.sorry_apart") if apart else content.say(lang, "fault.sorry")
    return Say(text=said, lang=lang)


def whereabouts(error: Exception) -> str:
    """Kind and place of an error, without its message, which may quote what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    return f"{type(error).__name__} in {places}"
