"""Places as people type or link them."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.places import Place, in_viet_nam, read_place

G = "https://www.google.com/maps"


@pytest.mark.parametrize(
    ("typed", "lat", "lon"),
    [
        (f"{G}/@16.0544068,108.2021667,15z", 16.0544068, 108.2021667),
        (
            f"{G}/place/Ch%E1%BB%A3/@16.05,108.2,17z/data=!8m2!3d16.0684!4d108.2247",
            16.0684,
            108.2247,
        ),
        (f"{G}/dir/1/2/data=!1m5!2d108.2247!3d16.0684", 16.0684, 108.2247),
        (f"{G}/search/16.05,+108.2", 16.05, 108.2),
        (f"{G}/place/16.05,108.2", 16.05, 108.2),
        (f"{G}/dir//16.05,108.2", 16.05, 108.2),
        (f"{G}?q=16.05,108.2", 16.05, 108.2),
        (f"{G}?q=16.05%2C108.2&z=17", 16.05, 108.2),
        (f"{G}?api=1&query=16.05,108.2", 16.05, 108.2),
        ("https://maps.apple.com/?ll=16.05,108.2&q=nh%C3%A0", 16.05, 108.2),
        ("https://www.openstreetmap.org/?mlat=16.05&mlon=108.2#map=15/16.1/108.3", 16.05, 108.2),
        ("https://www.openstreetmap.org/#map=17/16.05/108.2", 16.05, 108.2),
        ("https://example.vn/?lat=16.05&lng=108.2", 16.05, 108.2),
        ("geo:16.05,108.2?z=17", 16.05, 108.2),
        (f"nhà tôi ở đây {G}?q=-33.86,151.2 ạ", -33.86, 151.2),
        ("16.054, 108.202", 16.054, 108.202),
        ("16.054,108.202", 16.054, 108.202),
        ("16.054 108.202", 16.054, 108.202),
        ("16,054; 108,202", 16.054, 108.202),
        ("16.0544° N, 108.2022° E", 16.0544, 108.2022),
        ("gần chợ (16.0544, 108.2022).", 16.0544, 108.2022),
        ("16°03'14.4\"N 108°12'07.2\"E", 16.054, 108.202),
        ("16°03′14,4″B, 108°12′07,2″Đ", 16.054, 108.202),
    ],
)
def test_degrees_are_found(typed: str, lat: float, lon: float) -> None:
    """Links of the maps people share, and degrees in any spelling; the text stays."""
    assert read_place(typed) == Place(lat=lat, lon=lon, text=typed)


@pytest.mark.parametrize(
    "typed",
    [
        "", "thôn 3, xã Hòa Vang", "https://maps.app.goo.gl/abcDEF",
        f"{G}?q=ch%E1%BB%A3+C%E1%BB%93n",
        f"{G}?q=116.05,208.2", f"{G}?q=16.05,181", "108.202, 16.054", "90.5, 200.3", "1.200, 2.300",
        "25.500, 105.000",
        "thửa 12, tờ 105", "12.500 đồng và 105.000 đồng", "16.054.1, 108.202", "16°03'14.4\"N",
    ],
)  # fmt: skip
def test_everything_else_is_words(typed: str) -> None:
    """Short links, names, degrees that don't exist: the text stays for a person to read."""
    assert read_place(typed) == Place(text=typed)


def test_a_place_is_kept_clean_and_whole() -> None:
    """What cannot be seen goes, and degrees late in a long text are not looked for."""
    assert read_place(" xã\0 Hòa Vang\u200b ").text == "xã Hòa Vang"
    long = "đường " * 1000 + "16.054, 108.202"
    assert read_place(long) == Place(text=long)


@given(st.floats(8.5, 23), st.floats(102.5, 109))
def test_a_position_typed_is_read_back(lat: float, lon: float) -> None:
    """Six decimals, as phones show them, by hand or in a link."""
    lat, lon = round(lat, 6), round(lon, 6)
    for typed in (
        f"{lat:.6f}, {lon:.6f}",
        f"{G}?q={lat:.6f},{lon:.6f}",
        f"geo:{lat:.6f},{lon:.6f}",
    ):
        assert read_place(typed) == Place(lat=lat, lon=lon, text=typed)


@pytest.mark.parametrize(
    ("lat", "lon", "within"),
    [
        (16.05, 108.2, True),
        (16.5, 112.0, True),
        (8.64, 111.92, True),
        (23.39, 105.32, True),
        (13.75, 100.5, False),
        (39.9, 116.4, False),
        (1.35, 103.8, False),
        (14.6, 121.0, False),
    ],
)
def test_viet_nam_is_told_from_elsewhere(lat: float, lon: float, *, within: bool) -> None:
    """Da Nang, Hoang Sa, Truong Sa and Lung Cu lie within; Bangkok, Beijing, Manila don't."""
    assert in_viet_nam(lat, lon) is within


@given(st.text() | st.text(alphabet="0123456789.,° '\"NEBĐ@?q=/#map!3d4", max_size=60))
def test_any_text_is_a_place(text: str) -> None:
    """Whatever is typed is a place, with degrees that exist or none."""
    place = read_place(text)
    assert (place.lat is None) == (place.lon is None)
    if place.lat is not None and place.lon is not None:
        assert abs(place.lat) <= 90
        assert abs(place.lon) <= 180


@pytest.mark.parametrize("piece", ["1.1 ", "16.", "%31", "@1,", "/dir/", "?q=", "1°1'1\"N", "é"])
def test_a_flood_is_read_in_no_time(piece: str) -> None:
    """100,000 characters take milliseconds."""
    before = process_time()
    read_place(piece * (100_000 // len(piece)))
    assert process_time() - before < 0.2
