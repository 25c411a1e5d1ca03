"""What a photo must be before the platform takes it as one."""

import struct

from .errors import refuse
from .rules import Limits

_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def check_photo(data: bytes, limits: Limits) -> tuple[int, int]:
    """Width and height of an uploaded photo; what is no photo, or too large, is refused."""
    if not data:
        raise refuse("file must be non-empty")
    if len(data) > limits.photo:
        raise refuse(
            f"File of size {len(data)} bytes is too big for a photo; "
            f"the maximum size is {limits.photo} bytes"
        )
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if not webp and not data.startswith(_SIGNATURES):
        raise refuse("IMAGE_PROCESS_FAILED")
    width, height = dimensions(data) or (800, 600)
    too_long = width + height > limits.photo_sides
    too_thin = max(width, height) > limits.photo_ratio * min(width, height)
    if min(width, height) == 0 or too_long or too_thin:
        raise refuse("PHOTO_INVALID_DIMENSIONS")
    return width, height


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG; None for what says neither."""
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    return _jpeg_dimensions(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_dimensions(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 if marker in _ALONE else 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None
