"""The copy of their data that somebody asked for: a text to read or print, one for machines.

Both are plain text, which every telephone opens. What somebody wrote might be taken for markup
there: after each ``<`` stands a sign that nobody sees, and in JSON it is escaped.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from functools import partial
from typing import Final

from bot.turn import ZONE
from handlers.content import Content, Lang
from handlers.events import Media
from handlers.facts import Facts
from handlers.rooms.hearing import channel_name
from handlers.rooms.story import words
from handlers.session import Session
from handlers.tickets import Story
from handlers.view import View
from storage import copying
from storage.blobs import Blobs
from storage.copying import Copy
from storage.database import Store, Tx
from storage.rights import Job

MOST_BYTES: Final = 40 << 20
JOINER: Final = "\u2060"  # takes no room and is not seen


async def make_copy(store: Store, blobs: Blobs, content: Content, job: Job, now: datetime) -> None:
    """Make the copy *job* asks for; its person is then given it in a turn of their own.

    Raises `StorageError` and OSError. Made again, it takes the place of the one before.
    """
    found = await store.read(partial(_gather, contact_id=job.contact_id, lang=job.lang))
    texts = await asyncio.to_thread(_drawn, found, content, now)
    made = []
    for name, text in texts:
        kept = await blobs.keep(_whole(text.encode()), limit=MOST_BYTES)
        key = f"copy:{job.code}:{name}"
        media = Media(key=key, kind="document", name=name, mime=kept.mime, size=kept.size)
        made.append((media, kept.sha256))
    await store.run(lambda tx: copying.keep(tx, job, tuple(made), now))


def _gather(tx: Tx, contact_id: int, lang: Lang) -> Copy:
    return copying.gather(tx, contact_id, lang)


def _drawn(found: Copy, content: Content, now: datetime) -> tuple[tuple[str, str], ...]:
    view = View(Session(lang=found.lang), Facts(now=now.astimezone(ZONE), content=content))
    return (
        (view.say("copy.text_name"), "\n".join(readable(found, view))),
        (view.say("copy.data_name"), for_machines(found)),
    )


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    yield body


def for_machines(found: Copy) -> str:
    """All of it as JSON, in which no ``<`` stands as itself."""
    plain = found.model_dump(mode="json")
    return json.dumps(plain, ensure_ascii=False, indent=1).replace("<", "\\u003c")


def readable(found: Copy, view: View) -> Iterator[str]:
    """It as people read it, line by line."""
    for line in _lines(found, view):
        yield line.replace("<", f"<{JOINER}").replace("\0", "")


def _lines(found: Copy, view: View) -> Iterator[str]:
    controller = view.content.controller
    unsaid = view.say("data.unsaid")
    yield view.say(
        "copy.head",
        controller=controller.name.in_(view.lang),
        address=controller.address,
        phone=controller.phone,
        day=view.day(view.facts.now),
    )
    yield view.say("copy.person", name=found.name or unsaid, phone=found.phone or unsaid)
    for chat in found.chats:
        channel = channel_name(chat.channel, view)
        yield view.say("copy.chat", channel=channel, day=view.day(chat.since))
    yield from _hearing(found, view)
    yield from _consents(found, view)
    for story in found.stories:
        yield from _story(story, view)
    if found.elsewhere:
        yield view.say("copy.elsewhere", codes=", ".join(found.elsewhere))
    for request in found.requests:
        what, day = view.say(f"data_kind.{request.kind}"), view.day(request.opened_at)
        yield view.say("copy.request", code=request.code, what=what, day=day)
    for told in found.delivered:
        channel = channel_name(told.channel, view)
        yield view.say("copy.delivered", code=told.code, channel=channel)


def _hearing(found: Copy, view: View) -> Iterator[str]:
    communes = (view.content.territory.get(id_) for id_ in found.communes)
    names = [commune.name for commune in communes if commune is not None]
    names += [view.content.topic_title(topic, view.lang) for topic in found.topics]
    wanted = view.say("data.yes" if found.hears else "data.no")
    yield view.say(
        "copy.hears", wanted=wanted, what="; ".join(names) or view.say("hearing.nothing")
    )


def _consents(found: Copy, view: View) -> Iterator[str]:
    for one in found.consents:
        given = view.say("copy.gave" if one.given else "copy.took_back")
        purpose = view.say(f"copy_purpose.{one.purpose}")
        yield view.say(
            "copy.consent",
            given=given,
            purpose=purpose,
            version=one.version,
            at=f"{view.local(one.at):%d/%m/%Y %H:%M}",
        )
    for shown in dict.fromkeys(one.words for one in found.consents if one.words):
        yield view.say("copy.words", words=shown)


def _story(story: Story, view: View) -> Iterator[str]:
    card = story.card
    yield view.say(
        "copy.case",
        code=card.code,
        topic=view.content.topic_title(card.topic, view.lang),
        opened=view.day(card.opened_at),
        status=view.say(f"status.{card.status}"),
        unit=view.content.unit_name(card.unit, view.lang),
    )
    for answer in story.lines:
        yield f"  {answer.label}: {answer.text}"
    for happening in story.happenings:
        what, told = view.say(f"happening.{happening.kind}"), words(happening, view)
        said = f": {told}" if told else ""
        yield f"  {view.local(happening.at):%d/%m/%Y %H:%M} · {what}{said}"
    for file in story.media:
        yield view.say("copy.file", name=file.name or file.kind)
