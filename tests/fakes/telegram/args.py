"""What a call carries: text values, whatever way they came, and uploaded files.

The server reads a URL query, an urlencoded form, a multipart form or a JSON object alike, keeps
every value as text, and takes the first of two values with one name.
"""

import json
import re
from binascii import a2b_qp
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from .errors import ApiError, Json, refuse

_INTEGER = re.compile(r"\s*(-?)(\d+)")
_PLAIN = re.compile(rb"%(?![0-9A-Fa-f]{2})|[=\r\n]")  # what quoted-printable reads otherwise
_TRUE = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Args:
    """The values of one call of *method* by name."""

    values: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)
    method: str = ""

    def text(self, name: str) -> str:
        """The value, or an empty text."""
        return self.values.get(name, "")

    def has(self, name: str) -> bool:
        """Whether the value came at all, be it empty."""
        return name in self.values

    def required(self, name: str) -> str:
        """The value; its absence is refused."""
        value = self.values.get(name, "")
        if not value:
            raise refuse(f'Parameter "{name}" is required')
        return value

    def flag(self, name: str) -> bool:
        """Whether the value says yes."""
        return self.values.get(name, "").strip().lower() in _TRUE

    def integer(self, name: str, default: int = 0) -> int:
        """The leading digits of the value, as leniently as the server reads them."""
        value = self.values.get(name, "")
        return lenient_int(value) if value else default

    def clamped(self, name: str, default: int, least: int, most: int) -> int:
        """The integer, moved into its bounds: the server corrects instead of refusing."""
        return min(max(self.integer(name, default), least), most)

    def json(self, name: str, complaint: str) -> Any:  # noqa: ANN401 - any JSON may come
        """The decoded value, None when absent; unreadable JSON is refused with *complaint*."""
        value = self.values.get(name, "")
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise refuse(complaint) from error

    def json_or_none(self, name: str) -> object:
        """The decoded value; None when absent or unreadable, where the server looks away."""
        try:
            decoded: object = self.json(name, "")
        except ApiError:
            return None
        return decoded


def lenient_int(text: str) -> int:
    """The digits a text begins with; 0 for none."""
    found = _INTEGER.match(text)
    return 0 if found is None else int(found[1] + found[2])


def from_query(query: bytes) -> dict[str, str]:
    """The pairs of a URL query or an urlencoded form; the first of two equal names counts."""
    values: dict[str, str] = {}
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name:
            values.setdefault(_unquoted(name), _unquoted(value))
    return values


def _unquoted(text: bytes) -> str:
    """A percent-encoded text.

    Quoted-printable differs by its sign only, and its decoder is written in C: eight times faster.
    """
    text = text.replace(b"+", b" ")
    if b"%" in text:
        if _PLAIN.search(text) is not None:
            return unquote(text.decode(errors="surrogateescape"), errors="surrogateescape")
        text = a2b_qp(text.replace(b"%", b"="))
    return text.decode(errors="surrogateescape")


def from_json(body: bytes) -> dict[str, str]:
    """The fields of a JSON object, each as text; anything else carries nothing."""
    try:
        decoded = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(decoded, dict):
        return {}
    return {
        name: value if isinstance(value, str) else dumps(value) for name, value in decoded.items()
    }


dumps = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def text_field(obj: Json, name: str, *, required: bool = False) -> str:
    """A text field of a nested object; the server takes numbers for texts too."""
    value = obj.get(name)
    if value is None:
        if required:
            raise refuse(f'Can\'t find field "{name}"')
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise refuse(f'Field "{name}" must be of type String')


def int_field(obj: Json, name: str, default: int | None = None) -> int:
    """A whole-number field of a nested object, required when it has no *default*."""
    value = obj.get(name)
    if value is None:
        if default is None:
            raise refuse(f'Can\'t find field "{name}"')
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    raise refuse(f'Field "{name}" must be a Number')


def bool_field(obj: Json, name: str) -> bool:
    """A yes-or-no field of a nested object."""
    value = obj.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise refuse(f'Field "{name}" must be of type Boolean')
