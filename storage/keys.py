"""The keys texts are sealed by: one for each *holder*, wrapped, destroyed with what it sealed.

A holder is ``contact:7`` (a chat: its conversation, messages, address), ``person:7`` (name,
telephone), ``case:7`` (all that was written in it), ``file:<digest>`` (its bytes), ``house`` (what
is nobody's), ``denunciation:7``, whose keys are on a ring of their own.

Every personal text passes `hide` and `show`. What is in clear, and why: see migration 0007.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.database import Row, Tx
from storage.seal import Ring, SealBrokenError, decrypted, encrypted
from storage.times import ms

log = logging.getLogger(__name__)

MARK = "s1:"  # how a sealed text begins; what does not is from before there was a seal
HOUSE = "house"

OF_HOLDER = "SELECT id, ring, master, wrapped FROM keys WHERE holder = ? ORDER BY id LIMIT 1"
BY_ID = "SELECT id, ring, master, wrapped FROM keys WHERE id = ?"
ALL_OF_HOLDER = "SELECT id, ring, master, wrapped FROM keys WHERE holder = ? ORDER BY id"
ADD = """
    INSERT INTO keys (holder, ring, master, wrapped)
    SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM retired WHERE name = ?)
    RETURNING id
"""
USE = "UPDATE keys SET used_at = ? WHERE holder = ?"
DESTROY = "DELETE FROM keys WHERE holder = ?"
SET_ASIDE = "UPDATE keys SET holder = 'broken:' || holder WHERE id = ?"
ADOPT = "UPDATE keys SET holder = ? WHERE holder = ?"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the database, ready for use."""

    id: int
    cipher: AESGCM


def hide(tx: Tx, text: str, holder: str) -> str:
    """A personal text as a row may hold it: only the key of *holder* opens it."""
    key = of(tx, holder)
    return f"{MARK}{key.id}:{encrypted(key.cipher, text.encode(), _bound(key.id))}"


def show(tx: Tx, sealed: str) -> str:
    """The text of `hide`; empty when its key was destroyed.

    Raises `SealBrokenError` when it was changed.
    """
    if not sealed.startswith(MARK):
        return sealed
    number, _, kept = sealed.removeprefix(MARK).partition(":")
    key = _by_id(tx, int(number))
    return "" if key is None else decrypted(key.cipher, kept, _bound(key.id)).decode()


def seen(tx: Tx, sealed: str) -> str:
    """As `show`, for a list of what is many people's: empty, too, where it was changed.

    One row that can't be opened must not hold up all the others; the log tells of it.
    """
    try:
        return show(tx, sealed)
    except SealBrokenError:
        log.error("a sealed text cannot be opened", extra={"of": sealed.split(":")[1]})  # noqa: TRY400 - nothing more is to be told
        return ""


def noted(tx: Tx, sealed: str | None) -> str | None:
    """The words of a note; None when they are gone, their key is, or they were changed."""
    return sealed and (seen(tx, sealed) or None)


def claimed(tx: Tx, sealed: str | None) -> str | None:
    """As `noted`, to be held against what was noted: words that were changed are other words."""
    try:
        return sealed and (show(tx, sealed) or None)
    except SealBrokenError:
        return sealed


def of(tx: Tx, holder: str) -> Key:
    """The key of *holder*, made when there is none."""
    if key := tx.keys.get(holder):
        return key
    row = tx.row(OF_HOLDER, (holder,))
    if row is None:
        ring: Ring = "denunciations" if holder.startswith("denunciation:") else "people"
        row = _made(tx, holder, ring)
    return learn(tx, holder, row)


def used(tx: Tx, holder: str, now: datetime) -> Key:
    """The key of *holder*, made when there is none; it is noted that it is of use *now*."""
    key = of(tx, holder)
    if not tx.do(USE, (ms(now), holder)):  # destroyed since it was read
        tx.keys.pop(holder)
        key = of(tx, holder)
        tx.do(USE, (ms(now), holder))
    return key


def all_of(tx: Tx, holder: str) -> dict[int, Key]:
    """All keys of *holder*, by their ids; two workers may have made one each."""
    rows = tx.rows(ALL_OF_HOLDER, (holder,))
    return {row[0]: learn(tx, holder, row) for row in rows}


def of_bytes(digest: str) -> str:
    """Who holds the key of a file's bytes."""
    return f"file:{digest}"


def learn(tx: Tx, holder: str, row: Row) -> Key:
    """Know the key of *holder* in this unit, as read along with something else."""
    number, ring, master, wrapped = row
    key = Key(number, tx.seal.cipher(cast("Ring", ring), master, wrapped))
    tx.keys[holder] = tx.keys[number] = key
    return key


def destroy(tx: Tx, holder: str) -> int:
    """Destroy the keys of *holder*: nothing they sealed can be read again. How many there were."""
    tx.keys.clear()
    return tx.do(DESTROY, (holder,))


def set_aside(tx: Tx, number: int) -> None:
    """A key that can't be opened seals nothing more; its holder gets another one."""
    log.error("a key cannot be opened", extra={"of": number})
    tx.keys.clear()
    tx.do(SET_ASIDE, (number,))


def adopt(tx: Tx, kept: str, gone: str) -> None:
    """What *gone* sealed is *kept*'s from now on, to be read and to be destroyed with it."""
    tx.keys.clear()
    tx.do(ADOPT, (kept, gone))


def _made(tx: Tx, holder: str, ring: Ring) -> Row:
    for again in (False, True):
        if again:  # it was retired while we worked with it
            tx.seal.renew()
        master, wrapped = tx.seal.made(ring)
        if added := tx.row(ADD, (holder, ring, master, wrapped, master)):
            return added[0], ring, master, wrapped
    raise SealBrokenError("the newest master key was retired: the key file is an old one")


def _by_id(tx: Tx, number: int) -> Key | None:
    if key := tx.keys.get(number):
        return key
    row = tx.row(BY_ID, (number,))
    if row is None:
        return None
    _, ring, master, wrapped = row
    key = Key(number, tx.seal.cipher(cast("Ring", ring), master, wrapped))
    tx.keys[number] = key
    return key


def _bound(number: int) -> bytes:
    return f"text:{number}".encode()
