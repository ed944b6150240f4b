"""Stage: rows of addresses that somebody has proved become theirs, so that what was done under both is one person's."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.functions import Now

from issuers.models import User
from issuers.tenancy import across_issuers
from issuers.waking import wake
from recipients.models import Activity, Recipient

# So many are joined at once; the next ones half a minute later.
MOST = 2_000
# Older rows were looked at when they were new, and are once an hour, in case nobody worked for so long.
LATELY = timedelta(days=1)
EVALUATE = "recipients.tasks.evaluate"


@transaction.atomic
def recognise(user: User) -> int:
    """Every row of this person's proved addresses; how many became theirs."""
    with across_issuers("a person's proved addresses, at every institution"):
        proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
        return _join(user.pk, [email.lower() for email in proved])


@transaction.atomic
def recognise_newest(*, everybody: bool = False) -> int:
    """Whoever has an account already and came into a list a moment ago; or ever."""
    with across_issuers("workers join new rows to accounts"):
        strangers = Recipient.objects.filter(user__isnull=True, erased_at__isnull=True)
        strangers = strangers if everybody else strangers.filter(created_at__gt=Now() - LATELY)
        whose = strangers.values("address_key")
        proved = EmailAddress.objects.filter(email__in=whose, verified=True, user__is_active=True)
        return sum(_join(user, [email]) for user, email in proved.values_list("user_id", "email")[:MOST])


def _join(user: int, keys: list[str]) -> int:
    """Rules look again at what was done there: with what the person did elsewhere it may be enough."""
    rows = Recipient.objects.filter(address_key__in=keys, user__isnull=True, erased_at__isnull=True)
    joined = list(rows.values_list("pk", flat=True))
    if not joined:
        return 0
    Recipient.objects.filter(pk__in=joined, user__isnull=True).update(user=user)
    if Activity.objects.counting().filter(recipient__in=joined).update(evaluated_at=None, attempts=0):
        wake(EVALUATE)
    return len(joined)
