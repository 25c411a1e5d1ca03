"""The command line: ``python -m bot COMMAND``, where ``--help`` names the commands.

Each command imports what it needs when it runs: ``check`` must not wait for Telegram's types.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.config import FILE, Config, ConfigFaultsError, load_config
from bot.content import LANGS, ContentFaultsError, load_content
from storage.database import StorageError
from storage.seal import RINGS, Seal

FAULTS = 2  # exit status: something has to be mended first
TO_MEND = (ConfigFaultsError, ContentFaultsError, StorageError)
ROTATE = (
    "let a new master key take over and destroy the old ones; killed anywhere, run it again. On "
    "SQLite stop the bot first. Afterwards backups of before open only with the old key file"
)
Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command says; the exit status is 0, 1 for a failure, 2 for faults to mend."""
    options = _parser().parse_args(argv)
    try:
        command: Command = options.command
        return command(options)
    except TO_MEND as error:
        print(error, file=sys.stderr)
        return FAULTS
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Lắng Nghe")
    parser.add_argument("--config", type=Path, default=FILE, metavar="FILE")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "run", _run, "serve until told to stop")
    _add(commands, "check", _check, "say everything that is wrong with settings and content")
    _add(commands, "migrate", _migrate, "bring the database up to date")
    talk = _add(commands, "talk", _talk, "chat in the terminal")
    talk.add_argument("--save", type=Path, metavar="FILE", help="write what was said as a test")
    preview = _add(commands, "preview", _preview, "draw every screen on one page")
    preview.add_argument("--out", type=Path, default=Path("preview.html"), metavar="FILE")
    _add(commands, "privacy", _privacy, "print the notice about personal data for the manual")
    _add(commands, "invite", _invite, "make a one-time invitation for an administrator")
    replay = _add(commands, "replay", _replay, "run a failed arrival again, or list them")
    replay.add_argument("id", nargs="?", metavar="ID")
    keeps = _add(commands, "retain", _retain, "count what is kept no longer, by rule")
    keeps.add_argument("--carry-out", action="store_true", help="let go of it, and write that down")
    _add(commands, "verify", _verify, "say whether histories and log are as they were written")
    looked = _add(commands, "seen", _seen, "list what an official did and looked at, for a breach")
    looked.add_argument("--member", type=int, default=0, metavar="ID", help="none: list them")
    looked.add_argument(
        "--since", type=_instant, metavar="2026-11-20T08:00", help="default: a month before"
    )
    looked.add_argument("--until", type=_instant, metavar="2026-11-23", help="default: now")
    rotate = _add(commands, "rotate-keys", _rotate, ROTATE)
    rotate.add_argument("--ring", choices=RINGS, help="only this one; without it, both")
    rotate.add_argument(
        "--prepare",
        action="store_true",
        help="only put the new key into the file, to be copied to the other machines first",
    )
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Command,
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=command)
    return parser


def _run(options: argparse.Namespace) -> int:
    from bot.logs import start_logging
    from bot.running import run

    config = load_config(options.config)
    log = start_logging(config.log.level)
    try:
        asyncio.run(run(config))
    except TO_MEND:
        raise
    except Exception:
        log.critical("stopped by a fault", exc_info=True)
        return 1
    return 0


def _check(options: argparse.Namespace) -> int:
    """Settings, key files and content, each told whole even when the other is wrong too."""
    from bot.keyring import key_faults
    from bot.preview import screens

    folder = Config().content
    faults: list[Exception] = []
    try:
        config = load_config(options.config)
        folder = config.content
        if wrong := tuple(key_faults(config)):
            faults.append(ConfigFaultsError(wrong))
    except ConfigFaultsError as error:
        faults.append(error)
    try:
        content = load_content(folder)
        seen = sum(len(list(screens(content, lang))) for lang in LANGS)
    except ContentFaultsError as error:
        faults.append(error)
    else:
        topics, units = len(content.topics), len(content.units)
        print(f"content: {topics} topics, {units} units, {seen} screens: ok")
    for fault in faults:
        print(fault, file=sys.stderr)
    return FAULTS if faults else 0


def _rotate(options: argparse.Namespace) -> int:
    from bot.rotating import rotate

    config = load_config(options.config)
    for ring in [options.ring] if options.ring else RINGS:
        print(asyncio.run(rotate(config, ring, prepare=options.prepare)))
    return 0


def _migrate(options: argparse.Namespace) -> int:
    from bot.keyring import load_seal
    from bot.secret import load_secret
    from storage import migrate

    config = load_config(options.config)
    seal = load_seal(config, load_secret(config.secret.get_secret_value(), config.secret_file))
    for name in asyncio.run(migrate(config.storage.url.get_secret_value(), seal)):
        print(name)
    asyncio.run(_seal_files(config, seal))
    return 0


async def _seal_files(config: Config, seal: Seal) -> None:
    from storage import open_store
    from storage.sealing_files import seal_old_files

    store = await open_store(config.storage.url.get_secret_value(), seal=seal, lanes=1)
    try:
        if count := await seal_old_files(store, config.storage.files):
            print(f"sealed {count} files of before")
    finally:
        await store.close()


def _talk(options: argparse.Namespace) -> int:
    from bot.talk import talk

    config = load_config(options.config)
    transcript = asyncio.run(talk(load_content(config.content)))
    if options.save:
        options.save.write_text(transcript, "utf-8")
    return 0


def _privacy(options: argparse.Namespace) -> int:
    from bot.privacy import document
    from bot.turn import ZONE

    content = load_content(load_config(options.config).content)
    print(document(content, datetime.now(ZONE).date()), end="")
    return 0


def _preview(options: argparse.Namespace) -> int:
    from bot.preview import page

    config = load_config(options.config)
    options.out.write_text(page(load_content(config.content)), "utf-8")
    print(options.out)
    return 0


def _invite(options: argparse.Namespace) -> int:
    from bot.app import invite, open_app

    config = load_config(options.config)

    async def make() -> str:
        async with open_app(config) as app:
            return await invite(app)

    print(asyncio.run(make()))
    return 0


def _replay(options: argparse.Namespace) -> int:
    from bot.replay import failures, replay

    config = load_config(options.config)
    if options.id is None:
        for line in asyncio.run(failures(config)):
            print(line)
        return 0
    outcome = asyncio.run(replay(config, options.id))
    print(outcome)
    return 0 if outcome == "done" else 1


def _retain(options: argparse.Namespace) -> int:
    from bot.retain import retain

    config = load_config(options.config)
    for line in asyncio.run(retain(config, carry_out=options.carry_out)):
        print(line)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from bot.verify import verify

    report = asyncio.run(verify(load_config(options.config)))
    for line in report.lines:
        print(line)
    return 0 if report.whole else 1


def _seen(options: argparse.Namespace) -> int:
    from bot.seen import report
    from bot.turn import ZONE

    until = options.until or datetime.now(ZONE)
    config = load_config(options.config)
    since = options.since or until - timedelta(days=30)
    for line in asyncio.run(report(config, options.member, since, until)):
        print(line)
    return 0


def _instant(text: str) -> datetime:
    """An instant as an operator writes it, in the province's time."""
    from bot.turn import ZONE

    return datetime.fromisoformat(text).replace(tzinfo=ZONE)
