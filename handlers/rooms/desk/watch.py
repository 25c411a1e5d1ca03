"""Officers on duty: told at once of a life in danger, with the very words, wherever they are.

Whoever is told is written down in the case's history. Where nobody is on duty and can be reached,
those who dispatch and administer are told in their place.
"""

from handlers.desk.dossier import DeskCard, Dossier
from handlers.desk.people import Official
from handlers.desk.permission import may
from handlers.desk.places import Desk, Office
from handlers.effects import Witness
from handlers.session import Menu
from handlers.view import Next, View, cut, enter

NEWS = frozenset({"emergency", "emergency_more", "false_alarm"})
WORDS = 2000  # characters of what was written that are told at once; the card has all of it

LATEST = 4  # additions that are told together
SHORT = 300  # characters of each but the last of these


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
    room = view.session.room
    if isinstance(room, Menu) or (isinstance(room, Office) and room.page == "guide"):
        return Next(enter(view.session, Desk(code=code, shows="brief"), hand=code), told, (seen,))
    # What is typed next must not land in a case that only just came by.
    if not (isinstance(room, Desk) and room.code == code):
        told = "\n".join((told, view.say("watch.open", code=code)))
    return Next(view.session.model_copy(update={"news": code}), told, (seen,))


def _place(card: DeskCard, view: View) -> str:
    commune = view.content.territory.get(card.commune)
    return commune.name if commune else view.say("desk.nowhere")


def _words(what: str, found: Dossier, official: Official, view: View) -> str:
    """What was written: all of it at first, then what is new; not for who may not read it."""
    if not may(official, "read", found.card):
        return view.say("watch.not_yours")
    files = view.say("watch.files")
    added = [line.words or files for line in found.story if line.kind == "added"]
    if what == "emergency_more" and added:
        # Whoever shouts in short messages wakes one turn: it tells what came just before, too.
        before = (cut(words, SHORT) for words in added[-LATEST:-1])
        return " / ".join((*before, cut(added[-1], WORDS)))
    return cut(" / ".join((*(line.text for line in found.lines), *added)), WORDS)
