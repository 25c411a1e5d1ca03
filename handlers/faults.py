"""What is wrong between the values of `content/`, in sentences for the people who edit them."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from string import Formatter

from handlers.content import LONGEST_LABEL, Lang, Route, Topic, alike
from handlers.desk.people import ROLES
from handlers.desk.templates import COMMON, Template
from handlers.law import NEEDED, Rule
from handlers.model import Frozen
from handlers.petition import Form
from handlers.sentences import SENTENCES
from handlers.text import fold
from handlers.triage import CAUGHT, EMERGENCY, KINDS, Rules

PLACEHOLDER = re.compile(r"[a-z_]+")
RESERVED = re.compile(r"\b(?:thụ\s+l[ýí]|giải\s+quyết|kết\s+luận|bạn)\b", re.IGNORECASE)
ALLOWED = re.compile(  # said of papers and people there are, not of what the system does
    r"\bbạn (?:bè|học|đời)\b|\b(?:chậm|quyết định) giải quyết\b|\bgiải quyết chậm\b"
    r"|\bkết luận (?:thanh tra|kiểm tra|giám định)\b"
    r"|\bmuốn được giải quyết theo Luật Tố cáo\b",  # DOMAIN §1: what may be said, and only so
    re.IGNORECASE,
)


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


def text_faults(
    file: str, wanted: Collection[str], texts: Mapping[str, str], lang: Lang
) -> tuple[Fault, ...]:
    """Sentences of one file that are missing, never said, or can't be said as they stand."""
    return (
        *_missing(file, wanted, texts),
        *(fault for key, text in texts.items() for fault in _sentence(file, key, text)),
        *(
            fault
            for key, text in texts.items()
            if lang == "vi"
            for fault in _words(file, key, text)
        ),
    )


def _missing(file: str, wanted: Collection[str], texts: Mapping[str, str]) -> Iterator[Fault]:
    mend = "viết câu này, như ở ngôn ngữ kia hoặc ở bản trước"
    for key in wanted:
        if key not in texts:
            yield Fault(file=file, key=key, message="còn thiếu", mend=mend)


def _sentence(file: str, key: str, text: str) -> Iterator[Fault]:
    """Its key is one the program knows, its places are those it fills, a button holds it."""
    if key not in SENTENCES:
        close = get_close_matches(key, SENTENCES, n=1)
        mend = f'có phải là "{close[0]}"?' if close else "xóa đi"
        yield Fault(file=file, key=key, message="không có câu nào mang khóa này", mend=mend)
        return
    places = _placeholders(text)
    if places is None:
        message = "có dấu { hoặc } không thành một {chỗ_điền}"
        mend = "viết tên chữ thường không dấu giữa { và }, hoặc bỏ dấu ngoặc"
        yield Fault(file=file, key=key, message=message, mend=mend)
        return
    if unknown := places - SENTENCES[key]:
        mend = f"chỉ dùng {_braced(SENTENCES[key])}" if SENTENCES[key] else "bỏ đi"
        message = f"không có gì để điền vào {_braced(unknown)}"
        yield Fault(file=file, key=key, message=message, mend=mend)
    elif lost := SENTENCES[key] - places:
        mend = "thêm lại, giữ nguyên tên"
        yield Fault(file=file, key=key, message=f"thiếu {_braced(lost)}", mend=mend)
    size = len(re.sub(r"{\w+}", "", text))
    if key.startswith("choice.") and size > LONGEST_LABEL:
        message = f"dài {size} ký tự, nút bấm chứa {LONGEST_LABEL}"
        yield Fault(file=file, key=key, message=message, mend="rút ngắn lại")


