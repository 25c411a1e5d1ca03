"""How much speaks for each meaning of a text."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from handlers.territory.names import Name
from handlers.territory.spans import Span

_DISTRICT_BESIDE = 8  # its own former district is named too
_CALLED_COMMUNE = 5  # "xã" before it
_SAME_KIND = 1  # and it is or was a xã
_EXACT = 3  # the accents are as typed
_AT = 2  # "ở" before it
_LESSER = -3  # "thôn" or "đường" before it
_RENAMED = "quangnam"  # the province that is no more: who names it speaks of former units
_SURE = _CALLED_COMMUNE  # a name alone, however well typed, is less
_MANY_WORDS = 4  # beyond the name: then it may be there by chance


class Weighed(NamedTuple):
    """The communes for which most speaks, and the former districts named.

    *settled*: no word beside them can be another name, nearly typed. *doubtful*: something in the
    text speaks against them.
    """

    communes: tuple[Name, ...]
    districts: tuple[Name, ...]
    settled: bool
    doubtful: bool


class _Meaning(NamedTuple):
    points: int
    confirmed: bool
    name: Name
    span: Span


def weigh(spans: Sequence[Span], *, accented: bool, stray: int, other: bool) -> Weighed:
    """What the *spans* of a text mean, beside *stray* words that are no name.

    *accented*: the text was typed with accents; *other*: an unknown "xã …" is among the strays.
    "Phú Ninh" is the commune of today; beside "Quảng Nam", an unknown commune, or a stray word
    when no "ở" tells it apart ("12 Phan Châu Trinh, Tam Kỳ"), it is the former district.
    """
    old = any(_RENAMED in name.provinces for name in _all(spans, "province"))
    meanings = [
        meaning
        for meaning in _meanings(spans, accented=accented)
        if (_RENAMED in meaning.name.provinces or not old)
        and (
            meaning.points >= _SURE
            or not _may_be_district(meaning.span)
            or not (old or other or stray > _MANY_WORDS * meaning.span.at)
        )
    ]
    most = max((meaning.points for meaning in meanings), default=0)
    best = [meaning for meaning in meanings if meaning.points == most]
    loose = most < _SURE and not all(meaning.span.at for meaning in best)
    return Weighed(
        tuple(meaning.name for meaning in best),
        tuple(_all(spans, "district")),
        settled=most >= _SURE or (bool(best) and not other),
        doubtful=_contradicted(spans, best) or (loose and (other or stray > _MANY_WORDS)),
    )


def _all(spans: Sequence[Span], level: str) -> Iterator[Name]:
    return (name for span in spans for name in span.names if name.level == level)


def _may_be_district(span: Span) -> bool:
    return any(name.level == "district" for name in span.names)


def _meanings(spans: Sequence[Span], *, accented: bool) -> Iterator[_Meaning]:
    for at, span in enumerate(spans):
        others = _all((*spans[:at], *spans[at + 1 :]), "district")
        beside = {district for name in others for district in name.districts}
        for name in filter(lambda name: name.is_commune, span.names):
            confirmed = not beside.isdisjoint(name.districts)
            points = (
                _DISTRICT_BESIDE * confirmed
                + _CALLED_COMMUNE * (span.prefix == "commune")
                + _SAME_KIND * (span.kind == name.kind)
                + _EXACT * (accented and span.typed == name.spelling)
                + _AT * span.at
                + _LESSER * (span.prefix == "lesser")
            )
            yield _Meaning(points, confirmed, name, span)


def _contradicted(spans: Sequence[Span], best: Sequence[_Meaning]) -> bool:
    """Whether another district, or at the end another province, is named."""
    elsewhere = bool(spans) and all(name.level == "elsewhere" for name in spans[-1].names)
    districts = any(
        all(
            name.level == "district" or (name.is_commune and span.prefix == "district")
            for name in span.names
        )
        for span in spans
    )
    return elsewhere or (districts and not any(meaning.confirmed for meaning in best))
