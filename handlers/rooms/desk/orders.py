"""An official's orders: by command from anywhere, or by a button of the card."""

from handlers.codes import near_codes, read_code
from handlers.desk.commands import ABOUT_A_CASE, TASK_OF, named
from handlers.desk.permission import anywhere
from handlers.desk.places import Desk, Queue
from handlers.events import SentMedia
from handlers.rooms import behalf
from handlers.rooms.desk import bulletin, data_page, doing, office, queue, reaching, watch
from handlers.rooms.desk.bulletin import open_bulletin
from handlers.rooms.desk.card import files, identify, open_case
from handlers.rooms.desk.task import LONGEST, denied, with_words
from handlers.session import Menu
from handlers.view import Command, Input, Next, Picked, View, Wrote, enter


def obey(command: Command, view: View) -> Next:
    """Do what a command of the desk says; the case is the one it names, or the one in hand."""
    if view.facts.official is None:
        return denied(command.name, "", view)
    match command.name:
        case "hangdoi":
            return queue.to_queue(command.rest, view)
        case "tim":
            return queue.to_found(command.rest, view)
        case "nhapho":
            return behalf.begin(view)
        case name if name in ABOUT_A_CASE:
            return _about_a_case(command, view)
        case _:
            return office.obey(command, view)


def _about_a_case(command: Command, view: View) -> Next:
    about = named(command.rest, view.session.hand)
    if not about.code:
        to_queue = enter(view.session, Queue())
        if about.near:
            return with_words(about.rest[:LONGEST], queue.near(to_queue, view), view)
        only_a_code = len(about.rest.split(maxsplit=1)) < 2  # noqa: PLR2004 - a code, and words
        words = "" if only_a_code else about.rest[:LONGEST]
        return with_words(words, Next(to_queue, view.say("desk.no_case")), view)
    match command.name:
        case "nguoigui":
            return identify(about.code, view)
        case "tep":
            return files(about.code, view)
        case name:
            return doing.begin(TASK_OF[name], about.code, about.rest, view)


def at_desk(room: Desk, did: Input, view: View) -> Next:  # noqa: C901, PLR0911, PLR0912 - a table
    """Begin what was chosen; a code opens its case; other words need to be told what they are."""
    session = view.session
    if view.facts.official is None:
        return denied("see", room.code, view)
    match did:
        case Picked("queue" | "menu" as where):
            return Next(enter(session, Queue() if where == "queue" else Menu()))
        case Picked("whole"):
            return Next(enter(session, room.model_copy(update={"shows": "whole"})))
        case Picked("identify"):
            return identify(room.code, view)
        case Picked("files"):
            return files(room.code, view)
        case Picked(key) if key.startswith("open:TB"):
            return open_bulletin(key.removeprefix("open:"), view)
        case Picked(key) if key.startswith("open:"):
            return open_case(key.removeprefix("open:"), view)
        case Picked(key) if key.startswith("same:"):
            return doing.begin("link", room.code, key.removeprefix("same:"), view)
        case Picked(key):
            return doing.begin(key.removeprefix("do:"), room.code, "", view)
        case Wrote(part=part) if read_code(part.text[:100]):
            return queue.to_code(part.text[:100], view)
        case Wrote(part=part) if near_codes(part.text[:100]):
            return queue.near(session, view)
        case Wrote() | SentMedia():
            return Next(session, view.say("desk.say_what_for"))
        case _:
            return Next(session, view.say("desk.again"))


def woken(what: str, code: str, view: View) -> Next:
    """Tell an official what happened to a case, with a button to it.

    Whatever they are doing goes on, and the case in hand stays in hand: what they type next must
    not land in a case that only just came by.
    """
    if what in watch.NEWS:
        return watch.woken(what, code, view)
    if what in office.NEWS:
        return office.woken(what, code, view)
    if code.startswith("TB"):
        return bulletin.woken(what, code, view)
    if code.startswith("DL"):
        return data_page.woken(what, code, view)
    official, found = view.facts.official, view.facts.dossier
    if official is None or found is None or not anywhere(official, "see"):
        return Next(view.session, silent=True)
    news = reaching.task(found, view) if what == "unreached" else view.say(f"desk_news.{what}")
    if not news:  # somebody was told after all
        return Next(view.session, silent=True)
    told = view.say("desk.news", code=code, what=news)
    return Next(view.session.model_copy(update={"news": code}), told)
