"""Whom a unit may tell something: a commune its people, a department those its topics concern."""

from typing import Literal

from handlers.announcing import Audience
from handlers.content import Content
from handlers.desk.people import EVERYWHERE

Beyond = Literal["", "commune", "topics", "no_topics", "unit"]


def is_commune(unit: str, content: Content) -> bool:
    """Whether *unit* is the People's Committee of a commune."""
    return content.territory.get(unit) is not None


def topics_of(unit: str, content: Content) -> frozenset[str]:
    """The topics of which some cases come to *unit* by the routes."""
    places = ("", *(commune.id for commune in content.territory.communes))
    return frozenset(
        topic
        for topic in content.topics
        if any(content.unit_for(topic, place).id == unit for place in places)
    )


def within(unit: str, audience: Audience, content: Content) -> Beyond:
    """What of *audience* is beyond *unit*, a key of the texts ``announce_beyond.*``; else nothing.

    Whoever acts for the whole province (``*``) tells anybody.
    """
    if unit == EVERYWHERE:
        return ""
    if audience.whom == "staff" or (audience.whom == "cases" and audience.unit == unit):
        return "" if audience.unit == unit else "unit"
    if is_commune(unit, content):
        return "" if audience.communes == (unit,) else "commune"
    if audience.whom == "cases":
        return "unit"
    if not audience.topics:
        return "no_topics"
    return "" if set(audience.topics) <= topics_of(unit, content) else "topics"
