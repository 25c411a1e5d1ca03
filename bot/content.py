"""Reads the files of `content/`; whatever is wrong in them is told at once, in words."""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from bot.shelf import Model, Shelf
from handlers.approval import Approvable
from handlers.calendar import Calendar, Corrections, read_calendar
from handlers.content import (
    Content,
    Controller,
    DeskRules,
    Field,
    Lang,
    Option,
    Route,
    Topic,
    Unit,
    repeated,
)
from handlers.desk.templates import Template
from handlers.explain import Objection, explain, explain_toml
from handlers.faults import (
    Fault,
    law_faults,
    petition_faults,
    route_faults,
    template_faults,
    text_faults,
    topic_faults,
    triage_faults,
)
from handlers.law import Rule
from handlers.limits import LimitRules
from handlers.model import Frozen
from handlers.petition import Form
from handlers.privacy import privacy_faults
from handlers.retention import RetentionRule
from handlers.sentences import CITIZENS, DESK
from handlers.territory import Commune, Territory, read_territory
from handlers.triage import NO_RULES, Clue, Ignored, Rules
from handlers.words import Words

LANGS: tuple[Lang, ...] = ("vi", "en")
_ROW = re.compile(r"((?:units|former): line \d+): (.*)")
_ENGLISH_KINDS = {"Xã": "commune", "Phường": "ward", "Đặc khu": "special zone"}


class ContentFaultsError(Exception):
    """The files of `content/` have *faults*: all there are, one a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class _Departments(Frozen):
    """`units.toml` before its entries are looked at one by one."""

    unit: tuple[dict[str, object], ...] = ()
    route: tuple[dict[str, object], ...] = ()


class _Retention(Frozen):
    """`retention.toml` before its entries are looked at one by one."""

    rule: tuple[dict[str, object], ...] = ()


class _Law(Frozen):
    """`law.toml` before its entries are looked at one by one."""

    rule: tuple[dict[str, object], ...] = ()


KEYS = frozenset(
    key
    for model in (
        Topic,
        Field,
        Option,
        Words,
        Unit,
        Route,
        _Departments,
        Controller,
        DeskRules,
        LimitRules,
        Template,
        Rule,
        RetentionRule,
        _Law,
        Form,
        Clue,
        Ignored,
        Rules,
    )
    for key in model.model_fields
) | {"day", "is", "reason", "source", *Corrections.model_fields}


def load_content(folder: Path) -> Content:
    """Everything of *folder*; ContentFaultsError has every fault of every file."""
    shelf = Shelf(folder, KEYS)
    controller = shelf.value(Controller, "controller.toml")
    desk = shelf.value(DeskRules, "desk.toml")
    topics = _topics(shelf)
    texts = _texts(shelf)
    calendar = _calendar(shelf)
    territory = _territory(shelf)
    communes = territory.communes if territory else ()
    units, routes = _departments(shelf, communes)
    law = _law(shelf, units)
    retention = _retention(shelf)
    privacy = _privacy(shelf, [*law, *(rule.id for rule in retention)])
    triage = _triage(shelf, law)
    petition = _petition(shelf, units)
    templates = _templates(shelf, topics, units, law)
    if not (controller and desk and calendar and territory and petition) or shelf.faults:
        raise ContentFaultsError(shelf.faults)
    return Content(
        controller=controller,
        topics=topics,
        texts=texts,
        units=units,
        routes=routes,
        calendar=calendar,
        territory=territory,
        templates=templates,
        law=law,
        retention=retention,
        privacy=privacy,
        triage=triage,
        petition=petition,
        desk=desk,
    )


def _privacy(shelf: Shelf, known: Collection[str]) -> dict[Lang, str]:
    """The whole notice about personal data, in each language."""
    found = ((lang, shelf.text(f"privacy/{lang}.md")) for lang in LANGS)
    texts = {lang: text for lang, text in found if text is not None}
    if not any(fault.file.endswith(("law.toml", "retention.toml")) for fault in shelf.faults):
        shelf.adopt(privacy_faults(texts, known))
    return texts


def _triage(shelf: Shelf, law: Collection[str]) -> Rules:
    """The words that tell what a text is; a kind that must be caught has some."""
    file = "triage.toml"
    rules = shelf.value(Rules, file) or NO_RULES
    if rules is not NO_RULES:
        shelf.adopt(triage_faults(rules, law))
    return rules


def _topics(shelf: Shelf) -> dict[str, Topic]:
    """The topics without fault; the name of a file is the topic's id."""
    files = sorted((shelf.folder / "topics").glob("*.toml"))
    if not files:
        mend = "viết mỗi lĩnh vực một tệp, xem docs/content.md"
        shelf.note("topics", [Objection("", "chưa có lĩnh vực nào", mend)])
    topics = {path.stem: _topic(shelf, path.stem) for path in files}
    sound = {name: topic for name, topic in topics.items() if topic}
    shelf.adopt(topic_faults(sound.values()))
    return sound


