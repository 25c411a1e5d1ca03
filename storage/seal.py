"""The seal: how personal texts are kept, and by what names their rows are found.

Each person's chat, each case and each file has a key of its own (`storage.keys`). Those keys are
in the database, but wrapped by *master* keys that never are: whoever has the database or a backup
of it alone reads nothing, and a destroyed key takes all it sealed with it. There are two rings of
master keys, so that who holds the one for citizens' ordinary texts can't read a denunciation.

Everything is AES-256-GCM with a random nonce of 96 bits (NIST SP 800-38D). Rows are found by
HMAC-SHA-256 under an index key, which nothing can be read back from.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Ring = Literal["people", "denunciations"]
RINGS: tuple[Ring, ...] = ("people", "denunciations")
KEY_BYTES = 32
NONCE_BYTES = 12


class SealBrokenError(Exception):
    """A sealed text was changed, or its master key is not among ours."""


@dataclass(frozen=True, slots=True)
class Master:
    """A master key: *name* says which, and nothing of its *raw* bytes."""

    name: str
    raw: bytes

    def __repr__(self) -> str:
        """Say the name and no more, wherever it may be printed."""
        return f"Master({self.name})"


class Seal:
    """The master keys of each ring, the newest first, and the index key.

    *reread* is asked once for the rings when a master key is named that is not known: another
    worker may have brought a new one.
    """

    def __init__(
        self,
        index: bytes,
        rings: Mapping[Ring, Sequence[Master]],
        reread: Callable[[], Mapping[Ring, Sequence[Master]]] | None = None,
    ) -> None:
        self._index = hashlib.sha256(b"index:" + index).digest()
        self._rings = dict(rings)
        self._reread = reread
        # A key ready for use has 3 kB, and to make it ready again takes a few microseconds.
        self._unwrapped = lru_cache(maxsize=256)(self._unwrap)

    def __repr__(self) -> str:
        """Say nothing, wherever it may be printed."""
        return "Seal(…)"

    def key(self, text: str) -> str:
        """A name for *text*, always the same, by which its row is found."""
        return hmac.new(self._index, text.encode(), hashlib.sha256).hexdigest()

    def has(self, ring: Ring, name: str) -> bool:
        """Whether this master key is among ours."""
        return any(master.name == name for master in self._rings[ring])

    def renew(self) -> None:
        """Look at the rings again: there may be a new master key."""
        if self._reread is not None:
            self._rings = dict(self._reread())

    def newest(self, ring: Ring) -> str:
        """The name of the master key that wraps what is made now."""
        return self._rings[ring][0].name

    def made(self, ring: Ring) -> tuple[str, str]:
        """A new key: the name of its master key, and the key wrapped by that."""
        return self.wrapped(ring, os.urandom(KEY_BYTES))

    def wrapped(self, ring: Ring, raw: bytes) -> tuple[str, str]:
        """The name of the newest master key, and *raw* wrapped by it."""
        master = self._rings[ring][0]
        return master.name, encrypted(AESGCM(master.raw), raw, _bound(ring, master.name))

    def raw(self, ring: Ring, master: str, wrapped: str) -> bytes:
        """A key as it was before it was wrapped."""
        return decrypted(AESGCM(self._master(ring, master)), wrapped, _bound(ring, master))

    def cipher(self, ring: Ring, master: str, wrapped: str) -> AESGCM:
        """What encrypts and decrypts by a wrapped key."""
        return self._unwrapped(ring, master, wrapped)

    def _unwrap(self, ring: Ring, master: str, wrapped: str) -> AESGCM:
        return AESGCM(self.raw(ring, master, wrapped))

    def _master(self, ring: Ring, name: str) -> bytes:
        for again in (False, True):
            if again:
                self.renew()
            for master in self._rings[ring]:
                if master.name == name:
                    return master.raw
        raise SealBrokenError(f"no master key {name}")


def encrypted(cipher: AESGCM, data: bytes, bound: bytes) -> str:
    """Nonce and ciphertext as ASCII text; it opens only with the same *bound*."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + cipher.encrypt(nonce, data, bound)).decode()


def decrypted(cipher: AESGCM, text: str, bound: bytes) -> bytes:
    """What `encrypted` was given; raises `SealBrokenError` when it was changed."""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
        return cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("a sealed text was changed") from error


def _bound(ring: Ring, master: str) -> bytes:
    return f"key:{ring}:{master}".encode()
