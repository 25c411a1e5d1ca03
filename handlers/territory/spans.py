"""Where in a text names of places stand.

Every run of at most four words that spells a name is a candidate; of those that overlap, the
choice that explains the most letters is taken ("tam an phu ninh" is Tam An and Phú Ninh, not
An Phú). The word before a name then says which of its meanings is meant ("xã", "huyện").
"""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from handlers.territory.names import Index, Name
from handlers.territory.spelling import Spelling, Word, join

Prefix = Literal["", "commune", "district", "province", "lesser"]

_MOST_WORDS = 4
_SHORT = 5  # letters of a name that counts only as typed (An Hải is not "anh ai")
_SHORTEST = 4  # letters of a name that ordinary words may spell (Ba, Tư, Lăng, Ga Ri)
_AT = frozenset(("o", "tai", "thuoc"))
_KINDS = {"x": "xa", "p": "phuong", "tt": "thi tran", "dk": "dac khu"}
_PREFIXES: dict[str, Prefix] = {
    **dict.fromkeys(("xa", "phuong", "thi tran", "dac khu", *_KINDS), "commune"),
    **dict.fromkeys(("huyen", "h", "quan", "q", "thi xa", "tx", "thanh pho", "tp"), "district"),
    **dict.fromkeys(("tinh", "t"), "province"),
    **dict.fromkeys(("thon", "xom", "noc", "duong", "pho", "cho", "truong"), "lesser"),
}
_LEVELS = {
    "commune": {"unit", "former"},
    "district": {"district"},
    "province": {"province", "elsewhere"},
}


class Lead(NamedTuple):
    """What stands before a name: *start* is the first word of the prefix, or of the name."""

    start: int
    prefix: Prefix
    kind: str
    at: bool


class Span(NamedTuple):
    """The words from *start* up to *end* spell each of *names*, of which *prefix* chose.

    *kind* is the folded kind typed before a commune, *at* whether a word like "ở" stands there.
    """

    start: int
    end: int
    typed: Spelling
    names: tuple[Name, ...]
    prefix: Prefix = ""
    kind: str = ""
    at: bool = False


def find_spans(words: Sequence[Word], index: Index) -> list[Span]:
    """The names in *words*, in order and without overlap."""
    found = [span for start in range(len(words)) for span in _at(words, start, index)]
    accented = any(word.spelling.accented for word in words)
    likely = [
        span._replace(names=names)
        for span in found
        if (names := _likely(words, span, found, accented=accented))
    ]
    return _with_prefixes(words, _cover(len(words), likely))


def is_prefix(word: str) -> bool:
    """Whether the folded *word* introduces a name and is none ("xa", "thanh pho", "o")."""
    return word in _AT or _PREFIXES.get(word, "lesser") != "lesser"


def _at(words: Sequence[Word], start: int, index: Index) -> Iterator[Span]:
    typed = Spelling("", "", "")
    for end in range(start + 1, min(start + _MOST_WORDS, len(words)) + 1):
        if words[end - 1].part != words[start].part:
            return
        typed = join(typed, words[end - 1].spelling)
        if typed.key in index:
            yield Span(start, end, typed, tuple(index[typed.key]))


def _likely(
    words: Sequence[Word], span: Span, found: Sequence[Span], *, accented: bool
) -> tuple[Name, ...]:
    """The names that are meant and not spelt by chance.

    The shortest count only with "xã" or "ở" before, with their district after, or alone.
    """
    if len(span.typed.key) > _SHORT:
        return span.names
    first = words[span.start].spelling.key
    names = tuple(
        name
        for name in span.names
        if (not accented or name.spelling == span.typed)
        and (name.first in {first, span.typed.key} or span.end - span.start == 1)
    )
    if len(span.typed.key) > _SHORTEST:
        return names
    lead = before(words, span.start)
    alone = not any(
        0 <= near < len(words) and words[near].part == words[span.start].part
        for near in (lead.start - 1, span.end)
    )
    if lead.prefix in {"commune", "province"} or lead.at or alone:
        return names
    after = _districts_from(words, span.end, found)
    return tuple(name for name in names if name.districts & after)


def _districts_from(words: Sequence[Word], position: int, found: Sequence[Span]) -> set[str]:
    """The districts that a name beginning at *position*, or after a prefix there, may mean."""
    follow = [span for span in found if before(words, span.start, position).start == position]
    names = [name for span in follow for name in span.names if name.level == "district"]
    return {district for name in names for district in name.districts}


def _cover(count: int, spans: Sequence[Span]) -> list[Span]:
    """The spans without overlap that explain the most letters, with the fewest names."""
    best: list[tuple[int, list[Span]]] = [(0, [])]
    for end in range(1, count + 1):
        ways = [
            (best[span.start][0] + 2 * len(span.typed.key) - 1, [*best[span.start][1], span])
            for span in spans
            if span.end == end
        ]
        best.append(max((best[-1], *ways), key=lambda way: way[0]))
    return best[-1][1]


def _with_prefixes(words: Sequence[Word], spans: Sequence[Span]) -> list[Span]:
    """The spans, each with only the meanings that the word before it leaves."""
    ends = [0, *(span.end for span in spans)]
    return [
        _chosen(span, before(words, span.start, floor))
        for span, floor in zip(spans, ends, strict=False)
    ]


def _chosen(span: Span, lead: Lead) -> Span:
    levels = _LEVELS.get(lead.prefix, set())
    names = tuple(name for name in span.names if name.level in levels) or span.names
    return span._replace(names=names, prefix=lead.prefix, kind=lead.kind, at=lead.at)


def before(words: Sequence[Word], start: int, floor: int = 0) -> Lead:
    """What stands before the name at *start*, in its part and not before the word *floor*."""
    part = words[start].part
    plain = [word.plain for word in words[max(floor, start - 2) : start] if word.part == part]
    prefix = _PREFIXES.get(plain[-1], "") if plain else ""
    kind = _KINDS.get(plain[-1], plain[-1]) if prefix else ""
    rest = plain[:-1] if prefix else plain
    return Lead(start - bool(prefix), prefix, kind, at=bool(rest) and rest[-1] in _AT)
