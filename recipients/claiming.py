"""Stages of a claim: follow the link → accept → claim, or decline (docs/issuance-cycle.md, step 8).

A link opens its one offer and nothing else. A credential goes to whoever presses the button with the link in hand, or is
signed in with the address it was offered to; other offers at that address are theirs only once they have proved it.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from issuers import clock
from issuers.models import AuditEvent, User
from issuers.tenancy import across_issuers
from recipients import announcing, links
from recipients.models import (
    AchievementCredential,
    AutoAccept,
    ClaimLink,
    Notice,
    OutgoingEmail,
    Recipient,
    WebhookType,
)

CHUNK = 200


def follow(token: str) -> ClaimLink | None:
    """The link of a token. That it was opened is kept as a hint: scanners open links too."""
    link = links.find(token)
    if link is not None:
        followed(link)
    return link


def followed(link: ClaimLink) -> None:
    """Somebody has the link in hand, mailed or printed."""
    opened = AchievementCredential.objects.filter(pk=link.credential_id, followed_at__isnull=True)
    opened.update(followed_at=clock.now())


def _open(credential: AchievementCredential) -> Any:
    """The offer while it can still be taken: one condition for every step."""
    return AchievementCredential.objects.live().filter(
        pk=credential.pk, claimed_at__isnull=True, declined_at__isnull=True, offer_expires_at__gt=clock.now()
    )


def standing(credential: AchievementCredential) -> str:
    """open, claimed, declined, withdrawn, revoked or lapsed: what the offer's page says."""
    for moment, word in (
        (credential.cancelled_at, "withdrawn"),
        (credential.revoked_at, "revoked"),
        (credential.claimed_at, "claimed"),
        (credential.declined_at, "declined"),
    ):
        if moment is not None:
            return word
    return "lapsed" if credential.offer_expires_at <= clock.now() else "open"


@transaction.atomic
def accept(credential: AchievementCredential) -> bool:
    """Say yes. False when the offer is no longer open."""
    return _open(credential).update(accepted_at=Coalesce(F("accepted_at"), clock.now())) == 1


@transaction.atomic
def decline(credential: AchievementCredential) -> bool:
    """Say no, for good. False when the offer is no longer open."""
    declined = _open(credential).update(declined_at=clock.now()) == 1
    if declined:
        waiting = OutgoingEmail.objects.filter(credential=credential, kind=OutgoingEmail.Kind.OFFER).waiting()
        waiting.update(cancelled_at=clock.now(), response="declined")
        AuditEvent.objects.record(credential.issuer, None, "credential.declined", credential)
    return declined


def proved(user: User, address_key: str) -> bool:
    """Whether this person has proved this address."""
    return EmailAddress.objects.filter(user=user, verified=True, email__in=[address_key]).exists()


def offers_of(user: User) -> Any:
    """Everything offered to this person's proved addresses and not taken yet, newest first.

    Offered is what a mail has left for, and what the wallet itself has told of (recipients.telling).
    """
    told = Notice.objects.filter(credential=OuterRef("pk"), user=user, kind=Notice.Kind.EARNED)
    keys = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    offered = AchievementCredential.objects.unclaimed().listed().newest_first()
    return offered.filter(
        Q(offered_at__isnull=False) | Exists(told),
        recipient__address_key__in=[key.lower() for key in keys],
        offer_expires_at__gt=clock.now(),
    )


@transaction.atomic
def claim(credential: AchievementCredential, user: User, *, visibility: str, take_all: bool = False) -> bool:
    """It is theirs from now on, whatever becomes of the address. False when somebody or something came first."""
    values = {"claimed_at": clock.now(), "holder": user, "visibility": visibility}
    taken = _open(credential).filter(accepted_at__isnull=False).update(**values) == 1
    if not taken:
        return False
    if proved(user, credential.recipient.address_key):
        Recipient.objects.filter(pk=credential.recipient_id, user__isnull=True).update(user=user)
        # Accounts begin with an address alone; what is awarded to it says how its person is called.
        User.objects.filter(pk=user.pk, name="").update(name=credential.name)
    if take_all:
        AutoAccept.objects.get_or_create(issuer=credential.issuer, user=user)
    AuditEvent.objects.record(credential.issuer, None, "credential.claimed", credential, visibility=visibility)
    announcing.tell(WebhookType.CLAIMED, credential.issuer, [credential.pk])
    return True


def take_for_those_who_asked() -> int:
    """Offers that would leave now, to people who take everything from this issuer: theirs at once, with a notice."""
    with across_issuers("workers take for those who asked"):
        asked = AutoAccept.objects.filter(issuer_id=OuterRef("issuer_id"), user_id=OuterRef("recipient__user_id"))
        due = OutgoingEmail.objects.due().filter(kind=OutgoingEmail.Kind.OFFER, sending_at__isnull=True)
        ready = AchievementCredential.objects.unclaimed().filter(
            Q(pk__in=due.values("credential_id")), Exists(asked), rendered_at__isnull=False
        )
        rows = list(
            ready.select_for_update(skip_locked=True, of=("self",)).select_related("recipient__user", "issuer")[:CHUNK]
        )
        return sum(_take(row) for row in rows)


def _take(credential: AchievementCredential) -> bool:
    user = credential.recipient.user
    if user is None or not proved(user, credential.recipient.address_key):
        return False
    now = clock.now()
    waiting = OutgoingEmail.objects.filter(credential=credential, kind=OutgoingEmail.Kind.OFFER).waiting()
    waiting.update(cancelled_at=now, response="taken at once, as this person wishes")
    AchievementCredential.objects.filter(pk=credential.pk).update(accepted_at=now, offered_at=now)
    taken = claim(credential, user, visibility=AchievementCredential.Visibility.LINK)
    if taken and not Notice.objects.filter(credential=credential, user=user, kind=Notice.Kind.EARNED).exists():
        Notice.objects.create(issuer=credential.issuer, user=user, credential=credential, kind=Notice.Kind.CLAIMED)
    return taken
