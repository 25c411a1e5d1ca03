"""Who is kept from sending, and who sends too much: a page, and the way to a block."""

from handlers.desk.abuse import Blocked, Slowed
from handlers.desk.commands import named
from handlers.desk.permission import anywhere, may
from handlers.desk.places import Office
from handlers.reading.dates import show_date
from handlers.rooms.desk import doing
from handlers.rooms.desk.task import denied, dossier, refused
from handlers.view import Input, Next, Prompt, View, cut, enter

SHOWN = 15  # of each list
NAMES = {"chan": "block", "bochan": "unblock"}


def obey(command: str, rest: str, view: View) -> Next:
    """Begin with the case that is named; without one, show who is kept from sending."""
    about = named(rest, "")
    if not about.code:
        return _to_page(view)
    found = dossier(about.code, view)
    if found is None or not may(view.facts.official, "block", found.card):
        return refused("block", about.code, view)
    return doing.begin(NAMES[command], about.code, about.rest, view)


def _to_page(view: View) -> Next:
    if not anywhere(view.facts.official, "block"):
        return denied("block", "", view)
    return Next(enter(view.session, Office(page="abuse"), staff=True))


# -- the page --------------------------------------------------------------------------------------


def show_abuse(view: View) -> Prompt:
    """Who is kept from sending, and who sends too much, by the codes of their cases."""
    official = view.facts.official
    if not anywhere(official, "block"):
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    blocks = [one for one in view.facts.blocks if may(official, "block", one.unit)]
    slowed = [one for one in view.facts.slowed if not one.unit or may(official, "block", one.unit)]
    nobody = [view.say("abuse.nobody")]
    lines = [view.say("abuse.title"), "", view.say("abuse.blocks", count=len(blocks))]
    lines += [_block(one, view) for one in blocks[:SHOWN]] or nobody
    lines += ["", view.say("abuse.slowed", count=len(slowed))]
    lines += [_slow(one, view) for one in slowed[:SHOWN]] or nobody
    lines += ["", view.say("abuse.how")]
    return Prompt("\n".join(lines), (view.choice("queue"), view.choice("menu")))


def _block(one: Blocked, view: View) -> str:
    return view.say(
        "abuse.block",
        code=one.code,
        until=show_date(view.local(one.until).date()),
        by=one.by or view.say("log.system"),
        reason=cut(one.reason, 80),
    )


def _slow(one: Slowed, view: View) -> str:
    return view.say(
        "abuse.slow",
        who=one.code or view.say("abuse.nameless", number=one.number),
        stage=view.say(f"abuse_stage.{one.stage}"),
        count=one.count,
        at=f"{view.local(one.last_at):%d/%m %H:%M}",
    )


def at_abuse(_did: Input, view: View) -> Next:
    """There is nothing to choose but the way back."""
    return Next(view.session, view.say("desk.again"))
