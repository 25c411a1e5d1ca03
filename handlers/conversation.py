"""The conversation: one event in, one turn out.

Theory of operation. A conversation stands in a *room*. An event is first *understood* against what
the room last offered (a press, a number, a label → the choice; a slash → a command; the rest is free
text or files). Commands and the few things that mean the same everywhere are answered here; the rest
is the room's. The room returns where the person is *next* and perhaps a notice; then the next room
shows its prompt, and notice and prompt are said as ONE message. So every turn ends with the current
question on the screen, a refusal can never leave a person without it, and a new room needs nothing
but a way to show itself and a way to answer.

Pure: the same arguments give the same turn. The clock, fresh codes and all that is read from storage
arrive in the facts, which `needs` asks for beforehand.
"""

from datetime import timedelta
from typing import assert_never

from handlers.answers import position
from handlers.codes import read_code, read_receipt
from handlers.effects import DropTimer, Effect, MarkReachable, SetTimer
from handlers.events import (
    CameBack,
    Edited,
    Event,
    FileRefused,
    Left,
    Said,
    SentMedia,
    SentUnreadable,
    SharedContact,
    SharedPlace,
    TimedOut,
)
from handlers.facts import NOTHING, Facts, Needs
from handlers.messages import Say
from handlers.pending import file_name, gather, replaced
from handlers.rooms import cases, form, loose, questions, start
from handlers.session import (
    Adding,
    Case,
    Cases,
    Dropping,
    Filling,
    Languages,
    Menu,
    MyData,
    Pending,
    Proving,
    Resuming,
    Reviewing,
    Session,
    Sorting,
    Topics,
    Welcome,
    Withdrawing,
)
from handlers.text import clean, fold
from handlers.understanding import understand
from handlers.view import (
    Blank,
    Command,
    Input,
    Next,
    Picked,
    Prompt,
    Stale,
    Turn,
    View,
    Wrote,
    enter,
)

ALBUM_TIMER = "album"
ALBUM_PAUSE = 1.5  # seconds without another picture of it: then an album is complete
AWAY = timedelta(hours=12)  # after this, a message in a form is first asked about, not taken
SHORT = 40  # characters; a code in a longer text is part of a story, not a request to open it


# -- what must be known ----------------------------------------------------------------------------


def needs(session: Session, event: Event) -> Needs:
    """What `step` will want to know; the ordinary answer to a form needs nothing."""
    if isinstance(event, Left | CameBack):
        return NOTHING
    if isinstance(event, TimedOut | FileRefused):
        return _standing(session)
    did, room = understand(session, event), session.room
    match room, did:
        case _, Command("tracuu" | "start", rest) if rest:
            return Needs(cards=True, story=read_code(rest) or "", query=_query(rest))
        case _, Command("tracuu"):
            return Needs(cards=True)
        case Reviewing(), Picked("send"):
            return Needs(fresh=True)
        case Proving(code=code), Wrote() if not _paused(session):
            return Needs(cards=True, story=code, receipt=read_receipt(did.text) or "")
        case _, Picked(key) if key.startswith("case:"):
            return Needs(cards=True, story=key.removeprefix("case:"))
        case Cases(), Wrote() if not read_code(did.text):
            return Needs(cards=True, query=_query(did.text))
        case Menu() | Cases(), Wrote():
            return Needs(cards=True, story=_asked_code(did))
        case ((Filling() | Reviewing() | Topics() | Dropping() | Resuming()), _):
            return NOTHING
        case ((Menu() | Welcome() | MyData()), _):
            return Needs(cards=True)
        case _:
            return _standing(session)


def _standing(session: Session) -> Needs:
    """What showing the current room, or one beside it, takes."""
    match session.room:
        case Case(code=code) | Adding(code=code) | Withdrawing(code=code) | Proving(code=code):
            return Needs(cards=True, story=code)
        case Cases(query=query):
            return Needs(cards=True, query=query)
        case Sorting():
            return Needs(cards=True)
        case _:
            return NOTHING


def _query(text: str) -> str:
    return "" if read_code(text) else fold(text)[:100]


def _asked_code(did: Wrote) -> str:
    return (read_code(did.text) or "") if len(did.text) <= SHORT else ""


def _paused(session: Session) -> bool:
    """Whether so many wrong receipts were typed that the next is not even compared."""
    return session.misses >= cases.MISSES


# -- one event, one turn ---------------------------------------------------------------------------


