"""What people ask of their data, at the desk: those that wait, what is late first; and each card.

Whoever sees to it sees codes, states and days: nothing of what is in a case, and no name. Who asks
has proved who they are by the chat they ask in.
"""

from handlers.desk.permission import anywhere
from handlers.desk.places import Office
from handlers.messages import Choice, choice
from handlers.rights import Action, DataRequest, move, request_code
from handlers.rooms.desk import doing
from handlers.rooms.desk.data_words import card, line, the_request
from handlers.rooms.desk.task import denied
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, enter

PAGE = 8  # requests on one page; the facts hold one more when there is another page
# What an official may do to a request, and the task by which they do it.
OFFERED: tuple[tuple[Action, str], ...] = (
    ("carry_out", "data_grant"),
    ("refuse", "data_refuse"),
    ("extend", "data_extend"),
)


def to_requests(rest: str, view: View) -> Next:
    """The list, or one of them by its code."""
    if not anywhere(view.facts.official, "requests"):
        return denied("requests", "", view)
    code = request_code(rest)
    return Next(enter(view.session, Office(page="requests", subject=code), staff=True))


def show_requests(room: Office, view: View) -> Prompt:
    """A page of them, or a card."""
    if not anywhere(view.facts.official, "requests"):
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    if room.subject:
        return _show_card(room.subject, view)
    shown = view.facts.requests[:PAGE]
    lines = [line(each, view) for each in shown] or [view.say("requests.none")]
    opens = tuple(choice(f"open:{each.code}", each.code) for each in shown)
    more = (view.choice("more"),) if len(view.facts.requests) > PAGE else ()
    back = (view.choice("fewer"),) if room.after else ()
    ways = (view.choice("hold", "choice.hold_case"), view.choice("menu"))
    text = "\n".join((view.say("requests.title"), *lines))
    return Prompt(text, (*opens, *more, *back, *ways), "text")


def _show_card(code: str, view: View) -> Prompt:
    listed = view.choice("list", "choice.all_requests")
    found = the_request(code, view)
    if found is None:
        return Prompt(
            view.say("requests.unknown", code=code), (listed, view.choice("menu")), "text"
        )
    return Prompt(card(found, view), (*_offered(found, view), listed, view.choice("menu")), "text")


def _offered(found: DataRequest, view: View) -> tuple[Choice, ...]:
    able = (
        task
        for action, task in OFFERED
        if move(found.state, action) is not None and not (action == "extend" and found.extended)
    )
    return tuple(view.choice(f"do:{task}", f"data_do.{task}") for task in able)


def at_requests(room: Office, did: Input, view: View) -> Next:
    """Open one, turn the page, decide."""
    session = view.session
    match did:
        case Picked("more" | "fewer" as way):
            after = max(0, room.after + (PAGE if way == "more" else -PAGE))
            return Next(enter(session, room.model_copy(update={"after": after})))
        case Picked("list"):
            return Next(enter(session, Office(page="requests")))
        case Picked("hold"):
            return doing.begin("data_hold", "", "", view)
        case Picked(key) if key.startswith("open:DL"):
            subject = key.removeprefix("open:")
            return Next(enter(session, Office(page="requests", subject=subject)))
        case Picked(key) if key.startswith("do:"):
            return doing.begin(key.removeprefix("do:"), room.subject, "", view)
        case Wrote(part=part) if request_code(part.text):
            return to_requests(part.text, view)
        case _:
            return Next(session, view.say("desk.again"))


def woken(what: str, code: str, view: View) -> Next:
    """Tell whoever answers requests of one; who can't is told to have somebody who can."""
    found, official = view.facts.request, view.facts.official
    if official is None or found is None or found.code != code or not found.waiting:
        return Next(view.session, silent=True)
    if anywhere(official, "requests"):
        told = view.say(
            "requests.news", line=line(found, view), what=view.say(f"request_news.{what}")
        )
        return Next(view.session, told)
    if anywhere(official, "invite"):
        return Next(view.session, view.say("requests.nobody", line=line(found, view)))
    return Next(view.session, silent=True)
