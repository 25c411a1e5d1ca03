"""Typed commands: the same in every room."""

from dataclasses import replace

from handlers.codes import read_code
from handlers.denouncing import inspects
from handlers.desk import commands as desk
from handlers.desk.permission import REACHES
from handlers.desk.places import Bulletin, Desk, Doing, Office, Queue, Restricted
from handlers.effects import JoinStaff
from handlers.linking import link
from handlers.pending import drop, gather_text
from handlers.rooms import (
    alarm,
    behalf,
    cases,
    complaining,
    data,
    denouncing,
    form,
    hearing,
    loose,
    start,
)
from handlers.rooms.desk import doing, office, orders, restricted
from handlers.session import (
    Adding,
    Alarm,
    Case,
    Cases,
    Complaining,
    Denouncing,
    Dropping,
    Filling,
    Hearing,
    Intake,
    Languages,
    Menu,
    Rating,
    Reopening,
    Repeating,
    Resuming,
    Reviewing,
    Topics,
    Welcome,
    Withdrawing,
)
from handlers.unsent import Part, Pending
from handlers.view import Command, Next, View, enter


def obey(command: Command, view: View) -> Next:  # noqa: C901, PLR0911, PLR0912 - a table
    """Do what a command says, wherever the person is."""
    session = view.session
    at_door = isinstance(session.room, Welcome)
    if token := desk.invitation(command.name, command.rest):
        return _join(token, view)
    if token := link(command.name, command.rest):
        return _join_chats(token, view)
    match command.name:
        case "dungtin":
            return hearing.stop(view)
        case name if name in data.PAGES:
            return data.to_data(name, view)
        case "trogiup":
            return office.helped(view)
        case "ngonngu":
            return start.to_languages(view)
        case name if name in desk.ALIASES:
            return orders.obey(command, view)
        case "start" if isinstance(session.room, Welcome):
            unread = session.room.model_copy(update={"noticed": False})
            return Next(enter(session, unread))
        case _ if at_door:
            return Next(session, view.say("welcome.first"))
        case "start" if read_code(command.rest):
            return cases.look_up(command.rest, view)
        case "start":
            return _begin_again(view)
        case "gui" if command.rest:
            return _new_with(Part(text=command.rest), view)
        case "gui":
            return form.new(view)
        case "tracuu" if command.rest:
            return cases.look_up(command.rest, view)
        case "tracuu":
            return Next(enter(session, Cases()))
        case "tinkin" if inspects(view.facts.official):
            return restricted.to_restricted(command.rest, view)
        case "tinkin":
            return _tell_in_confidence(Part(text=command.rest), view)
        case "khieunai":
            return _complain_of(Part(text=command.rest), view)
        case "nhantin":
            return Next(enter(session, Hearing()))
        case "huy":
            return _cancel(view)
        case _:
            return Next(session, view.say("command.unknown"))


def _join(invitation: str, view: View) -> Next:
    """An invitation works once; a used, expired or invented one is told apart from nothing.

    Wrong ones count like wrong receipts: nobody finds one by trying.
    """
    session, now, invited = view.session, view.facts.now, view.facts.invited
    if cases.is_paused(session, now.timestamp()):
        return Next(session, view.say("proving.pause"))
    if invited is None:
        return Next(cases.missed(session, now), view.say("invitation.invalid"))
    unit = view.content.units.get(invited.duty.unit)
    told = view.say(
        "desk.joined",
        role=view.say(f"role.{invited.duty.role}"),
        unit=unit.name.vi if unit else view.say("desk.everywhere"),
    )
    sees = REACHES[invited.duty.role, "see"] not in {"-", "urgent"}
    room = Queue() if sees else Office(page="guide")
    session = enter(session, room, staff=True, misses=0, missed_at=None)
    return Next(session, told, (JoinStaff(invitation=invitation),))


def _join_chats(token: str, view: View) -> Next:
    """Another chat of the same person opens a link; wrong ones count like wrong receipts."""
    session, now, linked = view.session, view.facts.now, view.facts.linked
    if cases.is_paused(session, now.timestamp()):
        return Next(session, view.say("proving.pause"))
    if linked is None:
        return Next(cases.missed(session, now), view.say("link.invalid"))
    if linked.same:
        return Next(session, view.say("link.same"))
    joining = Hearing(page="join", token=token)
    return Next(enter(session, joining, misses=0, missed_at=None))


def _begin_again(view: View) -> Next:
    room = Resuming() if view.session.draft else Menu()
    return Next(enter(view.session, room), view.say("start.again"))


def _new_with(part: Part, view: View) -> Next:
    """A new case that begins with what was written behind the command."""
    gathered = gather_text(view.session.pending, part, view)
    held = view.session.model_copy(update={"pending": gathered.pending})
    begun = form.new(View(held, view.facts))
    return Next(begun.session, gathered.notice)


def _complain_of(part: Part, view: View) -> Next:
    """A complaint, of what was written behind the command if anything was."""
    if not part.text:
        return complaining.begin(view, drafted=False)
    gathered = gather_text(view.session.pending, part, view)
    held = view.session.model_copy(update={"pending": gathered.pending})
    begun = complaining.begin(View(held, view.facts), drafted=False)
    return Next(begun.session, "\n".join(n for n in (gathered.notice, begun.notice) if n))


def _tell_in_confidence(part: Part, view: View) -> Next:
    """To the confidential channel; what was written behind the command waits like any draft."""
    if not part.text:
        return denouncing.begin(view)
    gathered = gather_text(view.session.pending, part, view)
    held = view.session.model_copy(update={"pending": gathered.pending})
    begun = denouncing.begin(View(held, view.facts))
    return replace(begun, notice=gathered.notice)


def _cancel(view: View) -> Next:  # noqa: C901, PLR0911, PLR0912 - a table
    """Stop what is being done; a draft is only thrown away after asking."""
    session = view.session
    match session.room:
        case Filling() | Reviewing() | Repeating():
            return Next(enter(session, Dropping()))
        case Dropping():
            return Next(enter(session, Menu()), view.say("dropping.kept"))
        case Adding(code=code) | Reopening(code=code):
            return loose.stop(code, view)
        case Withdrawing(code=code):
            return Next(enter(session, Case(code=code)))
        case Denouncing(code=code) if code and code == session.confided:
            return denouncing.dropped(view)
        case Queue() | Desk() | Office() | Bulletin() | Restricted():
            return Next(session, view.say("cancel.nothing"))
        case Complaining() as room:
            return complaining.left(room, view)
        case Languages(back=back):
            return Next(enter(session, back))
        case Alarm(code=code) as room if code:
            return alarm.left(room, view)
        case Doing() as room:
            return doing.left(room, view)
        case Rating(code=code):
            return Next(enter(session, Case(code=code)))
        case Intake():
            return behalf.left(view)
        case _ if session.pending != Pending():
            return drop(view)
        case Menu() | Topics() | Resuming() if session.draft:
            return Next(enter(session, Dropping()))
        case _:
            return Next(enter(session, Menu()), view.say("cancel.nothing"))
