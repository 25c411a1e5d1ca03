"""People who act for the province: how they are invited, and which contacts they are."""

from datetime import datetime

from handlers.effects import Role
from storage.database import Tx
from storage.times import ms

INVITE = "INSERT INTO invitations (token_key, role, expires_at, created_at) VALUES (?, ?, ?, ?)"
# Locked until it is used: of two who press the link at once, the second finds it used.
VALID = """
    SELECT i.role FROM invitations i
    WHERE i.token_key = ? AND i.used_at IS NULL AND i.expires_at > ? /*lock i*/
"""
# Used up and read in one statement, so that two presses make one member.
USE = """
    UPDATE invitations SET used_at = ?, used_by = ?
    WHERE token_key = ? AND used_at IS NULL AND expires_at > ?
"""
JOIN = """
    INSERT INTO staff (contact_id, role, since) VALUES (?, ?, ?)
    ON CONFLICT (contact_id, role) DO NOTHING
"""
MEMBERS = "SELECT contact_id FROM staff WHERE role = ? ORDER BY contact_id"


def invite(tx: Tx, role: Role, token_key: str, now: datetime, expires: datetime) -> None:
    """Make an invitation that can be used once, until *expires*; only its keyed hash is kept."""
    tx.do(INVITE, (token_key, role, ms(expires), ms(now)))


def invited(tx: Tx, token_key: str, now: datetime) -> Role | None:
    """What the invitation makes of whoever uses it, while it is unused and not expired."""
    row = tx.row(VALID, (token_key, ms(now)))
    return None if row is None else row[0]


def join(tx: Tx, contact_id: int, role: Role, token_key: str, now: datetime) -> bool:
    """Use up the invitation; whether it was still there to be used."""
    if tx.do(USE, (ms(now), contact_id, token_key, ms(now))) != 1:
        return False
    tx.do(JOIN, (contact_id, role, ms(now)))
    return True


def members(tx: Tx, role: Role) -> tuple[int, ...]:
    """The contacts that act in *role*."""
    return tuple(row[0] for row in tx.rows(MEMBERS, (role,)))
