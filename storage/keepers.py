"""Who is told that a rule of the law, or a template, was changed or ends: each in their turn."""

from datetime import datetime

from handlers.desk.people import EVERYWHERE, ROLES, Role
from storage import members, timers
from storage.database import Tx
from storage.times import ms

TOLD = """
    INSERT INTO rule_notices (kind, name, version, what, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (kind, name, version, what) DO NOTHING
"""
SEEN = "SELECT 1 FROM rule_notices WHERE kind = ? AND name = ? AND what = 'seen' LIMIT 1"
AT_WORK: tuple[Role, ...] = ("approver", "dispatcher", "officer")


def wake(tx: Tx, subject: str, what: str, owner: str, now: datetime, besides: int = 0) -> None:
    """Wake the keepers of *subject* (``rule/`` or ``template/`` and its id), but for *besides*."""
    for contact in keepers(tx, owner, besides):
        timers.set(tx, contact, f"desk:law_{what}:{subject}", now)


def wake_once(tx: Tx, subject: str, version: str, what: str, owner: str, now: datetime) -> bool:
    """Wake them unless they were told this of this *version*; without anybody, another time."""
    kind, _, name = subject.partition("/")
    if not keepers(tx, owner) or not tx.do(TOLD, (kind, name, version, what, ms(now))):
        return False
    wake(tx, subject, what, owner, now)
    return True


def changed(tx: Tx, subject: str, version: str, now: datetime) -> bool:
    """Whether this version was never seen, where another one was; it is seen from now on."""
    kind, _, name = subject.partition("/")
    known = tx.row(SEEN, (kind, name)) is not None
    return bool(tx.do(TOLD, (kind, name, version, "seen", ms(now)))) and known


def keepers(tx: Tx, owner: str, besides: int = 0) -> tuple[int, ...]:
    """The contacts of the leaders, and of the unit or the role that keeps it."""
    if owner in ROLES:
        role = next(role for role in ROLES if role == owner)
        own, unit = members.with_role(tx, role), EVERYWHERE
    else:
        unit = owner
        each = (members.nearest(tx, role, unit, besides, just=True) for role in AT_WORK)
        own = next(filter(None, each), ())
    told = dict.fromkeys((*own, *members.with_role(tx, "leader", unit)))
    return tuple(contact for contact in told if contact != besides)
