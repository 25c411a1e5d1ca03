"""Files people send through the page."""

import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web import Limits
from bot.channels.web.files import MAX_NAME, file_name
from tests.web.client import Client
from tests.web.served import Served

JPEG = b"\xff\xd8" + b"x" * 1000


@pytest.fixture(scope="module")
def limits() -> Limits:
    """A small limit, so that it can be passed quickly."""
    return Limits(file_bytes=100_000)


async def test_file_is_kept_and_named(chat: Served, visitor: Client) -> None:
    """An upload answers with a key, the kind by its content, and its size."""
    answer = await visitor.upload(JPEG, "so-do.jpg")
    assert answer.status == 200
    assert answer.json["kind"] == "photo"
    assert answer.json["mime"] == "image/jpeg"
    assert answer.json["size"] == 1002
    ((address, key),) = chat.mind.files
    assert key == answer.json["key"]
    assert key.startswith(f"web:{address[:32]}:")


async def test_same_file_twice_is_one(chat: Served, visitor: Client) -> None:
    """A file uploaded again after a lost answer has the same key."""
    first, again = [(await visitor.upload(JPEG)).json["key"] for _ in range(2)]
    assert first == again
    assert len(chat.mind.files) == 1


@pytest.mark.parametrize("name", ["cccd.jpg", "Căn cước mặt trước.JPG", "CMND_2.png"])
async def test_a_named_identity_card_is_not_taken(chat: Served, visitor: Client, name: str) -> None:
    """Its name tells before a byte of it is kept."""
    answer = await visitor.upload(JPEG, name)
    assert (answer.status, answer.code) == (415, "id_card")
    assert chat.mind.files == {}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "file_empty"),
        (b"MZ" + b"\0" * 100, 415, "file_type"),
        (b"<html><script>", 415, "file_type"),
        (b"\xff\xd8" + b"x" * 100_000, 413, "too_large"),
    ],
)
async def test_bad_file_is_refused_with_a_code(
    chat: Served, visitor: Client, body: bytes, status: int, code: str
) -> None:
    """An empty, oversized or lying file gets a code that the page has a sentence for."""
    answer = await visitor.upload(body, "anh.jpg")
    assert (answer.status, answer.code) == (status, code)
    assert chat.mind.files == {}


async def test_endless_file_is_cut_off(chat: Served, visitor: Client) -> None:
    """A body that never says how long it is ends at the limit."""

    async def endless() -> object:
        yield b"\xff\xd8"
        for _ in range(200):
            yield b"x" * 10_000

    headers = {"Content-Type": "application/octet-stream"}
    answer = await visitor.post("/chat/files", data=endless(), headers=headers)
    assert (answer.status, answer.code) == (413, "too_large")
    assert chat.mind.files == {}


async def test_file_that_breaks_off_is_not_kept(chat: Served, visitor: Client) -> None:
    """An upload whose connection is lost leaves nothing behind and frees its place."""
    (token,) = (morsel.value for morsel in visitor.session.cookie_jar)
    head = (
        f"POST /chat/files HTTP/1.1\r\nHost: 127.0.0.1:{chat.port}\r\nContent-Length: 5000\r\n"
        f"Content-Type: application/octet-stream\r\nCookie: lang_nghe={token}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", chat.port)) as line:
        line.sendall(head.encode() + JPEG)
    await asyncio.sleep(0.2)
    assert chat.mind.files == {}
    assert (await visitor.upload(JPEG)).status == 200


async def test_few_uploads_at_once(chat: Served, visitor: Client) -> None:
    """One visitor sends at most three files at once."""
    chat.mind.keep_delay = 0.5
    answers = await asyncio.gather(*(visitor.upload(JPEG + bytes([n])) for n in range(5)))
    assert sorted(answer.status for answer in answers) == [200, 200, 200, 429, 429]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\Ảnh 1.jpg", "Ảnh 1.jpg"),
        ("a\r\nSet-Cookie: x=y.jpg", "a Set-Cookie: x=y.jpg"),
        ("anh\u202egpj.exe", "anhgpj.exe"),
        ("\0\0", ""),
        ("..", ""),
        ("/", ""),
        ("", ""),
        ("đơn" * 100 + ".pdf", ("đơn" * 100 + ".pdf")[-MAX_NAME:]),
    ],
)
def test_name_is_data_only(sent: str, kept: str) -> None:
    """The sender's name of a file loses folders, line ends and everything unseen."""
    assert file_name(sent) == kept


async def test_name_is_kept_as_data(chat: Served, visitor: Client) -> None:
    """A name that tries to be a path or a header is kept as a harmless line beside the bytes."""
    assert (await visitor.upload(JPEG, "../../a\r\nSet-Cookie: x=y.jpg")).status == 200
    (media,) = chat.mind.files.values()
    assert media.name == "a Set-Cookie: x=y.jpg"


@given(st.text())
def test_no_name_leaves_its_folder(raw: str) -> None:
    """Whatever a file is called, the kept name is short, one line, and no path."""
    name = file_name(raw)
    assert len(name) <= MAX_NAME
    assert not set(name) & set("/\\\r\n\0")
    assert name not in (".", "..")
    assert file_name(name) == name


async def test_overlong_name_is_refused(visitor: Client) -> None:
    """A name longer than any file system allows is no name."""
    assert (await visitor.upload(JPEG, "x" * 1001)).code == "bad_request"