def step(session: Session, event: Event, facts: Facts) -> Turn:
    """Advance one conversation by one event."""
    view = View(session, facts)
    match event:
        case Left():
            return Turn(session, None, (MarkReachable(reachable=False),))
        case CameBack():
            return Turn(session, None, (MarkReachable(reachable=True),))
        case TimedOut(timer=timer):
            return _say(_timed_out(timer, view), facts)
        case FileRefused():
            return _say(_file_refused(event, view), facts)
        case _:
            did = understand(session, event)
            after = _with_album(did, _act(did, view), view)
            seen = after.session.model_copy(update={"seen_at": facts.now})
            return _say(Next(seen, after.notice, after.effects, after.silent), facts)


def _say(after: Next, facts: Facts) -> Turn:
    """Notice and prompt as one message, and the session that knows what it offered."""
    if after.silent:
        return Turn(after.session, None, after.effects)
    prompt = show(View(after.session, facts))
    number = after.session.step + 1
    session = after.session.model_copy(
        update={
            "step": number,
            "offered": prompt.choices,
            "numbered": prompt.expects == "choice",
        }
    )
    text = f"{after.notice}\n\n{prompt.text}" if after.notice else prompt.text
    say = Say(
        text=text,
        choices=prompt.choices,
        step=number,
        expects=prompt.expects,
        lang=session.lang,
    )
    return Turn(session, say, after.effects)


def show(view: View) -> Prompt:
    """The prompt of the room a session stands in."""
    match view.session.room:
        case Welcome() as room:
            return start.show_welcome(room, view)
        case Menu() as room:
            return start.show_menu(room, view)
        case Languages() as room:
            return start.show_languages(room, view)
        case MyData() as room:
            return start.show_my_data(room, view)
        case Topics() as room:
            return form.show_topics(room, view)
        case Filling() as room:
            return questions.show_filling(room, view)
        case Reviewing() as room:
            return form.show_reviewing(room, view)
        case Dropping() as room:
            return form.show_dropping(room, view)
        case Resuming() as room:
            return form.show_resuming(room, view)
        case Sorting() as room:
            return loose.show_sorting(room, view)
        case Cases() as room:
            return cases.show_cases(room, view)
        case Case() as room:
            return cases.show_case(room, view)
        case Proving() as room:
            return cases.show_proving(room, view)
        case Adding() as room:
            return cases.show_adding(room, view)
        case Withdrawing() as room:
            return cases.show_withdrawing(room, view)
        case room:
            assert_never(room)


def _answer(did: Input, view: View) -> Next:
    """What the current room makes of it."""
    match view.session.room:
        case Welcome() as room:
            return start.at_welcome(room, did, view)
        case Menu():
            return _at_menu(did, view)
        case Languages() as room:
            return start.at_languages(room, did, view)
        case MyData() as room:
            return start.at_my_data(room, did, view)
        case Topics() as room:
            return form.at_topics(room, did, view)
        case Filling() as room:
            return questions.at_filling(room, did, view)
        case Reviewing() as room:
            return form.at_reviewing(room, did, view)
        case Dropping() as room:
            return form.at_dropping(room, did, view)
        case Resuming() as room:
            return form.at_resuming(room, did, view)
        case Sorting() as room:
            return loose.at_sorting(room, did, view)
        case Cases() as room:
            return cases.at_cases(room, did, view)
        case Case() as room:
            return cases.at_case(room, did, view)
        case Proving() as room:
            return cases.at_proving(room, did, view)
        case Adding() as room:
            return cases.at_adding(room, did, view)
        case Withdrawing() as room:
            return cases.at_withdrawing(room, did, view)
        case room:
            assert_never(room)


# -- what means the same in every room -------------------------------------------------------------


def _act(did: Input, view: View) -> Next:
    session = view.session
    if _must_consent(view):
        return _to_consent(did, view)
    match did:
        case Command():
            return _command(did, view)
        case Stale():
            return Next(session, view.say("choose.stale"))
        case Blank():
            return Next(session, view.say("text.blank"))
        case SentUnreadable():
            return Next(session, view.say("media.unreadable"))
        case Edited():
            return _edited(did, view)
        case Wrote() | SentMedia() if _was_away(view):
            gathered = gather(Pending(), did, view)
            resuming = enter(session, Resuming(pending=gathered.pending))
            return Next(resuming, gathered.notice, gathered.effects)
        case _:
            return _answer(did, view)


def _must_consent(view: View) -> bool:
    """Whether the privacy text changed since this person agreed to it (or they never did)."""
    agreed = view.session.consent == view.content.controller.privacy_version
    return not agreed and not isinstance(view.session.room, Welcome | Languages)


