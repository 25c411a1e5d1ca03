"""Texts as the platform measures, cleans and annotates them.

An entity is a dictionary of the Bot API (`type`, `offset`, `length`, …); offsets and lengths are
UTF-16 units, so a letter outside the basic plane counts twice.
"""

import re
from collections.abc import Callable

from .args import Args, int_field, text_field
from .errors import ApiError, Json, refuse
from .parse_html import parse_html
from .parse_markdown import parse_markdown, parse_markdown_v2
from .units import units

_TO_SPACE = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_DROPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_EMPTY = re.compile(
    "[\\s\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufffc\ufeff\xa0\U000e0000-\U000e01ff]*"
)
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{3,32}\b)"
    r"|(?P<hashtag>(?<!\w)#\w+)"
    r"|(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<phone_number>(?<!\w)\+\d[\d ]{6,16}\d)"
)
_MAYBE = re.compile(r"[/@#+]")
_STYLES = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "blockquote",
        "expandable_blockquote",
        "date_time",
    }
)
_FOUND_BY_SERVER = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bank_card_number",
    }
)
_PARSERS: dict[str, Callable[[str], tuple[str, list[Json]]]] = {
    "html": parse_html,
    "markdown": parse_markdown,
    "markdownv2": parse_markdown_v2,
}


def is_blank(text: str) -> bool:
    """Whether a text has nothing to see: spaces, zero-width and control characters only."""
    return _EMPTY.fullmatch(text) is not None


def formatted(args: Args, name: str, entities: str, raw_limit: int) -> tuple[str, list[Json]]:
    """The text of a call with its markup turned into entities."""
    return styled(args.text(name), args.text("parse_mode"), args.json_or_none(entities), raw_limit)


def styled(text: str, parse_mode: str, entities: object, raw_limit: int) -> tuple[str, list[Json]]:
    """A text with its markup turned into entities; *entities* count without a parse mode only."""
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError as error:
        raise refuse("Strings must be encoded in UTF-8") from error
    if size > raw_limit:
        raise refuse("Text is too long")
    mode = parse_mode.lower()
    if not text or not mode or mode == "none":
        return text, given_entities(entities)
    parser = _PARSERS.get(mode)
    if parser is None:
        raise refuse("Unsupported parse_mode")
    try:
        return parser(text)
    except ApiError as error:
        complaint = error.description.removeprefix("Bad Request: ")
        raise ApiError(400, f"Bad Request: can't parse entities: {_upper(complaint)}") from error


def given_entities(entities: object) -> list[Json]:
    """The entities a caller lists; those the server finds by itself are left out."""
    if not isinstance(entities, list):
        return []
    taken = []
    for entity in entities:
        try:
            kept = _given(entity)
        except ApiError as error:
            complaint = error.description.removeprefix("Bad Request: ")
            message = f"Can't parse MessageEntity: {_upper(complaint)}"
            raise refuse(message) from error
        if kept is not None:
            taken.append(kept)
    return taken


def tidy(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """The text as the platform stores it: cleaned, trimmed, with links and commands found."""
    if _TO_SPACE.search(text):
        text = _TO_SPACE.sub(" ", text)
    if _DROPPED.search(text):
        text, entities = _without(text, entities)
    stripped = text.lstrip(" \n")
    if cut := len(text) - len(stripped):
        entities = [_moved(entity, -cut) for entity in entities]
    text = stripped.rstrip(" \n")
    length = units(text)
    entities = [kept for entity in entities if (kept := _within(entity, length)) is not None]
    return text, _merged(entities, found_entities(text))


def found_entities(text: str) -> list[Json]:
    """Commands, links, mentions, hashtags, addresses and phone numbers of a text."""
    if _MAYBE.search(text) is None:
        return []
    found = []
    for match in _FOUND.finditer(text):
        kind = match.lastgroup
        offset = units(text[: match.start()])
        found.append({"offset": offset, "length": units(match[0]), "type": kind})
    return found


def _given(entity: object) -> Json | None:
    if not isinstance(entity, dict):
        raise refuse("expected an Object")
    offset = int_field(entity, "offset")
    length = int_field(entity, "length")
    kind = text_field(entity, "type", required=True)
    if not kind:
        raise refuse("Type is not specified")
    if kind in _FOUND_BY_SERVER:
        return None
    if kind not in _STYLES:
        raise refuse("Unsupported type specified")
    if kind == "text_link":
        text_field(entity, "url", required=True)
    if not 0 <= offset <= 1_000_000:
        raise refuse(f"Receive an entity with incorrect offset {offset}")
    if not 0 <= length <= 1_000_000:
        raise refuse(f"Receive an entity with incorrect length {length}")
    return dict(entity)


def _upper(complaint: str) -> str:
    return complaint[:1].upper() + complaint[1:]


def _moved(entity: Json, by: int) -> Json:
    start = max(entity["offset"] + by, 0)
    end = max(entity["offset"] + entity["length"] + by, start)
    return {**entity, "offset": start, "length": end - start}


def _within(entity: Json, length: int) -> Json | None:
    end = min(entity["offset"] + entity["length"], length)
    if end <= entity["offset"]:
        return None
    return {**entity, "length": end - entity["offset"]}


def _merged(entities: list[Json], found: list[Json]) -> list[Json]:
    if not entities:
        return found
    taken = [(entity["offset"], entity["offset"] + entity["length"]) for entity in entities]
    for entity in found:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if all(end <= first or start >= last for first, last in taken):
            entities = [*entities, entity]
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _without(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    gone = [units(text[: match.start()]) for match in _DROPPED.finditer(text)]
    moved = []
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        first = start - sum(at < start for at in gone)
        last = end - sum(at < end for at in gone)
        moved.append({**entity, "offset": first, "length": last - first})
    return _DROPPED.sub("", text), moved
