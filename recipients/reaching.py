"""Whom an offer has reached, whom not yet, and whom mail cannot reach: computed by the database, for lists, counts and slips."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from recipients.models import AchievementCredential, MailStop, OutgoingEmail
from recipients.states import with_state

# In the order of urgency; the words of the filter.
REACH = {
    "unreachable": _("Cannot be reached"),
    "not_yet": _("Not yet"),
    "reached": _("Reached"),
}
_ANSWERED = Q(claimed_at__isnull=False) | Q(accepted_at__isnull=False) | Q(declined_at__isnull=False)
# Scanners follow links before a mail bounces; nobody has read what bounced.
_OPENED = Q(followed_at__isnull=False) & (Q(mail_bounced_at__isnull=True) | Q(mail_bounced_at__lt=F("followed_at")))
_LOST = (
    Q(failed_at__isnull=False)
    | Q(mail_refused_at__isnull=False)
    | Q(mail_failed_at__isnull=False, mail_unsure_at__isnull=True)
    | Q(mail_bounced_at__isnull=False)
    | Q(mail_complained_at__isnull=False)
    | Q(mail_stopped=True)
)


def with_reach(credentials: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of states.with_state that still stand, with `reach`: one of REACH."""
    mail = OutgoingEmail.objects.filter(credential=OuterRef("pk"), kind=OutgoingEmail.Kind.OFFER).order_by("-sequence")
    stops = MailStop.objects.filter(
        Q(issuer__isnull=True) | Q(issuer=OuterRef("issuer")), address_key=OuterRef("recipient__address_key")
    )
    live = credentials.filter(revoked_at__isnull=True, cancelled_at__isnull=True)
    return live.annotate(
        mail_refused_at=Subquery(mail.values("refused_at")[:1]),
        mail_failed_at=Subquery(mail.values("failed_at")[:1]),
        mail_unsure_at=Subquery(mail.values("unsure_at")[:1]),
        mail_bounced_at=Subquery(mail.values("bounced_at")[:1]),
        mail_complained_at=Subquery(mail.values("complained_at")[:1]),
        mail_stopped=Exists(stops),
    ).annotate(reach=_reach())


def _reach() -> Case:
    return Case(
        When(_ANSWERED | _OPENED, then=Value("reached")),
        When(_LOST, then=Value("unreachable")),
        default=Value("not_yet"),
        output_field=CharField(),
    )


def counted(credentials: QuerySet[Any]) -> dict[str, int]:
    """How many of these rows are reached, and how many not; whoever has answered is counted without looking at mails."""
    live = credentials.order_by().filter(revoked_at__isnull=True, cancelled_at__isnull=True)
    answered = live.filter(_ANSWERED).count()
    rest = with_reach(with_state(live.exclude(_ANSWERED))).values("reach").annotate(number=Count("pk"))
    counts = {**dict.fromkeys(REACH, 0), **dict(rest.values_list("reach", "number"))}
    return counts | {"reached": counts["reached"] + answered}


def newest_mails(credentials: list[AchievementCredential]) -> dict[int, OutgoingEmail]:
    """The newest claim mail of each, in one query."""
    mails = OutgoingEmail.objects.filter(credential__in=credentials, kind=OutgoingEmail.Kind.OFFER)
    newest = mails.order_by("credential_id", "-sequence").distinct("credential_id")
    return {mail.credential_id: mail for mail in newest if mail.credential_id is not None}
