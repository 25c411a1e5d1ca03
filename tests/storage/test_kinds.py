import io
import zipfile

import pytest

from storage.kinds import kind_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"


def kind(data: bytes) -> str | None:
    """The kind of these bytes."""
    return kind_of(io.BytesIO(data))


def zipped(**parts: str) -> bytes:
    """A zip of named parts; ``__`` in a name is a slash."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return file.getvalue()


def office(main: str, **parts: str) -> bytes:
    """A zipped document with its list of content types."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Override ContentType="{main}.main+xml"/>')
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return file.getvalue()


def compound(*streams: str) -> bytes:
    """A compound file of one directory with these streams, as Word and Excel wrote until 2007."""
    entries = [_entry(name) for name in ("Root Entry", *streams)]
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + b"".join(entries)


def _entry(name: str) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (text.ljust(64, b"\0") + len(text).to_bytes(2, "little") + b"\2").ljust(128, b"\0")


def base_media(brand: bytes, *others: bytes) -> bytes:
    """The first box of an ISO base media file."""
    body = b"ftyp" + brand + b"\0\0\0\0" + b"".join(others)
    return (len(body) + 4).to_bytes(4) + body + b"\0" * 40


KEPT = {
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
    "gif": (b"GIF89a\1\0\1\0", "image/gif"),
    "webp": (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
    "heic": (base_media(b"heic", b"mif1"), "image/heic"),
    "heif": (base_media(b"mif1", b"miaf", b"heic"), "image/heif"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
    "docx": (office(WORD, word__document="x"), WORD),
    "xlsx": (office(SHEET), SHEET),
    "pptx": (office(SLIDES), SLIDES),
    "odt": (zipped(mimetype=ODT, content="x"), ODT),
    "doc": (compound("1Table", "WordDocument"), "application/msword"),
    "xls": (compound("Workbook"), "application/vnd.ms-excel"),
    "txt": ("Kính gửi ông/bà,\r\n\t1 < 2 & <3".encode(), "text/plain"),
    "txt with a mark": (b"\xef\xbb\xbf" + "Đơn".encode(), "text/plain"),
    "mp4": (base_media(b"isom"), "video/mp4"),
    "mov": (base_media(b"qt  "), "video/quicktime"),
    "3gp": (base_media(b"3gp5"), "video/3gpp"),
    "webm": (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\x82\x84webmB\x87\x81\2", "video/webm"),
    "ogg": (b"OggS".ljust(28, b"\0") + b"OpusHead\1", "audio/ogg"),
    "mp3": (b"ID3\4\0\0\0\0\0\x23TSSE", "audio/mpeg"),
    "bare mp3": (b"\xff\xfb\x90\x64" + b"\0" * 500, "audio/mpeg"),
    "m4a": (base_media(b"M4A "), "audio/mp4"),
    "aac": (b"\xff\xf1\x50\x80\x02\x1f\xfc", "audio/aac"),
    "amr": (b"#!AMR\n\x3c\x91", "audio/amr"),
    "wav": (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_citizens_send_is_known_by_its_bytes(name: str) -> None:
    """Each kind that is kept is told by its content."""
    data, mime = KEPT[name]
    assert kind(data) == mime


MACROS = "application/vnd.ms-word.document.macroEnabled"
REFUSED = {
    "windows program": b"MZ\x90\0\3\0\0\0" + b"\0" * 60,
    "linux program": b"\x7fELF\2\1\1\0" + b"\0" * 60,
    "shell script": b"#!/bin/sh\nrm -rf /\n",
    "batch file": b"  @echo off\r\ndel *.*\r\n",
    "link": b"[InternetShortcut]\r\nURL=http://example.com\r\n",
    "registry": b"Windows Registry Editor Version 5.00\r\n",
    "rich text": rb"{\rtf1\ansi Dear",
    "page": b"<!DOCTYPE html><p>hello",
    "page after much text": b"a" * 70000 + b"<SCRIPT>alert(1)</SCRIPT>",
    "page across a seam": b"a" * (64 * 1024 - 4) + b"<script>alert(1)</script>",
    "drawing": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "program in a page": b"<?php system($_GET['x']); ?>",
    "archive": zipped(a="x"),
    "java": zipped(**{"META-INF__MANIFEST.MF": "x"}),
    "gzip": b"\x1f\x8b\x08\0",
    "rar": b"Rar!\x1a\7\1\0",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "document with macros": office(MACROS),
    "document with hidden macros": office(WORD, **{"word__vbaProject.bin": "x"}),
    "old document with macros": compound("WordDocument", "_VBA_PROJECT"),
    "installer": compound("\u4840\u3f7f\u4164", "SummaryInformation"),
    "locked document": compound("EncryptedPackage", "EncryptionInfo"),
    "name inside old data": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(513, b"\0")
    + _entry("WordDocument"),
    "zip of a zip's beginning": b"PK\3\4" + b"\0" * 100,
    "zip cut short": office(WORD)[:-30],
    "avif": base_media(b"avif", b"mif1"),
    "avif as a still image": base_media(b"mif1", b"avif", b"miaf"),
    "matroska": b"\x1aE\xdf\xa3\x9fB\x82\x88matroska",
    "ogg video": b"OggS".ljust(28, b"\0") + b"\x80theora",
    "avi": b"RIFF\x24\0\0\0AVI LIST",
    "not utf-8": "Kính gửi".encode("utf-16"),
    "latin": b"caf\xe9",
    "cut in a letter": "Đơn xin đ".encode()[:-1],
    "text with nul": b"hello\0world",
    "nul across a seam": b"a" * 65536 + b"\0",
    "random": bytes(range(256)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_citizens_do_not_send_is_refused(name: str) -> None:
    """Programs, pages, scripts, macros, archives and what nothing is known of have no kind."""
    assert kind(REFUSED[name]) is None


def test_a_seam_cuts_no_letter() -> None:
    """A long text is text wherever the pieces it is read in are cut."""
    for shift in range(4):
        assert kind(b"a" * shift + "ế".encode() * 60000) == "text/plain"


def test_a_zip_with_a_giant_table_of_contents_is_not_read() -> None:
    """What would fill the memory is refused before it is read, and a lie about it too."""
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        archive.writestr("[Content_Types].xml", f"{WORD}.main+xml")
        for number in range(16000):
            archive.writestr(f"{number:060}", "")
    assert kind(many.getvalue()) is None
    data = bytearray(office(WORD))
    at = data.rfind(b"PK\5\6")
    data[at + 12 : at + 16] = (1).to_bytes(4, "little")
    assert kind(bytes(data)) is None
