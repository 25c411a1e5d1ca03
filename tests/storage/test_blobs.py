import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from handlers.events import Media
from storage import files, keys, people, sealed_bytes
from storage.blobs import Blobs, EmptyError, Kept, TooLargeError, TypeRefusedError
from storage.database import Store, Tx
from storage.sealed_bytes import BytesChangedError
from tests.sealing import SEAL
from tests.storage.samples import DAY, NOW

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
def blobs(root: Path, store: Store) -> Blobs:
    """An empty store."""
    return Blobs(root, store)


async def read(store: Store, blobs: Blobs, digest: str) -> bytes:
    """The bytes of a file that is kept."""
    found = await store.read(lambda tx: blobs.sealed(tx, digest))
    with found.open() as file:
        return file.read()


def name_of(data: bytes) -> str:
    """The name of a file with these bytes."""
    return SEAL.key(hashlib.sha256(data).hexdigest())


async def test_bytes_are_kept_under_their_digest(store: Store, blobs: Blobs, root: Path) -> None:
    """What was sent can be read again by its keyed digest; nobody else may read it."""
    digest = name_of(PNG)
    assert await blobs.keep(chunks(PNG), limit=LIMIT) == Kept(digest, len(PNG), "image/png")
    path = blobs.path(digest)
    assert path == root / digest[:2] / digest[2:4] / digest
    assert await read(store, blobs, digest) == PNG
    assert PNG[:100] not in path.read_bytes()
    assert hashlib.sha256(PNG).hexdigest() not in str(path)
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


async def test_a_cancelled_upload_leaves_nothing(store: Store, blobs: Blobs, root: Path) -> None:
    """When the caller gives up at any moment, there is either the whole file or none."""
    for patience in (0.0, 0.001, 0.002, 0.004, 0.008, 0.016):
        task = asyncio.create_task(blobs.keep(chunks(PNG * 40), limit=LIMIT))
        await asyncio.sleep(patience)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.2)
    for path in everything(root):
        assert path.name == name_of(PNG * 40)
        assert await read(store, blobs, path.name) == PNG * 40


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


SIZES = [1, 65_535, 65_536, 65_537, 131_072, 200_001]


@pytest.mark.parametrize("size", SIZES)
async def test_any_part_can_be_read_alone(store: Store, blobs: Blobs, size: int) -> None:
    """A player may seek anywhere: every part is what was sent there, also over chunks' ends."""
    data = (PNG * 20)[:size] if size > len(PNG) else b"x" * size
    kept = await blobs.keep(chunks(data, size=7777), limit=LIMIT)
    found = await store.read(lambda tx: blobs.sealed(tx, kept.sha256))
    with found.open() as file:
        assert file.seek(0, os.SEEK_END) == size
        for start in (0, 1, size // 2, size - 1, max(0, size - 70_000)):
            file.seek(start)
            assert file.read(70_000) == data[start : start + 70_000]
        file.seek(size)
        assert file.read() == b""
        file.seek(0)
        assert file.read() == data


def cut(data: bytes) -> bytes:
    """Without its last chunk."""
    return data[: 72 + 65_552]


CHANGES = {
    "a bit": lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
    "cut off at a chunk": cut,
    "cut off": lambda data: data[:-5],
    "longer": lambda data: data + b"x",
    "two chunks changed places": lambda data: (
        data[:72] + data[72 + 65_552 : 72 + 2 * 65_552] + data[72 : 72 + 65_552] + data[cut_at() :]
    ),
    "a head of its own": lambda data: data[:20] + bytes([data[20] ^ 1]) + data[21:],
    "no head": lambda _: b"",
    "plain": lambda _: PNG,
}


def cut_at() -> int:
    """Where the third chunk begins."""
    return 72 + 2 * 65_552


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_changed_file_is_found(
    store: Store, blobs: Blobs, change: Callable[[bytes], bytes]
) -> None:
    """Whatever is done to the bytes on disk, nobody is given others than were sent."""
    kept = await blobs.keep(chunks(PNG * 15), limit=LIMIT)
    path = blobs.path(kept.sha256)
    path.write_bytes(change(path.read_bytes()))
    found = await store.read(lambda tx: blobs.sealed(tx, kept.sha256))
    with pytest.raises(BytesChangedError), found.open() as file:
        file.read()


async def test_a_file_under_another_name_is_found(store: Store, blobs: Blobs) -> None:
    """One person's file can't be put in the place of another's."""
    mine = await blobs.keep(chunks(PNG), limit=LIMIT)
    other = await blobs.keep(chunks(PNG + b"!"), limit=LIMIT)
    blobs.path(mine.sha256).write_bytes(blobs.path(other.sha256).read_bytes())
    found = await store.read(lambda tx: blobs.sealed(tx, mine.sha256))
    assert not found.here()
    with pytest.raises(FileNotFoundError):
        found.open()


async def test_the_same_bytes_share_a_key_and_outlive_either_upload(
    store: Store, blobs: Blobs
) -> None:
    """Two people's same file stays readable while one of them has it; then its key is destroyed."""
    kept = [await blobs.keep(chunks(PNG), limit=LIMIT) for _ in range(2)]
    digest = kept[0].sha256
    media = [Media(key=f"web:{n}", kind="photo") for n in range(2)]

    def upload(tx: Tx) -> None:
        for number, each in enumerate(media):
            contact = people.contact(tx, "web", str(number), NOW).id
            files.upload(tx, contact, each, digest, NOW - DAY)

    await store.run(upload)
    later = datetime.now(UTC) + files.UPLOAD_LASTS

    def forget(tx: Tx, number: int) -> tuple[str, ...]:
        return files.forget(tx, [media[number].key], later)

    assert await store.run(partial(forget, number=0)) == ()
    assert await read(store, blobs, digest) == PNG
    assert await store.run(partial(forget, number=1)) == (digest,)
    assert await store.read(lambda tx: keys.all_of(tx, keys.of_bytes(digest))) == {}
    found = await store.read(lambda tx: blobs.sealed(tx, digest))
    assert not found.here()
    with pytest.raises(FileNotFoundError):
        found.open()


async def test_no_key_is_destroyed_under_the_hands_of_an_upload(store: Store, blobs: Blobs) -> None:
    """Bytes that were just sent keep their key until their row is there; else it goes later."""
    kept = await blobs.keep(chunks(PNG), limit=LIMIT)
    just = datetime.now(UTC) - files.UPLOAD_LASTS
    assert await store.read(partial(files.unused, before=just, limit=9)) == ()
    assert await store.run(partial(files.shred, digests=[kept.sha256], before=just)) == ()
    assert await read(store, blobs, kept.sha256) == PNG
    later = datetime.now(UTC) + timedelta(seconds=1)
    assert await store.read(partial(files.unused, before=later, limit=9)) == (kept.sha256,)
    shred = partial(files.shred, digests=[kept.sha256], before=later)
    assert await store.run(shred) == (kept.sha256,)
    assert await store.read(partial(files.unused, before=later, limit=9)) == ()


async def test_bytes_sent_again_after_their_key_was_destroyed_are_readable(
    store: Store, blobs: Blobs
) -> None:
    """What was erased may be sent anew; it gets a new key, and what is left of the old is gone."""
    kept = await blobs.keep(chunks(PNG), limit=LIMIT)
    await store.run(lambda tx: keys.destroy(tx, keys.of_bytes(kept.sha256)))
    assert await blobs.keep(chunks(PNG), limit=LIMIT) == kept
    assert await read(store, blobs, kept.sha256) == PNG
    assert sealed_bytes.sealed(blobs.path(kept.sha256))
