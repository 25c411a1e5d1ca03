"""Files the platform keeps: what people and the bot sent, by file id and by path."""

from dataclasses import dataclass
from random import Random

from .clock import Clock
from .errors import Json, refuse
from .rules import Limits

FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "video": "videos",
    "voice": "voice",
    "audio": "music",
    "animation": "animations",
    "video_note": "video_notes",
    "sticker": "stickers",
}
_THUMBNAIL_BYTES = 1500
_NAMED = frozenset({"document", "video", "audio", "animation"})
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(slots=True)
class StoredFile:
    """One file. *size* is what the platform says, which a test may set apart from the data."""

    file_id: str
    unique_id: str
    kind: str
    data: bytes
    size: int
    name: str
    mime: str
    path: str
    linked_at: float = float("-inf")

    def identity(self) -> Json:
        """The three fields every description of a file begins with."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": self.size,
        }


class FileStore:
    """All files of one bot."""

    def __init__(self, clock: Clock, limits: Limits, random: Random) -> None:
        """Begin empty."""
        self._clock = clock
        self._limits = limits
        self._random = random
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._thumbnails: dict[str, StoredFile] = {}

    def add(
        self, kind: str, data: bytes, *, name: str = "", mime: str = "", size: int | None = None
    ) -> StoredFile:
        """Keep a file and name it as the platform would."""
        number = len(self._by_id)
        extension = name.rpartition(".")[2] if "." in name else _extension(kind, mime)
        stored = StoredFile(
            file_id="AgACAgUAAxkB" + self._letters(44),
            unique_id="AQAD" + self._letters(11),
            kind=kind,
            data=data,
            size=len(data) if size is None else size,
            name=name,
            mime=mime,
            path=f"{FOLDERS[kind]}/file_{number}.{extension}",
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        """The file of an id."""
        return self._by_id.get(file_id)

    def link(self, file_id: str) -> Json:
        """What getFile answers; a file over 20 MB is refused."""
        if not file_id:
            raise refuse("file_id not specified")
        stored = self._by_id.get(file_id)
        if stored is None:
            raise refuse("invalid file_id")
        if stored.size > self._limits.download:
            raise refuse("file is too big")
        stored.linked_at = self._clock.now()
        return {**stored.identity(), "file_path": stored.path}

    def download(self, path: str) -> bytes | None:
        """The bytes behind a path getFile gave within the last hour."""
        stored = self._by_path.get(path)
        if stored is None:
            return None
        if self._clock.now() > stored.linked_at + self._limits.file_link_seconds:
            return None
        return stored.data

    def thumbnail(self, photo: StoredFile) -> StoredFile:
        """The small size of a photo: a file of its own."""
        if photo.file_id not in self._thumbnails:
            size = min(photo.size, _THUMBNAIL_BYTES)
            small = self.add("photo", photo.data[:_THUMBNAIL_BYTES], name="t.jpg", size=size)
            self._thumbnails[photo.file_id] = small
        return self._thumbnails[photo.file_id]

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(_ALPHABET, k=count))


def described(store: FileStore, kind: str, stored: StoredFile) -> Json:
    """The field of a message that describes a file."""
    if kind == "photo":
        small = {**store.thumbnail(stored).identity(), "width": 90, "height": 67}
        return {"photo": [small, {**stored.identity(), "width": 1280, "height": 960}]}
    about = stored.identity()
    if stored.name and kind in _NAMED:
        about["file_name"] = stored.name
    if stored.mime:
        about["mime_type"] = stored.mime
    return {kind: about | _shape(kind)}


def _shape(kind: str) -> Json:
    match kind:
        case "video" | "animation":
            return {"width": 320, "height": 240, "duration": 1}
        case "video_note":
            return {"length": 240, "duration": 1}
        case "voice" | "audio":
            return {"duration": 1}
        case "sticker":
            side = {"width": 512, "height": 512}
            return {**side, "type": "regular", "is_animated": False, "is_video": False}
        case _:
            return {}


def _extension(kind: str, mime: str) -> str:
    known = {"photo": "jpg", "voice": "oga", "video": "mp4", "audio": "mp3", "sticker": "webp"}
    return known.get(kind, mime.rpartition("/")[2] or "bin")
