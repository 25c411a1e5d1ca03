"""Finding cases by their words, the newest first, in a time that does not grow with the archive.

What is searched for in daily work is found among the newest cases, but an index of words gives all
that have them, in any order, to be sorted. So the words of a case begin with two more, the names of
the blocks of ids it belongs to, and a search asks for the newest small blocks, then for large ones,
and only what is rarer than that is looked for everywhere, where little is found.
"""

from collections.abc import Iterator
from itertools import islice

from handlers.desk.people import EVERYWHERE
from handlers.masking import searchable
from storage.database import Tx

NEWEST = "SELECT COALESCE(MAX(id), 0) FROM tickets"
FOUND = """
    SELECT w.rowid, t.unit FROM ticket_words w JOIN tickets t ON t.id = w.rowid
    WHERE w.ticket_words MATCH ? ORDER BY w.rowid DESC LIMIT ?
"""
BLOCKS = (("khoi", 4096), ("vung", 65536))  # as in migration 0005
LOOKED_THROUGH = 2000  # newest cases with the words, for who may see some units only


def tidy(tx: Tx) -> None:
    """Have SQLite let go of words no case is found by any more: its index only marks them as gone.

    PostgreSQL does so by itself (vacuum).
    """
    tx.do("INSERT INTO ticket_words (ticket_words) VALUES ('optimize')")


def marked(ticket_id: int, words: str) -> str:
    """The *words* of a case with the names of its blocks before them."""
    return " ".join([*(f"{name}{ticket_id // size}" for name, size in BLOCKS), words])


def unnumbered(words: str) -> str:
    """Indexed *words* without anybody's numbers; the names of the blocks stay."""
    parts = words.split(" ", len(BLOCKS))
    return " ".join((*parts[:-1], searchable(parts[-1]))) if len(parts) > len(BLOCKS) else words


def find(tx: Tx, phrase: str, units: frozenset[str], limit: int) -> tuple[int, ...]:
    """The newest cases of *units* (``*``: all) whose words have the folded *phrase*.

    Words of Vietnamese are several syllables, so a phrase finds what is meant. Of a few units only
    the newest cases with the words are looked through.
    """
    found: tuple[int, ...] = ()
    if not phrase or not units:
        return found
    for block in (*BLOCKS, None):
        found = tuple(islice(_within(tx, f'"{phrase}"', block, units, limit), limit))
        if len(found) == limit:
            break
    return found


def _within(
    tx: Tx, phrase: str, block: tuple[str, int] | None, units: frozenset[str], limit: int
) -> Iterator[int]:
    """Those of the newest two blocks, for the newest of all may have just begun; of all blocks."""
    most = limit if EVERYWHERE in units else LOOKED_THROUGH
    if block is None:
        wanted = [phrase]
    else:
        name, size = block
        newest = tx.rows(NEWEST)[0][0] // size
        wanted = [f"{phrase} {name}{number}" for number in (newest, newest - 1) if number >= 0]
    for query in wanted:
        for number, unit in tx.rows(FOUND, (query, most)):
            if units & {unit, EVERYWHERE}:
                yield number
