"""What happens beside the conversation: albums, timers, files that turn out to be unusable."""

from datetime import timedelta

from handlers.effects import DropTimer, Effect, SetTimer
from handlers.events import FileRefused, SentMedia
from handlers.pending import file_name
from handlers.rooms import form
from handlers.session import HOLDING, Resuming, Session
from handlers.view import Input, Next, View, enter

ALBUM_TIMER = "album"
ALBUM_PAUSE = 1.5  # seconds without another picture of it: then an album is complete

# -- albums ----------------------------------------------------------------------------------------


def with_album(did: Input, after: Next, view: View) -> Next:
    """The pictures of one album arrive one by one and get one answer, when it is complete."""
    album, files = (did.album, len(did.media)) if isinstance(did, SentMedia) else ("", 0)
    if album and _held(after.session) == _held(view.session) + files:
        session = after.session.model_copy(update={"album": album})
        timer = SetTimer(timer=ALBUM_TIMER, seconds=ALBUM_PAUSE)
        return Next(session, "", (*after.effects, timer), silent=True)
    if view.session.album and not album:
        session = after.session.model_copy(update={"album": ""})
        notice = "\n".join(n for n in (view.say("media.album_taken"), after.notice) if n)
        return Next(session, notice, (*after.effects, DropTimer(timer=ALBUM_TIMER)))
    return after


def _held(session: Session) -> int:
    """How many files the conversation holds that are in no case yet."""
    room = session.room
    waiting = room.pending.media if isinstance(room, HOLDING) else ()
    return len(waiting) + (len(session.draft.media) if session.draft else 0)


# -- what nobody typed -----------------------------------------------------------------------------


def timed_out(timer: str, view: View) -> Next:
    """An album is complete, or a draft has waited for long."""
    session = view.session
    match timer:
        case "album" if session.album:
            done = session.model_copy(update={"album": ""})
            return Next(done, view.say("media.album_taken"))
        case "draft" if session.draft and session.consent:
            return _remind(view)
        case _:
            return Next(session, silent=True)


def _remind(view: View) -> Next:
    """Offer a forgotten draft once; somebody still busy with it is left alone."""
    session = view.session
    seen = session.seen_at
    if seen and view.facts.now - seen < timedelta(seconds=form.REMIND_AFTER / 2):
        later: tuple[Effect, ...] = (SetTimer(timer=form.DRAFT_TIMER, seconds=form.REMIND_AFTER),)
        return Next(session, effects=later, silent=True)
    return Next(enter(session, Resuming()), view.say("resuming.reminder"))


def file_refused(refused: FileRefused, view: View) -> Next:
    """A file turned out to be unusable: take it out again and say so."""
    session, room = view.session, view.session.room
    if draft := session.draft:
        media = tuple(item for item in draft.media if item.key != refused.key)
        session = session.model_copy(update={"draft": draft.model_copy(update={"media": media})})
    if isinstance(room, HOLDING):
        media = tuple(item for item in room.pending.media if item.key != refused.key)
        pending = room.pending.model_copy(update={"media": media})
        session = enter(session, room.model_copy(update={"pending": pending}))
    name = file_name(refused.name, view)
    return Next(session, view.say(f"file.{refused.reason}", name=name))
