"""What the province changes by command, laid over what its files say.

An amendment is a kind, a key and a value in JSON; one of a key replaces the one before:

- ``unit``      the key is the unit's id, the value the whole unit;
- ``rule``      the key is the id of a rule of the law, the value the whole rule;
- ``template``  the key is the template's id, the value the whole template;
- ``approval``  the key is ``rule/`` or ``template/`` with the id behind it, the value who approved
  which version of it;
- ``route``     the key is ``topic/commune``, with ``/@`` behind it where the commune's own unit is
  meant; the value the route, or ``null`` when there is none of this key any more. A route that the
  files do not have is put before the first one that would take its cases away.

The files may change after an amendment was made: what no longer fits them is left out, with its
faults, and everything else holds.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from handlers.approval import Approval
from handlers.content import Content, Route, Unit
from handlers.desk.templates import Template
from handlers.explain import explain
from handlers.faults import Fault, law_faults, route_faults, template_faults
from handlers.law import Rule
from handlers.model import Frozen

Amendment = tuple[str, str, str]  # kind, key, value
GONE = "null"
# What names another comes after it, however early it was changed.
ORDER = ("unit", "rule", "template", "route", "approval")
Model = TypeVar("Model", bound=Frozen)
_MODELS = (Unit, Route, Template, Rule)
KEYS = frozenset(key for model in _MODELS for key in model.model_fields) | {"vi", "en"}


class Skipped(NamedTuple):
    """An amendment that does not fit, and why."""

    kind: str
    key: str
    faults: tuple[Fault, ...]


class Overlay(NamedTuple):
    """The *content* with all amendments that fit, and those that do not."""

    content: Content
    skipped: tuple[Skipped, ...]


class _UnfitError(Exception):
    """Raised with the faults of an amendment that can't be laid over the content."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


def overlaid(content: Content, amendments: Iterable[Amendment]) -> Overlay:
    """What the files say, *content*, with *amendments* laid over it."""
    result, skipped, laid = content, list[Skipped](), list[Amendment]()
    for amendment in sorted(amendments, key=_turn):
        try:
            result = _with(result, amendment)
            laid.append(amendment)
        except _UnfitError as unfit:
            skipped.append(Skipped(amendment[0], amendment[1], unfit.faults))
    update = {"filed": content, "amendments": tuple(laid)}
    return Overlay(result.model_copy(update=update), tuple(skipped))


def amended(content: Content, amendments: Iterable[Amendment]) -> Content:
    """The files' *content* with the amendments that fit."""
    return overlaid(content, amendments).content


def current(content: Content, kind: str, key: str) -> str:
    """The value of the amendment in force; empty when there is none."""
    return {(k, name): value for k, name, value in content.amendments}.get((kind, key), "")


def faults_of(content: Content, *changes: Amendment) -> tuple[Fault, ...]:
    """What would be wrong with *content* (amended already) after *changes*.

    An empty value takes the amendment of its key away, so that the files speak again.
    """
    changed = {(kind, key) for kind, key, _ in changes}
    kept = (a for a in content.amendments if (a[0], a[1]) not in changed)
    overlay = overlaid(content.filed or content, (*kept, *(c for c in changes if c[2])))
    return tuple(fault for skipped in overlay.skipped for fault in skipped.faults)


def route_key(route: Route) -> str:
    """The key of a route: whose cases it takes."""
    own = "/@" if route.unit == "@commune" else ""
    return f"{route.topic}/{route.commune}{own}"


def _turn(amendment: Amendment) -> int:
    return ORDER.index(amendment[0]) if amendment[0] in ORDER else len(ORDER)


# -- laying one over -------------------------------------------------------------------------------


def _with(content: Content, amendment: Amendment) -> Content:
    kind, key, value = amendment
    match kind:
        case "unit":
            unit = _read(Unit, kind, key, value)
            _same(kind, key, unit.id)
            return content.model_copy(update={"units": {**content.units, unit.id: unit}})
        case "template":
            return _with_template(content, key, value)
        case "rule":
            return _with_rule(content, key, value)
        case "approval":
            return _with_approval(content, key, value)
        case "route":
            return _with_route(content, key, value)
        case _:
            raise _UnfitError([_fault(kind, key, "không rõ loại sửa đổi này", "xóa")])


def _with_template(content: Content, key: str, value: str) -> Content:
    template = _read(Template, "template", key, value)
    _same("template", key, template.id)
    known = (content.topics, content.topics, content.units, content.law)
    if faults := template_faults([template], *known):
        raise _UnfitError(faults)
    return content.model_copy(update={"templates": {**content.templates, template.id: template}})


def _with_rule(content: Content, key: str, value: str) -> Content:
    rule = _read(Rule, "rule", key, value)
    _same("rule", key, rule.id)
    if key not in content.law:
        raise _UnfitError([_fault("rule", key, "không có quy định này", "thêm vào law.toml")])
    if faults := law_faults([rule], content.units, content.law):
        raise _UnfitError(faults)
    return content.model_copy(update={"law": {**content.law, rule.id: rule}})


def _with_approval(content: Content, key: str, value: str) -> Content:
    """One of another version, or of what is gone, approves nothing and harms nothing."""
    approval = _read(Approval, "approval", key, value)
    kind, _, name = key.partition("/")
    if kind == "rule" and (rule := content.law.get(name)):
        approved = rule.model_copy(update={"approval": approval})
        return content.model_copy(update={"law": {**content.law, name: approved}})
    if kind == "template" and (template := content.templates.get(name)):
        signed = template.model_copy(update={"approval": approval})
        return content.model_copy(update={"templates": {**content.templates, name: signed}})
    return content


def _with_route(content: Content, key: str, value: str) -> Content:
    routes = list(content.routes)
    place = next((n for n, other in enumerate(routes) if route_key(other) == key), None)
    if value == GONE:
        if place is not None:
            del routes[place]
    else:
        route = _read(Route, "route", key, value)
        _same("route", key, route_key(route))
        if place is None:
            routes.insert(_place_of(route, routes), route)
        else:
            routes[place] = route
    communes = {commune.id for commune in content.territory.communes}
    if faults := route_faults(routes, content.topics, content.units, communes):
        raise _UnfitError(faults)
    return content.model_copy(update={"routes": tuple(routes)})


def _place_of(route: Route, routes: Sequence[Route]) -> int:
    """Before the first route that would take its cases away."""
    return next((n for n, other in enumerate(routes) if _takes(other, route)), len(routes))


def _takes(other: Route, route: Route) -> bool:
    same = (other.topic, other.commune) == (route.topic, route.commune)
    if same and other.unit == "@commune":
        return False  # it lets a case through whose commune is not known yet
    return other.topic in {"*", route.topic} and other.commune in {"*", route.commune}


def _read(model: type[Model], kind: str, key: str, value: str) -> Model:
    try:
        return model.model_validate_json(value)
    except ValidationError as error:
        raise _UnfitError(_objections(error, kind, key)) from error


def _objections(error: ValidationError, kind: str, key: str) -> Iterator[Fault]:
    for objection in explain(error, None, KEYS):
        yield _fault(kind, f"{key}: {objection.key}", objection.message, objection.mend)


def _same(kind: str, key: str, called: str) -> None:
    if key != called:
        raise _UnfitError([_fault(kind, key, f'có giá trị của "{called}"', "sửa một trong hai")])


def _fault(kind: str, key: str, message: str, mend: str) -> Fault:
    return Fault(file=kind, key=key, message=message, mend=mend)
