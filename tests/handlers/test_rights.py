"""Requests about one's own data: their clock, their moves, their codes."""

from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from bot.content import load_content
from handlers.retention import RetentionRule
from handlers.rights import (
    LIMITS,
    WAITING,
    Action,
    Kind,
    Mine,
    State,
    due,
    extended,
    move,
    request_code,
)

CONTENT = load_content(Path(__file__).parents[2] / "content")
TODAY = date(2026, 11, 23)
KINDS: tuple[Kind, ...] = get_args(Kind)


@pytest.mark.parametrize(
    ("kind", "days", "more"),
    [
        ("copy", 10, 10),
        ("correct", 10, 10),
        ("withdraw", 15, 15),
        ("restrict", 15, 15),
        ("erase", 20, 20),
    ],
)
def test_the_clock_of_each_right(kind: Kind, days: int, more: int) -> None:
    """A request is due, and may be extended, by so many calendar days (Decree 356/2025, art. 5)."""
    first = due(kind, CONTENT, TODAY)
    assert (first - TODAY).days == days
    assert (extended(kind, CONTENT, first) - first).days == more


def test_every_right_has_a_rule_of_the_law() -> None:
    """No figure stands in the code: each is a rule with its source and validity."""
    assert set(LIMITS) == set(KINDS)
    named = {name for both in LIMITS.values() for name in both}
    assert named <= set(CONTENT.law)
    assert all("356/2025" in CONTENT.law[name].source for name in named)


def test_what_is_over_stays_so() -> None:
    """Nothing is done to a request that is done, refused or taken back."""
    states: tuple[State, ...] = get_args(State)
    actions: tuple[Action, ...] = get_args(Action)
    able = {(s, a) for s in states for a in actions if move(s, a) is not None}
    assert {state for state, _ in able} <= WAITING
    assert {action for state, action in able if state == "doing"} == {"finish"}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("DL-N9LM-P9C", "DL-N9LM-P9C"),
        ("dl n9lm p9c", "DL-N9LM-P9C"),
        ("dln9lmp9c", "DL-N9LM-P9C"),
        ("DL-N9LM-P9X", ""),
        ("PA-N9LM-P9C", ""),
        ("DL", ""),
        ("DL-N9LM-P9C xin xem", ""),
    ],
)
def test_a_code_is_read_leniently(typed: str, code: str) -> None:
    """As a case's: in pieces or small letters, never with a wrong check character or more words."""
    assert request_code(typed) == code


def test_who_is_erased_at_once() -> None:
    """Only who has one chat, no case and no duty; for everybody else somebody decides."""
    alone = Mine(channels=("web",))
    assert alone.at_once()
    assert not alone.model_copy(update={"cases": 1}).at_once()
    assert not alone.model_copy(update={"channels": ("web", "telegram")}).at_once()
    assert not alone.model_copy(update={"staff": True}).at_once()


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "case"},
        {"what": "case", "years": 1, "days": 1},
        {"what": "case", "years": 1, "statuses": ["working"]},
        {"what": "draft", "years": 1, "kinds": ["question"]},
        {"what": "log_note", "years": 1},
        {"what": "draft", "days": 9, "entries": ["blocked"]},
    ],
)
def test_a_rule_of_retention_makes_sense(wrong: dict[str, object]) -> None:
    """One time, final statuses only, nothing that restricts what it does not belong to."""
    with pytest.raises(ValueError, match="—"):
        RetentionRule.model_validate({"id": "a", "source": "Luật", **wrong})
