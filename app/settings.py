"""One frozen Settings, and the only place that reads the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Settings:
    """What a process needs to know before it starts; the README has a table of it."""

    database_url: str
    data_dir: Path
    secret_key: str
    base_url: str
    bind: str
    secure_cookies: bool
    workers: int
    proxies: int
    mail_url: str = ""
    mail_from: str = ""
    sms_url: str = ""
    sms_token: str = ""
    lgsp_url: str = ""
    lgsp_token: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from MOTCUA_… variables; what is absent gets the demo's value."""
        given = os.environ if environ is None else environ
        data_dir = Path(given.get("MOTCUA_DATA_DIR", "var/files"))
        return cls(
            database_url=given.get("MOTCUA_DATABASE_URL", "sqlite:///var/motcua.db"),
            data_dir=data_dir,
            secret_key=given.get("MOTCUA_SECRET_KEY") or _kept_secret(data_dir),
            base_url=given.get("MOTCUA_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            bind=given.get("MOTCUA_BIND", "127.0.0.1:8000"),
            secure_cookies=given.get("MOTCUA_SECURE_COOKIES", "no").lower() in {"1", "yes", "true"},
            workers=int(given.get("MOTCUA_WORKERS", "2")),
            proxies=int(given.get("MOTCUA_PROXIES", "0")),
            mail_url=_address(given.get("MOTCUA_MAIL_URL", ""), ("smtp", "smtps")),
            mail_from=given.get("MOTCUA_MAIL_FROM", "motcua@localhost"),
            sms_url=_address(given.get("MOTCUA_SMS_URL", ""), ("http", "https")),
            sms_token=given.get("MOTCUA_SMS_TOKEN", ""),
            lgsp_url=_address(given.get("MOTCUA_LGSP_URL", ""), ("http", "https")),
            lgsp_token=given.get("MOTCUA_LGSP_TOKEN", ""),
        )


def _address(url: str, schemes: tuple[str, ...]) -> str:
    """The address of a channel; empty where none is connected. Raises ValueError."""
    if url and urlsplit(url).scheme not in schemes:
        raise ValueError(f"{url.split(':')[0]}: expected {' or '.join(schemes)}")
    return url


def _kept_secret(data_dir: Path) -> str:
    """The key that signs cookies, made once and kept, so that a restart logs nobody out."""
    kept = data_dir / "secret-key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        return _written(kept)
    return _written(kept)


def _written(kept: Path) -> str:
    return kept.read_text(encoding="ascii").strip()
