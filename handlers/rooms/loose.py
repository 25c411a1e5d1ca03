"""A message outside any form: it is held until the person says which case it belongs to."""

from handlers.effects import AddToTicket
from handlers.events import SentMedia
from handlers.messages import Choice, choice
from handlers.pending import gather, joined, summary
from handlers.rooms import form
from handlers.session import Menu, Pending, Resuming, Sorting, Topics
from handlers.text import fold
from handlers.tickets import Card, move
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

OFFERED = 4  # open cases offered; older ones are found under "my cases"


def take(sent: Wrote | SentMedia, view: View) -> Next:
    """Hold what was *sent* and ask what it is for."""
    gathered = gather(Pending(), sent, view)
    if gathered.pending == Pending():
        return Next(view.session, gathered.notice)
    arrived = arrive(gathered.pending, view)
    notice = "\n".join(line for line in (gathered.notice, arrived.notice) if line)
    return Next(arrived.session, notice, gathered.effects)


def arrive(pending: Pending, view: View) -> Next:
    """To the room where *pending* finds its case: to the topics when nothing else is open."""
    if view.session.draft or _open_cards(view):
        return Next(enter(view.session, Sorting(pending=pending)), summary(pending, view))
    return Next(enter(view.session, Topics(pending=pending)), summary(pending, view))


def _open_cards(view: View) -> tuple[Card, ...]:
    return tuple(card for card in view.facts.cards if move(card.status, "add"))[:OFFERED]


def show_sorting(_room: Sorting, view: View) -> Prompt:
    """Which open case, the draft, or a new one."""
    cards = tuple(_offer(card, view) for card in _open_cards(view))
    draft = (view.choice("draft", "choice.into_draft"),) if view.session.draft else ()
    rest = (view.choice("new", "choice.new_case"), view.choice("drop", "choice.drop_message"))
    return Prompt(view.say("sorting.ask"), (*draft, *cards, *rest))


def _offer(card: Card, view: View) -> Choice:
    topic = view.content.topics.get(card.topic)
    title = topic.button.in_(view.lang) if topic else card.topic
    return choice(f"add:{card.code}", cut(f"{card.code} · {title}", 35))


def at_sorting(room: Sorting, did: Input, view: View) -> Next:
    """Put what is held where the person says."""
    session = view.session
    match did:
        case Picked("draft"):
            return form.into_draft(room.pending, view)
        case Picked("new") if session.draft:
            return Next(enter(session, Resuming(pending=room.pending)))
        case Picked("new"):
            return Next(enter(session, Topics(pending=room.pending)))
        case Picked("drop"):
            return Next(enter(session, Menu()), view.say("sorting.dropped"))
        case Picked(key):
            return _add(key.removeprefix("add:"), room, view)
        case Wrote() | SentMedia():
            gathered = gather(room.pending, did, view)
            held = enter(session, Sorting(pending=gathered.pending))
            notice = gathered.notice or summary(gathered.pending, view)
            return Next(held, notice, gathered.effects)
        case _:
            return Next(session, view.say("choose.again"))


def _add(code: str, room: Sorting, view: View) -> Next:
    card = next((card for card in _open_cards(view) if card.code == code), None)
    if card is None:
        return Next(view.session, view.say("case.closed_meanwhile", code=code))
    return Next(
        enter(view.session, Menu()),
        view.say("adding.done", code=code),
        (addition(code, room.pending),),
    )


def addition(code: str, pending: Pending) -> AddToTicket:
    """The effect that puts *pending* into the case *code*."""
    text = joined(pending.parts)
    return AddToTicket(code=code, text=text, media=pending.media, search=fold(text))
