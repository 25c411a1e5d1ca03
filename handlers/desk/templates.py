"""Templates of answers: what an official begins from, with places that each case fills in.

A template is data, edited by the province (`content/templates/*.toml`) or by command (an amendment
of kind ``template``, whose value is the template's own JSON). Like all legal content it is a draft
until an official of the province approves it; an answer made from a draft is released by a second
person (`handlers.desk.generic`).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from string import Formatter
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from handlers.approval import Approvable, Validity
from handlers.text import fold
from handlers.tickets import Status

Part = Literal["finding", "basis", "action", "next"]
PARTS: tuple[Part, ...] = ("finding", "basis", "action", "next")
LONGEST_TITLE = 25  # with " (dự thảo)" it still fits a button
LONGEST_PART = 900
LONGEST_TEMPLATE = 2000  # an answer fits one message, and the case's own words need room
NAME = r"^[a-z][a-z0-9_]*$"
# What every case fills in, whatever it is about.
COMMON = frozenset({"code", "commune", "unit", "opened", "due", "today"})


class Template(Approvable):
    """An answer with {places}, for cases about *topic* of *unit* ("*": any) in a status of *when*.

    An empty *when* is any status. *asks* are the places the case itself can't fill, with the
    question put to the official. *days* after the answer is the last day of what the citizen can
    do. *valid_from* and *valid_to* are the first and the last day it may be used. *rules* are the
    ids of the rules of the law it rests on, besides those it names as places: with one of them out
    of force it is not used either.
    """

    APART: ClassVar[frozenset[str]] = frozenset({"id", "by", "approval", "retired"})

    id: str = Field(pattern=NAME)
    title: str = Field(min_length=1, max_length=LONGEST_TITLE)
    topic: str = "*"
    unit: str = "*"
    when: tuple[Status, ...] = ()
    finding: str = Field(min_length=1, max_length=LONGEST_PART)
    basis: str = Field(min_length=1, max_length=LONGEST_PART)
    action: str = Field(default="", max_length=LONGEST_PART)
    next: str = Field(default="", max_length=LONGEST_PART)
    days: int | None = Field(default=None, ge=1, le=365)
    asks: dict[str, str] = {}
    valid_from: date
    valid_to: date | None = None
    retired: bool = False
    source: str = ""
    rules: tuple[str, ...] = ()

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        """Dates in order, braces that are places, no question about what is nowhere filled in."""
        if found := "\n".join(self._faults()):
            raise ValueError(found)
        return self

    def _faults(self) -> Iterator[str]:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            yield "valid_to trước valid_from — đổi chỗ hai ngày"
        if sum(len(self.part(part)) for part in PARTS) > LONGEST_TEMPLATE:
            yield f"cả mẫu dài quá {LONGEST_TEMPLATE} ký tự — rút gọn, để câu trả lời vừa một tin"
        for part in PARTS:
            if places(self.part(part)) is None:
                mend = "viết tên chữ thường không dấu giữa { và }, hoặc bỏ dấu ngoặc"
                yield f"{part} có dấu {{ hoặc }} không thành một {{chỗ_điền}} — {mend}"
        for name in sorted(self.asks.keys() - self.fields):
            yield f'asks hỏi "{name}" nhưng không câu nào có {{{name}}} — thêm vào câu, hoặc xóa'

    def part(self, name: Part) -> str:
        """The words of one part."""
        match name:
            case "finding":
                return self.finding
            case "basis":
                return self.basis
            case "action":
                return self.action
            case "next":
                return self.next

    @property
    def fields(self) -> frozenset[str]:
        """The names of all its places."""
        return frozenset().union(*(places(self.part(part)) or () for part in PARTS))

    def validity(self, today: date) -> Validity:
        """Whether it may be used *today*."""
        if self.retired:
            return "retired"
        if today < self.valid_from:
            return "future"
        return "expired" if self.valid_to is not None and today > self.valid_to else "valid"

    def fits(self, topic: str, unit: str, status: Status, today: date) -> bool:
        """Whether it is offered for such a case."""
        return (
            self.validity(today) == "valid"
            and self.topic in {"*", topic}
            and self.unit in {"*", unit}
            and (not self.when or status in self.when)
        )

    def missing(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Its places that *values* leave empty, in the order of the text."""
        text = " ".join(self.part(part) for part in PARTS)
        lacking = (name for name in self.fields if not values.get(name))
        return tuple(sorted(lacking, key=lambda name: text.index(f"{{{name}}}")))

    def filled(self, values: Mapping[str, str]) -> dict[Part, str]:
        """The parts with every place filled in; KeyError names a place without a value."""
        return {part: words.format_map(values) for part in PARTS if (words := self.part(part))}

    @property
    def fixed(self) -> str:
        """What is the same in every answer made from it, folded."""
        words = (said for part in PARTS for said, *_ in Formatter().parse(self.part(part)))
        return fold(" ".join(words))


def places(words: str) -> frozenset[str] | None:
    """The names in braces; None when a brace is anything but part of a plain {name}."""
    try:
        parts = [(name, spec, turned) for _, name, spec, turned in Formatter().parse(words)]
    except ValueError:
        return None
    named = [part for part in parts if part[0] is not None]
    if any(spec or turned or not _plain(name) for name, spec, turned in named):
        return None
    return frozenset(name for name, _, _ in named if name)


def _plain(name: str | None) -> bool:
    return bool(name) and name is not None and name.isidentifier() and name.isascii()


def named_by(title: str, taken: Mapping[str, object]) -> str:
    """An id for a template called *title*, none of those *taken*."""
    base = fold(title).replace(" ", "_").replace("%", "") or "mau"
    base = base if base[0].isalpha() else f"mau_{base}"
    number = 1
    while (name := base if number == 1 else f"{base}_{number}") in taken:
        number += 1
    return name
