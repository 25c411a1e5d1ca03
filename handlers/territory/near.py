"""Names that were nearly typed: one letter wrong, missing or too many."""

from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import fuzz, process

from handlers.territory.spans import Span, is_prefix
from handlers.territory.spelling import Spelling, Word, join

ALMOST_CERTAIN = 90
IN_ANOTHER_WAY = 100  # the same letters, but `find_spans` saw a reason against the name
_LIKELY = 75
_LIKELY_LONGER = 88  # for a name that would swallow a name found as typed
_LEVEL_WITH = 12  # scores this near to the best may be what was meant
_MOST = 5
_SHORTEST = 5
_MOST_WORDS = 3
_MANY = 8  # words beyond names: then only those after "xã" or "ở" may be one


def nearest(
    words: Sequence[Word],
    spans: Sequence[Span],
    keys: Mapping[str, Sequence[str]],
    *,
    longer: bool,
) -> tuple[float, list[str]]:
    """The names about equally nearest to words with a stray one among them, and how near (to 100).

    *keys* are those to compare with by the first letter typed. A run of words may hold a name
    found ("Hòa Khánh Bax"), for a longer one; *longer*: only such runs.
    """
    hits = sorted(_hits(words, spans, keys, longer=longer), reverse=True)
    best = hits[0][0] if hits else 0.0
    level = dict.fromkeys(key for score, key in hits if score > best - _LEVEL_WITH)
    return best, list(level)[:_MOST]


def strays(words: Sequence[Word], spans: Sequence[Span]) -> list[int]:
    """The positions of the words that neither are a name nor introduce one."""
    named = {at for span in spans for at in range(span.start, span.end)}
    return [at for at in range(len(words)) if at not in named and not is_prefix(words[at].plain)]


def _hits(
    words: Sequence[Word], spans: Sequence[Span], keys: Mapping[str, Sequence[str]], *, longer: bool
) -> Iterator[tuple[float, str]]:
    for typed, explained in _windows(words, spans):
        if longer and not explained:
            continue
        cutoff = _LIKELY_LONGER if explained else _LIKELY
        those = keys.get(typed[0], ())
        near = process.extract(typed, those, scorer=fuzz.ratio, limit=_MOST, score_cutoff=cutoff)
        yield from ((score, key) for key, score, _ in near if len(key) > explained)


def _windows(words: Sequence[Word], spans: Sequence[Span]) -> Iterator[tuple[str, int]]:
    """Runs with a stray word in them, and how many letters of a name found are in each."""
    found = {at: len(span.typed.key) for span in spans for at in range(span.start, span.end)}
    many = len(strays(words, spans)) > _MANY
    leads = [at not in found and is_prefix(word.plain) for at, word in enumerate(words)]
    for start in range(len(words)):
        if many and not (start and leads[start - 1]):
            continue
        typed = Spelling("", "", "")
        for end in range(start + 1, min(start + _MOST_WORDS, len(words)) + 1):
            if words[end - 1].part != words[start].part or leads[end - 1]:
                break
            typed = join(typed, words[end - 1].spelling)
            run = range(start, end)
            if len(typed.key) >= _SHORTEST and not found.keys() >= set(run):
                yield typed.key, max(found.get(at, 0) for at in run)
