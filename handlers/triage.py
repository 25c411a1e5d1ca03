"""What a text is by its content and its demand, not by the title its writer gave it.

Circular 05/2021/TT-TTCP: a letter is sorted by what it tells and asks for. The bot proposes, the
citizen confirms, a dispatcher corrects: nothing is decided here. The clues are data
(`content/triage.toml`): phrases, each with the kind it speaks for and how much.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import get_args

from pydantic import Field, field_validator

from handlers.model import Frozen
from handlers.phrases import Hit, Phrases, Spell, Text, speller, take_apart
from handlers.text import TEENCODE, clean, fold
from handlers.tickets import Kind

MOST = 20_000  # characters that are read: as much as one answer or addition may have
WEAK = 2  # from here on a text may be of a kind
PAST = 3  # what is over weighs half, and never more than this

# DOMAIN: where kinds mix, the first of these that speaks surely is what the whole is taken for.
PRIORITY: tuple[Kind, ...] = (
    "emergency", "denunciation", "complaint", "data_request", "suggestion", "feedback", "question",
    "other",
)  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
# Whatever else is missed: somebody is in danger, or must be protected.
CAUGHT: frozenset[Kind] = frozenset({"emergency", "denunciation", "complaint"})
EMERGENCY = "emergency_"  # the rules of the law that are numbers to call, and then the number
_Masks = dict[int, list[tuple[tuple[int, ...], tuple[Kind, ...]]]]
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

    *turns* are the phrases by which a writer turns to another matter.
    """

    clue: tuple[Clue, ...] = ()
    ignore: tuple[Ignored, ...] = ()
    short: dict[str, str] = {}
    turns: tuple[str, ...] = ()

    @field_validator("turns")
    @classmethod
    def can_be_found(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        """Each phrase has words, and at most one ``…`` between them."""
        return _sound(words)

    def alarm(self, text: str) -> Reading:
        """What of *text* tells of a life in danger; the same words are read once."""
        return self._alarm(text)

    @cached_property
    def _alarm(self) -> Callable[[str], Reading]:
        urgent = Rules(
            clue=tuple(clue for clue in self.clue if clue.kind == "emergency"),
            ignore=tuple(o for o in self.ignore if not o.kinds or "emergency" in o.kinds),
            short=self.short,
        )
        return lru_cache(maxsize=64)(urgent.read)

    def read(self, text: str) -> Reading:
        """What *text* is, by its words. Pure, and linear in the length of the text."""
        parts = take_apart(clean(text[:MOST]), self._spell)
        hits = list(self._phrases.find(parts))
        first_ignored = len(self.clue)
        turn = first_ignored + len(self.ignore)
        masked, past = self._ignored((h for h in hits if first_ignored <= h.rule < turn), parts)
        spoken = [h for h in hits if h.rule < first_ignored and self._speaks(h, parts, masked)]
        spoken.sort(key=self._weight, reverse=True)
        found = self._gathered(spoken, parts, past)
        turns = {parts.sentence(h.places[0]) for h in hits if h.rule == turn}
        return replace(found, turns=tuple(sorted(turns)))

    @cached_property
    def _phrases(self) -> Phrases:
        """All phrases, by the number of their clue; what is ignored is counted on behind these."""
        phrases = Phrases()
        rules = [*(clue.words for clue in self.clue), *(other.words for other in self.ignore)]
        rules.append(self.turns)
        for number, words in enumerate(rules):
            for phrase in words:
                phrases.add(phrase, number)
        return phrases

    @cached_property
    def _spell(self) -> Spell:
        both = TEENCODE | {fold(short): fold(whole) for short, whole in self.short.items()}
        shorthand = {short: tuple(whole.split()) for short, whole in both.items()}
        return speller(shorthand, self._phrases.words)

    def _ignored(self, hits: Iterable[Hit], text: Text) -> tuple[_Masks, set[tuple[int, Kind]]]:
        """What masks the word at each place, and the sentences that tell of what is over."""
        masked: _Masks = {}
        past: set[tuple[int, Kind]] = set()
        for hit in hits:
            ignored = self.ignore[hit.rule - len(self.clue)]
            kinds = ignored.kinds or KINDS
            if ignored.past:
                past.update((text.sentence(hit.places[0]), kind) for kind in kinds)
            else:
                for place in hit.places:
                    masked.setdefault(place, []).append((hit.places, kinds))
        return masked, past

    def _speaks(self, hit: Hit, text: Text, masked: _Masks) -> bool:
        """Whether nothing masks the hit: a longer clue around what is ignored speaks after all."""
        kind = self.clue[hit.rule].kind
        for place in hit.places:
            for places, kinds in masked.get(place, ()):
                around = len(places) < len(hit.places) and set(places) < set(hit.places)
                if kind in kinds and not around:
                    return False
        # A title says nothing, but who is called to in quotation marks may be in danger.
        return kind == "emergency" or text.quoted.isdisjoint(hit.places)

    def _weight(self, hit: Hit) -> int:
        clue = self.clue[hit.rule]
        return clue.bare if hit.bare and clue.bare is not None else clue.weight

    def _gathered(self, hits: Iterable[Hit], text: Text, past: set[tuple[int, Kind]]) -> Reading:
        """The weights by kind, heaviest hits first: of two that share a word, the first counts."""
        tallies: dict[Kind, _Tally] = {}
        calls: dict[str, None] = {}
        for hit in hits:
            clue, weight = self.clue[hit.rule], self._weight(hit)
            sentence = text.sentence(hit.places[0])
            over = (sentence, clue.kind) in past
            tally = tallies.setdefault(clue.kind, _Tally(sparing=clue.kind == "emergency"))
            if weight and tally.add(hit, weight, sentence, over):
                calls.update(dict.fromkeys(clue.call))
        found = tuple(
            Spoken(kind, tallies[kind].weight, tuple(sorted(tallies[kind].where)))
            for kind in PRIORITY
            if kind in tallies and tallies[kind].weight >= WEAK
        )
        return Reading(text.sentences, found, tuple(calls))


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
        return self._now + self._hints + min(PAST, self._over // 2)

    def add(self, hit: Hit, weight: int, sentence: int, over: bool) -> bool:  # noqa: FBT001 - a row
        """Count a hit, unless its words were counted; said twice, it weighs as much as once."""
        if not self._used.isdisjoint(hit.places):
            return False
        self._used.update(hit.places)
        self.where.add(sentence)
        if hit.words not in self._said:
            self._said.add(hit.words)
            if over:
                self._over += weight
            elif weight <= WEAK and self._sparing:
                self._hints = min(PAST, self._hints + weight)
            else:
                self._now += weight
        return True


NO_RULES = Rules()
