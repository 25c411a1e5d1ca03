"""What a person wants to hear of: announcements about communes and topics, or none at all."""

from handlers.rooms.start import home
from handlers.session import Hearing
from handlers.view import Input, Next, Prompt, View


def show_hearing(_room: Hearing, view: View) -> Prompt:
    """What is heard of now, and how to change it."""
    return Prompt(view.say("menu.ask"), (view.choice("menu"),))


def at_hearing(_room: Hearing, _did: Input, view: View) -> Next:
    """Change it."""
    return Next(home(view.session))
