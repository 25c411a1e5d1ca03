"""The bytes people sent: one sealed file on disk for each different content.

It is named by a keyed hash of the content, so that whoever has the disk can't find out whether a
file they know is there. It appears under its name only whole, checked and durable, when its key is
durable too; until then it is ``.part-…`` and nobody's. No path is ever made from anything a sender
said.

Who sends the same bytes again shares the file and its key, which is *used* then: so that nobody
destroys it in the moment before the row of the new file names it (`storage.files.shred`).
"""

import asyncio
import hashlib
import os
import re
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

from storage import keys
from storage.database import Store, Tx
from storage.keys import Key
from storage.kinds import kind_of
from storage.sealed_bytes import SealedFile, Writer

PART = ".part-"
STALE_SECONDS = 3600.0  # no upload lasts that long; workers may share the folder
WRITE_BYTES = 256 * 1024

P = TypeVar("P")
T = TypeVar("T")

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileRefusedError(Exception):
    """These bytes are not kept."""


class EmptyError(FileRefusedError):
    """There are none."""


class TooLargeError(FileRefusedError):
    """There are more than the limit."""


class TypeRefusedError(FileRefusedError):
    """They are not of a kind that is kept, whatever their name says."""


class IdCardError(FileRefusedError):
    """They are a picture of somebody's identity card, which nobody needs and nobody keeps."""


IsIdCard = Callable[[BinaryIO, str], bool]
"""Whether a file of this media type is a picture of an identity card; asked on a thread."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file: its digest, keyed, in hex; how many bytes; its media type by its content."""

    sha256: str
    size: int
    mime: str


def place(root: Path, sha256: str) -> Path:
    """Where the file with this digest is; raises ValueError when it is no digest."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256 in hex")
    return root / sha256[:2] / sha256[2:4] / sha256


class Blobs:
    """The files under *root*, which is made if it is not there; their keys are in *store*.

    What *is_id_card* knows as one is refused before anything could open it again.
    """

    def __init__(self, root: Path, store: Store, is_id_card: IsIdCard | None = None) -> None:
        self._root = root
        self._store = store
        self._is_id_card = is_id_card
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def keep(self, chunks: AsyncIterator[bytes], *, limit: int) -> Kept:
        """Store what *chunks* brings, at most *limit* bytes; durable when it returns.

        Raises `EmptyError`, `TooLargeError`, `TypeRefusedError` or `IdCardError`, and what *chunks*
        or the disk raises (OSError), and `StorageError`; then nothing is left of it.
        """
        part = _Part(self._root)
        try:
            waiting = bytearray()
            async for chunk in chunks:
                waiting += chunk
                if part.size + len(waiting) > limit:
                    raise TooLargeError(f"more than {limit} bytes")
                if len(waiting) >= WRITE_BYTES:
                    await _whole(part.write, bytes(waiting))
                    waiting.clear()
            await _whole(part.write, bytes(waiting))
            mime = await _whole(_Part.check, part)
            if await _whole(self._shows_an_id_card, (part, mime)):
                raise IdCardError("a picture of an identity card")
            name, key = await self._store.run(part.key)
            await _whole(self._place, (part, name, key))
            return Kept(name, part.size, mime)
        finally:
            part.drop()
            if closing := getattr(chunks, "aclose", None):
                await closing()

    def path(self, sha256: str) -> Path:
        """Where the file with this digest is; raises ValueError when it is no digest."""
        return place(self._root, sha256)

    def sealed(self, tx: Tx, sha256: str) -> SealedFile:
        """The file with this digest, to be opened when *tx* is over."""
        return SealedFile(self.path(sha256), keys.all_of(tx, keys.of_bytes(sha256)))

    async def remove(self, sha256: str) -> bool:
        """Remove the file with this digest; False when it is not there or has just come again.

        Whoever keeps the same bytes at this moment makes the file young before naming it anywhere.
        """
        return await asyncio.to_thread(self._remove, self.path(sha256))

    async def clean(self) -> int:
        """Remove what interrupted uploads left; how many files."""
        return await asyncio.to_thread(self._clean)

    def _remove(self, path: Path) -> bool:
        try:
            if path.stat().st_mtime > time.time() - STALE_SECONDS:
                return False
            path.unlink()
        except FileNotFoundError:
            return False
        return True

    def _clean(self) -> int:
        before = time.time() - STALE_SECONDS
        stale = [part for part in self._root.glob(f"{PART}*") if part.stat().st_mtime < before]
        for part in stale:
            part.unlink(missing_ok=True)
        return len(stale)

    def _shows_an_id_card(self, made: "tuple[_Part, str]") -> bool:
        part, mime = made
        return self._is_id_card is not None and self._is_id_card(part.whole, mime)

    def _place(self, made: "tuple[_Part, str, Key]") -> None:
        part, name, key = made
        part.end(key, name)
        target = self.path(name)
        folders = (self._root, target.parent.parent, target.parent)
        for folder in folders:
            folder.mkdir(mode=0o700, exist_ok=True)
        # The same bytes may be there already: then this changes nothing anybody can see.
        part.path.replace(target)
        for folder in folders:
            _sync(folder)


class _Part:
    """A file on its way in; there is none before the first byte."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self._folder = folder
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        if self._file is None:
            descriptor, name = tempfile.mkstemp(prefix=PART, dir=self._folder)
            self.path = Path(name)
            self._file = os.fdopen(descriptor, "w+b")
            self._writer = Writer(self._file)
        self._writer.write(data)
        self._digest.update(data)
        self.size += len(data)

    def check(self) -> str:
        """What kind of file was written; raises when it is not to be kept."""
        if self._file is None or not self.size:
            raise EmptyError("no bytes")
        self.whole = self._writer.end()
        mime = kind_of(self.whole)
        if mime is None:
            raise TypeRefusedError("not a kind of file that is kept")
        return mime

    def key(self, tx: Tx) -> tuple[str, Key]:
        """The name of what was written and the key of whoever sends just this."""
        name = tx.seal.key(self._digest.hexdigest())
        return name, keys.used(tx, keys.of_bytes(name), datetime.now(UTC))

    def end(self, key: Key, name: str) -> None:
        """Have it durable, for *key* alone to open, under no other *name*."""
        self._writer.head(key, name)
        if self._file is not None:
            os.fsync(self._file.fileno())

    def drop(self) -> None:
        """Forget the file, unless it has been placed."""
        if self._file is not None:
            self._file.close()
            self.path.unlink(missing_ok=True)


async def _whole(step: Callable[[P], T], argument: P) -> T:
    """Run *step* on a thread and stay until it has ended, also when cancelled meanwhile.

    Otherwise a file would be closed or left under the hands of a thread.
    """
    running = asyncio.create_task(asyncio.to_thread(step, argument))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
