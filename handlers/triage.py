"""What a text is by its content and its demand, not by the title its writer gave it.

Circular 05/2021/TT-TTCP: a letter is sorted by what it tells and asks for. The bot proposes, the
citizen confirms, a dispatcher corrects: nothing is decided here. The clues are data
(`content/triage.toml`): phrases, each with the kind it speaks for and how much.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, reduce
from operator import or_
from typing import Self, get_args

from pydantic import Field, field_validator, model_validator

from handlers.model import Frozen
from handlers.phrases import Found, Hit, Phrases, Spell, Text, speller, take_apart
from handlers.text import TEENCODE, clean, fold
from handlers.tickets import Kind
from handlers.together import Together, meeting

MOST = 20_000  # characters that are read: as much as one answer or addition may have
WEAK = 2  # from here on a text may be of a kind
PAST = 3  # what is over weighs half, and never more than this
SIGNS = 2  # of as many signs that it is over, each halves it

# DOMAIN: where kinds mix, the first of these that speaks surely is what the whole is taken for.
PRIORITY: tuple[Kind, ...] = (
    "emergency", "denunciation", "complaint", "data_request", "suggestion", "feedback", "question",
    "other",
)  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
# Whatever else is missed: somebody is in danger, or must be protected.
CAUGHT: frozenset[Kind] = frozenset({"emergency", "denunciation", "complaint"})
EMERGENCY = "emergency_"  # the rules of the law that are numbers to call, and then the number
_Masks = dict[int, list[tuple[tuple[int, ...], Kind]]]
_Signs = Counter[tuple[int, Kind]]  # by the number of a sentence and what it speaks for
_Meeting = tuple[int, tuple[int, ...], int]  # a number, a bit for each group, all of these
# From which weight on it is sure. Denunciations must be caught, whatever else is asked once more.
SURE: Mapping[Kind, int] = dict.fromkeys(KINDS, 4) | {"denunciation": 3, "other": 3}


class Clue(Frozen):
    """Phrases that speak for a *kind* with so much *weight*; ``…`` in one is a few words more.

    *bare* is their weight in a text without accents, where less can be told (None: the same).
    *call* are the numbers to call first, in an emergency.
    """

    kind: Kind
    weight: int = Field(ge=1, le=9)
    words: tuple[str, ...] = Field(min_length=1)
    bare: int | None = Field(default=None, ge=0, le=9)
    call: tuple[str, ...] = ()

    @field_validator("words")
    @classmethod
    def can_be_found(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        """Each phrase has words, and at most one ``…`` between them."""
        return _sound(words)


class Ignored(Frozen):
    """Phrases that speak for none of *kinds*, whatever their words would; empty: for none at all.

    With *past* they only weaken their sentence: it tells of something that is over.
    """

    kinds: tuple[Kind, ...] = ()
    words: tuple[str, ...] = Field(min_length=1)
    past: bool = False

    @field_validator("words")
    @classmethod
    def can_be_found(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        """Each phrase has words, and at most one ``…`` between them."""
        return _sound(words)


def _sound(words: tuple[str, ...]) -> tuple[str, ...]:
    for phrase in words:
        try:
            Phrases().add(phrase, 0)
        except ValueError:
            said = f'"{phrase}" không tìm được — viết chữ ở hai bên dấu "…", dấu đó một lần'
            raise ValueError(said) from None
    return words


@dataclass(frozen=True, slots=True)
class Spoken:
    """A *kind* with its *weight* and the sentences (from 0) that speak for it."""

    kind: Kind
    weight: int
    sentences: tuple[int, ...]

    @property
    def sure(self) -> bool:
        """Whether the words leave hardly a doubt."""
        return self.weight >= SURE[self.kind]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the *sentences* of a text, the kinds *found* in order of priority.

    *calls* are the numbers to call first; *turns* the sentences that turn to another matter.
    """

    sentences: tuple[str, ...] = ()
    found: tuple[Spoken, ...] = ()
    calls: tuple[str, ...] = ()
    turns: tuple[int, ...] = ()

    @property
    def kind(self) -> Kind:
        """What the whole is taken for: the first that is sure, else what weighs most."""
        sure = next((spoken.kind for spoken in self.found if spoken.sure), None)
        if sure or not self.found:
            return sure or "feedback"
        return max(self.found, key=lambda spoken: spoken.weight).kind

    def of(self, kind: Kind) -> Spoken | None:
        """What speaks for *kind*; None: nothing."""
        return next((spoken for spoken in self.found if spoken.kind == kind), None)

    def surely(self, kind: Kind) -> bool:
        """Whether the words surely speak for *kind*."""
        spoken = self.of(kind)
        return spoken is not None and spoken.sure


