"""People who act for the province: how they are invited, who they are, what their duties are.

A member is one chat, for ever: whoever leaves and comes back is the same one. Whatever is done to
people is an entry of the log; what they are called is under the seal.
"""

from datetime import datetime, timedelta
from itertools import chain, groupby
from operator import itemgetter

from handlers.desk.people import EVERYWHERE, Duty, Invitation, Official, Role
from handlers.desk.permission import may
from handlers.effects import ChangeDuty, Invite
from storage import keys, log, timers
from storage.database import Row, Tx
from storage.times import ms

INVITE = """
    INSERT INTO invitations (token_key, role, unit, name, made_by, expires_at, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
# Locked until it is used: of two who press the link at once, the second finds it used.
VALID = """
    SELECT i.role, i.unit, i.name, i.made_by FROM invitations i
    WHERE i.token_key = ? AND i.used_at IS NULL AND i.expires_at > ? /*lock i*/
"""
USE = "UPDATE invitations SET used_at = ?, used_by = ? WHERE token_key = ?"
JOIN = """
    INSERT INTO members (contact_id, name, since) VALUES (?, ?, ?)
    ON CONFLICT (contact_id) DO NOTHING
"""
NAME = "UPDATE members SET name = ? WHERE id = ? AND name = ''"
BY_CONTACT = "SELECT id FROM members WHERE contact_id = ?"
CONTACT = "SELECT contact_id FROM members WHERE id = ?"
NAME_OF = "SELECT name FROM members WHERE id = ?"
GIVE = """
    INSERT INTO duties (member_id, role, unit, since) VALUES (?, ?, ?, ?)
    ON CONFLICT (member_id, role, unit) DO NOTHING
"""
END = "DELETE FROM duties WHERE member_id = ? AND role = ? AND unit = ?"
# Locked: of two administrators who remove each other at once, the second finds nobody left.
OTHERS = """
    SELECT d.member_id FROM duties d
    WHERE d.role = 'administrator' AND d.unit = '*' AND d.member_id <> ? /*lock d*/
"""
ALL = """
    SELECT m.id, m.name, c.reachable, d.role, d.unit
    FROM members m
    JOIN contacts c ON c.id = m.contact_id
    JOIN duties d ON d.member_id = m.id
    ORDER BY m.id, d.since, d.role, d.unit
"""
ONE = """
    SELECT m.id, m.name, c.reachable, d.role, d.unit
    FROM members m
    JOIN contacts c ON c.id = m.contact_id
    JOIN duties d ON d.member_id = m.id
    WHERE m.contact_id = ? ORDER BY d.since, d.role, d.unit
"""
ELSEWHERE = """
    SELECT m.id FROM contacts mine
    JOIN contacts c ON c.person_id = mine.person_id AND c.id <> mine.id
    JOIN members m ON m.contact_id = c.id
    WHERE mine.id = ?
"""
REACHABLE = """
    SELECT m.contact_id FROM duties d
    JOIN members m ON m.id = d.member_id
    JOIN contacts c ON c.id = m.contact_id
    WHERE d.role = ? AND d.unit IN (?, '*') AND m.contact_id <> ? AND c.reachable = 1
    ORDER BY m.id
"""
WITH_ROLE = """
    SELECT m.contact_id FROM duties d JOIN members m ON m.id = d.member_id
    WHERE d.unit = ? AND d.role = ? ORDER BY m.id
