"""The files of a folder that people edit, read as text, TOML or values; faults are gathered."""

import tomllib
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from handlers.explain import Objection, explain, explain_toml
from handlers.faults import Fault
from handlers.model import Frozen

Model = TypeVar("Model", bound=Frozen)


@dataclass
class Shelf:
    """The files of one folder, and what is wrong with those read so far.

    *keys* are those the files know, to guess which one a misspelt key was to be.
    """

    folder: Path
    keys: Collection[str]
    faults: list[Fault] = field(default_factory=list)

    def note(self, file: str, objections: Iterable[Objection]) -> None:
        """Note what is wrong in *file*."""
        at = f"{self.folder.name}/{file}"
        self.faults += [
            Fault(file=at, key=key, message=message, mend=mend) for key, message, mend in objections
        ]

    def adopt(self, faults: Iterable[Fault]) -> None:
        """Note faults between the files, but for those of keys already found wrong."""
        known = {(fault.file, fault.key) for fault in self.faults}
        for fault in faults:
            at = f"{self.folder.name}/{fault.file}"
            if (at, fault.key) not in known:
                self.faults.append(fault.model_copy(update={"file": at}))

    def text(self, file: str) -> str | None:
        """The text of *file* as NFC, whichever editor wrote it."""
        try:
            read = (self.folder / file).read_bytes().decode("utf-8-sig")
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            said = "không có tệp này" if missing else f"không đọc được: {error.strerror}"
            self.note(file, [Objection("", said, "chép tệp này lại từ bản trước")])
            return None
        except UnicodeDecodeError:
            self.note(file, [Objection("", "không phải UTF-8", "lưu lại với bảng mã UTF-8")])
            return None
        return unicodedata.normalize("NFC", read)

    def table(self, file: str) -> dict[str, object] | None:
        """The TOML of *file*."""
        text = self.text(file)
        try:
            return None if text is None else tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.note(file, [explain_toml(error)])
            return None

    def value(self, model: type[Model], file: str) -> Model | None:
        """All of *file* as one value."""
        table = self.table(file)
        return None if table is None else self.checked(model, file, table)

    def checked(
        self, model: type[Model], file: str, table: object, at: tuple[int | str, ...] = ()
    ) -> Model | None:
        """The *table* that stands at *at* in *file* as a value."""
        try:
            return model.model_validate(table)
        except ValidationError as error:
            self.note(file, explain(error, table, self.keys, at))
            return None
