"""Finding many phrases in a text at once, however its words were typed.

Theory of operation. The text is cut into sentences, these into words. A phrase is found by its
folded words, in one walk over a tree of all phrases; then it is looked at how they were written.
Folding loses meaning ("tố cáo" and "to cao" look alike), so a word written with accents must have
the right ones, and one without is taken for what it may mean only in a sentence that has hardly
any. What the Telex and VNI keyboards leave behind ("toos caos", "cu7u1") and shorthand are undone.
The time is linear in the length of the text: what may follow a word is bounded by the phrases.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from handlers.text import fold

GAP = 12  # words that "…" in a phrase stands for, at the most
BARE = 0.2  # a sentence with fewer accented words than this share was typed without accents
SLIP = 4  # words of a phrase of which one may have wrong accents
TITLE = 80  # characters of a quotation that is taken for a title
END = "\n"  # stands between the words of two sentences, and is no word
MARK = "qmark"  # a question mark, which is a word here


def _folding_to(letters: int, *ranges: range) -> str:
    """The characters that fold to so many letters inside a word, as they stand in a pattern."""
    points = (point for points in ranges for point in points)
    folded = ((point, fold(f"a{chr(point)}a")) for point in points)
    return "".join(
        re.escape(chr(point))
        for point, word in folded
        if len(word) == letters + 2 and word.isalnum()
    )


# Words fold letter by letter, so that the words of a text and of its fold are the same ones.
_LETTERS = _folding_to(1, range(0x250), range(0x1E00, 0x1F00))
WORDS = re.compile(rf"[{_LETTERS}][{_LETTERS}{_folding_to(0, range(0x300, 0x370))}]*|\?")
_ENDS = re.compile(r"(?<=[.!?…;])\s+|\n+")
_OPENS = re.compile(r"[“\"«]")
_QUOTED = re.compile(rf"[“\"«]([^“”\"«»\n]{{1,{TITLE}}})[”\"»]")
# A syllable never ends in these letters, has a "w", a digit, or the same vowel twice.
_SLIP = re.compile(r"[aeiouy][a-z]*[sfrxj]|w|aa|ee|oo|dd|[a-z][1-9]|([a-z])\1\1")
_TRIPLED = re.compile(r"([a-z])\1{2,}")
_TWICE = re.compile(r"aa|ee|oo|dd")
_TONE = re.compile(r"(?<=[aeiouyw])([a-z]*?)[sfrxj](?=[a-z]*$)")
_VNI = re.compile(r"(?<=[a-z])[1-9]")

Found = tuple[int, int, int]  # where a segment begins and ends, and which it is
_Rule = tuple[int, tuple[str, ...]]  # its number, and the accents that are wanted
Member = tuple[Found, _Rule]  # a segment that may be a word of groups


class _Node:
    """A word in the tree of all phrases: which segment ends here (-1: none), what may follow."""

    __slots__ = ("segment", "then")

    def __init__(self) -> None:
        self.segment = -1
        self.then: dict[str, _Node] = {}


class Hit(NamedTuple):
    """A phrase of *rule* at the words *places*; *bare*: its accents are not known.

    *words* is the phrase itself, folded.
    """

    rule: int
    places: tuple[int, ...]
    bare: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text taken apart: *folded* its words, with `END` after each sentence.

    *accents* are those each word was typed with, None where they are not known. *sentence* tells
    in which one (from 0) each word stands, *bare* which of them were typed without accents.
    *quoted* are the places of words in quotation marks.
    """

    sentences: tuple[str, ...]
    folded: list[str]
    accents: list[str | None]
    sentence: list[int]
    bare: list[bool]
    quoted: frozenset[int]


Spelled = tuple[tuple[str, ...], tuple[str | None, ...]]
Spell = Callable[[str], Spelled]


def speller(shorthand: Mapping[str, tuple[str, ...]], words_known: Container[str]) -> Spell:
    """How a word as it was typed is found by phrases, and the accents, None where unknown.

    *shorthand* is written out; one of *words_known*, those of the phrases, is no slip of the
    keyboard. What is typed often is worked out once.
    """

    @lru_cache(maxsize=16384)
    def spell(word: str) -> Spelled:
        plain = MARK if word == "?" else fold(word)
        if plain in shorthand and len(word) <= len(plain):
            return shorthand[plain], (None,) * len(shorthand[plain])
        meant = plain if plain in words_known else _undone(plain)
        return (meant,), (marks(word) if meant == plain else None,)

    return spell


