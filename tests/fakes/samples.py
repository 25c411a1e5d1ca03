"""Small keyboards and pictures the tests of the fakes send."""

import struct
import zlib

from telegram import InlineKeyboardButton, InlineKeyboardMarkup


def inline(*labels: str) -> InlineKeyboardMarkup:
    """A column of buttons; each carries `c:` and its position."""
    buttons = [
        InlineKeyboardButton(label, callback_data=f"c:{position}")
        for position, label in enumerate(labels)
    ]
    return InlineKeyboardMarkup.from_column(buttons)


def png(width: int = 4, height: int = 3, padding: int = 0) -> bytes:
    """A grey PNG, larger by a comment of *padding* bytes."""
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"tEXt", b"x\0" + b" " * padding)]
    parts += [(b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
