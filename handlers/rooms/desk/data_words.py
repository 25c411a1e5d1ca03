"""A request about somebody's own data, in the words of the desk: its line and its card."""

from handlers.desk.permission import anywhere
from handlers.reading.dates import show_date
from handlers.rights import DataRequest
from handlers.view import View


def line(each: DataRequest, view: View) -> str:
    """A request in a list: its code, what, by when."""
    return view.say(
        "requests.line",
        code=each.code,
        what=view.say(f"data_kind.{each.kind}"),
        state=view.say(f"requests_state.{each.state}"),
        due=due(each, view),
    )


def due(each: DataRequest, view: View) -> str:
    """The day it is due, and how many days that leaves."""
    days = (each.due_on - view.facts.now.date()).days
    if not each.waiting:
        return show_date(each.due_on)
    key = "requests.late" if days < 0 else "requests.left"
    return view.say(key, day=show_date(each.due_on), days=abs(days))


def the_request(code: str, view: View) -> DataRequest | None:
    """The request *code*, when it was looked up for whoever may see it."""
    found = view.facts.request
    if found is None or found.code != code or not anywhere(view.facts.official, "requests"):
        return None
    return found


def card(found: DataRequest, view: View) -> str:
    """All that is shown of a request."""
    lines = [
        line(found, view),
        view.say("requests.opened", day=view.day(found.opened_at)),
        *((view.say("requests.extended"),) if found.extended else ()),
        *((view.say("requests.reason", reason=found.reason),) if found.reason else ()),
        *((view.say("requests.several"),) if found.several else ()),
        *((view.say("requests.staff"),) if found.staff else ()),
    ]
    if found.kind in {"erase", "restrict"}:
        lines.append(_cases(found, view))
    return "\n".join(lines)


def _cases(found: DataRequest, view: View) -> str:
    if not found.cases:
        return view.say("requests.no_case")
    each = (
        f"{one.code} ({view.say(f'desk_status.{one.status}')}"
        f"{view.say('requests.held') if one.held else ''})"
        for one in found.cases
    )
    return view.say("requests.cases", cases=", ".join(each))
