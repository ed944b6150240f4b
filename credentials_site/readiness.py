"""Whether this process can serve, part by part, each with a sentence that says what is missing and what to do.

`needed` parts make it not ready: a proxy sends people elsewhere. The others make it degraded: pages are served, and work
waits or will soon. Strangers ask too, so that nothing is asked more often than every three seconds, and what never changes
in the life of a process is asked once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock

from django.conf import settings
from django.core.cache import cache as valkey
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from redis.exceptions import RedisError

from badges.rendering import pdf
from credentials_site import heartbeat
from issuers import keys
from issuers import media as files
from issuers.models import SigningKey
from issuers.tenancy import across_issuers

SECONDS = 3.0
MOST_SKEW = 2.0
SWEPT_WITHIN = 120.0
LEAST_FREE = 1024**3
_PROBE = "probe/written"
# What the answer of a mail server begins with: three digits. Everything else is a fault on the way there.
_UNREACHED = """
SELECT response FROM recipients_outgoingemail
WHERE sent_at IS NULL AND refused_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL
  AND attempts > 0 AND response <> '' AND response !~ '^[0-9]{3}' ORDER BY not_before DESC LIMIT 1
"""


@dataclass(frozen=True)
class Part:
    """One thing that must be there. `fault` is a sentence, '' where all is well."""

    name: str
    fault: str
    needed: bool

    @property
    def ok(self) -> bool:
        return not self.fault


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, above = cursor.fetchone()
    if above:
        return f"DATABASE_URL names the role {name}, which is above row-level security. Use the role app (deploy/roles.sh)."
    return ""


@cache
def _known() -> frozenset[tuple[str, str]]:
    """Migrations of this code. It takes 100 ms to read them, and they do not change while it runs."""
    return frozenset(MigrationLoader(None).graph.nodes)


def migrations() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = sorted(_known() - {(app, name) for app, name in cursor.fetchall()})
    if not missing:
        return ""
    first = ".".join(missing[0])
    return f"{len(missing)} migrations are not applied, beginning with {first}. Run `manage.py migrate`."


def cache_and_broker() -> str:
    valkey.set("readyz", "1", 5)
    return ""


def media() -> str:
    if default_storage.exists(_PROBE):
        default_storage.delete(_PROBE)
    default_storage.delete(default_storage.save(_PROBE, ContentFile(b"1")))
    return ""


def space() -> str:
    free = files.free_bytes()
    if free is None or free >= LEAST_FREE:
        return ""
    return f"Only {free / 1e6:.0f} MB are free where files are kept: certificates will wait. Make room, at least 1 GB."


def secrets() -> str:
    """One key of each key-encryption key that is in use is opened."""
    with across_issuers("whether signing keys open here"):
        one_of_each = SigningKey.objects.signing().order_by("kek", "-pk").distinct("kek")
        closed = sorted(key.kek for key in one_of_each if not keys.opens(key))
    if not closed:
        return ""
    return f"Signing keys closed with {', '.join(closed)} do not open. Put that entry back into KEY_ENCRYPTION_KEYS."


def clock() -> str:
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        theirs = float(cursor.fetchone()[0])
    # It was asked between these two: only what lies outside of them is a difference.
    skew = max(before - theirs, theirs - time.time(), 0.0)
    if skew < MOST_SKEW:
        return ""
    return f"This machine's clock and the database's differ by {skew:.0f} s. Let both follow a time server."


def sweep() -> str:
    age = heartbeat.age()
    if age is None:
        return "No worker has swept yet. Start `worker` and `beat`; without them nothing is signed, printed or mailed."
    if age <= SWEPT_WITHIN:
        return ""
    usual = f"they come every {settings.SWEEP_SECONDS} s"
    return f"The last sweep was {age:.0f} s ago, and {usual}. See whether `worker` and `beat` run."


@lru_cache(maxsize=1)
def printing() -> str:
    """Asked once: importing takes two seconds, and libraries do not come and go."""
    why = pdf.available()
    if why:
        return f"Certificates cannot be printed here: {why}. Workers need it, web processes do not."
    from weasyprint.text import ffi  # noqa: PLC0415 -- needs Pango, which may be absent

    if not getattr(ffi, "harfbuzz_subset", None):
        return "libharfbuzz-subset is missing: certificates are printed, slowly and large. Install libharfbuzz-subset0."
    return ""


def mail() -> str:
    if settings.EMAIL_BACKEND == "credentials_site.mailbox.MailboxBackend" and not settings.IS_LOCAL:
        return "EMAIL_URL is not set: mails stay in a folder of this machine and reach nobody."
    with across_issuers("whether the mail server was reached"), connection.cursor() as cursor:
        cursor.execute(_UNREACHED)
        found = cursor.fetchone()
    return (
        f"The mail server was not reached at the last try ({found[0][:120]}). Mails wait and are tried again."
        if found
        else ""
    )


_NEEDED: tuple[tuple[str, Callable[[], str]], ...] = (
    ("database", database),
    ("migrations", migrations),
    ("valkey", cache_and_broker),
    ("media", media),
    ("secrets", secrets),
)
_WANTED: tuple[tuple[str, Callable[[], str]], ...] = (
    ("space", space),
    ("clock", clock),
    ("sweep", sweep),
    ("printing", printing),
    ("mail", mail),
)


def _asked() -> Iterator[Part]:
    for needed, parts in ((True, _NEEDED), (False, _WANTED)):
        for name, ask in parts:
            yield Part(name, _answer(ask), needed)


def _answer(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except Error as error:
        return f"PostgreSQL does not answer ({type(error).__name__}). See whether it runs, and DATABASE_URL."
    except RedisError as error:
        return f"Valkey does not answer ({type(error).__name__}). See whether it runs, and REDIS_URL."
    except Exception as error:  # noqa: BLE001 -- storage of any kind fails in its own way, and a watcher must hear of it
        return f"It failed: {type(error).__name__}: {error}"[:300]


_lock = Lock()
_kept: tuple[float, list[Part]] = (0.0, [])


def parts() -> list[Part]:
    """Every part, as it stood at most three seconds ago."""
    global _kept  # noqa: PLW0603 -- one a process
    with _lock:
        made, kept = _kept
        if not kept or time.monotonic() - made >= SECONDS:
            kept = list(_asked())
            _kept = (time.monotonic(), kept)
        return kept
