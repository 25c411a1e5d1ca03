"""Files and QR pictures that the bot gives to a visitor, over HTTP."""

import asyncio
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from bot.channels.enclosed import Stored
from bot.channels.web import Limits
from handlers.events import Media, MediaKind
from handlers.messages import Say
from tests.web.client import Client
from tests.web.served import Served

PDF = b"%PDF-1.7 " + b"x" * 1000


@pytest.fixture(scope="module")
def limits() -> Limits:
    """One download at a time."""
    return Limits(given_each=1)


class Giver:
    """A bot that tells a visitor of files."""

    def __init__(self, chat: Served, visitor: Client, folder: Path) -> None:
        self.chat, self.visitor, self.folder = chat, visitor, folder

    async def says(self, *files: Media, qr: str = "") -> dict[str, Any]:
        """The message as the visitor's page gets it."""
        await self.visitor.say({"type": "said", "text": "Chào"}, key="told")
        address = self.chat.mind.arrivals[-1].address
        say = Say(text="Xem tệp.", files=files, qr=qr)
        await asyncio.to_thread(lambda: self.chat.run(self.chat.mind.say(address, say)))
        message = (await self.visitor.get("/chat/messages")).json["messages"][-1]
        assert isinstance(message, dict)
        return message

    def file(self, name: str, body: bytes, mime: str, kind: MediaKind = "document") -> Media:
        """A stored file."""
        key = f"telegram:AQ-_{len(self.chat.mind.stored)}"
        path = self.folder / str(len(self.chat.mind.stored))
        path.write_bytes(body)
        self.chat.mind.stored[key] = Stored(name, mime, len(body), path)
        return Media(key=key, kind=kind, name=name)


@pytest.fixture
def giver(chat: Served, visitor: Client, tmp_path: Path) -> Giver:
    """A bot that tells a visitor of files."""
    return Giver(chat, visitor, tmp_path)


async def test_a_file_comes_by_a_link(giver: Giver, visitor: Client) -> None:
    """A message names its files, and the link of each gives its bytes, to be saved."""
    message = await giver.says(giver.file("Quyết định.pdf", PDF, "application/pdf"))
    (file,) = message["files"]
    assert (file["name"], file["kind"], file["size"]) == ("Quyết định.pdf", "document", len(PDF))
    answer = await visitor.get(file["url"])
    assert (answer.status, answer.body) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    ("mime", "shown"),
    [
        ("image/jpeg", True),
        ("image/heic", False),
        ("audio/ogg", True),
        ("video/mp4", False),
        ("text/plain", False),
    ],
)
async def test_only_harmless_kinds_are_shown(
    giver: Giver, visitor: Client, mime: str, *, shown: bool
) -> None:
    """Pictures and sounds a browser knows open in it; everything else is saved."""
    message = await giver.says(giver.file("a", b"bytes", mime))
    answer = await visitor.get(message["files"][0]["url"])
    assert answer.headers["Content-Disposition"].startswith("inline" if shown else "attachment")


async def test_a_strangers_link_opens_nothing(giver: Giver, visitor: Client, chat: Served) -> None:
    """A link is good for nobody but the visitor who was told of the file."""
    url = (await giver.says(giver.file("a.pdf", PDF, "application/pdf")))["files"][0]["url"]
    async with Client(chat.url) as other:
        assert (await other.get(url)).status == 404
        await other.get("/")
        assert (await other.get(url)).status == 404
    assert (await visitor.get(url)).status == 200


async def test_a_forged_link_opens_nothing(giver: Giver, visitor: Client) -> None:
    """A link for another file, or with another signature, is as if there were none."""
    told, other = (giver.file(name, PDF, "application/pdf") for name in ("a.pdf", "b.pdf"))
    url = (await giver.says(told))["files"][0]["url"]
    _, _, place, signature, _ = url.split("/")
    for forged in (
        f"/chat/{place}/{signature}/{other.key}",
        f"/chat/{place}/{signature[:-1]}x/{told.key}",
        f"/chat/{place}/%E1%BA%BF%FF/{told.key}",
        f"/chat/{place}/{signature}/..%2f..%2fetc",
    ):
        assert (await visitor.get(forged)).status == 404


async def test_another_sites_page_gets_nothing(giver: Giver, visitor: Client) -> None:
    """A page of another site can't have a visitor's browser fetch their files."""
    url = (await giver.says(giver.file("a.pdf", PDF, "application/pdf")))["files"][0]["url"]
    answer = await visitor.get(url, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status, answer.code) == (403, "foreign")


async def test_a_name_does_not_lie(giver: Giver, visitor: Client) -> None:
    """A text that calls itself a program is given with the ending of a text."""
    message = await giver.says(giver.file("../chạy.bat", b"@", "text/plain"))
    assert message["files"][0]["name"] == "_chạy.bat.txt"


async def test_a_file_that_is_not_here_is_named(giver: Giver) -> None:
    """A file that was refused or is not fetched yet is named under the text."""
    message = await giver.says(Media(key="telegram:x", kind="photo", name="đất.jpg"))
    assert message["files"] == []
    assert message["text"] == "Xem tệp.\n\nChưa xem được tệp: đất.jpg."


async def test_a_file_that_is_gone_is_not_found(
    giver: Giver, visitor: Client, chat: Served
) -> None:
    """A link whose file was forgotten meanwhile answers that there is none."""
    url = (await giver.says(giver.file("a.pdf", PDF, "application/pdf")))["files"][0]["url"]
    chat.mind.stored.clear()
    assert (await visitor.get(url)).status == 404


async def test_a_part_of_a_file(giver: Giver, visitor: Client) -> None:
    """A download that broke off goes on where it stopped."""
    url = (await giver.says(giver.file("a.pdf", PDF, "application/pdf")))["files"][0]["url"]
    answer = await visitor.get(url, headers={"Range": "bytes=1000-"})
    assert (answer.status, answer.body) == (206, PDF[1000:])


async def test_too_many_downloads_wait(giver: Giver, visitor: Client, chat: Served) -> None:
    """A visitor has only so many downloads at once, counted until the last byte."""
    large = giver.file("a.pdf", b"%PDF" + bytes(30 << 20), "application/pdf")
    url = (await giver.says(large))["files"][0]["url"]
    async with visitor.session.get(chat.url + url) as reading:
        await reading.content.read(1000)
        assert (await visitor.get(url)).status == 429
        reading.close()


async def test_a_qr_picture_is_in_the_message(giver: Giver) -> None:
    """A QR picture needs no further request: it comes inside the message, with what it says."""
    link = "https://example.gov.vn/?start=abc"
    message = await giver.says(qr=link)
    assert message["qr"]["text"] == link
    kind, _, picture = message["qr"]["image"].partition(",")
    assert kind == "data:image/png;base64"
    assert b64decode(picture).startswith(b"\x89PNG")


async def test_a_message_without_either(giver: Giver) -> None:
    """A plain message has no files and no picture."""
    message = await giver.says()
    assert (message["files"], message["qr"]) == ([], None)
