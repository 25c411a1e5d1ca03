"""Keeps a PostgreSQL server only as long as whoever asked for it.

Run as a program: `postgres_guard.py FOLDER USER COMMAND...`. It waits for the end of its standard
input, which comes when its user closes it and when its user dies in whatever way; then it stops
the server and removes the folder. No signal that ends the tests can leave a server behind.
"""

import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

LOG_TAIL = 4000  # characters; less than a pipe holds, so that the guard never waits for a reader


def guard(folder: Path, user: int | None, command: list[str]) -> None:
    """Run the server until standard input ends, then stop it and remove its folder.

    A server that stops by itself ends the guard too, which then prints the end of its log.
    """
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            user=user,
            group=user,
            extra_groups=None if user is None else (),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    while server.poll() is None:
        if select.select([sys.stdin], [], [], 0.1)[0]:
            server.send_signal(signal.SIGQUIT)  # at once: nothing in the folder is kept
            server.wait()
            break
    else:
        sys.stdout.write(log.read_text(errors="replace")[-LOG_TAIL:])
    shutil.rmtree(folder)


if __name__ == "__main__":
    guard(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2] else None, sys.argv[3:])
