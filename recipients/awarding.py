"""Stage between a decision and its award: what was demonstrated is awarded once; what cannot be is said (issuing does the rest)."""

from __future__ import annotations

from django.db import transaction

from issuers import clock
from issuers.models import User
from issuers.tenancy import across_issuers
from issuers.waking import wake
from recipients.models import AchievementCredential, Submission

AWARD = "recipients.tasks.award_assessed"


def demonstrated() -> list[Submission]:
    """What was demonstrated and is not awarded yet, oldest first."""
    with across_issuers("workers award what was demonstrated, in every institution"):
        rows = Submission.objects.unawarded().listed().select_related("user").order_by("demonstrated_at", "id")
        return list(rows[:50])


def decided_by(submission: Submission) -> User | None:
    """The member whose word was the last; nobody where it came from outside."""
    last = submission.markings.filter(demonstrated=True).order_by("-id").first()
    return last.assessor if last else None


@transaction.atomic
def awarded(submission: Submission, credential: AchievementCredential | None) -> None:
    """It has been awarded, now or before."""
    standing = Submission.objects.unawarded().filter(pk=submission.pk)
    standing.update(awarded_at=clock.now(), credential=credential)


def award_refused(submission: Submission, code: str) -> None:
    """The institution cannot issue it now; staff see why, and may try again."""
    Submission.objects.unawarded().filter(pk=submission.pk).update(award_refused_at=clock.now(), award_refusal=code)


def award_again(submission: Submission) -> bool:
    """Try the award once more. False where none is due."""
    refused = Submission.objects.filter(pk=submission.pk, award_refused_at__isnull=False, awarded_at__isnull=True)
    due = refused.update(award_refused_at=None, award_refusal="") == 1
    if due:
        wake(AWARD)
    return due


def waiting() -> bool:
    """Whether an award is due."""
    with across_issuers("sweep"):
        return Submission.objects.unawarded().exists()