def take_apart(text: str, spell: Spell) -> Text:
    """The sentences and words of a cleaned *text*."""
    sentences = tuple(filter(None, _ENDS.split(text)))
    folded, accents = list[str](), list[str | None]()
    numbers, bare = list[int](), list[bool]()
    quoted: set[int] = set()
    for number, sentence in enumerate(sentences):
        words = WORDS.findall(sentence)
        first = len(folded)
        for spelled, typed in map(spell, words):
            folded += spelled
            accents += typed
        marked = len(words) - sum(map(str.isascii, words))
        bare.append(marked <= BARE * len(words))
        if _OPENS.search(sentence):
            lengths = (len(spell(word)[0]) for word in words)
            quoted.update(_in_quotes(sentence, list(accumulate(lengths, initial=first))))
        folded.append(END)
        accents.append(None)
        numbers += [number] * (len(folded) - len(numbers))
    return Text(sentences, folded, accents, numbers, bare, frozenset(quoted))


def _in_quotes(sentence: str, places: list[int]) -> Iterator[int]:
    """The places of the words in quotation marks; *places* are where each word of it stands."""
    begins = [match.start() for match in WORDS.finditer(sentence)]
    for match in _QUOTED.finditer(sentence):
        first, last = (bisect_left(begins, edge) for edge in match.span(1))
        yield from range(places[first], places[last])


@lru_cache(maxsize=4096)
def marks(word: str) -> str:
    """The accents of a word without their places: "hoà" and "hòa" have the same."""
    parts = unicodedata.normalize("NFD", word.casefold().replace("ð", "đ"))
    return "".join(sorted(c for c in parts if c == "đ" or unicodedata.combining(c)))


def _undone(word: str) -> str:
    """A word as it was meant whose keyboard left Telex or VNI signs, or was pressed for long."""
    if word == MARK or not _SLIP.search(word):
        return word
    word = _TRIPLED.sub(r"\1", word)
    word = _TWICE.sub(lambda match: match[0][0], word)
    word = _TONE.sub(r"\1", word, count=1)
    return _VNI.sub("", word.replace("w", "") or word)


def known(phrase: str) -> tuple[tuple[str, str], ...]:
    """The words of a phrase: folded, and the accents they must have."""
    return tuple(
        (MARK, "") if word == "?" else (fold(word), marks(word)) for word in WORDS.findall(phrase)
    )


