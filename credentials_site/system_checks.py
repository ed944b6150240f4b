"""What `check --deploy` and `check --database default` refuse: a demo's mailbox, plain http, a role above row security."""

from __future__ import annotations

import json
import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from credentials_site.settings.mail_events import SIGNED_WITH
from issuers.tenancy import across_issuers
from recipients.views.mail_events import READERS

_ROLE = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
_OWNED = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"


@register(Tags.security, deploy=True)
def no_mailbox(**options: Any) -> list[CheckMessage]:
    """Mails that stay in a folder reach nobody, and their page shows them to everybody: only for a demo on this machine."""
    if not settings.MAILBOX_SHOWN and settings.EMAIL_BACKEND != "credentials_site.mailbox.MailboxBackend":
        return []
    hint = "Set EMAIL_URL to your mail server, such as smtp+tls://user:password@mail.example.org:587."
    return [Error("Mails are kept in a folder of this machine.", hint=hint, id="laurel.E001")]


@register(Tags.security, deploy=True)
def https(**options: Any) -> list[CheckMessage]:
    """Credentials carry their address for ever: it begins with https."""
    if settings.SITE_URL.startswith("https://"):
        return []
    hint = "Set SITE_URL to https://…: it stands in every credential and cannot change later."
    return [Error("SITE_URL is not https.", hint=hint, id="laurel.E002")]


# Twelve letters and a name: what nobody guesses at sixty tries a minute.
_SECRET = re.compile(r"[^:\s]+:\S{12,}")


@register(Tags.security)
def mail_events(**options: Any) -> list[CheckMessage]:
    """What mail providers tell changes whom we write to: only those we read, and only with a secret (decision 0030)."""
    found: list[CheckMessage] = []
    if unknown := sorted(set(settings.MAIL_EVENTS) - set(READERS)):
        hint = f"Known are {', '.join(sorted(READERS))}."
        found.append(Error(f"MAIL_EVENTS names {', '.join(unknown)}.", hint=hint, id="laurel.E005"))
    if settings.MAIL_EVENTS and not _SECRET.fullmatch(settings.ANYMAIL.get("WEBHOOK_SECRET", "")):
        hint = "Set MAIL_EVENTS_SECRET to name:password, twelve letters at least, and give both to your provider."
        found.append(Error("MAIL_EVENTS is on without a secret.", hint=hint, id="laurel.E006"))
    keys = [SIGNED_WITH[name] for name in settings.MAIL_EVENTS if name in SIGNED_WITH]
    found += [
        Error(f"{key} is missing.", hint="Your provider shows it beside its webhooks.", id="laurel.E007")
        for key in keys
        if not settings.ANYMAIL.get(key)
    ]
    return found


@register(Tags.database)
def restricted_role(**options: Any) -> list[CheckMessage]:
    """The role that serves pages must stand under row-level security (docs/decisions/0002)."""
    if "default" not in (options.get("databases") or []):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(_ROLE)
        name, is_super, bypasses = cursor.fetchone()
        cursor.execute(_OWNED)
        owned = cursor.fetchone()[0]
    if not (is_super or bypasses or owned):
        return []
    hint = "Connect as a role made by deploy/roles.sh; tables belong to the role of MIGRATION_DATABASE_URL."
    return [Error(f"Role {name!r} is above row-level security.", hint=hint, id="laurel.E003")]


_ISSUED = "SELECT document FROM recipients_achievementcredential WHERE document <> '' LIMIT 1"


@register(Tags.database)
def same_host(**options: Any) -> list[CheckMessage]:
    """What was issued names its host for ever: another SITE_URL would leave it without a home (docs/decisions/0004)."""
    if "default" not in (options.get("databases") or []):
        return []
    connection = connections["default"]
    if "recipients_achievementcredential" not in connection.introspection.table_names():
        return []
    with across_issuers("which host stands in what was issued"), connection.cursor() as cursor:
        cursor.execute(_ISSUED)
        found = cursor.fetchone()
    issued = str(json.loads(found[0]).get("id", "")) if found else ""
    if not issued or issued.startswith(f"{settings.SITE_URL}/"):
        return []
    hint = f"Set SITE_URL to {issued.partition('/c/')[0]} again, or start with an empty database."
    return [Error(f"SITE_URL is {settings.SITE_URL}, and {issued} was issued here.", hint=hint, id="laurel.E004")]