def _braced(names: Collection[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _words(file: str, key: str, text: str) -> Iterator[Fault]:
    """Words that are an official's alone, and an address that is too familiar."""
    for found in RESERVED.finditer(ALLOWED.sub("", text)):
        familiar = found[0].casefold() == "bạn"
        mend = "viết “ông/bà”" if familiar else "dùng từ khác: đó là lời của người có thẩm quyền"
        yield Fault(file=file, key=key, message=f'có từ "{found[0]}"', mend=mend)
        return


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
    """Topics that could not be told apart in the menu, and words the system must not say."""
    spoken = ((f"topics/{topic.id}.toml", *said) for topic in topics for said in _spoken(topic))
    same = tuple(
        Fault(
            file="topics",
            key="button",
            message=f'hai lĩnh vực cùng ghi "{twice}"',
            mend="đổi một, vì người dân còn gõ chữ thay vì bấm",
        )
        for twice in alike(topic.button for topic in topics)
    )
    return (*same, *(fault for file, key, text in spoken for fault in _words(file, key, text)))


def _spoken(topic: Topic) -> Iterator[tuple[str, str]]:
    """Every Vietnamese sentence of a form, with where it stands."""
    yield "title.vi", topic.title.vi
    yield "button.vi", topic.button.vi
    for number, field in enumerate(topic.ask, 1):
        at = f"ask[{number} {field.name}]"
        yield f"{at}.text.vi", field.text.vi
        yield f"{at}.label.vi", field.label.vi
        if field.hint:
            yield f"{at}.hint.vi", field.hint.vi
        for place, option in enumerate(field.options, 1):
            yield f"{at}.options[{place} {option.id}].label.vi", option.label.vi


def template_faults(
    templates: Collection[Template],
    topics: Mapping[str, Topic],
    known: Collection[str],
    units: Collection[str],
    law: Collection[str] = (),
) -> tuple[Fault, ...]:
    """Templates for a topic, unit or rule there is none of, and places nothing can fill in.

    *known* are the ids of all topics, *topics* those without a fault of their own; *law* the ids of
    all rules.
    """
    found: list[Fault] = []
    for template in templates:
        file = f"templates/{template.id}.toml"
        found += _unknown("topic", template.topic, known, "*", file)
        found += _unknown("unit", template.unit, units, "*", file) if units else []
        for rule in template.rules:
            found += _unknown("rules", rule, law, "", file)
        if template.topic == "*" or template.topic in topics:
            found += _unfilled(file, template, topics.get(template.topic), law)
    return tuple(found)


def law_faults(
    rules: Collection[Rule], units: Collection[str], known: Collection[str]
) -> tuple[Fault, ...]:
    """Rules kept by nobody there is, and rules the program asks for that are not there.

    *known* are the ids of all rules, *rules* those without a fault of their own.
    """
    found: list[Fault] = []
    for rule in rules:
        key = f"{rule.id}.owner"
        found += _unknown(key, rule.owner, {*units, *ROLES}, "dpo", "law.toml")
    for name in sorted(NEEDED - set(known)):
        message = f'còn thiếu quy định "{name}"'
        mend = "chép mục này lại từ bản trước; hết hiệu lực thì ghi valid_to"
        found.append(Fault(file="law.toml", key="rule", message=message, mend=mend))
    return tuple(found)


def fillable(topic: Topic | None) -> frozenset[str]:
    """The places a case about *topic* may fill in; nothing personal is among them."""
    asked = topic.ask if topic else ()
    return COMMON | {f.name for f in asked if not f.personal and f.kind != "media"}


def _unfilled(
    file: str, template: Template, topic: Topic | None, law: Collection[str]
) -> Iterator[Fault]:
    can = fillable(topic) | set(law)
    for name in sorted(template.fields - can - template.asks.keys()):
        close = get_close_matches(name, can, n=1)
        mend = f"có phải là {{{close[0]}}}?" if close else f'thêm vào [asks] câu hỏi cho "{name}"'
        yield Fault(file=file, key="", message=f"không có gì để điền vào {{{name}}}", mend=mend)


def petition_faults(form: Form, units: Collection[str]) -> tuple[Fault, ...]:
    """Bodies the form of a petition names that are no units."""
    listed = (("departments", name) for name in form.departments)
    named = (("city", form.city), ("reception", form.reception), *listed)
    found = (_unknown(key, name, units, "", "petition.toml") for key, name in named)
    return tuple(fault for faults in found for fault in faults)


def triage_faults(rules: Rules, law: Collection[str]) -> tuple[Fault, ...]:
    """Kinds nothing would speak for, numbers nobody was told of, phrases that cannot count."""
    file, found = "triage.toml", []
    for kind in sorted(CAUGHT - {clue.kind for clue in rules.clue}):
        message, mend = f'không có cụm từ nào cho "{kind}"', "thêm một [[clue]] cho loại này"
        found.append(Fault(file=file, key="clue", message=message, mend=mend))
    ignored: set[tuple[str, str]] = set()
    for other in rules.ignore:
        kinds = other.kinds or KINDS
        ignored |= {
            (kind, fold(phrase)) for phrase in other.words if not other.past for kind in kinds
        }
    for number, clue in enumerate(rules.clue, 1):
        for call in clue.call:
            at = f"clue[{number}].call"
            found += _unknown(at, f"{EMERGENCY}{call}", law, "", file)
        for phrase in clue.words:
            if (clue.kind, fold(phrase)) in ignored:
                message = f'"{phrase}" cũng nằm trong một [[ignore]]'
                at = f"clue[{number}].words"
                found.append(Fault(file=file, key=at, message=message, mend="xóa một trong hai"))
    return tuple(found)


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
        message = "mục cuối không nhận mọi lĩnh vực của mọi xã, phường"
        mend = "thêm ở cuối tệp một [[route]] chỉ có unit"
        found.append(Fault(file="units.toml", key="route", message=message, mend=mend))
    return tuple(found)


def _takes_all(route: Route | None) -> bool:
    if route is None:
        return True
    return (route.topic, route.commune) == ("*", "*") and route.unit != "@commune"


def _unknown(
    key: str, name: str, known: Collection[str], wild: str, file: str = "units.toml"
) -> list[Fault]:
    if name == wild or name in known:
        return []
    close = get_close_matches(name, known, n=1)
    mend = f'có phải là "{close[0]}"?' if close else f'dùng một id có thật, hoặc "{wild}"'
    return [Fault(file=file, key=key, message=f'không có "{name}"', mend=mend)]


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
