"""How well and how fast a commune is understood: every former commune and every unit of today.

`python -m bench.territory` prints, for each way of writing, how many were right at once, asked
about with the right one among the choices, asked about without it, or wrong; and the time of one.
"""

import random
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from handlers.territory import Former, Found, Territory, Unsure, read_territory
from handlers.territory.names import bare
from handlers.territory.places import read_former
from handlers.text import fold

TABLES = Path(__file__).parents[1] / "content" / "territory"
UNITS, FORMER = (TABLES / "units.tsv").read_text(), (TABLES / "former.tsv").read_text()
TONES = "\u0300\u0301\u0303\u0309\u0323"


class Place(NamedTuple):
    """One place to ask for: its name, what it lay in, and the ids of what it is today."""

    name: str
    district: str
    province: str
    ids: frozenset[str]


class Tally(NamedTuple):
    """How the questions of one way of writing ended."""

    right: int
    asked: int
    missed: int
    wrong: int


Write = Callable[[Place], str]


def full(place: Place) -> str:
    """The official way: "Xã Tam Lãnh, Huyện Phú Ninh, Tỉnh Quảng Nam"."""
    return ", ".join(filter(None, (place.name, place.district, place.province)))


def short(place: Place) -> str:
    """Without the kinds: "Tam Lãnh, Phú Ninh, Quảng Nam"."""
    return ", ".join(bare(name) for name in full(place).split(", "))


def two(place: Place) -> str:
    """Commune and district: "Tam Lãnh, Phú Ninh"."""
    return ", ".join(short(place).split(", ")[:2])


def alone(place: Place) -> str:
    """Only the name: "Tam Lãnh"."""
    return short(place).split(", ")[0]


def decomposed(text: str) -> str:
    """As iOS sends it."""
    return unicodedata.normalize("NFD", text)


def tones_last(text: str) -> str:
    """With the tone of "òa" over the last vowel, as many phones write it."""
    letters = unicodedata.normalize("NFD", text)
    for tone in TONES:
        for first, last in ("oa", "oe", "uy"):
            letters = letters.replace(f"{first}{tone}{last}", f"{first}{last}{tone}")
    return unicodedata.normalize("NFC", letters)


def flat(text: str) -> str:
    """Folded, with no comma left."""
    return fold(text)


def flat_parts(text: str) -> str:
    """Folded, with its commas."""
    return ", ".join(fold(part) for part in text.split(", "))


def one_wrong(text: str) -> str:
    """With one letter of the name, but the first, replaced by a wrong one; always the same one."""
    name, *rest = text.split(", ")
    chance = random.Random(text)
    letters = [at for at, c in enumerate(name) if at and c.isalpha()]
    at = chance.choice(letters or [0])
    wrong = chance.choice([c for c in "abcdeghiklmnopqrstuvx" if c != name[at]])
    return ", ".join((name[:at] + wrong + name[at + 1 :], *rest))


FORMER_WAYS: Mapping[str, Write] = {
    "commune, district, province": full,
    "the same, folded": lambda place: flat(full(place)),
    "the same, NFD": lambda place: decomposed(full(place)),
    "the same, tones last": lambda place: tones_last(full(place)),
    "the same, capitals": lambda place: full(place).upper(),
    "names only, three": short,
    "names only, three, folded": lambda place: flat(short(place)),
    "names only, with hyphens": lambda place: short(place).replace(", ", "-"),
    "commune, district": lambda place: ", ".join(full(place).split(", ")[:2]),
    "commune, district, folded": lambda place: flat(", ".join(full(place).split(", ")[:2])),
    "commune, district, NFD": lambda place: decomposed(", ".join(full(place).split(", ")[:2])),
    "names only, two": two,
    "names only, two, folded": lambda place: flat(two(place)),
    "names only, two, joined": lambda place: " ".join(
        fold(name).replace(" ", "") for name in two(place).split(", ")
    ),
    "district first": lambda place: f"{place.district} {place.name}",
    "name alone": alone,
    "name alone, folded": lambda place: flat(alone(place)),
    "in a sentence": lambda place: f"nhà tôi ở thôn 3 {place.name.lower()} từ năm 1985",
    "in a sentence, folded": lambda place: f"nha em o {fold(place.name)} bi ngap",
}
TODAY_WAYS: Mapping[str, Write] = {
    "unit, Đà Nẵng": full,
    "unit, Đà Nẵng, folded": lambda place: flat(full(place)),
    "unit": lambda place: place.name,
    "unit, folded": lambda place: flat(place.name),
    "unit, NFD": lambda place: decomposed(place.name),
    "name of the unit": alone,
    "name of the unit, folded": lambda place: flat(alone(place)),
    "name of the unit, joined": lambda place: flat(alone(place)).replace(" ", ""),
}
TYPING_ERRORS: Mapping[str, Write] = {
    "one letter wrong, two names, folded": lambda place: one_wrong(flat_parts(two(place))),
    "one letter wrong, name alone, folded": lambda place: one_wrong(flat(alone(place))),
}


