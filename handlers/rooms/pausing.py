"""Where somebody stands who sent too much too fast: asked about it, or not answered for a while."""

from datetime import datetime, timedelta

from handlers.session import Pausing
from handlers.view import Prompt, View


def ends_at(until: float, now: datetime) -> datetime:
    """The instant *until*, in seconds since 1970, where it is *now*."""
    return now + timedelta(seconds=until - now.timestamp())


def show_pausing(_room: Pausing, view: View) -> Prompt:
    """Ask whether it is no mistake; in the silence there is nothing to choose."""
    until = view.session.pace.until
    if view.facts.now.timestamp() >= until:
        go_on = view.choice("go_on", tone="primary")
        return Prompt(view.say("limits.ask"), (go_on,))
    clock = ends_at(until, view.facts.now)
    phone = view.content.controller.phone
    return Prompt(view.say("limits.silent", until=f"{clock:%H:%M}", phone=phone), (), "text")
