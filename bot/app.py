"""The composition root: the one place that knows every concrete part, and ties them together."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from prometheus_client import CollectorRegistry

from bot.amending import amended
from bot.announcer import Announcer
from bot.board import Board
from bot.channels import Channel
from bot.channels.enclosed import FileWords
from bot.channels.telegram import TelegramChannel, TelegramSettings
from bot.channels.telegram_wire import LIMITS as TELEGRAM
from bot.channels.telegram_words import ShareWords
from bot.channels.web import Store as WebStore
from bot.channels.web import Told, WebChannel
from bot.channels.web.files import Kept, file_kind
from bot.channels.web.notices import Notices
from bot.config import Config, ConfigFaultsError, StorageConfig
from bot.content import load_content
from bot.engine import Engine
from bot.feeder import Feeder
from bot.fetch import Fetcher
from bot.grouptalk import GroupTalk
from bot.holding import Alone, Holding, Holds, Terms
from bot.idcards import is_id_card
from bot.keyring import another_secret, load_seal, missing_masters
from bot.metrics import Figures
from bot.opening import opener
from bot.outbox import Sender
from bot.petition.maker import Maker
from bot.published import reader
from bot.relay import Relay
from bot.secret import Secret, fresh_code, fresh_invitation, fresh_receipt, load_secret
from bot.telling import Lines, make_telling
from bot.timers import Clock
from bot.turn import ZONE, Turns
from bot.watching import Watch
from handlers.announcing import Limits
from handlers.content import Content, Lang
from handlers.desk.people import Duty
from handlers.effects import Invite
from handlers.events import Media
from handlers.faults import Fault
from handlers.messages import Say
from handlers.privacy import notice
from handlers.understanding import ALIASES
from storage import files, groups, members, open_store, outbox, people
from storage.blobs import Blobs, EmptyError, IdCardError, TooLargeError, TypeRefusedError
from storage.database import Store, Tx
from storage.masters import lacking, same_secret
from storage.seal import Seal
from storage.sealing_files import seal_old_files

INVITATION_HOURS = 24
MEGABYTE = 1024 * 1024
LANGS: tuple[Lang, ...] = ("vi", "en")
WEB = Limits(channel="web", text=100_000, per_second=500)
"""Our own server's: what it costs is the database's time, which belongs to replies first."""


@dataclass
class App:
    """Everything that runs, made by `open_app`."""

    config: Config
    content: Content
    store: Store
    secret: Secret
    blobs: Blobs
    engine: Engine
    clock: Clock
    fetcher: Fetcher
    maker: Maker
    web: WebChannel | None
    telegram: TelegramChannel | None
    board: Board | None
    senders: Mapping[str, Sender]
    announcer: Announcer
    feeders: Sequence[Feeder]
    figures: Figures
    holds: Holds
    watch: Watch
    channels: Mapping[str, Channel] = field(default_factory=dict)


@asynccontextmanager
async def open_app(config: Config) -> AsyncIterator[App]:
    """Open storage and make every part; nothing runs or waits yet.

    Raises `ConfigFaultsError`, `ContentFaultsError` and `StorageError`.
    """
    async with AsyncExitStack() as closing:
        try:
            app = await _opened(config, closing)
        except OSError as error:
            raise ConfigFaultsError((_unusable(error),)) from error
        yield app


async def _opened(config: Config, closing: AsyncExitStack) -> App:
    content = load_content(config.content)
    # The first look at a year loads the library's calendars: now, not in somebody's turn.
    content.calendar.is_working_day(datetime.now(ZONE).date())
    secret = load_secret(config.secret.get_secret_value(), config.secret_file)
    seal = load_seal(config, secret)
    url = config.storage.url.get_secret_value()
    store = await open_store(url, lanes=config.storage.lanes, seal=seal)
    closing.push_async_callback(store.close)
    if missing := await store.read(partial(lacking, seal=seal)):
        raise ConfigFaultsError(missing_masters(config, missing))
    if not await store.run(same_secret):
        raise ConfigFaultsError((another_secret(config),))
    await seal_old_files(store, config.storage.files)
    holds = await _holds(config, store, seal, closing)
    app = _assemble(config, content, secret, store, holds)
    if app.telegram:
        closing.push_async_callback(app.telegram.close)
    await app.engine.renew()
    return app


def _unusable(error: OSError) -> Fault:
    return Fault(
        file=str(error.filename),
        key="",
        message=f"không dùng được ({error.strerror})",
        mend="cho phép đọc và ghi ở đó, hoặc chọn nơi khác trong config.toml",
    )


def _assemble(config: Config, content: Content, secret: Secret, store: Store, holds: Holds) -> App:
    blobs, limits = Blobs(config.storage.files, store, is_id_card), _limits(config)
    turns = Turns(
        *(content, secret, fresh_code, fresh_receipt),
        amended=amended,
        limits=tuple(limits.values()),
    )
    doors = _doors(config, secret, store, blobs, turns)
    clock, fetcher = Clock(store), Fetcher(store, blobs, doors.channels)
    paid = {"telegram"} if config.channels.telegram.paid_broadcast else frozenset[str]()
    lines = Lines(doors.channels, limits, paid)
    maker = Maker(store, blobs, lambda: turns.content, clock.nudge)
    telling = make_telling(store, blobs, turns, lines, holds, clock.nudge)

    async def renew() -> None:
        await engine.renew()

    def wanted() -> None:
        fetcher.nudge()
        maker.nudge()

    relay = Relay(
        *(holds, telling.senders, doors.web),
        *(clock.nudge, fetcher.nudge, telling.announced),
        renew=renew,
    )
    watch = Watch(store, holds, relay)
    engine = Engine(
        *(store, turns),
        posted=partial(relay.posted, look=watch.nudge),
        timers=clock.nudge,
        files=wanted,
        announced=telling.announced,
    )
    registry = CollectorRegistry()
    figures = Figures(registry, store, engine, telling.senders, telling.announcer)
    return App(
        *(config, content, store, secret, blobs, engine, clock, fetcher, maker),
        *(doors.web, doors.telegram, doors.board),
        *(telling.senders, telling.announcer, telling.feeders),
        figures=figures,
        holds=holds,
        watch=watch,
        channels=doors.channels,
    )


@dataclass(frozen=True, slots=True)
class _Doors:
    """The ways in."""

    channels: Mapping[str, Channel]
    web: WebChannel | None
    telegram: TelegramChannel | None
    board: Board | None


def _doors(config: Config, secret: Secret, store: Store, blobs: Blobs, turns: Turns) -> _Doors:
    """Make those that are set up, and have *turns* know their addresses."""
    channels: dict[str, Channel] = {}
    links: dict[str, str] = {}  # Telegram's comes when it has said the bot's name
    turns.links = links
    files = opener(store, blobs)
    notices = Notices(reader(store, lambda: turns.content), files, secret.key)
    web = telegram = board = None
    if config.channels.web.enabled:
        address = config.channels.web.address
        links["web"] = f"{address}/?start={{}}"
        channels["web"] = web = _web(config, turns, secret, store, blobs, notices)
        turns.page = lambda code: f"{address}{notices.path(code)}"
    if config.channels.telegram.token.get_secret_value():
        news = asyncio.Event()  # something is to be said in a group of officials
        talk = GroupTalk(store, lambda: turns.content, news.set)
        telegram = _telegram(config, turns.content, store, blobs, talk, links)
        channels["telegram"] = telegram
        board = Board(store, lambda: turns.content, telegram.groups, news)
    return _Doors(channels, web, telegram, board)


async def _holds(config: Config, store: Store, seal: Seal, closing: AsyncExitStack) -> Holds:
    """SQLite has one process: nobody else could hold anything.

    Elsewhere leases have a connection of their own: they are renewed also while turns wait for
    each other.
    """
    if store.engine == "sqlite":
        return Alone()
    apart = await open_store(config.storage.url.get_secret_value(), lanes=1, seal=seal)
    closing.push_async_callback(apart.close)
    return Holding(apart, Terms(config.storage.lease_seconds))


def _limits(config: Config) -> dict[str, Limits]:
    """What each open channel bears, by its name. Zalo's come with its channel."""
    limits, telegram = {}, config.channels.telegram
    if config.channels.web.enabled:
        limits["web"] = WEB
    if telegram.token.get_secret_value():
        pace = telegram.announcements_per_second
        limits["telegram"] = Limits(channel="telegram", text=TELEGRAM.text, per_second=pace)
    return limits