def territory() -> Territory:
    """The territory as the province has it."""
    return read_territory(UNITS, FORMER)


def former_places() -> list[Place]:
    """Every former commune by its name on 30 June 2025 (Hoàng Sa by its district's)."""
    return [
        _former(former, former.name)
        if former.name
        else Place(former.districts[0], "", former.province, frozenset(former.units))
        for former in read_former(FORMER)
    ]


def earlier_places() -> list[Place]:
    """Every commune that had been merged away before that."""
    return [_former(former, name) for former in read_former(FORMER) for name in former.earlier]


def places_today(known: Territory) -> list[Place]:
    """Every unit of today."""
    return [
        Place(commune.name, "", "Thành phố Đà Nẵng", frozenset((commune.id,)))
        for commune in known.communes
    ]


def tally(known: Territory, places: list[Place], write: Write) -> Tally:
    """How *known* understands *places* written that way."""
    ends = [_end(known, place, write(place)) for place in places]
    return Tally(*(ends.count(end) for end in Tally._fields))


def microseconds(known: Territory, texts: list[str]) -> float:
    """The median time to find one of *texts*."""
    return median(_times(known, texts)) * 1e6


def measure() -> dict[str, float]:
    """Shares right at once and wrong over all ways of writing, and the times, by name."""
    known = territory()
    tallies = [tally for _, _, tally in _all_tallies(known)]
    total = sum(sum(tally) for tally in tallies)
    places = former_places()
    return {
        "territory_right_share": sum(tally.right for tally in tallies) / total,
        "territory_wrong_share": sum(tally.wrong for tally in tallies) / total,
        "territory_find_us": microseconds(known, [full(place) for place in places]),
        "territory_find_nearly_us": microseconds(
            known, [one_wrong(flat_parts(two(place))) for place in places]
        ),
    }


def main() -> None:
    """Print the figures."""
    print(f"{'':40}{'right':>7}{'asked':>7}{'missed':>7}{'wrong':>7}")
    for group, way, (right, asked, missed, wrong) in _all_tallies(territory()):
        print(f"{group + ': ' + way:48}{right:7}{asked:7}{missed:7}{wrong:7}")
    for name, figure in measure().items():
        print(f"{name:48}{figure:10.3f}")


def _former(former: Former, name: str) -> Place:
    return Place(name, former.districts[0], former.province, frozenset(former.units))


def _end(known: Territory, place: Place, typed: str) -> str:
    match known.find(typed):
        case Found(commune=commune):
            return "right" if place.ids == {commune.id} else "wrong"
        case Unsure(options=options):
            return "asked" if place.ids <= {one.commune.id for one in options} else "missed"
        case _:
            return "missed"


def _times(known: Territory, texts: list[str]) -> Iterator[float]:
    for text in texts:
        start = perf_counter()
        known.find(text)
        yield perf_counter() - start


def _all_tallies(known: Territory) -> Iterator[tuple[str, str, Tally]]:
    for group, places, ways in (
        ("former", former_places(), {**FORMER_WAYS, **TYPING_ERRORS}),
        ("earlier", earlier_places(), FORMER_WAYS),
        ("today", places_today(known), {**TODAY_WAYS, **TYPING_ERRORS}),
    ):
        for way, write in ways.items():
            yield group, way, tally(known, places, write)


if __name__ == "__main__":
    main()
