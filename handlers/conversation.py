"""The conversation: one event in, one turn out.

Theory of operation. A conversation stands in a *room*. An event is first *understood* against
what the room last offered (a press, a number, a label: the choice; a slash: a command; the rest is
free text or files). Commands and the few things that mean the same everywhere are answered here;
the rest is the room's. The room returns where the person is *next* and perhaps a notice; then the
next room shows its prompt, and notice and prompt are said as ONE message. So every turn ends with
the current question on the screen, a refusal can never leave a person without it, and a new room
needs nothing but a way to show itself and a way to answer. A room that shows a case the turn has
just changed is told in a second step, when that is done (`tell`).

Pure: the same arguments give the same turn. The clock, fresh codes and all that is read from
storage arrive in the facts, which `needs` asks for beforehand.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from handlers import gate, papers, unattended
from handlers.answers import position
from handlers.commands import obey
from handlers.desk.commands import ALIASES
from handlers.desk.places import Bulletin, Desk, Doing, Office, Queue, Restricted
from handlers.effects import LetGoOfFile, MarkReachable
from handlers.events import (
    CameBack,
    Edited,
    Event,
    FileRefused,
    Left,
    Said,
    SentMedia,
    SentUnreadable,
    SharedPlace,
    TimedOut,
)
from handlers.facts import Facts
from handlers.linking import link
from handlers.messages import Say
from handlers.needs import needs, showing
from handlers.pending import hold, replaced, unfit
from handlers.rooms import alarm, complaining, doors, form, kinds, questions, start
from handlers.rooms.data import PAGES
from handlers.rooms.desk import restricted, unfinished
from handlers.session import (
    Alarm,
    Complaining,
    Denouncing,
    Dropping,
    Filling,
    Hearing,
    Intake,
    Languages,
    MyData,
    Resuming,
    Reviewing,
    Room,
    Session,
    Topics,
    Welcome,
)
from handlers.text import clean
from handlers.understanding import Understandable, understand
from handlers.unsent import Part
from handlers.view import Blank, Command, Input, Next, Polite, Stale, Turn, View, Wrote, enter

__all__ = ["needs", "step", "tell"]

NOT_SEEN: Mapping[str, datetime] = {}
# Rooms that need no consent: what an official does at the desk is not about their own data.
AT_THE_DESK = Queue | Desk | Doing | Office | Intake | Bulletin | Restricted
AT_ANY_TIME = Alarm | Welcome | Languages | Denouncing | AT_THE_DESK
AWAY = timedelta(hours=12)  # after this, a message in a form is first asked about, not taken


def step(session: Session, event: Event, facts: Facts) -> Turn:
    """Advance one conversation by one event."""
    session = form.mended(session, facts.content)
    view = View(session, facts)
    match event:
        case Left():
            return Turn(session, None, (MarkReachable(reachable=False),))
        case CameBack():
            return Turn(session, None, (MarkReachable(reachable=True),))
        case TimedOut(timer=timer):
            return _say(unattended.timed_out(timer, view), facts)
        case FileRefused():
            return _say(unattended.file_refused(event, view), facts)
        case _:
            return _say(gate.passed(event, view, _acted), facts, {"seen_at": facts.now})


def tell(turn: Turn, facts: Facts) -> Turn:
    """The *turn* with what it left unsaid, now that the facts are as its effects made them."""
    return turn if turn.unsaid is None else _told(turn.unsaid, facts, {})


def _say(after: Next, facts: Facts, seen: Mapping[str, datetime] = NOT_SEEN) -> Turn:
    """What to say now, or what must be looked up first to say it."""
    if after.silent:
        return Turn(after.session.model_copy(update=dict(seen)), None, after.effects)
    if (wants := showing(after.session.room, changed=bool(after.effects))) is None:
        return _told(after, facts, seen)
    session = after.session.model_copy(update=dict(seen))
    return Turn(session, None, after.effects, wants, replace(after, session=session))


def _told(after: Next, facts: Facts, seen: Mapping[str, datetime]) -> Turn:
    """Notice and prompt as one message, and the session that knows what it offered."""
    prompt = doors.show(View(after.session, facts))
    number = after.session.step + (0 if after.instead else 1)
    session = after.session.model_copy(
        update={
            "step": number,
            "offered": prompt.choices,
            "numbered": prompt.expects == "choice",
            "room": restricted.shown(start.noticed(after.session.room)),
            "hush": bool(after.sealed or prompt.sealed) or (after.session.hush and not seen),
            **seen,
        }
    )
    text = f"{after.notice}\n\n{prompt.text}" if after.notice else prompt.text
    say = Say(
        text=text,
        choices=prompt.choices,
        step=number,
        expects=prompt.expects,
        lang=session.lang,
        files=after.files,
        qr=after.qr,
        sealed=after.sealed or prompt.sealed,
        forget=after.forget,
    )
    return Turn(session, say, after.effects, instead=after.instead, about=after.about)


def _acted(event: Understandable, view: View) -> Next:
    """What is done; where words tell surely of danger, that and nothing else."""
    did = understand(view.session, event)
    if raised := alarm.raised_by(did, view):
        return raised
    here = alarm.again(did, alarm.behind(did, view))
    done = alarm.sought(did, here) or _act(did, here)
    after = unattended.with_album(did, done, here)
    return kinds.with_second(alarm.with_question(did, after, view), view)


# -- what means the same in every room -------------------------------------------------------------


def _act(did: Input, view: View) -> Next:
    session, room = view.session, view.session.room
    if isinstance(did, SharedPlace) and not isinstance(room, Filling):
        return _act(Wrote(position(did, view)), view)
    if isinstance(did, SentMedia) and papers.spoken_of(did):
        return _without_card(did, view)
    if _must_consent(view) and not _always(did, room):
        return start.to_consent(did if isinstance(did, Wrote | SentMedia) else None, view)
    match did:
        case Command():
            led = complaining.set_aside(obey(did, view), view)
            return led if did.name == "huy" else unfinished.set_aside(led, view)
        case Stale():
            return Next(session, view.say("choose.stale"))
        case Blank():
            return Next(session, view.say("text.blank"))
        case Polite(answer=answer):
            return Next(session, "" if isinstance(room, Welcome) else view.say(answer))
        case SentUnreadable():
            return Next(session, view.say("media.unreadable"))
        case Edited():
            return _edited(did, view)
        case Wrote() | SentMedia() if isinstance(room, Languages):
            return _act(did, View(enter(session, room.back), view.facts))
        case Wrote() | SentMedia() if _was_away(view):
            return hold(did, View(enter(session, Resuming()), view.facts))
        case _:
            return doors.answer(did, view)


def _without_card(sent: SentMedia, view: View) -> Next:
    """The words of a caption without the pictures it may call an identity paper."""
    refused, caption = view.say("file.id_card_words"), clean(sent.caption)
    gone = tuple(LetGoOfFile(key=media.key) for media in sent.media)
    if len(caption) <= papers.SHORT:
        return Next(view.session, refused, gone)
    after = _act(Wrote(Part(text=caption, ref=sent.ref)), view)
    notice = "\n".join(filter(None, (refused, after.notice)))
    return replace(after, notice=notice, effects=(*gone, *after.effects), silent=False)


def _always(did: Input, room: Room) -> bool:
    """Whether it takes no consent: the desk, one's rights, hearing no more, joining one's chats."""
    if not isinstance(did, Command):
        joining = isinstance(room, Hearing) and room.page == "join"
        return isinstance(room, MyData) or (joining and not isinstance(did, Wrote | SentMedia))
    return did.name in {*ALIASES, *PAGES, "dungtin"} or bool(link(did.name, did.rest))


def _must_consent(view: View) -> bool:
    """Whether the privacy text changed since this person agreed to it (or they never did)."""
    agreed = view.session.consent == view.content.controller.privacy_version
    return not agreed and not isinstance(view.session.room, AT_ANY_TIME) and not _behalf(view)


def _behalf(view: View) -> bool:
    """Whether what is being written is somebody else's, who agreed to it."""
    room, draft = view.session.room, view.session.draft
    if isinstance(room, Topics):
        return bool(room.behalf)
    in_form = isinstance(room, Filling | Reviewing | Dropping | Resuming | Complaining)
    return in_form and draft is not None and bool(draft.behalf)


def _was_away(view: View) -> bool:
    session = view.session
    if session.seen_at is None or not isinstance(session.room, Filling | Reviewing):
        return False
    return view.facts.now - session.seen_at > AWAY


def _edited(edited: Edited, view: View) -> Next:
    """An edited message changes what it gave: an answer, or something still held."""
    session = view.session
    if isinstance(session.room, Alarm):
        return doors.answer(edited, view)
    room, draft, text = session.room, session.draft, clean(edited.text)
    if draft and (changed := questions.edit(draft, edited, view)):
        return Next(session.model_copy(update={"draft": changed[0]}), changed[1])
    if isinstance(room, Filling) and edited.ref and room.ref == edited.ref:
        again = understand(session, Said(text=text, ref=edited.ref))
        return doors.answer(again, view)
    parts = replaced(session.pending.parts, edited.ref, text)
    if parts is None:
        return Next(session, view.say("edit.too_late"))
    if why := unfit(parts, view):
        return Next(session, why)
    pending = session.pending.model_copy(update={"parts": parts})
    return Next(session.model_copy(update={"pending": pending}), view.say("edit.done"))
