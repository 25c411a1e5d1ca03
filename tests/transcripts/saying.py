"""Saying a transcript again, over an empty database.

The signs are those of `bot/dialogue.py`, and three stage directions:

    ! agreed             whoever talks has been here before, and agreed to everything
    ! notice 2027-01     from here on the privacy notice is this version
    ! limits 5 2         from here on five messages a minute are borne, two more before a question
    ! restart            the bot stops and starts again
    ! invitation moi-an  an administrator is invited by this link
    ! sends hoc_phi Con tôi …      a case is sent in these words; the rest is answered shortly
    ! staff officer so-y-te Lê An   whoever talks is an officer of that unit, called so
    ! lawkeeper          whoever keeps a rule of the law that ends is told so
    ! maker              the petitions that are asked for are made; the clock tells of them
    ! clerk              what was asked of data is made, or erased; who is to be told is told
    ! announcer          announcements are counted, begun and told, as far as there is to do by now
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import pytest

from bot.clerk import Clerk
from bot.content import load_content
from bot.dialogue import NotUnderstoodError
from bot.petition.maker import Maker
from bot.talk import SECRET, Rehearsal, dialogue
from handlers.content import Content, Topic
from handlers.desk.people import Duty
from handlers.effects import Invite
from storage import members
from storage.blobs import Blobs
from tests.transcripts.announcing import see_to_announcements

SHORTLY = {"commune": "phường Hải Châu", "date": "02/11/2026", "number": "2"}
CONTENT = load_content(Path(__file__).parents[2] / "content")


class Person(Protocol):
    """Somebody who talks to the bot, as `bot.dialogue.Dialogue` does."""

    async def do(self, line: str) -> tuple[str, ...]:
        """Do what *line* says; the bot's answers as lines of a transcript."""

    def answers(self) -> tuple[str, ...]:
        """What was said to them and not yet read."""


class Stage(Protocol):
    """Where a script is said."""

    def person(self, address: str) -> Person:
        """Whoever is called so in the script."""

    async def publish(self, content: Content) -> None:
        """Start again with this *content*."""

    async def invite(self, invite: Invite) -> None:
        """Invite somebody to the staff."""

    async def see_to_announcements(self) -> None:
        """Do with announcements all there is to do by now."""

    async def see_to_the_law(self) -> None:
        """Tell of the rules that end by now."""

    async def make_petitions(self) -> None:
        """Make the petitions that are asked for by now."""

    async def see_to_requests(self) -> None:
        """Make the copies, and erase the people, that are to be by now."""


class InRehearsal:
    """The stage without any channel."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal
        self.person = rehearsal.person

    async def publish(self, content: Content) -> None:
        """See `Stage`."""
        self._rehearsal.publish(content)
        await self._rehearsal.renew()

    async def invite(self, invite: Invite) -> None:
        """See `Stage`."""
        now, key = self._rehearsal.hour.now, SECRET.key(invite.invitation)
        await self._rehearsal.store.run(lambda tx: members.invite(tx, invite, key, now))

    async def see_to_announcements(self) -> None:
        """See `Stage`."""
        await see_to_announcements(self._rehearsal, CONTENT)

    async def see_to_the_law(self) -> None:
        """See `Stage`."""
        await self._rehearsal.keep_the_law()

    async def make_petitions(self) -> None:
        """See `Stage`."""
        store, now = self._rehearsal.store, self._rehearsal.hour.now
        with TemporaryDirectory() as folder:
            blobs = Blobs(Path(folder), store)
            await Maker(store, blobs, lambda: CONTENT, lambda: None).work(now)

    async def see_to_requests(self) -> None:
        """See `Stage`."""
        store, now = self._rehearsal.store, self._rehearsal.hour.now
        with TemporaryDirectory() as folder:
            blobs = Blobs(Path(folder), store)
            await Clerk(store, blobs, lambda: CONTENT, lambda: None).work(now)


async def told_again(script: str, stage: Stage) -> AsyncIterator[str]:
    """The *script* with what the bot answers now in place of what it answered before."""
    person, answers = stage.person("1"), tuple[str, ...]()
    for line in lines(script):
        yield line
        match line[:1]:
            case ">":
                answers = await do(line[1:].strip(), person, answers)
            case "@":
                person = stage.person(line[1:].strip())
                answers = person.answers()
            case "!":
                answers = await arrange(line[1:].split(), stage, person)
            case _:
                answers = ()
        for answer in answers:
            yield answer


async def do(line: str, person: Person, before: tuple[str, ...]) -> tuple[str, ...]:
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


async def arrange(  # noqa: C901, PLR0912 - a table
    words: list[str], stage: Stage, person: Person
) -> tuple[str, ...]:
    """Do what a stage direction says; what is worth hearing of it."""
    match words:
        case ["announcer"]:
            await stage.see_to_announcements()
        case ["lawkeeper"]:
            await stage.see_to_the_law()
            await person.do("(wait 1 second)")
        case ["maker"]:
            await stage.make_petitions()
        case ["clerk"]:
            await stage.see_to_requests()
            heard = await person.do("(wait 3 seconds)")
            await stage.see_to_requests()
            return heard
        case ["restart"]:
            await stage.publish(CONTENT)
        case ["sends", topic, *what]:
            return await send(CONTENT.topics[topic], " ".join(what), person)
        case ["agreed"]:
            await person.do("/start")
            for key in ("announcements_off", "agree"):
                await person.do(f"[{CONTENT.say('vi', f'choice.{key}')}]")
        case ["notice", version]:
            controller = CONTENT.controller.model_copy(update={"privacy_version": version})
            await stage.publish(CONTENT.model_copy(update={"controller": controller}))
        case ["limits", minute, before]:
            few = {"messages_a_minute": int(minute), "slow_before_ask": int(before)}
            rules = CONTENT.desk.limits.model_copy(update=few)
            desk = CONTENT.desk.model_copy(update={"limits": rules})
            await stage.publish(CONTENT.model_copy(update={"desk": desk}))
        case ["invitation", token]:
            await stage.invite(invitation(token, Duty(role="administrator"), ""))
        case ["staff", role, unit, *name]:
            token = f"moi-{role}-{unit}-{'-'.join(name)}"
            duty = Duty.model_validate({"role": role, "unit": unit})
            await stage.invite(invitation(token, duty, " ".join(name)))
            await person.do(f"/start {token}")
        case _:
            pytest.fail(f"! {' '.join(words)} is not known")
    return ()


def invitation(token: str, duty: Duty, name: str) -> Invite:
    """What invites somebody for a day."""
    return Invite(by=0, invitation=token, duty=duty, name=name, hours=24)


async def send(topic: Topic, what: str, person: Person) -> tuple[str, ...]:
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
        now = [line async for line in told_again(script, InRehearsal(rehearsal))]
        assert not rehearsal.heard, "somebody was told what no line shows"
    return "\n".join(now) + "\n"