def _topic(shelf: Shelf, name: str) -> Topic | None:
    return _named(shelf, Topic, f"topics/{name}.toml", name)


def _named(shelf: Shelf, model: type[Model], file: str, name: str) -> Model | None:
    """A value whose id is the name of its file."""
    table = shelf.table(file)
    if table is None:
        return None
    if "id" in table:
        mend = "xóa dòng này: tên tệp là id"
        shelf.note(file, [Objection("id", "không dùng được ở đây", mend)])
    shelf.note(file, _by_command(table) if issubclass(model, Approvable) else ())
    return shelf.checked(model, file, {**table, "id": name})


def _templates(
    shelf: Shelf, topics: Mapping[str, Topic], units: Mapping[str, Unit], law: Mapping[str, Rule]
) -> dict[str, Template]:
    """The templates of answers, by the names of their files; a province may have none."""
    files = sorted((shelf.folder / "templates").glob("*.toml"))
    found = (_named(shelf, Template, f"templates/{path.name}", path.stem) for path in files)
    sound = {template.id: template for template in found if template}
    known = {path.stem for path in (shelf.folder / "topics").glob("*.toml")}
    shelf.adopt(template_faults(sound.values(), topics, known, units, law))
    return sound


def _texts(shelf: Shelf) -> dict[Lang, dict[str, str]]:
    """The sentences of each language; officials are spoken to in Vietnamese by either."""
    desk = _sentences(shelf, "texts/desk.toml", DESK, "vi")
    return {lang: desk | _sentences(shelf, f"texts/{lang}.toml", CITIZENS, lang) for lang in LANGS}


def _sentences(shelf: Shelf, file: str, wanted: Collection[str], lang: Lang) -> dict[str, str]:
    """The sentences of one file, nested tables as dotted keys."""
    table = shelf.table(file)
    if table is None:
        return {}
    leaves = dict(_leaves(table))
    shelf.note(file, _no_sentences(leaves))
    texts = {key: text for key, text in leaves.items() if isinstance(text, str)}
    shelf.adopt(text_faults(file, wanted, texts, lang))
    return texts


