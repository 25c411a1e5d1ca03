"""All that is in a database: every text of every row, and what of it can be opened."""

from collections.abc import Iterator
from typing import NamedTuple

from storage import keys
from storage.database import Tx
from storage.seal import SealBrokenError

SQLITE = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
POSTGRES = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
INDEXES = ("ticket_words",)  # what is in clear, to be searched by: see migration 0007
SHADOWS = ("ticket_words_",)


class Text(NamedTuple):
    """One text, and the table it is in."""

    table: str
    text: str


def texts(tx: Tx, engine: str) -> tuple[Text, ...]:
    """Every text there is, sealed ones as they are kept."""
    tables = [row[0] for row in tx.rows(SQLITE if engine == "sqlite" else POSTGRES)]
    return tuple(
        Text(table, value)
        for table in tables
        if not table.startswith(SHADOWS) and table != "keys"
        for row in tx.rows(f"SELECT * FROM {table}")  # noqa: S608 - a table of this database
        for value in row
        if isinstance(value, str)
    )


def readable(tx: Tx, found: tuple[Text, ...]) -> Iterator[Text]:
    """What of these anybody can read with the keys of now."""
    for table, text in found:
        try:
            yield Text(table, keys.show(tx, text))
        except SealBrokenError:  # a text of that form that nobody sealed
            yield Text(table, text)
