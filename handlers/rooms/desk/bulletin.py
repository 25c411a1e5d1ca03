"""One announcement on the desk: its card, what may be done to it, how far it has come."""

from handlers.session import Bulletin, Office
from handlers.view import Input, Next, Prompt, View, enter


def show_bulletin(room: Bulletin, view: View) -> Prompt:
    """The announcement as it stands now."""
    return Prompt(room.code, (view.choice("queue"), view.choice("menu")))


def at_bulletin(_room: Bulletin, _did: Input, view: View) -> Next:
    """Back to the office."""
    return Next(enter(view.session, Office(page="guide")))
