"""Stages of letting work go: pieces that were taken out, a person who asks to be forgotten, or who takes everything along."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Now

from issuers import clock
from issuers.models import User
from issuers.tenancy import across_issuers
from recipients.models import Artefact, Marking, ReviewerInvite, Submission

# How long what was taken out of a draft can be put back.
KEPT_REMOVED = timedelta(days=1)


def _discard(rows: Any) -> int:
    """Delete pieces, and each file that no other piece has. Across institutions: the same bytes are one file."""
    keys = set(rows.exclude(key="").values_list("key", flat=True))
    deleted, _each = rows.delete()
    transaction.on_commit(partial(_delete, keys))
    return int(deleted)


def _delete(keys: set[str]) -> None:
    """Whoever keeps the same bytes at this moment waits for us, or we for them (Artefact.objects.alone)."""
    for key in sorted(keys):
        with across_issuers("a file may belong to work elsewhere too"):
            Artefact.objects.alone(key)
            if not Artefact.objects.filter(key=key).exists():
                default_storage.delete(key)


def forget_removed() -> int:
    """Pieces that were taken out more than a day ago go for good. How many."""
    with across_issuers("sweep"):
        return _discard(Artefact.objects.filter(removed_at__lt=Now() - KEPT_REMOVED))


def forget(user: User) -> None:
    """Evidence of somebody who asked to be forgotten goes; that something was assessed stays, without a name."""
    rows = Submission.objects.filter(user=user)
    _discard(Artefact.objects.filter(submission__in=rows))
    rows.filter(decided_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=clock.now())
    Marking.objects.filter(submission__in=rows).update(feedback="", notes={})
    rows.update(name="", route="")
    _forget_assessor(user)


def _forget_assessor(user: User) -> None:
    """What they found in the work of others stays, without their name; links that went to them open nothing more."""
    Marking.objects.filter(assessor=user).update(name="")
    for key in EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True):
        sent = ReviewerInvite.objects.filter(address__iexact=key)
        Marking.objects.filter(invite__in=sent).update(name="")
        sent.open().update(withdrawn_at=clock.now())
        sent.update(address="")


def everything_of(user: User) -> list[dict[str, Any]]:
    """All that is held about this person's work, as JSON; files are downloaded from its page."""
    plain = ("name", "route", "due_on", "number", "started_at", "submitted_at", "decided_at", "withdrawn_at")
    pieces = ("kind", "name", "description", "url", "text", "size", "public", "added_at")
    said = ("turn", "levels", "notes", "feedback", "decided_at", "demonstrated")
    with across_issuers("a person's own data"):
        return [
            {
                "achievement": row.version.words["name"],
                "issuer": row.issuer.name,
                **{name: getattr(row, name) for name in plain},
                "evidence": list(row.artefacts.values(*pieces)),
                "assessed": list(row.markings.filter(decided_at__isnull=False).values(*said)) if row.decided_at else [],
            }
            for row in Submission.objects.listed().filter(user=user).order_by("-id")
        ]