# -- the channels ----------------------------------------------------------------------------------


def _web(
    config: Config, turns: Turns, secret: Secret, store: Store, blobs: Blobs, notices: Notices
) -> WebChannel:
    content = turns.content

    async def after(address: str, id_: int, most: int) -> Sequence[Told]:
        def read(tx: Tx) -> Sequence[Told]:
            contact = people.find(tx, "web", address)
            if contact is None:
                return ()
            return [
                Told(row.id, row.at, Say.model_validate_json(row.payload), row.replaces)
                for row in outbox.after(tx, contact.id, id_, most)
            ]

        return await store.read(read)

    async def keep(chunks: AsyncIterator[bytes], limit: int) -> Kept:
        if _is_full(config.storage):
            raise FullError
        return await blobs.keep(chunks, limit=limit)

    async def register(address: str, key: str, name: str, kept: Kept) -> None:
        now = datetime.now(UTC)
        media = Media(key=key, kind=file_kind(kept.mime), name=name, mime=kept.mime, size=kept.size)

        def remember(tx: Tx) -> None:
            contact = people.contact(tx, "web", address, now)
            files.upload(tx, contact.id, media, kept.sha256, now)

        await store.run(remember)

    async def uploaded(address: str, keys: Sequence[str]) -> Mapping[str, Media]:
        def read(tx: Tx) -> Mapping[str, Media]:
            contact = people.find(tx, "web", address)
            return files.uploaded(tx, contact.id, keys) if contact else {}

        return await store.read(read)

    parts = WebStore(
        after,
        keep,
        register,
        uploaded,
        opener(store, blobs),
        secret.key,
        _file_words(content),
        {
            EmptyError: "file_empty",
            TooLargeError: "too_large",
            TypeRefusedError: "file_type",
            IdCardError: "id_card",
            FullError: "full",
        },
    )
    public_url = config.channels.web.public_url
    secure = public_url.startswith("https://")
    return WebChannel(
        parts,
        secure=secure,
        public_url=public_url,
        notices=notices,
        privacy=lambda lang: notice(turns.content, datetime.now(ZONE).date(), lang),
    )


