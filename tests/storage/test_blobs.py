import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.blobs import Blobs, EmptyError, Kept, TooLargeError, TypeRefusedError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
LIMIT = 10**6


async def chunks(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """Bytes in pieces, as a network brings them."""
    for start in range(0, len(data), size):
        await asyncio.sleep(0)
        yield data[start : start + size]


def everything(root: Path) -> list[Path]:
    """All files below a folder."""
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the files are."""
    return tmp_path / "files"


@pytest.fixture
def blobs(root: Path) -> Blobs:
    """An empty store."""
    return Blobs(root)


async def test_bytes_are_kept_under_their_digest(blobs: Blobs, root: Path) -> None:
    """What was sent can be read again by its digest; nobody else may read it."""
    digest = hashlib.sha256(PNG).hexdigest()
    assert await blobs.keep(chunks(PNG), limit=LIMIT) == Kept(digest, len(PNG), "image/png")
    path = blobs.path(digest)
    assert path == root / digest[:2] / digest[2:4] / digest
    with blobs.open(digest) as file:
        assert file.read() == PNG
    assert path.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (root, *path.parents[:2])} == {0o700}


async def test_the_same_bytes_are_one_file(blobs: Blobs, root: Path) -> None:
    """Many who send the same at once leave one file; those who send other bytes another one."""
    data = [PNG, PNG + b"!", PNG, PNG, PNG + b"!"] * 4
    kept = await asyncio.gather(*(blobs.keep(chunks(one), limit=LIMIT) for one in data))
    assert len({one.sha256 for one in kept}) == 2
    assert len(everything(root)) == 2


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyError),
        (PNG * 200, TooLargeError),
        (b"MZ\x90\0 and so on", TypeRefusedError),
        (b"<html><script>", TypeRefusedError),
    ],
)
async def test_what_is_refused_leaves_nothing(
    blobs: Blobs, root: Path, data: bytes, error: type[Exception]
) -> None:
    """No bytes, too many, or of a kind nobody wants: an error that says so, and no file."""
    with pytest.raises(error):
        await blobs.keep(chunks(data), limit=LIMIT)
    assert everything(root) == []


async def test_the_limit_itself_is_allowed(blobs: Blobs) -> None:
    """Exactly as many bytes as the limit are kept, one more is not."""
    assert (await blobs.keep(chunks(PNG), limit=len(PNG))).size == len(PNG)
    with pytest.raises(TooLargeError):
        await blobs.keep(chunks(PNG), limit=len(PNG) - 1)


async def test_reading_stops_at_the_limit(blobs: Blobs) -> None:
    """A sender without end is cut off, and the connection is let go of at once."""
    taken = 0
    closed = False

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken, closed
        try:
            while True:
                taken += 50_000
                yield b"x" * 50_000
        finally:
            closed = True

    with pytest.raises(TooLargeError):
        await blobs.keep(endless(), limit=LIMIT)
    assert taken <= LIMIT + 50_000
    assert closed


async def test_a_sender_that_breaks_off_leaves_nothing(blobs: Blobs, root: Path) -> None:
    """When the connection is lost in the middle, its error comes out and no file is left."""

    async def broken() -> AsyncIterator[bytes]:
        yield PNG
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await blobs.keep(broken(), limit=LIMIT)
    assert everything(root) == []


async def test_a_cancelled_upload_leaves_nothing(blobs: Blobs, root: Path) -> None:
    """When the caller gives up at any moment, there is either the whole file or none."""
    for patience in (0.0, 0.001, 0.002, 0.004, 0.008, 0.016):
        task = asyncio.create_task(blobs.keep(chunks(PNG * 40), limit=LIMIT))
        await asyncio.sleep(patience)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.2)
    for path in everything(root):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


async def test_a_cancelled_upload_waits_for_a_slow_disk(
    blobs: Blobs, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is being made while the caller gives up is gone when the caller is told."""
    make = tempfile.mkstemp

    def slowly(*, prefix: str, dir: Path) -> tuple[int, str]:  # noqa: A002 - mkstemp's own name
        time.sleep(0.1)
        return make(prefix=prefix, dir=dir)

    monkeypatch.setattr(tempfile, "mkstemp", slowly)
    task = asyncio.create_task(blobs.keep(chunks(PNG), limit=LIMIT))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.1)
    assert everything(root) == []


async def test_what_a_crash_left_is_cleaned_up(blobs: Blobs, root: Path) -> None:
    """Old unfinished files go; a young one may be another worker's, and kept ones stay."""
    kept = await blobs.keep(chunks(PNG), limit=LIMIT)
    old, young = root / ".part-old", root / ".part-young"
    for path in (old, young):
        path.write_bytes(b"x")
    long_ago = time.time() - 2 * 3600
    os.utime(old, (long_ago, long_ago))
    assert await blobs.clean() == 1
    assert {path.name for path in everything(root)} == {".part-young", kept.sha256}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "", "a" * 64 + "\n"]
)
def test_only_a_digest_names_a_file(blobs: Blobs, name: str) -> None:
    """No path can be made of anything else."""
    with pytest.raises(ValueError, match="SHA-256"):
        blobs.path(name)


async def test_memory_stays_small(blobs: Blobs) -> None:
    """A large file goes through in pieces: no piece is handed on larger than what is gathered."""
    data = PNG + b"\0" * 5_000_000
    kept = await blobs.keep(chunks(data, size=64 * 1024), limit=10**7)
    assert kept.size == len(data)
