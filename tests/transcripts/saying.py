"""Saying a transcript again, over an empty database.

The signs are those of `bot/dialogue.py`, and three stage directions:

    ! agreed             whoever talks has been here before and has agreed to the notice
    ! notice 2027-01     from here on the privacy notice is this version
    ! invitation moi-an  an administrator is invited by this link
    ! sends hoc_phi Con tôi …      a case is sent in these words; the rest is answered shortly
    ! staff officer so-y-te Lê An   whoever talks is an officer of that unit, called so
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.content import load_content
from bot.dialogue import Dialogue, NotUnderstoodError
from bot.talk import SECRET, Rehearsal, dialogue
from handlers.content import Topic
from handlers.desk.people import Duty
from handlers.effects import Invite
from storage import members

SHORTLY = {"commune": "phường Hải Châu", "date": "02/11/2026", "number": "2"}
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
                answers = await arrange(line[1:].split(), rehearsal, person)
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


async def arrange(words: list[str], rehearsal: Rehearsal, person: Dialogue) -> tuple[str, ...]:
    """Do what a stage direction says; what is worth hearing of it."""
    match words:
        case ["sends", topic, *what]:
            return await send(CONTENT.topics[topic], " ".join(what), person)
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
        case ["staff", role, unit, *name]:
            now = rehearsal.hour.now
            token, duty = (
                f"moi-{role}-{unit}-{'-'.join(name)}",
                Duty.model_validate({"role": role, "unit": unit}),
            )
            key = SECRET.key(token)
            effect = Invite(by=0, invitation=token, duty=duty, name=" ".join(name), hours=24)
            await rehearsal.store.run(lambda tx: members.invite(tx, effect, key, now))
            await person.do(f"/start {token}")
        case _:
            pytest.fail(f"! {' '.join(words)} is not known")
    return ()


async def send(topic: Topic, what: str, person: Dialogue) -> tuple[str, ...]:
    """Send a case about *topic*: told in these words, everything else answered shortly."""
    await person.do("/gui")
    answers = await person.do(f"[{topic.button.vi}]")
    for field in topic.ask:
        if field.kind == "long_text":
            await person.do(what)
            answers = await person.do("[Xong]")
        elif field.optional:
            answers = await person.do("[Bỏ qua]")
        else:
            answers = await person.do(SHORTLY.get(field.kind) or f"[{field.options[0].label.vi}]")
    assert "[Gửi]" in answers[-1]
    return await person.do("[Gửi]")


async def said_again(script: str, url: str) -> str:
    """The whole script, said over the empty database at *url*."""
    async with dialogue(CONTENT, url) as rehearsal:
        now = [line async for line in told_again(script, rehearsal)]
        assert not rehearsal.heard, "somebody was told what no line shows"
    return "\n".join(now) + "\n"