class FullError(OSError):
    """The disk of the files has too little room left: the database needs it, too."""


def _is_full(storage: StorageConfig) -> bool:
    folder = next(path for path in (storage.files, *storage.files.parents) if path.exists())
    return shutil.disk_usage(folder).free < storage.least_free * MEGABYTE


def _file_words(content: Content) -> dict[Lang, FileWords]:
    return {
        lang: FileWords(
            missing=content.say(lang, "file.missing"),
            doubtful=content.say(lang, "file.doubtful"),
            nameless=content.say(lang, "file.nameless"),
        )
        for lang in LANGS
    }


def _telegram(
    config: Config,
    content: Content,
    store: Store,
    blobs: Blobs,
    talk: GroupTalk,
    links: dict[str, str],
) -> TelegramChannel:
    settings = config.channels.telegram

    def named(username: str) -> None:
        links["telegram"] = f"https://t.me/{username}?start={{}}"

    async def moved(old: str, new: str) -> None:
        now = datetime.now(UTC)

        def move(tx: Tx) -> None:
            people.move(tx, "telegram", old, new, now)
            groups.move(tx, old, new)

        await store.run(move)

    return TelegramChannel(
        TelegramSettings(
            token=settings.token.get_secret_value(),
            base_url=settings.base_url,
            base_file_url=settings.base_file_url,
            mode=settings.mode,
            webhook_url=settings.webhook_url,
            secret_token=settings.secret_token.get_secret_value(),
        ),
        commands={lang: _commands(content, lang) for lang in LANGS},
        share={
            lang: ShareWords(content.say(lang, "share.phone"), content.say(lang, "share.place"))
            for lang in LANGS
        },
        moved=moved,
        overheard=talk.take,
        open_file=opener(store, blobs),
        file_words=_file_words(content),
        named=named,
    )


def _commands(content: Content, lang: Lang) -> list[tuple[str, str]]:
    """The command menu: the citizen's commands, in the language's own names."""
    return [
        (name if lang == "vi" else alias, content.say(lang, f"menu_command.{name}"))
        for name, alias in ALIASES.items()
    ]


async def invite(app: App) -> str:
    """A new one-time invitation for an administrator: a link, or what to say without a web chat."""
    invitation = fresh_invitation()
    now = datetime.now(UTC)
    token_key = app.secret.key(invitation)
    effect = Invite(
        by=0,
        invitation=invitation,
        duty=Duty(role="administrator"),
        name="",
        hours=INVITATION_HOURS,
    )
    await app.store.run(lambda tx: members.invite(tx, effect, token_key, now))
    web = app.config.channels.web
    return f"{web.address}/?start={invitation}" if web.enabled else f"/start {invitation}"
