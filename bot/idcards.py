"""Pictures of identity cards, known by the code on them: they are not kept.

Decree 356/2025 counts the picture of an identity card among sensitive data, and no case needs one.
The cards of 2021 and 2024 carry a QR code with the number, the name and the day of birth of whom
they belong to. A card whose code can't be read is not known; nor is one in a PDF, a video or a
HEIC picture. Where the sender says what it is, words tell (`handlers.papers`).

Whatever bytes come, the answer is yes or no, in bounded memory and time: the size is taken from
the picture's head before anything is unpacked, one picture is looked at a time, and what can't be
opened is no card.
"""

import re
import threading
import warnings
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
}
MOST_PIXELS = 16_000_000  # unpacked whole: 64 MB
MOST_SCALED = 89_000_000  # of a JPEG that is unpacked smaller, row by row; Pillow's own bound
LONGEST_SIDE = 2_400  # pixels that are looked at: a code of a fifth of the card has five a square

_PAYLOAD = re.compile(r"0\d{11}\|(?:\d{9}|\d{12})?\|[^|\d]{2,80}\|\d{8}\|")
_ONE_AT_A_TIME = threading.Lock()


def is_id_card(file: BinaryIO, mime: str) -> bool:
    """Whether a picture of this type shows the code of an identity card; reads *file*.

    Blocks for a part of a second: to be called on a thread.
    """
    if mime not in FORMATS:
        return False
    with _ONE_AT_A_TIME:
        try:
            return any(_PAYLOAD.match(text) for text in _codes(file, FORMATS[mime]))
        except Exception:  # noqa: BLE001 - what no library can open shows nobody a card
            return False


def _codes(file: BinaryIO, kind: str) -> list[str]:
    """The texts of the QR codes in a picture."""
    # 10 MB that wait until somebody sends a picture.
    import zxingcpp  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    file.seek(0)
    with Image.open(file, formats=(kind,)) as picture:
        gray = _gray(picture)
    formats = zxingcpp.barcode_formats_from_str("QRCode")
    found = zxingcpp.read_barcodes(gray, formats=formats)
    return [code.text for code in found]


def _gray(picture: "Image") -> "Image":
    """The picture in shades of gray, small enough to be looked at; ValueError when it is too large.

    A progressive JPEG is unpacked whole before it is scaled.
    """
    pixels = picture.width * picture.height
    scaled = picture.format == "JPEG" and "progressive" not in picture.info
    if pixels > (MOST_SCALED if scaled else MOST_PIXELS):
        raise ValueError("too large to be looked at")
    if picture.format == "JPEG":
        picture.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
    if picture.width * picture.height > MOST_PIXELS:
        raise ValueError("too large to be looked at")
    gray = picture.convert("L")
    gray.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return gray
