"""What is wrong between the values of `content/`, in sentences for the people who edit them."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from string import Formatter

from handlers.content import Lang, Route, Topic, alike
from handlers.model import Frozen

PLACEHOLDER = re.compile(r"[a-z_]+")


class Fault(Frozen):
    """One thing wrong in *file* at *key*, and how to *mend* it.

    *file* is a path inside `content/`; *key* counts from 1 and is empty for the whole file.
    """

    file: str
    key: str
    message: str
    mend: str

    def __str__(self) -> str:
        """One line, as it is printed."""
        where = f"{self.file}: {self.key}" if self.key else self.file
        return f"{where}: {self.message} — {self.mend}"


def text_faults(texts: Mapping[Lang, Mapping[str, str]]) -> tuple[Fault, ...]:
    """Sentences that one language lacks, or that have other {placeholders} than in the other."""
    vi, en = texts["vi"], texts["en"]
    return (
        *_missing("en", vi, en),
        *_missing("vi", en, vi),
        *(fault for lang in texts for fault in _broken(lang, texts[lang])),
        *_differing(vi, en),
    )


def _missing(lang: Lang, there: Mapping[str, str], here: Mapping[str, str]) -> list[Fault]:
    mend = "dịch sang đây, hoặc xóa ở ngôn ngữ kia"
    return [
        Fault(file=f"texts/{lang}.toml", key=key, message="còn thiếu", mend=mend)
        for key in sorted(there.keys() - here.keys())
    ]


def _broken(lang: Lang, sentences: Mapping[str, str]) -> list[Fault]:
    message = "có dấu { hoặc } không thành một {chỗ_điền}"
    mend = "viết tên chữ thường không dấu giữa { và }, hoặc bỏ dấu ngoặc"
    return [
        Fault(file=f"texts/{lang}.toml", key=key, message=message, mend=mend)
        for key, sentence in sentences.items()
        if _placeholders(sentence) is None
    ]


def _differing(vi: Mapping[str, str], en: Mapping[str, str]) -> list[Fault]:
    found = []
    for key in sorted(vi.keys() & en.keys()):
        here, there = _placeholders(vi[key]), _placeholders(en[key])
        if here is not None and there is not None and here != there:
            only = ", ".join(f"{{{name}}}" for name in sorted(here ^ there))
            message = f"{only} chỉ có ở một ngôn ngữ"
            mend = "dùng cùng các chỗ điền ở cả hai"
            found.append(Fault(file="texts/vi.toml", key=key, message=message, mend=mend))
    return found


def _placeholders(sentence: str) -> frozenset[str] | None:
    """The names in braces; None when a brace is anything but part of a plain {name}."""
    try:
        parts = list(Formatter().parse(sentence))
    except ValueError:
        return None
    fields = [(name, spec, turned) for _, name, spec, turned in parts if name is not None]
    if any(spec or turned or not PLACEHOLDER.fullmatch(name) for name, spec, turned in fields):
        return None
    return frozenset(name for name, _, _ in fields)


def topic_faults(topics: Collection[Topic]) -> tuple[Fault, ...]:
    """Topics that could not be told apart in the menu."""
    return tuple(
        Fault(
            file="topics",
            key="button",
            message=f'hai chủ đề cùng ghi "{twice}"',
            mend="đổi một, vì người dân còn gõ chữ thay vì bấm",
        )
        for twice in alike(topic.button for topic in topics)
    )


def route_faults(
    routes: Sequence[Route | None],
    topics: Collection[str],
    units: Collection[str],
    communes: Collection[str],
) -> tuple[Fault, ...]:
    """Routes to or from nowhere, routes never reached, and a last route that is no catch-all.

    None stands for a route already found wrong.
    """
    found: list[Fault] = []
    for number, route in enumerate(routes, 1):
        if route is None:
            continue
        at = f"route[{number}]"
        found += _unknown(f"{at}.topic", route.topic, topics, "*")
        found += _unknown(f"{at}.commune", route.commune, communes, "*")
        found += _unknown(f"{at}.unit", route.unit, units, "@commune")
        found += _shadowed(at, route, routes[: number - 1])
    if not routes or not _takes_all(routes[-1]):
        message = "mục cuối không nhận mọi chủ đề của mọi xã, phường"
        mend = "thêm ở cuối tệp một [[route]] chỉ có unit"
        found.append(Fault(file="units.toml", key="route", message=message, mend=mend))
    return tuple(found)


def _takes_all(route: Route | None) -> bool:
    if route is None:
        return True
    return (route.topic, route.commune) == ("*", "*") and route.unit != "@commune"


def _unknown(key: str, name: str, known: Collection[str], wild: str) -> list[Fault]:
    if name == wild or name in known:
        return []
    close = get_close_matches(name, known, n=1)
    mend = f'có phải là "{close[0]}"?' if close else f'dùng một id có thật, hoặc "{wild}"'
    return [Fault(file="units.toml", key=key, message=f'không có "{name}"', mend=mend)]


def _shadowed(key: str, route: Route, earlier: Sequence[Route | None]) -> list[Fault]:
    # "@commune" lets a case through whose commune is not known yet.
    if not any(
        other is not None
        and other.unit != "@commune"
        and other.topic in {"*", route.topic}
        and other.commune in {"*", route.commune}
        for other in earlier
    ):
        return []
    message = "không bao giờ được dùng: một mục phía trên đã nhận hết"
    return [Fault(file="units.toml", key=key, message=message, mend="chuyển lên trên, hoặc xóa")]
