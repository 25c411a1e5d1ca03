"""The queue: open cases by due date, filtered, a page at a time; and searching all cases."""

from handlers.codes import near_codes, read_code
from handlers.denouncing import confidential_code
from handlers.desk.dossier import DeskCard, Filter
from handlers.desk.dossier import View as Shown
from handlers.desk.people import EVERYWHERE
from handlers.desk.permission import anywhere, units
from handlers.desk.places import Office, Queue
from handlers.events import SentMedia
from handlers.messages import Choice, choice
from handlers.rights import request_code
from handlers.rooms import start
from handlers.rooms.desk import data_page, restricted
from handlers.rooms.desk.bulletin import open_bulletin
from handlers.rooms.desk.card import due, heard_of, open_case
from handlers.rooms.desk.task import denied, home
from handlers.session import Session
from handlers.territory import Found
from handlers.text import fold
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

PAGE = 6  # cases on one page; the facts hold one more when there is another page
MARKS = ("", "❕", "❗")  # by priority

# What may stand behind /hangdoi, folded, by the view it chooses.
VIEWS: dict[str, Shown] = {
    "cua toi": "mine", "mine": "mine",
    "chua giao": "unassigned", "unassigned": "unassigned",
    "cho": "waiting", "cho bo sung": "waiting", "waiting": "waiting",
    "phan loai": "sorting", "sorting": "sorting",
    "cho duyet": "approving", "duyet": "approving", "approving": "approving",
    "qua han": "overdue", "tre han": "overdue", "overdue": "overdue",
    "khan cap": "emergency", "emergency": "emergency",
    "khieu nai": "complaint", "complaint": "complaint",
    "can xem loai": "doubtful", "doubtful": "doubtful",
    "chua den": "unreached", "chua den nguoi gui": "unreached", "unreached": "unreached",
    "tat ca": "all", "all": "all",
}  # fmt: skip
OFFERED: tuple[Shown, ...] = (
    "mine", "unassigned", "overdue", "waiting", "sorting", "approving", "unreached",
)  # fmt: skip


def filtered(typed: str, view: View) -> Filter | None:
    """The filter *typed* behind the command: a view, a unit, a topic or a commune."""
    words = fold(typed)
    if not words:
        return Filter()
    if words in VIEWS:
        return Filter(view=VIEWS[words])
    content = view.content
    if typed.strip() in content.units:
        return Filter(unit=typed.strip())
    for topic in content.topics.values():
        if words in {fold(topic.id), fold(topic.title.vi), fold(topic.button.vi)}:
            return Filter(topic=topic.id)
    for unit in content.units.values():
        if words == fold(unit.name.vi):
            return Filter(unit=unit.id)
    found = content.territory.find(typed)
    return Filter(commune=found.commune.id) if isinstance(found, Found) else None


def to_queue(rest: str, view: View) -> Next:
    """To the queue as *rest* filters it."""
    if not anywhere(view.facts.official, "see"):
        return denied("see", "", view)
    wanted = filtered(rest, view)
    session = enter(view.session, Queue(filter=wanted or Filter()), staff=True)
    return Next(session, "" if wanted else view.say("desk.no_filter", typed=cut(rest, 60)))


def to_found(words: str, view: View) -> Next:
    """Search by words what the reader may read, or open the case of a code."""
    if confidential_code(words) or request_code(words):
        return to_code(words, view)
    if not anywhere(view.facts.official, "see"):
        return denied("see", "", view)
    if read_code(words):
        return to_code(words, view)
    if near_codes(words):
        return near(enter(view.session, Queue()), view)
    if not fold(words):
        return Next(enter(view.session, Queue()), view.say("desk.find_what"))
    if not anywhere(view.facts.official, "read"):
        return denied("read", "", view)
    return Next(enter(view.session, Queue(words=fold(words)[:100]), staff=True))


def to_code(typed: str, view: View) -> Next:
    """The case of a code; what is no case is opened by those in charge, and unknown to others."""
    told, asked = confidential_code(typed), request_code(typed)
    if told and anywhere(view.facts.official, "restricted"):
        return restricted.to_restricted(told, view)
    if asked and anywhere(view.facts.official, "requests"):
        return data_page.to_requests(asked, view)
    if code := told or asked:
        return Next(home(view), view.say("desk.unknown", code=code))
    return open_case(read_code(typed) or "", view)


def near(session: Session, view: View) -> Next:
    """A mistyped code: the cases in sight one slip away from it, the first with a button."""
    if not view.facts.near:
        return Next(session, view.say("desk.near_none"))
    codes = [card.code for card in view.facts.near[:5]]
    heard = session.model_copy(update={"news": codes[0]})
    return Next(heard, view.say("desk.near", codes=", ".join(codes)))


