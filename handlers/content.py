"""What the province edits, as values: topics and their forms, units and routing, the texts.

`bot/content.py` reads the files of `content/` into these models; a fault inside one value is a
validation error here, a fault between values is found by `handlers/faults.py`. What a validator
says is read by the officials who edit these files: what is wrong, a dash, how to mend it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from functools import cached_property
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, ConfigDict, field_validator, model_validator
from pydantic import Field as Setting

from handlers.approval import Validity
from handlers.calendar import Calendar
from handlers.desk.templates import Template
from handlers.law import Rule
from handlers.limits import LimitRules
from handlers.model import Frozen
from handlers.petition import Form
from handlers.retention import RetentionRule
from handlers.territory import Territory
from handlers.text import fold
from handlers.triage import NO_RULES, Rules
from handlers.words import LONGEST_WORDS, NAME, Lang, Words

__all__ = ["LONGEST_WORDS", "Lang", "Words"]  # what is common to all content is found here too

FieldKind = Literal[
    "choice", "short_text", "long_text", "commune", "date", "number", "phone", "place", "media"
]
UnitId = r"^[a-z0-9][a-z0-9-]*$"
LONGEST_LABEL = 35  # Zalo and Telegram cut or refuse longer buttons
MOST_OPTIONS = 8
PERSONAL_KINDS: dict[str, FieldKind] = {"name": "short_text", "phone": "phone"}
ONCE_IN_A_FORM: frozenset[FieldKind] = frozenset({"commune", "media"})
Value = TypeVar("Value")

_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


def repeated(names: Iterable[str]) -> tuple[str, ...]:
    """Those of *names* that come more than once, in alphabetical order."""
    return tuple(sorted(name for name, times in Counter(names).items() if times > 1))


def _sound(value: Value, faults: Iterable[str]) -> Value:
    """The *value* itself, or a validation error of one line for each fault."""
    if found := "\n".join(faults):
        raise ValueError(found)
    return value


def alike(labels: Iterable[Words]) -> tuple[str, ...]:
    """The labels, folded, that could not be told from another in the same language."""
    both = tuple(labels)
    return tuple(
        dict.fromkeys((*repeated(fold(w.vi) for w in both), *repeated(fold(w.en) for w in both)))
    )


def _fits_a_button(label: Words) -> Words:
    longest = max((label.vi, label.en), key=len)
    if len(longest) > LONGEST_LABEL:
        size = f"dài {len(longest)} ký tự, nút bấm chứa {LONGEST_LABEL}"
        raise ValueError(f'"{longest}" {size} — rút ngắn lại')
    return label


Label = Annotated[Words, AfterValidator(_fits_a_button)]


class Option(Frozen):
    """One answer of a choice field."""

    id: str = Setting(pattern=NAME)
    label: Label


class Field(Frozen):
    """One question of a form.

    *label* names the answer in the summary and on the official's card. *personal* marks an answer
    that is kept with the person, not with the case.
    """

    name: str = Setting(pattern=NAME)
    kind: FieldKind
    text: Words
    label: Label
    hint: Words | None = None
    optional: bool = False
    options: tuple[Option, ...] = Setting(default=(), max_length=MOST_OPTIONS)
    min: float | None = None
    max: float | None = None
    past: bool = False
    personal: Literal["", "name", "phone"] = ""

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        """Options, limits and what is personal fit the kind."""
        return _sound(self, self._mismatches())

    def _mismatches(self) -> Iterator[str]:
        if self.kind == "choice" and len(self.options) < 2:  # noqa: PLR2004 — one is no choice
            yield "có ít hơn hai lựa chọn — thêm lựa chọn, hoặc dùng kind khác"
        if self.kind != "choice" and self.options:
            yield 'có options nhưng kind không phải "choice" — sửa một trong hai'
        for twice in repeated(option.id for option in self.options):
            yield f'hai lựa chọn cùng id "{twice}" — đổi một id'
        for twice in alike(option.label for option in self.options):
            yield f'hai lựa chọn cùng ghi "{twice}" — đổi một, vì người dân còn gõ chữ thay vì bấm'
        if self.kind != "number" and (self.min is not None or self.max is not None):
            yield 'có min hoặc max nhưng kind không phải "number" — xóa đi'
        if self.min is not None and self.max is not None and self.min > self.max:
            yield "min lớn hơn max — đổi chỗ hai số"
        if self.kind != "date" and self.past:
            yield 'có past nhưng kind không phải "date" — xóa đi'
        if self.personal and self.kind != PERSONAL_KINDS[self.personal]:
            needed = PERSONAL_KINDS[self.personal]
            yield f'personal = "{self.personal}" cần kind = "{needed}" — sửa một trong hai'


class Topic(Frozen):
    """One form: what is asked about one matter, and within how many working days it is answered."""

    id: str = Setting(pattern=NAME)
    title: Words
    button: Label
    order: int
    due_days: int = Setting(ge=1, le=90)
    ask: tuple[Field, ...] = Setting(min_length=1)

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        """No answer overwrites another; a case has one commune, one set of files, one person."""
        return _sound(self, self._repetitions())

    def _repetitions(self) -> Iterator[str]:
        for name in repeated(field.name for field in self.ask):
            yield f'hai câu hỏi cùng name "{name}" — đổi một tên'
        for kind in repeated(field.kind for field in self.ask if field.kind in ONCE_IN_A_FORM):
            yield f'hai câu hỏi cùng kind "{kind}" — chỉ giữ một'
        for whose in repeated(field.personal for field in self.ask if field.personal):
            yield f'hai câu hỏi cùng personal = "{whose}" — chỉ giữ một'

    def index(self, name: str) -> int:
        """Position of the question *name* (from 0); KeyError when the form has none."""
        for position, field in enumerate(self.ask):
            if field.name == name:
                return position
        raise KeyError(name)


class Unit(Frozen):
    """A department or a commune's People's Committee that may be in charge of a case.

    With *approval* its answers are released by a second person. *short* is what a button calls it
    where the name is too long for one.
    """

    id: str = Setting(pattern=UnitId)
    name: Words
    short: Label | None = None
    address: str = ""
    phone: str = ""
    hours: str = ""
    approval: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All it is called, in either language."""
        called = (self.name, self.short) if self.short else (self.name,)
        return tuple(name for words in called for name in (words.vi, words.en))

    def label(self, lang: Lang) -> str:
        """What a button calls it: whole words, as many as it holds."""
        line = " ".join((self.short or self.name).in_(lang).split())
        if len(line) <= LONGEST_LABEL:
            return line
        return line[: LONGEST_LABEL + 1].rpartition(" ")[0] or line[:LONGEST_LABEL]


