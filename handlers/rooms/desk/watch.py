"""Officers on duty: told at once of a life in danger, with the very words, wherever they are.

Whoever is told is written down in the case's history. Where nobody is on duty and can be reached,
those who dispatch and administer are told in their place.
"""

from handlers.desk.dossier import DeskCard, Dossier
from handlers.desk.people import Official
from handlers.desk.permission import may
from handlers.effects import Witness
from handlers.session import Bulletin, Desk, Menu, Office, Queue
from handlers.view import Next, View, cut, enter

NEWS = frozenset({"emergency", "emergency_more", "false_alarm"})
# Who stands here can be led to the case; whoever is writing something is told, and goes on.
IDLE = Menu | Queue | Desk | Office | Bulletin
WORDS = 2000  # characters of what was written that are told at once; the card has all of it


def woken(what: str, code: str, view: View) -> Next:
    """Tell what happened to the case of an alarm, as far as the reader may know."""
    official, found = view.facts.official, view.facts.dossier
    if official is None or found is None or found.card.code != code:
        return Next(view.session, silent=True)
    if what == "false_alarm":
        return Next(view.session, view.say("watch.false_alarm", code=code))
    if not may(official, "see", found.card):
        return Next(view.session, silent=True)
    card = found.card
    told = view.say(
        f"watch.{what}",
        code=code,
        place=_place(card, view),
        unit=view.content.unit_name(card.unit),
        words=_words(what, found, official, view),
    )
    if all(duty.role != "watch" for duty in official.duties):
        told = "\n".join((told, view.say("watch.nobody")))
    seen = Witness(kind="alarmed", by=official.id, deed="alarms", code=code)
    idle = isinstance(view.session.room, IDLE)
    room = Desk(code=code) if idle else view.session.room
    session = enter(view.session, room, news=code, hand=code if idle else view.session.hand)
    return Next(session, told, (seen,))


def _place(card: DeskCard, view: View) -> str:
    commune = view.content.territory.get(card.commune)
    return commune.name if commune else view.say("desk.nowhere")


def _words(what: str, found: Dossier, official: Official, view: View) -> str:
    """What was written: all of it at first, then what is new; not for who may not read it."""
    if not may(official, "read", found.card):
        return view.say("watch.not_yours")
    added = [line.words for line in found.story if line.kind == "added"]
    if what == "emergency_more" and added:
        return cut(added[-1], WORDS)
    return cut(" / ".join((*(line.text for line in found.lines), *added)), WORDS)
