"""The office: people, units, routes, the log, figures, and the officials' guide."""

from handlers.desk.figures import Count
from handlers.desk.guide import guide
from handlers.desk.people import Official
from handlers.desk.permission import REACHES, anywhere
from handlers.desk.places import Office, Queue
from handlers.rooms import behalf, start
from handlers.rooms.desk import (
    blocks,
    bulletins,
    colleagues,
    data_page,
    departments,
    doing,
    journal,
    restricted,
    rules,
    templates,
)
from handlers.rooms.desk.administering import duty_name, unit_name
from handlers.rooms.desk.task import denied, home
from handlers.session import Menu, Welcome
from handlers.view import Command, Input, Next, Picked, Prompt, View, enter

UNITS = 12  # units on one page of figures
FEW = 5  # a smaller count might tell who somebody is (DP: statistics of fewer than five)
ANYWHERE = Menu | Queue | Office | Welcome  # rooms that may be left for the guide


def obey(command: Command, view: View) -> Next:  # noqa: C901, PLR0911, PLR0912 - a table
    """Do what a command about no case says."""
    match command.name:
        case "moi":
            return doing.begin("invite", "", command.rest, view)
        case "canbo":
            return colleagues.to_people(command.rest, view)
        case "donvi":
            return departments.to_units(command.rest, view)
        case "tuyen":
            return departments.to_routes(view)
        case "nhatky":
            return journal.to_log(command.rest, view)
        case "hoantac":
            return journal.to_undo(command.rest, view)
        case "thongke":
            return _to_figures(view)
        case "thongbao":
            return bulletins.to_bulletins(command.rest, view)
        case "yeucau":
            return data_page.to_requests(command.rest, view)
        case "quydinh":
            return rules.to_rules(command.rest, view)
        case "mau":
            return templates.to_templates(command.rest, view)
        case "chan" | "bochan":
            return blocks.obey(command.name, command.rest, view)
        case _:
            return Next(view.session, view.say("command.unknown"))


def show_office(room: Office, view: View) -> Prompt:  # noqa: C901, PLR0911, PLR0912 - a table
    """A page of administration."""
    match room.page:
        case "people":
            return colleagues.show_people(room, view)
        case "units":
            return departments.show_units(room, view)
        case "routes":
            return departments.show_routes(room, view)
        case "templates":
            return templates.show_templates(room, view)
        case "rules":
            return rules.show_rules(room, view)
        case "rule_cases":
            return rules.show_cases(room, view)
        case "log":
            return journal.show_log(room, view)
        case "undo":
            return journal.show_undo(room, view)
        case "figures":
            return _show_figures(room, view)
        case "announcements":
            return bulletins.show_bulletins(room, view)
        case "requests":
            return data_page.show_requests(room, view)
        case "abuse":
            return blocks.show_abuse(view)
        case _:
            return _show_guide(view)


def at_office(room: Office, did: Input, view: View) -> Next:
    """Go from page to page; the rest is the page's own."""
    if view.facts.official is None:
        return denied("see", "", view)
    match did:
        case Picked("queue"):
            return to_desk(view)
        case Picked("menu"):
            return Next(start.home(view.session))
        case Picked("intake"):
            return behalf.begin(view)
        case Picked("restricted"):
            return restricted.to_restricted("", view)
        case Picked("requests"):
            return data_page.to_requests("", view)
        case Picked("people" | "units" | "routes" | "log" | "invite" | "bulletins" as page):
            names = {"people": "canbo", "units": "donvi", "routes": "tuyen", "log": "nhatky",
                     "bulletins": "thongbao"}  # fmt: skip
            return obey(Command(names.get(page, "moi")), view)
        case _:
            return _at_page(room, did, view)


def _at_page(room: Office, did: Input, view: View) -> Next:
    match room.page:
        case "people":
            return colleagues.at_people(room, did, view)
        case "units":
            return departments.at_units(room, did, view)
        case "routes":
            return departments.at_routes(room, did, view)
        case "templates":
            return templates.at_templates(room, did, view)
        case "rules" | "rule_cases":
            return rules.at_rules(room, did, view)
        case "log":
            return journal.at_log(room, did, view)
        case "undo":
            return journal.at_undo(room, did, view)
        case "figures":
            return _at_figures(room, did, view)
        case "announcements":
            return bulletins.at_bulletins(room, did, view)
        case "requests":
            return data_page.at_requests(room, did, view)
        case "abuse":
            return blocks.at_abuse(did, view)
        case _:
            return Next(view.session, view.say("desk.again"))


def to_desk(view: View) -> Next:
    """To the queue; to the guide for who has none."""
    official = view.facts.official
    if official is None:
        return Next(home(view), view.say("desk.not_staff"))
    if anywhere(official, "see"):
        return Next(enter(view.session, Queue(), staff=True))
    return Next(enter(view.session, Office(page="guide"), staff=True))


# -- figures ---------------------------------------------------------------------------------------


def _to_figures(view: View) -> Next:
    if not anywhere(view.facts.official, "figures"):
        return denied("figures", "", view)
    return Next(enter(view.session, Office(page="figures"), staff=True))


