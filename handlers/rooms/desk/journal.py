"""The log: of the office or of one case, newest first; and taking back what was done by command."""

from collections.abc import Sequence

from handlers.approval import Approval
from handlers.content import Route, Unit, Words
from handlers.desk.amendments import GONE, current, faults_of, route_key
from handlers.desk.commands import named
from handlers.desk.people import EVERYWHERE, Duty
from handlers.desk.permission import anywhere, may
from handlers.desk.places import Office
from handlers.desk.record import Entry
from handlers.effects import Amend, ChangeDuty, Effect
from handlers.law import Rule
from handlers.rooms.desk.administering import FIELDS, duty_name, is_last, route_line, unit_name
from handlers.rooms.desk.card import told_line
from handlers.rooms.desk.task import denied, dossier, me, refused
from handlers.view import Input, Next, Picked, Prompt, View, cut, enter

PAGE = 10
STORY = 15  # entries of a case on one page
LONGEST_CHANGE = 300


def to_log(rest: str, view: View) -> Next:
    """The log of the office, or the history of the case named."""
    official = view.facts.official
    about = named(rest, "")
    if about.code or about.near:
        found = dossier(about.code, view) if about.code else None
        if found is None:
            return Next(view.session, view.say("desk.unknown", code=about.code or cut(rest, 20)))
        if not may(official, "history", found.card):
            return refused("history", about.code, view)
        return Next(enter(view.session, Office(page="log", subject=about.code), staff=True))
    if not anywhere(official, "log"):
        return denied("log", "", view)
    return Next(enter(view.session, Office(page="log"), staff=True))


# -- showing ---------------------------------------------------------------------------------------


def show_log(room: Office, view: View) -> Prompt:
    """A page of entries."""
    if room.subject:
        return _story(room, view)
    official = view.facts.official
    if not anywhere(official, "log"):
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    entries = view.facts.log[:PAGE]
    seen = [entry for entry in entries if may(official, "log", _scope(entry))]
    lines = [line(entry, view) for entry in seen] or [view.say("log.empty")]
    more = (view.choice("more"),) if len(view.facts.log) > PAGE else ()
    newest = (view.choice("newest"),) if room.after else ()
    text = "\n".join((view.say("log.title"), *lines))
    return Prompt(text, (*more, *newest, view.choice("queue"), view.choice("menu")))


def _story(room: Office, view: View) -> Prompt:
    found = dossier(room.subject, view)
    if found is None or not may(view.facts.official, "history", found.card):
        return Prompt(view.say("desk.unknown", code=room.subject), (view.choice("queue"),))
    newest = tuple(reversed(found.story))
    shown = newest[room.after : room.after + STORY]
    reads = may(view.facts.official, "read", found.card)
    # Who may not read a case is told who did what, and when, but nobody's words.
    told = (each if reads else each.model_copy(update={"words": ""}) for each in shown)
    lines = [f"{each.seq}. {told_line(each, view)}" for each in told]
    more = (view.choice("more"),) if len(newest) > room.after + STORY else ()
    first = (view.choice("newest"),) if room.after else ()
    text = "\n".join((view.say("log.of_case", code=room.subject), *lines))
    return Prompt(cut_to(text), (*more, *first, view.choice("queue"), view.choice("menu")))


def cut_to(text: str, most: int = 3800) -> str:
    """A page that fits one message of any channel."""
    return text if len(text) <= most else f"{text[:most]}…"


def _scope(entry: Entry) -> str:
    """The unit an entry is about; what concerns none in particular is the whole province's."""
    if entry.data.get("kind") == "unit":
        return str(entry.data["key"])
    return str(entry.data.get("unit", EVERYWHERE))


def line(entry: Entry, view: View) -> str:
    """An entry as people read it: its number, when, who, what."""
    by = entry.by or view.say("log.system")
    return f"{entry.seq}. {view.local(entry.at):%d/%m/%Y %H:%M} · {by} · {_what(entry, view)}"


