"""A rule of the law in words: in a list, and whole; and who may change it."""

from datetime import timedelta

from handlers.desk.people import EVERYWHERE, ROLES
from handlers.desk.permission import may
from handlers.desk.places import Office
from handlers.law import Rule
from handlers.reading.dates import show_date
from handlers.view import Next, View, cut, enter

SOON = timedelta(days=14)  # before its last day: what ends soon is told


def at_rule(name: str, view: View) -> Next:
    """To the card of a rule."""
    room = Office(page="rules", subject=f"rule/{name}")
    return Next(enter(view.session, room, staff=True))


def in_order(view: View) -> tuple[Rule, ...]:
    """All rules: drafts, what is out of force, what ends soon, the rest; each as in the file."""
    return tuple(sorted(view.content.law.values(), key=lambda rule: _rank(rule, view)))


def _rank(rule: Rule, view: View) -> int:
    states = ("draft", "expired", "future", "soon", "valid")
    return states.index(state(rule, view))


def state(rule: Rule, view: View) -> str:
    """What a rule is worth today, as a key of the texts ``rule_state.*``."""
    today = view.facts.now.date()
    validity = rule.validity(today)
    if validity != "valid":
        return validity
    if rule.draft:
        return "draft"
    return "soon" if rule.valid_to and rule.valid_to <= today + SOON else "valid"


def line(rule: Rule, view: View, most: int = 0) -> str:
    """A rule in a list, *most* characters of its text (0: all of it)."""
    worth = view.say(f"rule_state.{state(rule, view)}")
    text = cut(rule.words(), most) if most else rule.words()
    return view.say("rule.line", text=text, source=cut(rule.source, 100), state=worth)


def whole(rule: Rule, view: View) -> str:
    """All of a rule, and who approved what of it."""
    last = show_date(rule.valid_to) if rule.valid_to else view.say("template.no_end")
    note = [view.say("rule.note", note=rule.note)] if rule.note else []
    return "\n".join(
        (
            line(rule, view),
            view.say("rule.english", text=rule.words("en")),
            view.say("rule.valid", since=show_date(rule.valid_from), to=last),
            view.say("rule.keeper", keeper=keeper(rule, view)),
            *note,
            view.say("rule.version", version=rule.version, writer=_name(rule.by, view)),
            _approved(rule, view),
        )
    )


def _approved(rule: Rule, view: View) -> str:
    approval = rule.approval
    if approval is None:
        return view.say("rule.not_approved")
    day, name = show_date(approval.on), _name(approval.by, view)
    if rule.draft:
        return view.say("rule.approved_before", day=day, name=name, version=approval.version)
    return view.say("rule.approved", day=day, name=name)


def _name(member: int, view: View) -> str:
    if not member:
        return view.say("rule.file")
    found = next((m.name for m in view.facts.members if m.id == member), "")
    return found or view.say("rule.gone")


def keeper(rule: Rule, view: View) -> str:
    """Who keeps a rule right: a unit, or a role."""
    if rule.owner in ROLES:
        return view.say(f"role.{rule.owner}")
    return view.content.unit_name(rule.owner)


def unit_of(rule: Rule) -> str:
    """The unit whose leader sees to it; what a role keeps is everybody's."""
    return EVERYWHERE if rule.owner in ROLES else rule.owner


def may_change(rule: Rule, view: View) -> bool:
    """Whether the reader may approve or amend it."""
    return may(view.facts.official, "rules", unit_of(rule))