class Route(Frozen):
    """Who is in charge of *topic* in *commune*: "*" is any, "@commune" the commune's own unit."""

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


class DeskRules(Frozen):
    """How the desk works.

    *ask_days* working days are given for a citizen's answer; within *reopen_days* calendar days an
    answer or a refusal may be contested. From *quiet_from* to *quiet_to* no announcement goes that
    is not urgent; the same time twice is no quiet at all. *limits*: how much one person may send.
    What was told in confidence is shown to inspectors only on the channels *restricted_on*.
    """

    ask_days: int = Setting(default=10, ge=1, le=60)
    reopen_days: int = Setting(default=30, ge=1, le=365)
    quiet_from: time = time(21)
    quiet_to: time = time(6)
    limits: LimitRules = LimitRules()
    restricted_on: tuple[str, ...] = ("web", "talk")

    @field_validator("quiet_from", "quiet_to", mode="before")
    @classmethod
    def is_a_time_of_day(cls, value: object) -> object:
        """A bare number would be seconds since midnight, which nobody means."""
        if isinstance(value, time):
            return value
        if isinstance(value, str) and _CLOCK.fullmatch(value):
            hour, minute = value.split(":")
            return time(int(hour), int(minute))
        raise ValueError(f'"{value}" không phải là giờ — viết như "21:00"')


