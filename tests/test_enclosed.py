"""Stored files on their way out: who gets the bytes, under which name; QR pictures; transcripts."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.enclosed import EXTENSIONS, FileWords, Stored, draw_qr, file_name
from bot.dialogue import written
from bot.opening import opener
from handlers.events import Media
from handlers.messages import MAX_QR, Choice, Say
from storage import files, open_store, people
from storage.blobs import Blobs
from storage.database import Store, Tx
from storage.kinds import BEGINNINGS, ODT, OFFICE, STREAMS
from tests.sealing import SEAL

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
PDF = b"%PDF-1.7 " + b"x" * 90


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty store, on each engine in turn."""
    store = await open_store(database_url, seal=SEAL)
    yield store
    await store.close()


async def test_only_checked_files_are_opened(store: Store, tmp_path: Path) -> None:
    """A file is given to a channel once its bytes are here and as long as they are."""
    blobs = Blobs(tmp_path, store)

    async def chunks() -> AsyncIterator[bytes]:
        yield PDF

    kept = await blobs.keep(chunks(), limit=1000)
    media = Media(key="telegram:A", kind="document", name="đơn.pdf", fetch="id")

    def want(tx: Tx) -> None:
        files.keep(tx, people.contact(tx, "telegram", "1", NOW).id, media, NOW)

    open_file = opener(store, blobs)
    assert await open_file(media.key) is None
    await store.run(want)
    assert await open_file(media.key) is None
    await store.run(lambda tx: files.stored(tx, media.key, kept.sha256, kept.size, kept.mime))
    opened = await open_file(media.key)
    assert opened is not None
    assert (opened.name, opened.mime, opened.size) == ("đơn.pdf", "application/pdf", len(PDF))
    with opened.source.open("rb") as file:
        assert file.read() == PDF
    blobs.path(kept.sha256).unlink()
    assert await open_file(media.key) is None


def test_every_kind_that_is_kept_has_an_ending() -> None:
    """Whatever storage keeps can be given on under a name that says what it is."""
    kinds = {mime for _, mime in (*BEGINNINGS, *OFFICE, *STREAMS)} | {ODT, "text/plain"}
    assert kinds == EXTENSIONS.keys()


@pytest.mark.parametrize(
    ("name", "mime", "given_on"),
    [
        ("Sổ đỏ.PDF", "application/pdf", "Sổ đỏ.PDF"),
        ("ảnh.jpeg", "image/jpeg", "ảnh.jpeg"),
        ("chạy.bat", "text/plain", "chạy.bat.txt"),
        ("a.pdf\u202egnp.exe", "application/pdf", "a.pdfgnp.exe.pdf"),
        ("../../etc/passwd", "text/plain", "_.._etc_passwd.txt"),
        ("", "image/jpeg", "photo.jpg"),
        (".pdf", "application/pdf", "pdf.pdf"),
        ("a", "application/x-new", "a.bin"),
    ],
)
def test_a_name_says_what_a_file_is(name: str, mime: str, given_on: str) -> None:
    """A name keeps its words, loses folders and unseen signs, and ends as its content demands."""
    media = Media(key="web:1", kind="photo")
    assert file_name(media, Stored(name, mime, 1, Path())) == given_on


@given(st.text(max_size=80), st.sampled_from(sorted(EXTENSIONS)))
def test_no_name_is_dangerous(name: str, mime: str) -> None:
    """Whatever a sender calls a file, its name is one visible line without folders."""
    shown = file_name(Media(key="web:1", kind="document"), Stored(name, mime, 1, Path()))
    assert shown.lower().endswith(EXTENSIONS[mime])
    assert shown.isprintable()
    assert not set(shown) & set("/\\")
    assert not shown.startswith(".")


@pytest.mark.parametrize("text", ["https://example.gov.vn/?start=abc", "ế" * MAX_QR, "\U0001f600"])
def test_whatever_may_be_drawn_fits(text: str) -> None:
    """A QR picture can be drawn of the longest text a message may carry."""
    assert draw_qr(text).startswith(b"\x89PNG")


def test_too_long_a_text_is_refused_where_it_is_written() -> None:
    """A room that asks for an impossible picture fails in its own turn, not in a channel."""
    with pytest.raises(ValueError, match="at most 500 characters"):
        Say(text="", qr="a" * (MAX_QR + 1))


def test_files_that_cannot_go_along_are_listed() -> None:
    """Each kind of trouble is one line under the text, naming its files."""
    words = FileWords("Thiếu:", "Có thể thiếu:", "không tên")
    named, nameless = Media(key="1", kind="photo", name="a.jpg"), Media(key="2", kind="photo")
    assert words.added("Chào.", (), ()) == "Chào."
    assert words.added("Chào.", (named, nameless)) == "Chào.\n\nThiếu: a.jpg, không tên."
    assert words.added("Chào.", (), (named,)) == "Chào.\n\nCó thể thiếu: a.jpg."


def test_a_transcript_shows_what_goes_along() -> None:
    """In a transcript files and QR pictures stand between the text and the choices."""
    say = Say(
        text="Xem tệp.",
        files=(Media(key="1", kind="photo", name="a.jpg"), Media(key="2", kind="document")),
        qr="https://example.gov.vn",
        choices=(Choice(key="ok", label="Đã xem"),),
    )
    assert written(say).split("\n") == [
        "< Xem tệp.",
        "  (files: a.jpg, document)",
        "  (qr: https://example.gov.vn)",
        "  [Đã xem]",
    ]
