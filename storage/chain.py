"""A chain: entries that only grow, each bound to the one before by its hash.

The hash is SHA-256 of the canonical JSON of all an entry says, the last of it the hash of the entry
before, empty for the first. Whoever keeps a chain also keeps how many entries it has and the last
hash, away from the entries, so that a cut-off end is seen.

The words people wrote are beside the entry, as the seal keeps them, and the salted digest of the
plain words is in it: changed words are found out, erased ones (as the law may demand) leave a whole
chain that tells nothing of them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

Why = Literal["missing", "changed", "unlinked", "words", "end"]
"""What is wrong at an entry: it is not there · it says something else than what was written · the
entry before is not the one it was bound to · its words were changed · the chain does not end where
it should."""


class Link(NamedTuple):
    """An entry as it is read back; *values* are what *hash* is of, without the hash before.

    *words* are the plain ones, None when nothing was written or it was erased.
    """

    seq: int
    values: Sequence[str | int]
    data: str
    prev: str
    hash: str
    salt: str | None
    words: str | None


class Break(NamedTuple):
    """The first entry (from 1) that is not as it was written, and what is wrong."""

    seq: int
    why: Why


def bound(values: Sequence[str | int], prev: str) -> str:
    """The hash of an entry that says *values* and follows the entry of the hash *prev*."""
    return hashlib.sha256(_canonical([*values, prev]).encode()).hexdigest()


def told(data: Mapping[str, str | int], salt: str, words: str) -> str:
    """*data* as an entry keeps it; with *words*, their digest is in it under that name."""
    return _canonical({**data, "words": _digest(salt, words)} if words else data)


def first_break(links: Iterable[Link], entries: int, head: str) -> Break | None:
    """The first break of a chain that should have so many *entries* and end with the hash *head*.

    *links* come by their seq; they are read one by one and no further than the break.
    """
    prev = ""
    seq = 0
    for seq, link in enumerate(links, 1):
        if why := _fault(link, seq, prev):
            return Break(seq, why)
        prev = link.hash
    return None if (seq, prev) == (entries, head) else Break(seq + 1, "end")


def _fault(link: Link, seq: int, prev: str) -> Why | None:
    if link.seq != seq:
        return "missing"
    if bound(link.values, link.prev) != link.hash:
        return "changed"
    if link.prev != prev:
        return "unlinked"
    if link.words is not None and _digest(link.salt, link.words) != _noted(link.data):
        return "words"
    return None


def _noted(data: str) -> object:
    return json.loads(data).get("words")


def _digest(salt: str | None, words: str) -> str:
    return hashlib.sha256(f"{salt}{words}".encode()).hexdigest()


def _canonical(value: object) -> str:
    # By its repr what no entry of ours holds: SQLite lets a tamperer put bytes into any column.
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=repr
    )
