"""What happens beside the conversation: albums, timers, files that turn out to be unusable."""

from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from handlers import gate
from handlers.effects import DropTimer, Effect, SetTimer
from handlers.events import FileRefused, SentMedia
from handlers.pending import file_name, length
from handlers.rooms import data, form, hearing, news, petitioning
from handlers.rooms.desk import bulletin, orders, restricted
from handlers.session import Denouncing, Resuming, Session, Welcome
from handlers.text import clean, is_blank
from handlers.unsent import Draft, Pending
from handlers.view import Input, Next, View, enter

ALBUM_TIMER = "album"
ALBUM_PAUSE = 1.5  # seconds without another picture of it: then an album is complete

# -- albums ----------------------------------------------------------------------------------------


def with_album(did: Input, after: Next, view: View) -> Next:
    """The pictures of one album arrive one by one and get one answer, when it is complete."""
    if isinstance(did, SentMedia) and did.album and _took(did, view.session, after.session):
        moved = after.session.room != view.session.room
        offered = () if moved else after.session.offered  # nobody has seen the new room yet
        session = after.session.model_copy(update={"album": did.album, "offered": offered})
        timer = SetTimer(timer=ALBUM_TIMER, seconds=ALBUM_PAUSE)
        return Next(session, "", (*after.effects, timer), silent=True)
    if view.session.album and not (isinstance(did, SentMedia) and did.album):
        session = after.session.model_copy(update={"album": ""})
        notice = "\n".join(n for n in (view.say("media.album_taken"), after.notice) if n)
        effects = (*after.effects, DropTimer(timer=ALBUM_TIMER))
        return replace(after, session=session, notice=notice, effects=effects)
    return after


def _took(sent: SentMedia, before: Session, after: Session) -> bool:
    """Whether every file of what was *sent* was taken, and its caption."""
    files, words = _held(before)
    more_files, more_words = _held(after)
    told = more_words > words or is_blank(clean(sent.caption))
    return told and more_files == files + len(sent.media)


def _held(session: Session) -> tuple[int, int]:
    """How many files and characters the conversation holds that are in no case yet."""
    pending, draft = session.pending, session.draft
    files, words = len(pending.media), length(pending.parts)
    if draft is None:
        return files, words
    told = sum(length(answer.parts) for answer in draft.answers.values())
    return files + len(draft.media), words + told + length(draft.notes)


# -- what nobody typed -----------------------------------------------------------------------------


def timed_out(timer: str, view: View) -> Next:
    """An album is complete, a draft has waited for long, or there is news of a case."""
    session = view.session
    match timer:
        case "album" if session.album:
            done = session.model_copy(update={"album": ""})
            return Next(done, view.say("media.album_taken"))
        case "draft" if session.draft and not isinstance(session.room, Welcome):
            return _remind(view)
        case gate.TIMER:
            return gate.ended(view)
        case gate.BARRED:
            return gate.told_of_block(view)
        case _:
            return _about_a_case(timer.split(":"), view)


def _about_a_case(words: list[str], view: View) -> Next:
    match words:
        case ["live", code]:
            return bulletin.live(code, view)
        case ["desk", what, code]:
            return orders.woken(what, code, view)
        case ["petition"]:
            return petitioning.ready(view)
        case ["case", code]:
            return news.woken(code, view)
        case ["confidential", "passed", code]:
            told = view.say("denounce.passed", code=code)
            return Next(view.session, told, sealed=code)
        case ["confidential", what]:
            return restricted.woken(what, view)
        case ["data", code]:
            return data.woken(code, view)
        case ["expire", code]:
            return news.expired(code, view)
        case ["linked", channel]:
            name, phone = hearing.channel_name(channel, view), view.content.controller.phone
            return Next(view.session, view.say("link.made_one", channel=name, phone=phone))
        case _:
            return Next(view.session, silent=True)


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
    session = view.session
    if draft := session.draft:
        session = session.model_copy(update={"draft": _without(refused.key, draft)})
    session = session.model_copy(update={"pending": _without(refused.key, session.pending)})
    name = file_name("" if isinstance(session.room, Denouncing) else refused.name, view)
    return Next(session, view.say(f"file.{refused.reason}", name=name))


Holding = TypeVar("Holding", Draft, Pending)


def _without(key: str, holding: Holding) -> Holding:
    media = tuple(item for item in holding.media if item.key != key)
    return holding.model_copy(update={"media": media})
