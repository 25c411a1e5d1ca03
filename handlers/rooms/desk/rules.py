"""The page of the law: every figure with what it is worth today, and who approved which version.

Every official reads it; who may change it, begins here. Drafts come first, then what is out of
force or soon will be. From a rule one comes to the cases answered by an older version of it.
"""

from handlers.desk.permission import anywhere
from handlers.desk.places import Office
from handlers.desk.templates import Template
from handlers.law import Rule
from handlers.messages import Choice, choice
from handlers.reading.dates import show_date
from handlers.rooms.desk import doing
from handlers.rooms.desk.card import open_case
from handlers.rooms.desk.rule_words import at_rule, in_order, line, may_change, whole
from handlers.rooms.desk.task import denied
from handlers.text import fold
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

PAGE = 8  # rules on a page
CASES = 10  # cases on a page
LABEL = 30
LINE = 160  # letters of a rule in the list: eight fit one message


def to_rules(named: str, view: View) -> Next:
    """The list; the rule of this id; or the first one in which all these words stand."""
    if view.facts.official is None:
        return denied("rules", "", view)
    wanted = named.strip()
    listed = Office(page="rules")
    if not wanted:
        return Next(enter(view.session, listed, staff=True))
    found = view.content.law.get(wanted) or _with_words(wanted, view)
    if found is None:
        unknown = view.say("rule.unknown", typed=cut(wanted, 60))
        return Next(enter(view.session, listed, staff=True), unknown)
    return Next(at_rule(found.id, view).session)


def _with_words(typed: str, view: View) -> Rule | None:
    words = set(fold(typed).split())
    every = in_order(view)
    said = ((rule, set(fold(f"{rule.words()} {rule.source}").split())) for rule in every)
    return next((rule for rule, has in said if words and words <= has), None)


def asked(room: Office, view: View) -> Rule | None:
    """The rule the room is about."""
    return view.content.law.get(room.subject.removeprefix("rule/"))


# -- the pages -------------------------------------------------------------------------------------


def show_rules(room: Office, view: View) -> Prompt:
    """A page of rules, or one of them whole."""
    if view.facts.official is None:
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    if rule := asked(room, view):
        return _show_rule(rule, view)
    every = in_order(view)
    shown = every[room.after : room.after + PAGE]
    lines = (f"{n}. {line(rule, view, LINE)}" for n, rule in enumerate(shown, 1))
    drafts = sum(rule.draft for rule in every)
    title = view.say("rule.list", drafts=drafts, rules=len(every))
    opens = (
        choice(f"open:{rule.id}", f"{n}. {cut(rule.words(), LABEL)}")
        for n, rule in enumerate(shown, 1)
    )
    more = (view.choice("more"),) if len(every) > room.after + PAGE else ()
    back = (view.choice("fewer"),) if room.after else ()
    ways = (*opens, *more, *back, view.choice("queue"))
    return Prompt("\n".join((title, *lines)), ways, "text")


def _show_rule(rule: Rule, view: View) -> Prompt:
    outdated = view.facts.outdated
    count = outdated.count if outdated else 0
    told = [view.say("rule.outdated", cases=count)] if count else []
    cases = (choice("cases", view.say("rule.cases", cases=count)),) if count else ()
    text = "\n".join((whole(rule, view), *told))
    return Prompt(text, (*_deeds(rule, view), *cases, view.choice("list", "rule.back")), "text")


def _deeds(rule: Rule, view: View) -> tuple[Choice, ...]:
    if not may_change(rule, view):
        return ()
    ends = rule.validity(view.facts.now.date()) == "expired"
    open_ = rule.draft and not ends
    approve = (view.choice("do:rule_approve", "rule.approve"),) if open_ else ()
    return (*approve, view.choice("do:rule_edit", "rule.edit"))


def show_cases(room: Office, view: View) -> Prompt:
    """The cases answered by an older version, newest first: each with its day and unit."""
    rule, outdated = asked(room, view), view.facts.outdated
    if rule is None or outdated is None or view.facts.official is None:
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    shown = outdated.cases[:CASES]
    lines = (
        view.say(
            "rule.case",
            code=case.code,
            day=view.day(case.at),
            unit=view.content.unit_name(case.unit),
            status=view.say(f"desk_status.{case.status}"),
        )
        for case in shown
    )
    head = (line(rule, view), view.say("rule.outdated", cases=outdated.count))
    opens = (choice(f"open:{case.code}", case.code) for case in shown)
    more = (view.choice("more"),) if outdated.count > room.after + CASES else ()
    back = (view.choice("fewer"),) if room.after else ()
    tells = anywhere(view.facts.official, "announce")
    compose = (view.choice("compose", "choice.new_announcement"),) if tells else ()
    ways = (*opens, *more, *back, *compose, view.choice("rule", "rule.to_rule"))
    return Prompt("\n".join((*head, *lines)), ways)


def at_rules(room: Office, did: Input, view: View) -> Next:
    """Turn the page, open a rule or the cases of one, begin to change it."""
    if view.facts.official is None:
        return denied("rules", "", view)
    rule = asked(room, view)
    match did:
        case Picked("more" | "fewer" as way):
            size = CASES if room.page == "rule_cases" else PAGE
            after = max(0, room.after + (size if way == "more" else -size))
            return Next(enter(view.session, room.model_copy(update={"after": after})))
        case Picked("list"):
            return Next(enter(view.session, Office(page="rules")))
        case Picked("rule") if rule:
            return at_rule(rule.id, view)
        case Picked("compose"):
            return doing.begin("announce", "", "", view)
        case Picked("cases") if rule:
            return Next(enter(view.session, Office(page="rule_cases", subject=room.subject)))
        case Picked(key) if key.startswith("open:") and room.page == "rule_cases":
            return open_case(key.removeprefix("open:"), view)
        case Picked(key) if key.startswith("open:"):
            return at_rule(key.removeprefix("open:"), view)
        case Picked(key) if key.startswith("do:") and rule:
            return doing.begin(key.removeprefix("do:"), "", rule.id, view)
        case Wrote(part=part):
            return to_rules(part.text, view)
        case _:
            return Next(view.session, view.say("desk.again"))


# -- what nobody typed -----------------------------------------------------------------------------


def woken(what: str, subject: str, view: View) -> Next:
    """Tell a keeper what became of a rule, or of a template, and how many answers rest on it."""
    kind, _, name = subject.partition("/")
    told = ""
    if view.facts.official is None:
        return Next(view.session, silent=True)
    if kind == "rule" and (rule := view.content.law.get(name)):
        told = _rule_news(what, rule, view)
    elif kind == "template" and (template := view.content.templates.get(name)):
        told = _template_news(what, template, view)
    return Next(view.session, told, silent=not told)


def _rule_news(what: str, rule: Rule, view: View) -> str:
    outdated = view.facts.outdated
    cases = outdated.count if outdated else 0
    text, source = rule.words(), rule.source
    day = show_date(rule.valid_to) if rule.valid_to else ""
    match what:
        case "law_changed":
            return view.say("rule_news.changed", cases=cases, text=text, source=source)
        case "law_soon" if day:
            return view.say("rule_news.soon", day=day, text=text, source=source)
        case "law_expired" if day:
            return view.say("rule_news.expired", day=day, cases=cases, text=text, source=source)
        case _:
            return ""


def _template_news(what: str, template: Template, view: View) -> str:
    if template.valid_to is None:
        return ""
    day = show_date(template.valid_to)
    if what == "law_soon":
        return view.say("rule_news.template_soon", title=template.title, day=day)
    return view.say("rule_news.template_expired", title=template.title, day=day)
