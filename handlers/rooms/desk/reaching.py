"""Whether the sender of a case came to know of what was last said, and telling them otherwise."""

from handlers.desk.dossier import Delivery, Dossier, Line
from handlers.desk.places import Desk, Doing
from handlers.effects import MoveTicket
from handlers.rooms.desk.task import Slot, Task, asks, me, to_case
from handlers.tickets import WEIGHTY
from handlers.view import Next, View

WAYS = ("call", "in_person", "letter", "village")


def told(found: Dossier, room: Desk, view: View) -> str:
    """What the card says: a task while nobody could be told; then which chat knows of it."""
    open_task = task(found, view)
    lines = [f"⚠️ {open_task[0].upper()}{open_task[1:]}"] if open_task else []
    if not (open_task or found.reached or _informed(found)):
        lines.append(view.say("desk.unreached"))
    if found.ledger and room.shows != "brief":
        what = view.say(f"weighty.{found.weighty}")
        known = [_delivery(one, view) for one in found.ledger]
        known += [view.say("reach.informed")] if _informed(found) else []
        lines.append(view.say("desk.ledger", what=what, ledger=" · ".join(known)))
    return "\n".join(lines)


def task(found: Dossier, view: View) -> str:
    """What an official is to do for somebody no message reached; empty while that is nothing."""
    number = found.card.unreached
    if not number:
        return ""
    kind = next((line.kind for line in found.story if line.seq == number), found.weighty)
    what = view.say(f"weighty.{kind}")
    last = next((line for line in reversed(found.story) if line.kind == "unreached"), None)
    if last is not None and last.data.get("state") == "unknown":
        return view.say("desk.not_sure", what=what)
    return view.say("desk.not_reached", what=what)


def _informed(found: Dossier) -> bool:
    """Whether the last thing its sender must know of was told by other means."""
    last = next((x.kind for x in reversed(found.story) if x.kind in {"informed", *WEIGHTY}), "")
    return last == "informed"


def _delivery(one: Delivery, view: View) -> str:
    name = one.channel.capitalize()
    at = f"{view.local(one.at):%d/%m %H:%M}" if one.at else ""
    match one.state:
        case "sent":
            return view.say("reach.sent", channel=name, at=at).rstrip()
        case "queued" if at:
            return view.say("reach.again", channel=name, at=at)
        case "coming":
            return view.say("reach.coming", channel=name)
        case "queued" | "sending":
            return view.say("reach.queued", channel=name)
        case "nowhere":
            return view.say("reach.nowhere")
        case _:
            return f"{name}: {view.say(f'reach_state.{one.state}')}"


def words(line: Line, view: View) -> str:
    """What an entry about reaching somebody says besides its kind."""
    name = str(line.data.get("channel", "")).capitalize()
    match line.kind:
        case "unreached" if line.data.get("state") == "nowhere":
            return view.say("reach.nowhere")
        case "unreached":
            state = line.data.get("state", "failed")
            return f"{name}: {view.say(f'reach_state.{state}')}"
        case "informed":
            way = view.say(f"pick.{line.data.get('how', 'call')}")
            return " – ".join(filter(None, (way, line.words)))
        case _:  # reached, rerouted
            return name


def _inform(room: Doing, view: View) -> Next:
    informed = MoveTicket(
        code=room.code, action="inform", by=me(view), words=room.given["text"],
        data={"how": room.given["how"]},
    )  # fmt: skip
    return Next(to_case(room.code, view), view.say("task.inform.done"), (informed,))


TASKS = (
    Task("inform", "inform", _inform,
         asks(Slot("how", "choice", keys=WAYS), Slot("text", optional=True)), "inform"),
)  # fmt: skip
