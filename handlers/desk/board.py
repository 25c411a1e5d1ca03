"""The cards of cases in a group of officials: code, topic, area, status and due date, no more.

Whoever is in a group reads along, so nothing a citizen wrote and nobody's name is ever in a card.
"""

from collections.abc import Sequence
from datetime import date

from handlers.content import Content
from handlers.desk.people import EVERYWHERE
from handlers.reading.dates import show_date
from handlers.tickets import OPEN, Card


def is_overdue(card: Card, today: date) -> bool:
    """Whether the case should have been answered by now; while the citizen is asked, time stops."""
    return card.status in OPEN and card.status != "asking" and card.due_on < today


def card_text(card: Card, content: Content, today: date, unit: str = EVERYWHERE) -> str:
    """The card of one case, in a group that shows the cases of *unit*."""
    return content.say(
        "vi",
        "board.card",
        code=card.code,
        topic=content.topic_title(card.topic),
        area=_area(card, content),
        status=_status(card, content, unit),
        due=_due(card, content, today),
    )


def digest_text(
    cards: Sequence[Card], content: Content, today: date, unit: str = EVERYWHERE
) -> str:
    """One message for several cases, a line each; 20 lines fit a message of any channel."""
    head = content.say("vi", "board.digest", count=len(cards))
    return "\n".join((head, *(_line(card, content, today, unit) for card in cards)))


def _line(card: Card, content: Content, today: date, unit: str) -> str:
    return content.say(
        "vi",
        "board.line",
        code=card.code,
        topic=content.topic_button(card.topic),
        area=_area(card, content),
        status=_status(card, content, unit),
        due=_due(card, content, today),
    )


def _due(card: Card, content: Content, today: date) -> str:
    overdue = content.say("vi", "board.overdue") if is_overdue(card, today) else ""
    return show_date(card.due_on) + overdue


def _area(card: Card, content: Content) -> str:
    commune = content.territory.get(card.commune)
    return commune.name if commune else content.say("vi", "desk.nowhere")


def _status(card: Card, content: Content, unit: str) -> str:
    if card.status in OPEN and unit not in {EVERYWHERE, card.unit}:
        return content.say("vi", "board.elsewhere", unit=content.unit_name(card.unit))
    return content.say("vi", f"desk_status.{card.status}")
