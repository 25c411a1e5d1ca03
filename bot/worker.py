"""Who a worker is: one start of one process, and whether such a one is certainly gone.

What a dead worker held need not be waited for when its death is certain: this very machine has no
such process any more. Of a worker elsewhere, or where there is no ``/proc``, nothing is known.
"""

import hashlib
import os
import secrets
from pathlib import Path

PROC = Path("/proc")
PARTS = 4
STATE, STARTED = 0, 19  # fields of /proc/PID/stat after the program's name
ENDED = frozenset("ZX")


def this_worker() -> str:
    """A name that no other start of any process has."""
    number = os.getpid()
    return f"{_place()}:{number}:{_started(number)}:{secrets.token_hex(8)}"


def is_gone(worker: str) -> bool:
    """Whether this worker certainly lives no more; False when that can't be known."""
    parts = worker.split(":")
    if len(parts) != PARTS or not parts[0] or parts[0] != _place():
        return False
    number, started = int(parts[1]), parts[2]
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # another user's: it lives, and its start can't be seen everywhere
    return _started(number) != started


def _place() -> str:
    """This machine from one boot to the next, as far as process numbers mean the same.

    Empty where that can't be told. A container has numbers of its own.
    """
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text("ascii")
        numbers = (PROC / "self/ns/pid").readlink()
    except OSError:
        return ""
    told = f"{os.uname().nodename} {boot} {numbers}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _started(number: int) -> str:
    """When a process started, in ticks since the boot; empty when it has ended."""
    try:
        stat = (PROC / str(number) / "stat").read_text("latin-1")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[STATE] in ENDED else fields[STARTED]