"""


def official(tx: Tx, contact_id: int) -> Official | None:
    """Who a contact is as a member of staff; None while they have no duty."""
    rows = tx.rows(ONE, (contact_id,))
    if not rows:
        return None
    elsewhere = frozenset(row[0] for row in tx.rows(ELSEWHERE, (contact_id,)))
    return _official(tx, rows).model_copy(update={"elsewhere": elsewhere})


def _member(tx: Tx, member_id: int) -> Official | None:
    contact_id = contact_of(tx, member_id)
    return None if contact_id is None else official(tx, contact_id)


def members(tx: Tx) -> tuple[Official, ...]:
    """Everybody who has a duty, in the order in which they first joined."""
    by_member = groupby(tx.rows(ALL), itemgetter(0))
    return tuple(_official(tx, list(rows)) for _, rows in by_member)


def contact_of(tx: Tx, member_id: int) -> int | None:
    """The chat of a member, with a duty or without; None when there is no such member."""
    row = tx.row(CONTACT, (member_id,))
    return None if row is None else row[0]


def name_of(tx: Tx, actor: str) -> str:
    """What a colleague is called who did something as *actor*; empty for anybody else."""
    kind, _, number = actor.partition(":")
    row = tx.row(NAME_OF, (int(number),)) if kind == "member" else None
    return row[0] and keys.seen(tx, row[0]) if row else ""


def with_role(tx: Tx, role: Role, unit: str = EVERYWHERE) -> tuple[int, ...]:
    """The contacts of those who have *role* in *unit*, before those who have it everywhere."""
    units = dict.fromkeys((unit, EVERYWHERE))
    found = (row[0] for held in units for row in tx.rows(WITH_ROLE, (held, role)))
    return tuple(dict.fromkeys(found))


def nearest(tx: Tx, role: Role, unit: str, besides: int, *, just: bool = False) -> tuple[int, ...]:
    """The contacts of those who have *role* in just this *unit*, or else (not *just*) everywhere.

    The contact *besides* is left out: nobody is told of what they do themselves.
    """
    for held in (unit,) if just else (unit, EVERYWHERE):
        rows = tx.rows(WITH_ROLE, (held, role))
        if found := tuple(row[0] for row in rows if row[0] != besides):
            return found
    return ()


def stewards(tx: Tx, unit: str, besides: int, *, just: bool = False) -> tuple[int, ...]:
    """The contacts of those who see to a case of *unit* that lies with nobody.

    Its dispatchers; where there are none, those who release, or else work, there: somebody is told.
    With *just*, those of the unit itself come before any who do so everywhere.
    """
    roles: tuple[Role, ...] = ("dispatcher", "approver", "officer")
    there = (nearest(tx, role, unit, besides, just=True) for role in roles if just)
    anywhere = (nearest(tx, role, unit, besides) for role in roles)
    return next(filter(None, chain(there, anywhere)), ())


def on_duty(tx: Tx, unit: str, besides: int) -> tuple[int, ...]:
    """The contacts of those who are to hear of danger to life in *unit*, and can be written to.

    Its officers on duty and those of everywhere; where there are none, its dispatchers and the
    administrators, or else whoever sees to its cases.
    """
    roles: tuple[tuple[Role, ...], ...] = (("watch",), ("dispatcher", "administrator"))
    for level in roles:
        rows = [row for role in level for row in tx.rows(REACHABLE, (role, unit, besides))]
        if rows:
            return tuple(dict.fromkeys(row[0] for row in rows))
    return stewards(tx, unit, besides)


def invite(tx: Tx, effect: Invite, token_key: str, now: datetime) -> None:
    """Make an invitation that can be used once; only a keyed hash of its token is kept."""
    duty, name = effect.duty, effect.name
    expires = ms(now + timedelta(hours=effect.hours))
    sealed = name and keys.hide(tx, name, keys.HOUSE)
    tx.do(INVITE, (token_key, duty.role, duty.unit, sealed, effect.by, expires, ms(now)))
    log.append(
        tx,
        "invited",
        {**_told(duty), "hours": effect.hours},
        actor=actor(effect.by),
        now=now,
        words=name,
    )


def invited(tx: Tx, token_key: str, now: datetime) -> Invitation | None:
    """What an invitation makes of whoever uses it, while it is unused and not expired.

    One made by a member holds as long as they may invite: whoever left lets nobody in any more.
    """
    row = tx.row(VALID, (token_key, ms(now)))
    if row is None:
        return None
    role, unit, name, by = row
    if by and not may(_member(tx, by), "invite", unit):
        return None
    shown = name and keys.seen(tx, name)
    return Invitation(duty=Duty(role=role, unit=unit), name=shown, by=by)


def join(tx: Tx, contact_id: int, token_key: str, now: datetime) -> bool:
    """Use up an invitation and wake who made it; False when it was not there to be used.

    A chat that was a member is that member again, called as before.
    """
    invitation = invited(tx, token_key, now)
    if invitation is None:
        return False
    tx.do(USE, (ms(now), contact_id, token_key))
    tx.do(JOIN, (contact_id, "", ms(now)))
    member: int = tx.rows(BY_CONTACT, (contact_id,))[0][0]
    if invitation.name:
        tx.do(NAME, (keys.hide(tx, invitation.name, keys.HOUSE), member))
    tx.do(GIVE, (member, invitation.duty.role, invitation.duty.unit, ms(now)))
    log.append(
        tx,
        "joined",
        {**_told(invitation.duty), "invited_by": invitation.by},
        actor=actor(member),
        now=now,
        subject=actor(member),
        words=invitation.name,
    )
    inviter = contact_of(tx, invitation.by)
    if inviter not in {None, contact_id}:
        timers.set(tx, inviter, f"desk:joined:{member}", now)
    return True


def change_duty(tx: Tx, effect: ChangeDuty, now: datetime) -> bool:
    """Give a member a duty or end it; False when nothing changes.

    The last administrator of everything stays one, whoever asks.
    """
    if contact_of(tx, effect.member) is None:
        return False
    duty = effect.duty
    if effect.given:
        changed = tx.do(GIVE, (effect.member, duty.role, duty.unit, ms(now)))
    elif duty == Duty(role="administrator") and not tx.rows(OTHERS, (effect.member,)):
        changed = 0
    else:
        changed = tx.do(END, (effect.member, duty.role, duty.unit))
    if changed:
        log.append(
            tx,
            "duty_given" if effect.given else "duty_ended",
            _told(duty),
            actor=actor(effect.by),
            now=now,
            subject=actor(effect.member),
        )
    return changed == 1


def actor(member_id: int, contact_id: int = 0) -> str:
    """Who did something, as entries name them: a member, else a contact, else nobody."""
    if member_id:
        return f"member:{member_id}"
    return f"contact:{contact_id}" if contact_id else "clock"


def _official(tx: Tx, rows: list[Row]) -> Official:
    number, name, reachable = rows[0][:3]
    return Official(
        id=number,
        name=name and keys.seen(tx, name),
        duties=tuple(Duty(role=role, unit=unit) for *_, role, unit in rows),
        reachable=reachable == 1,
    )


def _told(duty: Duty) -> dict[str, str | int]:
    return {"role": duty.role, "unit": duty.unit}
