"""What a citizen may still do about a case, as far as its story says."""

from datetime import date, timedelta

from handlers.tickets import DONE, Card, Happening, Story, move
from handlers.view import View

ENDS = frozenset({"answered", "refused", "closed", "expired"})


def the_story(code: str, view: View) -> Story | None:
    """The story of the case *code*, when it is the one that was looked up."""
    story = view.facts.story
    return story if story is not None and story.card.code == code else None


def question(story: Story) -> Happening | None:
    """The latest question to the citizen, answered or not."""
    return next((h for h in reversed(story.happenings) if h.kind == "asked"), None)


def lapsed(story: Story) -> bool:
    """Whether it was closed because a question was not answered in time."""
    last = next((h.kind for h in reversed(story.happenings) if h.kind in ENDS), "")
    return story.card.status == "closed" and last == "expired"


def takes_more(story: Story | None) -> bool:
    """Whether words and files may still be added; the late answer to a question may."""
    return story is not None and (move(story.card.status, "add") is not None or lapsed(story))


def put_off(story: Story, view: View) -> date:
    """The due date, with the working days added that the case waited for its citizen."""
    if (asked := question(story)) is None:
        return story.card.due_on
    since, today = view.local(asked.at).date(), view.facts.now.date()
    return view.content.calendar.put_off(story.card.due_on, since, today)


def due_again(card: Card, view: View) -> date:
    """The due date of a case looked at again: as long as its topic is given at first."""
    topic = view.content.topics.get(card.topic)
    days = topic.due_days if topic else view.content.desk.ask_days
    return view.content.calendar.add_working_days(view.facts.now.date(), days)


def reopen_until(card: Card, view: View) -> date | None:
    """The last day an answer, a refusal or a closing may be contested; None before there is one."""
    if card.status not in DONE or card.done_on is None:
        return None
    return card.done_on + timedelta(days=view.content.desk.reopen_days)


def reopenable(story: Story | None, view: View) -> bool:
    """Whether the citizen may ask, today, that somebody else looks at it."""
    if story is None or lapsed(story) or story.passed_on:
        return False
    until = reopen_until(story.card, view)
    return until is not None and view.facts.now.date() <= until


def ratable(story: Story | None) -> bool:
    """Whether there is an answer or a refusal that was not rated yet."""
    if story is None or story.rated or lapsed(story) or story.passed_on:
        return False
    return move(story.card.status, "rate") is not None
