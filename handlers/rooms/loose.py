"""A message outside any form: it stays pending until the person says which case it belongs to."""

from handlers.effects import AddToTicket, Effect, MoveTicket, Notify
from handlers.events import SentMedia
from handlers.following import lapsed, put_off, the_story
from handlers.messages import Choice, choice
from handlers.pending import drop, hold, joined, summary
from handlers.reading.dates import show_date
from handlers.rooms import form
from handlers.session import Case, Menu, Sorting, Topics
from handlers.spending import spent, too_many
from handlers.tickets import Card, move
from handlers.unsent import Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

OFFERED = 4  # open cases offered; older ones are found under "my cases"


def take(sent: Wrote | SentMedia, view: View) -> Next:
    """Hold what was *sent* and ask what it is for."""
    held = hold(sent, view)
    if held.session.pending == Pending():
        return held
    arrived = arrive(View(held.session, view.facts))
    lines = dict.fromkeys((held.notice, arrived.notice))
    return Next(arrived.session, "\n".join(lines), held.effects)


def arrive(view: View) -> Next:
    """To the room where what is pending finds its case: the topics when nothing else is open."""
    session = view.session
    room = Sorting() if session.draft or _open_cards(view) else Topics()
    return Next(enter(session, room), summary(session.pending, view))


def _open_cards(view: View) -> tuple[Card, ...]:
    """The open ones, first those in which an answer is waited for."""
    cards = (card for card in view.facts.cards if move(card.status, "add"))
    return tuple(sorted(cards, key=lambda card: card.status != "asking"))[:OFFERED]


def show_sorting(view: View) -> Prompt:
    """Which open case, the draft, or a new one."""
    cards = tuple(_offer(card, view) for card in _open_cards(view))
    draft = (view.choice("draft", "choice.into_draft"),) if view.session.draft else ()
    rest = (view.choice("new", "choice.new_case"), view.choice("drop", "choice.drop_message"))
    return Prompt(view.say("sorting.ask"), (*draft, *cards, *rest))


def _offer(card: Card, view: View) -> Choice:
    title = view.content.topic_button(card.topic, view.lang)
    return choice(f"add:{card.code}", cut(f"{card.code} · {title}", 35))


def at_sorting(did: Input, view: View) -> Next:
    """Put what is held where the person says."""
    session = view.session
    match did:
        case Picked("draft"):
            return form.add_to_draft(view)
        case Picked("new"):
            return form.new(view)
        case Picked("drop"):
            return drop(view)
        case Picked(key):
            return _add(key.removeprefix("add:"), view)
        case Wrote() | SentMedia():
            return hold(did, view)
        case _:
            return Next(session, view.say("choose.again"))


def _add(code: str, view: View) -> Next:
    card = next((card for card in _open_cards(view) if card.code == code), None)
    if card is None:
        return Next(view.session, view.say("case.closed_meanwhile", code=code))
    return add(code, view)


def add(code: str, view: View) -> Next:
    """Put what is pending into the case *code*; to a question, it is the answer."""
    pending, story = view.session.pending, the_story(code, view)
    text = joined(pending.parts)
    late = story is not None and lapsed(story)
    asked = story is not None and story.card.status == "asking"
    due = put_off(story, view) if story and (asked or late) else None
    paced = view.session if due else spent(view, "additions")
    if paced is None:
        return Next(view.session, too_many(view, "additions"))
    again = MoveTicket(code=code, action="resume", due_on=due)
    added = AddToTicket(
        code=code, text=text, media=pending.media, search=text, due_on=due if asked else None
    )
    news = Notify(code=code, to="assignee", what="added")
    effects: tuple[Effect, ...] = (*((again,) if late else ()), added, news)
    done = enter(paced, Menu(), pending=Pending())
    if due is None:
        return Next(done, view.say("adding.done", code=code), effects, about=code)
    key = "adding.resumed" if late else "adding.answered"
    return Next(done, view.say(key, code=code, due=show_date(due)), effects, about=code)


def stop(code: str, view: View) -> Next:
    """Back to the case *code* without what was to be sent to it."""
    dropped = view.say("adding.dropped") if view.session.pending != Pending() else ""
    return Next(enter(view.session, Case(code=code), pending=Pending()), dropped)
