"""What a turn decided, done: each effect by the repository of its noun, in the one transaction."""

from datetime import datetime, timedelta

from bot.confidences import carry_out_confidential
from bot.secret import Secret
from handlers.confiding import (
    AddedConfided,
    Confide,
    DropConfided,
    Hush,
    MoveConfided,
    Restrict,
    SendConfided,
)
from handlers.content import Content
from handlers.effects import (
    AddToTicket,
    Amend,
    Announce,
    ChangeDuty,
    DropTimer,
    Effect,
    Follow,
    HoldTicket,
    Invite,
    JoinChats,
    JoinStaff,
    KeepFile,
    LetGoOfFile,
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
from handlers.law import Rule
from handlers.limits import Block, NoteSlowed, Unblock
from handlers.petition import ForgetPetition, MakePetition
from handlers.rights import AskData, Correct, DataEffect, HoldCase, MoveRequest
from storage import (
    abuse,
    amendments,
    announcements,
    files,
    follows,
    keepers,
    leaving,
    links,
    members,
    moves,
    notices,
    people,
    petitions,
    reaching,
    repeats,
    rights,
    tickets,
    timers,
)
from storage.database import Tx

DeskEffect = (
    MoveTicket
    | Block
    | Unblock
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
HearingEffect = Follow | MakeLink | JoinChats


def carry_out(  # noqa: C901, PLR0912 - a table
    tx: Tx, contact_id: int, now: datetime, effect: Effect, content: Content, secret: Secret
) -> None:
    """Do what *effect* says for the contact whose turn it is; *now* is in the province's time."""
    match effect:
        case OpenTicket():
            notice = content.controller.privacy_version
            ticket = tickets.open(tx, contact_id, effect, now, secret.raw, notice)
            repeats.keep(tx, ticket, effect.marks)
        case AddToTicket():
            tickets.add_note(tx, contact_id, effect, now)
        case MarkTold(code=code, seq=seq):
            tickets.tell(tx, contact_id, code, seq)
        case HoldTicket(code=code):
            tickets.hold(tx, code, contact_id, now)
        case KeepFile(media=media):
            files.keep(tx, contact_id, media, now)
        case LetGoOfFile(key=key):
            files.outdate(tx, contact_id, key)
        case SaveConsent():
            follows.agreed(tx, contact_id, effect, now)
        case SetTimer(timer=timer, seconds=seconds):
            timers.set(tx, contact_id, timer, now + timedelta(seconds=seconds))
        case DropTimer(timer=timer):
            timers.drop(tx, contact_id, timer)
        case MarkReachable(reachable=True):
            reaching.back(tx, contact_id, now)
        case MarkReachable():
            people.set_reachable(tx, contact_id, now, reachable=False)
        case MakePetition(petition=petition):
            petitions.ask(tx, contact_id, petition, now)
        case ForgetPetition():
            petitions.forget(tx, contact_id)
        case NoteSlowed():
            abuse.note(tx, contact_id, effect, now)
        case Confide() | SendConfided() | AddedConfided() | DropConfided() | Hush():
            carry_out_confidential(tx, contact_id, now, effect, secret)
        case MoveConfided() | Restrict():
            carry_out_confidential(tx, contact_id, now, effect, secret)
        case Follow() | MakeLink() | JoinChats():
            _for_hearing(tx, contact_id, now, effect, secret)
        case AskData() | MoveRequest() | Correct() | HoldCase():
            _for_their_data(tx, contact_id, now, effect)
        case _:
            _for_the_desk(tx, contact_id, now, effect, content, secret)


def _for_hearing(
    tx: Tx, contact_id: int, now: datetime, effect: HearingEffect, secret: Secret
) -> None:
    match effect:
        case Follow():
            follows.follow(tx, contact_id, effect)
        case MakeLink(token=token, minutes=minutes):
            links.make(tx, contact_id, secret.key(token), now, minutes=minutes)
        case JoinChats(token=token):
            links.join(tx, contact_id, secret.key(token), now)


def _amend(tx: Tx, contact_id: int, effect: Amend, now: datetime, content: Content) -> None:
    """Change what the province edits; whoever keeps a rule is told, but for who changed it."""
    amendments.amend(tx, effect, now)
    if effect.kind != "rule" or effect.key not in content.law:
        return
    subject, filed = f"rule/{effect.key}", (content.filed or content).law
    rule = Rule.model_validate_json(effect.value) if effect.value else filed[effect.key]
    keepers.changed(tx, subject, rule.version, now)
    keepers.wake(tx, subject, "changed", rule.owner, now, besides=contact_id)


def _for_the_desk(  # noqa: C901 - a table
    tx: Tx, contact_id: int, now: datetime, effect: DeskEffect, content: Content, secret: Secret
) -> None:
    match effect:
        case Block():
            abuse.block(tx, effect, now)
        case Unblock():
            abuse.unblock(tx, effect, now)
        case MoveTicket():
            moves.move(tx, contact_id, effect, now)
        case Notify():
            notices.notify(tx, contact_id, effect, now)
        case Witness():
            moves.witness(tx, contact_id, effect, now)
        case Invite(invitation=invitation):
            members.invite(tx, effect, secret.key(invitation), now)
        case JoinStaff(invitation=invitation):
            members.join(tx, contact_id, secret.key(invitation), now)
        case ChangeDuty():
            leaving.change_duty(tx, contact_id, effect, now, content.calendar)
        case Amend():
            _amend(tx, contact_id, effect, now, content)
        case Announce():
            announcements.announce(tx, effect, now)
        case MoveAnnouncement():
            announcements.move(tx, effect, now)
        case TrySending():
            pass


def _for_their_data(tx: Tx, contact_id: int, now: datetime, effect: DataEffect) -> None:
    match effect:
        case AskData():
            rights.ask(tx, contact_id, effect, now)
        case MoveRequest():
            rights.move_request(tx, contact_id, effect, now)
        case Correct():
            rights.correct(tx, contact_id, effect, now)
        case HoldCase():
            rights.hold(tx, effect, now)
