"""Announcements for the public page: read from storage, named as the province names its units."""

from collections.abc import Callable
from functools import partial

from bot.channels.web.notice_page import Lang, Notice
from bot.channels.web.notices import Read
from bot.turn import ZONE
from handlers.content import Content
from storage.database import Store
from storage.published import Published, published


def reader(store: Store, content: Callable[[], Content]) -> Read:
    """Reads an announcement as it may be shown to anybody; raises `StorageError`."""

    async def read(code: str) -> Notice | None:
        found = await store.read(partial(published, code=code))
        return None if found is None else _notice(found, content())

    return read


def _notice(found: Published, content: Content) -> Notice:
    announcement, changed = found.announcement, found.changed_at
    assert announcement.begun_at is not None  # noqa: S101 - `published` gives no others
    unit = content.units.get(announcement.unit)
    province = content.controller.name

    def named(lang: Lang) -> str:
        return unit.name.in_(lang) if unit else province.in_(lang)

    return Notice(
        code=announcement.code,
        province={"vi": province.vi, "en": province.in_("en")},
        unit={"vi": named("vi"), "en": named("en")},
        phone=(unit.phone if unit else "") or content.controller.phone,
        begun=announcement.begun_at.astimezone(ZONE),
        text=announcement.wording.text,
        link=announcement.wording.link,
        files=announcement.wording.media,
        urgent=announcement.urgent,
        version=announcement.version,
        changed=changed.astimezone(ZONE) if changed else None,
        withdrawn=announcement.state == "withdrawn",
    )
