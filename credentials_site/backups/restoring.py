"""A backup into an empty instance: refused before anything is touched, or whole, and then everything in it is verified."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from credentials_site.backups import database, files
from credentials_site.backups.making import opens
from credentials_site.backups.shape import Backup, BackupError, Manifest
from issuers import entrusting, marks
from issuers.models import Issuer, StatusList
from issuers.tenancy import across_issuers, scope
from recipients.models import AchievementCredential
from verification import invariants

Say = Callable[[str], None]
# What waited then may have left since: it goes again under the same Message-ID, and is marked as a possible repeat.
_MAY_REPEAT = """
UPDATE recipients_outgoingemail SET sending_at = %s
WHERE sending_at IS NULL AND sent_at IS NULL AND refused_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL
"""


def restore(backup: Backup, say: Say, *, keep_tokens: bool = False) -> int:
    """Give a backup back to the instance that the environment names. How many breaches were found in it afterwards.

    Tokens of the API are withdrawn unless they are to be kept: nobody knows which of them were since the backup.
    Raises BackupError, before anything was changed wherever that can be known before.
    """
    manifest = _refuse_unfit(backup)
    say(
        f"backup     {backup.folder.name}: Laurel {manifest.version}, {manifest.site_url}, PostgreSQL {manifest.postgresql}"
    )
    began = time.monotonic()
    say(f"files      {files.give_back(backup)} given back, each with the sum it had, {_since(began)}")
    _load(backup, manifest, say)
    _later_migrations(manifest, say)
    if not keep_tokens:
        _withdraw_tokens(say)
    marks.all_changed()
    return _verify(say)


def _refuse_unfit(backup: Backup) -> Manifest:
    backup.refuse_damaged()
    manifest = backup.manifest
    if manifest.site_url != settings.SITE_URL:
        raise BackupError(
            f"This backup is of {manifest.site_url}, and SITE_URL is {settings.SITE_URL}. Set SITE_URL={manifest.site_url}:"
            " it stands in every credential, and another address would leave them without a home."
        )
    closed = [name for name, proof in manifest.keks.items() if not opens(name, proof)]
    if closed:
        raise BackupError(
            f"KEY_ENCRYPTION_KEYS does not have the key-encryption key named {', '.join(closed)} that this backup's"
            " signing keys are closed with (or another key has its name). Put the entry back: without it nothing new"
            " can be signed. It is never in a backup, and was to be kept apart from it."
        )
    later = sorted(set(manifest.migrations) - _known_migrations())
    if later:
        raise BackupError(f"This backup is of a newer Laurel ({manifest.version}, {later[-1]}): install that version.")
    _refuse_occupied(backup)
    return manifest


def _known_migrations() -> set[str]:
    """Those of the installed code, and those that they replaced."""
    found = MigrationLoader(None).disk_migrations.items()
    return {f"{app}.{name}" for own, migration in found for app, name in (own, *migration.replaces)}


def _refuse_occupied(backup: Backup) -> None:
    name = connections[database.ALIAS].settings_dict["NAME"]
    if not database.is_empty():
        raise BackupError(
            f"The database {name} is not empty. Restore into a new one (not even migrated), or use --into."
        )
    found = files.foreign(backup)
    if found:
        raise BackupError(
            f"The media storage is not empty: {found} is not of this backup. Set STORAGE_URL to an empty one."
        )


def _load(backup: Backup, manifest: Manifest, say: Say) -> None:
    began = time.monotonic()
    database.load(backup.folder / "database.dump")
    found = database.rows()
    if found != manifest.tables:
        wrong = [table for table in manifest.tables | found if manifest.tables.get(table) != found.get(table)]
        raise BackupError(f"Rows are missing after the restore, in {', '.join(sorted(wrong))}. Use another backup.")
    with connections[database.ALIAS].cursor() as cursor:
        cursor.execute(_MAY_REPEAT, [manifest.made_at])
        waiting = cursor.rowcount
    say(f"database   {sum(found.values())} rows in {len(found)} tables, as the manifest counts, {_since(began)}")
    if waiting:
        say(f"mails      {waiting} waited then and may have left since: they are marked as possible repeats")


def _later_migrations(manifest: Manifest, say: Say) -> None:
    missing = {f"{app}.{name}" for app, name in MigrationLoader(None).graph.nodes} - set(manifest.migrations)
    if missing:
        say(f"migrations {len(missing)} are later than the backup and are applied now")
        call_command("migrate", verbosity=0, interactive=False)


def _withdraw_tokens(say: Say) -> None:
    """One that was withdrawn after the backup, because somebody else had it, would be good again and nobody the wiser."""
    withdrawn = 0
    for issuer in Issuer.objects.order_by("pk"):
        with scope(issuer):
            withdrawn += entrusting.withdraw_every(issuer, None)
    if withdrawn:
        say(
            f"tokens     {withdrawn} of the API were in use then and are withdrawn now, for some may have been since:"
            " owners make new ones (--keep-tokens leaves them)"
        )


def _verify(say: Say) -> int:
    """Every signature, certificate and status list, and whatever else must hold."""
    breaches = 0
    with across_issuers("a restore verifies everybody's"):
        for outcome in invariants.outcomes(thorough=True):
            breaches += outcome.count
            say(outcome.line())
        say(f"figures    {_figures()}")
    return breaches


def _figures() -> str:
    """How much it was that was verified."""
    credentials = AchievementCredential.objects.filter(signed_at__isnull=False)
    signed, printed = credentials.count(), credentials.exclude(pdf="").count()
    return f"{signed} signatures, {printed} certificates, {StatusList.objects.count()} status lists"


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s"
