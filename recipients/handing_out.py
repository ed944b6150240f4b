"""Stage: offers on paper, for whom mail cannot reach (decision 0030). Each printing makes new codes; who printed is kept."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from issuers import clock
from issuers.models import AuditEvent, User
from recipients import links
from recipients.models import AchievementCredential, ClaimLink

MOST = 200
TRIES = 5


@dataclass(frozen=True)
class Slip:
    """One slip before it is drawn: whose it is, the code on it, until when."""

    credential: AchievementCredential
    code: str
    until: datetime


def problem(credential: AchievementCredential) -> str:
    """Why no slip can be printed for this one, as a code; '' where it can. `award` is at hand."""
    for moment, code in (
        (credential.revoked_at, "revoked"),
        (credential.cancelled_at, "cancelled"),
        (credential.claimed_at, "claimed"),
        (credential.declined_at, "declined"),
        (credential.recipient.erased_at, "erased"),
    ):
        if moment is not None:
            return code
    if credential.signed_at is None or credential.rendered_at is None:
        return "not_ready"
    return "waits" if credential.award.release_at > clock.now() else ""


@transaction.atomic
def print_slips(credentials: Iterable[AchievementCredential], *, by: User) -> list[Slip]:
    """A slip for each that can have one, in the order given, its offer open for its full time from now as after a new mail."""
    wanted = [credential.pk for credential in credentials][:MOST]
    rows = AchievementCredential.objects.select_for_update(of=("self",)).listed().filter(pk__in=wanted).order_by("pk")
    found = {row.pk: row for row in rows if not problem(row)}
    return [_print(found[key], by) for key in wanted if key in found]


def _print(credential: AchievementCredential, by: User) -> Slip:
    now = clock.now()
    until = max(credential.offer_expires_at, now + timedelta(days=credential.issuer.offer_days))
    AchievementCredential.objects.filter(pk=credential.pk).update(offer_expires_at=until)
    code = links.new_slip_code()
    ClaimLink.objects.create(
        issuer=credential.issuer,
        credential=credential,
        token_hash=links.slip_digest(code),
        address_key="",
        printed_at=now,
        printed_by=by,
    )
    AuditEvent.objects.record(credential.issuer, by, "credential.slip_printed", credential)
    return Slip(credential, code, until)


@transaction.atomic
def withdraw(credential: AchievementCredential, *, by: User) -> int:
    """The slips of this credential open nothing any more: one was lost, or went to somebody else. How many there were."""
    gone = ClaimLink.objects.filter(credential=credential, printed_at__isnull=False).delete()[0]
    if gone:
        AuditEvent.objects.record(credential.issuer, by, "credential.slips_withdrawn", credential, slips=gone)
    return gone


def asks_number(slip: ClaimLink) -> bool:
    """Whether this slip opens only with the student number: the institution wants it, and knows one."""
    credential = slip.credential
    return bool(credential.issuer.slip_number and credential.recipient.student_id)


def is_number(slip: ClaimLink, typed: str) -> bool | None:
    """Whether it is the person's; None once there were five wrong ones, and then for good. A try counts before it is read."""
    slips = ClaimLink.objects.filter(pk=slip.pk)
    if not slips.filter(tries__lt=TRIES).update(tries=F("tries") + 1):
        return None
    right = hmac.compare_digest(_bare(typed).encode(), _bare(slip.credential.recipient.student_id).encode())
    if right:
        slips.update(tries=0)
    return right


def _bare(number: str) -> str:
    return "".join(number.split()).casefold()
