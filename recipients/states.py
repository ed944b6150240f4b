"""Where a credential stands, in one word of issuers/templatetags/pills.py: computed by the database, so that what a list
shows, filters by and counts is always the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
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


Rows = TypeVar("Rows", bound=QuerySet[Any])


def with_state(credentials: QuerySet[AchievementCredential]) -> QuerySet[Any]:
    """The rows with `state`, and with what the server said to the newest claim mail. For the rows of one page."""
    mail = OutgoingEmail.objects.filter(credential=OuterRef("pk"), kind=OutgoingEmail.Kind.OFFER).order_by("-sequence")
    # What the server said when it took or refused the mail, or what was heard of it later.
    said = Case(When(bounced_at__isnull=False, then=F("diagnostic")), default=F("response"))
    return credentials.annotate(
        mail_response=Subquery(mail.annotate(said=said).values("said")[:1]),
        state=_state(),
    )


def _newest_offer(condition: Q) -> Exists:
    """Whether the newest claim mail is such. An index knows the few of which one was refused, failed or came back."""
    offers = OutgoingEmail.objects.filter(credential=OuterRef("pk"), kind=OutgoingEmail.Kind.OFFER)
    newer = OutgoingEmail.objects.filter(
        credential=OuterRef("credential"), kind=OutgoingEmail.Kind.OFFER, sequence__gt=OuterRef("sequence")
    )
    lost = Q(refused_at__isnull=False) | Q(failed_at__isnull=False) | Q(bounced_at__isnull=False)
    return Exists(offers.filter(lost).filter(condition).exclude(Exists(newer)))


def _unsent() -> Exists:
    """Refused, given up, or come back. Whoever's came back and has the link all the same got it on paper."""
    unseen = Q(credential__followed_at__isnull=True) | Q(credential__followed_at__lt=F("bounced_at"))
    back = Q(bounced_at__isnull=False, credential__accepted_at__isnull=True) & unseen
    return _newest_offer(Q(refused_at__isnull=False) | Q(failed_at__isnull=False, unsure_at__isnull=True) | back)


def _unknown() -> Exists:
    """Left in the middle of sending, and not sent again by itself."""
    return _newest_offer(Q(failed_at__isnull=False, unsure_at__isnull=False))


def _rules() -> dict[str, Q]:
    """When a credential is in a state, given that it is in none of those before."""
    now = clock.now()
    claimed = Q(claimed_at__isnull=False)
    return {
        "revoked": Q(revoked_at__isnull=False),
        "cancelled": Q(cancelled_at__isnull=False),
        "suspended": Q(suspended_at__isnull=False),
        "expired": claimed & Q(expires_at__lt=now),
        "claimed": claimed,
        "declined": Q(declined_at__isnull=False),
        "failed": Q(failed_at__isnull=False),
        "not_delivered": Q(_unsent()),
        "lapsed": Q(offer_expires_at__lte=now),
        "accepted": Q(accepted_at__isnull=False),
        "followed": Q(followed_at__isnull=False),
        "unknown": Q(_unknown()),
        "sent": Q(offered_at__isnull=False),
        "rendered": Q(rendered_at__isnull=False),
        "signed": Q(signed_at__isnull=False),
        "queued": Q(),
    }


def _state() -> Case:
    rules = _rules()
    rules.pop("queued")
    whens = [When(condition, then=Value(state)) for state, condition in rules.items()]
    return Case(*whens, default=Value("queued"), output_field=CharField())


def in_state(credentials: Rows, state: str) -> Rows:
    """Those in one state, asked so that the partial indexes of rare states serve it: a CASE is none's business."""
    rules = _rules()
    wanted = Q()
    for name, condition in rules.items():
        if name == state:
            return credentials.filter(wanted & condition)
        wanted &= ~condition
    raise KeyError(state)


def counted(credentials: QuerySet[AchievementCredential]) -> dict[str, int]:
    """How many stand where: state → number, every state named. Looks at each: of a batch, not of an institution."""
    rows = credentials.order_by().annotate(state=_state()).values("state").annotate(number=Count("pk"))
    return {**dict.fromkeys(STATES, 0), **dict(rows.values_list("state", "number"))}


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
