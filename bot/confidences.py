"""What a turn does with, and must know of, what is told in confidence."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.secret import Secret
from handlers.confiding import (
    AddedConfided,
    Confide,
    ConfidentialEffect,
    DropConfided,
    Hush,
    MoveConfided,
    Restrict,
    SendConfided,
)
from handlers.desk.people import EVERYWHERE
from handlers.desk.places import Restricted
from handlers.facts import Facts, Needs
from handlers.session import Denouncing, Session, standing
from storage import denunciations, inbox, outbox, restricting, waking
from storage.database import Tx

COUNTED = frozenset({"leader", "monitor"})  # whoever is told how many there are, and no more
FAILED_WITHIN = timedelta(days=1)  # what failed so long before may tell the same
KEPT_APART = Denouncing | Restricted  # rooms whose words are nowhere but in a denunciation


def carry_out_confidential(
    tx: Tx, contact_id: int, now: datetime, effect: ConfidentialEffect, secret: Secret
) -> None:
    """Do what *effect* says for the contact whose turn it is."""
    match effect:
        case Confide():
            denunciations.confide(tx, contact_id, effect, now)
        case SendConfided(code=code):
            if denunciations.send(tx, effect, now, secret.raw):
                waking.inspectors(tx, code, now)
        case AddedConfided(code=code):
            waking.inspectors(tx, code, now)
        case DropConfided(code=code):
            denunciations.drop(tx, code)
        case Hush(since=since):
            outbox.hush(tx, contact_id, since)
            inbox.hush(tx, contact_id, min(since, now - FAILED_WITHIN))
        case MoveConfided(code=code):
            if sender := denunciations.move(tx, contact_id, effect, now):
                waking.sender(tx, sender, now)
            elif effect.action == "move":
                waking.inspectors(tx, code, now)
        case Restrict():
            restricting.restrict(tx, effect, now)


def confided_facts(tx: Tx, contact_id: int, wanted: Needs, facts: Facts, secret: Secret) -> Facts:
    """The *facts* with what this contact may know of messages told in confidence."""
    if wanted.story.startswith("TT"):
        given = wanted.receipt
        proved = denunciations.proves(tx, wanted.story, given, secret.raw) if given else False
        facts = replace(facts, proved=proved)
    if wanted.confided and wanted.official:
        found = denunciations.read(tx, contact_id, wanted.confided, identity=wanted.identity)
        facts = replace(facts, confided=found)
    elif wanted.confided:
        facts = replace(facts, confided=denunciations.sent(tx, wanted.confided))
    if wanted.restricted:
        facts = replace(facts, restricted=denunciations.listed(tx, contact_id))
    duties = facts.official.duties if facts.official else ()
    if wanted.figures and any(duty.role in COUNTED and duty.unit == EVERYWHERE for duty in duties):
        facts = replace(facts, confidential=denunciations.count(tx, contact_id))
    return facts


def kept_apart(session: Session) -> bool:
    """Whether what is said now is kept nowhere in the conversation, not even when it fails."""
    return isinstance(standing(session.room), KEPT_APART)
