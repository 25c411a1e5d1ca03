"""Pictures of identity cards are known by the code on them, whatever else comes."""

import io
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import segno
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bot.fetch import Fetcher
from bot.idcards import FORMATS, is_id_card
from handlers.events import FileRefused, Media, SentMedia
from handlers.papers import names_card, spoken_of
from storage import files
from storage.blobs import Blobs, IdCardError
from storage.database import Store
from tests.scripted_channel import ScriptedChannel
from tests.test_fetch import Told, becomes, fetching, store, want

__all__ = ["store"]

ROOT = Path(__file__).parents[1]
HELD_BY = "048090001234|201234567|Nguyễn Văn A|01021990|Nam|Thôn 3, Xã Hòa Vang|12052021"
OTHERS = (
    "https://danang.gov.vn/tra-cuu?ma=048090001234",
    "00020101021238570010A00000072701270006970436",
    "048090001234",
    "PA-7K3Q-M2X|H4TN-62XC-9FQK|a|b|",
)


def photo(
    payload: str, kind: str = "JPEG", angle: float = 7, *, progressive: bool = False
) -> bytes:
    """A card on a table, turned by an *angle*, as a telephone takes it."""
    drawn = io.BytesIO()
    segno.make_qr(payload, error="m").save(drawn, kind="png", scale=5, border=4)
    card = Image.new("RGB", (1100, 700), (200, 225, 230))
    ImageDraw.Draw(card).rectangle((60, 200, 300, 520), fill=(90, 80, 70))
    card.paste(Image.open(drawn).convert("RGB").resize((230, 230)), (840, 30))
    table = Image.new("RGB", (1600, 1300), (120, 100, 90))
    table.paste(card.rotate(angle, expand=True, fillcolor=(120, 100, 90)), (150, 100))
    taken = io.BytesIO()
    options = {"progressive": True} if progressive else {}
    table.save(taken, kind, **options)
    return taken.getvalue()


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    """Bytes as a network brings them."""
    yield data


@pytest.mark.parametrize(("mime", "kind"), FORMATS.items())
@pytest.mark.parametrize("angle", [0, 7, 90, 187])
def test_a_card_is_known(mime: str, kind: str, angle: float) -> None:
    """In every kind of picture that is kept, however it was held."""
    assert is_id_card(io.BytesIO(photo(HELD_BY, kind, angle)), mime)


@pytest.mark.parametrize("payload", OTHERS)
def test_another_code_is_no_card(payload: str) -> None:
    """A link, a bank's code for paying, a number by itself, a receipt of ours."""
    assert not is_id_card(io.BytesIO(photo(payload)), "image/jpeg")


def test_a_progressive_picture_is_looked_at_too() -> None:
    """As pictures that were sent on by a messenger often are."""
    assert is_id_card(io.BytesIO(photo(HELD_BY, progressive=True)), "image/jpeg")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=400), st.integers(0, 3_000))
def test_any_bytes_are_answered(mime: str, noise: bytes, at: int) -> None:
    """Random ones, and a real picture with random ones in it or cut off by them."""
    is_id_card(io.BytesIO(noise), mime)
    whole = SMALL[mime]
    is_id_card(io.BytesIO(whole[:at] + noise + whole[at + len(noise) :]), mime)
    is_id_card(io.BytesIO(whole[:at]), mime)


def test_an_unreadable_file_is_no_card() -> None:
    """What can't be read is not known; what is no picture is not looked at."""
    closed = io.BytesIO(b"")
    closed.close()
    assert not is_id_card(closed, "image/png")
    assert not is_id_card(io.BytesIO(photo(HELD_BY)), "application/pdf")