def _leaves(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{key}.")
        else:
            yield above + key, value


def _no_sentences(leaves: Mapping[str, object]) -> Iterator[Objection]:
    for key, value in leaves.items():
        if not isinstance(value, str):
            yield Objection(key, f'"{value}" không phải là chữ', 'đặt giữa hai dấu ngoặc kép: "…"')
        elif not value.strip():
            yield Objection(key, "đang trống", "viết câu này")


def _calendar(shelf: Shelf) -> Calendar | None:
    file = "calendar.toml"
    text = shelf.text(file)
    try:
        return None if text is None else read_calendar(text)
    except tomllib.TOMLDecodeError as error:
        shelf.note(file, [explain_toml(error)])
    except ValidationError as error:
        shelf.note(file, explain(error, tomllib.loads(text or ""), KEYS))
    return None


def _territory(shelf: Shelf) -> Territory | None:
    units, former = shelf.text("territory/units.tsv"), shelf.text("territory/former.tsv")
    try:
        return None if units is None or former is None else read_territory(units, former)
    except ValueError as error:
        shelf.note("territory", [_broken_row(error)])
        return None


def _broken_row(error: ValueError) -> Objection:
    """The row the territory stumbled over; its table and line stand before the message."""
    place = _ROW.match(str(error))
    key, said = (place[1], place[2]) if place else ("", str(error))
    cause: BaseException = error
    while cause.__cause__:
        cause = cause.__cause__
    if isinstance(cause, ValidationError):
        said = "; ".join(f"{key} {message}" for key, message, _ in explain(cause, None, KEYS))
    mend = "so với dòng bên cạnh; giữa hai cột là một dấu tab"
    return Objection(key, said, mend)


def _petition(shelf: Shelf, units: Mapping[str, Unit]) -> Form | None:
    """The form of a petition; the bodies it names are units there are."""
    form = shelf.value(Form, "petition.toml")
    broken = f"{shelf.folder.name}/units.toml" in {fault.file for fault in shelf.faults}
    if form is not None and not broken:
        shelf.adopt(petition_faults(form, units))
    return form


def _departments(
    shelf: Shelf, communes: Iterable[Commune]
) -> tuple[dict[str, Unit], tuple[Route, ...]]:
    """The units by id, one for each commune among them, and the routes."""
    file = "units.toml"
    departments = shelf.value(_Departments, file)
    if departments is None:
        return {}, ()
    ids = [str(table.get("id")) for table in departments.unit]
    shelf.note(file, (_twice("unit", "đơn vị", name) for name in repeated(ids)))
    units = _each(shelf, Unit, file, "unit", departments.unit)
    routes = _each(shelf, Route, file, "route", departments.route)
    of_communes = {commune.id: _unit_of(commune) for commune in communes}
    topics = [path.stem for path in (shelf.folder / "topics").glob("*.toml")]
    if of_communes:
        shelf.adopt(route_faults(routes, topics, {*ids, *of_communes}, of_communes))
    named = {unit.id: unit for unit in units if unit}
    return {**of_communes, **named}, tuple(route for route in routes if route)


def _law(shelf: Shelf, units: Mapping[str, Unit]) -> dict[str, Rule]:
    """The rules of the law by id; approvals are given by command, never in the file."""
    file = "law.toml"
    law = shelf.value(_Law, file)
    if law is None:
        return {}
    ids = [str(table.get("id")) for table in law.rule]
    shelf.note(file, (_twice("rule", "quy định", name) for name in repeated(ids)))
    for name, table in zip(ids, law.rule, strict=True):
        shelf.note(file, _by_command(table, f"{name}."))
    rules = {rule.id: rule for rule in _each(shelf, Rule, file, "rule", law.rule) if rule}
    if not any(fault.file.endswith("units.toml") for fault in shelf.faults):
        shelf.adopt(law_faults(rules.values(), units, ids))
    return rules


def _retention(shelf: Shelf) -> tuple[RetentionRule, ...]:
    """How long what is kept; two rules of one id would have one deletion record."""
    file = "retention.toml"
    rules = shelf.value(_Retention, file) or _Retention()
    ids = [str(table.get("id")) for table in rules.rule]
    shelf.note(file, (_twice("rule", "quy định", name) for name in repeated(ids)))
    found = _each(shelf, RetentionRule, file, "rule", rules.rule)
    return tuple(rule for rule in found if rule is not None)


def _by_command(table: Mapping[str, object], at: str = "") -> Iterator[Objection]:
    """Nobody approves in a file: there nobody would know who it was."""
    for key in ("by", "approval"):
        if key in table:
            mend = "xóa; duyệt bằng lệnh /quydinh, /mau"
            yield Objection(f"{at}{key}", "không ghi trong tệp", mend)


def _twice(key: str, what: str, name: str) -> Objection:
    return Objection(key, f'hai {what} cùng id "{name}"', "đổi một id")


def _each(
    shelf: Shelf,
    model: type[Model],
    file: str,
    key: str,
    tables: Iterable[Mapping[str, object]],
) -> list[Model | None]:
    return [shelf.checked(model, file, table, (key, number)) for number, table in enumerate(tables)]


def _unit_of(commune: Commune) -> Unit:
    """The People's Committee of a commune, ward or special zone."""
    name = commune.name.removeprefix(commune.kind).strip()
    return Unit(
        id=commune.id,
        name=Words(
            vi=f"UBND {commune.kind.lower()} {name}",
            en=f"People's Committee of {name} {_ENGLISH_KINDS[commune.kind]}",
        ),
    )
