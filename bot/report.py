"""The report of an announcement as a spreadsheet: what was said, by whom, and what came of it.

Nothing of anybody is in it: counts alone, and those by place or topic only where they are no fewer
than `FEWEST`. Every text is written as a text, so that none is taken for a formula. Numbers that
say who somebody is are hidden in it: a file goes where nobody can follow it.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from bot.turn import ZONE
from handlers.announcing import Announcement, DeliveryState
from handlers.content import Content
from handlers.events import Media
from handlers.facts import Facts
from handlers.masking import masked
from handlers.rooms.desk.bulletin_words import channel_name, speaker, whom
from handlers.session import NEW
from handlers.view import View
from storage import reports
from storage.blobs import Blobs
from storage.database import Store
from storage.reports import Followed, Gathered

FEWEST: Final = 5
MIME: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST: Final = 32_000  # characters; a cell holds 32,767
_MOST_BYTES: Final = 5 << 20
_STATES: Final[tuple[DeliveryState, ...]] = (
    "sent",
    "unreachable",
    "failed",
    "unknown",
    "cancelled",
    "queued",
    "sending",
)

Cell = str | int | datetime


async def make_report(store: Store, blobs: Blobs, content: Content, code: str) -> None:
    """Report what came of the announcement *code*; its officials find the file on its card.

    Raises `StorageError` and OSError. Made again, it takes the place of the one before.
    """
    found = await store.read(partial(reports.gather, code=code))
    if found is None:
        return
    body = await asyncio.to_thread(draw, found, content)
    kept = await blobs.keep(_whole(body), limit=_MOST_BYTES)
    report = Media(
        key=f"report:{code}:{found.announcement.entries}",
        kind="document",
        name=f"{code}.xlsx",
        mime=kept.mime,
        size=kept.size,
    )
    now = datetime.now(UTC)
    await store.run(
        lambda tx: reports.keep(tx, found.announcement, report, kept.sha256, now),
    )


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    yield body


def draw(found: Gathered, content: Content) -> bytes:
    """The spreadsheet: what was said, the counts by channel, and those by place and topic."""
    # 3 MB that wait until the first announcement ends; annotated, but with no marker of it.
    import xlsxwriter  # type: ignore[import-untyped] # noqa: PLC0415

    announcement = found.announcement
    view = View(NEW, Facts(now=announcement.created_at.astimezone(ZONE), content=content))
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as sheets:
        sheets.set_properties({"created": announcement.created_at.replace(tzinfo=None)})
        _sheet(sheets, view.say("report.facts"), (24, 80), _facts(found, view))
        _sheet(
            sheets, view.say("report.counts"), (20, *(16 for _ in _STATES)), _counts(found, view)
        )
        if announcement.audience.whom != "staff":
            _sheet(sheets, view.say("report.followed"), (24, 40, 14), _followed(found, view))
    return book.getvalue()


# -- the sheets, row by row ------------------------------------------------------------------------


def _facts(found: Gathered, view: View) -> Iterator[Sequence[Cell]]:
    announcement = found.announcement
    wording = announcement.wording
    yield view.say("report.code"), announcement.code
    yield view.say("report.state"), view.say(f"announcement_state.{announcement.state}")
    yield view.say("report.unit"), speaker(announcement.unit, view)
    yield view.say("report.text"), wording.text
    if wording.link:
        yield view.say("report.link"), wording.link
    if wording.media:
        yield view.say("report.files"), ", ".join(file.name or file.kind for file in wording.media)
    yield view.say("report.whom"), whom(announcement.audience, view)
    yield view.say("report.author"), found.author
    yield view.say("report.releaser"), found.releaser
    if announcement.version > 1:
        yield view.say("report.version"), announcement.version
    if announcement.reason:
        yield view.say("report.reason"), announcement.reason
    yield from _times(announcement, view)


def _times(announcement: Announcement, view: View) -> Iterator[Sequence[Cell]]:
    yield view.say("report.created"), announcement.created_at
    if announcement.begun_at:
        yield view.say("report.begun"), announcement.begun_at
    if announcement.ended_at:
        yield view.say("report.ended"), announcement.ended_at


def _counts(found: Gathered, view: View) -> Iterator[Sequence[Cell]]:
    labels = [view.say(f"report_state.{state}") for state in _STATES]
    total = view.say("report.total")
    yield view.say("report.channel"), *labels, total
    tallies = found.announcement.tallies
    for tally in tallies:
        name = channel_name(tally.channel) if tally.channel else view.say("report.no_channel")
        yield name, *(tally.counts.get(state, 0) for state in _STATES), tally.total
    sums = [found.announcement.count(state) for state in _STATES]
    yield total, *sums, sum(sums)


def _followed(found: Gathered, view: View) -> Iterator[Sequence[Cell]]:
    yield view.say("report.kind"), view.say("report.name"), view.say("report.people")
    for each in found.followed:
        kind = view.say("report.commune" if each.kind == "commune" else "report.topic")
        yield kind, _name(each, view), each.people if each.people >= FEWEST else f"<{FEWEST}"
    yield (view.say("report.few"),)


def _name(each: Followed, view: View) -> str:
    if each.kind == "topic":
        return view.content.topic_button(each.name)
    commune = view.content.territory.get(each.name)
    return commune.name if commune else each.name


def _sheet(book: Any, name: str, widths: Sequence[int], rows: Iterator[Sequence[Cell]]) -> None:  # noqa: ANN401 - of a library without types
    sheet = book.add_worksheet(name)
    words = book.add_format({"text_wrap": True, "valign": "top"})
    time = book.add_format({"num_format": "hh:mm dd/mm/yyyy", "align": "left", "valign": "top"})
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            match cell:
                case str():
                    sheet.write_string(row, column, masked(cell[:_LONGEST]), words)
                case datetime():
                    local = cell.astimezone(ZONE).replace(tzinfo=None)
                    sheet.write_datetime(row, column, local, time)
                case _:
                    sheet.write_number(row, column, cell, words)
