"""What `check --deploy` and `check --database default` refuse: a demo's mailbox, plain http, a role above row security."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

_ROLE = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
_OWNED = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"


@register(Tags.security, deploy=True)
def no_mailbox(**options: Any) -> list[CheckMessage]:
    """The mailbox page shows every mail to everybody: only a demo on this machine has it."""
    if not settings.MAILBOX_SHOWN:
        return []
    hint = "Set EMAIL_URL to your mail server, such as smtp+tls://user:password@mail.example.org:587."
    return [Error("Mails are kept on a page that anybody may open.", hint=hint, id="laurel.E001")]


@register(Tags.security, deploy=True)
def https(**options: Any) -> list[CheckMessage]:
    """Credentials carry their address for ever: it begins with https."""
    if settings.SITE_URL.startswith("https://"):
        return []
    hint = "Set SITE_URL to https://…: it stands in every credential and cannot change later."
    return [Error("SITE_URL is not https.", hint=hint, id="laurel.E002")]


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
