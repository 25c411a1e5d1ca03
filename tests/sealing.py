"""A seal for tests, always the same; `install` gives an installation the keys of it."""

from pathlib import Path

from bot.keyring import line
from storage.seal import Master, Seal

SECRET = "secret of the tests, which is long enough"
PEOPLE = Master("people-1", b"p" * 32)
DENUNCIATIONS = Master("denunciations-1", b"d" * 32)
SEAL = Seal(SECRET.encode(), {"people": [PEOPLE], "denunciations": [DENUNCIATIONS]})


def install(folder: Path) -> None:
    """Put the secret and the keys where `python -m bot` looks for them in *folder*."""
    texts = {"secret": SECRET, "keys": line(PEOPLE), "keys-denunciations": line(DENUNCIATIONS)}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o600)
