"""The one secret of an installation, from the environment or a file beside the database."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from handlers.codes import ALPHABET, make_code, make_receipt

CODE_LENGTH = 6
RECEIPT_LENGTH = 12
SHORTEST = 32  # characters


class Secret:
    """The key that turns receipts and invitations into what the database may hold.

    *raw* is the key itself.
    """

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        """Say nothing, wherever it may be printed."""
        return "Secret(…)"

    def key(self, text: str) -> str:
        """A keyed hash of *text* (HMAC-SHA-256, hexadecimal): it can be compared, not read back."""
        return hmac.new(self.raw, text.encode(), hashlib.sha256).hexdigest()


def load_secret(given: str, file: Path) -> Secret:
    """The secret *given*, else the one in *file*, which is made with mode 0600 the first time."""
    if given:
        return Secret(given.encode())
    private_file(file, lambda: secrets.token_hex(SHORTEST))
    return Secret(file.read_text().strip().encode())


def private_file(file: Path, make: Callable[[], str]) -> None:
    """Have *file*, durable and its owner's alone; what *make* says is in it when it is new."""
    if file.exists():
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = file.with_suffix(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as new:
        new.write(make())
        new.flush()
        os.fsync(new.fileno())
    # Whoever comes first has made it: several workers may start at once.
    with suppress(FileExistsError):
        os.link(half, file)
    half.unlink()


def fresh_code() -> str:
    """A random ticket code."""
    return make_code([secrets.randbelow(len(ALPHABET)) for _ in range(CODE_LENGTH)])


def fresh_receipt() -> str:
    """A random receipt: 54 bits, far more than anybody may try."""
    return make_receipt([secrets.randbelow(len(ALPHABET)) for _ in range(RECEIPT_LENGTH)])


def fresh_invitation() -> str:
    """A random invitation, as it stands in a link."""
    return f"moi-{secrets.token_urlsafe(18)}"
