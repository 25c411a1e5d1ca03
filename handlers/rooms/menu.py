"""The menu: where a person is who is doing nothing in particular."""

from handlers.events import SentMedia
from handlers.rooms import cases, complaining, form, loose, start
from handlers.rooms.desk import office
from handlers.session import Cases, Hearing, MyData
from handlers.understanding import asks_for_case, asks_for_petition
from handlers.unsent import Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, enter


def show_menu(view: View) -> Prompt:
    """What can be done here; what is not sent yet comes first."""
    held = (view.choice("held"),) if view.session.pending != Pending() else ()
    resume = (view.choice("resume"),) if view.session.draft else ()
    new = view.choice("new", tone="primary")
    desk = (view.choice("desk"),) if view.session.staff else ()
    rest = tuple(view.choice(key) for key in ("track", "hearing", "data", "language", "help"))
    return Prompt(view.say("menu.ask"), (*held, *resume, *desk, new, *rest))


def at_menu(did: Input, view: View) -> Next:
    """Go where was chosen; a code opens its case, anything else begins or adds to one."""
    match did:
        case Picked(key=key):
            return _chosen(key, view)
        case Wrote() if asks_for_petition(did):
            return complaining.begin(view, drafted=False)
        case Wrote() if asks_for_case(did):
            return cases.look_up(did.text, view)
        case Wrote() | SentMedia():
            return loose.take(did, view)
        case _:
            return Next(view.session, view.say("choose.again"))


def _chosen(key: str, view: View) -> Next:
    match key:
        case "held":
            return loose.arrive(view)
        case "resume":
            return Next(form.resume(view.session, view))
        case "desk":
            return office.to_desk(view)
        case "new":
            return form.new(view)
        case "track":
            return Next(enter(view.session, Cases()))
        case "hearing":
            return Next(enter(view.session, Hearing()))
        case "data":
            return Next(enter(view.session, MyData()))
        case "language":
            return start.to_languages(view)
        case _:
            return start.helped(view)
