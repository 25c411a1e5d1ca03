"""The places themselves: the communes of today, what each former one became, as rows of tables."""

from collections.abc import Iterator
from typing import Literal, TypeVar

from pydantic import Field

from handlers.model import Frozen
from handlers.text import clean

Kind = Literal["Xã", "Phường", "Đặc khu"]
Row = TypeVar("Row", bound=Frozen)


class Commune(Frozen):
    """A unit of today: *id* is our own and never changes, *name* is shown ("Xã Phú Ninh").

    *code* is the official number, an attribute only: published tables disagree about some.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str = Field(min_length=1)
    kind: Kind
    code: str = Field(pattern=r"^\d{5}$")


class Former(Frozen):
    """A unit of 30 June 2025, and the ids of what it became (several where it was divided).

    *districts* has its district first, then those it had belonged to before; *earlier* the
    communes merged into it before. A district without communes has no *name*.
    """

    province: str = Field(min_length=1)
    districts: tuple[str, ...] = Field(min_length=1)
    name: str
    units: tuple[str, ...] = Field(min_length=1)
    earlier: tuple[str, ...] = ()


def read_units(table: str) -> tuple[Commune, ...]:
    """The units of a table with the columns id, kind, name and code; ValueError names the line."""
    return tuple(
        _made(number, Commune, id=id_, kind=kind, name=f"{kind} {name}", code=code)
        for number, (id_, kind, name, code) in _rows(table, 4)
    )


def read_former(table: str) -> tuple[Former, ...]:
    """The former units of a table: province, districts, name, units, earlier; lists by " | "."""
    return tuple(
        _made(
            number,
            Former,
            province=province,
            districts=_list(districts),
            name=name,
            units=_list(units),
            earlier=_list(earlier),
        )
        for number, (province, districts, name, units, earlier) in _rows(table, 5)
    )


def _made(number: int, model: type[Row], **values: object) -> Row:
    try:
        return model.model_validate(values)
    except ValueError as error:
        msg = f"line {number}: {error}"
        raise ValueError(msg) from error


def _rows(table: str, columns: int) -> Iterator[tuple[int, list[str]]]:
    """The lines below the heading, each with its number; empty last columns may be left out."""
    for number, line in enumerate(table.splitlines(), 1):
        cells = [clean(cell) for cell in line.split("\t")]
        if len(cells) > columns:
            msg = f"line {number}: {len(cells)} columns where {columns} belong"
            raise ValueError(msg)
        if number > 1 and line.strip():
            yield number, cells + [""] * (columns - len(cells))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in cell.split("|") if item.strip())
