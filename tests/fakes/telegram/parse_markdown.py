"""Telegram's two kinds of Markdown, read as its library reads them, with the same complaints.

MarkdownV2 keeps a stack of open entities; inside code only the backtick is special, and a block
quotation ends with its line. As in the original the end of the text is a NUL.
"""

import re
from dataclasses import dataclass

from .errors import ApiError, Json, refuse
from .links import link_entity
from .units import byte_offset, units

_OLD = {"_": "italic", "*": "bold", "`": "code", "[": "text_link"}
_RESERVED = "_*[]()~`>#+-=|{}.!\n"
_SIMPLE = {"*": "bold", "~": "strikethrough"}
_CODES = frozenset({"code", "pre"})
_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
_LANGUAGE = re.compile(r"[^\s`\0]+(?=\s)")
_LINE = re.compile(r"\r\n|\n\r|\n|\r")
_LAST_ESCAPABLE = 126


def parse_markdown(text: str) -> tuple[str, list[Json]]:
    """The old Markdown: four marks, no nesting; an entity that never ends is refused."""
    source = text + "\0\0\0"
    out: list[str] = []
    entities: list[Json] = []
    offset = at = 0
    while at < len(text):
        letter = source[at]
        if letter == "\\" and source[at + 1] in "_*`[":
            letter, at = source[at + 1], at + 1
        elif letter in _OLD:
            at, inner, entity = _old_entity(source, at, len(text))
            length = units(inner)
            if entity is not None and length:
                entities.append({"offset": offset, "length": length, **entity})
            out.append(inner)
            offset += length
            continue
        out.append(letter)
        offset += units(letter)
        at += 1
    return "".join(out), entities


def _old_entity(source: str, begin: int, end: int) -> tuple[int, str, Json | None]:
    """Read one entity: where it ends, the text inside, and what it becomes."""
    mark = source[begin]
    at = begin + 1
    entity: Json | None = {"type": _OLD[mark]}
    closing = "]" if mark == "[" else mark
    if source.startswith("```", begin):
        language, at = _language(source, begin + 3)
        entity = {"type": "pre", **({"language": language} if language else {})}
        closing = "```"
    close = source.find(closing, at, end)
    if close < 0:
        where = byte_offset(source, begin)
        raise refuse(f"Can't find end of the entity starting at byte offset {where}")
    inner = source[at:close]
    after = close + len(closing)
    if mark == "[":
        url = inner
        if source[after] == "(":
            until = source.find(")", after, end)
            url = source[after + 1 : until if until >= 0 else end]
            after = until + 1 if until >= 0 else end
        entity = link_entity(url)
    return after, inner, entity


def _language(source: str, at: int) -> tuple[str, int]:
    """The language after an opening of a code block, and where the code begins."""
    language = ""
    if found := _LANGUAGE.match(source, at):
        language, at = found[0], found.end()
    if line := _LINE.match(source, at):
        at = line.end()
    return language, at


def parse_markdown_v2(text: str) -> tuple[str, list[Json]]:
    """MarkdownV2; a reserved character out of place and an open entity are refused."""
    return _Reader(text).read()


@dataclass(slots=True)
class _Open:
    kind: str
    offset: int
    byte: int
    begin: int
    source_at: int
    language: str = ""


