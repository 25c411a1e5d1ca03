"""Every name a person may type for a place, and what it leads to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

from handlers.territory.places import Commune, Former
from handlers.territory.spelling import Spelling, read_words, spell
from handlers.text import fold

Level = Literal["unit", "former", "district", "province", "elsewhere"]
Index = Mapping[str, Sequence["Name"]]

_KINDS = (
    *("Xã", "Phường", "Thị trấn", "Đặc khu"),
    *("Huyện", "Quận", "Thị xã", "Thành phố", "Tỉnh"),
)
_SHORT_PROVINCES = {"Đà Nẵng": ("dn",), "Quảng Nam": ("qn", "q nam")}
_ELSEWHERE = """
An Giang, Bà Rịa, Vũng Tàu, Bạc Liêu, Bắc Giang, Bắc Kạn, Bắc Ninh, Bến Tre, Bình Dương, Bình Định,
Bình Phước, Bình Thuận, Cà Mau, Cao Bằng, Cần Thơ, Đắk Lắk, Đắk Nông, Điện Biên, Đồng Nai,
Đồng Tháp, Gia Lai, Hà Giang, Hà Nam, Hà Nội, Hà Tĩnh, Hải Dương, Hải Phòng, Hậu Giang, Hòa Bình,
Hồ Chí Minh, Huế, Hưng Yên, Khánh Hòa, Kiên Giang, Kon Tum, Lai Châu, Lạng Sơn, Lào Cai, Lâm Đồng,
Long An, Nam Định, Nghệ An, Ninh Bình, Ninh Thuận, Phú Thọ, Phú Yên, Quảng Bình, Quảng Ngãi,
Quảng Ninh, Quảng Trị, Sài Gòn, Sóc Trăng, Sơn La, Tây Ninh, Thái Bình, Thái Nguyên, Thanh Hóa,
Thừa Thiên Huế, Tiền Giang, Trà Vinh, Tuyên Quang, Vĩnh Long, Vĩnh Phúc, Yên Bái
"""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is shown, and what it stands for.

    *communes* are the units of today it leads to; *districts* and *provinces* the keys of the
    former ones around it (of itself, for a district or a province). *kind* is folded, *first*
    the key of its first word.
    """

    level: Level
    shown: str
    kind: str
    spelling: Spelling
    first: str
    communes: tuple[Commune, ...] = ()
    districts: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()

    @property
    def is_commune(self) -> bool:
        """Whether it names a commune, of today or former."""
        return self.level in {"unit", "former"}


def index(communes: Sequence[Commune], formers: Sequence[Former]) -> dict[str, list[Name]]:
    """All names by their key; units of today first, so that they come first when names agree."""
    names: dict[str, list[Name]] = {}
    for name in chain(
        _units(communes, formers),
        _formers(communes, formers),
        _districts(communes, formers),
        _provinces(formers),
        _elsewhere(),
    ):
        names.setdefault(name.spelling.key, []).append(name)
    return names


def bare(name: str) -> str:
    """The name without the kind before it ("Xã Tam Lãnh": "Tam Lãnh")."""
    return next((name.removeprefix(f"{k} ") for k in _KINDS if name.startswith(f"{k} ")), name)


def _units(communes: Iterable[Commune], formers: Sequence[Former]) -> Iterator[Name]:
    for commune in communes:
        parts = [former for former in formers if commune.id in former.units]
        yield _name("unit", commune.name, (commune,), parts)


def _formers(communes: Iterable[Commune], formers: Iterable[Former]) -> Iterator[Name]:
    by_id = {commune.id: commune for commune in communes}
    for former in formers:
        became = tuple(by_id[id_] for id_ in former.units)
        for shown in filter(None, (former.name, *former.earlier)):
            yield _name("former", shown, became, (former,))


def _districts(communes: Sequence[Commune], formers: Sequence[Former]) -> Iterator[Name]:
    for district in dict.fromkeys(chain.from_iterable(former.districts for former in formers)):
        parts = [former for former in formers if district in former.districts]
        ids = {id_ for former in parts for id_ in former.units}
        became = tuple(commune for commune in communes if commune.id in ids)
        around = _name("district", district, became, parts)
        yield replace(around, districts=frozenset((around.spelling.key,)))


def _provinces(formers: Sequence[Former]) -> Iterator[Name]:
    for province in dict.fromkeys(former.province for former in formers):
        parts = [former for former in formers if former.province == province]
        yield _name("province", province, parts=parts)
        for short in _SHORT_PROVINCES.get(bare(province), ()):
            yield _name("province", province, parts=parts, typed=short)
    yield _name("province", "Việt Nam")


def _elsewhere() -> Iterator[Name]:
    return (_name("elsewhere", province.strip()) for province in _ELSEWHERE.split(","))


def _name(
    level: Level,
    shown: str,
    communes: tuple[Commune, ...] = (),
    parts: Iterable[Former] = (),
    *,
    typed: str = "",
) -> Name:
    """The name of what *parts* lay in or were, typed as it is shown but for its kind."""
    around = {(district, former.province) for former in parts for district in former.districts}
    words = read_words(typed or bare(shown))
    if not words:
        msg = f"{shown!r} is no name of a place"
        raise ValueError(msg)
    return Name(
        level,
        shown,
        fold(shown.removesuffix(bare(shown))),
        spell(words),
        words[0].spelling.key,
        communes,
        districts=frozenset(_key(district) for district, _ in around),
        provinces=frozenset(_key(province) for _, province in around),
    )


def _key(name: str) -> str:
    return spell(read_words(bare(name))).key
