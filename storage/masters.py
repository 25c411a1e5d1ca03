"""Master keys as the database knows them: which ones wrap its keys, and how one takes over.

`rewrap` is done slice by slice beside whoever works there; once `retire` has ended, no key is
wrapped by the old master keys any more and none ever will be, so they can be destroyed.
"""

from collections.abc import Iterable, Iterator
from typing import cast

from storage.database import Tx
from storage.seal import Ring, Seal

# From one to the next by the index, not through a million keys.
NEXT = "SELECT ring, master FROM keys WHERE master > ? ORDER BY master, id LIMIT 1"
PAGE = """
    SELECT k.id, k.wrapped FROM keys k WHERE k.master = ? ORDER BY k.id LIMIT ? /*lock k*/
"""
REWRAP = "UPDATE keys SET master = ?, wrapped = ? WHERE id = ? AND master = ?"
SAID = "SELECT said FROM secret_check"
SAY = "INSERT INTO secret_check (id, said) VALUES (1, ?) ON CONFLICT (id) DO NOTHING"
RETIRE = "INSERT INTO retired (name) VALUES (?) ON CONFLICT (name) DO NOTHING"
# Waits for whoever is making a key at this moment, and lets nobody make one meanwhile.
ALONE = "LOCK TABLE keys IN SHARE ROW EXCLUSIVE MODE"
SLICE = 500


def used(tx: Tx) -> Iterator[tuple[Ring, str]]:
    """The ring and name of each master key that wraps something."""
    name = ""
    while row := tx.row(NEXT, (name,)):
        name = row[1]
        yield cast("Ring", row[0]), name


def lacking(tx: Tx, seal: Seal) -> tuple[tuple[Ring, str], ...]:
    """Ring and name of each master key that wraps something and is not among those of *seal*."""
    return tuple((ring, name) for ring, name in used(tx) if not seal.has(ring, name))


def same_secret(tx: Tx) -> bool:
    """Whether the secret is the one this database was begun with, by which its rows are found."""
    mine = tx.seal.key("secret")
    tx.do(SAY, (mine,))
    return tx.rows(SAID) == [(mine,)]


def rewrap(tx: Tx, ring: Ring, old: Iterable[str], limit: int = SLICE) -> int:
    """Wrap up to *limit* keys by the newest master key of *ring* that are by *old* ones; how many.

    Raises `SealBrokenError` when an old one is not among ours.
    """
    count = 0
    for name in old:
        for number, wrapped in tx.rows(PAGE, (name, limit - count)):
            raw = tx.seal.raw(ring, name, wrapped)
            tx.do(REWRAP, (*tx.seal.wrapped(ring, raw), number, name))
            count += 1
        if count == limit:
            break
    return count


def forbid(tx: Tx, old: Iterable[str]) -> None:
    """From now on nobody makes a key by one of the *old* master keys, nor ends making one."""
    for name in old:
        tx.do(RETIRE, (name,))


def retire(tx: Tx, ring: Ring, old: tuple[str, ...], *, alone: bool) -> bool:
    """Wrap what was made meanwhile, after `forbid` is durable; whether nothing is left to wrap.

    *alone*: other workers may be at work (PostgreSQL).
    """
    if alone:
        tx.do(ALONE)
    return rewrap(tx, ring, old) < SLICE
