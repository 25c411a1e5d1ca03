"""Places: a pair of degrees, a map's link that carries one, or words.

A short link (maps.app.goo.gl) hides its place until somebody opens it; the bot never opens what a
stranger sends, so it stays text, which the official may open.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from handlers.model import Frozen
from handlers.text import clean

_LIMIT = 2000


class _Box(NamedTuple):
    south: float
    north: float
    west: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


_EARTH = _Box(-90, 90, -180, 180)
_VIET_NAM = _Box(6, 23.5, 102, 118)

_NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?"
_LAT = rf"(?P<lat>{_NUMBER})"
_LON = rf"(?P<lon>{_NUMBER})(?![0-9.])"
_PAIR = rf"{_LAT}, ?\+?{_LON}"
_LINKS = tuple(
    re.compile(shape)
    for shape in (
        rf"!3d{_LAT}!4d{_LON}",  # Google's pin, before the middle of its view
        rf"!2d(?P<lon>{_NUMBER})!3d(?P<lat>{_NUMBER})(?![0-9.])",
        rf"[?&#;](?:q|query|ll|sll|daddr|destination|coordinate|center)=(?:loc:)?{_PAIR}",
        rf"[?&]m?lat(?:itude)?={_LAT}&m?(?:lon|lng|long|longitude)={_LON}",
        rf"/(?:place|search|dir)/(?:[^/\s]{{0,200}}/)?{_PAIR}",
        rf"@{_PAIR}",
        rf"#map=[0-9.]{{1,9}}/{_LAT}/{_LON}",
        rf"\bgeo:{_PAIR}",
    )
)
# Typed by hand, so only a pair that lies in Viet Nam is taken for degrees.
_BARE = re.compile(
    r"(?<![\w.,/-])(?P<lat>[0-9]{1,2}[.,][0-9]{1,15})°?(?: ?[NB])?(?: ?[,;] ?| )"
    r"(?P<lon>[0-9]{3}[.,][0-9]{1,15})°?(?: ?[EĐ])?(?![\w.])"
)
_ANGLE = (
    r"(?P<{0}>[0-9]{{1,3}})° ?(?P<{0}_minutes>[0-9]{{1,2}})['’′] ?"
    r"(?P<{0}_seconds>[0-9]{{1,2}}(?:[.,][0-9]{{1,9}})?)(?:[\"”″]|''|′′) ?"
)
_ANGLES = re.compile(rf"{_ANGLE.format('lat')}[NB],? ?{_ANGLE.format('lon')}[EĐ]")


class Place(Frozen):
    """Where something is: *text* as it was typed, and degrees (WGS 84) if it carried them."""

    lat: float | None = None
    lon: float | None = None
    text: str


def read_place(text: str) -> Place:
    """The place somebody typed or linked to; degrees only if they exist on earth.

    Known are links of Google, Apple, OpenStreetMap and `geo:`, and `16.054, 108.202`, with decimal
    commas or in minutes and seconds. Degrees are looked for in the first 2,000 characters.
    """
    kept = clean(text)
    for lat, lon in _degrees(kept[:_LIMIT]):
        if _EARTH.holds(lat, lon):
            return Place(lat=lat, lon=lon, text=kept)
    return Place(text=kept)


def in_viet_nam(lat: float, lon: float) -> bool:
    """Whether degrees lie in a rough box around Viet Nam, Hoang Sa and Truong Sa within."""
    return _VIET_NAM.holds(lat, lon)


def _degrees(text: str) -> Iterator[tuple[float, float]]:
    link = unquote(text)
    for shape in _LINKS:
        for match in shape.finditer(link):
            yield float(match["lat"]), float(match["lon"])
    for match in _ANGLES.finditer(text):
        yield _angle(match, "lat"), _angle(match, "lon")
    for match in _BARE.finditer(text):
        lat, lon = (float(match[name].replace(",", ".")) for name in ("lat", "lon"))
        if in_viet_nam(lat, lon):
            yield lat, lon


def _angle(match: re.Match[str], name: str) -> float:
    seconds = float(match[f"{name}_seconds"].replace(",", "."))
    minutes = int(match[f"{name}_minutes"]) + seconds / 60
    return round(int(match[name]) + minutes / 60, 6)
