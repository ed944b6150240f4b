"""Where a credential stands, in one word of issuers/templatetags/pills.py: computed by the database, so that what a list
shows, filters by and counts is always the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from issuers import clock
from issuers.models import SigningKey
from recipients.models import AchievementCredential, OutgoingEmail

# In the order of a life; the words of the filter.
STATES = {
    "queued": _("Queued"),
    "signed": _("Signed"),
    "rendered": _("Certificate made, mail waits"),
    "sent": _("Mail sent"),
    "not_delivered": _("Mail did not arrive"),
    "unknown": _("Mail may have arrived"),
    "followed": _("Link opened"),
    "accepted": _("Accepted, not yet claimed"),
    "claimed": _("Claimed"),
    "declined": _("Declined"),
    "lapsed": _("Offer ended"),
    "expired": _("Expired"),
    "suspended": _("Suspended"),
    "revoked": _("Revoked"),
    "cancelled": _("Cancelled"),
    "failed": _("Needs a look"),
}


def with_state(credentials: QuerySet[AchievementCredential]) -> QuerySet[Any]:
    """The rows with `state`, and with what the server said to the newest claim mail."""
    mail = OutgoingEmail.objects.filter(credential=OuterRef("pk"), kind=OutgoingEmail.Kind.OFFER).order_by("-sequence")
    return credentials.annotate(
        mail_refused_at=Subquery(mail.values("refused_at")[:1]),
        mail_failed_at=Subquery(mail.values("failed_at")[:1]),
        mail_bounced_at=Subquery(mail.values("bounced_at")[:1]),
        mail_unsure_at=Subquery(mail.values("unsure_at")[:1]),
        # What the server said when it took or refused the mail, or what was heard of it later.
        mail_response=Subquery(mail.annotate(said=_said()).values("said")[:1]),
    ).annotate(state=_state())


def _said() -> Case:
    return Case(When(bounced_at__isnull=False, then=F("diagnostic")), default=F("response"))


def _state() -> Case:
    now = clock.now()
    claimed = Q(claimed_at__isnull=False)
    failed, unsure = Q(mail_failed_at__isnull=False), Q(mail_unsure_at__isnull=False)
    unsent = Q(mail_refused_at__isnull=False) | (failed & ~unsure)
    # Whoever bounced and has the link all the same got it on paper.
    unsent |= Q(mail_bounced_at__isnull=False, accepted_at__isnull=True) & (
        Q(followed_at__isnull=True) | Q(followed_at__lt=F("mail_bounced_at"))
    )
    return Case(
        _when(Q(revoked_at__isnull=False), "revoked"),
        _when(Q(cancelled_at__isnull=False), "cancelled"),
        _when(Q(suspended_at__isnull=False), "suspended"),
        _when(claimed & Q(expires_at__lt=now), "expired"),
        _when(claimed, "claimed"),
        _when(Q(declined_at__isnull=False), "declined"),
        _when(Q(failed_at__isnull=False), "failed"),
        _when(unsent, "not_delivered"),
        _when(Q(offer_expires_at__lte=now), "lapsed"),
        _when(Q(accepted_at__isnull=False), "accepted"),
        _when(Q(followed_at__isnull=False), "followed"),
        _when(failed & unsure, "unknown"),
        _when(Q(offered_at__isnull=False), "sent"),
        _when(Q(rendered_at__isnull=False), "rendered"),
        _when(Q(signed_at__isnull=False), "signed"),
        default=Value("queued"),
        output_field=CharField(),
    )


def _when(condition: Q, state: str) -> When:
    return When(condition, then=Value(state))


def counted(credentials: QuerySet[AchievementCredential]) -> dict[str, int]:
    """How many stand where: state → number, every state named."""
    rows = (
        with_state(credentials.order_by()).values("state").annotate(number=Count("pk")).values_list("state", "number")
    )
    return {**dict.fromkeys(STATES, 0), **dict(rows)}


def steps(credentials: QuerySet[AchievementCredential]) -> dict[str, int]:
    """How many have passed each step of delivery, and how many there are without the cancelled."""
    live = Q(cancelled_at__isnull=True)
    passed = {
        "written": live,
        "signed": live & Q(signed_at__isnull=False),
        "rendered": live & Q(rendered_at__isnull=False),
        "sent": live & Q(offered_at__isnull=False),
        "followed": live & (Q(followed_at__isnull=False) | Q(claimed_at__isnull=False)),
        "claimed": live & Q(claimed_at__isnull=False),
        "cancelled": ~live,
        "failed": live & Q(failed_at__isnull=False),
    }
    return credentials.order_by().aggregate(
        **{name: Count("pk", filter=condition, distinct=True) for name, condition in passed.items()}
    )


def under_keys() -> dict[str, int]:
    """How many credentials stand under each key now: public half → number. What was cancelled counts no more."""
    rows = AchievementCredential.objects.filter(cancelled_at__isnull=True, signed_with__isnull=False)
    return dict(rows.order_by().values_list("signed_with").annotate(number=Count("pk")))


@dataclass(frozen=True)
class Renewal:
    """How far signing again is since a key was withdrawn; `failed` of the waiting ones need a person."""

    since: datetime
    done: int
    waiting: int
    failed: int
    failure: str

    @property
    def total(self) -> int:
        return self.done + self.waiting

    @property
    def running(self) -> bool:
        return self.waiting > self.failed


def renewal() -> Renewal | None:
    """Of the scope's institution: since the first key whose credentials still wait, or else the last of this week."""
    withdrawn, waiting = SigningKey.objects.withdrawn(), AchievementCredential.objects.with_withdrawn_key()
    unfinished = withdrawn.filter(multibase__in=waiting.values("signed_with")).order_by("compromised_at").first()
    lately = withdrawn.filter(compromised_at__gte=clock.now() - timedelta(days=7)).order_by("-compromised_at")
    key = unfinished or lately.first()
    if key is None or key.compromised_at is None:
        return None
    failed = waiting.filter(failed_at__isnull=False)
    return Renewal(
        since=key.compromised_at,
        done=AchievementCredential.objects.filter(signed_again_at__gte=key.compromised_at).count(),
        waiting=waiting.count(),
        failed=failed.count(),
        failure=failed.values_list("failure", flat=True).first() or "",
    )
