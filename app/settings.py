"""What one installation is told from outside, read once at start. Not what a site decides: that is data."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Installation settings, each from `VEINLINE_<NAME>`.

    `data_dir` holds the SQLite file and the keys. `database_url` empty means SQLite in `data_dir`.
    `origin` is the address browsers use: unsafe requests must come from it.
    """

    model_config = SettingsConfigDict(env_prefix="VEINLINE_", frozen=True, extra="forbid")

    data_dir: Path = Path("data")
    database_url: str = ""
    origin: str = "http://127.0.0.1:8000"
    bench_idle_seconds: int = 120
    office_idle_seconds: int = 300
    session_hours: int = 12
    body_limit_bytes: int = 10 * 1024 * 1024
    pool_size: int = 8

    @field_validator("origin")
    @classmethod
    def _origin_is_safe(cls, value: str) -> str:
        parts = urlsplit(value)
        is_loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if parts.scheme != "https" and not is_loopback:
            msg = "VEINLINE_ORIGIN must start with https:// on any address other than this machine itself."
            raise ValueError(msg)
        return value.rstrip("/")

    @property
    def is_secure(self) -> bool:
        """Browsers reach us over TLS, or over loopback, which they treat as secure."""
        return self.origin.startswith("https://")

    @property
    def sqlalchemy_url(self) -> str:
        """The database address for SQLAlchemy; psycopg 3 for PostgreSQL."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'veinline.sqlite'}"
        return self.database_url.replace("postgres://", "postgresql://", 1)

    @property
    def keys_dir(self) -> Path:
        """Folder (mode 0700) of the wrapping key and the PIN pepper; back it up apart from the database."""
        return self.data_dir / "keys"
