"""One turn: claim, look up, step, carry out. The promise of the whole program in one function.

Everything here runs inside one transaction on a database thread, in a savepoint of its own (see
`storage.batch`). What a person did, the new state of the conversation, tickets, history and the
words to say are committed together or not at all; `keep` runs in the place of a turn that raised,
so that the update is kept for replay and its sender is told.
"""

import json
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from pydantic import TypeAdapter

from bot.channels import Arrival, Garbled, Outcome
from bot.desk_facts import desk_facts, with_page
from bot.recent import Recent
from bot.secret import Secret
from handlers.announcing import Limits
from handlers.content import Content, Lang
from handlers.conversation import needs, step, tell
from handlers.effects import (
    AddToTicket,
    Amend,
    Announce,
    ChangeDuty,
    DropTimer,
    Effect,
    Follow,
    Hear,
    HoldTicket,
    Invite,
    JoinChats,
    JoinStaff,
    KeepFile,
    MakeLink,
    MarkReachable,
    MarkTold,
    MoveAnnouncement,
    MoveTicket,
    Notify,
    OpenTicket,
    SaveConsent,
    SetTimer,
    TrySending,
    Witness,
)
from handlers.events import CameBack, Event, FileRefused, Left, TimedOut
from handlers.facts import NOTHING, Facts, Hearing, Needs
from handlers.messages import Say
from handlers.session import NEW
from handlers.view import Turn
from storage import (
    amendments,
    announcements,
    files,
    follows,
    inbox,
    leaving,
    links,
    members,
    moves,
    notices,
    outbox,
    people,
    reaching,
    sessions,
    tickets,
    timers,
)
from storage.database import Store, Tx

ZONE = timezone(timedelta(hours=7))  # Viet Nam; no summer time
CARDS = 50  # cases listed to their own citizen

EVENTS: TypeAdapter[Event] = TypeAdapter(Event)
DeskEffect = (
    MoveTicket
    | Notify
    | Witness
    | Invite
    | JoinStaff
    | ChangeDuty
    | Amend
    | Announce
    | MoveAnnouncement
    | TrySending  # which is posted beside what the turn says
)
HearingEffect = Follow | Hear | MakeLink | JoinChats
WAKES = (
    SetTimer
    | Notify
    | JoinStaff
    | JoinChats
    | ChangeDuty
    | MarkReachable
    | Announce
    | MoveAnnouncement
)
UNSENT = TimedOut | FileRefused | Left | CameBack  # events behind which nobody waits for an answer


