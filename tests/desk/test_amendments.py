"""What is changed by command, laid over what the files say."""

import json
from pathlib import Path

import pytest

from bot.amending import amended as logged
from bot.content import load_content
from handlers.content import Content, Route
from handlers.desk.amendments import (
    GONE,
    Amendment,
    amended,
    current,
    faults_of,
    overlaid,
    route_key,
)

CONTENT = load_content(Path(__file__).parents[2] / "content")
UNIT, TOPIC, COMMUNE = "so-y-te", "hoc_phi", "phuong-hai-chau"


def unit(id_: str = UNIT, **changes: object) -> Amendment:
    """A unit as it is to be, whether the files have it or not."""
    known = CONTENT.units.get(id_, CONTENT.units[UNIT]).model_copy(update={"id": id_})
    return ("unit", id_, known.model_copy(update=changes).model_dump_json())


def route(unit_id: str, topic: str = TOPIC, commune: str = "*") -> Amendment:
    """A route as it is to be."""
    made = Route(topic=topic, commune=commune, unit=unit_id)
    return ("route", route_key(made), made.model_dump_json())


def after(*changes: Amendment) -> Content:
    """The content with changes that all fit."""
    overlay = overlaid(CONTENT, changes)
    assert overlay.skipped == ()
    return overlay.content


def test_a_unit_is_another_one_and_nothing_else_is() -> None:
    """An amended unit replaces the one of the files; all else is as it was."""
    content = after(unit(address="103 Hùng Vương"))
    assert content.units[UNIT].address == "103 Hùng Vương"
    assert {**content.units, UNIT: CONTENT.units[UNIT]} == CONTENT.units
    assert content.routes == CONTENT.routes
    assert content.filed is CONTENT


def test_a_route_goes_before_the_one_that_would_take_its_cases() -> None:
    """A new route for one commune is used there, and nowhere else."""
    content = after(route(UNIT, commune=COMMUNE))
    assert content.unit_for(TOPIC, COMMUNE).id == UNIT
    assert content.unit_for(TOPIC, "phuong-an-khe") == CONTENT.unit_for(TOPIC, "phuong-an-khe")


def test_a_route_of_the_files_is_changed_in_its_place_and_taken_away() -> None:
    """A route of the same topic and commune is replaced where it stands; without one, the next."""
    changed = after(route(UNIT))
    assert len(changed.routes) == len(CONTENT.routes)
    assert changed.unit_for(TOPIC, "").id == UNIT
    gone = after(("route", f"{TOPIC}/*", GONE))
    assert gone.unit_for(TOPIC, "") == CONTENT.unit_for("khac", "")


def test_the_communes_own_unit_and_a_fallback_stand_side_by_side() -> None:
    """Where the commune's own unit is meant, a plain route of the same cases comes behind it."""
    topic = "boi_thuong_tdc"
    content = after(route(UNIT, topic=topic))
    assert content.unit_for(topic, "").id == UNIT
    assert content.unit_for(topic, COMMUNE).id == COMMUNE


def test_a_new_unit_may_be_routed_to_whatever_was_changed_last() -> None:
    """Units are laid over first: changing a new unit again does not lose the routes to it."""
    content = after(route("moi", commune=COMMUNE), unit("moi"))
    assert content.unit_for(TOPIC, COMMUNE).id == "moi"


@pytest.mark.parametrize(
    "change",
    [
        ("unit", UNIT, "{}"),
        ("unit", UNIT, "no JSON"),
        ("unit", "other", CONTENT.units[UNIT].model_dump_json()),
        route("no-such-unit"),
        route(UNIT, topic="no_such_topic"),
        ("route", "*/*", GONE),
        ("route", "x/y", Route(unit=UNIT).model_dump_json()),
        ("template", "x", json.dumps({"id": "x"})),
        ("weather", "x", "{}"),
    ],
    ids=" ".join,
)
def test_what_does_not_fit_is_left_out(change: Amendment, caplog: pytest.LogCaptureFixture) -> None:
    """It is refused with its faults; if stored already it is logged, and everything else holds."""
    good = unit(phone="0236 3 821 206")
    content = logged(CONTENT, [good, change])
    assert content.units[UNIT].phone == "0236 3 821 206"
    assert content.amendments == (good,)
    assert change[1] in str(caplog.records[0].__dict__["amendment"])
    assert faults_of(amended(CONTENT, [good]), change)


def test_taking_away_what_others_need_is_refused() -> None:
    """A unit that was added can't go while a route leads to it; the route goes first."""
    content = after(unit("moi"), route("moi", commune=COMMUNE))
    assert faults_of(content, ("unit", "moi", ""))
    assert faults_of(content, ("unit", "moi", ""), ("route", f"{TOPIC}/{COMMUNE}", "")) == ()


def test_what_is_in_force_can_be_asked_for() -> None:
    """The value in force is the one laid over; without one the files speak."""
    change = unit(hours="7:30–17:00")
    assert current(after(change), "unit", UNIT) == change[2]
    assert current(CONTENT, "unit", UNIT) == ""
