"""Commitments to personal data, and the keys that open them. Keys live outside the database.

A commitment is `c1:` and SHA-256(32-byte salt || canonical JSON of the value). Salt and value are kept as an
opening, encrypted (AES-256-GCM) with the data key of the patient, or of the site for everything else; data keys are
wrapped by a key in a file. Destroying a patient's data key later erases the words and leaves the chain provable.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.ledger.canonical import Scalar, canonical_text

WRAPPING_KEY = "wrapping.key"
PEPPER = "pin.pepper"
_NONCE = 12
_SALT = 32


@dataclass(frozen=True, slots=True)
class Opening:
    """What a commitment commits to."""

    salt: bytes
    value: Scalar

    @property
    def commitment(self) -> str:
        """`c1:` and the hash that stands in the event."""
        return "c1:" + hashlib.sha256(self.salt + canonical_text(self.value).encode()).hexdigest()


class Keyring:
    """The wrapping key and the PIN pepper of one installation, read once from their files."""

    def __init__(self, wrapping_key: bytes, pepper: bytes) -> None:
        self._wrapping = AESGCM(wrapping_key)
        self._data_keys: dict[bytes, AESGCM] = {}
        self.pepper = pepper

    @classmethod
    def load(cls, folder: Path) -> Keyring:
        """Read the keys, or raise FileNotFoundError when the installation was never initialised."""
        return cls((folder / WRAPPING_KEY).read_bytes(), (folder / PEPPER).read_bytes())

    @classmethod
    def create(cls, folder: Path) -> Keyring:
        """Make new keys in `folder` (mode 0700, files 0600). Refuses to overwrite any."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (WRAPPING_KEY, PEPPER):
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))
        return cls.load(folder)

    def new_data_key(self) -> bytes:
        """A fresh data key, wrapped for storage."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, AESGCM.generate_key(256), b"data_key")

    def seal(self, wrapped_key: bytes, opening: Opening, place: str) -> bytes:
        """Encrypt an opening under a wrapped data key; `place` binds it to its row and column."""
        plain = canonical_text([opening.salt.hex(), opening.value]).encode()
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._data_key(wrapped_key).encrypt(nonce, plain, place.encode())

    def open(self, wrapped_key: bytes, ciphertext: bytes, place: str) -> Opening:
        """Decrypt an opening. Raises InvalidTag when it was altered or belongs to another place."""
        plain = self._data_key(wrapped_key).decrypt(ciphertext[:_NONCE], ciphertext[_NONCE:], place.encode())
        salt, value = json.loads(plain)
        return Opening(bytes.fromhex(salt), value)

    def _data_key(self, wrapped: bytes) -> AESGCM:
        if wrapped not in self._data_keys:
            plain = self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], b"data_key")
            self._data_keys[wrapped] = AESGCM(plain)
        return self._data_keys[wrapped]


def commit_to(value: Scalar) -> Opening:
    """A new opening of a value, with a fresh random salt."""
    return Opening(secrets.token_bytes(_SALT), value)