@dataclass(frozen=True, slots=True)
class Posted:
    """A message committed to the outbox, handed over so that the sender need not read it again.

    It changes the message *replaces* unless that is 0, the platform's *changes* where that is known
    already; *announcement* is the one it belongs to.
    """

    id: int
    contact_id: int
    channel: str
    address: str
    say: Say
    lane: outbox.Lane = "reply"
    replaces: int = 0
    announcement: int = 0
    changes: str = ""


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
        if not opened.state:
            follows.agreed(tx, opened.contact_id, given=False)
        session = self.recent.read(opened.contact_id, opened.state)
        facts = self._look_up(tx, opened.contact_id, needs(session, arrival.event), arrival.at)
        turn = step(session, arrival.event, facts)
        for effect in turn.effects:
            self._carry_out(tx, opened.contact_id, arrival, effect)
        amended = any(isinstance(effect, Amend) for effect in turn.effects)
        if turn.wants is not None:
            facts = self._look_up(tx, opened.contact_id, turn.wants, arrival.at)
            if amended:  # whoever changed something is shown it as it is now
                content = self.amended(self._files, amendments.all(tx))
                facts = replace(facts, content=content)
            turn = tell(turn, facts)
        state = self.recent.write(opened.contact_id, turn.session)
        sessions.save(tx, opened.contact_id, state, arrival.at)
        return Taken(
            "done",
            (
                *_tried(tx, opened.contact_id, arrival, turn),
                *_post(tx, opened.contact_id, arrival, turn),
            ),
            timers=came_back or any(isinstance(effect, WAKES) for effect in turn.effects),
            files=any(isinstance(effect, KeepFile | MoveTicket) for effect in turn.effects),
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
        inbox.keep_failed(
            tx,
            inbox.Failed(
                arrival.id, arrival.at, opened.contact_id, arrival.raw, where, event_text(event)
            ),
        )
        _fires(tx, opened.contact_id, arrival)  # or the clock would never rest
        if again:
            return Taken("failed")
        told: tuple[Posted, ...] = ()
        if not isinstance(event, UNSENT):
            sorry = _sorry(self.content, opened.state)
            told = _post(tx, opened.contact_id, arrival, Turn(NEW, sorry))
        operators = members.with_role(tx, "administrator")
        reports = (self._report(tx, operator, arrival, error) for operator in operators)
        return Taken("failed", (*told, *reports))

    def _report(self, tx: Tx, operator: int, arrival: Arrival, error: Exception) -> Posted:
        text = self.content.say("vi", "fault.report", kind=type(error).__name__, id=arrival.id)
        say = Say(text=text)
        channel, address = people.address(tx, operator)
        # Locked, so that messages of one chat become visible in the order of their ids.
        sessions.open(tx, channel, address, arrival.at)
        number = outbox.add(tx, operator, channel, say.model_dump_json(), arrival.at, lane="notice")
        return Posted(number, operator, channel, address, say, "notice")

    # -- before the turn -----------------------------------------------------------------------

    def _look_up(self, tx: Tx, contact_id: int, wanted: Needs, at: datetime) -> Facts:
        now = at.astimezone(ZONE)
        if wanted is NOTHING:
            return Facts(now=now, content=self.content)
        proved = bool(wanted.receipt) and tickets.proves(
            tx, wanted.story, wanted.receipt, self.secret.raw
        )
        may_read = bool(wanted.story) and (proved or tickets.holds(tx, wanted.story, contact_id))
        facts = Facts(
            now=now,
            content=self.content,
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
            linked=links.linked(tx, contact_id, self.secret.key(wanted.link), at)
            if wanted.link
            else None,
        )
        if not wanted.official:
            return facts
        return with_page(desk_facts(tx, contact_id, wanted, facts), self.page)

    def _unused_code(self, tx: Tx) -> str:
        """A code of no case, and of no announcement: that one has TB in the place of PA."""
        while tickets.code_exists(tx, code := self.fresh_code()) or announcements.exists(
            tx, f"TB{code[2:]}"
        ):
            pass
        return code

    # -- after it ------------------------------------------------------------------------------

    def _carry_out(self, tx: Tx, contact_id: int, arrival: Arrival, effect: Effect) -> None:
        now = arrival.at
        match effect:
            case OpenTicket():
                notice = self.content.controller.privacy_version
                tickets.open(tx, contact_id, effect, now, self.secret.raw, notice)
            case AddToTicket():
                tickets.add_note(tx, contact_id, effect, now)
            case MarkTold(code=code, seq=seq):
                tickets.tell(tx, contact_id, code, seq)
            case HoldTicket(code=code):
                tickets.hold(tx, code, contact_id, now)
            case KeepFile(media=media):
                files.keep(tx, contact_id, media, now)
            case SaveConsent():
                _agree(tx, contact_id, effect, now)
            case SetTimer(timer=timer, seconds=seconds):
                timers.set(tx, contact_id, timer, now + timedelta(seconds=seconds))
            case DropTimer(timer=timer):
                timers.drop(tx, contact_id, timer)
            case MarkReachable(reachable=True):
                reaching.back(tx, contact_id, now)
            case MarkReachable():
                people.set_reachable(tx, contact_id, now, reachable=False)
            case Follow() | Hear() | MakeLink() | JoinChats():
                self._carry_out_for_hearing(tx, contact_id, now, effect)
            case _:
                self._carry_out_for_the_desk(tx, contact_id, now.astimezone(ZONE), effect)

    def _carry_out_for_hearing(
        self, tx: Tx, contact_id: int, now: datetime, effect: HearingEffect
    ) -> None:
        match effect:
            case Follow():
                follows.follow(tx, contact_id, effect)
            case Hear(wanted=wanted):
                follows.hear(tx, contact_id, wanted=wanted)
            case MakeLink(token=token, minutes=minutes):
                links.make(tx, contact_id, self.secret.key(token), now, minutes=minutes)
            case JoinChats(token=token):
                links.join(tx, contact_id, self.secret.key(token), now)

    def _carry_out_for_the_desk(
        self, tx: Tx, contact_id: int, now: datetime, effect: DeskEffect
    ) -> None:
        match effect:
            case MoveTicket():
                moves.move(tx, contact_id, effect, now)
            case Notify():
                notices.notify(tx, contact_id, effect, now)
            case Witness():
                moves.witness(tx, contact_id, effect, now)
            case Invite(invitation=invitation):
                members.invite(tx, effect, self.secret.key(invitation), now)
            case JoinStaff(invitation=invitation):
                members.join(tx, contact_id, self.secret.key(invitation), now)
            case ChangeDuty():
                leaving.change_duty(tx, contact_id, effect, now, self.content.calendar)
            case Amend():
                amendments.amend(tx, effect, now)
            case Announce():
                announcements.announce(tx, effect, now)
            case MoveAnnouncement():
                announcements.move(tx, effect, now)
            case TrySending():
                pass


def _agree(tx: Tx, contact_id: int, consent: SaveConsent, now: datetime) -> None:
    """Keep what was agreed to; announcements are among what the notice is about."""
    people.add_consent(tx, contact_id, consent, now)
    if consent.purpose == "handling":
        follows.agreed(tx, contact_id, given=consent.given)


def _fires(tx: Tx, contact_id: int, arrival: Arrival) -> bool:
    """Whether a timer that ran out is still ours to act on; anything else always is."""
    if not isinstance(arrival.event, TimedOut):
        return True
    return timers.fire(tx, contact_id, arrival.event.timer, arrival.at)


def _tried(tx: Tx, contact_id: int, arrival: Arrival, turn: Turn) -> Iterator[Posted]:
    """Announcements told to whoever tries them, and to nobody else."""
    for effect in turn.effects:
        if isinstance(effect, TrySending):
            where, text = (tx, contact_id, arrival.channel), effect.say.model_dump_json()
            number = outbox.add(*where, text, arrival.at, lane="notice")
            here = (contact_id, arrival.channel, arrival.address)
            yield Posted(number, *here, effect.say, lane="notice")


def _post(tx: Tx, contact_id: int, arrival: Arrival, turn: Turn) -> tuple[Posted, ...]:
    """Queue what there is to say; whoever has only a case filed at the counter has no chat."""
    say = turn.say
    if say is None or arrival.channel == tickets.COUNTER:
        return ()
    replaces = outbox.showing(tx, contact_id) if turn.instead else 0
    asked = not isinstance(arrival.event, UNSENT)
    lane: outbox.Lane = "notice" if turn.about and not asked else "reply"
    number = outbox.add(
        *(tx, contact_id, arrival.channel, say.model_dump_json(), arrival.at),
        lane=lane,
        code=turn.about,
        told=_told(turn),
        step=say.step,
        replaces=replaces,
    )
    return (
        Posted(number, contact_id, arrival.channel, arrival.address, say, lane, replaces=replaces),
    )


def _told(turn: Turn) -> tuple[int, int]:
    """Which entries of its case a message tells of: see `outbox.add`."""
    for effect in turn.effects:
        if isinstance(effect, MarkTold) and effect.code == turn.about:
            return effect.since, effect.seq
    return 0, 0


def _garbled(arrival: Garbled) -> inbox.Failed:
    return inbox.Failed(arrival.id, arrival.at, None, arrival.raw, arrival.error, "")


def event_text(event: Event) -> str:
    """The event as JSON that can be kept whatever is in it: half an emoji is escaped."""
    return json.dumps(EVENTS.dump_python(event))


def read_event(text: str) -> Event:
    """The event of an `event_text`."""
    return EVENTS.validate_python(json.loads(text))


def _sorry(content: Content, state: str) -> Say:
    """The apology in the person's language, as far as the state that may be the fault tells it."""
    lang: Lang = "en" if '"lang":"en"' in state else "vi"
    return Say(text=content.say(lang, "fault.sorry"), lang=lang)


def whereabouts(error: Exception) -> str:
    """Kind and place of an error, without its message, which may quote what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    return f"{type(error).__name__} in {places}"
