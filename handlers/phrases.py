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
from typing import NamedTuple, cast

from handlers.text import fold

GAP = 12  # words that "…" in a phrase stands for, at the most
BARE = 0.2  # a sentence with fewer accented words than this share was typed without accents
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

_Node = dict[str, "_Node | int"]
Found = tuple[int, int, int]  # where a segment begins and ends, and which it is
_Rule = tuple[int, tuple[str, ...]]  # its number, and the accents that are wanted
_ID = ""  # where the tree keeps which segment ends here


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


Spelled = tuple[tuple[str, ...], str | None]
Spell = Callable[[str], Spelled]


def speller(shorthand: Mapping[str, tuple[str, ...]], words_known: Container[str]) -> Spell:
    """How a word as it was typed is found by phrases, and its accents, None where unknown.

    *shorthand* is written out; one of *words_known*, those of the phrases, is no slip of the
    keyboard. What is typed often is worked out once.
    """

    @lru_cache(maxsize=16384)
    def spell(word: str) -> Spelled:
        plain = MARK if word == "?" else fold(word)
        if plain in shorthand and len(word) <= len(plain):
            return shorthand[plain], None
        meant = plain if plain in words_known else _undone(plain)
        return (meant,), marks(word) if meant == plain else None

    return spell


def take_apart(text: str, spell: Spell) -> Text:
    """The sentences and words of a cleaned *text*."""
    sentences = tuple(filter(None, _ENDS.split(text)))
    folded, accents = list[str](), list[str | None]()
    numbers, bare = list[int](), list[bool]()
    quoted: set[int] = set()
    for number, sentence in enumerate(sentences):
        words = WORDS.findall(sentence)
        places = []
        for word in words:
            places.append(len(folded))
            spelled, typed = spell(word)
            folded += spelled
            accents += (typed,) * len(spelled)
        marked = len(words) - sum(map(str.isascii, words))
        bare.append(marked <= BARE * len(words))
        if _OPENS.search(sentence):
            quoted.update(_in_quotes(sentence, [*places, len(folded)]))
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

    _tree: _Node = field(default_factory=dict)
    _segments: list[tuple[str, ...]] = field(default_factory=list)
    _alone: dict[int, list[_Rule]] = field(default_factory=dict)
    _apart: dict[tuple[int, int], list[_Rule]] = field(default_factory=dict)
    _grouped: dict[int, list[_Rule]] = field(default_factory=dict)
    _bits: dict[int, int] = field(default_factory=dict)
    _firsts: set[int] = field(default_factory=set)
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
            self._apart.setdefault((here, then), []).append((rule, wanted))
            self._firsts.add(here)
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
        self._bits[here] = self._bits.get(here, 0) | groups

    def _segment(self, words: Iterable[tuple[str, str]]) -> int:
        node, path = self._tree, tuple(folded for folded, _ in words)
        self.words.update(path)
        for folded in path:
            node = cast("_Node", node.setdefault(folded, {}))
        if _ID not in node:
            node[_ID] = len(self._segments)
            self._segments.append(path)
        return cast("int", node[_ID])

    def segments(self, text: Text) -> list[Found]:
        """The parts of phrases in *text*: where each begins and ends, and which it is."""
        found, tree, folded = list[Found](), self._tree, text.folded
        for at, word in enumerate(folded):
            node: _Node | int | None = tree.get(word)
            end = at
            while isinstance(node, dict):
                end += 1
                segment = node.get(_ID)
                if isinstance(segment, int):
                    found.append((at, end, segment))
                node = node.get(folded[end])
        return found

    def find(self, found: list[Found], text: Text) -> Iterator[Hit]:
        """Every phrase of the *found* segments of *text*, in the order of their first words."""
        seconds = [segment for segment in found if segment[2] in self._seconds]
        begins, nearest = [at for at, _, _ in seconds], 0
        for at, end, segment in found:
            for rule in self._alone.get(segment, ()):
                if hit := _written(rule, range(at, end), text, self._segments[segment]):
                    yield hit
            if segment in self._firsts:
                nearest = bisect_left(begins, end, nearest)
                yield from self._further((at, end, segment), seconds, nearest, text)

    def _further(
        self, first: Found, seconds: list[Found], nearest: int, text: Text
    ) -> Iterator[Hit]:
        """The phrases of two segments that begin with *first*: the nearest second counts."""
        at, end, segment = first
        sentence, seen = text.sentence[at], set[int]()
        for later in range(nearest, len(seconds)):
            start, stop, other = seconds[later]
            if start > end + GAP or text.sentence[start] != sentence:
                break
            if other in seen or (segment, other) not in self._apart:
                continue
            seen.add(other)
            words = self._segments[segment] + self._segments[other]
            for rule in self._apart[segment, other]:
                if hit := _written(rule, (*range(at, end), *range(start, stop)), text, words):
                    yield hit

    def gather(self, found: list[Found], text: Text) -> list[tuple[int, list[Found]]]:
        """Of each sentence with words of groups: which groups, a bit for each, and the words."""
        groups: dict[int, int] = {}
        members: dict[int, list[Found]] = {}
        for each in found:
            if bits := self._bits.get(each[2]):
                sentence = text.sentence[each[0]]
                groups[sentence] = groups.get(sentence, 0) | bits
                members.setdefault(sentence, []).append(each)
        return [(groups[sentence], members[sentence]) for sentence in members]

    def members(self, found: Iterable[Found], groups: int, text: Text) -> Iterator[Hit]:
        """The segments that are words of *groups*: hits with the bits of theirs as their rule."""
        for at, end, segment in found:
            if self._bits[segment] & groups:
                for rule in self._grouped[segment]:
                    if hit := _written(rule, range(at, end), text, self._segments[segment]):
                        yield hit


def _written(rule: _Rule, places: Sequence[int], text: Text, words: tuple[str, ...]) -> Hit | None:
    """The hit, if its words are written as they must be; one wrong accent in four is a slip."""
    unlike, without = 0, False
    for place, accents in zip(places, rule[1], strict=True):
        typed = text.accents[place]
        if typed == accents:
            continue
        if typed is None or (not typed and text.bare[text.sentence[place]]):
            without = without or bool(accents)
        else:
            unlike += 1
    if unlike > len(places) // 4:
        return None
    return Hit(rule[0], tuple(places), without, words)
