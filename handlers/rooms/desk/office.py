"""The office: people, units, routes, templates, the log, figures, and the officials' guide."""

from handlers.rooms.desk import templates
from handlers.rooms.desk.task import home
from handlers.session import Office
from handlers.view import Command, Input, Next, Prompt, View


def obey(command: Command, view: View) -> Next:
    """Do what a command about no case says."""
    if command.name == "mau":
        return templates.to_templates(command.rest, view)
    return Next(view.session, view.say("command.unknown"))


def show_office(room: Office, view: View) -> Prompt:
    """A page of administration."""
    if room.page == "templates":
        return templates.show_templates(room, view)
    return Prompt(view.say("office.guide"), (view.choice("queue"), view.choice("menu")))


def at_office(room: Office, did: Input, view: View) -> Next:
    """Turn the page or leave."""
    if room.page == "templates":
        return templates.at_templates(room, did, view)
    return Next(home(view))