def _show_figures(room: Office, view: View) -> Prompt:
    """Counts by unit, the most overdue first; a monitor sees small counts only as small."""
    official = view.facts.official
    if official is None or not anywhere(official, "figures"):
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    monitor = _only_monitors(official)
    by_name = {count.unit: unit_name(count.unit, view) for count in view.facts.figures}
    counts = sorted(
        view.facts.figures, key=lambda c: (0 if monitor else -c.overdue, by_name[c.unit])
    )
    shown = counts[room.after : room.after + UNITS]
    lines = [_figures(by_name[count.unit], count, view, monitor=monitor) for count in shown]
    total = _total(counts, view, monitor=monitor)
    title = view.say("figures.title", day=view.day(view.facts.now))
    note = (view.say("figures.few"),) if monitor else ()
    more = (view.choice("more"),) if len(counts) > room.after + UNITS else ()
    back = (view.choice("fewer"),) if room.after else ()
    confidential = (told,) if (told := restricted.counted(view)) else ()
    text = "\n".join((title, total, *lines, *confidential, *note))
    return Prompt(text, (*more, *back, view.choice("queue"), view.choice("menu")))


def _only_monitors(official: Official) -> bool:
    able = [duty for duty in official.duties if REACHES[duty.role, "figures"] != "-"]
    return all(duty.role == "monitor" for duty in able)


def _figures(name: str, count: Count, view: View, *, monitor: bool) -> str:
    def told(number: int) -> str:
        return f"<{FEW}" if monitor and number < FEW else str(number)

    return view.say(
        "figures.line",
        name=name,
        open=told(count.open),
        overdue=told(count.overdue),
        soon=told(count.soon),
        waiting=told(count.waiting),
    )


def _total(counts: list[Count], view: View, *, monitor: bool) -> str:
    """The sums; of what a monitor sees only as small, none is to be computed from them."""

    def total(*numbers: int) -> str:
        if not monitor or all(number >= FEW for number in numbers):
            return str(sum(numbers))
        shown = sum(number for number in numbers if number >= FEW)
        return f"≥{shown}" if shown else "—"

    return view.say(
        "figures.line",
        name=view.say("figures.total"),
        open=total(*(count.open for count in counts)),
        overdue=total(*(count.overdue for count in counts)),
        soon=total(*(count.soon for count in counts)),
        waiting=total(*(count.waiting for count in counts)),
    )


def _at_figures(room: Office, did: Input, view: View) -> Next:
    match did:
        case Picked("more" | "fewer" as way):
            after = max(0, room.after + (UNITS if way == "more" else -UNITS))
            return Next(enter(view.session, room.model_copy(update={"after": after})))
        case _:
            return Next(view.session, view.say("desk.again"))


# -- the guide -------------------------------------------------------------------------------------


def helped(view: View) -> Next:
    """The guide: a page of its own, or beside what is being written."""
    official = view.facts.official
    if official is None:
        return start.helped(view)
    if isinstance(view.session.room, ANYWHERE):
        return Next(enter(view.session, Office(page="guide"), staff=True))
    return Next(view.session, _guide(official, view))


def _guide(official: Official, view: View) -> str:
    return guide(official, view.content, [duty_name(duty, view) for duty in official.duties])


def _show_guide(view: View) -> Prompt:
    official = view.facts.official
    if official is None:
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    queue = (view.choice("queue"),) if anywhere(official, "see") else ()
    intake = (view.choice("intake", "deed.intake"),) if anywhere(official, "intake") else ()
    announces = (view.choice("bulletins"),) if anywhere(official, "announce") else ()
    told = (view.choice("restricted"),) if anywhere(official, "restricted") else ()
    asked = (view.choice("requests"),) if anywhere(official, "requests") else ()
    ways = (*queue, *intake, *announces, *told, *asked, view.choice("menu"))
    return Prompt(_guide(official, view), ways)


# -- what nobody typed -----------------------------------------------------------------------------

LAW_NEWS = frozenset({"law_changed", "law_soon", "law_expired"})
NEWS = frozenset({"joined", "duty", "left"}) | LAW_NEWS


def woken(what: str, member: str, view: View) -> Next:
    """Tell a colleague what became of duties; whatever they are doing goes on."""
    official = view.facts.official
    if what in LAW_NEWS:
        return rules.woken(what, member, view)
    match what:
        case "joined" if official:
            colleague = next((m for m in view.facts.members if str(m.id) == member), None)
            if colleague is None:
                return Next(view.session, silent=True)
            name = colleagues.called(colleague, view)
            return Next(view.session, view.say("people.joined", name=name))
        case "left" if official:
            return Next(view.session, view.say("people.left_cases"))
        case "duty" if official:
            duties = "\n".join(f"• {duty_name(duty, view)}" for duty in official.duties)
            return Next(view.session, view.say("people.duties_now", duties=duties))
        case "duty":
            away = start.home(view.session).model_copy(update={"staff": False, "hand": ""})
            return Next(away, view.say("people.no_duties"))
        case _:
            return Next(view.session, silent=True)
