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
    (folder / "secret").write_text(SECRET, "utf-8")
    (folder / "keys").write_text(line(PEOPLE), "utf-8")
    (folder / "keys-denunciations").write_text(line(DENUNCIATIONS), "utf-8")
