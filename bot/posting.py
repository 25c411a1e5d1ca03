"""What a turn says, put into the outbox in the turn's own transaction."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.channels import Arrival
from handlers.effects import MarkTold, TrySending
from handlers.events import CameBack, FileRefused, Left, TimedOut
from handlers.messages import Say
from handlers.view import Turn
from storage import denunciations, outbox, tickets
from storage.database import Tx

UNSENT = TimedOut | FileRefused | Left | CameBack  # events behind which nobody waits for an answer


@dataclass(frozen=True, slots=True)
class Posted:
    """A message committed to the outbox, handed over so that the sender need not read it again.

    It changes the message *replaces* unless that is 0, the platform's *changes* where that is known
    already; *announcement* is the one it belongs to.
    """

    id: int
    contact_id: int
    channel: str
    address: str
    say: Say
    lane: outbox.Lane = "reply"
    replaces: int = 0
    announcement: int = 0
    changes: str = ""


def tried(tx: Tx, contact_id: int, arrival: Arrival, turn: Turn) -> Iterator[Posted]:
    """Announcements told to whoever tries them, and to nobody else."""
    for effect in turn.effects:
        if isinstance(effect, TrySending):
            where, text = (tx, contact_id, arrival.channel), effect.say.model_dump_json()
            number = outbox.add(*where, text, arrival.at, lane="notice")
            here = (contact_id, arrival.channel, arrival.address)
            yield Posted(number, *here, effect.say, lane="notice")


def post(tx: Tx, contact_id: int, arrival: Arrival, turn: Turn) -> tuple[Posted, ...]:
    """Queue what there is to say; whoever has only a case filed at the counter has no chat."""
    say = turn.say
    if say is None or arrival.channel == tickets.COUNTER:
        return ()
    replaces = outbox.showing(tx, contact_id) if turn.instead else 0
    asked = not isinstance(arrival.event, UNSENT)
    lane: outbox.Lane = "notice" if turn.about and not asked else "reply"
    number = outbox.add(
        *(tx, contact_id, arrival.channel, say.model_dump_json(), arrival.at),
        lane=lane,
        code=turn.about,
        told=_told(turn),
        step=say.step,
        replaces=replaces,
        holder=denunciations.holder(tx, say.sealed) if say.sealed else "",
        hand=turn.session.hand if turn.session.staff else "",
    )
    return (
        Posted(number, contact_id, arrival.channel, arrival.address, say, lane, replaces=replaces),
    )


def _told(turn: Turn) -> tuple[int, int]:
    """Which entries of its case a message tells of: see `outbox.add`."""
    for effect in turn.effects:
        if isinstance(effect, MarkTold) and effect.code == turn.about:
            return effect.since, effect.seq
    return 0, 0
