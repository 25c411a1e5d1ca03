"""Before anything is done: whether so much may be sent, and whether it may be sent by this person.

Nothing that is sent is lost here without a word. Too fast, it is taken and the person asked to go
slower; then it is held, and asked about; in the silence that follows it is held as far as there is
room, and told of when the silence ends. Whoever is kept from sending by officials may still read,
follow and ask for their data. What tells of danger to life passes everything.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from handlers import limits
from handlers.desk.places import Restricted
from handlers.effects import Effect, OpenTicket, SetTimer
from handlers.events import Edited, Said, SentMedia
from handlers.limits import NoteSlowed
from handlers.pending import gather, summary
from handlers.reading.dates import show_date
from handlers.repeats import added_again
from handlers.rooms.pausing import ends_at
from handlers.rooms.start import home
from handlers.session import (
    Adding,
    Alarm,
    Denouncing,
    Filling,
    Kinds,
    Languages,
    Pausing,
    Reopening,
    Repeating,
    Resuming,
    Reviewing,
    Session,
    Sorting,
    Topics,
    standing,
)
from handlers.spending import spent, too_many
from handlers.understanding import Understandable, understand
from handlers.unsent import Pending
from handlers.view import Next, Picked, View, Wrote, enter

TIMER = "silence"
BARRED = "barred"
SENDING = Topics | Filling | Reviewing | Kinds | Repeating | Resuming | Adding | Reopening | Sorting

Act = Callable[[Understandable, View], Next]


def passed(event: Understandable, view: View, act: Act) -> Next:
    """What *act* makes of *event*, or what is said in its place."""
    session, now = view.session, view.facts.now.timestamp()
    if isinstance(standing(session.room), Denouncing | Restricted):
        # What is told in confidence is held nowhere else.
        return act(event, View(_back(session), view.facts))
    rules = view.content.desk.limits
    pace, stage = limits.arrived(session.pace, now, rules, staff=session.staff)
    pausing = isinstance(session.room, Pausing)
    if pausing and stage != "silent" and understand(session, event) == Picked("go_on"):
        return _pardoned(view)
    there = View(_back(session).model_copy(update={"pace": pace}), view.facts)
    # Held nowhere but where it belongs, and what follows an alarm is part of it.
    at_once = isinstance(there.session.room, Denouncing | Alarm)
    match stage:
        case "":
            return _admitted(event, there, act)
        case _ if at_once:
            done = _admitted(event, there, act)
            return replace(done, effects=(*done.effects, NoteSlowed(stage=stage)))
        case "slow":
            done = _beside(view.say("limits.slow"), _admitted(event, there, act), event, view)
            return replace(done, effects=(*done.effects, NoteSlowed(stage="slow")))
        case _ if _urgent(event, view):
            return act(event, there)
        case "ask":
            return _asked(event, there)
        case "silent":
            return _unanswered(event, there)


def _urgent(event: Understandable, view: View) -> bool:
    """Whether somebody writes of danger to life: that waits for nothing."""
    match event:
        case Said(text=text) | SentMedia(caption=text) | Edited(text=text):
            return view.content.triage.read(text).of("emergency") is not None
        case _:
            return False


def _beside(notice: str, done: Next, event: Understandable, view: View) -> Next:
    """What was *done*, after a *notice*; the numbers to call come before anything."""
    order = (done.notice, notice) if _urgent(event, view) else (notice, done.notice)
    return replace(done, notice="\n\n".join(filter(None, order)))


def _holds_urgent(session: Session, view: View) -> bool:
    """Whether what is on its way already tells of such danger: then all of it goes through."""
    parts = list(session.pending.parts)
    if session.draft is not None:
        parts += (part for answer in session.draft.answers.values() for part in answer.parts)
    return any(_urgent(Said(text=part.text), view) for part in parts)


def _back(session: Session) -> Session:
    room = session.room
    return enter(session, room.back) if isinstance(room, Pausing) else session


# -- within the limits -----------------------------------------------------------------------------


def _admitted(event: Understandable, view: View, act: Act) -> Next:
    if not isinstance(event, SentMedia):
        return _kept_out(event, act(event, view), view)
    session = spent(view, "files", len(event.media))
    if session is None:
        return _without_files(event, view, act)
    there = View(session, view.facts)
    return _kept_out(event, act(event, there), there)


def _without_files(event: SentMedia, view: View, act: Act) -> Next:
    """Too many files for one day: only the words beside them are taken."""
    notice = too_many(view, "files")
    if not event.caption:
        return Next(view.session, notice)
    words = Said(text=event.caption, ref=event.ref)
    return _beside(notice, _kept_out(words, act(words, view), view), event, view)


# -- whom officials keep from sending --------------------------------------------------------------


def is_barred(session: Session, now: datetime) -> bool:
    """Whether officials keep this person from sending now."""
    return session.barred is not None and now < session.barred.until


def _kept_out(event: Understandable, after: Next, view: View) -> Next:
    """What was done, unless it sends something and its sender is kept from that."""
    session, now = view.session, view.facts.now
    if session.barred is None or not is_barred(session, now):
        return after
    if isinstance(session.room, Alarm) or isinstance(after.session.room, Alarm):
        return after
    if not _sends(after, view) or _urgent(event, view) or _holds_urgent(session, view):
        return after
    room = home(session) if isinstance(session.room, SENDING) else session
    controller = view.content.controller
    notice = view.say(
        "barred.again",
        until=show_date(view.local(session.barred.until).date()),
        phone=controller.phone,
        address=controller.address,
    )
    return Next(room, notice)


def _sends(after: Next, view: View) -> bool:
    """Whether it is on its way to a case; whoever was asked something may answer."""
    story = view.facts.story
    if story is not None and story.card.status == "asking":
        return False
    opens = any(isinstance(effect, OpenTicket) for effect in after.effects)
    held = after.session.pending not in (view.session.pending, Pending())
    return opens or held or isinstance(after.session.room, SENDING)


def told_of_block(view: View) -> Next:
    """Tell somebody once that they are kept from sending, until when and why, or no more."""
    barred, before = view.facts.barred, view.session.barred
    if barred == before:
        return Next(view.session, silent=True)
    session = view.session.model_copy(update={"barred": barred})
    if barred is None:
        return Next(session, view.say("barred.ended"))
    controller = view.content.controller
    notice = view.say(
        "barred.begun",
        until=show_date(view.local(barred.until).date()),
        reason=barred.reason,
        phone=controller.phone,
        address=controller.address,
    )
    room = home(session) if isinstance(session.room, SENDING) else session
    return Next(room, notice)


# -- beyond the limits -----------------------------------------------------------------------------


def _pausing(session: Session) -> Session:
    room = session.room.back if isinstance(session.room, Languages | Pausing) else session.room
    return enter(session, Pausing(back=room))


def _pardoned(view: View) -> Next:
    """It was no mistake: back to where they were, with what is held."""
    pace = limits.pardoned(view.session.pace, view.facts.now.timestamp())
    session = _back(view.session).model_copy(update={"pace": pace})
    return Next(session, summary(session.pending, view))


def _asked(event: Understandable, view: View) -> Next:
    session, unkept, effects = _held(event, view)
    notice = view.say("limits.full") if unkept else summary(session.pending, view)
    return Next(_pausing(session), notice, (*effects, NoteSlowed(stage="ask")))


def _unanswered(event: Understandable, view: View) -> Next:
    """Said once that nothing is answered; from then on what is sent is held and counted.

    What repeats a case of the same person goes there by itself.
    """
    session, unkept, effects = _held(event, view)
    if not is_barred(session, view.facts.now) and (again := added_again(event, view)):
        session, unkept, effects = view.session, False, again
    pace, rules = session.pace, view.content.desk.limits
    pace = pace.model_copy(update={"unkept": pace.unkept + unkept})
    session = _pausing(session).model_copy(update={"pace": pace})
    until = ends_at(pace.until, view.facts.now)
    noted = NoteSlowed(stage="silent", until=until)
    if not limits.begins(pace):
        return Next(session, effects=(*effects, noted), silent=True)
    wait = SetTimer(timer=TIMER, seconds=rules.silence_minutes * limits.MINUTE)
    return Next(session, effects=(*effects, noted, wait))


def _held(event: Understandable, view: View) -> tuple[Session, bool, tuple[Effect, ...]]:
    """The session that holds what was sent, whether there was no room for it, what keeps it."""
    did = understand(view.session, event)
    barred = is_barred(view.session, view.facts.now)
    if barred or not isinstance(did, Wrote | SentMedia):
        return view.session, False, ()
    gathered = gather(view.session.pending, did, view)
    session = view.session.model_copy(update={"pending": gathered.pending})
    return session, bool(gathered.notice), gathered.effects


def ended(view: View) -> Next:
    """The silence is over: say what came meanwhile and what became of it."""
    pace = view.session.pace
    if not pace.unheard or view.facts.now.timestamp() < pace.until:
        return Next(view.session, silent=True)
    session = _back(view.session).model_copy(update={"pace": limits.ended(pace)})
    told = [view.say("limits.ended", count=pace.unheard)]
    told += [view.say("limits.unkept", count=pace.unkept)] if pace.unkept else []
    told += [held] if (held := summary(session.pending, view)) else []
    return Next(session, "\n".join(told))