BOMB = """
import io, resource, struct, sys, time, zlib
from PIL import Image
from bot.idcards import is_id_card
is_id_card(io.BytesIO(b"x"), "image/png")
Image.MAX_IMAGE_PIXELS = None
def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
def png(side):
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side * 4 + 1)) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\\x89PNG\\r\\n\\x1a\\n" + parts
def jpeg(name, side):
    return open(f"{sys.argv[1]}/{name}-{side}.jpg", "rb").read()
kind, side = sys.argv[2], int(sys.argv[3])
body = png(side) if kind == "png" else jpeg(kind, side)
Image.MAX_IMAGE_PIXELS = 89_478_485
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.perf_counter()
assert not is_id_card(io.BytesIO(body), "image/png" if kind == "png" else "image/jpeg")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, time.perf_counter() - began)
"""
KEYS = "SELECT holder FROM keys WHERE holder LIKE 'file:%'"
MOST_KILOBYTES = 170_000
MOST_SECONDS = 8.0  # other work may keep the machine busy; about half a second alone


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        *(("png", 3_990), ("png", 20_000)),
        *(("baseline", 9_000), ("progressive", 3_990), ("progressive", 9_000)),
    ],
)
def test_a_bomb_takes_little(tmp_path: Path, kind: str, side: int) -> None:
    """A picture of a few kilobytes that would fill the memory is not unpacked."""
    if kind != "png":
        plain = Image.new("L", (side, side), 90)
        plain.save(tmp_path / f"{kind}-{side}.jpg", progressive=kind == "progressive")
    ran = subprocess.run(
        [sys.executable, "-c", BOMB, str(tmp_path), kind, str(side)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    kilobytes, seconds = map(float, ran.stdout.split())
    assert kilobytes < MOST_KILOBYTES
    assert seconds < MOST_SECONDS


async def test_a_card_is_not_kept(store: Store, tmp_path: Path) -> None:
    """Nothing of it is left: no file, no key that could open one."""
    folder = tmp_path / "files"
    blobs = Blobs(folder, store, is_id_card)
    with pytest.raises(IdCardError):
        await blobs.keep(chunks(photo(HELD_BY)), limit=10**7)
    assert list(folder.iterdir()) == []
    assert await store.read(lambda tx: tx.rows(KEYS)) == []
    assert (await blobs.keep(chunks(photo(OTHERS[0])), limit=10**7)).mime == "image/jpeg"


async def test_a_card_that_was_fetched_is_told_to_its_sender(store: Store, tmp_path: Path) -> None:
    """It is refused for what it is, and its file is wanted no more."""
    await want(store, "k")
    told = Told()
    blobs = Blobs(tmp_path, store, is_id_card)
    channel = ScriptedChannel(files={"k": photo(HELD_BY)})
    async with fetching(Fetcher(store, blobs, {"test": channel}), told):
        await becomes(store, "k", "refused")
    [arrival] = told.arrivals
    assert isinstance(arrival.event, FileRefused)
    assert arrival.event.reason == "id_card"
    found = await store.read(partial(files.get, key="k"))
    assert found is not None
    assert not found.sha256


@pytest.mark.parametrize(
    "name",
    [
        *("cccd.jpg", "CCCD_mat_truoc.jpg", "cccd1.jpg", "Căn cước công dân.png", "cancuoc.heic"),
        *("can cuoc cong dan mat sau.pdf", "CMND cũ.jpeg", "mặt trước.jpg", "mat-sau 2.JPG"),
        *("chung-minh-nhan-dan.jpg", "id card.jpg", "hộ chiếu.pdf"),
    ],
)
def test_a_name_tells(name: str) -> None:
    """With accents or without, in any case, with whatever a telephone adds."""
    assert names_card(name)


@pytest.mark.parametrize(
    "name",
    [
        *("IMG_2026.jpg", "so do.pdf", "mat truoc nha.jpg", "can cu phap ly.pdf", "", "accd.jpg"),
        *("giay chung nhan qsdd.jpg", "chung minh thu nhap.pdf", "mặt tiền.jpg"),
    ],
)
def test_another_name_does_not(name: str) -> None:
    """The front of a house, legal grounds, a certificate of land."""
    assert not names_card(name)


def test_words_are_about_pictures_only() -> None:
    """A voice message that speaks of a card is none."""
    voice = Media(key="k", kind="voice")
    assert not spoken_of(SentMedia(media=(voice,), caption="cccd của tôi"))
    picture = voice.model_copy(update={"kind": "photo"})
    assert spoken_of(SentMedia(media=(picture,), caption="cccd của tôi"))


def _small(kind: str) -> bytes:
    drawn = io.BytesIO()
    Image.effect_noise((120, 90), 60).save(drawn, kind)
    return drawn.getvalue()


SMALL = {mime: _small(kind) for mime, kind in FORMATS.items()}