def _what(entry: Entry, view: View) -> str:
    match entry.kind:
        case "invited":
            return view.say("log.invited", name=entry.words, duty=_duty_words(entry, view))
        case "joined":
            return view.say("log.joined", duty=_duty_words(entry, view))
        case "duty_given":
            return view.say("log.duty_given", name=entry.about, duty=_duty_words(entry, view))
        case "duty_ended":
            return view.say("log.duty_ended", name=entry.about, duty=_duty_words(entry, view))
        case "amended" if entry.data["kind"] == "approval":
            return _change(entry, view)
        case "amended":
            return view.say("log.amended", what=_change(entry, view))
        case "undone":
            number = entry.data.get("undoes", "")
            return view.say("log.undone", number=number, what=_change(entry, view))
        case "denied" | "identified" as kind:
            deed = view.say(f"deed.{entry.data.get('deed', 'see')}")
            about = entry.subject.removeprefix("case:")
            return " · ".join(filter(None, (view.say(f"entry.{kind}"), deed, about)))
        case kind if entry.subject.startswith(
            ("announcement:", "request:", "case:", "contact:", "erasure:", "retention:")
        ):
            about = entry.subject.partition(":")[2]
            words = cut(entry.words, LONGEST_CHANGE)
            return " · ".join(filter(None, (view.say(f"entry.{kind}"), about, words)))
        case kind:
            return f"{view.say(f'entry.{kind}')} · {unit_name(str(entry.data.get('unit')), view)}"


def _duty_of(entry: Entry) -> Duty:
    return Duty.model_validate({"role": entry.data["role"], "unit": entry.data["unit"]})


def _duty_words(entry: Entry, view: View) -> str:
    return duty_name(_duty_of(entry), view)


def _change(entry: Entry, view: View) -> str:
    data = {name: str(value) for name, value in entry.data.items()}
    return _difference(data["kind"], data["key"], data["before"], data["value"], view)


def _difference(kind: str, key: str, before: str, after: str, view: View) -> str:
    """What is another one *after* than *before*, in words; empty is what the files say."""
    match kind:
        case "unit":
            changed = _unit_difference(key, before, after, view)
            return view.say("amendment.unit", name=unit_name(key, view), change=changed)
        case "route":
            return view.say("amendment.route", change=_route_words(key, after, view))
        case "rule":
            return view.say("amendment.rule", name=key, change=_rule_words(key, after, view))
        case "approval":
            name, version = key.partition("/")[2], _version(after)
            return view.say("amendment.approval", name=name, version=version)
        case _:
            known = view.content.templates.get(key)
            return view.say("amendment.template", name=known.title if known else key)


def _rule_words(key: str, value: str, view: View) -> str:
    """What a rule says by *value*; by the files where it is empty."""
    filed = (view.content.filed or view.content).law
    rule = Rule.model_validate_json(value) if value else filed.get(key)
    return cut(f"{rule.words()} ({rule.source})" if rule else key, LONGEST_CHANGE)


def _version(value: str) -> str:
    return Approval.model_validate_json(value).version if value else "—"


def _unit_difference(key: str, before: str, after: str, view: View) -> str:
    old, new = _unit_of(key, before, view), _unit_of(key, after, view)
    if old is None or new is None:
        return view.say("log.whole" if new else "log.taken_away")
    told = (
        f"{view.say(f'unit_field.{name}')} “{_shown(getattr(new, name), view)}”"
        for name in (*FIELDS, "approval")
        if getattr(new, name) != getattr(old, name)
    )
    return cut("; ".join(told), LONGEST_CHANGE)


def _shown(value: object, view: View) -> str:
    match value:
        case bool():
            return view.say("data.yes" if value else "data.no")
        case Words(vi=name):
            return name
        case _:
            return str(value)


def _unit_of(key: str, value: str, view: View) -> Unit | None:
    if value:
        return Unit.model_validate_json(value)
    return (view.content.filed or view.content).units.get(key)


def _route_words(key: str, value: str, view: View) -> str:
    filed = (view.content.filed or view.content).routes
    route = next((route for route in filed if route_key(route) == key), None)
    if value and value != GONE:
        route = Route.model_validate_json(value)
    elif route is None or value == GONE:
        topic, commune, *_ = key.split("/")
        gone = Route(topic=topic, commune=commune, unit=view.say("log.taken_away"))
        return route_line(gone, view)
    return route_line(route, view)


def at_log(room: Office, did: Input, view: View) -> Next:
    """Turn the page."""
    session = view.session
    match did:
        case Picked("more"):
            shown = view.facts.log[:PAGE]
            after = room.after + STORY if room.subject else shown[-1].seq if shown else 0
            return Next(enter(session, room.model_copy(update={"after": after})))
        case Picked("newest"):
            return Next(enter(session, room.model_copy(update={"after": 0})))
        case _:
            return Next(session, view.say("desk.again"))


