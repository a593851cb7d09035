"""Hashing of passwords, PINs and tokens. Secrets are never stored, logged or shown.

argon2id: passwords 64 MiB, t=3, p=4; PINs 19 MiB, t=2, p=1 over an HMAC with a pepper kept outside the database,
without which a stolen table of six-digit PINs falls in hours. At most two hashes run at once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.errors import Invalid

LEAST_PASSWORD = 12
MOST_PASSWORD = 256
PIN_DIGITS = 6
COMMON = frozenset(
    {
        "password1234",
        "passwordpassword",
        "123456789012",
        "qwertyuiop12",
        "letmeinletmein",
        "administrator",
        "welcome12345",
        "laboratory12",
        "iloveyou1234",
        "changemenow1",
    }
)
_passwords = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
_pins = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_two_at_once = threading.Semaphore(2)


def hash_password(password: str, *, site_words: tuple[str, ...] = ()) -> str:
    """Hash a new password, or refuse one that is short, common, or made of the site's or person's own words."""
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise Invalid("password_length", f"A password has at least {LEAST_PASSWORD} characters.", field="password")
    plain = password.casefold()
    if plain in COMMON or len(set(plain)) < 5 or any(len(w) > 3 and w.casefold() in plain for w in site_words):
        raise Invalid("password_common", "That password is too easy to guess. Choose another.", field="password")
    with _two_at_once:
        return _passwords.hash(password)


def hash_pin(pin: str, pepper: bytes) -> str:
    """Hash a new six-digit PIN, or refuse one that repeats or counts."""
    if not (len(pin) == PIN_DIGITS and pin.isascii() and pin.isdigit()):
        raise Invalid("pin_form", f"A PIN has {PIN_DIGITS} digits.", field="pin")
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    if len(steps) == 1:
        raise Invalid("pin_easy", "That PIN is too easy to guess. Choose another.", field="pin")
    with _two_at_once:
        return _pins.hash(_peppered(pin, pepper))


def is_password(password: str, stored: str | None) -> bool:
    """The password belongs to the hash. Takes as long when there is no hash."""
    with _two_at_once:
        return _verify(_passwords, stored or _nobody_password(), password) and stored is not None


def is_pin(pin: str, stored: str | None, pepper: bytes) -> bool:
    """The PIN belongs to the hash. Takes as long when there is no hash."""
    with _two_at_once:
        return _verify(_pins, stored or _nobody_pin(), _peppered(pin, pepper)) and stored is not None


def new_token() -> str:
    """256 random bits for a session, a station or a one-time code."""
    return secrets.token_urlsafe(32)


def new_one_time_code() -> str:
    """Eighty random bits as four groups a person can type."""
    alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    groups = ("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def token_hash(token: str) -> str:
    """SHA-256 of a random token, as hex; enough because the token itself is random."""
    return hashlib.sha256(token.encode()).hexdigest()


def _peppered(pin: str, pepper: bytes) -> str:
    return hmac.new(pepper, pin.encode(), hashlib.sha256).hexdigest()


def _verify(hasher: PasswordHasher, stored: str, secret: str) -> bool:
    try:
        return hasher.verify(stored, secret)
    except (VerificationError, InvalidHashError):
        return False


def _nobody_password() -> str:
    return _NOBODY.setdefault("password", _passwords.hash(secrets.token_hex(16)))


def _nobody_pin() -> str:
    return _NOBODY.setdefault("pin", _pins.hash(secrets.token_hex(16)))


_NOBODY: dict[str, str] = {}
"""Hashes of secrets nobody has, made on first need, so that an unknown name costs as much time as a known one."""
