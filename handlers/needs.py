"""What a turn must know, told before it: the shell reads just that, in the same transaction."""

from dataclasses import replace

from handlers import danger
from handlers.codes import near_codes, read_code, read_receipt
from handlers.desk import needs as desk
from handlers.desk.commands import invitation
from handlers.desk.needs import OFFICIAL, deciding
from handlers.desk.places import Bulletin, Desk, Doing, Office, Queue, Restricted
from handlers.events import (
    CameBack,
    Edited,
    Event,
    FileRefused,
    Left,
    Said,
    SentMedia,
    SharedPlace,
    Started,
    TimedOut,
)
from handlers.facts import NOTHING, Needs
from handlers.linking import link
from handlers.repeats import marks, of_draft
from handlers.session import (
    Adding,
    Alarm,
    Case,
    Cases,
    Denouncing,
    Dropping,
    Filling,
    Hearing,
    Intake,
    Kinds,
    Languages,
    Menu,
    MyData,
    Pausing,
    Proving,
    Rating,
    Reopening,
    Repeating,
    Resuming,
    Reviewing,
    Room,
    Session,
    Sorting,
    Topics,
    Welcome,
    Withdrawing,
)
from handlers.text import fold
from handlers.triage import NO_RULES, Rules
from handlers.understanding import asks_for_case, tells, understand
from handlers.unsent import Pending
from handlers.view import Command, Picked, Wrote, enter

IN_A_FORM = Filling | Reviewing | Kinds | Topics | Dropping | Resuming
FRESH = Needs(fresh=True)


def needs(session: Session, event: Event, rules: Rules = NO_RULES) -> Needs:
    """What `step` will want to know; by the *rules*, whether words tell of danger to life."""
    wanted = _needs(session, event)
    if isinstance(session.room, Alarm) and not isinstance(event, TimedOut | FileRefused):
        return replace(wanted, fresh=True, cards=True, query="")
    if not isinstance(event, Said | SentMedia | Edited):
        return wanted
    read = danger.possible(session, understand(session, event), rules)
    if read is None or not read.surely("emergency"):
        return wanted
    return replace(wanted, fresh=True, cards=True, query="")


def _needs(session: Session, event: Event) -> Needs:  # noqa: C901, PLR0911, PLR0912 - a table
    """What is wanted when nobody is in danger; the ordinary answer to a form needs nothing."""
    if isinstance(event, Left | CameBack):
        return NOTHING
    if isinstance(session.room, Alarm):
        return _needs(enter(session, session.room.back), event)
    if isinstance(session.room, Languages | Pausing):
        return _paused(event, _needs(enter(session, session.room.back), event))
    if isinstance(event, TimedOut):
        return _woken(event.timer, session)
    if isinstance(event, FileRefused):
        return _standing(session)
    room = session.room
    if isinstance(room, IN_A_FORM) and not _is_command(event):
        return _in_a_form(session)
    did = understand(session, event)
    if isinstance(did, Command) and (token := invitation(did.name, did.rest)):
        return replace(_standing(session), invitation=token)
    if isinstance(did, Command) and (token := link(did.name, did.rest)):
        return replace(_standing(session), link=token)
    if (wanted := deciding(session, did)) is not None:
        return wanted
    match room, did:
        case _, Command("trogiup") if session.staff:
            return replace(_standing(session), official=True)
        case Menu(), Picked("desk"):
            return OFFICIAL
        case _, Command("tracuu" | "start", rest) if rest:
            return Needs(cards=True, story=read_code(rest) or "", query=_query(rest))
        case _, Command("tracuu"):
            return Needs(cards=True)
        case Proving(code=code), Wrote():
            return Needs(cards=True, story=code, receipt=read_receipt(did.text) or "")
        case _, Picked(key) if key.startswith("case:"):
            return Needs(cards=True, story=key.removeprefix("case:"))
        case Sorting(), Picked(key) if key.startswith("add:"):
            return Needs(cards=True, story=key.removeprefix("add:"))
        case Cases(), Wrote() if not tells(did):
            return Needs(cards=True, story=read_code(did.text) or "", query=_query(did.text))
        case Menu() | Case(), Wrote() if asks_for_case(did):
            return Needs(cards=True, story=read_code(did.text) or "")
        case Welcome(), Picked() if session.pending == Pending():
            return NOTHING
        case Menu(), Picked(key) if key not in {"track", "held"}:
            return NOTHING
        case MyData(), _:
            return replace(_standing(session), fresh=True)
        case ((Menu() | Welcome()), _):
            return Needs(cards=True)
        case Hearing(), Wrote() | SentMedia() | SharedPlace():
            return replace(_standing(session), cards=True)
        case _, Command("tinkin"):
            return replace(_standing(session), official=session.staff)
        case Hearing(), Picked("link"):
            return Needs(hearing=True, fresh=True)
        case Cases(), Wrote() | SentMedia() | SharedPlace() | Picked("track"):
            return Needs(cards=True)
        case _:
            return _standing(session)


