"""What an answer rests on: its template, and the rules of the law behind it, each in its version.

Kept with the answer, so that when a rule changes the cases answered by the old one are found.
A rule is behind an answer when its template rests on it, or when the basis names its article: the
act by its number or its name, and the article, both read leniently. Rather one case too many is
looked at than one too few.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from handlers.content import Content
from handlers.desk.templates import Template
from handlers.law import Rule
from handlers.text import fold

_NUMBER = re.compile(r"\d+/\d{4}")
_ARTICLE = re.compile(r"\b(?:dieu|art|article) (\d+)")
_NAMED = re.compile(r"\b(luat(?: [a-z]+)+?)(?: \d| dieu\b|$)")
MOST = 40  # rules of one answer


class Rest(NamedTuple):
    """A ``rule`` or a ``template``, and the version of it an answer rested on."""

    kind: str
    name: str
    version: str


class Resting(NamedTuple):
    """A case that was answered by an older version of a rule, and when."""

    code: str
    unit: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outdated:
    """How many cases were answered by an older version of a rule, and a page of them."""

    count: int
    cases: tuple[Resting, ...]


def told(template: Template | None, basis: str, content: Content, today: date) -> str:
    """What an answer rests on, as its entry of the history keeps it."""
    rules = dict.fromkeys(rule.id for rule in (content.rests_on(template) if template else ()))
    rules |= dict.fromkeys(rule.id for rule in named(basis, content, today))
    kept = [f"rule:{name}@{content.law[name].version}" for name in list(rules)[:MOST]]
    of = [f"template:{template.id}@{template.version}"] if template else []
    return " ".join([*of, *kept])


def read(kept: str) -> tuple[Rest, ...]:
    """What `told` said."""
    found = (word.replace(":", " ").replace("@", " ").split() for word in kept.split())
    return tuple(Rest(*words) for words in found if len(words) == len(Rest._fields))


def named(basis: str, content: Content, today: date) -> Iterator[Rule]:
    """The rules in force whose source a legal *basis* names."""
    said = _Source.of(basis)
    for rule in content.law.values():
        if rule.in_force(today) and said.names(_Source.of(rule.source)):
            yield rule


class _Source(NamedTuple):
    """Acts by number and by name, and articles."""

    numbers: frozenset[str]
    acts: frozenset[str]
    articles: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "_Source":
        folded = fold(text)
        return cls(
            frozenset(number.lstrip("0") for number in _NUMBER.findall(text)),
            frozenset(_NAMED.findall(folded)),
            frozenset(_ARTICLE.findall(folded)),
        )

    def names(self, source: "_Source") -> bool:
        act = bool(self.numbers & source.numbers) or bool(self.acts & source.acts)
        return act and (not source.articles or bool(self.articles & source.articles))
