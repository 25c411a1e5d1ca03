"""Spending what one person may: the session that did, or the sentence why it can't."""

from handlers import limits
from handlers.limits import Spending
from handlers.session import Session
from handlers.view import View


def spent(view: View, what: Spending, count: int = 1) -> Session | None:
    """The session after *count* more of *what*; None when that was too much for its period."""
    now, rules = view.facts.now.timestamp(), view.content.desk.limits
    times = limits.STAFF if view.session.staff else 1
    pace = limits.spend(view.session.pace, what, now, rules, count, times)
    return None if pace is None else view.session.model_copy(update={"pace": pace})


def too_many(view: View, what: Spending) -> str:
    """Why one more of *what* is not taken now, and what becomes of it."""
    most = view.content.desk.limits.most(what)
    return view.say(f"limits.{what}", most=most, phone=view.content.controller.phone)
