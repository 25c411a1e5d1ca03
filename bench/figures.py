"""Figures of several rounds, and how they are shown: a table to read, JSON to keep."""

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter

LIBRARIES = ("aiohttp", "aiosqlite", "fastapi", "psycopg", "pydantic", "python-telegram-bot")


@dataclass(frozen=True, slots=True)
class Budget:
    """What a figure has to reach: at least or at most *limit*."""

    way: str
    limit: float

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.way} {_short(self.limit)}"

    def met(self, value: float) -> bool:
        """Whether *value* is within it."""
        return value >= self.limit if self.way == "≥" else value <= self.limit


def at_least(limit: float) -> Budget:
    """A budget from below."""
    return Budget("≥", limit)


def at_most(limit: float) -> Budget:
    """A budget from above."""
    return Budget("≤", limit)


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of a section's table: what was measured in each round."""

    row: str
    column: str
    values: tuple[float, ...]
    budget: Budget | None = None

    def __str__(self) -> str:
        """The median, and how far the rounds lay apart."""
        text = _short(median(self.values))
        if len(self.values) > 1:
            text += f" [{_short(min(self.values))}–{_short(max(self.values))}]"
        if self.budget:
            text += f" ({self.budget}: {'met' if self._met else 'MISSED'})"
        return text

    @property
    def _met(self) -> bool:
        return self.budget is None or self.budget.met(median(self.values))

    def to_json(self) -> dict[str, object]:
        """The figure with every round."""
        told: dict[str, object] = {
            "row": self.row,
            "column": self.column,
            "median": median(self.values),
            "min": min(self.values),
            "max": max(self.values),
            "rounds": self.values,
        }
        if self.budget:
            told |= {"budget": str(self.budget), "met": self._met}
        return told


def ratios(over: Sequence[float], under: Sequence[float]) -> tuple[float, ...]:
    """Round by round, so that what slows the machine for a while slows both."""
    return tuple(a / b if b else 0.0 for a, b in zip(over, under, strict=True))


def table(figures: Iterable[Figure]) -> str:
    """Rows and columns in the order in which they came."""
    cells = {(figure.row, figure.column): str(figure) for figure in figures}
    rows = list(dict.fromkeys(row for row, _ in cells))
    columns = list(dict.fromkeys(column for _, column in cells))
    lines = [["", *columns], *([row, *(cells.get((row, c), "") for c in columns)] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns) + 1)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def machine(folder: Path) -> dict[str, object]:
    """What the figures were measured on; *folder* is where the databases lay."""
    return {
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "load": os.getloadavg()[0],
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
        "fdatasync_per_s": round(_fdatasync_rate(folder)),
        **{name: version(name) for name in LIBRARIES},
    }


def _fdatasync_rate(folder: Path) -> float:
    """How often a second a page can be made durable there: the floor under every commit."""
    block = b"x" * 4096
    file = os.open(folder / "fdatasync", os.O_RDWR | os.O_CREAT, 0o600)
    sync: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)
    try:
        start, count = perf_counter(), 0
        while (taken := perf_counter() - start) < 0.3:
            os.pwrite(file, block, 0)
            sync(file)
            count += 1
    finally:
        os.close(file)
    return count / taken


def _short(value: float) -> str:
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.2g}"
