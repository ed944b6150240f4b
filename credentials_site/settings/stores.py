"""Addresses of real servers (DATABASE_URL, EMAIL_URL, STORAGE_URL) turned into Django's settings."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from environs import Env

# How long a statement, a lock and a transaction may take, by what the process is for (SECURITY 6); else the role's hold.
# A page that awards to ten thousand people thinks for seconds between its statements, hence half a minute and a minute.
TIMEOUTS: dict[str, dict[str, str]] = {
    "": {},
    "web": {
        "statement_timeout": "10s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "30s",
        "transaction_timeout": "60s",
    },
    "worker": {"statement_timeout": "120s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "120s"},
}


def database(env: Env, name: str) -> dict[str, Any]:
    """`postgres://role:password@host/name`; connections are kept a minute and checked before use."""
    settings = dj_database_url.parse(env.str(name), conn_max_age=60, conn_health_checks=True)
    # A network that swallows packets is noticed within half a minute (SECURITY R22).
    alive = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4}
    return {**settings, "OPTIONS": {"connect_timeout": 3, **alive, **settings.get("OPTIONS", {})}}


def application_database(env: Env) -> dict[str, Any]:
    """DATABASE_URL as this process uses it. Behind PgBouncer a connection is ours for one transaction alone: no cursor
    outlives it, and limits come from the role.
    """
    settings = database(env, "DATABASE_URL")
    pooler = env.str("DATABASE_POOLER", "", validate=lambda value: value in {"", "pgbouncer"})
    limits = TIMEOUTS[env.str("DATABASE_TIMEOUTS", "", validate=lambda value: value in TIMEOUTS)]
    if pooler:
        return {**settings, "DISABLE_SERVER_SIDE_CURSORS": True}
    words = " ".join(f"-c {name}={value}" for name, value in limits.items())
    given = settings["OPTIONS"].get("options", "")
    options = f"{words} {given}".strip()
    return {**settings, "OPTIONS": {**settings["OPTIONS"], **({"options": options} if options else {})}}


def email(env: Env, local: Path, *, is_local: bool) -> dict[str, Any]:
    """`smtp://user:password@host:25` (`smtps://`, `smtp+tls://`); unset on localhost keeps mails in a folder with a page."""
    if not (address := env.str("EMAIL_URL", "")):
        return {
            "EMAIL_BACKEND": "credentials_site.mailbox.MailboxBackend",
            "MAILBOX_FOLDER": env.path("LAUREL_DATA", local / "data") / "mail",
            "MAILBOX_SHOWN": is_local,
        }
    parts = urlsplit(address)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "MAILBOX_FOLDER": None,
        "MAILBOX_SHOWN": False,
    }


def passwords(env: Env) -> list[str]:
    """Every password in the addresses of the environment, as written there and as meant: the log leaves them out."""
    found = []
    stores = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "CACHE_URL", "CELERY_BROKER_URL")
    for name in (*stores, "EMAIL_URL", "STORAGE_URL"):
        written = urlsplit(env.str(name, "")).password or ""
        found += [written, unquote(written)]
    return found


def storages(env: Env, local: Path) -> dict[str, Any]:
    """`file:///srv/media` or `s3://key:secret@endpoint/bucket?region=…`; unset keeps files below the data folder."""
    return {
        "default": _media(env.str("STORAGE_URL", ""), env.path("LAUREL_DATA", local / "data") / "media"),
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }


def _media(address: str, fallback: Path) -> dict[str, Any]:
    parts = urlsplit(address)
    if parts.scheme == "s3":
        options = {key: values[0] for key, values in parse_qs(parts.query).items()}
        return {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "access_key": unquote(parts.username or "") or None,
                "secret_key": unquote(parts.password or "") or None,
                "endpoint_url": f"https://{parts.hostname}" + (f":{parts.port}" if parts.port else ""),
                "bucket_name": parts.path.strip("/"),
                "region_name": options.get("region"),
                "default_acl": None,
                "querystring_auth": True,
            },
        }
    location = Path(parts.path) if parts.scheme == "file" else fallback
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(location), "base_url": "/media/"},
    }
