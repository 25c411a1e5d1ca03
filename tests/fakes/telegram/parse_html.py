"""Telegram's HTML, read as its library reads it, with the same complaints.

A text is scanned once. A tag opens on a stack and becomes an entity when it closes; an entity
without length disappears. The end of the text is a NUL, as in the original, so that every look
ahead is safe.
"""

import re
from collections.abc import Callable

from .errors import Json, refuse
from .links import link_entity
from .units import byte_offset, units

_STYLE_OF = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = frozenset({*_STYLE_OF, "a", "tg-emoji", "tg-time", "pre", "code", "blockquote"})
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_SPACE = " \t\r\n\0\v"
_PLAIN = re.compile(r"[^&<]+")
_LONGEST_REFERENCE = 10
_BEYOND_UNICODE = 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)


def parse_html(text: str) -> tuple[str, list[Json]]:
    """The text without tags and its entities; a mistake is refused with its byte offset."""
    return _Html(text).read()


def _letter(reference: re.Match[str]) -> str | None:
    """The character a reference stands for; None for a name the platform does not know."""
    hexadecimal, decimal, name = reference.groups()
    if name is not None:
        return _NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal is not None else int(decimal)
    digits = len(reference[0].removesuffix(";"))
    if not 0 < code < _BEYOND_UNICODE or digits >= _LONGEST_REFERENCE:
        return None
    if _SURROGATES[0] <= code <= _SURROGATES[1]:
        raise refuse(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(code)


def _sorted(entities: list[Json]) -> list[Json]:
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


class _Open:
    def __init__(self, tag: str, values: dict[str, str], offset: int, begin: int) -> None:
        self.tag = tag
        self.values = values
        self.offset = offset
        self.begin = begin


class _Html:
    def __init__(self, text: str) -> None:
        self._source = text
        self._text = text + "\0"
        self._at = 0
        self._units = 0
        self._out: list[str] = []
        self._open: list[_Open] = []
        self._entities: list[Json] = []

    def read(self) -> tuple[str, list[Json]]:
        end = len(self._source)
        while self._at < end:
            if plain := _PLAIN.match(self._source, self._at):
                self._write(plain[0])
                self._at = plain.end()
            elif self._text[self._at] == "&":
                self._write(self._reference())
            elif self._text[self._at + 1] == "/":
                self._close()
            else:
                self._begin()
        if self._open:
            tag = self._open[-1].tag
            raise refuse(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return "".join(self._out), _sorted(self._entities)

    def _write(self, text: str) -> None:
        self._out.append(text)
        self._units += units(text)

    def _reference(self) -> str:
        """The character at `&`, or the `&` itself when it names none."""
        found = _REFERENCE.match(self._text, self._at)
        letter = None if found is None else _letter(found)
        self._at = self._at + 1 if letter is None or found is None else found.end()
        return "&" if letter is None else letter

    def _begin(self) -> None:
        start = self._at
        self._at += 1
        self._skip(lambda letter: letter not in _SPACE and letter != ">")
        if self._ended():
            raise refuse(f"Unclosed start tag at byte offset {self._byte(start)}")
        tag = self._text[start + 1 : self._at].lower()
        if tag not in _TAGS:
            raise refuse(f'Unsupported start tag "{tag}" at byte offset {self._byte(start)}')
        values = self._attributes(tag, start)
        if tag == "span" and values.get("class") != "tg-spoiler":
            at = self._byte(start)
            raise refuse(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
        self._at += 1
        self._open.append(_Open(tag, values, self._units, len(self._out)))

    def _attributes(self, tag: str, start: int) -> dict[str, str]:
        values: dict[str, str] = {}
        while True:
            self._spaces()
            if self._text[self._at] == ">":
                return values
            name_at = self._at
            self._skip(lambda letter: letter not in _SPACE and letter not in "=>/\"'")
            name = self._text[name_at : self._at]
            if not name:
                at = self._byte(start)
                raise refuse(f'Empty attribute name in the tag "{tag}" at byte offset {at}')
            self._spaces()
            if self._text[self._at] != "=":
                self._unless_ended(f'Unclosed start tag "{tag}"', start)
                values.setdefault(name, "")
                continue
            self._at += 1
            self._spaces()
            self._unless_ended(f'Unclosed start tag "{tag}"', start)
            values[name] = self._value()
            self._unless_ended("Unclosed start tag", start)

    def _value(self) -> str:
        quote = self._text[self._at]
        if quote not in "'\"":
            token = self._at
            self._skip(lambda letter: letter.isascii() and (letter.isalnum() or letter in ".-"))
            if self._text[self._at] not in _SPACE + ">":
                raise refuse(f"Unexpected end of name token at byte offset {self._byte(token)}")
            return self._text[token : self._at].lower()
        self._at += 1
        read = []
        while self._text[self._at] != quote and not self._ended():
            if self._text[self._at] == "&":
                read.append(self._reference())
            else:
                read.append(self._text[self._at])
                self._at += 1
        if not self._ended():
            self._at += 1
        return "".join(read)

    def _close(self) -> None:
        start = self._at
        if not self._open:
            raise refuse(f"Unexpected end tag at byte offset {self._byte(start)}")
        self._skip(lambda letter: letter not in _SPACE and letter != ">")
        name = self._text[start + 2 : self._at].lower()
        self._spaces()
        if self._text[self._at] != ">":
            raise refuse(f"Unclosed end tag at byte offset {self._byte(start)}")
        tag = self._open[-1].tag
        if name and name != tag:
            raise refuse(
                f"Unmatched end tag at byte offset {self._byte(start)}, "
                f'expected "</{tag}>", found "</{name}>"'
            )
        self._at += 1
        opened = self._open.pop()
        if self._units > opened.offset:
            self._entity(opened)

    def _entity(self, opened: _Open) -> None:
        where: Json = {"offset": opened.offset, "length": self._units - opened.offset}
        match opened.tag:
            case "a":
                url = opened.values.get("href") or "".join(self._out[opened.begin :])
                if link := link_entity(url):
                    self._entities.append({**where, **link})
            case "pre" | "code":
                self._code(opened, where)
            case "blockquote":
                kind = "expandable_blockquote" if "expandable" in opened.values else "blockquote"
                self._entities.append({**where, "type": kind})
            case "tg-emoji":
                emoji = opened.values.get("emoji-id", "")
                if not emoji.isdigit() or int(emoji) == 0:
                    raise refuse("Invalid custom emoji identifier specified")
                self._entities.append({**where, "type": "custom_emoji", "custom_emoji_id": emoji})
            case "tg-time":
                when = int(opened.values.get("unix", "0") or 0)
                self._entities.append({**where, "type": "date_time", "unix_time": when})
            case tag:
                self._entities.append({**where, "type": _STYLE_OF[tag]})

    def _code(self, opened: _Open, where: Json) -> None:
        """`<pre><code class="language-x">` is one entity with a language."""
        language = opened.values.get("class", "").removeprefix("language-")
        last = self._entities[-1] if self._entities else None
        same = last is not None and all(last[key] == where[key] for key in where)
        if last and same and opened.tag == "pre" and last["type"] == "code" and "language" in last:
            last["type"] = "pre"
        elif last and same and opened.tag == "code" and last["type"] == "pre" and language:
            last["language"] = language
        else:
            entity = {**where, "type": opened.tag}
            if language:
                entity["language"] = language
            self._entities.append(entity)

    def _skip(self, wanted: Callable[[str], bool]) -> None:
        while not self._ended() and wanted(self._text[self._at]):
            self._at += 1

    def _spaces(self) -> None:
        self._skip(lambda letter: letter in _SPACE)

    def _ended(self) -> bool:
        return self._at >= len(self._source)

    def _unless_ended(self, complaint: str, start: int) -> None:
        if self._ended():
            raise refuse(f"{complaint} at byte offset {self._byte(start)}")

    def _byte(self, index: int) -> int:
        return byte_offset(self._source, index)