def _to_consent(did: Input, view: View) -> Next:
    """To the notice, holding what was sent; the draft stays where it is."""
    door = enter(view.session, Welcome(), consent="")
    if isinstance(did, Wrote | SentMedia):
        return start.at_welcome(Welcome(), did, View(door, view.facts))
    return Next(door)


def _was_away(view: View) -> bool:
    session = view.session
    if session.seen_at is None or not isinstance(session.room, Filling | Reviewing):
        return False
    return view.facts.now - session.seen_at > AWAY


def _command(command: Command, view: View) -> Next:
    session = view.session
    at_door = isinstance(session.room, Welcome)
    match command.name:
        case "trogiup":
            controller = view.content.controller
            return Next(session, view.say("help.text", phone=controller.phone))
        case "ngonngu":
            return start.to_languages(view)
        case "start" if at_door:
            return Next(session)
        case _ if at_door:
            return Next(session, view.say("welcome.first"))
        case "start" if read_code(command.rest):
            return cases.look_up(command.rest, view)
        case "start":
            return _begin_again(view)
        case "gui":
            return _new(view)
        case "tracuu" if command.rest:
            return cases.look_up(command.rest, view)
        case "tracuu":
            return Next(enter(session, Cases()))
        case "dulieu":
            return Next(enter(session, MyData()))
        case "huy":
            return _cancel(view)
        case _:
            return Next(session, view.say("command.unknown"))


def _begin_again(view: View) -> Next:
    room = Resuming() if view.session.draft else Menu()
    return Next(enter(view.session, room), view.say("start.again"))


def _new(view: View) -> Next:
    """A new case, unless an unsent one is waiting: that one is offered first."""
    return Next(enter(view.session, Resuming() if view.session.draft else Topics()))


def _cancel(view: View) -> Next:
    session = view.session
    match session.room:
        case Filling() | Reviewing():
            return Next(enter(session, Dropping()))
        case Adding(code=code) | Withdrawing(code=code):
            return Next(enter(session, Case(code=code)), view.say("adding.dropped"))
        case Topics() as room:
            return form.leave_topics(room, view)
        case Sorting():
            return Next(enter(session, Menu()), view.say("sorting.dropped"))
        case _:
            return Next(enter(session, Menu()), view.say("cancel.nothing"))


def _at_menu(did: Input, view: View) -> Next:
    session = view.session
    match did:
        case Picked("resume"):
            return Next(form.resume(session, view))
        case Picked("new"):
            return _new(view)
        case Picked("track"):
            return Next(enter(session, Cases()))
        case Picked("data"):
            return Next(enter(session, MyData()))
        case Picked("language"):
            return start.to_languages(view)
        case Picked("help"):
            return _command(Command("trogiup"), view)
        case Wrote() if _asked_code(did):
            return cases.look_up(did.text, view)
        case Wrote() | SentMedia():
            return loose.take(did, view)
        case SharedPlace():
            return loose.take(Wrote(position(did)), view)
        case SharedContact():
            return Next(session, view.say("form.not_asked"))
        case _:
            return Next(session, view.say("choose.again"))


def _edited(edited: Edited, view: View) -> Next:
    """An edited message changes what it gave: an answer, or something still held."""
    session = view.session
    room, draft, text = session.room, session.draft, clean(edited.text)
    if draft and (changed := questions.edit(draft, edited, view)):
        return Next(session.model_copy(update={"draft": changed[0]}), changed[1])
    if isinstance(room, Filling) and edited.ref and room.ref == edited.ref:
        again = understand(session, Said(text=text, ref=edited.ref))
        return _answer(again, view)
    if isinstance(room, Welcome | Topics | Resuming | Sorting | Adding):
        parts = replaced(room.pending.parts, edited.ref, text)
        if parts is not None:
            pending = room.pending.model_copy(update={"parts": parts})
            held = room.model_copy(update={"pending": pending})
            return Next(enter(session, held), view.say("edit.done"))
    return Next(session, view.say("edit.too_late"))


# -- albums ----------------------------------------------------------------------------------------


def _with_album(did: Input, after: Next, view: View) -> Next:
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


HOLDING = Welcome | Topics | Resuming | Sorting | Adding


# -- what nobody typed -----------------------------------------------------------------------------


def _timed_out(timer: str, view: View) -> Next:
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


def _file_refused(refused: FileRefused, view: View) -> Next:
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