class _Reader:
    def __init__(self, text: str) -> None:
        self._end = len(text)
        self._text = text + "\0\0\0"
        self._at = 0
        self._offset = 0
        self._out: list[str] = []
        self._open: list[_Open] = []
        self._entities: list[Json] = []
        self._quoting = False
        self._line_start = True

    def read(self) -> tuple[str, list[Json]]:
        while self._at < self._end:
            letter = self._text[self._at]
            if letter == "\\" and 0 < ord(self._text[self._at + 1]) <= _LAST_ESCAPABLE:
                self._at += 1
                self._write(self._text[self._at])
            elif letter not in self._reserved():
                self._write(letter)
            elif self._closes(letter):
                self._close(letter)
            else:
                self._begin(letter)
        self._finish_quotation()
        if self._open:
            raise self._no_end(self._open[-1])
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self._out), self._entities

    def _reserved(self) -> str:
        return "`" if self._open and self._open[-1].kind in _CODES else _RESERVED

    def _write(self, letter: str) -> None:
        self._out.append(letter)
        self._offset += units(letter)
        if letter != "\r":
            self._line_start = letter == "\n"
        self._at += 1

    def _closes(self, letter: str) -> bool:
        if not self._open:
            return False
        last = self._at + 1 == self._end
        if self._quoting and letter == "\n" and (last or self._text[self._at + 1] != ">"):
            return True
        ahead = self._text[self._at : self._at + 3]
        match self._open[-1].kind:
            case "bold":
                return letter == "*"
            case "italic":
                return letter == "_" and ahead[1] != "_"
            case "code":
                return letter == "`"
            case "pre":
                return ahead == "```"
            case "text_link" | "custom_emoji":
                return letter == "]"
            case "underline":
                return ahead[:2] == "__"
            case "strikethrough":
                return letter == "~"
            case "spoiler":
                return ahead[:2] == "||"
            case _:
                return False

    def _begin(self, letter: str) -> None:
        start = self._at
        two = self._text[start : start + 2]
        match letter:
            case "\n":
                self._write(letter)
                return
            case ">" if self._line_start and self._quoting:
                self._at += 1
                return
            case ">" if self._line_start:
                self._quoting = True
                self._push("blockquote", 1)
            case "_":
                self._push("underline", 2) if two == "__" else self._push("italic", 1)
            case "*" | "~":
                self._push(_SIMPLE[letter], 1)
            case "|" if two == "||":
                self._push("spoiler", 2)
            case "[":
                self._push("text_link", 1)
            case "!" if two == "![":
                self._push("custom_emoji", 2)
            case "`" if self._text.startswith("```", start):
                self._push("pre", 3)
                self._open[-1].language, self._at = _language(self._text, self._at)
            case "`":
                self._push("code", 1)
            case _:
                raise refuse(
                    f"Character '{letter}' is reserved and must be escaped with the preceding '\\'"
                )

    def _push(self, kind: str, marks: int) -> None:
        byte = byte_offset(self._text, self._at)
        self._open.append(_Open(kind, self._offset, byte, len(self._out), self._at))
        self._at += marks

    def _close(self, letter: str) -> None:
        opened = self._open[-1]
        if letter == "\n" and opened.kind != "blockquote":
            if not (opened.kind == "spoiler" and opened.source_at == self._at - 2):
                raise self._no_end(opened)
            self._open.pop()
            opened = self._open[-1]
            if opened.kind != "blockquote":
                raise self._no_end(opened)
            self._end_quotation("expandable_blockquote")
            return
        if opened.kind == "blockquote":
            self._end_quotation("blockquote")
            return
        self._open.pop()
        self._at += {"pre": 3, "underline": 2, "spoiler": 2}.get(opened.kind, 1)
        entity: Json | None = {"type": opened.kind}
        if opened.language:
            entity = {"type": "pre", "language": opened.language}
        if opened.kind == "text_link":
            inner = "".join(self._out[opened.begin :])
            entity = link_entity(self._url() if self._text[self._at] == "(" else inner)
        elif opened.kind == "custom_emoji":
            entity = self._emoji()
        self._add(opened, entity)

    def _end_quotation(self, kind: str) -> None:
        opened = self._open.pop()
        self._quoting = False
        self._write("\n")
        self._add(opened, {"type": kind})

    def _finish_quotation(self) -> None:
        """A quotation may end with the text; `||` before its end makes it expandable."""
        if not self._quoting:
            return
        kind = "blockquote"
        if self._open[-1].kind == "spoiler" and self._open[-1].source_at == self._end - 2:
            self._open.pop()
            kind = "expandable_blockquote"
        if self._open and self._open[-1].kind == "blockquote":
            self._add(self._open.pop(), {"type": kind})

    def _add(self, opened: _Open, entity: Json | None) -> None:
        length = self._offset - opened.offset
        if entity is not None and length:
            self._entities.append({"offset": opened.offset, "length": length, **entity})

    def _url(self) -> str:
        """The address in parentheses, without its escapes."""
        self._at += 1
        begin = self._at
        read = []
        while self._at < self._end and self._text[self._at] != ")":
            if (
                self._text[self._at] == "\\"
                and 0 < ord(self._text[self._at + 1]) <= _LAST_ESCAPABLE
            ):
                self._at += 1
            read.append(self._text[self._at])
            self._at += 1
        if self._text[self._at] != ")":
            where = byte_offset(self._text, begin)
            raise refuse(f"Can't find end of a URL at byte offset {where}")
        self._at += 1
        return "".join(read)

    def _emoji(self) -> Json:
        if self._text[self._at] != "(":
            raise refuse("The entity must contain a tg://emoji or tg://time URL")
        found = re.fullmatch(r"tg://emoji\?id=(\d+)", self._url())
        if found is None:
            raise refuse("Invalid tg://emoji or tg://time URL specified")
        return {"type": "custom_emoji", "custom_emoji_id": found[1]}

    def _no_end(self, opened: _Open) -> ApiError:
        return refuse(
            f"Can't find end of {_NAMES[opened.kind]} entity at byte offset {opened.byte}"
        )
