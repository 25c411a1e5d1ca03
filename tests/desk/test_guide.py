"""The officials' guide: one page, true to what its reader may do."""

import re
from pathlib import Path

import pytest

from bot.content import load_content
from handlers.desk.guide import NEVER, guide
from handlers.desk.people import ROLES, Duty, Official, Role
from handlers.understanding import COMMANDS

CONTENT = load_content(Path(__file__).parents[2] / "content")
LONGEST = 3000  # characters: one message, and on paper one page


def page(*roles: Role) -> str:
    """What somebody with these roles reads."""
    official = Official(id=1, name="An", duties=tuple(Duty(role=role) for role in roles))
    return guide(official, CONTENT, roles)


@pytest.mark.parametrize("role", ROLES)
def test_the_guide_is_one_page_of_commands_there_are(role: Role) -> None:
    """Every command it names exists, and it ends with the words never to use and whom to call."""
    text = page(role)
    assert set(re.findall(r"(?<![\w/])/(\w+)", text)) <= COMMANDS.keys()
    assert len(text) <= LONGEST
    assert NEVER in text
    assert CONTENT.controller.phone in text


def test_the_guide_names_only_what_the_roles_allow() -> None:
    """A monitor reads nothing of answering, an officer nothing of inviting; both together do."""
    assert "/traloi" not in page("monitor")
    assert "/moi" not in page("officer")
    assert {"/traloi", "/moi"} <= set(page("officer", "administrator").split())
    assert len(page(*ROLES)) <= LONGEST
