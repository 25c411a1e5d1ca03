"""Which commune of today a person means, whatever they call it.

Names found in the text (`spans`) are weighed: a former district beside it says most, "xã" before
it next, the exact accents third. One best reading is an answer; several, or any reason to doubt,
is a question with choices. A name that is nearly one (`near`) is asked about unless it is almost
certain. A person is better asked twice than sent to the wrong commune.
"""

from collections.abc import Iterable, Sequence
from string import ascii_lowercase, digits
from typing import Self

from handlers.model import Frozen
from handlers.territory.names import Index, Name, bare, index
from handlers.territory.near import ALMOST_CERTAIN, IN_ANOTHER_WAY, nearest, strays
from handlers.territory.places import Commune, Former, read_former, read_units
from handlers.territory.spans import Span, before, find_spans
from handlers.territory.spelling import Word, read_words
from handlers.territory.weighing import Weighed, weigh

__all__ = ["Commune", "Former", "Found", "Territory", "Unknown", "Unsure", "read_territory"]

_LONGEST_TEXT = 400  # characters read
_MOST_WORDS = 60
_MOST_OPTIONS = 8
_INITIALS = ascii_lowercase + digits


class Found(Frozen):
    """The commune meant; *via* is the former name it was called by ("Xã Tam Lãnh (cũ)")."""

    commune: Commune
    via: str | None = None


class Unsure(Frozen):
    """It may be one of these (one to eight, each commune once), or another.

    With a *district* ("Huyện Phú Ninh (cũ)") only that was named, and these are all its units.
    One option asks "is it this one?".
    """

    options: tuple[Found, ...]
    district: str | None = None


class Unknown(Frozen):
    """No commune can be made out."""


class Territory:
    """All communes by id and by every name they are known under."""

    def __init__(self, communes: Sequence[Commune], names: Index) -> None:
        self.communes = tuple(communes)
        self._by_id = {commune.id: commune for commune in communes}
        self._names = names
        self._keys = [key for key in names if any(name.is_commune for name in names[key])]
        self._by_initial = {c: [k for k in self._keys if k[0] == c] for c in _INITIALS}

    @classmethod
    def build(cls, communes: Iterable[Commune], formers: Iterable[Former]) -> Self:
        """The territory of these rows; ValueError when an id is doubled or leads nowhere."""
        communes, formers = tuple(communes), tuple(formers)
        ids = [commune.id for commune in communes]
        doubled = {id_ for id_ in ids if ids.count(id_) > 1}
        lost = {id_ for former in formers for id_ in former.units} - set(ids)
        if doubled or lost:
            msg = f"communes doubled: {sorted(doubled)}; unknown: {sorted(lost)}"
            raise ValueError(msg)
        return cls(communes, index(communes, formers))

    def get(self, id_: str) -> Commune | None:
        """The commune with this id, or None."""
        return self._by_id.get(id_)

    def find(self, text: str) -> Found | Unsure | Unknown:
        """The commune that *text* names; any text will do, of any length."""
        words = read_words(text[:_LONGEST_TEXT])[:_MOST_WORDS]
        spans = find_spans(words, self._names)
        stray = strays(words, spans)
        other = any(before(words, at).prefix == "commune" for at in stray)
        accented = any(word.spelling.accented for word in words)
        weighed = weigh(spans, accented=accented, stray=len(stray), other=other)
        certain, near = self._near(words, spans, weighed) if stray else (False, [])
        if weighed.communes:
            return _answer(_found((*near, *weighed.communes)), sure=not weighed.doubtful)
        if near:
            around = () if certain else weighed.districts
            return _answer(_found((*near, *around)), sure=certain and not weighed.doubtful)
        return _of_district(weighed.districts[0]) if weighed.districts else Unknown()

    def _near(
        self, words: Sequence[Word], spans: Sequence[Span], weighed: Weighed
    ) -> tuple[bool, list[Name]]:
        """The communes nearly typed, of the districts named or of all; whether almost certainly.

        Among all, the first letter must be right: too many words are like some name.
        """
        around = {district for name in weighed.districts for district in name.districts}
        keys = dict.fromkeys(_INITIALS, self._keys_in(around)) if around else self._by_initial
        score, near = nearest(words, spans, keys, longer=weighed.settled)
        names = [name for key in near for name in self._names[key] if name.is_commune]
        return ALMOST_CERTAIN <= score < IN_ANOTHER_WAY, names

    def _keys_in(self, districts: set[str]) -> list[str]:
        return [
            key
            for key in self._keys
            if any(not districts.isdisjoint(name.districts) for name in self._names[key])
        ]


def read_territory(units_tsv: str, former_tsv: str) -> Territory:
    """The territory of two tables as in `content/territory/`; ValueError names table and line."""
    try:
        units = read_units(units_tsv)
    except ValueError as error:
        msg = f"units: {error}"
        raise ValueError(msg) from error
    try:
        formers = read_former(former_tsv)
    except ValueError as error:
        msg = f"former: {error}"
        raise ValueError(msg) from error
    return Territory.build(units, formers)


def _found(names: Iterable[Name]) -> tuple[Found, ...]:
    """What these names lead to, each commune once; *via* only where one former name leads there."""
    vias: dict[str, set[str | None]] = {}
    communes: dict[str, Commune] = {}
    for name in names:
        for commune in name.communes:
            if name.level != "district" or commune.id not in communes:
                communes[commune.id] = commune
                vias.setdefault(commune.id, set()).add(_via(name, commune))
    return tuple(
        Found(commune=commune, via=vias[id_].pop() if len(vias[id_]) == 1 else None)
        for id_, commune in communes.items()
    )


def _via(name: Name, commune: Commune) -> str | None:
    same = bare(name.shown) == bare(commune.name)
    return f"{name.shown} (cũ)" if name.level == "former" and not same else None


def _answer(found: tuple[Found, ...], *, sure: bool) -> Found | Unsure:
    return found[0] if sure and len(found) == 1 else Unsure(options=found[:_MOST_OPTIONS])


def _of_district(district: Name) -> Found | Unsure:
    found = _found([district])
    if len(found) == 1:
        return found[0]
    return Unsure(options=found, district=f"{district.shown} (cũ)")
