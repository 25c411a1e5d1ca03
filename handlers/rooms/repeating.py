"""What is about to be sent tells what a case of the same person tells already, and may go there."""

from collections.abc import Callable
from dataclasses import replace

from handlers.drafts import form_of
from handlers.effects import DropTimer
from handlers.events import SentMedia
from handlers.following import takes_more, the_story
from handlers.messages import choice
from handlers.rooms import loose, questions
from handlers.rooms.form import DRAFT_TIMER, draft_of
from handlers.session import Repeating, Reviewing
from handlers.unsent import Draft, Part, Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, enter


def before_sending(draft: Draft, view: View) -> Next | None:
    """Ask first, when there is such a case; an official may well file the same for two people."""
    code = view.facts.repeats
    if not code or draft.behalf:
        return None
    return Next(enter(view.session, Repeating(code=code)))


def show_repeating(room: Repeating, view: View) -> Prompt:
    """The case there is, and the two ways on."""
    add = choice("add", view.say("choice.add_there", code=room.code), "primary")
    ways = (add, view.choice("anyway", "choice.send_anyway"), view.choice("back"))
    return Prompt(view.say("repeating.ask", code=room.code), ways)


def at_repeating(room: Repeating, did: Input, view: View, send: Callable[[View], Next]) -> Next:
    """Add it there, or *send* it all the same."""
    there = View(enter(view.session, Reviewing()), view.facts)
    match did:
        case Picked("add"):
            return _add(room.code, there)
        case Picked("anyway"):
            return send(there)
        case Picked("back"):
            return Next(there.session)
        case Wrote() | SentMedia():
            return questions.aside(did, there)
        case _:
            return Next(view.session, view.say("choose.again"))


def _add(code: str, view: View) -> Next:
    if not takes_more(the_story(code, view)):
        return Next(view.session, view.say("repeating.gone", code=code))
    draft, before = draft_of(view), view.session.pending
    told = Pending(parts=_told(draft, view), media=draft.media)
    session = view.session.model_copy(update={"pending": told, "draft": None})
    added = loose.add(code, View(session, view.facts))
    if added.session.pending == told:  # not taken: nothing of it is lost
        return replace(added, session=view.session)
    after = added.session.model_copy(update={"pending": before})
    effects = (*added.effects, DropTimer(timer=DRAFT_TIMER))
    return replace(added, session=after, effects=effects)


def _told(draft: Draft, view: View) -> tuple[Part, ...]:
    """What was told in one's own words; who somebody is belongs into no case."""
    told = (f for f in form_of(draft, view.content).ask if f.kind == "long_text" and not f.personal)
    answers = (draft.answers.get(field.name) for field in told)
    return (*(part for answer in answers if answer for part in answer.parts), *draft.notes)
