"""The screens of a complaint, for ``python -m bot preview``: from the law to the petition."""

from collections.abc import Iterator
from typing import get_args

from handlers.content import Content
from handlers.rooms.petitioning import SLOTS
from handlers.session import Complaining
from handlers.unsent import Option

WORDS = "Đo thiếu đất trồng keo của gia đình tôi."
KNOWN = "2026-10-14"


def complaint_rooms(content: Content) -> Iterator[tuple[str, Complaining]]:
    """Every page, every question of the petition, and each kind of door."""
    commune = content.territory.communes[0]
    there = Complaining(known_on=KNOWN, body="commune", unit=commune.id)
    given = dict.fromkeys(SLOTS, WORDS)
    for page in get_args(Complaining.model_fields["page"].annotation):
        if page != "filling":
            shown = there.model_copy(update={"page": page, "given": given})
            yield f"complaining: {page}", shown
    for slot in SLOTS:
        asked = there.model_copy(update={"page": "filling", "asking": slot})
        yield f"complaining: {slot}", asked
    more = {"page": "filling", "asking": "content", "given": given}
    yield "complaining: more content", there.model_copy(update=more)
    unit = content.petition.departments[0]
    for body, name in (("department", unit), ("city", content.petition.city), ("other", "")):
        door = there.model_copy(update={"page": "door", "body": body, "unit": name})
        yield f"complaining: door of {body}", door
    unsure = (Option(value=commune.id, text=commune.name),)
    asked = Complaining(page="commune", typed="tam dân", options=unsure)
    yield "complaining: unclear commune", asked
    yield "complaining: unknown commune", Complaining(page="commune", typed="abc")
    yield "complaining: blank petition", there.model_copy(update={"page": "look"})
