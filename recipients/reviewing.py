"""Stages of somebody who assesses without an account: invite → follow the link → withdraw.

A link opens this one submission, for one turn, until its day has come, it is withdrawn, or that turn is decided.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from issuers import clock
from issuers.cleaning import Address
from issuers.models import AuditEvent, User
from issuers.waking import wake
from recipients import links
from recipients.models import OutgoingEmail, ReviewerInvite, Submission

OPEN_FOR = timedelta(days=14)
MOST_A_DAY = 100


class NotPossible(Exception):
    """An expected no; `code` says which: decided, own, marked_before, moderator, too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def invite(submission: Submission, address: Address, *, by: User) -> ReviewerInvite:
    """Mail a link; an earlier one for this turn closes, and no member has it in hand any more. Raises NotPossible."""
    rows = Submission.objects.waiting().select_related("recipient", "issuer", "user").select_for_update(of=("self",))
    row = rows.filter(pk=submission.pk).first()
    if row is None:
        raise NotPossible("decided")
    _refuse(row, address)
    earlier = ReviewerInvite.objects.filter(submission=row, turn=row.turn, withdrawn_at__isnull=True)
    earlier.update(withdrawn_at=clock.now())
    Submission.objects.filter(pk=row.pk).update(assessor=None, assigned_at=None)
    made = ReviewerInvite.objects.create(
        issuer=row.issuer,
        submission=row,
        turn=row.turn,
        address=address.mail_to,
        invited_by=by,
        expires_at=clock.now() + OPEN_FOR,
    )
    _mail(made, address)
    AuditEvent.objects.record(row.issuer, by, "submission.invited", row)
    return made


def _refuse(row: Submission, address: Address) -> None:
    if row.turn == Submission.Turn.MODERATOR:
        raise NotPossible("moderator")
    # Whoever has proved the address is meant, by whichever of their addresses.
    whose = EmailAddress.objects.filter(email=address.key, verified=True).values("user")
    if address.key == row.recipient.address_key or User.objects.filter(pk=row.user_id or 0, pk__in=whose).exists():
        raise NotPossible("own")
    if row.markings.filter(assessor__in=whose).exclude(turn=row.turn).exists():
        raise NotPossible("marked_before")
    used = ReviewerInvite.objects.filter(submission=row, used_at__isnull=False)
    if any(before.address.lower() == address.key for before in used):
        raise NotPossible("marked_before")
    today = ReviewerInvite.objects.filter(issuer=row.issuer, created_at__gt=Now() - timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        raise NotPossible("too_many")


def _mail(made: ReviewerInvite, address: Address) -> None:
    OutgoingEmail.objects.create(
        issuer=made.issuer,
        kind=OutgoingEmail.Kind.ASSESS,
        to=address.mail_to,
        address_key=address.key,
        message_id=f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
        not_before=clock.now(),
        context={"submission": made.submission_id, "invite": made.pk},
    )
    wake("recipients.tasks.send")


@transaction.atomic
def withdraw(invite: ReviewerInvite, *, by: User) -> bool:
    """Close a link. False if it was used or closed before."""
    open_one = ReviewerInvite.objects.filter(pk=invite.pk, withdrawn_at__isnull=True, used_at__isnull=True)
    done = open_one.update(withdrawn_at=clock.now()) == 1
    if done:
        AuditEvent.objects.record(invite.issuer, by, "submission.invitation_withdrawn", invite.submission)
    return done


def find(token: str) -> ReviewerInvite | None:
    """The invitation of a token, open or not."""
    return ReviewerInvite.objects.filter(token_hash=links.digest(token)).first()


def standing(invite: ReviewerInvite) -> str:
    """open, done, withdrawn, decided or lapsed: what the page behind the link says."""
    submission = invite.submission
    for ended, word in (
        (invite.used_at, "done"),
        (invite.withdrawn_at, "withdrawn"),
        (submission.withdrawn_at, "withdrawn"),
        (submission.decided_at, "decided"),
    ):
        if ended is not None:
            return word
    return "lapsed" if invite.expires_at <= clock.now() else "open"
