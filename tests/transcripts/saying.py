"""Saying a transcript again, over an empty database.

The signs are those of `bot/dialogue.py`, and three stage directions:

    ! agreed             whoever talks has been here before and has agreed to the notice
    ! notice 2027-01     from here on the privacy notice is this version
    ! invitation moi-an  an administrator is invited by this link
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.content import load_content
from bot.dialogue import Dialogue, NotUnderstoodError
from bot.talk import SECRET, Rehearsal, dialogue
from handlers.desk.people import Duty
from handlers.effects import Invite
from storage import members

CONTENT = load_content(Path(__file__).parents[2] / "content")


async def told_again(script: str, rehearsal: Rehearsal) -> AsyncIterator[str]:
    """The *script* with what the bot answers now in place of what it answered before."""
    person, answers = rehearsal.person("1"), tuple[str, ...]()
    for line in lines(script):
        yield line
        match line[:1]:
            case ">":
                answers = await do(line[1:].strip(), person, answers)
            case "@":
                person = rehearsal.person(line[1:].strip())
                answers = person.answers()
            case "!":
                await arrange(line[1:].split(), rehearsal, person)
                answers = ()
            case _:
                answers = ()
        for answer in answers:
            yield answer


async def do(line: str, person: Dialogue, before: tuple[str, ...]) -> tuple[str, ...]:
    """What *person* hears when they do what *line* says."""
    try:
        return await person.do(line)
    except NotUnderstoodError as error:
        return pytest.fail("\n".join((*before, f"> {line}", str(error))), pytrace=False)


def lines(script: str) -> Iterator[str]:
    """The lines of a script without what the bot says."""
    for said in re.split(r"^(?=[^\s])", script, flags=re.MULTILINE):
        if said.startswith("<"):
            yield from [""] * (len(said) - len(said.rstrip("\n")) - 1)
        else:
            yield from said.splitlines()


async def arrange(words: list[str], rehearsal: Rehearsal, person: Dialogue) -> None:
    """Do what a stage direction says."""
    match words:
        case ["agreed"]:
            await person.do("/start")
            await person.do(f"[{CONTENT.say('vi', 'choice.agree')}]")
        case ["notice", version]:
            controller = CONTENT.controller.model_copy(update={"privacy_version": version})
            rehearsal.publish(CONTENT.model_copy(update={"controller": controller}))
        case ["invitation", token]:
            now, key = rehearsal.hour.now, SECRET.key(token)
            duty = Duty(role="administrator")
            effect = Invite(by=0, invitation=token, duty=duty, name="", hours=24)
            await rehearsal.store.run(lambda tx: members.invite(tx, effect, key, now))
        case _:
            pytest.fail(f"! {' '.join(words)} is not known")


async def said_again(script: str, url: str) -> str:
    """The whole script, said over the empty database at *url*."""
    async with dialogue(CONTENT, url) as rehearsal:
        now = [line async for line in told_again(script, rehearsal)]
        assert not rehearsal.heard, "somebody was told what no line shows"
    return "\n".join(now) + "\n"
