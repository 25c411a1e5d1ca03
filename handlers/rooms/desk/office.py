"""The office: people, units, routes, templates, the log, figures, and the officials' guide."""

from handlers.rooms.desk.task import home
from handlers.session import Office
from handlers.view import Command, Input, Next, Prompt, View


def obey(_command: Command, view: View) -> Next:
    """Do what a command about no case says."""
    return Next(view.session, view.say("command.unknown"))


def show_office(_room: Office, view: View) -> Prompt:
    """A page of administration."""
    return Prompt(view.say("office.guide"), (view.choice("queue"), view.choice("menu")))


def at_office(_room: Office, _did: Input, view: View) -> Next:
    """Turn the page or leave."""
    return Next(home(view))
