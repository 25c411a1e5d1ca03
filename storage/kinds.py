"""What a file is, by its bytes alone, out of a short list of what citizens send.

A table of our own, because a guessing library answers another question: puremagic 1.30 lets the end
of a file (the sender's choice) outweigh its beginning, and can't tell a document from an archive or
an installer. Here a file is one of these kinds, by marks its readers insist on, or it is refused:
programs, pages, scripts, macros and archives have no row.
"""

import codecs
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

HEAD = 4096
CHUNK = 64 * 1024

# How files begin. ``ftyp`` brands: ISO/IEC 14496-12, mp4ra.org. A still image of brand mif1 may be
# of any coding, so it must name HEVC too. Ogg: the first packet of the first page; WebM: DocType.
_BEGINNINGS = (
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF.{4}WEBP", "image/webp"),
    (rb".{4}ftyp(?:hei[cxms]|hev[cx])", "image/heic"),
    (rb".{4}ftyp(?:mif1|msf1).{4}(?:.{4}){0,15}?hei[cx]", "image/heif"),
    (rb"%PDF-", "application/pdf"),
    (rb".{4}ftypqt  ", "video/quicktime"),
    (rb".{4}ftyp(?:mp4|iso|M4V|avc1|MSNV|dash)", "video/mp4"),
    (rb".{4}ftyp3g2", "video/3gpp2"),
    (rb".{4}ftyp(?:3g|mmp4)", "video/3gpp"),
    (rb"\x1aE\xdf\xa3.{0,100}?B\x82\x84webm", "video/webm"),
    (rb".{4}ftypM4[AB] ", "audio/mp4"),
    (rb"OggS.{24}(?:OpusHead|\x01vorbis|Speex   |\x7fFLAC)", "audio/ogg"),
    (rb"ID3[\x02-\x04][^\xff].[^\x80-\xff]{4}", "audio/mpeg"),
    (rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]", "audio/mpeg"),
    (rb"\xff[\xf0\xf1\xf8\xf9][\x00-\x33\x40-\x73\x80-\xb3\xc0-\xf3]", "audio/aac"),
    (rb"#!AMR\n", "audio/amr"),
    (rb"#!AMR-WB\n", "audio/amr-wb"),
    (rb"RIFF.{4}WAVE", "audio/wav"),
)
BEGINNINGS = tuple((re.compile(mark, re.DOTALL), mime) for mark, mime in _BEGINNINGS)

# Zipped documents, by the content types they list (ECMA-376); those with macros list others.
ZIP = b"PK\x03\x04"
OFFICE = tuple(
    (f"{part}.main+xml".encode(), f"application/vnd.openxmlformats-officedocument.{part}")
    for part in (
        "wordprocessingml.document",
        "spreadsheetml.sheet",
        "presentationml.presentation",
    )
)
ODT = "application/vnd.oasis.opendocument.text"
MACROS = "vbaproject.bin"
END_OF_ZIP = 22
MAX_DIRECTORY = 1024 * 1024
MAX_PART = 256 * 1024

# Compound files (MS-CFB §2.6.1), by the streams that make one a document of Word or Excel; with a
# VBA project it would bring a program along.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRY = 128
STREAMS = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
)
COMPOUND_MACROS = "_VBA_PROJECT"

# Text that a program would act upon: markup anywhere, these words at the beginning.
MARKUP = re.compile(
    rb"<\s*(?:!doctype|\?xml|\?php|html|head|body|script|svg|iframe|object|embed|meta|style)",
    re.IGNORECASE,
)
SCRIPT = re.compile(
    rb"\s*(?:#!|@echo|\{\\rtf|%!ps|\[internetshortcut\]|windows registry|regedit)", re.IGNORECASE
)
LONGEST_MARK = 64


def kind_of(file: BinaryIO) -> str | None:
    """The media type of a file open for reading, or None when it is not one we keep."""
    file.seek(0)
    head = file.read(HEAD)
    for mark, mime in BEGINNINGS:
        if mark.match(head):
            return mime
    if head.startswith(ZIP):
        return _zip(file)
    return _compound(file) if head.startswith(COMPOUND) else _text(head, file)


def _zip(file: BinaryIO) -> str | None:
    if not 0 < _directory_size(file) <= MAX_DIRECTORY:
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            return _office(archive)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, ValueError, RuntimeError):
        return None


def _directory_size(file: BinaryIO) -> int:
    """Bytes of a zip's table of contents, which `zipfile` reads whole; 0 when there is none."""
    file.seek(max(0, file.seek(0, 2) - CHUNK - END_OF_ZIP))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + END_OF_ZIP > len(tail):
        return 0
    return int(struct.unpack_from("<L", tail, at + 12)[0])


def _office(archive: zipfile.ZipFile) -> str | None:
    names = archive.namelist()
    if any(name.lower().endswith(MACROS) for name in names):
        return None
    if names and names[0] == "mimetype":
        return ODT if _part(archive, "mimetype") == ODT.encode() else None
    types = _part(archive, "[Content_Types].xml")
    return next((mime for mark, mime in OFFICE if mark in types), None)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MAX_PART)


def _compound(file: BinaryIO) -> str | None:
    found = next((mime for name, mime in STREAMS if _has_stream(file, name)), None)
    return None if _has_stream(file, COMPOUND_MACROS) else found


def _has_stream(file: BinaryIO, name: str) -> bool:
    """Whether a directory entry calls a stream so; entries lie at multiples of their length."""
    encoded = (name + "\0").encode("utf-16-le")
    wanted = encoded.ljust(64, b"\0") + len(encoded).to_bytes(2, "little") + b"\2"
    for start, chunk in _chunks(file, overlap=ENTRY):
        at = chunk.find(wanted)
        while at >= 0:
            if (start + at) % ENTRY == 0:
                return True
            at = chunk.find(wanted, at + 1)
    return False


def _text(head: bytes, file: BinaryIO) -> str | None:
    """Plain text: all of it UTF-8 without NUL, none of it markup or a script."""
    if SCRIPT.match(head.removeprefix(codecs.BOM_UTF8)):
        return None
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start, chunk in _chunks(file, overlap=LONGEST_MARK):
            if b"\0" in chunk or MARKUP.search(chunk):
                return None
            decoder.decode(chunk[LONGEST_MARK:] if start else chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return "text/plain"


def _chunks(file: BinaryIO, overlap: int) -> Iterator[tuple[int, bytes]]:
    """The file in pieces with their offsets; each repeats the last *overlap* bytes before it."""
    file.seek(0)
    start, kept = 0, b""
    while piece := file.read(CHUNK):
        chunk = kept + piece
        yield start, chunk
        kept = chunk[-overlap:]
        start += len(chunk) - len(kept)
