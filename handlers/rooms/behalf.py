"""Writing a case for somebody at the counter or on the telephone, who agreed to it."""

from typing import get_args

from handlers.codes import speak
from handlers.desk.permission import anywhere
from handlers.effects import OpenTicket
from handlers.reading.dates import show_date
from handlers.rooms.desk.task import denied, home
from handlers.session import Intake, Menu, Resuming, Topics
from handlers.unsent import Agreed, Draft, Pending
from handlers.view import Input, Next, Picked, Prompt, View, enter

WAYS: tuple[Agreed, ...] = tuple(way for way in get_args(Agreed) if way)


def begin(view: View) -> Next:
    """Ask how the person agreed, once nothing of the official's own is half done."""
    if not anywhere(view.facts.official, "intake"):
        return denied("intake", "", view)
    session = view.session.model_copy(update={"staff": True})
    if session.draft:
        return Next(enter(session, Resuming()), view.say("intake.draft_first"))
    if session.pending != Pending():
        return Next(enter(session, Menu()), view.say("intake.message_first"))
    return Next(enter(session, Intake()))


def show_intake(view: View) -> Prompt:
    """What is to be read to the person, and how they may have agreed."""
    ways = tuple(view.choice(way, f"intake.{way}") for way in WAYS)
    refused = view.choice("refused", "intake.refused", tone="danger")
    return Prompt(_read_out(view), (*ways, refused, view.choice("cancel")))


def _read_out(view: View) -> str:
    """What the person hears before they agree: kept as the proof of it."""
    controller = view.content.controller
    return view.say(
        "intake.ask",
        controller=controller.name.in_(view.lang),
        years=controller.keep_years,
        phone=controller.phone,
        address=controller.address,
    )


def at_intake(did: Input, view: View) -> Next:
    """With the person's agreement the form begins; without it nothing is taken down."""
    controller = view.content.controller
    match did:
        case Picked("cancel"):
            return left(view)
        case Picked("refused"):
            said = view.say("intake.none", phone=controller.phone, address=controller.address)
            return Next(home(view), said)
        case Picked(key) if key in WAYS:
            return Next(enter(view.session, Topics(behalf=_way(key))))
        case _:
            return Next(view.session, view.say("choose.again"))


def _way(key: str) -> Agreed:
    return next(way for way in WAYS if way == key)


def left(view: View) -> Next:
    """Nobody's case is written after all."""
    return Next(home(view), view.say("desk.left"))


def head(draft: Draft, view: View) -> str:
    """One line that says whose case a draft is; empty for one's own."""
    if not draft.behalf:
        return ""
    return view.say("intake.head", how=view.say(f"intake.{draft.behalf}"))


def filed(opened: OpenTicket, draft: Draft, unit: str, view: View) -> Next:
    """Send it, if the official still may; the receipt is for the person, who follows the case."""
    official = view.facts.official
    if official is None or not anywhere(official, "intake"):
        return denied("intake", "", view)
    how = f"{_read_out(view)}\n\n{view.say(f'intake.{draft.behalf}')}"
    filed_by = {"by": official.id, "consent": draft.behalf, "read_out": how}
    case = opened.model_copy(update=filed_by)
    said = view.say(
        "intake.done",
        code=case.code,
        unit=unit,
        due=show_date(case.due_on),
        receipt=case.receipt,
        phone=view.content.controller.phone,
    )
    if draft.behalf == "by_phone":
        spoken = view.say("intake.spoken", code=speak(case.code), receipt=speak(case.receipt))
        said = f"{said}\n{spoken}"
    without = view.session.model_copy(update={"draft": None})
    return Next(home(View(without, view.facts)), said, (case,))
