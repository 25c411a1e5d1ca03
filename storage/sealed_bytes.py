"""The bytes of a file as they lie on disk: sealed in chunks, so that any part can be read alone.

Each file has a random key of its own, which stands in its head, wrapped by the key of its holder
(`storage.keys`). A chunk's nonce is its number and whether it is the last, as in the STREAM
construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): chunks that were changed, moved, left out
or cut off are found. No nonce is used twice, because no other file has the key.
"""

import io
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.keys import Key
from storage.seal import KEY_BYTES, NONCE_BYTES

MARK = b"LNF1"
CHUNK = 64 * 1024  # bytes before they are sealed
TAG = 16
_HEAD = struct.Struct(f">4sQ{NONCE_BYTES + KEY_BYTES + TAG}s")


class BytesChangedError(OSError):
    """The file on disk is not as it was written."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file at *path* that one of *keys* opens, by their ids; none does when it was destroyed."""

    path: Path
    keys: Mapping[int, Key]

    def here(self) -> bool:
        """Whether its bytes are here and can be opened."""
        try:
            with self.path.open("rb") as file:
                return _head(file)[0] in self.keys
        except OSError:
            return False

    def open(self, _mode: Literal["rb"] = "rb", /) -> BinaryIO:
        """Its bytes as they were sent; they can be sought in.

        Raises FileNotFoundError when it is not here or its key was destroyed, `BytesChangedError`,
        also while it is read, when somebody changed it.
        """
        file = self.path.open("rb")
        try:
            return _opened(file, AESGCM(self._raw(file)))
        except BaseException:
            file.close()
            raise

    def _raw(self, file: BinaryIO) -> bytes:
        number, wrapped = _head(file)
        if number not in self.keys:
            raise FileNotFoundError("its key was destroyed")
        return _unwrapped(self.keys[number], wrapped, self.path.name)


class Writer:
    """Seals what is written to *file*, which is empty; it can be read again before it is named."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._raw = os.urandom(KEY_BYTES)
        self._cipher = AESGCM(self._raw)
        self._chunks = 0
        self._waiting = bytearray()
        file.write(bytes(_HEAD.size))

    def write(self, data: bytes) -> None:
        """Seal *data*; a chunk's worth may wait, because the last chunk is sealed as such."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def end(self) -> BinaryIO:
        """No more is to come; what was written, to be read. Closing that closes the file."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()
        self._file.flush()
        return _opened(self._file, self._cipher)

    def head(self, key: Key, name: str) -> None:
        """Say in the file by whose key it is opened, and only under which *name*."""
        nonce = os.urandom(NONCE_BYTES)
        wrapped = nonce + key.cipher.encrypt(nonce, self._raw, _bound(key.id, name))
        self._file.seek(0)
        self._file.write(_HEAD.pack(MARK, key.id, wrapped))
        self._file.flush()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._chunks, last=last), chunk, None))
        self._chunks += 1


class _Reader(io.RawIOBase):
    """Opens chunk after chunk; seeking costs no more than the chunk sought."""

    def __init__(self, file: BinaryIO, cipher: AESGCM) -> None:
        self._file = file
        self._cipher = cipher
        sealed = file.seek(0, io.SEEK_END) - _HEAD.size
        self._last = max(0, -(-sealed // (CHUNK + TAG)) - 1)
        self._size = sealed - (self._last + 1) * TAG
        if self._size < 0:
            raise BytesChangedError("the file was cut off")
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readall(self) -> bytes:
        pieces = []
        while piece := self.read(CHUNK):
            pieces.append(piece)
        return b"".join(pieces)

    def readinto(self, into: "bytearray | memoryview", /) -> int:  # type: ignore[override] # the two kinds that BufferedReader gives
        number, skipped = divmod(self._at, CHUNK)
        if self._at >= self._size:
            if not self._size:
                self._chunk(0)  # an empty file is sealed too
            return 0
        piece = self._chunk(number)[skipped : skipped + len(into)]
        into[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        self._file.seek(_HEAD.size + number * (CHUNK + TAG))
        sealed = self._file.read(CHUNK + TAG)
        try:
            return self._cipher.decrypt(_nonce(number, last=number == self._last), sealed, None)
        except (InvalidTag, ValueError) as error:
            raise BytesChangedError("the file was changed") from error


def sealed(path: Path) -> bool:
    """Whether the file at *path* is as we write it; one from before there was a seal is not."""
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def _opened(file: BinaryIO, cipher: AESGCM) -> BinaryIO:
    return io.BufferedReader(_Reader(file, cipher), CHUNK)


def _head(file: BinaryIO) -> tuple[int, bytes]:
    head = file.read(_HEAD.size)
    if len(head) != _HEAD.size or not head.startswith(MARK):
        raise BytesChangedError("the file has no head")
    _, number, wrapped = _HEAD.unpack(head)
    return number, wrapped


def _unwrapped(key: Key, wrapped: bytes, name: str) -> bytes:
    try:
        return key.cipher.decrypt(
            wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound(key.id, name)
        )
    except InvalidTag as error:
        raise BytesChangedError("the head of the file was changed") from error


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([last])


def _bound(number: int, name: str) -> bytes:
    return f"file:{number}:{name}".encode()