def _paused(event: Event, wanted: Needs) -> Needs:
    """What is not answered may repeat a case there is: see `handlers.gate`."""
    return replace(wanted, repeats=marks(event.text)) if isinstance(event, Said) else wanted


def _in_a_form(session: Session) -> Needs:
    """A code is needed to send; who writes for somebody else must still be allowed to."""
    draft = session.draft
    if draft is None or not isinstance(session.room, Reviewing):
        return NOTHING
    return (
        replace(FRESH, official=True) if draft.behalf else replace(FRESH, repeats=of_draft(draft))
    )


def _is_command(event: Event) -> bool:
    """Whether it may be one; whoever types one after something unseen is not worth more care."""
    return isinstance(event, Started) or (isinstance(event, Said) and "/" in event.text[:8])


def _woken(timer: str, session: Session) -> Needs:
    """What a timer is about: a case, for its citizen or the desk, or the conversation itself."""
    match timer.split(":"):
        case ["desk", "joined" | "duty" | "left", _]:
            return replace(_standing(session), official=True, members=True)
        case ["live", code]:
            return desk.announced(code) if isinstance(session.room, Bulletin) else NOTHING
        case ["desk", what, subject] if what.startswith("law_"):
            return replace(_standing(session), official=True, outdated=subject)
        case ["desk", _, code] if code.startswith("DL"):
            return replace(_standing(session), official=True, request=code)
        case ["desk", _, code] if code.startswith("TB"):
            return replace(_standing(session), official=True, announcement=code, members=True)
        case ["desk", _, code]:
            return replace(_standing(session), official=True, dossier=code)
        case ["data", _]:
            return replace(_standing(session), mine=True)
        case ["petition"]:
            return replace(_standing(session), petition=True)
        case ["case" | "expire", code]:
            return replace(_standing(session), cards=True, story=code)
        case ["confidential", *_]:
            return replace(_standing(session), official=session.staff)
        case ["barred"]:
            return replace(_standing(session), barred=True)
        case _:
            return _standing(session)


def _standing(session: Session) -> Needs:
    """What showing the current room, or one beside it, takes."""
    match session.room:
        case Repeating(code=code):
            return replace(FRESH, cards=True, story=code)
        case Case(code=code) | Adding(code=code) | Withdrawing(code=code) | Proving(code=code):
            return Needs(cards=True, story=code)
        case Cases(query=query):
            return Needs(cards=True, query=query)
        case Denouncing(code=code):
            return Needs(fresh=True, confided=code)
        case Restricted() as room:
            return desk.restricted(room)
        case Sorting():
            return Needs(cards=True)
        case Rating(code=code) | Reopening(code=code):
            return Needs(cards=True, story=code)
        case Bulletin(code=code):
            return desk.announced(code)
        case Queue() | Desk() | Doing() | Office() | Intake():
            return OFFICIAL
        case Hearing(token=token):
            return Needs(hearing=True, link=token)
        case MyData():
            return Needs(cards=True, mine=True)
        case _:
            return NOTHING


def showing(room: Room, *, changed: bool) -> Needs | None:
    """What must be known to show *room* once everything is done; None: nothing new.

    *changed*: something was done, perhaps to the case that is shown there.
    """
    match room:
        case Case(code=code) | Rating(code=code) if changed:
            return Needs(cards=True, story=code)
        case Hearing(token=token):
            return Needs(hearing=True, link=token)
        case MyData():
            return Needs(cards=True, mine=True)
        case Denouncing(code=code):
            return Needs(confided=code)
        case _:
            return desk.showing(room)


def _query(text: str) -> str:
    """The words cases are looked for by; a code, right or nearly, is none."""
    return "" if read_code(text) or near_codes(text) else fold(text)[:100]