def show_queue(room: Queue, view: View) -> Prompt:
    """A page of cases, each with a button; then the filters."""
    official = view.facts.official
    if official is None or not anywhere(official, "see"):
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    if room.choosing:
        return _show_choosing(view)
    cards = view.facts.found if room.words else view.facts.queue
    shown = cards[:PAGE]
    title = _title(room, view)
    lines = "\n".join(_line(card, view) for card in shown) or view.say("queue.empty")
    listed = " ".join(card.code for card in shown)
    choices = (*heard_of(listed, view), *_opens(shown), *_ways(room, cards, view))
    return Prompt(f"{title}\n{lines}", choices)


def _show_choosing(view: View) -> Prompt:
    """Topics to filter by; a commune or a unit is typed."""
    topics = tuple(choice(f"topic:{t.id}", t.button.vi) for t in view.content.in_order)
    everything = view.choice("all", "queue.all_button")
    return Prompt(view.say("queue.choose"), (*topics, everything), "text")


def _opens(shown: tuple[DeskCard, ...]) -> tuple[Choice, ...]:
    marked = ((card.code, f"{MARKS[card.priority]}{card.code}") for card in shown)
    return tuple(choice(f"open:{code}", label) for code, label in marked)


def _ways(room: Queue, cards: tuple[DeskCard, ...], view: View) -> tuple[Choice, ...]:
    more = (view.choice("more"),) if len(cards) > PAGE else ()
    back = (view.choice("fewer"),) if room.pages else ()
    if room.words or room.filter != Filter():
        filters: tuple[Choice, ...] = (view.choice("all", "queue.all_button"),)
    else:
        views = tuple(view.choice(f"view:{name}", f"queue_view.{name}") for name in OFFERED)
        filters = (*views, view.choice("choose", "queue.choose_button"))
    return (*more, *back, *filters, view.choice("guide", "choice.guide"), view.choice("menu"))


def _title(room: Queue, view: View) -> str:
    wanted, content = room.filter, view.content
    if room.words:
        return view.say("queue.found", words=room.words)
    where = view.say(f"queue_view.{wanted.view}")
    if wanted.topic:
        where = content.topic_title(wanted.topic)
    elif wanted.unit:
        where = content.unit_name(wanted.unit)
    elif wanted.commune and (commune := content.territory.get(wanted.commune)):
        where = commune.name
    return view.say("queue.title", what=where, page=len(room.pages) + 1)


def _line(card: DeskCard, view: View) -> str:
    commune = view.content.territory.get(card.commune)
    mark = MARKS[card.priority]
    official = view.facts.official
    many = official is not None and _several(units(official, "see"))
    unit = view.content.units.get(card.unit)
    return view.say(
        "queue.line",
        code=f"{mark}{card.code}",
        topic=view.content.topic_button(card.topic),
        place=commune.name if commune else view.say("desk.nowhere"),
        due=due(card, view),
        status=view.say(f"desk_status.{card.status}"),
        who=card.assignee_name or (unit.name.vi if unit and many else view.say("desk.nobody")),
    )


def _several(seen: frozenset[str]) -> bool:
    return EVERYWHERE in seen or len(seen) > 1


def at_queue(room: Queue, did: Input, view: View) -> Next:
    """Open a case, turn the page, filter; typed words are a code or a search."""
    session = view.session
    if view.facts.official is None:
        return denied("see", "", view)
    match did:
        case Picked("guide"):
            return Next(enter(session, Office(page="guide")))
        case Picked("menu"):
            return Next(start.home(session))
        case Picked(key) if key.startswith("open:TB"):
            return open_bulletin(key.removeprefix("open:"), view)
        case Picked(key) if key.startswith("open:"):
            return open_case(key.removeprefix("open:"), view)
        case Picked(key):
            return Next(enter(session, _turned(key, room, view)))
        case Wrote(part=part) if room.choosing:
            return to_queue(part.text[:100], view)
        case Wrote(part=part):
            return to_found(part.text[:100], view)
        case SentMedia():
            return Next(session, view.say("desk.say_what_for"))
        case _:
            return Next(session, view.say("desk.again"))


def _turned(key: str, room: Queue, view: View) -> Queue:
    """Another page, or another filter."""
    what, _, value = key.partition(":")
    match what:
        case "more":
            return next_page(room, view)
        case "fewer":
            earlier = {"filter": room.pages[-1], "pages": room.pages[:-1]}
            return room.model_copy(update=earlier)
        case "view":
            return Queue(filter=Filter(view=VIEWS[value]))
        case "topic":
            return Queue(filter=Filter(topic=value))
        case _:
            return Queue(choosing=what == "choose")


def next_page(room: Queue, view: View) -> Queue:
    """The page after this one: it begins behind the last case shown."""
    shown = view.facts.queue[:PAGE]
    if not shown:
        return room
    last = shown[-1]
    after = {"after_due": last.due_on.isoformat(), "after_id": last.id}
    following = room.filter.model_copy(update=after)
    return room.model_copy(update={"filter": following, "pages": (*room.pages, room.filter)})
