"""Who of the desk hears what was done to an announcement: each in a turn of their own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from handlers.announcing import Action
from handlers.desk.people import ROLES
from handlers.desk.permission import REACHES
from storage import members, timers
from storage.database import Tx

Done = Action | Literal["announce"]

RELEASING = tuple(role for role in ROLES if REACHES[role, "release"] != "-")
# The key of the text ``desk_news.*`` that says it; what is not here is no news.
NEWS: Mapping[Done, str] = {
    "announce": "to_release",
    "resubmit": "to_release",
    "correct": "to_release",
    "release": "released",
    "return": "announcement_returned",
    "finish": "announced",
    "pause": "announcement_stopped",
    "cancel": "announcement_stopped",
    "withdraw": "announcement_stopped",
}


class Concerned(NamedTuple):
    """An announcement and the members who see to it; *releaser* is 0 when there is none yet."""

    code: str
    unit: str
    author: int
    releaser: int = 0


def tell(tx: Tx, concerned: Concerned, done: Done, by: int, now: datetime) -> None:
    """Wake those who are to hear of it: who may release it, or its author; not who did it."""
    what = NEWS.get(done)
    if what is None:
        return
    besides = {members.contact_of(tx, by)}
    if what == "to_release":
        besides.add(members.contact_of(tx, concerned.author))
        woken = {
            contact for role in RELEASING for contact in members.with_role(tx, role, concerned.unit)
        }
    else:
        those = (concerned.author, concerned.releaser if done == "finish" else 0)
        woken = {contact for member in those if (contact := members.contact_of(tx, member))}
    for contact in sorted(woken - besides):
        timers.set(tx, contact, f"desk:{what}:{concerned.code}", now)
