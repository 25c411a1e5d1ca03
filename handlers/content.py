"""What the province edits, as values: topics and their forms, units and routing, the texts.

`bot/content.py` reads the files of `content/` into these models; every fault of a file is a
validation error here, with the key it stands at.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Literal, Self

from pydantic import Field as Setting
from pydantic import field_validator, model_validator

from handlers.calendar import Calendar
from handlers.model import Frozen
from handlers.territory import Territory

Lang = Literal["vi", "en"]
FieldKind = Literal[
    "choice", "short_text", "long_text", "commune", "date", "number", "phone", "place", "media"
]
Name = r"^[a-z][a-z0-9_]*$"
UnitId = r"^[a-z0-9][a-z0-9-]*$"


class Words(Frozen):
    """One sentence in both languages."""

    vi: str = Setting(min_length=1)
    en: str = Setting(min_length=1)

    def in_(self, lang: Lang) -> str:
        """The sentence in *lang*."""
        return self.vi if lang == "vi" else self.en


class Option(Frozen):
    """One answer of a choice field; its label fits a button of every channel."""

    id: str = Setting(pattern=Name)
    label: Words

    @field_validator("label")
    @classmethod
    def fits_a_button(cls, label: Words) -> Words:
        """Zalo and Telegram cut or refuse longer labels."""
        if max(len(label.vi), len(label.en)) > 35:
            msg = "at most 35 characters, so that it fits a button"
            raise ValueError(msg)
        return label


class Field(Frozen):
    """One question of a form.

    *label* names the answer in the summary and on the official's card. *personal* marks an answer
    that is kept with the person, not with the case.
    """

    name: str = Setting(pattern=Name)
    kind: FieldKind
    text: Words
    label: Words
    hint: Words | None = None
    optional: bool = False
    options: tuple[Option, ...] = ()
    min: float | None = None
    max: float | None = None
    past: bool = False
    personal: Literal["", "name", "phone"] = ""

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        """A choice has options and nothing else does."""
        if (self.kind == "choice") != bool(self.options):
            msg = "options belong to a field of kind choice, and it needs at least two"
            raise ValueError(msg)
        if self.kind == "choice" and not 2 <= len(self.options) <= 8:
            msg = "a choice has two to eight options"
            raise ValueError(msg)
        return self


class Topic(Frozen):
    """One form: what is asked about one matter, and within how many working days it is answered."""

    id: str = Setting(pattern=Name)
    title: Words
    button: Words
    order: int
    due_days: int = Setting(ge=1, le=90)
    ask: tuple[Field, ...] = Setting(min_length=1)

    @model_validator(mode="after")
    def names_are_unique(self) -> Self:
        """Two questions of one name would overwrite each other's answer."""
        names = [field.name for field in self.ask]
        if len(set(names)) != len(names):
            msg = "two questions have the same name"
            raise ValueError(msg)
        return self

    def index(self, name: str) -> int:
        """Position of the question *name* (from 0); KeyError when the form has none."""
        for position, field in enumerate(self.ask):
            if field.name == name:
                return position
        raise KeyError(name)


class Unit(Frozen):
    """A department or a commune's People's Committee that may be in charge of a case."""

    id: str = Setting(pattern=UnitId)
    name: Words
    address: str = ""
    phone: str = ""
    hours: str = ""


class Route(Frozen):
    """Who is in charge of *topic* in *commune* ("*" is any); "@commune" is the commune's own unit."""

    topic: str = "*"
    commune: str = "*"
    unit: str


class Controller(Frozen):
    """Who answers for the personal data (Law 91/2025/QH15, art. 9) and how to reach them."""

    name: Words
    address: str
    phone: str
    privacy_version: str
    keep_years: int = Setting(ge=1, le=50)
    web: str = ""


class Content(Frozen):
    """Everything of `content/`, checked as a whole."""

    model_config = {"frozen": True, "extra": "forbid", "arbitrary_types_allowed": True}

    controller: Controller
    topics: Mapping[str, Topic]
    texts: Mapping[Lang, Mapping[str, str]]
    units: Mapping[str, Unit]
    routes: tuple[Route, ...]
    calendar: Calendar
    territory: Territory

    @cached_property
    def in_order(self) -> tuple[Topic, ...]:
        """The topics as the menu shows them."""
        return tuple(sorted(self.topics.values(), key=lambda topic: topic.order))

    def say(self, lang: Lang, key: str, /, **params: object) -> str:
        """The sentence *key* in *lang*; KeyError is a bug, for `faults` finds missing ones."""
        sentence = self.texts[lang][key]
        return sentence.format_map(params) if params else sentence

    def unit_for(self, topic: str, commune: str) -> Unit:
        """The unit in charge by the first route that fits; the last route fits everything."""
        for route in self.routes:
            if route.topic in {"*", topic} and route.commune in {"*", commune}:
                if route.unit != "@commune":
                    return self.units[route.unit]
                if commune in self.units:
                    return self.units[commune]
        msg = "no route fits: the last one must be for every topic and commune"
        raise LookupError(msg)


PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def faults(content: Content) -> tuple[str, ...]:
    """Everything wrong between the parts of *content*, one sentence each; empty when sound."""
    return (*_text_faults(content), *_route_faults(content))


def _text_faults(content: Content) -> tuple[str, ...]:
    vi, en = content.texts["vi"], content.texts["en"]
    found = [f"texts: {key} is missing in en" for key in vi.keys() - en.keys()]
    found += [f"texts: {key} is missing in vi" for key in en.keys() - vi.keys()]
    found += [
        f"texts: {key} has other {{placeholders}} in vi than in en"
        for key in vi.keys() & en.keys()
        if set(PLACEHOLDER.findall(vi[key])) != set(PLACEHOLDER.findall(en[key]))
    ]
    return tuple(sorted(found))


def _route_faults(content: Content) -> tuple[str, ...]:
    found = []
    for number, route in enumerate(content.routes, 1):
        if route.topic not in {"*", *content.topics}:
            found.append(f"units: route {number}: no topic is called {route.topic}")
        if route.commune != "*" and content.territory.get(route.commune) is None:
            found.append(f"units: route {number}: no commune is called {route.commune}")
        if route.unit != "@commune" and route.unit not in content.units:
            found.append(f"units: route {number}: no unit is called {route.unit}")
    last = content.routes[-1] if content.routes else None
    if last is None or (last.topic, last.commune) != ("*", "*") or last.unit == "@commune":
        found.append('units: the last route must be topic "*", commune "*" and a named unit')
    return tuple(found)
