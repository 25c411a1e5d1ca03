"""What TOML and pydantic object to, in words for the officials who edit the files."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails


class Objection(NamedTuple):
    """What is wrong at *key*, and how to *mend* it; *key* counts from 1, empty is the whole."""

    key: str
    message: str
    mend: str


_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_QUOTES = 'đặt chữ giữa hai dấu ngoặc kép thẳng: "…"'
# By the beginning of what tomllib says.
_TOML_WORDS = {
    "Illegal character": ("chữ chưa đóng ngoặc đã hết dòng", _QUOTES),
    "Unterminated": ("chữ chưa đóng ngoặc", _QUOTES),
    "Unescaped": ("trong chữ có dấu gạch chéo ngược", "bỏ đi, hoặc viết hai lần"),
    "Unclosed": ("dấu ngoặc chưa đóng", "đóng bằng ] hoặc }"),
    "Cannot overwrite": ("khóa này đã có ở trên", "xóa một trong hai"),
    "Duplicate": ("khóa này đã có ở trên", "xóa một trong hai"),
    "Cannot declare": ("tiêu đề này đã có ở trên", "xóa một, hoặc đặt cả hai trong [[ ]]"),
    "Invalid value": ("không đọc được giá trị", _QUOTES),
    "Invalid": ("không đọc được dòng này", 'viết theo mẫu: khóa = "giá trị"'),
    "Expected '='": ("dòng này thiếu dấu =", 'viết khóa = "giá trị", hoặc thêm # ở đầu dòng'),
    "Expected newline": ("còn chữ thừa sau giá trị", f"xóa chữ thừa, hoặc {_QUOTES}"),
}
_NUMBER = "viết số, không có ngoặc kép"
# By the type of pydantic's error, else by its first word.
_PYDANTIC_WORDS = {
    "missing": ("còn thiếu", "thêm dòng {last} = …"),
    "string_too_short": ("đang trống", "viết chữ vào giữa hai dấu ngoặc kép"),
    "string_too_long": ("dài hơn {max_length} ký tự", "rút ngắn lại"),
    "greater_than_equal": ("{given} quá nhỏ", "dùng số từ {ge} trở lên"),
    "less_than_equal": ("{given} quá lớn", "dùng số từ {le} trở xuống"),
    "too_short": ("có quá ít mục", "thêm, ít nhất là {min_length}"),
    "too_long": ("có {actual_length} mục", "giữ nhiều nhất {max_length}"),
    "string": ("{given} không phải là chữ", _QUOTES),
    "path": ("{given} không phải là đường dẫn", _QUOTES),
    "int": ("{given} không phải là số nguyên", _NUMBER),
    "float": ("{given} không phải là số", _NUMBER),
    "bool": ("{given} không phải true hoặc false", "viết true (có) hoặc false (không)"),
    "date": ("{given} không phải là ngày", "viết như 2026-11-24, không có ngoặc kép"),
    "tuple": ("{given} không phải là danh sách", "đặt tiêu đề trong [[ ]], hoặc các mục trong [ ]"),
    "model": ("{given} đứng một mình", 'viết {{ vi = "…", en = "…" }}'),
    "dict": ("{given} đứng một mình", "đặt dưới một tiêu đề [[ ]]"),
}


def explain_toml(error: tomllib.TOMLDecodeError) -> Objection:
    """The first place where the file is no TOML; *key* is its line."""
    said = str(error)
    place = _POSITION.search(said)
    line = place[1] if place and place[1] else ""
    message, mend = next(
        (words for start, words in _TOML_WORDS.items() if said.startswith(start)),
        (_POSITION.sub("", said), "so với một tệp đang chạy được"),
    )
    return Objection(f"dòng {line}" if line else "cuối tệp", message, mend)


def explain(
    error: ValidationError, data: object, known: Collection[str], at: tuple[int | str, ...] = ()
) -> Iterator[Objection]:
    """Each objection to *data*, which stands at *at* in its file; *known* keys may be meant."""
    start = _path(at, data)
    for objection in error.errors(include_url=False):
        inside = _key(objection["loc"], data)
        key = ".".join(part for part in (start, inside) if part)
        for message, mend in _words(objection, known):
            yield Objection(key, message, mend)


def _path(at: tuple[int | str, ...], data: object) -> str:
    """The path of *data* itself: ``unit[2 so-gd-dt]``."""
    steps = [f"[{step + 1}{_called(data)}]" if isinstance(step, int) else step for step in at]
    return "".join(steps)


def _key(loc: tuple[int | str, ...], data: object) -> str:
    """The path as people count and call it: ``ask[2 about].options[1 gia].label.vi``."""
    key = ""
    for step in loc:
        data = _inside(data, step)
        if isinstance(step, int):
            key += f"[{step + 1}{_called(data)}]"
        else:
            key += f".{step}" if key else step
    return key


def _inside(data: object, step: int | str) -> object:
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, Sequence) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _called(data: object) -> str:
    names = (data.get("id"), data.get("name")) if isinstance(data, Mapping) else ()
    return next((f" {name}" for name in names if isinstance(name, str)), "")


def _words(error: ErrorDetails, known: Collection[str]) -> Iterator[tuple[str, str]]:
    kind, given, last = error["type"], error["input"], error["loc"][-1] if error["loc"] else ""
    limits = error.get("ctx", {})
    match kind:
        case "extra_forbidden":
            yield "không dùng được ở đây", _meant(str(last), known)
        case "string_pattern_mismatch":
            yield f"{_shown(given)} không dùng làm tên được", _letters(limits["pattern"])
        case "value_error":
            yield from map(_split, str(limits["error"]).splitlines())
        case "literal_error":
            expected = limits["expected"].replace(" or ", " hoặc ")
            yield f"không có giá trị {_shown(given)}", f"dùng {expected}"
        case _ if kind in _PYDANTIC_WORDS or kind.partition("_")[0] in _PYDANTIC_WORDS:
            words = _PYDANTIC_WORDS.get(kind) or _PYDANTIC_WORDS[kind.partition("_")[0]]
            values = {**limits, "given": _shown(given), "last": last}
            yield words[0].format_map(values), words[1].format_map(values)
        case _:
            yield error["msg"], "sửa lại"


def _split(sentence: str) -> tuple[str, str]:
    message, _, mend = sentence.partition(" — ")
    return message, mend or "sửa lại"


def _meant(name: str, known: Collection[str]) -> str:
    if name in known:
        return "chuyển lên trên dấu [[ đầu tiên của tệp, hoặc xóa"
    if close := get_close_matches(name, known, n=1):
        return f'viết "{close[0]}" nếu đúng ý, hoặc xóa'
    return "xóa, hoặc chuyển về đúng chỗ"


def _letters(pattern: str) -> str:
    mark = "-" if "-]" in pattern else "_"
    return f"chỉ dùng chữ thường không dấu, chữ số và dấu {mark}; chữ đứng đầu"


def _shown(value: object) -> str:
    text = str(value)
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'  # noqa: PLR2004 — enough to find it
