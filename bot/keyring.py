"""The master keys of the seal: two private files, outside the database and its backups.

A line is the name of a key and its 32 bytes in hex; the first is the one that wraps what is made
now, the others open what was wrapped before (`python -m bot rotate-keys`).
"""

import logging
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.config import Config, ConfigFaultsError
from bot.secret import Secret, private_file
from handlers.faults import Fault
from storage.seal import KEY_BYTES, RINGS, Master, Ring, Seal

log = logging.getLogger(__name__)


def load_seal(config: Config, secret: Secret) -> Seal:
    """The seal of an installation; its key files are made the first time.

    Raises `ConfigFaultsError` when one can't be understood.
    """
    files = key_files(config)
    for ring in RINGS:
        private_file(files[ring], partial(_first_line, ring))

    for fault in key_faults(config):
        log.warning("key file: %s", fault)

    def read() -> Mapping[Ring, Sequence[Master]]:
        return {ring: masters(files[ring]) for ring in RINGS}

    return Seal(secret.raw, read(), read)


def throwaway() -> Seal:
    """A seal for what nobody will open again: a rehearsal in a folder that goes."""
    rings = {ring: [fresh_master(ring)] for ring in RINGS}
    return Seal(secrets.token_bytes(KEY_BYTES), rings)


def key_files(config: Config) -> dict[Ring, Path]:
    """Where the master keys of each ring are."""
    return {"people": config.keys_file, "denunciations": config.denunciation_keys_file}


def fresh_master(ring: Ring) -> Master:
    """A new master key, named by its ring, the day and chance."""
    name = f"{ring}-{datetime.now(UTC):%Y-%m-%d}-{secrets.token_hex(3)}"
    return Master(name, secrets.token_bytes(KEY_BYTES))


def _first_line(ring: Ring) -> str:
    return line(fresh_master(ring))


def line(master: Master) -> str:
    """A master key as its file holds it."""
    return f"{master.name} {master.raw.hex()}\n"


def masters(file: Path) -> tuple[Master, ...]:
    """The master keys in a file, the newest first; ConfigFaultsError says what is wrong with it."""
    try:
        lines = [text.split() for text in file.read_text("ascii").splitlines() if text.strip()]
        found = tuple(Master(name, bytes.fromhex(raw)) for name, raw in lines)
    except (ValueError, OSError) as error:
        raise ConfigFaultsError((_unreadable(file),)) from error
    if not found or any(len(master.raw) != KEY_BYTES for master in found):
        raise ConfigFaultsError((_unreadable(file),))
    return found


def write_masters(file: Path, found: Sequence[Master]) -> None:
    """Replace what is in *file*, durably: at any moment all of the old or all of the new is there.

    Raises OSError.
    """
    half = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.writelines(map(line, found))
            new.flush()
            os.fsync(new.fileno())
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def key_faults(config: Config) -> Iterator[Fault]:
    """What is wrong with the key files and the secret's; one that is not there yet will be made."""
    files = key_files(config)
    for ring in RINGS:
        if files[ring].exists():
            try:
                masters(files[ring])
            except ConfigFaultsError as error:
                yield from error.faults
    for file in (*files.values(), config.secret_file):
        if file.exists() and file.stat().st_mode & 0o077:
            yield Fault(
                file=str(file),
                key="",
                message="người dùng khác trên máy này đọc được tệp khóa",
                mend=f"chmod 600 {file}",
            )


def missing_masters(config: Config, missing: Iterable[tuple[str, str]]) -> tuple[Fault, ...]:
    """What to say of master keys, by ring and name, that the database needs and no file has."""
    files = {str(ring): str(file) for ring, file in key_files(config).items()}
    return tuple(
        Fault(
            file=files.get(ring, ring),
            key=name,
            message="cơ sở dữ liệu cần khóa này, tệp không có",
            mend="lấy lại tệp khóa từ nơi cất riêng; không có nó thì dữ liệu không mở được",
        )
        for ring, name in missing
    )


def another_secret(config: Config) -> Fault:
    """What to say when the secret is not the one the database was begun with."""
    return Fault(
        file=str(config.secret_file),
        key="",
        message="không phải bí mật của cơ sở dữ liệu này: mã biên nhận và người cũ không tìm được",
        mend="lấy lại tệp bí mật từ nơi cất riêng (tệp mới tự tạo thì xóa đi)",
    )


def _unreadable(file: Path) -> Fault:
    return Fault(
        file=str(file),
        key="",
        message="không phải tệp khóa",
        mend="lấy lại tệp khóa từ nơi cất riêng; không có nó thì dữ liệu không mở được",
    )