# -- taking back -----------------------------------------------------------------------------------


def to_undo(rest: str, view: View) -> Next:
    """Show what taking back the entry of this number would do."""
    if not anywhere(view.facts.official, "undo"):
        return denied("undo", "", view)
    number = rest.strip().removeprefix("#")
    if not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004 - a number
        log = Office(page="log")
        return Next(enter(view.session, log, staff=True), view.say("undo.which"))
    return Next(enter(view.session, Office(page="undo", subject=number), staff=True))


def show_undo(room: Office, view: View) -> Prompt:
    """The entry, what it would be again, or why it can't be taken back."""
    ways = (view.choice("log"), view.choice("queue"))
    entry = _entry(room, view.facts.log)
    if entry is None or not may(view.facts.official, "undo", _scope(entry)):
        return Prompt(view.say("undo.none", number=room.subject), ways)
    effect, why = reversal(entry, view)
    if effect is None:
        return Prompt(f"{line(entry, view)}\n\n{why}", ways)
    asked = view.say("undo.ask", line=line(entry, view), what=_again(entry, effect, view))
    return Prompt(asked, (view.choice("take_back", tone="danger"), *ways))


def _entry(room: Office, log: Sequence[Entry]) -> Entry | None:
    return next((entry for entry in log if str(entry.seq) == room.subject), None)


def _again(entry: Entry, effect: Effect, view: View) -> str:
    """What will hold after it was taken back."""
    match effect:
        case ChangeDuty(given=True):
            return view.say("undo.given", duty=_duty_words(entry, view))
        case ChangeDuty():
            return view.say("undo.ended", duty=_duty_words(entry, view))
        case _:
            data = {name: str(value) for name, value in entry.data.items()}
            kind, key = data["kind"], data["key"]
            again = _difference(kind, key, data["value"], data["before"], view)
            return view.say("undo.value", value=again)


def reversal(entry: Entry, view: View) -> tuple[Effect | None, str]:
    """What takes an entry back; None with the reason why nothing does."""
    by = me(view)
    match entry.kind:
        case "amended" | "undone":
            return _reversed_amendment(entry, by, view)
        case "duty_given" | "joined" | "duty_ended":
            return _reversed_duty(entry, by, view)
        case _:
            return None, view.say("undo.never")


def _reversed_amendment(entry: Entry, by: int, view: View) -> tuple[Effect | None, str]:
    data = {name: str(value) for name, value in entry.data.items()}
    kind, key, before = data["kind"], data["key"], data["before"]
    if current(view.content, kind, key) != data["value"]:
        return None, view.say("undo.changed")
    if faults := faults_of(view.content, (kind, key, before)):
        why = "\n".join(f"• {fault.message} — {fault.mend}" for fault in faults)
        return None, view.say("office.refused", faults=why)
    change = {"by": by, "kind": kind, "key": key, "value": before, "undoes": entry.seq}
    return Amend.model_validate(change), ""


def _reversed_duty(entry: Entry, by: int, view: View) -> tuple[Effect | None, str]:
    duty, ended = _duty_of(entry), entry.kind == "duty_ended"
    member = int(entry.subject.removeprefix("member:"))
    colleague = next((m for m in view.facts.members if m.id == member), None)
    has = colleague is not None and duty in colleague.duties
    if has == ended:
        return None, view.say("undo.changed")
    if not ended and is_last(member, duty, view):
        return None, view.say("people.last")
    return ChangeDuty(by=by, member=member, duty=duty, given=ended), ""


def at_undo(room: Office, did: Input, view: View) -> Next:
    """Take it back, if it can still be."""
    entry = _entry(room, view.facts.log)
    match did:
        case Picked("take_back") if entry:
            if not may(view.facts.official, "undo", _scope(entry)):
                return denied("undo", "", view)
            effect, why = reversal(entry, view)
            if effect is None:
                return Next(view.session, why)
            log = enter(view.session, Office(page="log"))
            return Next(log, view.say("undo.done", number=entry.seq), (effect,))
        case _:
            return Next(view.session, view.say("desk.again"))
