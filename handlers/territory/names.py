"""Every name a person may type for a place, and what it leads to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from handlers.territory.places import Commune, Former
from handlers.territory.spelling import Spelling, spell
from handlers.text import fold

Level = Literal["unit", "former", "district", "province", "elsewhere"]
Index = Mapping[str, Sequence["Name"]]

_KINDS = (
    *("Xã", "Phường", "Thị trấn", "Đặc khu"),
    *("Huyện", "Quận", "Thị xã", "Thành phố", "Tỉnh"),
)
_SHORT_PROVINCES = {"dn": "da nang", "qn": "quang nam", "q nam": "quang nam"}
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
    former ones around it (of itself, for a district or a province). *kind* is folded.
    """

    level: Level
    shown: str
    kind: str
    spelling: Spelling
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
        provinces = frozenset(_key(former.province) for former in parts)
        key = frozenset((_key(district),))
        yield Name("district", district, _kind(district), _spell(district), became, key, provinces)


def _provinces(formers: Iterable[Former]) -> Iterator[Name]:
    yield Name("province", "Việt Nam", "", spell("Việt Nam"))
    for province in dict.fromkeys(former.province for former in formers):
        short = [key for key, long in _SHORT_PROVINCES.items() if long == fold(bare(province))]
        for typed in (bare(province), *short):
            key = frozenset((_key(province),))
            yield Name("province", province, _kind(province), spell(typed), provinces=key)


def _elsewhere() -> Iterator[Name]:
    for province in _ELSEWHERE.split(","):
        yield Name("elsewhere", province.strip(), "", spell(province))


def _name(level: Level, shown: str, communes: tuple[Commune, ...], parts: Iterable[Former]) -> Name:
    parts = tuple(parts)
    return Name(
        level,
        shown,
        _kind(shown),
        _spell(shown),
        communes,
        districts=frozenset(_key(district) for former in parts for district in former.districts),
        provinces=frozenset(_key(former.province) for former in parts),
    )


def _kind(name: str) -> str:
    return fold(name.removesuffix(bare(name)))


def _spell(name: str) -> Spelling:
    return spell(bare(name))


def _key(name: str) -> str:
    return _spell(name).key