class Content(Frozen):
    """Everything of `content/`, checked as a whole.

    *amendments* (kind, key, value) are laid over it; *filed* is then what the files say themselves.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    controller: Controller
    topics: Mapping[str, Topic]
    texts: Mapping[Lang, Mapping[str, str]]
    privacy: Mapping[Lang, str] = {}
    units: Mapping[str, Unit]
    routes: tuple[Route, ...]
    calendar: Calendar
    territory: Territory
    petition: Form
    desk: DeskRules = DeskRules()
    templates: Mapping[str, Template] = {}
    law: Mapping[str, Rule] = {}
    retention: tuple[RetentionRule, ...] = ()
    triage: Rules = NO_RULES
    amendments: tuple[tuple[str, str, str], ...] = ()
    filed: "Content | None" = None

    @cached_property
    def in_order(self) -> tuple[Topic, ...]:
        """The topics as the menu shows them."""
        return tuple(sorted(self.topics.values(), key=lambda topic: topic.order))

    def say(self, lang: Lang, key: str, /, **params: object) -> str:
        """The sentence *key* in *lang*; KeyError is a bug, for a missing one stops the start."""
        sentence = self.texts[lang][key]
        return sentence.format_map(params) if params else sentence

    def rule(self, name: str) -> Rule:
        """A rule of the law by its id; KeyError is a bug, for a missing one stops the start."""
        return self.law[name]

    def figure(self, name: str, today: date, lang: Lang = "vi") -> str:
        """The figure of a rule as anybody may read it *today*, to stand inside a sentence.

        With its mark while it is a draft; out of force it is no figure, but where to ask for it. A
        rule without a figure is told whole.
        """
        rule = self.law[name]
        if not rule.in_force(today):
            return self.say(lang, "law.ask")
        if rule.value is None:
            return self.law_says(name, today, lang)
        figure = rule.figure(lang)
        return self.say(lang, "law.draft", text=figure) if rule.draft else figure

    def law_says(self, name: str, today: date, lang: Lang = "vi") -> str:
        """A whole rule with its source, marked as `figure` marks; out of force it is empty."""
        rule = self.law[name]
        if not rule.in_force(today):
            return ""
        text = f"{rule.words(lang)} ({rule.source})"
        return self.say(lang, "law.draft", text=text) if rule.draft else text

    def rests_on(self, template: Template) -> tuple[Rule, ...]:
        """The rules of the law a template rests on: those it names, and those it fills in."""
        named = dict.fromkeys((*template.rules, *sorted(template.fields & self.law.keys())))
        return tuple(self.law[name] for name in named if name in self.law)

    def validity(self, template: Template, today: date) -> Validity:
        """Whether a template may be used *today*: by its own days, and by those of its rules."""
        own = template.validity(today)
        if own != "valid" or all(rule.in_force(today) for rule in self.rests_on(template)):
            return own
        return "expired"

    def unit_name(self, unit: str, lang: Lang = "vi") -> str:
        """What a unit is called; its id when there is none of it any more."""
        found = self.units.get(unit)
        return found.name.in_(lang) if found else unit

    def topic_title(self, topic: str, lang: Lang = "vi") -> str:
        """What a topic is called; its id when there is none of it any more."""
        found = self.topics.get(topic)
        return found.title.in_(lang) if found else topic

    def topic_button(self, topic: str, lang: Lang = "vi") -> str:
        """What a topic is called in short; its id when there is none of it any more."""
        found = self.topics.get(topic)
        return found.button.in_(lang) if found else topic

    def field(self, topic: str, name: str) -> Field | None:
        """The question *name* of a topic's form, as far as the form still has it."""
        found = self.topics.get(topic)
        return next((field for field in found.ask if field.name == name), None) if found else None

    def unit_for(self, topic: str, commune: str) -> Unit:
        """The unit in charge by the first route that fits; the last route fits everything."""
        for route in self.routes:
            if route.topic in {"*", topic} and route.commune in {"*", commune}:
                if route.unit != "@commune":
                    return self.units[route.unit]
                if commune in self.units:
                    return self.units[commune]
        raise LookupError("no route fits: the last one must be for every topic and commune")