@dataclass
class Phrases:
    """Many phrases, each of a rule: found together. One "…" in a phrase is a few words more."""

    _tree: _Node = field(default_factory=_Node)
    _segments: list[tuple[str, ...]] = field(default_factory=list)
    _alone: dict[int, list[_Rule]] = field(default_factory=dict)
    _apart: dict[int, dict[int, list[_Rule]]] = field(default_factory=dict)
    _grouped: dict[int, list[_Rule]] = field(default_factory=dict)
    _seconds: set[int] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def add(self, phrase: str, rule: int) -> None:
        """One more phrase of *rule*; ValueError when it can't be found."""
        first, *more = (known(part) for part in phrase.split("…"))
        if len(more) > 1 or not all((first, *more)):
            raise ValueError(phrase)
        wanted = tuple(mark for part in (first, *more) for _, mark in part)
        here = self._segment(first)
        if more:
            then = self._segment(more[0])
            self._apart.setdefault(here, {}).setdefault(then, []).append((rule, wanted))
            self._seconds.add(then)
        else:
            self._alone.setdefault(here, []).append((rule, wanted))

    def add_to(self, groups: int, phrase: str) -> None:
        """One more phrase of *groups*, a bit for each; ValueError when without words, or a gap."""
        words = known(phrase)
        if not words or "…" in phrase:
            raise ValueError(phrase)
        here = self._segment(words)
        self._grouped.setdefault(here, []).append((groups, tuple(mark for _, mark in words)))

    def _segment(self, words: Iterable[tuple[str, str]]) -> int:
        node, path = self._tree, tuple(folded for folded, _ in words)
        self.words.update(path)
        for folded in path:
            node = node.then.setdefault(folded, _Node())
        if node.segment < 0:
            node.segment = len(self._segments)
            self._segments.append(path)
        return node.segment

    def segments(self, text: Text) -> list[Found]:
        """The parts of phrases in *text*: where each begins and ends, and which it is."""
        found, first, folded = list[Found](), self._tree.then, text.folded
        for at, word in enumerate(folded):
            node = first.get(word)
            end = at + 1
            while node is not None:
                if node.segment >= 0:
                    found.append((at, end, node.segment))
                if not node.then:
                    break
                node = node.then.get(folded[end])
                end += 1
        return found

    def find(self, found: list[Found], text: Text) -> Iterator[Hit]:
        """Every phrase of the *found* segments of *text*, in the order of their first words."""
        seconds = [segment for segment in found if segment[2] in self._seconds]
        begins, nearest = [at for at, _, _ in seconds], 0
        alone, accents = self._alone, text.accents
        for at, end, segment in found:
            for rule in alone.get(segment, ()):
                if (typed := accents[at]) and typed != rule[1][0] and len(rule[1]) < SLIP:
                    continue
                if hit := _written(rule, range(at, end), text, self._segments[segment]):
                    yield hit
            if segment in self._apart:
                nearest = bisect_left(begins, end, nearest)
                if nearest == len(begins) or begins[nearest] > end + GAP:
                    continue
                yield from self._further((at, end, segment), seconds, nearest, text)

    def _further(
        self, first: Found, seconds: list[Found], nearest: int, text: Text
    ) -> Iterator[Hit]:
        """The phrases of two segments that begin with *first*: the nearest second counts."""
        at, end, segment = first
        sentence, then, seen = text.sentence[at], self._apart[segment], set[int]()
        for later in range(nearest, len(seconds)):
            start, stop, other = seconds[later]
            if start > end + GAP or text.sentence[start] != sentence:
                break
            if other in seen or other not in then:
                continue
            seen.add(other)
            words = self._segments[segment] + self._segments[other]
            for rule in then[other]:
                if hit := _written(rule, (*range(at, end), *range(start, stop)), text, words):
                    yield hit

    def gather(self, found: list[Found], text: Text) -> list[tuple[int, list[Member]]]:
        """Of each sentence with words of groups: which groups, a bit for each, and the words."""
        there: dict[int, int] = {}
        members: dict[int, list[Member]] = {}
        grouped, accents, sentences = self._grouped, text.accents, text.sentence
        for each in found:
            at, _, segment = each
            for rule in grouped.get(segment, ()):
                if (typed := accents[at]) and typed != rule[1][0] and len(rule[1]) < SLIP:
                    continue
                sentence = sentences[at]
                if sentence not in there:
                    there[sentence], members[sentence] = 0, []
                there[sentence] |= rule[0]
                members[sentence].append((each, rule))
        return [(bits, members[sentence]) for sentence, bits in there.items()]

    def members(self, found: Iterable[Member], groups: int, text: Text) -> Iterator[Hit]:
        """Those that are words of *groups*: hits with the bits of all their groups as rule."""
        for (at, end, segment), rule in found:
            if rule[0] & groups and (
                hit := _written(rule, range(at, end), text, self._segments[segment])
            ):
                yield hit


def _written(rule: _Rule, places: Sequence[int], text: Text, words: tuple[str, ...]) -> Hit | None:
    """The hit, if its words are written as they must be; one wrong accent in four is a slip."""
    if len(places) == 1 and text.accents[places[0]] == rule[1][0]:
        return Hit(rule[0], (places[0],), False, words)  # noqa: FBT003 - most are so
    slips, without, accented = len(places) // SLIP, False, text.accents
    for place, accents in zip(places, rule[1], strict=True):
        typed = accented[place]
        if typed == accents:
            continue
        if typed is None or (not typed and text.bare[text.sentence[place]]):
            without = without or bool(accents)
        elif slips:
            slips -= 1
        else:
            return None
    return Hit(rule[0], tuple(places), without, words)
