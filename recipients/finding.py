"""Stage: somebody lost their mail. All links of an address go to that address; the page says the same whether or not we
know it.
"""

from __future__ import annotations

import uuid

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from issuers import clock
from issuers.cleaning import Address
from issuers.tenancy import across_issuers
from issuers.waking import wake
from recipients.models import AchievementCredential, OutgoingEmail


@transaction.atomic
def send_links(address: Address) -> None:
    """Queue one mail with every open offer of this address, and every credential held by whoever has proved it."""
    with across_issuers("all links of one address"):
        proved = EmailAddress.objects.filter(email=address.key, verified=True).values("user_id")
        offered = Q(claimed_at__isnull=True, declined_at__isnull=True, offered_at__isnull=False)
        held = Q(claimed_at__isnull=False, holder_id__in=proved)
        known = AchievementCredential.objects.live().filter(
            (offered & Q(recipient__address_key=address.key, offer_expires_at__gt=clock.now())) | held
        )
        numbers = list(known.order_by("-id").values_list("pk", flat=True)[:100])
        if not numbers:
            return
        OutgoingEmail.objects.create(
            kind=OutgoingEmail.Kind.LINKS,
            to=address.mail_to,
            address_key=address.key,
            context={"credentials": numbers},
            message_id=f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
            not_before=clock.now(),
        )
    wake("recipients.tasks.send")