class Rules(Frozen):
    """The clues, what is ignored, and *short* hand with what it stands for.

    *groups* are the words that speak *together*, by the name of each group. *turns* are the
    phrases by which a writer turns to another matter.
    """

    clue: tuple[Clue, ...] = ()
    together: tuple[Together, ...] = ()
    groups: dict[str, tuple[str, ...]] = {}
    ignore: tuple[Ignored, ...] = ()
    short: dict[str, str] = {}
    turns: tuple[str, ...] = ()

    @field_validator("turns")
    @classmethod
    def can_be_found(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        """Each phrase has words, and at most one ``…`` between them."""
        return _sound(words)

    @field_validator("groups")
    @classmethod
    def are_words(cls, groups: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """The words of a group have no ``…``."""
        for name, words in groups.items():
            for phrase in words:
                try:
                    Phrases().add_to(0, phrase)
                except ValueError:
                    said = f'"{phrase}" trong nhóm "{name}" không tìm được — viết chữ, bỏ dấu "…"'
                    raise ValueError(said) from None
        return groups

    @model_validator(mode="after")
    def groups_are_there(self) -> Self:
        """Each group that speaks together with others has words."""
        for number, together in enumerate(self.together, 1):
            for name in together.of:
                if not self.groups.get(name):
                    said = f'together[{number}].of: không có nhóm "{name}", hoặc nhóm chưa có chữ'
                    raise ValueError(f"{said} — thêm vào [groups]")
        return self

    def alarm(self, text: str) -> Reading:
        """What of *text* tells of a life in danger; the same words are read once."""
        return self._alarm(text)

    @cached_property
    def _alarm(self) -> Callable[[str], Reading]:
        urgent = Rules(
            clue=tuple(clue for clue in self.clue if clue.kind == "emergency"),
            together=tuple(clue for clue in self.together if clue.kind == "emergency"),
            groups=self.groups,
            ignore=tuple(o for o in self.ignore if not o.kinds or "emergency" in o.kinds),
            short=self.short,
        )
        return lru_cache(maxsize=64)(urgent.read)

    def read(self, text: str) -> Reading:
        """What *text* is, by its words. Pure, and linear in the length of the text."""
        parts = take_apart(clean(text[:MOST]), self._spell)
        segments = self._phrases.segments(parts)
        hits = list(self._phrases.find(segments, parts))
        first_ignored = len(self._clues)
        turn = first_ignored + len(self.ignore)
        masked, past = self._ignored((h for h in hits if first_ignored <= h.rule < turn), parts)
        spoken = [
            hit
            for hit in hits
            if hit.rule < first_ignored and _heard(self._clues[hit.rule].kind, hit, parts, masked)
        ]
        spoken += self._met(segments, parts, masked)
        spoken.sort(key=self._weight, reverse=True)
        found = self._gathered(spoken, parts, past)
        turns = {parts.sentence[h.places[0]] for h in hits if h.rule == turn}
        return replace(found, turns=tuple(sorted(turns)))

    @cached_property
    def _clues(self) -> tuple[Clue | Together, ...]:
        return (*self.clue, *self.together)

    @cached_property
    def _bits(self) -> dict[str, int]:
        """A bit for each group that speaks."""
        names = dict.fromkeys(name for each in self.together for name in each.of)
        return {name: 1 << number for number, name in enumerate(names)}

    @cached_property
    def _groups(self) -> dict[Kind, list[_Meeting]]:
        """What speaks together, by what it speaks for."""
        found: dict[Kind, list[_Meeting]] = {}
        for number, each in enumerate(self.together, len(self.clue)):
            bits = tuple(dict.fromkeys(self._bits[name] for name in each.of))
            found.setdefault(each.kind, []).append((number, bits, sum(bits)))
        return found

    @cached_property
    def _phrases(self) -> Phrases:
        """All phrases, by the number of their clue; what is ignored is counted on behind these."""
        phrases = Phrases()
        rules = dict(enumerate(clue.words for clue in self.clue))
        behind = (*(other.words for other in self.ignore), self.turns)
        for number, words in (rules | dict(enumerate(behind, len(self._clues)))).items():
            for phrase in words:
                phrases.add(phrase, number)
        groups: dict[str, int] = {}
        for name, bit in self._bits.items():
            for phrase in self.groups[name]:
                groups[phrase] = groups.get(phrase, 0) | bit
        for phrase, bits in groups.items():
            phrases.add_to(bits, phrase)
        return phrases

    @cached_property
    def _spell(self) -> Spell:
        both = TEENCODE | {fold(short): fold(whole) for short, whole in self.short.items()}
        shorthand = {short: tuple(whole.split()) for short, whole in both.items()}
        return speller(shorthand, self._phrases.words)

    def _ignored(self, hits: Iterable[Hit], text: Text) -> tuple[_Masks, _Signs]:
        """What masks the word at each place, and the signs that a sentence tells of what is over.

        Two signs that share a word are one.
        """
        masked: _Masks = {}
        past, used = _Signs(), set[tuple[int, Kind]]()
        for hit in hits:
            ignored = self.ignore[hit.rule - len(self._clues)]
            for kind in ignored.kinds or KINDS:
                places = {(place, kind) for place in hit.places}
                if not ignored.past:
                    for place in hit.places:
                        masked.setdefault(place, []).append((hit.places, kind))
                elif used.isdisjoint(places):
                    used |= places
                    past[text.sentence[hit.places[0]], kind] += 1
        return masked, past

    def _met(self, segments: list[Found], text: Text, masked: _Masks) -> Iterator[Hit]:
        """What the words of each sentence say together, once a sentence."""
        every = [groups for rules in self._groups.values() for _, _, groups in rules]
        for there, found in self._phrases.gather(segments, text):
            wanted = reduce(or_, [groups for groups in every if there & groups == groups], 0)
            hits = list(self._phrases.members(found, wanted, text)) if wanted else []
            for kind, rules in self._groups.items() if hits else ():
                heard = [hit for hit in hits if _heard(kind, hit, text, masked)]
                said = reduce(or_, [hit.rule for hit in heard], 0)
                for number, bits, groups in rules:
                    if said & groups == groups and (hit := meeting(number, bits, heard)):
                        yield hit

    def _weight(self, hit: Hit) -> int:
        clue = self._clues[hit.rule]
        return clue.bare if hit.bare and clue.bare is not None else clue.weight

    def _gathered(self, hits: Iterable[Hit], text: Text, past: _Signs) -> Reading:
        """The weights by kind, heaviest hits first: of two that share a word, the first counts."""
        tallies: dict[Kind, _Tally] = {}
        calls: dict[str, None] = {}
        for hit in hits:
            clue, weight = self._clues[hit.rule], self._weight(hit)
            sentence = text.sentence[hit.places[0]]
            now = isinstance(clue, Together) and clue.now
            over = 0 if now else min(SIGNS, past[sentence, clue.kind])
            tally = tallies.get(clue.kind)
            if tally is None:
                tally = tallies[clue.kind] = _Tally(sparing=clue.kind == "emergency")
            if weight and tally.add(hit, weight, sentence, over):
                calls.update(dict.fromkeys(clue.call))
        found = tuple(
            Spoken(kind, tallies[kind].weight, tuple(sorted(tallies[kind].where)))
            for kind in PRIORITY
            if kind in tallies and tallies[kind].weight >= WEAK
        )
        return Reading(text.sentences, found, tuple(calls))


def _heard(kind: Kind, hit: Hit, text: Text, masked: _Masks) -> bool:
    """Whether nothing masks the hit: a longer clue around what is ignored speaks after all."""
    if not masked.keys().isdisjoint(hit.places):
        for place in hit.places:
            for places, its in masked.get(place, ()):
                if its == kind and not set(places) < set(hit.places):
                    return False
    # A title says nothing, but who is called to in quotation marks may be in danger.
    return kind == "emergency" or text.quoted.isdisjoint(hit.places)


class _Tally:
    """What speaks for one kind so far; *sparing*: words that say little stay doubtful together."""

    def __init__(self, *, sparing: bool) -> None:
        self._sparing = sparing
        self.where: set[int] = set()
        self._now = self._over = self._hints = 0
        self._used: set[int] = set()
        self._said: set[tuple[str, ...]] = set()

    @property
    def weight(self) -> int:
        return self._now + self._hints + min(PAST, self._over >> SIGNS)

    def add(self, hit: Hit, weight: int, sentence: int, over: int) -> bool:
        """Count a hit, unless its words were counted; said twice, it weighs as much as once.

        *over* are the signs that its sentence tells of what is over.
        """
        if not self._used.isdisjoint(hit.places):
            return False
        self._used.update(hit.places)
        self.where.add(sentence)
        if hit.words not in self._said:
            self._said.add(hit.words)
            if over:
                self._over += weight << SIGNS - over
            elif weight <= WEAK and self._sparing:
                self._hints = min(PAST, self._hints + weight)
            else:
                self._now += weight
        return True


NO_RULES = Rules()
